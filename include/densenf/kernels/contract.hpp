#pragma once

#include <concepts>
#include <cstddef>
#include <string>

#include "densenf/core/device.hpp"
#include "densenf/core/noise_key.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/image_order.hpp"
#include "densenf/kernels/maps.hpp"
#include "densenf/kernels/matrix_form.hpp"
#include "densenf/kernels/mixture.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/kernels/optimizer_rules.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/kernels/taps.hpp"
#include "densenf/kernels/triangle.hpp"
#include "densenf/kernels/unit_interval.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// What a device offers: the functions that operations, bijectors, flows and training call with the device as
// the first argument, family by family. A device has the base DeviceTag, so that functions in namespace
// kernels are found by it; a program that runs a flow on it includes its kernels,
// kernels/cpu/all.hpp or densenf.cuh. What each function computes, and what it throws, is said where the CPU
// defines it, in kernels/cpu/. Batches are Tensor<T>; other pointers are the device's memory.
//
// Scratch memory has one rule: what a call of f works in is its last argument, Scratch, for which
// f_scratch_bytes(device, those of f's arguments that decide it) says how many bytes it takes on this device,
// maybe 0; the caller lends it from an arena (core/arena.hpp). Devices keep none for themselves.
//
// require_device<D>() in a constant expression stops the compiler with the family that D lacks; `Device` is
// the same as a concept.
namespace densenf::kernels {

/// Memory: allocate throws OutOfMemoryError, which calls it `what`.
template <class D>
concept HasMemory = std::derived_from<D, DeviceTag> && std::copyable<D> &&
    requires(const D& d, void* p, std::size_t bytes, const char* what) {
  { d.allocate(bytes, what) } -> std::same_as<void*>;
  { d.deallocate(p, bytes) }
  noexcept;
  { d.describe() } -> std::convertible_to<std::string>;
  synchronize(d);  // waits until the device has done what it was asked for
};

/// Numbers that are set, moved and added up: what passes are glued together with.
template <class D, class T>
concept HasNumbers = requires(const D& d, Tensor<const T> x, Tensor<T> y, Write write, T a, Index n,
                              double factor, const double* values, double* results, Scratch scratch) {
  fill_zero(d, y);                // y = 0
  copy(d, x, y);                  // y = x
  copy(d, x, y, write);           // or +=
  add(d, x, x, y);                // y = x + x
  accumulate_scaled(d, x, a, y);  // y += a x
  fill_one_hot(d, x, y);          // y(p, c) = 1 where x(p, 0) is c, else 0; all 1 / C where it is below 0
  scale_shift(d, x, a, a, y);     // y = a x + a
  { all_finite_scratch_bytes(d, x) } -> std::same_as<Index>;
  { all_finite(d, x, scratch) } -> std::same_as<bool>;  // neither infinite nor NaN
  set_all_bits(d, y.data, sizeof(T));                   // memory that reads as NaN
  set_each(d, factor, n, results);                      // n doubles become one number
  scaled_sum(d, factor, values, n, results);            // results[0] = factor * their sum
  add_to_each(d, factor, n, results);                   // n doubles += one number
  add_to_each(d, factor, values, n, results);           // += factor * values[0]
  fetch(d, values, n, results);                         // n doubles to the host
};

/// Other orders of the same numbers: 2x2 squeeze, patches, rotated channels, the N,C,H,W memory of the
/// outside world, whose numbers are of any type U.
template <class D, class T, class U>
concept HasLayouts = requires(const D& d, Tensor<const T> x, Tensor<T> y, Write write, SqueezeOrder order,
                              Index n, const U* outside, U* to_outside) {
  squeeze(d, x, y);
  squeeze(d, x, y, write, order);
  unsqueeze(d, x, y);
  unsqueeze(d, x, y, write, order);
  to_patches(d, x, n, y);
  to_patches(d, x, n, y, write);
  from_patches(d, x, n, y);
  from_patches(d, x, n, y, write);
  rotate_channels(d, x, n, y);
  rotate_channels(d, x, n, y, write);
  deal_channels(d, x, n, y);
  deal_channels(d, x, n, y, write);
  from_strided(d, outside, n, n, y);
  from_nchw(d, outside, y);
  to_nchw(d, x, to_outside);
};

namespace detail {
/// What functions given as objects offer where log-determinants are wanted: see ops/map.hpp.
struct FunctionWithLogDerivative {
  template <class T>
  static constexpr T value(T x) {
    return x;
  }
  template <class T>
  static constexpr T derivative(T) {
    return 1;
  }
  template <class T>
  static constexpr T log_derivative(T) {
    return 0;
  }
  template <class T>
  static constexpr T log_derivative_slope(T) {
    return 0;
  }
};
}  // namespace detail

/// Functions applied to each number: those given as objects (kernels/maps.hpp), products, the gated unit,
/// GELU, and what lies between (0, 1) and all numbers, with log-determinants.
template <class D, class T>
concept HasFunctions = requires(const D& d, const maps::Exp& f, const detail::FunctionWithLogDerivative& g,
                                Tensor<const T> x, Tensor<T> y, Write write, T levels,
                                const double* dlog_prob, double* log_prob) {
  map_forward(d, f, x, y);
  map_backward(d, f, x, x, y, write);
  map_forward(d, g, x, y, log_prob);
  map_backward(d, g, x, x, dlog_prob, y, write);
  multiply_numbers(d, x, x, y);
  multiply_numbers(d, x, x, y, write);
  gate_forward(d, x, y);
  gate_backward(d, x, x, y, write);
  concat_elu_forward(d, x, y);
  concat_elu_backward(d, x, x, y, write);
  gelu_tanh_forward(d, x, y);
  gelu_tanh_backward(d, x, x, y, write);
  softplus_forward(d, x, y);
  softplus_backward(d, x, x, y, write);
  logistic_forward(d, x, y);
  logistic_backward(d, x, x, y, write);
  gelu_forward(d, x, y);
  gelu_backward(d, x, x, y, write);
  sigmoid_forward(d, x, y, log_prob);
  sigmoid_backward(d, x, x, dlog_prob, y);
  sigmoid_inverse(d, x, y);
  logit_forward(d, x, y, log_prob);
  logit_backward(d, x, x, dlog_prob, y);
  dequantize(d, x, x, levels, y);
  dequantized_logit_forward(d, x, x, levels, y, log_prob);
  dequantized_logit_backward(d, x, x, levels, x, dlog_prob, y);
};

/// A number spread over all pixels or an image, and the sums that are its adjoints.
template <class D, class T>
concept HasSums = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, double factor,
                           const double* dlog_prob, double* log_prob, Scratch scratch) {
  spread_channels(d, v, y);
  spread_pixels(d, x, y);
  sum_pixels(d, x, y);
  { sum_channels_scratch_bytes(d, x) } -> std::same_as<Index>;
  sum_channels(d, x, dv, scratch);
  sum_images(d, x, factor, log_prob);
  spread_images(d, factor, dlog_prob, y);
};

/// Convolutions of one or three by three pixels, with bias and relu.
template <class D, class T>
concept HasConvolutions = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* w, T* dw, Index n,
                                   int kernel, Activation activation, Write write, Scratch scratch,
                                   Connections connections) {
  { conv_forward_scratch_bytes(d, x, w, w, kernel, activation, y) } -> std::same_as<Index>;
  conv_forward(d, x, w, w, kernel, activation, y, scratch);
  conv_forward(d, x, w, w, kernel, activation, y, scratch, connections);
  { conv_backward_data_scratch_bytes(d, x, w, kernel, y) } -> std::same_as<Index>;
  conv_backward_data(d, x, w, kernel, y, write, scratch);
  conv_backward_data(d, x, w, kernel, y, write, scratch, connections);
  { conv_backward_weights_scratch_bytes(d, x, x, kernel, dw, dw) } -> std::same_as<Index>;
  conv_backward_weights(d, x, x, kernel, dw, dw, scratch);
  { conv_backward_parameters_scratch_bytes(d, x, y, kernel, dw, dw) } -> std::same_as<Index>;
  conv_backward_parameters(d, x, x, activation, y, kernel, dw, dw, scratch);
  conv_backward_parameters(d, x, x, activation, y, kernel, dw, dw, scratch, connections);
  relu_backward(d, x, y);
  outputs_start(d, w, w, T(1), n, n, dw, dw, dw);
};

/// What a convolution's taps see, side by side, and the exponential linear unit.
template <class D, class T>
concept HasUnfolding = requires(const D& d, Tensor<const T> x, Tensor<T> y, const Taps& taps, Write write) {
  unfold(d, x, taps, y);
  unfold(d, x, taps, y, write);
  fold(d, x, taps, y);
  fold(d, x, taps, y, write);
  elu_forward(d, x, y);
  elu_backward(d, x, x, y, write);
};

/// Images as matrices, a row for each pixel: products, softmax of rows, their sums and their largest numbers.
template <class D, class T>
concept HasMatricesOfImages = requires(const D& d, Tensor<const T> x, Tensor<T> y, MatrixForm form,
                                       Write write, AttentionMask mask) {
  multiply_matrices(d, x, x, form, y);
  multiply_matrices(d, x, x, form, y, write);
  softmax_forward(d, x, mask, y);
  softmax_backward(d, x, x, y, write);
  total_channels(d, x, y);
  total_channels(d, x, y, write);
  mark_largest(d, x, y);
  planes_as_pixels(d, x, y);
  planes_as_pixels(d, x, y, write);
  pixels_as_planes(d, x, y);
  pixels_as_planes(d, x, y, write);
};

/// The largest numbers of cells, and pixels in another order.
template <class D, class T>
concept HasSurjections = requires(const D& d, Tensor<const T> x, Tensor<T> y, Index key, Write write) {
  max_pool_forward(d, x, y, y, y);
  max_pool_backward(d, x, x, x, y, write);
  max_pool_inverse(d, x, x, x, y);
  sort_pixels(d, x, key, y);
  take_pixels(d, x, x, y);
  take_pixels(d, x, x, y, write);
  put_pixels(d, x, x, y);
  put_pixels(d, x, x, y, write);
};

/// What weights are made of: lengths and scales of each output.
template <class D, class T>
concept HasWeights = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, Write write,
                              Scratch scratch) {
  { weight_norm_forward_scratch_bytes(d, x) } -> std::same_as<Index>;
  weight_norm_forward(d, x, v, dv, y, scratch);
  { weight_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  weight_norm_backward(d, x, v, v, x, y, write, dv, scratch);
  scale_channels_forward(d, x, v, y);
  { scale_channels_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  scale_channels_backward(d, x, v, x, y, write, dv, scratch);
};

/// What has a bounded slope: activations, weights of bounded norm, and the inverse of what they make.
template <class D, class T>
concept HasBoundedSlopes = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                    Write write, double number, const double* numbers, double* results,
                                    Scratch scratch) {
  lip_swish_forward(d, x, v, y);
  { lip_swish_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  lip_swish_backward(d, x, v, x, y, write, dv, scratch);
  lip_swish_slope_forward(d, x, v, y);
  { lip_swish_slope_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  lip_swish_slope_backward(d, x, v, x, y, write, dv, scratch);
  { bound_weight_forward_scratch_bytes(d, x, x) } -> std::same_as<Index>;
  bound_weight_forward(d, x, x, x, number, number, dv, y, scratch);
  { bound_weight_backward_scratch_bytes(d, x, x) } -> std::same_as<Index>;
  bound_weight_backward(d, x, x, v, x, y, write, y, write, scratch);
  norming_vector(d, x, number, y);
  scale_by_number_forward(d, x, v, y);
  { scale_by_number_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  scale_by_number_backward(d, x, v, x, y, write, dv, scratch);
  fixed_point_step(d, x, x, number, numbers, y, results);
};

/// Nystrom attention with four landmarks, and softmax attention.
template <class D, class T>
concept HasAttention = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* kept, T* memory, Index n,
                                AttentionMask mask, Write write, Scratch scratch) {
  { nystrom_forward_scratch_bytes(d, x) } -> std::same_as<Index>;
  nystrom_forward(d, x, memory, y, scratch);
  { nystrom_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  nystrom_backward(d, kept, x, y, write, scratch);
  { softmax_attention_forward_scratch_bytes(d, x, x, x, n) } -> std::same_as<Index>;
  softmax_attention_forward(d, x, x, x, n, mask, memory, y, scratch);
  { softmax_attention_backward_scratch_bytes(d, x, x, x, n) } -> std::same_as<Index>;
  softmax_attention_backward(d, x, x, x, n, mask, kept, x, x, y, y, y, scratch);
};

/// The couplings.
template <class D, class T>
concept HasCouplings = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, T eps, Index n,
                                AffineLayout at, Write write, const double* dlog_prob, double* log_prob,
                                AffineMap<Sigmoid2> map, CheckerboardWhere where, MixtureMap mixture,
                                Scratch scratch) {
  affine_forward(d, x, x, at, y, log_prob);
  affine_inverse(d, x, x, at, y);
  affine_backward(d, x, x, at, x, dlog_prob, y, write, y, write);
  affine_forward(d, map, where, x, x, at, y, log_prob);
  affine_inverse(d, map, where, x, x, at, y);
  affine_backward(d, map, where, x, x, at, x, dlog_prob, y, write, y, write);
  hide(d, where, x, y, write);
  log_scale_forward(d, x, v, y);
  { log_scale_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  log_scale_backward(d, x, v, x, y, write, dv, scratch);
  { statistics_where_scratch_bytes(d, x) } -> std::same_as<Index>;
  statistics_where(d, where, x, dv, dv, scratch);
  normalize_where(d, where, x, v, v, eps, n, y, log_prob);
  normalize_where_inverse(d, where, x, v, v, eps, y);
  { normalize_where_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  normalize_where_backward(d, where, x, v, v, eps, n, true, x, dlog_prob, y, write, scratch);
  mixture_forward(d, mixture, where, x, x, y, log_prob);
  mixture_inverse(d, mixture, where, x, x, y);
  mixture_backward(d, mixture, where, x, x, x, dlog_prob, y, write, y, write);
};

/// Monotone splines, and the adjoints of inverses, of splines and of affine maps.
template <class D, class T>
concept HasSplines = requires(const D& d, Tensor<const T> x, Tensor<T> y, RationalQuadratic<4> spline,
                              CheckerboardWhere where, Write write, const double* dlog_prob, double* log_prob,
                              AffineMap<Sigmoid2> map, AffineLayout at) {
  spline_forward(d, spline, where, x, x, y, log_prob);
  spline_inverse(d, spline, where, x, x, y);
  spline_backward(d, spline, where, x, x, x, dlog_prob, y, write, y, write);
  spline_inverse_backward(d, spline, where, x, x, x, y, y);
  affine_inverse_backward(d, map, where, x, x, at, x, y, y);
};

/// Masked networks, whole and unit by unit.
template <class D, class T>
concept HasMaskedNetworks = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                     Degrees degrees, DegreeMask mask, Activation activation, Write write) {
  order_weight(d, mask, x, y);
  order_weight_backward(d, mask, x, y, write);
  sort_weight(d, degrees, degrees, x, y);
  sort_weight_backward(d, degrees, degrees, x, y);
  partial_products(d, x, x, v, activation, y);
  partial_products_backward(d, x, x, x, activation, y, y, y, dv);
};

/// Channels in the opposite order, images as vectors, shifted pixels, permuted rows, images in an order that
/// is kept as numbers, triangles as weights.
template <class D, class T>
concept HasRearrangements = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, Index n,
                                     Triangle triangle, OrderOf parts, Write write) {
  reverse_channels(d, x, y);
  reverse_channels(d, x, y, write);
  flatten(d, x, y);
  flatten(d, x, y, write);
  unflatten(d, x, y);
  unflatten(d, x, y, write);
  shift_pixels(d, x, n, y);
  shift_pixels(d, x, n, y, write);
  scatter_pixels(d, v, x, y);
  gather_pixels(d, v, x, y, write);
  reorder(d, parts, v, x, y);
  reorder(d, parts, v, x, y, write);
  restore_order(d, parts, v, x, y);
  restore_order(d, parts, v, x, y, write);
  triangle_to_weight(d, triangle, v, y);
  triangle_to_weight_backward(d, triangle, x, dv);
};

/// Batch and layer normalization, ActNorm, what has a number for each place of an image, and starts from
/// data.
template <class D, class T>
concept HasNormalization = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, T eps,
                                    Index n, Activation activation, Write write, const double* dlog_prob,
                                    double* log_prob, Scratch scratch) {
  { channel_statistics_scratch_bytes(d, x) } -> std::same_as<Index>;
  channel_statistics(d, x, dv, dv, scratch);
  { is_zero(d, v) } -> std::same_as<bool>;
  actnorm_start(d, x, dv, dv, dv);
  actnorm_start(d, x, dv, dv, dv, eps, eps, true, eps);
  actnorm_forward(d, x, v, v, y, log_prob);
  actnorm_inverse(d, x, v, v, y);
  { actnorm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  actnorm_backward(d, x, v, x, dlog_prob, y, write, dv, dv, scratch);
  batch_norm_forward(d, x, v, v, eps, v, v, activation, y);
  batch_norm_update(d, n, n, eps, v, v, v, v, dv, dv);
  batch_norm_update(d, n, n, eps, v, v, v, v, dv, dv, false);
  { batch_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  batch_norm_backward(d, x, v, v, eps, v, true, x, y, write, dv, dv, scratch);
  { channel_affine_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  channel_affine_backward(d, x, v, x, dlog_prob, y, write, dv, dv, scratch);
  start_scale_and_bias(d, v, v, n, n, eps, eps, true, dv, dv, v);
  layer_norm_forward(d, x, v, v, eps, dv, y);
  { layer_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  layer_norm_backward(d, x, v, v, x, y, write, dv, dv, scratch);
  add_positions(d, x, v, y);
  sum_positions(d, x, dv);
  position_affine_forward(d, x, v, v, y, log_prob);
  position_affine_inverse(d, x, v, v, y);
  position_affine_backward(d, x, v, x, dlog_prob, y, write, dv, dv);
  position_affine_start(d, x, dv, dv, dv);
};

/// Square matrices of 1x1 flows: inverses, determinants, LU factors.
template <class D, class T>
concept HasMatrices = requires(const D& d, const T* w, T* dw, Index n, double factor, const double* dlog_prob,
                               double* log_det, const InvertibleMatrix* matrices, Scratch scratch) {
  { log_abs_det_and_inverse_scratch_bytes(d, n) } -> std::same_as<Index>;
  log_abs_det_and_inverse(d, w, n, dw, log_det, scratch);
  log_abs_det_backward(d, w, n, factor, dlog_prob, n, dw);
  { invert_matrices_scratch_bytes(d, matrices, n) } -> std::same_as<Index>;
  invert_matrices(d, matrices, n, true, w, dw, dw, log_det, scratch);
  { lu_compose_scratch_bytes<T>(d, n) } -> std::same_as<Index>;
  lu_compose(d, w, w, w, w, n, dw, scratch);
  { lu_backward_scratch_bytes<T>(d, n) } -> std::same_as<Index>;
  lu_backward(d, w, w, w, w, w, n, dw, dw, dw, scratch);
  add_sum_to_each(d, factor, w, n, n, log_det);
  add_sum_to_each_backward(d, factor, dlog_prob, n, n, dw);
};

/// Densities and draws of normals and of mixtures of them.
template <class D, class T>
concept HasProbability = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                  AffineLayout at, Write write, T temperature, double factor,
                                  const double* dlog_prob, double* log_prob, const NoiseKey& key,
                                  const NoiseShift* shift, Index n, Scratch scratch) {
  normal_log_prob(d, x, v, v, factor, log_prob);
  normal_log_prob_backward(d, x, v, v, factor, dlog_prob, y);
  { normal_log_prob_backward_parameters_scratch_bytes(d, x) } -> std::same_as<Index>;
  normal_log_prob_backward_parameters(d, x, v, v, factor, dlog_prob, dv, dv, scratch);
  normal_from_noise(d, x, v, v, temperature, y);
  { normal_from_noise_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  normal_from_noise_backward(d, x, v, x, dv, dv, scratch);
  normal_log_prob(d, x, x, at, factor, log_prob);
  normal_log_prob_backward(d, x, x, at, factor, dlog_prob, y, y, write);
  normal_from_noise(d, x, x, at, temperature, y);
  normal_from_noise_backward(d, x, x, at, x, y, write);
  mix_log_densities(d, dlog_prob, v, n, n, factor, log_prob);
  mix_log_densities_backward(d, dlog_prob, v, n, n, factor, dlog_prob, log_prob, dv);
  normal_mixture_from_noise(d, x, x, n, v, v, v, temperature, y);
  fill_normal(d, key, n, y);
  fill_normal(d, key, n, y, shift);
  fill_uniform(d, key, n, y);
  fill_uniform(d, key, n, y, shift);
};

/// Passes over a model's flat buffers, at once or for a step that the device itself finds to be taken or not.
template <class D, class T>
concept HasOptimizers = requires(const D& d, const AdamaxRule<T>& adamax, const AdamRule<T>& adam,
                                 const SgdRule<T>& sgd, const AverageRule<T>& average, const StepFacts& facts,
                                 T* p, const T* v, Index n, double* result, Scratch scratch) {
  { squared_norm_scratch_bytes(d, v, n) } -> std::same_as<Index>;
  squared_norm(d, v, n, result, scratch);
  optimizer_pass(d, adamax, p, p, p, n);
  optimizer_pass(d, adam, p, p, p, n);
  optimizer_pass(d, sgd, p, p, p, n);
  optimizer_pass(d, &adamax, facts, p, p, p, n);
  optimizer_pass(d, &adam, facts, p, p, p, n);
  optimizer_pass(d, &sgd, facts, p, p, p, n);
  average_pass(d, average, p, v, n);
  average_pass(d, average, facts, p, v, n);
  assign_pass(d, facts, v, p, n);
};

/// Stops the compiler with the name of the first family of which D lacks a function, for numbers T.
template <class D, class T>
consteval bool require_kernels() {
  static_assert(HasNumbers<D, T>, "The device lacks one of HasNumbers, see densenf/kernels/contract.hpp.");
  static_assert(HasLayouts<D, T, T> && HasLayouts<D, T, unsigned char>,
                "The device lacks one of HasLayouts, see densenf/kernels/contract.hpp.");
  static_assert(HasFunctions<D, T>,
                "The device lacks one of HasFunctions, see densenf/kernels/contract.hpp.");
  static_assert(HasSums<D, T>, "The device lacks one of HasSums, see densenf/kernels/contract.hpp.");
  static_assert(HasConvolutions<D, T>,
                "The device lacks one of HasConvolutions, see densenf/kernels/contract.hpp.");
  static_assert(HasUnfolding<D, T>,
                "The device lacks one of HasUnfolding, see densenf/kernels/contract.hpp.");
  static_assert(HasMatricesOfImages<D, T>,
                "The device lacks one of HasMatricesOfImages, see densenf/kernels/contract.hpp.");
  static_assert(HasSurjections<D, T>,
                "The device lacks one of HasSurjections, see densenf/kernels/contract.hpp.");
  static_assert(HasWeights<D, T>, "The device lacks one of HasWeights, see densenf/kernels/contract.hpp.");
  static_assert(HasBoundedSlopes<D, T>,
                "The device lacks one of HasBoundedSlopes, see densenf/kernels/contract.hpp.");
  static_assert(HasAttention<D, T>,
                "The device lacks one of HasAttention, see densenf/kernels/contract.hpp.");
  static_assert(HasCouplings<D, T>,
                "The device lacks one of HasCouplings, see densenf/kernels/contract.hpp.");
  static_assert(HasSplines<D, T>, "The device lacks one of HasSplines, see densenf/kernels/contract.hpp.");
  static_assert(HasMaskedNetworks<D, T>,
                "The device lacks one of HasMaskedNetworks, see densenf/kernels/contract.hpp.");
  static_assert(HasRearrangements<D, T>,
                "The device lacks one of HasRearrangements, see densenf/kernels/contract.hpp.");
  static_assert(HasNormalization<D, T>,
                "The device lacks one of HasNormalization, see densenf/kernels/contract.hpp.");
  static_assert(HasMatrices<D, T>, "The device lacks one of HasMatrices, see densenf/kernels/contract.hpp.");
  static_assert(HasProbability<D, T>,
                "The device lacks one of HasProbability, see densenf/kernels/contract.hpp.");
  static_assert(HasOptimizers<D, T>,
                "The device lacks one of HasOptimizers, see densenf/kernels/contract.hpp.");
  return true;
}

/// Likewise for all that a device is asked for.
template <class D>
consteval bool require_device() {
  static_assert(HasMemory<D>, "The device lacks one of HasMemory, see densenf/kernels/contract.hpp.");
  return require_kernels<D, float>() && require_kernels<D, double>();
}

template <class D, class T>
concept DeviceFor = HasMemory<D> && HasNumbers<D, T> && HasLayouts<D, T, T> && HasFunctions<D, T> &&
    HasSums<D, T> && HasConvolutions<D, T> && HasUnfolding<D, T> && HasMatricesOfImages<D, T> &&
    HasSurjections<D, T> && HasWeights<D, T> && HasBoundedSlopes<D, T> && HasAttention<D, T> &&
    HasCouplings<D, T> && HasSplines<D, T> && HasMaskedNetworks<D, T> && HasRearrangements<D, T> &&
    HasNormalization<D, T> && HasMatrices<D, T> && HasProbability<D, T> && HasOptimizers<D, T>;

template <class D>
concept Device = DeviceFor<D, float> && DeviceFor<D, double>;

}  // namespace densenf::kernels
