#pragma once

#include <algorithm>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/rearrange.hpp"

// Splits of a coupling that are no views of an image: the coupling splits the channels, and a Reordered puts
// what is to stay in front of them. An order is a type with
//
//   static constexpr ops::OrderOf parts;                  // what it lists
//   static constexpr void require(Shape in);              // calls shape_mismatch for what has no such order
//   static Param declare(Builder&, Shape in);             // the order itself, a permutation among the state
namespace densenf {

/// The channels in a random order, which is drawn with the parameters, and not trained.
struct ShuffledChannels {
  static constexpr ops::OrderOf parts = ops::OrderOf::channels;
  static constexpr void require(Shape) {}
  static Param declare(Builder& b, Shape in) { return b.state("order", {in.c}, Init::permutation()); }
};

/// How pixels are told apart: by row + column, by column, or by row.
enum class PixelPattern { checkerboard, columns, rows };

/// The pixels for which this is even are the first half of the channels, and the others the second; with
/// `odd_first` it is the other way around. A pixel becomes two places, the first of which has the first half
/// of its channels: so a network that sees half of the channels at all pixels may see half of the pixels.
template <PixelPattern pattern, bool odd_first = false>
struct PixelsBy {
  static constexpr ops::OrderOf parts = ops::OrderOf::pixels;

  static std::string type_name() {
    constexpr const char* name = pattern == PixelPattern::checkerboard ? "checkerboard"
                                 : pattern == PixelPattern::columns    ? "columns"
                                                                       : "rows";
    return fmt::format("PixelsBy<{}{}>", name, odd_first ? ", odd first" : "");
  }
  static constexpr void require(Shape in) {
    if (in.h % 2 != 0 || in.w % 2 != 0 || in.c % 2 != 0)
      shape_mismatch("Halves of the pixels need an even height, width and number of channels.", in);
  }
  static Param declare(Builder& b, Shape in) {
    std::vector<Index> order;
    for (const bool odd : {odd_first, !odd_first}) {
      for (Index p = 0; p < in.pixels(); ++p) {
        if (is_odd(p / in.w, p % in.w) == odd) order.push_back(p);
      }
    }
    return b.state("order", {in.pixels()}, Init::permutation(std::move(order)));
  }

private:
  static constexpr bool is_odd(Index row, Index column) {
    const Index counted = pattern == PixelPattern::checkerboard ? row + column
                          : pattern == PixelPattern::columns    ? column
                                                                : row;
    return counted % 2 != 0;
  }
};

/// `Piece`, which keeps the shape of its input, over images in an order of their own: behind it, every number
/// is back in its place. A context goes to the piece as it is.
template <class Order, class Piece>
class Reordered : public Bijector<Reordered<Order, Piece>> {
  static_assert(Piece::kind == Kind::bijection, "What is Reordered is a bijection.");

public:
  static constexpr bool takes_context = Piece::takes_context;

  static std::string type_name() { return fmt::format("Reordered<{}>", detail::type_name_of<Order>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Order::require(in);
    if (Piece::output_shape(in) != in)
      shape_mismatch("What is Reordered must keep the shape of its input.", in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    order_ = Order::declare(b, in);
    piece_.build(b, in);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    const V y = piece_.apply(ctx, ops::reorder(ctx, Order::parts, order_, x), log_prob, context...);
    return ops::restore_order(ctx, Order::parts, order_, y);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, const V& z, const Context&... context) const {
    const V x = piece_.invert(ctx, ops::reorder(ctx, Order::parts, order_, z), context...);
    return ops::restore_order(ctx, Order::parts, order_, x);
  }

  /// By the piece's own way back.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    const auto mark = ctx.memory().mark();
    const auto tape = ctx.tape().mark();
    const V after = ops::reorder(ctx.evaluating(), Order::parts, order_, V{z.value});
    const V inner_z = ctx.variable(after.value), inner_x = ctx.output(x.n(), x.shape());
    const auto dinner = ctx.gradient_target(inner_z);
    reorder(ctx.device(), Order::parts, ctx.state(order_), as_const(ctx.gradient(z)), dinner.tensor,
            dinner.write);
    ctx.hold_gradient(inner_x);
    piece_.rebuild(ctx, inner_z, inner_x, log_prob, context...);
    restore_order(ctx.device(), Order::parts, ctx.state(order_), as_const(inner_x.value), x.value);
    const auto dx = ctx.gradient_target(x);
    restore_order(ctx.device(), Order::parts, ctx.state(order_), as_const(ctx.gradient(inner_x)), dx.tensor,
                  dx.write);
    ctx.tape().release(tape);
    ctx.memory().release(mark);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    f(piece_);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    f(piece_);
  }

private:
  Param order_;
  Piece piece_;
};

}  // namespace densenf
