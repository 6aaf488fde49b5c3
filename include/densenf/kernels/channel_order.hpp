#pragma once

#include "densenf/core/shape.hpp"

// Other orders of the same channels, as functions: channel i of the result is channel order(i) of what was
// there.
namespace densenf::kernels {

/// As cards are dealt to `hands` players, `each` of them in the end: 0, hands, 2 hands, ..., 1, hands + 1,
/// ... With the two numbers exchanged it is the way back. It is also a matrix of `each` rows and `hands`
/// columns, transposed.
struct DealtOrder {
  Index hands, each;
  constexpr Index operator()(Index i) const { return i % each * hands + i / each; }
  constexpr DealtOrder back() const { return {each, hands}; }
};

/// The last first.
struct ReversedOrder {
  Index channels;
  constexpr Index operator()(Index i) const { return channels - 1 - i; }
  constexpr ReversedOrder back() const { return *this; }
};

}  // namespace densenf::kernels
