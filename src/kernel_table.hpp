// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
#pragma once

#include <cstddef>
#include <span>

#include "densenf/core/cpu.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/attention_mask.hpp"
#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/image_order.hpp"
#include "densenf/kernels/matrix_form.hpp"
#include "densenf/kernels/mixture.hpp"
#include "densenf/kernels/optimizer_rules.hpp"
#include "densenf/kernels/rational_quadratic.hpp"
#include "densenf/kernels/squeeze_order.hpp"
#include "densenf/kernels/taps.hpp"
#include "densenf/kernels/triangle.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels {

/// Pointers to the kernels for numbers T.
template <class T>
struct KernelsFor {
  // attention.hpp
  Index (*nystrom_forward_scratch_bytes)(const Cpu&, Tensor<const T> qkv);
  void (*nystrom_forward)(const Cpu& cpu, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch);
  Index (*nystrom_backward_scratch_bytes)(const Cpu&, Tensor<const T> dout);
  void (*nystrom_backward)(const Cpu& cpu, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                           Scratch scratch);

  // bounded.hpp
  Index (*bound_weight_forward_scratch_bytes)(const Cpu&, Tensor<const T> w, Tensor<const T> u);
  void (*bound_weight_forward)(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                               double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch);
  Index (*bound_weight_backward_scratch_bytes)(const Cpu&, Tensor<const T> w, Tensor<const T> u);
  void (*bound_weight_backward)(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, const T* facts,
                                Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv,
                                Write write_wv, Scratch scratch);
  void (*norming_vector)(const Cpu&, Tensor<const T> x, double order, Tensor<T> y);
  void (*scale_by_number_forward)(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<T> y);
  Index (*scale_by_number_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);
  void (*scale_by_number_backward)(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<const T> dy,
                                   Tensor<T> dx, Write write, T* ds, Scratch scratch);
  void (*fixed_point_step)(const Cpu& cpu, Tensor<const T> z, Tensor<const T> g, double tolerance,
                           const double* squares, Tensor<T> x, double* moved);

  // channel_affine.hpp
  Index (*channel_affine_backward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*channel_affine_backward)(const Cpu& cpu, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                                  const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                                  Scratch);
  void (*start_scale_and_bias)(const Cpu&, const T* mean, const T* variance, Index pixels, Index channels,
                               T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started);

  // conv.hpp
  Index (*conv_forward_scratch_bytes)(const Cpu& cpu, Tensor<const T> x, const T*, const T*, int kernel,
                                      Activation, Tensor<T> y);
  void (*conv_forward)(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                       Activation activation, Tensor<T> y, Scratch scratch, Connections connections);
  Index (*conv_backward_data_scratch_bytes)(const Cpu& cpu, Tensor<const T> dy, const T*, int kernel,
                                            Tensor<T> dx);
  void (*conv_backward_data)(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                             Write write, Scratch scratch, Connections connections);
  Index (*conv_backward_weights_scratch_bytes)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy,
                                               int kernel, T*, T*);
  void (*conv_backward_weights)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                                T* dbias, Scratch scratch, Connections connections);
  void (*relu_backward)(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy);
  Index (*conv_backward_parameters_scratch_bytes)(const Cpu& cpu, Tensor<const T> x, Tensor<T> dy, int kernel,
                                                  T* dweight, T* dbias);
  void (*conv_backward_parameters)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y,
                                   Activation activation, Tensor<T> dy, int kernel, T* dweight, T* dbias,
                                   Scratch scratch, Connections connections);

  // coupling.hpp
  void (*affine_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                         double* log_prob);
  void (*affine_inverse)(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at,
                         Tensor<T> x);
  void (*affine_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                          Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                          Tensor<T> draw, Write write_draw);
  void (*log_scale_forward)(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<T> y);
  Index (*log_scale_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);
  void (*log_scale_backward)(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                             Write write, T* da, Scratch scratch);

  // elementwise.hpp
  void (*fill_zero)(const Cpu& cpu, Tensor<T> x);
  void (*copy)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);
  void (*accumulate_scaled)(const Cpu& cpu, Tensor<const T> x, T factor, Tensor<T> y);
  void (*fill_one_hot)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  Index (*all_finite_scratch_bytes)(const Cpu&, Tensor<const T>);
  bool (*all_finite)(const Cpu& cpu, Tensor<const T> x, Scratch);
  void (*add)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z);
  void (*scale_shift)(const Cpu& cpu, Tensor<const T> x, T scale, T shift, Tensor<T> y);
  void (*gate_forward)(const Cpu& cpu, Tensor<const T> abc, Tensor<T> y);
  void (*gate_backward)(const Cpu& cpu, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write);
  void (*sigmoid_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob);
  void (*sigmoid_backward)(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                           Tensor<T> dx);
  void (*sigmoid_inverse)(const Cpu& cpu, Tensor<const T> y, Tensor<T> x);
  void (*logit_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob);
  void (*logit_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                         Tensor<T> dx);
  void (*dequantize)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y);
  void (*dequantized_logit_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                    Tensor<T> z, double* log_prob);
  void (*dequantized_logit_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> du);

  // elu.hpp
  void (*elu_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*elu_backward)(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);

  // gelu.hpp
  void (*gelu_tanh_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*gelu_tanh_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx,
                             Write write);
  void (*gelu_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*gelu_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);

  // inverse.hpp
  void (*log_abs_det_and_inverse)(const Cpu&, const T* w, Index c, T* inverse, double* log_det,
                                  Scratch scratch);
  void (*invert_matrices)(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                          const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch);

  // layer_norm.hpp
  void (*layer_norm_forward)(const Cpu& cpu, Tensor<const T> x, const T* gain, const T* bias, T eps,
                             T* statistics, Tensor<T> y);
  Index (*layer_norm_backward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*layer_norm_backward)(const Cpu& cpu, Tensor<const T> x, const T* statistics, const T* gain,
                              Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias, Scratch);

  // layout.hpp
  void (*squeeze)(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write, SqueezeOrder order);
  void (*unsqueeze)(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write, SqueezeOrder order);
  void (*to_patches)(const Cpu& cpu, Tensor<const T> x, Index side, Tensor<T> z, Write write);
  void (*from_patches)(const Cpu& cpu, Tensor<const T> z, Index side, Tensor<T> x, Write write);
  void (*rotate_channels)(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y, Write write);
  void (*deal_channels)(const Cpu& cpu, Tensor<const T> x, Index hands, Tensor<T> y, Write write);

  // linalg.hpp
  void (*log_abs_det_backward)(const Cpu&, const T* inverse, Index c, double factor, const double* dlog_prob,
                               Index n, T* dw);
  Index (*lu_compose_scratch_bytes)(const Cpu&, Index c);
  void (*lu_compose)(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, Index c, T* w,
                     Scratch scratch);
  Index (*lu_backward_scratch_bytes)(const Cpu&, Index c);
  void (*lu_backward)(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                      Index c, T* dlower, T* dupper, T* dlog_s, Scratch scratch);
  void (*add_sum_to_each)(const Cpu&, double factor, const T* v, Index c, Index n, double* values);
  void (*add_sum_to_each_backward)(const Cpu&, double factor, const double* dvalues, Index n, Index c, T* dv);

  // lip_swish.hpp
  void (*lip_swish_forward)(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y);
  void (*lip_swish_slope_forward)(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y);
  Index (*lip_swish_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);
  void (*lip_swish_backward)(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                             Write write, T* db, Scratch scratch);
  Index (*lip_swish_slope_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);
  void (*lip_swish_slope_backward)(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy,
                                   Tensor<T> dx, Write write, T* db, Scratch scratch);

  // map.hpp
  void (*multiply_numbers)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z, Write write);
  void (*spread_channels)(const Cpu& cpu, const T* v, Tensor<T> y);
  Index (*sum_channels_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*sum_channels)(const Cpu& cpu, Tensor<const T> dy, T* dv, Scratch);
  void (*spread_pixels)(const Cpu& cpu, Tensor<const T> v, Tensor<T> y);
  void (*sum_pixels)(const Cpu& cpu, Tensor<const T> dy, Tensor<T> dv);
  void (*sum_images)(const Cpu& cpu, Tensor<const T> x, double factor, double* log_prob);
  void (*spread_images)(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<T> dx);

  // masked.hpp
  void (*order_weight)(const Cpu& cpu, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered);
  void (*order_weight_backward)(const Cpu& cpu, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                                Write write);
  void (*sort_weight)(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted);
  void (*sort_weight_backward)(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> dsorted,
                               Tensor<T> dw);
  void (*partial_products)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, const T* bias,
                           Activation activation, Tensor<T> y);
  void (*partial_products_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                                    Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw,
                                    T* dbias);

  // matrices.hpp
  void (*multiply_matrices)(const Cpu& cpu, Tensor<const T> a, Tensor<const T> b, MatrixForm form,
                            Tensor<T> y, Write write);
  void (*softmax_forward)(const Cpu& cpu, Tensor<const T> x, AttentionMask mask, Tensor<T> y);
  void (*softmax_backward)(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);
  void (*total_channels)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);
  void (*mark_largest)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*planes_as_pixels)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);
  void (*pixels_as_planes)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);

  // mixture.hpp
  void (*mixture_forward)(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x,
                          Tensor<const T> raw, Tensor<T> z, double* log_prob);
  void (*mixture_inverse)(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> z,
                          Tensor<const T> raw, Tensor<T> x);
  void (*mixture_backward)(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x,
                           Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                           Write write_dx, Tensor<T> draw, Write write_draw);

  // normal_mixture.hpp
  void (*mix_log_densities)(const Cpu& cpu, const double* densities, const T* logits, Index count, Index n,
                            double factor, double* log_prob);
  void (*mix_log_densities_backward)(const Cpu& cpu, const double* densities, const T* logits, Index count,
                                     Index n, double factor, const double* dlog_prob, double* ddensities,
                                     T* dlogits);
  void (*normal_mixture_from_noise)(const Cpu& cpu, Tensor<const T> u, Tensor<const T> e, Index count,
                                    const T* logits, const T* loc, const T* log_scale, T temperature,
                                    Tensor<T> x);

  // normalization.hpp
  Index (*channel_statistics_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*channel_statistics)(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance, Scratch);
  bool (*is_zero)(const Cpu&, const T* flag);
  void (*actnorm_start)(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started, T shift_factor,
                        T log_factor, bool unbiased, T floor);
  void (*actnorm_forward)(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                          double* log_prob);
  void (*actnorm_inverse)(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x);
  Index (*actnorm_backward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*actnorm_backward)(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                           const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale,
                           Scratch);
  void (*batch_norm_forward)(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                             const T* weight, const T* bias, Activation activation, Tensor<T> y);
  void (*batch_norm_update)(const Cpu&, Index channels, Index pixels, T momentum, const T* mean,
                            const T* variance, const T* running_mean, const T* running_variance, T* next_mean,
                            T* next_variance, bool make_unbiased);
  Index (*batch_norm_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);
  void (*batch_norm_backward)(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                              const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                              T* dweight, T* dbias, Scratch scratch);

  // optimizer.hpp
  void (*optimizer_pass_AdamaxRule)(const Cpu& cpu, const AdamaxRule<T>& rule, T* parameters, T* gradients,
                                    T* moments, Index n);
  void (*optimizer_pass_AdamRule)(const Cpu& cpu, const AdamRule<T>& rule, T* parameters, T* gradients,
                                  T* moments, Index n);
  void (*optimizer_pass_SgdRule)(const Cpu& cpu, const SgdRule<T>& rule, T* parameters, T* gradients,
                                 T* moments, Index n);
  void (*average_pass)(const Cpu& cpu, const AverageRule<T>& rule, T* averages, const T* values, Index n);
  double (*squared_norm)(const Cpu& cpu, std::span<T> x);
  Index (*squared_norm_scratch_bytes)(const Cpu&, const T*, Index);
  void (*squared_norm_2)(const Cpu& cpu, const T* x, Index n, double* result, Scratch);
  void (*optimizer_pass_2_AdamaxRule)(const Cpu& cpu, const AdamaxRule<T>* rule, const StepFacts& facts,
                                      T* parameters, T* gradients, T* moments, Index n);
  void (*optimizer_pass_2_AdamRule)(const Cpu& cpu, const AdamRule<T>* rule, const StepFacts& facts,
                                    T* parameters, T* gradients, T* moments, Index n);
  void (*optimizer_pass_2_SgdRule)(const Cpu& cpu, const SgdRule<T>* rule, const StepFacts& facts,
                                   T* parameters, T* gradients, T* moments, Index n);
  void (*assign_pass)(const Cpu&, const StepFacts& facts, const T* from, T* to, Index n);
  void (*average_pass_2)(const Cpu& cpu, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                         const T* values, Index n);
  bool (*all_finite_2)(const Cpu& cpu, std::span<T> x);

  // position.hpp
  void (*add_positions)(const Cpu& cpu, Tensor<const T> x, const T* v, Tensor<T> y);
  void (*sum_positions)(const Cpu& cpu, Tensor<const T> dy, T* dv);
  void (*position_affine_forward)(const Cpu& cpu, Tensor<const T> x, const T* scale, const T* shift,
                                  Tensor<T> z, double* log_prob);
  void (*position_affine_inverse)(const Cpu& cpu, Tensor<const T> z, const T* scale, const T* shift,
                                  Tensor<T> x);
  void (*position_affine_backward)(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                                   const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift);
  void (*position_affine_start)(const Cpu& cpu, Tensor<const T> x, T* scale, T* shift, T* started);

  // probability.hpp
  void (*normal_log_prob)(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                          double* log_prob);
  void (*normal_log_prob_backward)(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                   double factor, const double* dlog_prob, Tensor<T> dx);
  Index (*normal_log_prob_backward_parameters_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*normal_log_prob_backward_parameters)(const Cpu& cpu, Tensor<const T> x, const T* loc,
                                              const T* log_scale, double factor, const double* dlog_prob,
                                              T* dloc, T* dlog_scale, Scratch);
  void (*normal_from_noise)(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale,
                            T temperature, Tensor<T> x);
  Index (*normal_from_noise_backward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*normal_from_noise_backward)(const Cpu& cpu, Tensor<const T> e, const T* log_scale,
                                     Tensor<const T> dx, T* dloc, T* dlog_scale, Scratch);
  void (*normal_log_prob_2)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                            double factor, double* log_prob);
  void (*normal_log_prob_backward_2)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                     double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                                     Write write);
  void (*normal_from_noise_2)(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                              T temperature, Tensor<T> x);
  void (*normal_from_noise_backward_2)(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw,
                                       AffineLayout at, Tensor<const T> dx, Tensor<T> draw, Write write);

  // rearrange.hpp
  void (*reverse_channels)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);
  void (*flatten)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write);
  void (*unflatten)(const Cpu& cpu, Tensor<const T> y, Tensor<T> x, Write write);
  void (*shift_pixels)(const Cpu& cpu, Tensor<const T> x, Index by, Tensor<T> y, Write write);
  void (*scatter_pixels)(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y);
  void (*gather_pixels)(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y, Write write);
  void (*reorder)(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y, Write write);
  void (*restore_order)(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                        Write write);
  void (*triangle_to_weight)(const Cpu& cpu, Triangle triangle, const T* entries, Tensor<T> w);
  void (*triangle_to_weight_backward)(const Cpu& cpu, Triangle triangle, Tensor<const T> dw, T* dentries);

  // softmax_attention.hpp
  Index (*softmax_attention_forward_scratch_bytes)(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                                   Tensor<const T> v, Index heads);
  void (*softmax_attention_forward)(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                    Index heads, AttentionMask mask, T* log_sums, Tensor<T> out,
                                    Scratch scratch);
  Index (*softmax_attention_backward_scratch_bytes)(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                                    Tensor<const T> v, Index heads);
  void (*softmax_attention_backward)(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                     Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                     Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                     Scratch scratch);

  // softplus.hpp
  void (*softplus_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*softplus_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);
  void (*logistic_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*logistic_backward)(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);

  // surjections.hpp
  void (*max_pool_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place);
  void (*max_pool_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                            Tensor<T> dx, Write write);
  void (*max_pool_inverse)(const Cpu& cpu, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                           Tensor<T> x);
  void (*sort_pixels)(const Cpu& cpu, Tensor<const T> x, Index key, Tensor<T> order);
  void (*take_pixels)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y, Write write);
  void (*put_pixels)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y, Write write);

  // unfold.hpp
  void (*unfold)(const Cpu& cpu, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write);
  void (*fold)(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write);

  // units.hpp
  void (*concat_elu_forward)(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
  void (*concat_elu_backward)(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx,
                              Write write);
  void (*outputs_start)(const Cpu&, const T* mean, const T* variance, T deviation, Index rows, Index c,
                        T* weight, T* bias, T* started);

  // weights.hpp
  Index (*weight_norm_forward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*weight_norm_forward)(const Cpu& cpu, Tensor<const T> v, const T* magnitude, T* one_over_length,
                              Tensor<T> w, Scratch);
  Index (*weight_norm_backward_scratch_bytes)(const Cpu&, Tensor<const T> v);
  void (*weight_norm_backward)(const Cpu& cpu, Tensor<const T> v, const T* magnitude,
                               const T* one_over_length, Tensor<const T> dw, Tensor<T> dv, Write write,
                               T* dmagnitude, Scratch scratch);
  void (*scale_channels_forward)(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<T> y);
  Index (*scale_channels_backward_scratch_bytes)(const Cpu&, Tensor<const T>);
  void (*scale_channels_backward)(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                                  Tensor<T> dx, Write write, T* dscale, Scratch);

  // normalize_where.hpp
  Index (*statistics_where_scratch_bytes)(const Cpu&, Tensor<const T>);
  Index (*normalize_where_backward_scratch_bytes)(const Cpu&, Tensor<const T> x);

  // affine.hpp
  void (*affine_forward_over_0)(const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_1)(const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_2)(const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_3)(const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_4)(const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_5)(const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_6)(const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const T> x,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_7)(const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                                double* log_prob);
  void (*affine_forward_over_8)(const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                                double* log_prob);
  void (*affine_forward_over_9)(const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                                double* log_prob);
  void (*affine_forward_over_10)(const Cpu& cpu, GateMap, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_11)(const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                                 double* log_prob);
  void (*affine_forward_over_12)(const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<T> z, double* log_prob);
  void (*affine_forward_over_13)(const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                                 double* log_prob);
  void (*affine_inverse_over_0)(const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_1)(const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_2)(const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_3)(const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_4)(const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_5)(const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_6)(const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const T> z,
                                Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_7)(const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_8)(const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_9)(const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_10)(const Cpu& cpu, GateMap, SomeWhere where, Tensor<const T> z,
                                 Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_11)(const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where,
                                 Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_12)(const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const T> z,
                                 Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_inverse_over_13)(const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where,
                                 Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
  void (*affine_backward_over_0)(const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_1)(const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_2)(const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_3)(const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_4)(const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_5)(const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_6)(const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const T> x,
                                 Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_7)(const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_8)(const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_9)(const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*affine_backward_over_10)(const Cpu& cpu, GateMap, SomeWhere where, Tensor<const T> x,
                                  Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                  const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                  Write write_draw);
  void (*affine_backward_over_11)(const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where,
                                  Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                  const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                  Write write_draw);
  void (*affine_backward_over_12)(const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const T> x,
                                  Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                  const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                  Write write_draw);
  void (*affine_backward_over_13)(const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where,
                                  Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<const T> dz,
                                  const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                  Write write_draw);
  void (*affine_inverse_backward_over_0)(const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const T> x,
                                         Tensor<const T> raw, AffineLayout at, Tensor<const T> dx,
                                         Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_1)(const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_2)(const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_3)(const Cpu& cpu, AffineMap<NoScale>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_4)(const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_5)(const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_6)(const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_7)(const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_8)(const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_9)(const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                         Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_10)(const Cpu& cpu, GateMap, SomeWhere where, Tensor<const T> x,
                                          Tensor<const T> raw, AffineLayout at, Tensor<const T> dx,
                                          Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_11)(const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where,
                                          Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                          Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_12)(const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where,
                                          Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                          Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*affine_inverse_backward_over_13)(const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where,
                                          Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                                          Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
  void (*hide_over_0)(const Cpu& cpu, SomeWhere where, Tensor<const T> x, Tensor<T> y, Write write);

  // normalize_where.hpp
  void (*statistics_where_over_0)(const Cpu& cpu, SomeWhere where, Tensor<const T> x, T* mean, T* variance,
                                  Scratch);
  void (*normalize_where_over_0)(const Cpu& cpu, SomeWhere where, Tensor<const T> x, const T* mean,
                                 const T* variance, T eps, Index per_image, Tensor<T> y, double* log_prob);
  void (*normalize_where_inverse_over_0)(const Cpu& cpu, SomeWhere where, Tensor<const T> y, const T* mean,
                                         const T* variance, T eps, Tensor<T> x);
  void (*normalize_where_backward_over_0)(const Cpu& cpu, SomeWhere where, Tensor<const T> x, const T* mean,
                                          const T* variance, T eps, Index per_image, bool from_batch,
                                          Tensor<const T> dy, const double* dlog_prob, Tensor<T> dx,
                                          Write write, Scratch scratch);

  // spline.hpp
  void (*spline_forward_over_0)(const Cpu& cpu, RationalQuadratic<2> spline, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, Tensor<T> z, double* log_prob);
  void (*spline_forward_over_1)(const Cpu& cpu, RationalQuadratic<3> spline, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, Tensor<T> z, double* log_prob);
  void (*spline_forward_over_2)(const Cpu& cpu, RationalQuadratic<4> spline, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, Tensor<T> z, double* log_prob);
  void (*spline_forward_over_3)(const Cpu& cpu, RationalQuadratic<8> spline, SomeWhere where,
                                Tensor<const T> x, Tensor<const T> raw, Tensor<T> z, double* log_prob);
  void (*spline_inverse_over_0)(const Cpu& cpu, RationalQuadratic<2> spline, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, Tensor<T> x);
  void (*spline_inverse_over_1)(const Cpu& cpu, RationalQuadratic<3> spline, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, Tensor<T> x);
  void (*spline_inverse_over_2)(const Cpu& cpu, RationalQuadratic<4> spline, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, Tensor<T> x);
  void (*spline_inverse_over_3)(const Cpu& cpu, RationalQuadratic<8> spline, SomeWhere where,
                                Tensor<const T> z, Tensor<const T> raw, Tensor<T> x);
  void (*spline_backward_over_0)(const Cpu& cpu, RationalQuadratic<2> spline, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*spline_backward_over_1)(const Cpu& cpu, RationalQuadratic<3> spline, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*spline_backward_over_2)(const Cpu& cpu, RationalQuadratic<4> spline, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*spline_backward_over_3)(const Cpu& cpu, RationalQuadratic<8> spline, SomeWhere where,
                                 Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dz,
                                 const double* dlog_prob, Tensor<T> dx, Write write_dx, Tensor<T> draw,
                                 Write write_draw);
  void (*spline_inverse_backward_over_0)(const Cpu& cpu, RationalQuadratic<2> spline, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dx,
                                         Tensor<T> dz, Tensor<T> draw);
  void (*spline_inverse_backward_over_1)(const Cpu& cpu, RationalQuadratic<3> spline, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dx,
                                         Tensor<T> dz, Tensor<T> draw);
  void (*spline_inverse_backward_over_2)(const Cpu& cpu, RationalQuadratic<4> spline, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dx,
                                         Tensor<T> dz, Tensor<T> draw);
  void (*spline_inverse_backward_over_3)(const Cpu& cpu, RationalQuadratic<8> spline, SomeWhere where,
                                         Tensor<const T> x, Tensor<const T> raw, Tensor<const T> dx,
                                         Tensor<T> dz, Tensor<T> draw);
};

/// Pointers to all kernels, compiled for one level of vector instructions.
struct KernelTable {
  KernelsFor<float> with_float;
  KernelsFor<double> with_double;

  // elementwise.hpp
  void (*set_all_bits)(const Cpu&, void* memory, std::size_t bytes);
  void (*set_each)(const Cpu&, double value, Index n, double* values);
  void (*scaled_sum)(const Cpu&, double factor, const double* values, Index n, double* result);
  void (*fetch)(const Cpu&, const double* values, Index n, double* host);

  // inverse.hpp
  Index (*log_abs_det_and_inverse_scratch_bytes)(const Cpu&, Index c);
  Index (*invert_matrices_scratch_bytes)(const Cpu& cpu, const InvertibleMatrix* matrices, Index count);

  // linalg.hpp
  void (*add_to_each)(const Cpu&, double term, Index n, double* values);
  void (*add_to_each_2)(const Cpu&, double factor, const double* term, Index n, double* values);
};

}  // namespace densenf::kernels
