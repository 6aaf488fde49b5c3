#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// The degrees of a layer's units in a masked network (MADE): unit i has the degree i / repeat % period +
/// offset. A unit of degree d may depend on inputs of degrees up to d.
struct Degrees {
  Index count;       ///< of units
  Index period = 1;  ///< how many degrees there are
  Index offset = 1;  ///< the lowest
  Index repeat = 1;  ///< units of one degree beside each other

  constexpr Index degree(Index unit) const { return unit / repeat % period + offset; }

  /// How many units have a degree below this one.
  constexpr Index before(Index degree) const {
    const Index lower = degree - offset < 0 ? 0 : degree - offset < period ? degree - offset : period;
    const Index round = period * repeat, rest = count % round, reach = lower * repeat;
    return count / round * reach + (reach < rest ? reach : rest);
  }

  /// The place of a unit when they are ordered by degree.
  constexpr Index place(Index unit) const {
    const Index round = period * repeat;
    return before(degree(unit)) + unit / round * repeat + unit % repeat;
  }
};

/// Between which units a masked layer has connections: from degree a to degree b where b >= a, or b > a if
/// `strict`.
struct DegreeMask {
  Degrees from, to;
  bool strict = false;

  constexpr bool keeps(Index in, Index out) const { return to.degree(out) >= least(in); }
  /// The lowest degree that unit `in` leads to.
  constexpr Index least(Index in) const { return from.degree(in) + (strict ? 1 : 0); }
  /// How many units, ordered by degree, lead to those of this degree.
  constexpr Index inputs(Index degree) const { return from.before(strict ? degree : degree + 1); }
};

}  // namespace densenf::kernels
