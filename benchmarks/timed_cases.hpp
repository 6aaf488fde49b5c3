#pragma once

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

#include "cases.hpp"

namespace bench {

/// Answers each line of standard input, such as "train 4 store", "elbo 8" or "sample 1", with the seconds
/// that the work took and the bytes of activations. `other(what)` does work that is not of the model, if it
/// knows any by that name; `wait()` waits for the device; `more_bytes`: of activations, that the cases do not
/// count.
template <class Cases, class Other, class Wait>
void answer_cases(Cases& cases, std::size_t more_bytes, const Other& other, const Wait& wait) {
  std::string selected = "store";
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what, policy = "store";
    Index batch = 1;
    words >> what >> batch >> policy;
    if (batch < 1)
      throw ArgumentError(
          "'{}' is not a case: use train, elbo or sample, a batch size, and for train a memory policy.",
          line);
    if (what == "train" && policy != selected) {
      cases.select(make_memory_policy(policy));
      selected = policy;
    }
    cases.reset_peak();
    wait();
    const auto start = std::chrono::steady_clock::now();
    if (what == "train") {
      cases.train(batch);
    } else if (what == "elbo") {
      cases.elbo(batch);
    } else if (what == "sample") {
      cases.sample(batch);
    } else if (!other(what)) {
      throw ArgumentError("'{}' is not a case: use train, elbo, sample, matmul or multiply.", what);
    }
    wait();
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << ' '
              << cases.activation_bytes() + more_bytes << std::endl;
  }
}

}  // namespace bench
