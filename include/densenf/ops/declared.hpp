// Made by scripts/make_compiled from the headers in include/densenf/ops: change those instead.
#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/normalization.hpp"
#include "densenf/ops/probability.hpp"
#include "densenf/ops/sizes.hpp"

// The operations that densenf::compiled holds for the CPU, float and double: a program's files do not
// instantiate them.
#ifdef DENSENF_USE_COMPILED
namespace densenf::ops {

// attention.hpp
extern template Var<float> nystrom_attention(const Context<float, Cpu, false>& ctx, const Var<float>& qkv);
extern template Var<float> nystrom_attention(const Context<float, Cpu, true>& ctx, const Var<float>& qkv);
extern template Var<double> nystrom_attention(const Context<double, Cpu, false>& ctx, const Var<double>& qkv);
extern template Var<double> nystrom_attention(const Context<double, Cpu, true>& ctx, const Var<double>& qkv);

// conv.hpp
extern template void conv_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Filter<Var<float>>& f, Activation activation, const Var<float>& y);
extern template void conv_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const Filter<Var<float>>& f, Activation activation, const Var<float>& y);
extern template void conv_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                               const Filter<Var<double>>& f, Activation activation, const Var<double>& y);
extern template void conv_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                               const Filter<Var<double>>& f, Activation activation, const Var<double>& y);
extern template Var<float> conv(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                const Filter<Var<float>>& filter, Activation activation);
extern template Var<float> conv(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                const Filter<Var<float>>& filter, Activation activation);
extern template Var<double> conv(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                 const Filter<Var<double>>& filter, Activation activation);
extern template Var<double> conv(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                 const Filter<Var<double>>& filter, Activation activation);

// coupling.hpp
extern template void affine_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                 const Var<float>& raw, AffineLayout at, LogProb log_prob,
                                 const Var<float>& z);
extern template void affine_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                 const Var<float>& raw, AffineLayout at, LogProb log_prob,
                                 const Var<float>& z);
extern template void affine_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                 const Var<double>& raw, AffineLayout at, LogProb log_prob,
                                 const Var<double>& z);
extern template void affine_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                 const Var<double>& raw, AffineLayout at, LogProb log_prob,
                                 const Var<double>& z);

// elementwise.hpp
extern template void copy_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template void copy_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template void copy_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                               const Var<double>& y);
extern template void copy_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                               const Var<double>& y);
extern template Var<float> add(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template Var<float> add(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template Var<double> add(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                const Var<double>& y);
extern template Var<double> add(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                const Var<double>& y);
extern template void scale_shift_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      double scale, double shift, const Var<float>& y);
extern template void scale_shift_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, double scale,
                                      double shift, const Var<float>& y);
extern template void scale_shift_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      double scale, double shift, const Var<double>& y);
extern template void scale_shift_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      double scale, double shift, const Var<double>& y);
extern template Var<float> scale_shift(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                       double scale, double shift);
extern template Var<float> scale_shift(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                       double scale, double shift);
extern template Var<double> scale_shift(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                        double scale, double shift);
extern template Var<double> scale_shift(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                        double scale, double shift);
extern template void gate_into(const Context<float, Cpu, false>& ctx, const Var<float>& abg,
                               const Var<float>& y);
extern template void gate_into(const Context<float, Cpu, true>& ctx, const Var<float>& abg,
                               const Var<float>& y);
extern template void gate_into(const Context<double, Cpu, false>& ctx, const Var<double>& abg,
                               const Var<double>& y);
extern template void gate_into(const Context<double, Cpu, true>& ctx, const Var<double>& abg,
                               const Var<double>& y);
extern template Var<float> sigmoid(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   LogProb log_prob);
extern template Var<float> sigmoid(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   LogProb log_prob);
extern template Var<double> sigmoid(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    LogProb log_prob);
extern template Var<double> sigmoid(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    LogProb log_prob);
extern template Var<float> logit(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                 LogProb log_prob);
extern template Var<float> logit(const Context<float, Cpu, true>& ctx, const Var<float>& x, LogProb log_prob);
extern template Var<double> logit(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                  LogProb log_prob);
extern template Var<double> logit(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                  LogProb log_prob);
extern template Var<float> dequantize(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const Var<float>& u, Index levels);
extern template Var<float> dequantize(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const Var<float>& u, Index levels);
extern template Var<double> dequantize(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       const Var<double>& u, Index levels);
extern template Var<double> dequantize(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       const Var<double>& u, Index levels);
extern template Var<float> dequantized_logit(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                             const Var<float>& u, Index levels, LogProb log_prob);
extern template Var<float> dequantized_logit(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                             const Var<float>& u, Index levels, LogProb log_prob);
extern template Var<double> dequantized_logit(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                              const Var<double>& u, Index levels, LogProb log_prob);
extern template Var<double> dequantized_logit(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                              const Var<double>& u, Index levels, LogProb log_prob);

// layout.hpp
extern template Var<float> squeeze(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> squeeze(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> squeeze(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> squeeze(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> unsqueeze(const Context<float, Cpu, false>& ctx, const Var<float>& z);
extern template Var<float> unsqueeze(const Context<float, Cpu, true>& ctx, const Var<float>& z);
extern template Var<double> unsqueeze(const Context<double, Cpu, false>& ctx, const Var<double>& z);
extern template Var<double> unsqueeze(const Context<double, Cpu, true>& ctx, const Var<double>& z);
extern template Var<float> rotate_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                           Index first);
extern template Var<float> rotate_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                           Index first);
extern template Var<double> rotate_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                            Index first);
extern template Var<double> rotate_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                            Index first);
extern template Var<float> concat(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                  const Var<float>& b);
extern template Var<float> concat(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                  const Var<float>& b);
extern template Var<double> concat(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                   const Var<double>& b);
extern template Var<double> concat(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                   const Var<double>& b);

// linear.hpp
extern template void linear_flow_adjoint(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                         const InvertibleMatrix& square, const Inverted<float>& inverted,
                                         LogProb log_prob, Tensor<const float> dz);
extern template void linear_flow_adjoint(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                         const InvertibleMatrix& square, const Inverted<float>& inverted,
                                         LogProb log_prob, Tensor<const float> dz);
extern template void linear_flow_adjoint(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                         const InvertibleMatrix& square, const Inverted<double>& inverted,
                                         LogProb log_prob, Tensor<const double> dz);
extern template void linear_flow_adjoint(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                         const InvertibleMatrix& square, const Inverted<double>& inverted,
                                         LogProb log_prob, Tensor<const double> dz);
extern template Var<float> linear_flow(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                       const InvertibleMatrix& square, LogProb log_prob);
extern template Var<float> linear_flow(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                       const InvertibleMatrix& square, LogProb log_prob);
extern template Var<double> linear_flow(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                        const InvertibleMatrix& square, LogProb log_prob);
extern template Var<double> linear_flow(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                        const InvertibleMatrix& square, LogProb log_prob);
extern template Var<float> linear_flow_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                               const InvertibleMatrix& square);
extern template Var<double> linear_flow_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                                const InvertibleMatrix& square);
extern template void linear_flow_reverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                         const Var<float>& x, const InvertibleMatrix& square,
                                         LogProb log_prob);
extern template void linear_flow_reverse(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                         const Var<float>& x, const InvertibleMatrix& square,
                                         LogProb log_prob);
extern template void linear_flow_reverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                         const Var<double>& x, const InvertibleMatrix& square,
                                         LogProb log_prob);
extern template void linear_flow_reverse(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                         const Var<double>& x, const InvertibleMatrix& square,
                                         LogProb log_prob);
extern template Var<float> lu_product(const Context<float, Cpu, false>& ctx, const Var<float>& lower,
                                      const Var<float>& upper, const Var<float>& log_s);
extern template Var<float> lu_product(const Context<float, Cpu, true>& ctx, const Var<float>& lower,
                                      const Var<float>& upper, const Var<float>& log_s);
extern template Var<double> lu_product(const Context<double, Cpu, false>& ctx, const Var<double>& lower,
                                       const Var<double>& upper, const Var<double>& log_s);
extern template Var<double> lu_product(const Context<double, Cpu, true>& ctx, const Var<double>& lower,
                                       const Var<double>& upper, const Var<double>& log_s);
extern template Var<float> linear_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                          const Var<float>& weight);
extern template Var<double> linear_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                           const Var<double>& weight);

// map.hpp
extern template Var<float> exp(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> exp(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> exp(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> exp(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> log(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> log(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> log(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> log(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> tanh(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> tanh(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> tanh(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> tanh(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> softplus(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> softplus(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> softplus(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> softplus(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> sigmoid(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> sigmoid(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> sigmoid(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> sigmoid(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> multiply(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                    const Var<float>& y);
extern template Var<float> multiply(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                    const Var<float>& y);
extern template Var<double> multiply(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& y);
extern template Var<double> multiply(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     const Var<double>& y);
extern template Var<float> per_channel(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                       const Var<float>& like);
extern template Var<float> per_channel(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                       const Var<float>& like);
extern template Var<double> per_channel(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                        const Var<double>& like);
extern template Var<double> per_channel(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                        const Var<double>& like);
extern template Var<float> spread_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& v, Index h,
                                         Index w);
extern template Var<float> spread_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& v, Index h,
                                         Index w);
extern template Var<double> spread_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& v,
                                          Index h, Index w);
extern template Var<double> spread_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& v,
                                          Index h, Index w);
extern template void add_to_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     double factor, LogProb log_prob);
extern template void add_to_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x, double factor,
                                     LogProb log_prob);
extern template void add_to_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     double factor, LogProb log_prob);
extern template void add_to_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     double factor, LogProb log_prob);
extern template void add_sum_to_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                         double factor, Index n, LogProb log_prob);
extern template void add_sum_to_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                         double factor, Index n, LogProb log_prob);
extern template void add_sum_to_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                         double factor, Index n, LogProb log_prob);
extern template void add_sum_to_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                         double factor, Index n, LogProb log_prob);

// normalization.hpp
extern template Var<float> actnorm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
extern template Var<float> actnorm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
extern template Var<double> actnorm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
extern template Var<double> actnorm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
extern template Var<float> batch_norm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const BatchNorm<Var<float>>& p, Activation activation);
extern template Var<float> batch_norm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const BatchNorm<Var<float>>& p, Activation activation);
extern template Var<double> batch_norm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       const BatchNorm<Var<double>>& p, Activation activation);
extern template Var<double> batch_norm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       const BatchNorm<Var<double>>& p, Activation activation);

// probability.hpp
extern template void standard_normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                              double factor, LogProb log_prob);
extern template void standard_normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                              double factor, LogProb log_prob);
extern template void standard_normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                              double factor, LogProb log_prob);
extern template void standard_normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                              double factor, LogProb log_prob);
extern template void normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     const Var<float>& loc, const Var<float>& log_scale, double factor,
                                     LogProb log_prob);
extern template void normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     const Var<float>& loc, const Var<float>& log_scale, double factor,
                                     LogProb log_prob);
extern template void normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& loc, const Var<double>& log_scale, double factor,
                                     LogProb log_prob);
extern template void normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     const Var<double>& loc, const Var<double>& log_scale, double factor,
                                     LogProb log_prob);
extern template Var<float> normal_from_noise(const Context<float, Cpu, false>& ctx, Tensor<float> e,
                                             const Var<float>& loc, const Var<float>& log_scale,
                                             double temperature);
extern template Var<float> normal_from_noise(const Context<float, Cpu, true>& ctx, Tensor<float> e,
                                             const Var<float>& loc, const Var<float>& log_scale,
                                             double temperature);
extern template Var<double> normal_from_noise(const Context<double, Cpu, false>& ctx, Tensor<double> e,
                                              const Var<double>& loc, const Var<double>& log_scale,
                                              double temperature);
extern template Var<double> normal_from_noise(const Context<double, Cpu, true>& ctx, Tensor<double> e,
                                              const Var<double>& loc, const Var<double>& log_scale,
                                              double temperature);

// sizes.hpp
extern template void require_per_channel(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                         Index channels);
extern template void require_per_channel(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                         Index channels);
extern template void require_per_channel(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                         Index channels);
extern template void require_per_channel(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                         Index channels);
extern template void require_weights(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                     Index taps, Index in, Index out);
extern template void require_weights(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                     Index taps, Index in, Index out);
extern template void require_weights(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                     Index taps, Index in, Index out);
extern template void require_weights(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                     Index taps, Index in, Index out);

}  // namespace densenf::ops
#endif
