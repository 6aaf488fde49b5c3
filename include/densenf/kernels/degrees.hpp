#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// The degrees of a layer's units in a masked network (MADE): 0 of the first `free` units, which all may
/// depend on; of the units behind them, counted from 0, i / repeat % period + offset. A unit of degree d may
/// depend on inputs of degrees up to d.
struct Degrees {
  Index count = 0;   ///< of units
  Index period = 1;  ///< how many degrees there are
  Index offset = 1;  ///< the lowest
  Index repeat = 1;  ///< units of one degree beside each other
  Index free = 0;    ///< only where offset is above 0

  constexpr Index degree(Index unit) const {
    return unit < free ? 0 : (unit - free) / repeat % period + offset;
  }

  /// How many units have a degree below this one.
  constexpr Index before(Index degree) const {
    if (degree <= 0) return 0;
    const Index lower = degree - offset < 0 ? 0 : degree - offset < period ? degree - offset : period;
    const Index round = period * repeat, numbered = count - free, rest = numbered % round;
    const Index reach = lower * repeat;
    return free + numbered / round * reach + (reach < rest ? reach : rest);
  }

  /// The degree of the unit that has this place when they are ordered by degree.
  constexpr Index degree_at(Index place) const {
    if (place < free) return 0;
    Index low = offset, high = offset + period;  // that of the place lies in [low, high)
    while (high - low > 1) {
      const Index middle = low + (high - low) / 2;
      (before(middle) <= place ? low : high) = middle;
    }
    return low;
  }

  /// The place of a unit when they are ordered by degree.
  constexpr Index place(Index unit) const {
    if (unit < free) return unit;
    const Index i = unit - free;
    return before(degree(unit)) + i / (period * repeat) * repeat + i % repeat;
  }
};

/// Calls f(place, unit) for all units in the order of their degrees.
template <class F>
constexpr void for_each_in_order(const Degrees& d, const F& f) {
  Index place = 0;
  for (; place < d.free; ++place) f(place, place);
  for (Index lowest = d.free; lowest < d.free + d.period * d.repeat; lowest += d.repeat) {
    for (Index first = lowest; first < d.count; first += d.period * d.repeat) {
      for (Index unit = first; unit < first + d.repeat && unit < d.count; ++unit) f(place++, unit);
    }
  }
}

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

/// Which inputs of a 1x1 convolution lead to which outputs: all to all, or, where both are ordered by degree,
/// those that a mask keeps. The others' weights are 0, so a device may leave them out, and what their
/// gradients are is not said.
struct Connections {
  bool ordered = false;
  DegreeMask mask{};

  constexpr Connections() = default;
  constexpr Connections(DegreeMask m) : ordered(true), mask(m) {}

  /// How many of `all` inputs may lead to output `place` or to those before it.
  constexpr Index inputs(Index place, Index all) const {
    return ordered ? mask.inputs(mask.to.degree_at(place)) : all;
  }
  /// The first output that input `place` or one behind it may lead to.
  constexpr Index first_output(Index place) const {
    return ordered ? mask.to.before(mask.from.degree_at(place) + (mask.strict ? 1 : 0)) : 0;
  }
};

}  // namespace densenf::kernels
