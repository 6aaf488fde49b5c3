#pragma once

#include <algorithm>
#include <string>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/transforms.hpp"
#include "densenf/nn/joined.hpp"
#include "densenf/nn/started_conv.hpp"
#include "densenf/ops/elu.hpp"

namespace densenf {

/// In which order the lines of an image are known: a row depends on those above it (downwards) or below it
/// (upwards), a column on those left of it (rightwards) or right of it (leftwards).
enum class LineOrder { downwards, upwards, rightwards, leftwards };

namespace detail {
constexpr bool by_rows(LineOrder order) {
  return order == LineOrder::downwards || order == LineOrder::upwards;
}
constexpr bool first_to_last(LineOrder order) {
  return order == LineOrder::downwards || order == LineOrder::rightwards;
}

/// Where a kernel looks that is `length` lines long, along the order, and `width` wide: at the lines just
/// before.
constexpr kernels::Taps taps_before(LineOrder order, int length, int width) {
  const int side = -(width - 1) / 2, ahead = first_to_last(order) ? -length : 1;
  return by_rows(order) ? kernels::Taps::window(length, width, ahead, side)
                        : kernels::Taps::window(width, length, side, ahead);
}

/// Row or column number i of each image of a batch without gaps, as a batch of which a pixel is a row, or of
/// columns.
template <class T>
Tensor<T> line_of(const Tensor<T>& x, bool by_rows, Index i) {
  if (by_rows) return {x.data + i * x.w * x.c, x.n, 1, 1, x.w * x.c, x.h * x.w * x.c};
  return {x.data + i * x.c, x.n, x.h, 1, x.c, x.w * x.c};
}
/// A batch of images that are lines, seen as line_of sees those of larger ones.
template <class T>
Tensor<T> as_line(const Tensor<T>& line, bool by_rows) {
  if (by_rows) return {line.data, line.n, 1, 1, line.w * line.c, line.w * line.c};
  return line;
}
}  // namespace detail

/// MaCow's masked convolutional flow (Ma, Kong, Zhang and Hovy, "MaCow: masked convolutional generative
/// flow", NeurIPS 2019): every number changes by a `Transform` (bijectors/transforms.hpp) whose raw numbers a
/// network makes of the `Length` lines before its own, so that no number depends on its own line. The
/// network is a convolution of Length lines by `Width` pixels, ELU, and a 1x1 convolution that starts at
/// zero; `Multiple` says how wide it is in between (hidden_channels). With `Context` channels a 3x3
/// convolution of the context is added before the ELU.
///
/// The inverse finds one line of all images after the other, each by the work that the line is of the whole.
template <LineOrder order, class Transform, int Length = 2, int Width = 3, int Multiple = 4, int Context = 0>
class MaskedConv : public Bijector<MaskedConv<order, Transform, Length, Width, Multiple, Context>> {
  static_assert(Length >= 1 && Width >= 1 && Width % 2 == 1,
                "The kernel of a MaskedConv has at least one line and an odd width.");
  static_assert(
      !requires(Transform & t, Builder& b, Shape s) { t.declare(b, s); },
      "The transform of a MaskedConv has no parameters of its own.");
  static constexpr bool by_rows = detail::by_rows(order);
  static constexpr kernels::Taps taps = detail::taps_before(order, Length, Width);

public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = true;

  static std::string type_name() {
    constexpr const char* names[] = {"downwards", "upwards", "rightwards", "leftwards"};
    return fmt::format("MaskedConv<{}, {}>", names[static_cast<int>(order)],
                       detail::type_name_of<Transform>());
  }

  static constexpr Index hidden_channels(Index c) {
    return c <= 96 ? Multiple * c : std::min<Index>(2 * c, 512);
  }

  void declare(Builder& b, Shape in) {
    const Index hidden = hidden_channels(in.c);
    conv_.declare(b, "conv", in.c, hidden, by_rows ? Length : Width, by_rows ? Width : Length);
    if constexpr (takes_context) cond_.declare(b, "cond", Context, hidden, 3, 3);
    out_.declare(b, "out", hidden, Transform::parameters * in.c, 1, 1, nn::StartedConv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    static_assert(sizeof...(C) == (takes_context ? 1 : 0),
                  "A MaskedConv that was declared with a context is called with one.");
    const Index h = x.value.h, w = x.value.w;
    V hidden = conv_.forward_at(ctx, x, taps, h, w, before_context);
    if constexpr (takes_context)
      hidden = ops::elu(
          ctx, ops::add(ctx, hidden, cond_.forward(ctx, nn::over_pixels(ctx, context, h, w)...)));
    const V raw = out_.forward(ctx, hidden);
    const V z = ctx.output_like(x, x.c());
    transform_.forward_into(ctx, x, raw, kernels::Everywhere{}, log_prob, z);
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& z, const C&... context) const {
    using T = typename Ctx::Scalar;
    const Index h = z.value.h, w = z.value.w;
    const V x = ctx.output_like(z, z.c());
    const auto all = ctx.memory().scope();
    const V from = contiguous(ctx, z);
    const ops::Filter<V> first = conv_.filter(ctx), last = out_.filter(ctx);
    V conditions;
    if constexpr (takes_context) conditions = cond_.forward(ctx, nn::over_pixels(ctx, context, h, w)...);
    const Shape line{z.c(), by_rows ? 1 : h, by_rows ? w : 1};
    const Index lines = by_rows ? h : w;
    for (Index k = 0; k < lines; ++k) {
      const Index i = detail::first_to_last(order) ? k : lines - 1 - k;
      const auto step = ctx.memory().scope();
      V hidden = ops::conv_at(ctx, x, by_rows ? taps.from(i, 0) : taps.from(0, i), line.h, line.w, first,
                              before_context);
      if constexpr (takes_context) {
        accumulate_scaled(ctx.device(), as_const(detail::line_of(conditions.value, by_rows, i)), T(1),
                          detail::as_line(hidden.value, by_rows));
        elu_forward(ctx.device(), as_const(hidden.value), hidden.value);
      }
      const V raw = ops::conv(ctx, hidden, last);
      const V known = ctx.output(z.n(), line), found = ctx.output(z.n(), line);
      copy(ctx.device(), as_const(detail::line_of(from.value, by_rows, i)),
           detail::as_line(known.value, by_rows));
      transform_.inverse_into(ctx, known, raw, kernels::Everywhere{}, found);
      copy(ctx.device(), as_const(detail::as_line(found.value, by_rows)),
           detail::line_of(x.value, by_rows, i));
    }
    return x;
  }

private:
  /// A context is added before the ELU.
  static constexpr ops::Activation before_context =
      takes_context ? ops::Activation::none : ops::Activation::elu;

  template <class Ctx, class V>
  static V contiguous(const Ctx& ctx, const V& z) {
    if (z.value.contiguous()) return z;
    const V copied = ctx.output_like(z, z.c());
    ops::copy_into(ctx, z, copied);
    return copied;
  }

  nn::StartedConv conv_, cond_, out_;
  [[no_unique_address]] Transform transform_;
};

}  // namespace densenf
