#pragma once

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "cases.hpp"

namespace bench {

/// Answers each line of standard input, such as "train 4 store", "elbo 8" or "sample 1", with the seconds
/// that the work took and the bytes of activations. `other(what)` does work that is not of the model, if it
/// knows any by that name; `wait()` waits for the device.
template <class Cases, class Other, class Wait>
void answer_cases(Cases& cases, const Other& other, const Wait& wait) {
  std::string selected = "store";
  // A step that is replayed on a GPU takes no memory from the arena: what counts is the most of a case.
  std::map<std::string, std::size_t> peaks;
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
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    std::size_t& peak = peaks[line];
    peak = std::max(peak, cases.activation_bytes());
    std::cout << passed.count() << ' ' << peak << std::endl;
  }
}

}  // namespace bench
