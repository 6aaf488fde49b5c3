#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "densenf/core/shape.hpp"

namespace densenf {

/// What a check found. In a test: CHECK_MESSAGE(report.passed(), report.sentence).
struct CheckReport {
  double tolerance = 0;
  double worst = 0;  ///< the largest error, relative to the size of what was compared
  std::string sentence = "Nothing was compared.";  ///< what was compared where the error was largest
  Index comparisons = 0;

  /// A check that compared nothing has not passed.
  bool passed() const { return comparisons > 0 && worst <= tolerance; }

  /// `describe` gives the sentence for this comparison. An error that is not a number counts as infinite.
  template <class Describe>
  void compare(double error, const Describe& describe) {
    ++comparisons;
    if (!(error <= std::numeric_limits<double>::max())) error = std::numeric_limits<double>::infinity();
    if (error > worst || comparisons == 1) {
      worst = error;
      sentence = describe();
    }
  }

  void merge(CheckReport other) {
    if (other.comparisons > 0 && (comparisons == 0 || other.worst > worst)) {
      worst = other.worst;
      sentence = std::move(other.sentence);
    }
    comparisons += other.comparisons;
  }
};

}  // namespace densenf
