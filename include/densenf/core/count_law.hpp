#pragma once

#include <cmath>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"

namespace densenf {

/// A distribution of whole numbers: geometric on 1, 2, ... with a probability of success, or Poisson on 0, 1,
/// ... with a rate.
struct CountLaw {
  enum class Kind { geometric, poisson };
  Kind kind = Kind::poisson;
  double parameter = 1;

  /// Throws ArgumentError for a probability outside of (0, 1), and a rate outside of (0, 100].
  void validate() const {
    if (kind == Kind::geometric && !(parameter > 0 && parameter < 1))
      throw ArgumentError("A geometric law has a probability between 0 and 1, not {}.", parameter);
    if (kind == Kind::poisson && !(parameter > 0 && parameter <= 100))
      throw ArgumentError("A Poisson law has a rate above 0 and up to 100 here, not {}.", parameter);
  }

  /// P(n >= j)
  double tail(Index j) const {
    if (kind == Kind::geometric) return j <= 1 ? 1 : std::pow(1 - parameter, static_cast<double>(j - 1));
    if (j <= 0) return 1;
    // The upper tail itself, largest terms first or nearly so: 1 less the lower sum would lose its digits.
    double term = std::exp(-parameter), sum = 0;
    for (Index i = 1; i <= j; ++i) term *= parameter / static_cast<double>(i);
    for (Index i = j; term > 0 && term > 1e-18 * sum; ++i) {
      sum += term;
      term *= parameter / static_cast<double>(i + 1);
    }
    return sum;
  }

  /// The number that a draw u, uniform in (0, 1), stands for: the largest n with P(N >= n) >= u.
  Index number(double u) const {
    Index n = kind == Kind::geometric ? 1 : 0;
    while (tail(n + 1) >= u) ++n;
    return n;
  }
};

}  // namespace densenf
