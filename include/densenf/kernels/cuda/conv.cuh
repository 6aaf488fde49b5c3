#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/conv_check.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/conv_product.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/elu.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/cuda/matmul.cuh"
#include "densenf/kernels/degrees.hpp"
#ifdef DENSENF_WITH_CUDNN
#include "densenf/kernels/cuda/cudnn_conv.cuh"
#endif

// Convolutions of one or three by three pixels, stride 1, zero padding, channels last.
//
// Weights are [kernel * kernel][in][out], tap = ky * kernel + kx, a cross-correlation: output pixel (y, x)
// meets input pixel (y + ky - 1, x + kx - 1). 1x1 ones are cuBLASLt's, which reads and writes channels of
// wider buffers as matrices with a stride; 3x3 ones are cuDNN's in programs that are built with it; what the
// two cannot do are products of conv_product.cuh. Factors of floats have at least the device's precision.
// Results are the same to the bit for the same problem.
namespace densenf::kernels {

namespace detail {

#ifndef DENSENF_WITH_CUDNN
// There is nothing that cuDNN could do.
template <class T, class... A>
Index cudnn_forward_scratch_bytes(const A&...) {
  return 0;
}
template <class T, class... A>
Index cudnn_backward_data_scratch_bytes(const A&...) {
  return 0;
}
template <class T, class... A>
Index cudnn_backward_weights_scratch_bytes(const A&...) {
  return 0;
}
template <class T, class... A>
bool cudnn_forward(const A&...) {
  return false;
}
template <class T, class... A>
bool cudnn_backward_data(const A&...) {
  return false;
}
template <class T, class... A>
bool cudnn_backward_weights(const A&...) {
  return false;
}
#endif

/// Calls f<Tiles>() with the way to multiply numbers of this type.
template <class T, class F>
void with_tiles(const Cuda& cuda, const F& f) {
  if constexpr (std::is_same_v<T, double>) {
    f.template operator()<ScalarTiles<double>>();
  } else {
    switch (cuda.precision()) {
      case Precision::tf32:
        return f.template operator()<TensorTiles<Precision::tf32>>();
      case Precision::bf16:
        return f.template operator()<TensorTiles<Precision::bf16>>();
      default:
        return f.template operator()<ScalarTiles<float>>();
    }
  }
}

template <class T>
PixelSource<T> pixel_source(const Tensor<const T>& x, int kernel) {
  narrow(x.size());
  const auto extent = [](Index n) { return static_cast<std::int32_t>(narrow(n)); };
  return {x.data,      x.stride, extent(x.pixels()),           extent(x.h), extent(x.w),
          extent(x.c), kernel,   packets_fit(x.data, x.stride)};
}

template <class T>
WeightSource<T> weight_source(const T* weight, int kernel, Index in, Index out) {
  narrow(kernel * kernel * in * out);
  return {weight, kernel * kernel, static_cast<std::int32_t>(narrow(in)),
          static_cast<std::int32_t>(narrow(out)), packets_fit(weight, out)};
}

/// How products of conv_product.cuh are cut that go to `to` from `channels` channels around each pixel.
template <class Tiles, class T>
ProductCut pixels_cut(const Tensor<T>& to, int kernel, Index channels) {
  return {to.pixels(), 1, to.c, kernel * kernel * ((channels + Tiles::depth - 1) / Tiles::depth),
          Tiles::depth};
}
/// The same for products over all pixels, which go to the weights from x to dy.
template <class Tiles, class T>
ProductCut weights_cut(const Tensor<T>& x, int kernel, const Tensor<T>& dy) {
  return {x.c, kernel * kernel, dy.c, (x.pixels() + Tiles::depth - 1) / Tiles::depth, Tiles::depth};
}

/// Bytes of scratch for a product with the cut of `cut_for<Tiles>()`.
template <class T, class F>
Index product_scratch_bytes(const Cuda& cuda, const F& cut_for) {
  Index bytes = 0;
  with_tiles<T>(cuda, [&]<class Tiles>() {
    bytes = Scratch::bytes_for<T>(cut_for.template operator()<Tiles>().partial_sums());
  });
  return bytes;
}

/// 1x1 convolutions and their adjoints as products of matrices.
template <class T>
Matmul<T> forward_product(const Tensor<const T>& x, const T* weight, const T* bias, Activation activation,
                          const Tensor<T>& y) {
  return {.m = y.c,
          .n = y.pixels(),
          .k = x.c,
          .a = {weight, y.c},
          .b = {x.data, x.stride},
          .d = {y.data, y.stride},
          .relu = activation == Activation::relu,
          .bias = bias};
}
template <class T>
Matmul<T> data_product(const Tensor<const T>& dy, const T* weight, const Tensor<T>& dx, Write write) {
  return {.m = dx.c,
          .n = dx.pixels(),
          .k = dy.c,
          .a = {weight, dy.c},
          .b = {dy.data, dy.stride},
          .a_transposed = true,
          .d = {dx.data, dx.stride},
          .accumulate = write == Write::accumulate};
}
template <class T>
Matmul<T> weights_product(const Tensor<const T>& x, const Tensor<const T>& dy, T* dweight) {
  return {.m = dy.c,
          .n = x.c,
          .k = x.pixels(),
          .a = {dy.data, dy.stride},
          .b = {x.data, x.stride},
          .b_transposed = true,
          .d = {dweight, dy.c},
          .accumulate = true};
}

/// What biases gain from a number of dy.
template <class T>
struct BiasTerm {
  Tensor<const T> dy;
  __device__ std::array<double, 1> operator()(Index p, Index c) const {
    return {static_cast<double>(dy(p, c))};
  }
};
/// dy(p, c), set to zero where relu's output y is not positive. It is written in any case: memory takes far
/// longer for parts of its sectors than for whole ones.
template <class T>
__device__ T clear_behind_relu(const Tensor<const T>& y, const Tensor<T>& dy, Index p, Index c) {
  const T v = dy(p, c), cleared = y(p, c) > T(0) ? v : T(0);
  dy(p, c) = cleared;
  return cleared;
}

/// What biases gain from a number that relu's adjoint sets to zero where relu's output y is not positive.
template <class T>
struct BiasTermAfterRelu {
  Tensor<const T> y;
  Tensor<T> dy;
  __device__ std::array<double, 1> operator()(Index p, Index c) const {
    return {static_cast<double>(clear_behind_relu(y, dy, p, c))};
  }
};

/// dbias += the sum of what `term` says over all pixels.
template <class T, class Term>
void add_bias_gradient(const Cuda& cuda, const Term& term, T* dbias, Scratch scratch) {
  sum_over_pixels<1>(
      cuda, "a gradient of biases", term.dy.pixels(), term.dy.c, term,
      [=] __device__(Index c, const std::array<double, 1>& sum) { dbias[c] += static_cast<T>(sum[0]); },
      scratch);
}

}  // namespace detail

// What a library works in, or where parts' sums wait. cuDNN may refuse a convolution that it has a plan for,
// which conv_product.cuh then computes in the same memory.
template <class T>
Index conv_forward_scratch_bytes(const Cuda& cuda, Tensor<const T> x, const T* weight, const T* bias,
                                 int kernel, Activation activation, Tensor<T> y) {
  detail::check_conv(x, y, kernel);
  if (y.size() == 0) return 0;
  if (kernel == 1 && x.c > 0) {
    const auto* const plan =
        detail::matmul_plan<T>(cuda, detail::forward_product<T>(x, weight, bias, activation, y));
    if (plan != nullptr) return Scratch::bytes_for<std::byte>(plan->workspace_bytes());
  }
  const Index library = kernel == 3 && x.c > 0 ? detail::cudnn_forward_scratch_bytes<T>(cuda, x, y) : 0;
  return std::max(library, detail::product_scratch_bytes<T>(cuda, [&]<class Tiles>() {
                    return detail::pixels_cut<Tiles>(y, kernel, x.c);
                  }));
}

/// y = activation(conv(x, weight) + bias). `bias` may be null. x and y may be different channels of one
/// buffer. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_forward(const Cuda& cuda, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, Scratch scratch, Connections = {}) {
  detail::check_conv(x, y, kernel);
  if (y.size() == 0) return;
  if (activation == Activation::elu) {
    conv_forward(cuda, x, weight, bias, kernel, Activation::none, y, scratch);
    elu_forward(cuda, as_const(y), y);
    return;
  }
  const bool relu = activation == Activation::relu;
  if (kernel == 1 && x.c > 0 &&
      detail::matmul<T>(cuda, detail::forward_product<T>(x, weight, bias, activation, y), scratch)) {
    return;
  }
  if (kernel == 3 && x.c > 0 && detail::cudnn_forward<T>(cuda, x, weight, bias, relu, y, scratch)) return;
  detail::with_tiles<T>(cuda, [&]<class Tiles>() {
    using Rows = detail::ShiftedRows<T, Tiles::depth>;
    using Columns = detail::WeightColumns<T, Tiles::depth>;
    const detail::ProductCut cut = detail::pixels_cut<Tiles>(y, kernel, x.c);
    detail::multiply<Tiles, Rows, Columns>(cuda, "a convolution", detail::pixel_source(x, kernel),
                                           detail::weight_source(weight, kernel, x.c, y.c), cut,
                                           {.data = y.data,
                                            .stride = y.stride,
                                            .aligned = detail::packets_fit(y.data, y.stride),
                                            .bias = bias,
                                            .relu = relu},
                                           scratch);
  });
}

template <class T>
Index conv_backward_data_scratch_bytes(const Cuda& cuda, Tensor<const T> dy, const T* weight, int kernel,
                                       Tensor<T> dx) {
  detail::check_conv(dx, dy, kernel);
  if (dx.size() == 0 || dy.c == 0) return 0;
  if (kernel == 1) {
    const auto* const plan =
        detail::matmul_plan<T>(cuda, detail::data_product<T>(dy, weight, dx, Write::assign));
    if (plan != nullptr) return Scratch::bytes_for<std::byte>(plan->workspace_bytes());
  }
  const Index library = kernel == 3 ? detail::cudnn_backward_data_scratch_bytes<T>(cuda, dy, dx) : 0;
  return std::max(library, detail::product_scratch_bytes<T>(cuda, [&]<class Tiles>() {
                    return detail::pixels_cut<Tiles>(dx, kernel, dy.c);
                  }));
}

/// dx = or += the gradient of conv's input, given dy, that of its output. Throws ArgumentError or ShapeError
/// when kernel or extents do not fit.
template <class T>
void conv_backward_data(const Cuda& cuda, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write, Scratch scratch, Connections = {}) {
  detail::check_conv(dx, dy, kernel);
  if (dx.size() == 0) return;
  const bool accumulate = write == Write::accumulate;
  if (dy.c == 0) {
    if (!accumulate) fill_zero(cuda, dx);
    return;
  }
  if (kernel == 1 && detail::matmul<T>(cuda, detail::data_product<T>(dy, weight, dx, write), scratch)) return;
  if (kernel == 3 && detail::cudnn_backward_data<T>(cuda, dy, weight, dx, write, scratch)) return;
  detail::with_tiles<T>(cuda, [&]<class Tiles>() {
    using Rows = detail::ShiftedRows<T, Tiles::depth>;
    using Columns = detail::TransposedWeights<T, Tiles::depth>;
    const detail::ProductCut cut = detail::pixels_cut<Tiles>(dx, kernel, dy.c);
    detail::multiply<Tiles, Rows, Columns>(cuda, "a convolution's adjoint", detail::pixel_source(dy, kernel),
                                           detail::weight_source(weight, kernel, dx.c, dy.c), cut,
                                           {.data = dx.data,
                                            .stride = dx.stride,
                                            .aligned = detail::packets_fit(dx.data, dx.stride),
                                            .accumulate = accumulate},
                                           scratch);
  });
}

template <class T>
Index conv_backward_weights_scratch_bytes(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, int kernel,
                                          T* dweight, T* dbias) {
  detail::check_conv(x, dy, kernel);
  if (dy.size() == 0) return 0;
  const Index bias = dbias != nullptr ? sum_over_pixels_scratch_bytes<1>(cuda, dy.pixels(), dy.c) : 0;
  if (x.c == 0) return bias;
  if (kernel == 1) {
    const auto* const plan = detail::matmul_plan<T>(cuda, detail::weights_product<T>(x, dy, dweight));
    if (plan != nullptr) return std::max(bias, Scratch::bytes_for<std::byte>(plan->workspace_bytes()));
  }
  const Index library = kernel == 3 ? detail::cudnn_backward_weights_scratch_bytes<T>(cuda, x, dy) : 0;
  const Index product = detail::product_scratch_bytes<T>(
      cuda, [&]<class Tiles>() { return detail::weights_cut<Tiles>(x, kernel, dy); });
  return std::max({bias, library, product});
}

/// dweight += and dbias += the gradients of conv's weights and bias, given its input x and dy, the gradient
/// of its output. `dbias` may be null. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_backward_weights(const Cuda& cuda, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, Scratch scratch) {
  detail::check_conv(x, dy, kernel);
  if (dy.size() == 0) return;
  if (dbias != nullptr) detail::add_bias_gradient(cuda, detail::BiasTerm<T>{dy}, dbias, scratch);
  if (x.c == 0) return;
  if (kernel == 1 && detail::matmul<T>(cuda, detail::weights_product<T>(x, dy, dweight), scratch)) return;
  if (kernel == 3 && detail::cudnn_backward_weights<T>(cuda, x, dy, dweight, scratch)) return;
  detail::with_tiles<T>(cuda, [&]<class Tiles>() {
    using Factor = detail::ShiftedDepth<T, Tiles::depth>;
    const detail::ProductCut cut = detail::weights_cut<Tiles>(x, kernel, dy);
    // Only the input is met one tap away: to the gradient, every tap is the only one of a 1x1 kernel.
    detail::multiply<Tiles, Factor, Factor>(
        cuda, "a gradient of weights", detail::pixel_source(x, kernel), detail::pixel_source(dy, 1), cut,
        {.data = dweight, .stride = dy.c, .aligned = detail::packets_fit(dweight, dy.c), .accumulate = true},
        scratch);
  });
}

/// dy = 0 where relu's output y is not positive. Throws ShapeError when the shapes differ.
template <class T>
void relu_backward(const Cuda& cuda, Tensor<const T> y, Tensor<T> dy) {
  detail::check_relu(y, dy);
  for_each_number(cuda, "relu's adjoint", y.pixels(), y.c,
                  [=] __device__(Index p, Index c) { detail::clear_behind_relu(y, dy, p, c); });
}

template <class T>
Index conv_backward_parameters_scratch_bytes(const Cuda& cuda, Tensor<const T> x, Tensor<T> dy, int kernel,
                                             T* dweight, T* dbias) {
  return conv_backward_weights_scratch_bytes(cuda, x, as_const(dy), kernel, dweight, dbias);
}

/// The adjoint of conv_forward but for x: that of its activation, from its output y, so that dy becomes the
/// gradient of the sum; then conv_backward_weights.
template <class T>
void conv_backward_parameters(const Cuda& cuda, Tensor<const T> x, Tensor<const T> y, Activation activation,
                              Tensor<T> dy, int kernel, T* dweight, T* dbias, Scratch scratch,
                              Connections = {}) {
  if (activation == Activation::relu && dbias != nullptr) {
    // Biases are sums of what relu's adjoint leaves: one pass does both.
    detail::check_relu(y, dy);
    if (dy.size() != 0) detail::add_bias_gradient(cuda, detail::BiasTermAfterRelu<T>{y, dy}, dbias, scratch);
    dbias = nullptr;
  } else if (activation == Activation::relu) {
    relu_backward(cuda, y, dy);
  } else if (activation == Activation::elu) {
    elu_backward(cuda, y, as_const(dy), dy, Write::assign);
  }
  conv_backward_weights(cuda, x, as_const(dy), kernel, dweight, dbias, scratch);
}

}  // namespace densenf::kernels
