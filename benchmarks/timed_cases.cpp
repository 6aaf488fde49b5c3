// Times pieces of work on request, one at a time: reads lines such as "train 4 store", "elbo 8", "sample 1"
// "matmul" or "multiply", runs each once and answers with its seconds and the bytes of activations.
// scripts/compare_pytorch alternates this program with benchmarks/peers/timed_cases.py.

#include "timed_cases.hpp"

int main(int argc, char** argv) try {
  const densenf::Cpu device(argc > 1 ? std::stoi(argv[1]) : 0);
  bench::DenseFlowCases<densenf::Cpu> cases(device);
  bench::MatrixProduct product(device);
  bench::RegisterProducts registers(device);
  const auto yardstick = [&](const std::string& what) {
    if (what == "matmul") product.run();
    if (what == "multiply") registers.run();
    return what == "matmul" || what == "multiply";
  };
  bench::answer_cases(cases, yardstick, [] {});
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
