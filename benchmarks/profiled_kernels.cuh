#pragma once

#include <algorithm>

#include "profiled.cuh"

// The kernels of a GPU that takes their times. Each of these is preferred to the kernel for Cuda of the same
// name, and calls it.
namespace bench::cost {

/// How many numbers the tensors among a kernel's arguments hold, and the first one's size in words.
template <class T>
double numbers(const Tensor<T>& x, double) {
  return static_cast<double>(x.data == nullptr ? 0 : x.size());
}
template <class T>
requires(!std::is_const_v<T>) double numbers(const Tensor<T>& x, double touched) {
  return x.data == nullptr ? 0 : touched * static_cast<double>(x.size());
}
template <class A>
double numbers(const A&, double) {
  return 0;
}
template <class T>
std::string words(const Tensor<T>& x) {
  return fmt::format(" {}x{}x{}", x.h, x.w, x.c);
}
template <class A>
std::string words(const A&) {
  return "";
}
template <class... A>
std::string size_of(const A&... a) {
  std::string all;
  ((all += words(a)), ...);
  return all.empty() ? all : all.substr(1);
}
/// Every tensor once, and those that are written `touched` times: 2 where a kernel adds to them.
template <class... A>
std::pair<double, double> bytes(double touched, const A&... a) {
  return {0, sizeof(float) * (0 + ... + numbers(a, touched))};
}
/// How often a kernel touches what it writes to, by the Write among its arguments; of two, the larger number.
inline double touches(kernels::Write write) { return write == kernels::Write::assign ? 1 : 2; }
template <class A>
double touches(const A&) {
  return 0;
}
template <class A, class B, class... C>
double touches(const A& a, const B& b, const C&... c) {
  return std::max(touches(a), touches(b, c...));
}
inline std::pair<double, double> bytes_of(double count, double size = sizeof(float)) {
  return {0, count * size};
}

/// A convolution reads or writes x, y and its weights.
template <class X, class Y>
std::pair<double, double> conv(const X& x, const Y& y, int kernel) {
  const double weights = static_cast<double>(kernel * kernel * x.c * y.c);
  return {2 * static_cast<double>(y.pixels()) * weights,
          sizeof(float) * (static_cast<double>(x.size() + y.size()) + weights)};
}
template <class X, class Y>
std::string conv_size(const X& x, const Y& y) {
  return fmt::format("{}x{}, {} to {}", x.h, x.w, x.c, y.c);
}
/// Products of queries and keys with the landmarks, of values with k3, of k1 with the mix: 2 HW landmarks E
/// each.
template <class X>
double attention(const X& x, Index embed) {
  return 4 * 2 * static_cast<double>(x.pixels() * kernels::nystrom::landmarks * embed);
}

}  // namespace bench::cost

namespace densenf::kernels {

namespace cost = bench::cost;
using bench::Profiled;

template <class X, class W, class B, class Y, class... A>
void conv_forward(const Profiled& d, const X& x, const W& weight, const B& bias, int kernel,
                  Activation activation, const Y& y, const A&... rest) {
  d.time(kernel == 1 ? "1x1 convolution" : "3x3 convolution", cost::conv_size(x, y), cost::conv(x, y, kernel),
         [&](const Cuda& c) { conv_forward(c, x, weight, bias, kernel, activation, y, rest...); });
}
template <class Y, class W, class X, class... A>
void conv_backward_data(const Profiled& d, const Y& dy, const W& weight, int kernel, const X& dx,
                        const A&... rest) {
  d.time(kernel == 1 ? "1x1 convolution, adjoint by data" : "3x3 convolution, adjoint by data",
         cost::conv_size(dx, dy), cost::conv(dx, dy, kernel),
         [&](const Cuda& c) { conv_backward_data(c, dy, weight, kernel, dx, rest...); });
}
template <class X, class Y, class W, class B>
void conv_backward_weights(const Profiled& d, const X& x, const Y& dy, int kernel, const W& dweight,
                           const B& dbias, Scratch scratch) {
  d.time(kernel == 1 ? "1x1 convolution, adjoint by weights" : "3x3 convolution, adjoint by weights",
         cost::conv_size(x, dy), cost::conv(x, dy, kernel),
         [&](const Cuda& c) { conv_backward_weights(c, x, dy, kernel, dweight, dbias, scratch); });
}
/// With relu it also reads y and writes dy.
template <class X, class Y, class D, class... A>
void conv_backward_parameters(const Profiled& d, const X& x, const Y& y, Activation activation, const D& dy,
                              int kernel, const A&... rest) {
  const bool relu = activation == Activation::relu;
  std::pair<double, double> cost = cost::conv(x, dy, kernel);
  if (relu) cost.second += sizeof(float) * static_cast<double>(y.size() + dy.size());
  d.time(kernel == 1 ? "1x1 convolution, adjoint by weights" : "3x3 convolution, adjoint by weights",
         cost::conv_size(x, dy) + (relu ? ", relu" : ""), cost,
         [&](const Cuda& c) { conv_backward_parameters(c, x, y, activation, dy, kernel, rest...); });
}

template <class X, class... A>
void weight_norm_forward(const Profiled& d, const X& x, const A&... a) {
  d.time("normalizing weights", cost::size_of(x), cost::bytes(1, x, a...),
         [&](const Cuda& c) { weight_norm_forward(c, x, a...); });
}
template <class X, class... A>
void weight_norm_backward(const Profiled& d, const X& x, const A&... a) {
  d.time("normalizing weights, adjoint", cost::size_of(x), cost::bytes(1, x, a...),
         [&](const Cuda& c) { weight_norm_backward(c, x, a...); });
}
template <class X, class... A>
void scale_channels_forward(const Profiled& d, const X& x, const A&... a) {
  d.time("scaling channels", cost::size_of(x), cost::bytes(1, x, a...),
         [&](const Cuda& c) { scale_channels_forward(c, x, a...); });
}
template <class X, class... A>
void scale_channels_backward(const Profiled& d, const X& x, const A&... a) {
  d.time("scaling channels, adjoint", cost::size_of(x), cost::bytes(1, x, a...),
         [&](const Cuda& c) { scale_channels_backward(c, x, a...); });
}

template <class X, class Y>
void unfold(const Profiled& d, const X& x, const Taps& taps, const Y& y, Write write = Write::assign) {
  d.time("unfolding", cost::size_of(x, y), cost::bytes(cost::touches(write), x, y),
         [&](const Cuda& c) { unfold(c, x, taps, y, write); });
}
template <class X, class Y>
void fold(const Profiled& d, const X& x, const Taps& taps, const Y& y, Write write = Write::assign) {
  d.time("folding", cost::size_of(x, y), cost::bytes(cost::touches(write), x, y),
         [&](const Cuda& c) { fold(c, x, taps, y, write); });
}
template <class... A>
void elu_forward(const Profiled& d, const A&... a) {
  d.time("elu", cost::size_of(a...), cost::bytes(1, a...), [&](const Cuda& c) { elu_forward(c, a...); });
}
template <class... A>
void elu_backward(const Profiled& d, const A&... a) {
  d.time("elu, adjoint", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { elu_backward(c, a...); });
}
template <class... A>
void channel_affine_backward(const Profiled& d, const A&... a) {
  d.time("channel affine map, adjoint", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { channel_affine_backward(c, a...); });
}
template <class... A>
void start_scale_and_bias(const Profiled& d, const A&... a) {
  d.time("start from data", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { start_scale_and_bias(c, a...); });
}
template <class... A>
void max_pool_forward(const Profiled& d, const A&... a) {
  d.time("max pooling", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { max_pool_forward(c, a...); });
}
template <class... A>
void max_pool_backward(const Profiled& d, const A&... a) {
  d.time("max pooling, adjoint", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { max_pool_backward(c, a...); });
}
template <class... A>
void max_pool_inverse(const Profiled& d, const A&... a) {
  d.time("max pooling, inverse", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { max_pool_inverse(c, a...); });
}
template <class... A>
void sort_pixels(const Profiled& d, const A&... a) {
  d.time("sorting pixels", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { sort_pixels(c, a...); });
}
template <class... A>
void take_pixels(const Profiled& d, const A&... a) {
  d.time("reordering pixels", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { take_pixels(c, a...); });
}
template <class... A>
void put_pixels(const Profiled& d, const A&... a) {
  d.time("reordering pixels", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { put_pixels(c, a...); });
}

template <class X, class M, class Y>
void nystrom_forward(const Profiled& d, const X& qkv, const M& memory, const Y& out, Scratch scratch) {
  const double bytes = sizeof(float) * static_cast<double>(2 * qkv.size() + out.size());
  d.time("attention", cost::size_of(qkv), {cost::attention(qkv, out.c), bytes},
         [&](const Cuda& c) { nystrom_forward(c, qkv, memory, out, scratch); });
}
template <class M, class Y, class X>
void nystrom_backward(const Profiled& d, const M& memory, const Y& dout, const X& dqkv, Write write,
                      Scratch scratch) {
  const double bytes = sizeof(float) * ((1 + cost::touches(write)) * static_cast<double>(dqkv.size()) +
                                        static_cast<double>(dout.size()));
  d.time("attention, adjoint", cost::size_of(dqkv), {3 * cost::attention(dqkv, dout.c), bytes},
         [&](const Cuda& c) { nystrom_backward(c, memory, dout, dqkv, write, scratch); });
}

template <class... A>
void relu_backward(const Profiled& d, const A&... a) {
  d.time("relu, adjoint", cost::size_of(a...), cost::bytes(2, a...),
         [&](const Cuda& c) { relu_backward(c, a...); });
}
template <class... A>
void channel_statistics(const Profiled& d, const A&... a) {
  d.time("batch norm: statistics", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { channel_statistics(c, a...); });
}
template <class... A>
void batch_norm_forward(const Profiled& d, const A&... a) {
  d.time("batch norm", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { batch_norm_forward(c, a...); });
}
template <class... A>
void batch_norm_backward(const Profiled& d, const A&... a) {
  d.time("batch norm, adjoint", cost::size_of(a...), cost::bytes(cost::touches(a...), a...),
         [&](const Cuda& c) { batch_norm_backward(c, a...); });
}
template <class... A>
void actnorm_start(const Profiled& d, const A&... a) {
  d.time("ActNorm: start", cost::size_of(a...), {}, [&](const Cuda& c) { actnorm_start(c, a...); });
}
template <class... A>
void actnorm_forward(const Profiled& d, const A&... a) {
  d.time("ActNorm", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { actnorm_forward(c, a...); });
}
template <class... A>
void actnorm_inverse(const Profiled& d, const A&... a) {
  d.time("ActNorm, inverse", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { actnorm_inverse(c, a...); });
}
template <class... A>
void actnorm_backward(const Profiled& d, const A&... a) {
  d.time("ActNorm, adjoint", cost::size_of(a...), cost::bytes(cost::touches(a...), a...),
         [&](const Cuda& c) { actnorm_backward(c, a...); });
}
template <class... A>
void affine_forward(const Profiled& d, const A&... a) {
  d.time("affine coupling", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { affine_forward(c, a...); });
}
template <class... A>
void affine_inverse(const Profiled& d, const A&... a) {
  d.time("affine coupling, inverse", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { affine_inverse(c, a...); });
}
template <class... A>
void affine_backward(const Profiled& d, const A&... a) {
  d.time("affine coupling, adjoint", cost::size_of(a...), cost::bytes(cost::touches(a...), a...),
         [&](const Cuda& c) { affine_backward(c, a...); });
}
template <class... A>
void gate_forward(const Profiled& d, const A&... a) {
  d.time("gate", cost::size_of(a...), cost::bytes(1, a...), [&](const Cuda& c) { gate_forward(c, a...); });
}
template <class... A>
void gate_backward(const Profiled& d, const A&... a) {
  d.time("gate, adjoint", cost::size_of(a...), cost::bytes(cost::touches(a...), a...),
         [&](const Cuda& c) { gate_backward(c, a...); });
}
template <class... A>
void sigmoid_forward(const Profiled& d, const A&... a) {
  d.time("sigmoid", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { sigmoid_forward(c, a...); });
}
template <class... A>
void sigmoid_backward(const Profiled& d, const A&... a) {
  d.time("sigmoid, adjoint", cost::size_of(a...), cost::bytes(2, a...),
         [&](const Cuda& c) { sigmoid_backward(c, a...); });
}
template <class... A>
void normal_log_prob(const Profiled& d, const A&... a) {
  d.time("normal density", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { normal_log_prob(c, a...); });
}
template <class... A>
void normal_log_prob_backward(const Profiled& d, const A&... a) {
  d.time("normal density, adjoint", cost::size_of(a...), cost::bytes(2, a...),
         [&](const Cuda& c) { normal_log_prob_backward(c, a...); });
}
template <class... A>
void normal_log_prob_backward_parameters(const Profiled& d, const A&... a) {
  d.time("normal density, adjoint by parameters", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { normal_log_prob_backward_parameters(c, a...); });
}
template <class... A>
void normal_from_noise(const Profiled& d, const A&... a) {
  d.time("normal draws", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { normal_from_noise(c, a...); });
}
template <class... A>
void normal_from_noise_backward(const Profiled& d, const A&... a) {
  d.time("normal draws, adjoint", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { normal_from_noise_backward(c, a...); });
}
template <class... A>
void fill_normal(const Profiled& d, const A&... a) {
  d.time("noise", cost::size_of(a...), cost::bytes(1, a...), [&](const Cuda& c) { fill_normal(c, a...); });
}
template <class... A>
void fill_zero(const Profiled& d, const A&... a) {
  d.time("filling", cost::size_of(a...), cost::bytes(1, a...), [&](const Cuda& c) { fill_zero(c, a...); });
}
template <class X, class Y>
void copy(const Profiled& d, const X& x, const Y& y, Write write = Write::assign) {
  d.time(write == Write::assign ? "copying" : "adding", cost::size_of(x, y),
         cost::bytes(cost::touches(write), x, y), [&](const Cuda& c) { copy(c, x, y, write); });
}
template <class... A>
void accumulate_scaled(const Profiled& d, const A&... a) {
  d.time("adding, scaled", cost::size_of(a...), cost::bytes(2, a...),
         [&](const Cuda& c) { accumulate_scaled(c, a...); });
}
template <class... A>
void add(const Profiled& d, const A&... a) {
  d.time("sum of two", cost::size_of(a...), cost::bytes(1, a...), [&](const Cuda& c) { add(c, a...); });
}
template <class... A>
void scale_shift(const Profiled& d, const A&... a) {
  d.time("scale and shift", cost::size_of(a...), cost::bytes(1, a...),
         [&](const Cuda& c) { scale_shift(c, a...); });
}
template <class X, class Y>
void squeeze(const Profiled& d, const X& x, const Y& y, Write write = Write::assign,
             SqueezeOrder order = SqueezeOrder::plain) {
  d.time("squeeze", cost::size_of(x, y), cost::bytes(cost::touches(write), x, y),
         [&](const Cuda& c) { squeeze(c, x, y, write, order); });
}
template <class X, class Y>
void unsqueeze(const Profiled& d, const X& x, const Y& y, Write write = Write::assign,
               SqueezeOrder order = SqueezeOrder::plain) {
  d.time("squeeze", cost::size_of(x, y), cost::bytes(cost::touches(write), x, y),
         [&](const Cuda& c) { unsqueeze(c, x, y, write, order); });
}
template <class X, class Y>
void rotate_channels(const Profiled& d, const X& x, Index first, const Y& y, Write write = Write::assign) {
  d.time("rotating channels", cost::size_of(x, y), cost::bytes(cost::touches(write), x, y),
         [&](const Cuda& c) { rotate_channels(c, x, first, y, write); });
}

template <class... A>
void batch_norm_update(const Profiled& d, Index channels, const A&... a) {
  d.time("batch norm: statistics", fmt::format("{} channels, running", channels),
         cost::bytes_of(6 * static_cast<double>(channels)),
         [&](const Cuda& c) { batch_norm_update(c, channels, a...); });
}

/// The products of an elimination of c x c, in double.
inline std::pair<double, double> inverse_cost(Index c) {
  const double n = static_cast<double>(c);
  return {2 * n * n * n, 2 * sizeof(float) * n * n};
}
template <class W, class... A>
void log_abs_det_and_inverse(const Profiled& d, const W& w, Index size, const A&... a) {
  d.time("inverses", fmt::format("{}x{}", size, size), inverse_cost(size),
         [&](const Cuda& c) { log_abs_det_and_inverse(c, w, size, a...); });
}
/// In a training step all weights have changed.
template <class... A>
void invert_matrices(const Profiled& d, const InvertibleMatrix* matrices, Index count, bool all,
                     const A&... a) {
  std::pair<double, double> sum{};
  for (Index i = 0; i < count; ++i) {
    const auto [operations, bytes] = inverse_cost(matrices[i].c);
    sum.first += operations;
    sum.second += bytes;
  }
  d.time(
      "inverses", fmt::format("all {} matrices", count), sum,
      [&](const Cuda& c) { invert_matrices(c, matrices, count, all, a...); },
      [&](const Cuda& c) { invert_matrices(c, matrices, count, true, a...); });
}
template <class W, class... A>
void log_abs_det_backward(const Profiled& d, const W& inverse, Index size, const A&... a) {
  d.time("determinants, adjoint", fmt::format("{}x{}", size, size),
         cost::bytes_of(3 * static_cast<double>(size * size)),
         [&](const Cuda& c) { log_abs_det_backward(c, inverse, size, a...); });
}

template <class A, class B>
void add_to_each(const Profiled& d, const A& term, Index n, const B& values) {
  d.time("sums of log-determinants", "", cost::bytes_of(2 * static_cast<double>(n), sizeof(double)),
         [&](const Cuda& c) { add_to_each(c, term, n, values); });
}
template <class A, class B>
void add_to_each(const Profiled& d, double factor, const A& term, Index n, const B& values) {
  d.time("sums of log-determinants", "", cost::bytes_of(2 * static_cast<double>(n), sizeof(double)),
         [&](const Cuda& c) { add_to_each(c, factor, term, n, values); });
}
inline void set_each(const Profiled& d, double value, Index n, double* values) {
  d.time("sums of log-determinants", "", cost::bytes_of(static_cast<double>(n), sizeof(double)),
         [&](const Cuda& c) { set_each(c, value, n, values); });
}
inline void scaled_sum(const Profiled& d, double factor, const double* values, Index n, double* result) {
  d.time("sums of log-determinants", "", cost::bytes_of(static_cast<double>(n), sizeof(double)),
         [&](const Cuda& c) { scaled_sum(c, factor, values, n, result); });
}

template <class T, class Rule>
void optimizer_pass(const Profiled& d, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  d.time("optimizer", fmt::format("{} parameters", n),
         cost::bytes_of((4 + 2 * Rule::moments) * static_cast<double>(n)),
         [&](const Cuda& c) { optimizer_pass(c, rule, facts, parameters, gradients, moments, n); });
}
template <class T>
void squared_norm(const Profiled& d, const T* x, Index n, double* result, Scratch scratch) {
  d.time("optimizer", fmt::format("norm of {} gradients", n), cost::bytes_of(static_cast<double>(n)),
         [&](const Cuda& c) { squared_norm(c, x, n, result, scratch); });
}

}  // namespace densenf::kernels
