#pragma once

#include <string_view>

#include "densenf/nn/conv.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/unfold.hpp"
#include "densenf/ops/weights.hpp"

namespace densenf::nn {

/// A weight-normalized convolution that starts from data: the weights of each output are g v / |v|; over the
/// first batch its output gets mean 0 and standard deviation 1, or, if it is the last of a network that is to
/// start at zero, g and bias become 0. Salimans and Kingma, "Weight normalization" (2016).
class StartedConv {
public:
  enum class Start { standardized, zero };

  /// A kernel of height x width pixels. Throws ShapeError unless there are channels on both sides.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int height, int width,
               Start start = Start::standardized) {
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_others(b, b.weight("v", {c_out, c_in, height, width}, Init::normal(0.05)), c_out, start);
    side_ = height == width && height <= 3 ? height : 0;
  }
  /// One whose checkpoint has the weights as a transposed convolution does, (in, out, height, width).
  void declare_transposed(Builder& b, std::string_view name, Index c_in, Index c_out, int height, int width) {
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_others(b, b.transposed_weight("v", {c_in, c_out, height, width}, Init::normal(0.05)), c_out,
                   Start::standardized);
  }

  /// What is multiplied with, as values of a pass.
  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> filter(const Ctx& ctx, int kernel = 1) const {
    return {ops::weight_norm(ctx, ctx.parameter(v_), ctx.parameter(g_)), ctx.parameter(bias_), kernel};
  }

  /// The convolution with zero padding, for a kernel of 1x1 or 3x3, and an activation behind what starts from
  /// data.
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, Activation activation = Activation::none) const {
    kernels::detail::check_kernel(side_);
    return started(ctx, activation, [&](const auto& c, Activation a) {
      return ops::conv(c, x, this->filter(c, side_), a);
    });
  }
  /// Where the taps look, over an output of h x w pixels.
  template <class Ctx, class V = typename Ctx::Value>
  V forward_at(const Ctx& ctx, const V& x, const ops::Taps& taps, Index h, Index w,
               Activation activation = Activation::none) const {
    return started(ctx, activation, [&](const auto& c, Activation a) {
      return ops::conv_at(c, x, taps, h, w, this->filter(c), a);
    });
  }

private:
  void declare_others(Builder& b, Param v, Index c_out, Start start) {
    v_ = v;
    spread_ = start == Start::zero ? 0 : 1;
    g_ = b.vector("g", {c_out}, Init::constant(spread_));
    bias_ = b.vector("bias", {c_out}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {g_, bias_});
  }

  template <class Ctx, class Run>
  auto started(const Ctx& ctx, Activation activation, const Run& run) const {
    if constexpr (!carries_tangents<Ctx>) {
      if (ctx.starts()) {
        const auto scope = ctx.memory().scope();
        standardize_output(ctx, run(ctx, Activation::none), spread_, 1e-6, StartScale::itself, g_, bias_, initialized_);
      }
    }
    return run(ctx, activation);
  }

  Param v_, g_, bias_, initialized_;
  double spread_ = 1;
  int side_ = 0;  ///< of a square kernel
};

}  // namespace densenf::nn
