#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels {

/// Which keys a query of an attention sees: all of them, those up to its own place, or those from its own
/// place on. Places are pixels, counted row by row; query number i stands at place first + i.
struct AttentionMask {
  enum class Kind { none, up_to_own, from_own };
  Kind kind = Kind::none;
  Index first = 0;

  /// The first key that a query sees, and the one behind the last.
  constexpr Index begin(Index query) const { return kind == Kind::from_own ? first + query : 0; }
  constexpr Index end(Index query, Index keys) const {
    return kind == Kind::up_to_own ? first + query + 1 : keys;
  }

  /// Whether each of so many queries stands at the place of a key, if that matters.
  constexpr bool fits(Index queries, Index keys) const {
    return kind == Kind::none || (first >= 0 && first + queries <= keys);
  }
  /// How many keys so many queries see, all together.
  constexpr Index seen(Index queries, Index keys) const {
    const Index before = queries * first + queries * (queries + 1) / 2;  // up to their own
    if (kind == Kind::none) return queries * keys;
    return kind == Kind::up_to_own ? before : queries * (keys + 1) - before;
  }
};

}  // namespace densenf::kernels
