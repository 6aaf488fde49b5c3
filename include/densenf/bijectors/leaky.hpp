#pragma once

#include <cmath>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/pixels.hpp"

// How to write a bijector of one's own: a complete one, line by line. It squashes negative numbers,
//
//   y = x               where x >= 0
//   y = slope_c x       where x <  0, with one slope > 0 per channel c, trained as its logarithm.
//
// The file has the two parts that any bijector has: loops over numbers (kernels), and a struct that says what
// is computed from what. Bijectors whose mathematics is a few calls of densenf::ops need no first part: see
// bijectors/squeeze.hpp or bijectors/elementwise.hpp.
//
// Check yours with check_bijector in check/check_bijector.hpp, as tests/bijectors/test_bijectors.cpp does.

// ---- 1. The loops ----
//
// A batch is a Tensor<T>: x(p, c) is channel c of pixel p, where p counts the pixels of all images. The first
// argument of a kernel is the device. Being in namespace kernels, where devices have a base, kernels are
// found without a prefix; an overload with another device as the first argument makes the bijector run there
// too.
namespace densenf::kernels {

/// y from x; adds the log-determinant of each image to log_prob.
template <class T>
void leaky_forward(const Cpu& cpu, Tensor<const T> x, const T* log_slope, Tensor<T> y, double* log_prob) {
  // One call per image, on all threads. Only the call for image n touches log_prob[n], and it adds its terms
  // in one order: so the result does not depend on the number of threads.
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double log_det = 0;  // in double for every T: a flow sums many of these
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < x.c; ++c) {
        const bool negative = x(p, c) < T(0);
        y(p, c) = negative ? std::exp(log_slope[c]) * x(p, c) : x(p, c);
        // The map works number by number, so log |det J| is the sum of log |dy/dx| over the image.
        if (negative) log_det += static_cast<double>(log_slope[c]);
      }
    }
    log_prob[n] += log_det;  // added to, because every piece of the flow adds its own
  });
}

/// x from y.
template <class T>
void leaky_inverse(const Cpu& cpu, Tensor<const T> y, const T* log_slope, Tensor<T> x) {
  // One call per pixel; nothing is summed, so there is nothing to keep in order. A slope is positive: y and x
  // have the same sign.
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    for (Index c = 0; c < y.c; ++c) x(p, c) = y(p, c) < T(0) ? std::exp(-log_slope[c]) * y(p, c) : y(p, c);
  });
}

/// Bytes of scratch memory that leaky_backward works in, in the place that is its last argument. The CPU
/// needs none; on a GPU sums of parts wait there (leaky.cuh).
template <class T>
Index leaky_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// The adjoint of leaky_forward: given dy = d loss / dy and dlog_prob[n] = d loss / d log_prob[n], adds to
/// dx = d loss / dx, unless dx.data is null, and to dlog_slope = d loss / d log_slope.
template <class T>
void leaky_backward(const Cpu& cpu, Tensor<const T> x, const T* log_slope, Tensor<const T> dy,
                    const double* dlog_prob, Tensor<T> dx, T* dlog_slope, Scratch) {
  if (dx.data != nullptr) {
    for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
      // += throughout: what else x was used for adds to the same gradient.
      for (Index c = 0; c < x.c; ++c)
        dx(p, c) += x(p, c) < T(0) ? std::exp(log_slope[c]) * dy(p, c) : dy(p, c);
    });
  }
  // A parameter is shared by all pixels, so its gradient is a sum over them. sum_over_pixels gives each task
  // some channels and all pixels: again one order, whatever the number of threads.
  const Index pixels_per_image = x.h * x.w;
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) {  // the terms of pixel p, of as many channels as a packet has
        const auto x_p = channels(x, p), dy_p = channels(dy, p), slope = exp(channels(log_slope));
        // d y / d log_slope = slope x and d log_det / d log_slope = 1, both where x is negative.
        const T from_log_det = static_cast<T>(dlog_prob[p / pixels_per_image]);
        return select(x_p < T(0), dy_p * slope * x_p + from_log_det, T(0));
      },
      [&](Index first, const auto& sums) {  // the finished sums, in double
        for (Index i = 0; i < sums.size(); ++i) dlog_slope[first + i] += static_cast<T>(sums[i]);
      });
}

}  // namespace densenf::kernels

// ---- 2. The bijector ----
namespace densenf {

/// y = x where x >= 0, exp(log_slope_c) x elsewhere. Slopes start at 1/2.
///
/// The base, which is given the struct itself, supplies what every piece has: kind (a bijection),
/// output_shape (any shape, unchanged), and apply and invert, which check shapes and then call forward and
/// inverse below. A piece that differs in any of these declares its own, as bijectors/factor_out.hpp does.
class Leaky : public Bijector<Leaky> {
public:
  /// Called once, when the flow is built for images of shape `in`. Each parameter gets a name, under which
  /// checkpoints hold it, the shape that it has there, and a start. What comes back is its place in the flat
  /// buffers of values and gradients, which belong to the flow.
  void declare(Builder& b, Shape in) {
    log_slope_ = b.vector("log_slope", {in.c}, Init::constant(std::log(0.5)));
  }

  /// Ctx is an evaluating or a recording context for some scalar type and device: written once, the function
  /// serves them all. V = Var<T> is a batch (x.value) and the place of its gradient.
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    using T = typename Ctx::Scalar;
    // A parameter is a value, too. Like x it is a constant in passes that do not ask for its gradient.
    const V log_slope = ctx.parameter(log_slope_);
    // Memory comes from the context, which gives it back when it is no longer needed. It is not initialized.
    const V y = ctx.output_like(x, x.c());
    leaky_forward(ctx.device(), as_const(x.value), as_const(log_slope.value).data, y.value, log_prob.value);
    // When recording, the backward pass calls this; when evaluating, nothing happens. It is kept by copying
    // its bytes, so capture by value ([=]) views, numbers and pointers only: the compiler refuses anything
    // else, such as members, of which `this` would be captured.
    ctx.record([=](auto& c) {
      // The gradient of y is complete by now. x has none when it is data; asking for one would be an error.
      const Tensor<T> dx = x.gradient != nullptr ? c.gradient(x) : Tensor<T>{};
      // What is added for a constant here goes to memory that nothing reads.
      const Tensor<T> dlog_slope = c.gradient_or_unused(log_slope);
      leaky_backward(c.device(), as_const(x.value), as_const(log_slope.value).data, as_const(c.gradient(y)),
                     log_prob.gradient, dx, dlog_slope.data,
                     c.scratch().lend(leaky_backward_scratch_bytes(c.device(), as_const(x.value))));
    });
    return y;
  }

  /// Back from y to x. Never recorded, and without a log-determinant.
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    leaky_inverse(ctx.device(), as_const(y.value), ctx.value(log_slope_), x.value);
    return x;
  }

private:
  Param log_slope_;
};

}  // namespace densenf
