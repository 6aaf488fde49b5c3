#pragma once

#include <string_view>

#include "densenf/autodiff/context.hpp"

namespace densenf::nn {

/// Throws ShapeError, `needs` with ", not 1." behind it, where a start from data that is still to come has
/// less than two pixels (rows, images) to be taken from. Only then is the device asked for the flag.
template <class Ctx>
void require_two_to_start(const Ctx& ctx, Param flag, Index count, std::string_view needs) {
  if (count < 2 && is_zero(ctx.device(), ctx.state(flag))) throw ShapeError("{}, not {}.", needs, count);
}

/// ActNorm's start: shift and log_scale become those with which (x - shift) exp(-log_scale) has mean 0 and
/// standard deviation 1 per channel, each times the factor with which it is kept. Nothing happens where
/// `flag` says that it has. To be called where ctx.starts(). Throws ShapeError for a batch of less than two
/// pixels, unless the start has been.
template <class Ctx, class V = typename Ctx::Value>
void start_actnorm(const Ctx& ctx, const V& x, Param shift, Param log_scale, Param flag,
                   double shift_factor = 1, double log_factor = 1, bool unbiased = true) {
  using T = typename Ctx::Scalar;
  require_two_to_start(
      ctx, flag, x.value.pixels(),
      "ActNorm starts from the statistics of the first training batch, which needs at least two pixels");
  actnorm_start(ctx.device(), as_const(x.value), ctx.start_value(shift), ctx.start_value(log_scale),
                ctx.start_state(flag), static_cast<T>(shift_factor), static_cast<T>(log_factor), unbiased);
}

/// Means and (biased) variances of the channels, in the memory of the pass.
template <class T>
struct ChannelMoments {
  const T* mean;
  const T* variance;
};
template <class Ctx, class V = typename Ctx::Value>
ChannelMoments<typename Ctx::Scalar> channel_moments(const Ctx& ctx, const V& y) {
  auto* const mean = ctx.memory().template allocate<typename Ctx::Scalar>(2 * y.c());
  channel_statistics(ctx.device(), as_const(y.value), mean, mean + y.c(),
                     ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(y.value))));
  return {mean, mean + y.c()};
}

/// How a layer's scale is kept.
enum class StartScale { itself, logarithm };

/// The start from data of a layer that ends with a scale and a bias per channel, of which y is the output
/// over the first batch: both become those with which y has mean 0 and standard deviation `spread`, but for
/// `floor`, which is added to the deviation that y has. Nothing happens where `flag` says that it has. To be
/// called where ctx.starts(). Throws ShapeError for a batch of less than two pixels, unless the start has
/// been.
template <class Ctx, class V = typename Ctx::Value>
void standardize_output(const Ctx& ctx, const V& y, double spread, double floor, StartScale kept_as,
                        Param scale, Param bias, Param flag) {
  using T = typename Ctx::Scalar;
  const Index pixels = y.value.pixels();
  require_two_to_start(
      ctx, flag, pixels,
      "A layer that starts from the statistics of the first training batch needs at least two pixels of it");
  if (pixels < 2) return;
  const auto scope = ctx.memory().scope();
  const ChannelMoments<T> moments = channel_moments(ctx, y);
  T* const started = ctx.start_state(flag);
  start_scale_and_bias(ctx.device(), moments.mean, moments.variance, pixels, y.c(), static_cast<T>(spread),
                       static_cast<T>(floor), kept_as == StartScale::logarithm, ctx.start_value(scale),
                       ctx.start_value(bias), static_cast<const T*>(started));
  const Tensor<T> whole = make_tensor(started, 1, Shape{1, 1, 1});
  scale_shift(ctx.device(), as_const(whole), T(0), T(1), whole);
}

}  // namespace densenf::nn
