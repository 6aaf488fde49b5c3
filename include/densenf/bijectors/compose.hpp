#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "densenf/bijectors/bijector.hpp"

namespace densenf {

namespace detail {
// A base per piece: far cheaper for the compiler than std::tuple.
template <std::size_t I, class Piece>
struct Slot {
  Piece piece;
};

template <class Indices, class... Pieces>
struct Slots;
template <std::size_t... I, class... Pieces>
struct Slots<std::index_sequence<I...>, Pieces...> : Slot<I, Pieces>... {};

template <std::size_t I, class Piece>
const Piece& piece_at(const Slot<I, Piece>& s) {
  return s.piece;
}
template <std::size_t I, class Piece>
Piece& piece_at(Slot<I, Piece>& s) {
  return s.piece;
}
}  // namespace detail

/// Pieces applied one after the other. A context given to the whole goes to the pieces that take one.
template <class... Pieces>
class Compose : public Bijector<Compose<Pieces...>> {
  static_assert(sizeof...(Pieces) > 0, "Compose needs at least one piece.");
  static constexpr std::size_t count = sizeof...(Pieces);
  using Indices = std::make_index_sequence<count>;

  static constexpr Index first_levels() {
    constexpr std::array<Index, count> all{Pieces::levels...};
    for (std::size_t i = 1; i < count; ++i) {
      if (all[i] != 0) return -1;
    }
    return all[0];
  }

public:
  static constexpr Kind kind = [] {
    Kind k = Kind::bijection;
    ((k = combine(k, Pieces::kind)), ...);
    return k;
  }();
  static constexpr bool takes_context = (Pieces::takes_context || ...);
  static constexpr bool numbers_pieces = true;
  static constexpr Index levels = first_levels();
  static_assert(levels >= 0, "A dequantization takes integers, so it can only be the first piece of a flow.");

  static constexpr Shape output_shape(Shape in) {
    ((in = Pieces::output_shape(in)), ...);
    return in;
  }

  static constexpr Shape input_shape(Shape out) { return input_shape(out, Indices{}); }

  void declare(Builder& b, Shape in) {
    each(
        [&]<class Piece>(Piece& piece, std::size_t i) {
          if constexpr (Piece::names_itself) {
            piece.build(b, in);
          } else {
            const auto scope = b.pieces_scope();
            const auto inner = b.piece_scope(static_cast<Index>(i), Piece::numbers_pieces);
            piece.build(b, in);
          }
          in = piece.output();
        },
        Indices{});
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    const std::size_t done = forward_pair(ctx, x, log_prob, context...);
    each(
        [&](const auto& piece, std::size_t i) {
          if (i >= done) x = piece.apply(ctx, x, log_prob, context...);
        },
        Indices{});
    return x;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    each_backwards([&](const auto& piece, std::size_t) { z = piece.invert(ctx, z, context...); }, Indices{});
    return z;
  }

  /// Piece by piece, so that each may rebuild its input in its own way.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void reverse(Ctx& ctx, V z, const V& x, LogProb log_prob, const Context&... context) const {
    const auto mark = ctx.memory().mark();
    const auto tape = ctx.tape().mark();
    each_backwards(
        [&](const auto& piece, std::size_t i) {
          V before = x;
          if (i > 0) {
            before = ctx.output(z.n(), piece.input());
            ctx.hold_gradient(before);
          }
          piece.rebuild(ctx, z, before, log_prob, context...);
          z = before;
        },
        Indices{});
    ctx.tape().release(tape);
    ctx.memory().release(mark);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    each([&](const auto& piece, std::size_t) { f(piece); }, Indices{});
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    each_backwards([&](const auto& piece, std::size_t) { f(piece); }, Indices{});
  }

  /// The i-th piece.
  template <std::size_t I>
  const auto& piece() const {
    return detail::piece_at<I>(slots_);
  }

private:
  template <std::size_t... I>
  static constexpr Shape input_shape(Shape out, std::index_sequence<I...>) {
    using Types = std::tuple<std::type_identity<Pieces>...>;
    ((out = std::tuple_element_t<count - 1 - I, Types>::type::input_shape(out)), ...);
    return out;
  }

  /// The first two pieces at once, where the first says how (`forward_with`): then x is what comes behind
  /// them. Returns how many pieces are done.
  template <class Ctx, class V, class... Context>
  std::size_t forward_pair(const Ctx& ctx, V& x, LogProb log_prob, const Context&... context) const {
    if constexpr (count > 1) {
      const auto& first = piece<0>();
      const auto& second = piece<1>();
      if constexpr (requires { first.forward_with(second, ctx, x, log_prob, context...); }) {
        x = second.observed(ctx, log_prob,
                            [&] { return first.forward_with(second, ctx, x, log_prob, context...); });
        return 2;
      }
    }
    return 0;
  }

  template <class F, std::size_t... I>
  void each(const F& f, std::index_sequence<I...>) const {
    (f(detail::piece_at<I>(slots_), I), ...);
  }
  template <class F, std::size_t... I>
  void each(const F& f, std::index_sequence<I...>) {
    (f(detail::piece_at<I>(slots_), I), ...);
  }
  template <class F, std::size_t... I>
  void each_backwards(const F& f, std::index_sequence<I...>) const {
    (f(detail::piece_at<count - 1 - I>(slots_), count - 1 - I), ...);
  }

  detail::Slots<Indices, Pieces...> slots_;
};

}  // namespace densenf
