// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
#pragma once

#include <cstddef>
#include <span>

#include "densenf/core/cpu.hpp"
#include "densenf/core/noise_key.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/affine_layout.hpp"
#include "densenf/kernels/affine_maps.hpp"
#include "densenf/kernels/at_hand.hpp"
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

// The kernels that densenf::compiled holds for T = float and double. What they do is said where they are
// defined.
#ifdef DENSENF_USE_COMPILED
namespace densenf::kernels {

// attention.hpp
template <class T>
Index nystrom_forward_scratch_bytes(const Cpu&, Tensor<const T> qkv);
template <class T>
void nystrom_forward(const Cpu& cpu, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch);
template <class T>
Index nystrom_backward_scratch_bytes(const Cpu&, Tensor<const T> dout);
template <class T>
void nystrom_backward(const Cpu& cpu, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                      Scratch scratch);

// bounded.hpp
template <class T>
Index bound_weight_forward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u);
template <class T>
void bound_weight_forward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                          double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch);
template <class T>
Index bound_weight_backward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u);
template <class T>
void bound_weight_backward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, const T* facts,
                           Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv, Write write_wv,
                           Scratch scratch);
template <class T>
void norming_vector(const Cpu&, Tensor<const T> x, double order, Tensor<T> y);
template <class T>
void scale_by_number_forward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<T> y);
template <class T>
Index scale_by_number_backward_scratch_bytes(const Cpu&, Tensor<const T> x);
template <class T>
void scale_by_number_backward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* ds, Scratch scratch);
template <class T>
void fixed_point_step(const Cpu& cpu, Tensor<const T> z, Tensor<const T> g, double tolerance,
                      const double* squares, Tensor<T> x, double* moved);

// channel_affine.hpp
template <class T>
Index channel_affine_backward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void channel_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                             const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                             Scratch);
template <class T>
void start_scale_and_bias(const Cpu&, const T* mean, const T* variance, Index pixels, Index channels,
                          T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started);

// conv.hpp
template <class T>
Index conv_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> x, const T*, const T*, int kernel,
                                 Activation, Tensor<T> y);
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, Scratch scratch, Connections connections = {});
template <class T>
Index conv_backward_data_scratch_bytes(const Cpu& cpu, Tensor<const T> dy, const T*, int kernel,
                                       Tensor<T> dx);
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write, Scratch scratch, Connections connections = {});
template <class T>
Index conv_backward_weights_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel,
                                          T*, T*);
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, Scratch scratch, Connections connections = {});
template <class T>
void relu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy);
template <class T>
Index conv_backward_parameters_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<T> dy, int kernel,
                                             T* dweight, T* dbias);
template <class T>
void conv_backward_parameters(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Activation activation,
                              Tensor<T> dy, int kernel, T* dweight, T* dbias, Scratch scratch,
                              Connections connections = {});

// coupling.hpp
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob);
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x);
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw);
template <class T>
void log_scale_forward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<T> y);
template <class T>
Index log_scale_backward_scratch_bytes(const Cpu&, Tensor<const T> x);
template <class T>
void log_scale_backward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* da, Scratch scratch);

// elementwise.hpp
template <class T>
void fill_zero(const Cpu& cpu, Tensor<T> x);
void set_all_bits(const Cpu&, void* memory, std::size_t bytes);
void set_each(const Cpu&, double value, Index n, double* values);
void scaled_sum(const Cpu&, double factor, const double* values, Index n, double* result);
void fetch(const Cpu&, const double* values, Index n, double* host);
template <class T>
void copy(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);
template <class T>
void accumulate_scaled(const Cpu& cpu, Tensor<const T> x, T factor, Tensor<T> y);
template <class T>
void fill_one_hot(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
Index all_finite_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
bool all_finite(const Cpu& cpu, Tensor<const T> x, Scratch);
template <class T>
void add(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z);
template <class T>
void scale_shift(const Cpu& cpu, Tensor<const T> x, T scale, T shift, Tensor<T> y);
template <class T>
void gate_forward(const Cpu& cpu, Tensor<const T> abc, Tensor<T> y);
template <class T>
void gate_backward(const Cpu& cpu, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write);
template <class T>
void sigmoid_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob);
template <class T>
void sigmoid_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                      Tensor<T> dx);
template <class T>
void sigmoid_inverse(const Cpu& cpu, Tensor<const T> y, Tensor<T> x);
template <class T>
void logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob);
template <class T>
void logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                    Tensor<T> dx);
template <class T>
void dequantize(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y);
template <class T>
void dequantized_logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> z,
                               double* log_prob);
template <class T>
void dequantized_logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                Tensor<const T> dz, const double* dlog_prob, Tensor<T> du);

// elu.hpp
template <class T>
void elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void elu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);

// gelu.hpp
template <class T>
void gelu_tanh_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void gelu_tanh_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);
template <class T>
void gelu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void gelu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);

// inverse.hpp
Index log_abs_det_and_inverse_scratch_bytes(const Cpu&, Index c);
template <class T>
void log_abs_det_and_inverse(const Cpu&, const T* w, Index c, T* inverse, double* log_det, Scratch scratch);
Index invert_matrices_scratch_bytes(const Cpu& cpu, const InvertibleMatrix* matrices, Index count);
template <class T>
void invert_matrices(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                     const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch);

// layer_norm.hpp
template <class T>
void layer_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* gain, const T* bias, T eps, T* statistics,
                        Tensor<T> y);
template <class T>
Index layer_norm_backward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void layer_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* statistics, const T* gain,
                         Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias, Scratch);

// layout.hpp
template <class T>
void squeeze(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write = Write::assign,
             SqueezeOrder order = SqueezeOrder::plain);
template <class T>
void unsqueeze(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write = Write::assign,
               SqueezeOrder order = SqueezeOrder::plain);
template <class T>
void to_patches(const Cpu& cpu, Tensor<const T> x, Index side, Tensor<T> z, Write write = Write::assign);
template <class T>
void from_patches(const Cpu& cpu, Tensor<const T> z, Index side, Tensor<T> x, Write write = Write::assign);
template <class T>
void rotate_channels(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y,
                     Write write = Write::assign);
template <class T>
void deal_channels(const Cpu& cpu, Tensor<const T> x, Index hands, Tensor<T> y, Write write = Write::assign);

// linalg.hpp
template <class T>
void log_abs_det_backward(const Cpu&, const T* inverse, Index c, double factor, const double* dlog_prob,
                          Index n, T* dw);
template <class T>
Index lu_compose_scratch_bytes(const Cpu&, Index c);
template <class T>
void lu_compose(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, Index c, T* w,
                Scratch scratch);
template <class T>
Index lu_backward_scratch_bytes(const Cpu&, Index c);
template <class T>
void lu_backward(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                 Index c, T* dlower, T* dupper, T* dlog_s, Scratch scratch);
template <class T>
void add_sum_to_each(const Cpu&, double factor, const T* v, Index c, Index n, double* values);
template <class T>
void add_sum_to_each_backward(const Cpu&, double factor, const double* dvalues, Index n, Index c, T* dv);
void add_to_each(const Cpu&, double term, Index n, double* values);
void add_to_each(const Cpu&, double factor, const double* term, Index n, double* values);

// lip_swish.hpp
template <class T>
void lip_swish_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y);
template <class T>
void lip_swish_slope_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y);
template <class T>
Index lip_swish_backward_scratch_bytes(const Cpu&, Tensor<const T> x);
template <class T>
void lip_swish_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* db, Scratch scratch);
template <class T>
Index lip_swish_slope_backward_scratch_bytes(const Cpu&, Tensor<const T> x);
template <class T>
void lip_swish_slope_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* db, Scratch scratch);

// map.hpp
template <class T>
void multiply_numbers(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z,
                      Write write = Write::assign);
template <class T>
void spread_channels(const Cpu& cpu, const T* v, Tensor<T> y);
template <class T>
Index sum_channels_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void sum_channels(const Cpu& cpu, Tensor<const T> dy, T* dv, Scratch);
template <class T>
void spread_pixels(const Cpu& cpu, Tensor<const T> v, Tensor<T> y);
template <class T>
void sum_pixels(const Cpu& cpu, Tensor<const T> dy, Tensor<T> dv);
template <class T>
void sum_images(const Cpu& cpu, Tensor<const T> x, double factor, double* log_prob);
template <class T>
void spread_images(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<T> dx);

// masked.hpp
template <class T>
void order_weight(const Cpu& cpu, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered);
template <class T>
void order_weight_backward(const Cpu& cpu, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                           Write write);
template <class T>
void sort_weight(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted);
template <class T>
void sort_weight_backward(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> dsorted, Tensor<T> dw);
template <class T>
void partial_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, const T* bias,
                      Activation activation, Tensor<T> y);
template <class T>
void partial_products_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                               Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw, T* dbias);

// matrices.hpp
template <class T>
void multiply_matrices(const Cpu& cpu, Tensor<const T> a, Tensor<const T> b, MatrixForm form, Tensor<T> y,
                       Write write = Write::assign);
template <class T>
void softmax_forward(const Cpu& cpu, Tensor<const T> x, AttentionMask mask, Tensor<T> y);
template <class T>
void softmax_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);
template <class T>
void total_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);
template <class T>
void mark_largest(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void planes_as_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);
template <class T>
void pixels_as_planes(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);

// mixture.hpp
template <class T>
void mixture_forward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                     Tensor<T> z, double* log_prob);
template <class T>
void mixture_inverse(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> z, Tensor<const T> raw,
                     Tensor<T> x);
template <class T>
void mixture_backward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                      Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                      Tensor<T> draw, Write write_draw);

// normal_mixture.hpp
template <class T>
void mix_log_densities(const Cpu& cpu, const double* densities, const T* logits, Index count, Index n,
                       double factor, double* log_prob);
template <class T>
void mix_log_densities_backward(const Cpu& cpu, const double* densities, const T* logits, Index count,
                                Index n, double factor, const double* dlog_prob, double* ddensities,
                                T* dlogits);
template <class T>
void normal_mixture_from_noise(const Cpu& cpu, Tensor<const T> u, Tensor<const T> e, Index count,
                               const T* logits, const T* loc, const T* log_scale, T temperature, Tensor<T> x);

// normalization.hpp
template <class T>
Index channel_statistics_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void channel_statistics(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance, Scratch);
template <class T>
bool is_zero(const Cpu&, const T* flag);
template <class T>
void actnorm_start(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started,
                   T shift_factor = T(1), T log_factor = T(1), bool unbiased = true, T floor = T(1e-6));
template <class T>
void actnorm_forward(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob);
template <class T>
void actnorm_inverse(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x);
template <class T>
Index actnorm_backward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void actnorm_backward(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale, Scratch);
template <class T>
void batch_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y);
template <class T>
void batch_norm_update(const Cpu&, Index channels, Index pixels, T momentum, const T* mean, const T* variance,
                       const T* running_mean, const T* running_variance, T* next_mean, T* next_variance,
                       bool make_unbiased = true);
template <class T>
Index batch_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> x);
template <class T>
void batch_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                         T* dweight, T* dbias, Scratch scratch);

// optimizer.hpp
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule& rule, T* parameters, T* gradients, T* moments, Index n);
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, T* averages, const T* values, Index n);
template <class T>
double squared_norm(const Cpu& cpu, std::span<T> x);
template <class T>
Index squared_norm_scratch_bytes(const Cpu&, const T*, Index);
template <class T>
void squared_norm(const Cpu& cpu, const T* x, Index n, double* result, Scratch);
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n);
template <class T>
void assign_pass(const Cpu&, const StepFacts& facts, const T* from, T* to, Index n);
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n);
template <class T>
bool all_finite(const Cpu& cpu, std::span<T> x);

// position.hpp
template <class T>
void add_positions(const Cpu& cpu, Tensor<const T> x, const T* v, Tensor<T> y);
template <class T>
void sum_positions(const Cpu& cpu, Tensor<const T> dy, T* dv);
template <class T>
void position_affine_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, const T* shift, Tensor<T> z,
                             double* log_prob);
template <class T>
void position_affine_inverse(const Cpu& cpu, Tensor<const T> z, const T* scale, const T* shift, Tensor<T> x);
template <class T>
void position_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                              const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift);
template <class T>
void position_affine_start(const Cpu& cpu, Tensor<const T> x, T* scale, T* shift, T* started);

// probability.hpp
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                     double* log_prob);
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                              double factor, const double* dlog_prob, Tensor<T> dx);
template <class T>
Index normal_log_prob_backward_parameters_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void normal_log_prob_backward_parameters(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                         double factor, const double* dlog_prob, T* dloc, T* dlog_scale,
                                         Scratch);
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x);
template <class T>
Index normal_from_noise_backward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale, Scratch);
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob);
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write);
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at, T temperature,
                       Tensor<T> x);
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write);

// random.hpp
template <class T>
void fill_normal(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                 const NoiseShift* shift = nullptr);
template <class T>
void fill_uniform(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                  const NoiseShift* shift = nullptr);

// rearrange.hpp
template <class T>
void reverse_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);
template <class T>
void flatten(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign);
template <class T>
void unflatten(const Cpu& cpu, Tensor<const T> y, Tensor<T> x, Write write = Write::assign);
template <class T>
void shift_pixels(const Cpu& cpu, Tensor<const T> x, Index by, Tensor<T> y, Write write = Write::assign);
template <class T>
void scatter_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y);
template <class T>
void gather_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y, Write write);
template <class T>
void reorder(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y,
             Write write = Write::assign);
template <class T>
void restore_order(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                   Write write = Write::assign);
template <class T>
void triangle_to_weight(const Cpu& cpu, Triangle triangle, const T* entries, Tensor<T> w);
template <class T>
void triangle_to_weight_backward(const Cpu& cpu, Triangle triangle, Tensor<const T> dw, T* dentries);

// softmax_attention.hpp
template <class T>
Index softmax_attention_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                              Tensor<const T> v, Index heads);
template <class T>
void softmax_attention_forward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, AttentionMask mask, T* log_sums, Tensor<T> out, Scratch scratch);
template <class T>
Index softmax_attention_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                               Tensor<const T> v, Index heads);
template <class T>
void softmax_attention_backward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                Scratch scratch);

// softplus.hpp
template <class T>
void softplus_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void softplus_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);
template <class T>
void logistic_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void logistic_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write);

// surjections.hpp
template <class T>
void max_pool_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place);
template <class T>
void max_pool_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                       Tensor<T> dx, Write write);
template <class T>
void max_pool_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                      Tensor<T> x);
template <class T>
void sort_pixels(const Cpu& cpu, Tensor<const T> x, Index key, Tensor<T> order);
template <class T>
void take_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                 Write write = Write::assign);
template <class T>
void put_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                Write write = Write::assign);

// unfold.hpp
template <class T>
void unfold(const Cpu& cpu, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write = Write::assign);
template <class T>
void fold(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write = Write::assign);

// units.hpp
template <class T>
void concat_elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y);
template <class T>
void concat_elu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write);
template <class T>
void outputs_start(const Cpu&, const T* mean, const T* variance, T deviation, Index rows, Index c, T* weight,
                   T* bias, T* started);

// weights.hpp
template <class T>
Index weight_norm_forward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void weight_norm_forward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, T* one_over_length,
                         Tensor<T> w, Scratch);
template <class T>
Index weight_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> v);
template <class T>
void weight_norm_backward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, const T* one_over_length,
                          Tensor<const T> dw, Tensor<T> dv, Write write, T* dmagnitude, Scratch scratch);
template <class T>
void scale_channels_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<T> y);
template <class T>
Index scale_channels_backward_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
void scale_channels_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                             Tensor<T> dx, Write write, T* dscale, Scratch);

// normalize_where.hpp
template <class T>
Index statistics_where_scratch_bytes(const Cpu&, Tensor<const T>);
template <class T>
Index normalize_where_backward_scratch_bytes(const Cpu&, Tensor<const T> x);

// Templates over other types: the library has those over densenf's own. A program with a type of its own
// includes the header that defines them.

// affine.hpp
template <class T, class Map, class Where>
void affine_forward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> z, double* log_prob);
template <class T, class Map, class Where>
void affine_inverse(const Cpu& cpu, Map, Where where, Tensor<const T> z, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> x);
template <class T, class Map, class Where>
void affine_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                     AffineLayout at, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw);
template <class T, class Map, class Where>
void affine_inverse_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                             AffineLayout at, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);
template <class T, class Where>
void hide(const Cpu& cpu, Where where, Tensor<const T> x, Tensor<T> y, Write write);

// normalize_where.hpp
template <class T, class Where>
void statistics_where(const Cpu& cpu, Where where, Tensor<const T> x, T* mean, T* variance, Scratch);
template <class T, class Where>
void normalize_where(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean, const T* variance, T eps,
                     Index per_image, Tensor<T> y, double* log_prob);
template <class T, class Where>
void normalize_where_inverse(const Cpu& cpu, Where where, Tensor<const T> y, const T* mean, const T* variance,
                             T eps, Tensor<T> x);
template <class T, class Where>
void normalize_where_backward(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean,
                              const T* variance, T eps, Index per_image, bool from_batch, Tensor<const T> dy,
                              const double* dlog_prob, Tensor<T> dx, Write write, Scratch scratch);

// spline.hpp
template <class T, int Bins, class Where>
void spline_forward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                    Tensor<const T> raw, Tensor<T> z, double* log_prob);
template <class T, int Bins, class Where>
void spline_inverse(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> z,
                    Tensor<const T> raw, Tensor<T> x);
template <class T, int Bins, class Where>
void spline_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw);
template <class T, int Bins, class Where>
void spline_inverse_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                             Tensor<const T> raw, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw);

template <class Map>
inline constexpr bool affine_at_hand<Cpu, Map> =
    std::is_same_v<Map, AffineMap<Tanh2>> || std::is_same_v<Map, AffineMap<Sigmoid2>> ||
    std::is_same_v<Map, AffineMap<Sigmoid2, true>> || std::is_same_v<Map, AffineMap<NoScale>> ||
    std::is_same_v<Map, AffineMap<AsGiven, true>> || std::is_same_v<Map, AffineMap<SoftClip>> ||
    std::is_same_v<Map, AffineMap<SoftplusScale>> || std::is_same_v<Map, AffineMap<DoubledSigmoid, true>> ||
    std::is_same_v<Map, AffineMap<SoftplusAboveFloor>> ||
    std::is_same_v<Map, AffineMap<Sigmoid2AboveFloor>> || std::is_same_v<Map, GateMap> ||
    std::is_same_v<Map, StandardizingMap<AsGiven>> || std::is_same_v<Map, StandardizingMap<Tanh2>> ||
    std::is_same_v<Map, StandardizingMap<NoScale>> || requires {
  sizeof(AffineDefinitions<Map>);
};
template <int Bins>
inline constexpr bool spline_at_hand<Cpu, Bins> =
    Bins == 2 || Bins == 3 || Bins == 4 || Bins == 8 || requires {
  sizeof(SplineDefinitions<Bins>);
};

}  // namespace densenf::kernels
#endif
