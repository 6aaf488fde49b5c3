// Times pieces of work on request, one at a time: reads lines such as "train 4 store", "elbo 8", "sample 1"
// or "matmul", runs each once and answers with its seconds and the bytes of activations.
// scripts/compare_pytorch alternates this program with benchmarks/peers/timed_cases.py.

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

#include "cases.hpp"

int main(int argc, char** argv) try {
  const densenf::Cpu device(argc > 1 ? std::stoi(argv[1]) : 0);
  bench::DenseFlowCases cases(device);
  bench::MatrixProduct product(device);
  std::string selected = "store";
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what, policy = "store";
    densenf::Index batch = 1;
    words >> what >> batch >> policy;
    if (batch < 1)
      throw densenf::ArgumentError(
          "'{}' is not a case: use train, elbo or sample, a batch size, and for train a memory policy.",
          line);
    if (what == "train" && policy != selected) {
      cases.select(densenf::make_memory_policy(policy));
      selected = policy;
    }
    cases.reset_peak();
    const auto start = std::chrono::steady_clock::now();
    if (what == "train") {
      cases.train(batch);
    } else if (what == "elbo") {
      cases.elbo(batch);
    } else if (what == "sample") {
      cases.sample(batch);
    } else if (what == "matmul") {
      product.run();
    } else {
      throw densenf::ArgumentError("'{}' is not a case: use train, elbo, sample or matmul.", what);
    }
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << ' '
              << cases.activation_bytes() << std::endl;
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
