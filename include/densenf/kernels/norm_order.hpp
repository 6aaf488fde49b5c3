#pragma once

#include <limits>

#include "densenf/core/error.hpp"

namespace densenf {

/// The order p of a norm, (sum |x|^p)^(1/p): 1, 2, or any other from 1 to infinity, where it is the largest
/// |x|. Made for template arguments, in which some compilers take no fractions.
struct NormOrder {
  int hundredths = 200;  ///< 0: infinity

  static constexpr NormOrder one() { return {100}; }
  static constexpr NormOrder infinity() { return {0}; }

  constexpr double value() const {
    return hundredths == 0 ? std::numeric_limits<double>::infinity() : hundredths / 100.0;
  }
  /// p / (p - 1) as a number: the largest <x, y> among all y of norm 1 is x's norm of this order.
  constexpr double dual_value() const {
    return hundredths == 0     ? 1
           : hundredths == 100 ? std::numeric_limits<double>::infinity()
                               : value() / (value() - 1);
  }
  /// Throws ArgumentError for an order below 1.
  void validate() const {
    if (hundredths != 0 && hundredths < 100)
      throw ArgumentError("A norm is of order 1 or more, not of {} hundredths.", hundredths);
  }

  bool operator==(const NormOrder&) const = default;
};

}  // namespace densenf
