// Made by scripts/make_compiled from the headers in include/densenf/ops: change those instead.
#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/bounded.hpp"
#include "densenf/ops/channel_affine.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/elu.hpp"
#include "densenf/ops/gelu.hpp"
#include "densenf/ops/layer_norm.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/lip_swish.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/masked.hpp"
#include "densenf/ops/matrices.hpp"
#include "densenf/ops/mixture.hpp"
#include "densenf/ops/normal_mixture.hpp"
#include "densenf/ops/normalization.hpp"
#include "densenf/ops/position.hpp"
#include "densenf/ops/probability.hpp"
#include "densenf/ops/rearrange.hpp"
#include "densenf/ops/sizes.hpp"
#include "densenf/ops/surjections.hpp"
#include "densenf/ops/totals.hpp"
#include "densenf/ops/unfold.hpp"
#include "densenf/ops/units.hpp"
#include "densenf/ops/weights.hpp"

// The operations that densenf::compiled holds for the CPU, float and double: a program's files do not
// instantiate them.
#ifdef DENSENF_USE_COMPILED
namespace densenf::ops {

// attention.hpp
extern template Var<float> nystrom_attention(const Context<float, Cpu, false>& ctx, const Var<float>& qkv);
extern template Var<float> nystrom_attention(const Context<float, Cpu, true>& ctx, const Var<float>& qkv);
extern template Var<double> nystrom_attention(const Context<double, Cpu, false>& ctx, const Var<double>& qkv);
extern template Var<double> nystrom_attention(const Context<double, Cpu, true>& ctx, const Var<double>& qkv);
extern template Var<float> softmax_attention(const Context<float, Cpu, false>& ctx, const Var<float>& q,
                                             const Var<float>& k, const Var<float>& v, Index heads,
                                             AttentionMask mask);
extern template Var<float> softmax_attention(const Context<float, Cpu, true>& ctx, const Var<float>& q,
                                             const Var<float>& k, const Var<float>& v, Index heads,
                                             AttentionMask mask);
extern template Var<double> softmax_attention(const Context<double, Cpu, false>& ctx, const Var<double>& q,
                                              const Var<double>& k, const Var<double>& v, Index heads,
                                              AttentionMask mask);
extern template Var<double> softmax_attention(const Context<double, Cpu, true>& ctx, const Var<double>& q,
                                              const Var<double>& k, const Var<double>& v, Index heads,
                                              AttentionMask mask);
extern template Var<float> softmax_attention(const Context<float, Cpu, false>& ctx, const Var<float>& q,
                                             const Var<float>& k, const Var<float>& v, Index heads);
extern template Var<float> softmax_attention(const Context<float, Cpu, true>& ctx, const Var<float>& q,
                                             const Var<float>& k, const Var<float>& v, Index heads);
extern template Var<double> softmax_attention(const Context<double, Cpu, false>& ctx, const Var<double>& q,
                                              const Var<double>& k, const Var<double>& v, Index heads);
extern template Var<double> softmax_attention(const Context<double, Cpu, true>& ctx, const Var<double>& q,
                                              const Var<double>& k, const Var<double>& v, Index heads);

// bounded.hpp
extern template Var<float> bound_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                        const Var<float>& u, const Var<float>& wv, double ceiling,
                                        double epsilon);
extern template Var<float> bound_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                        const Var<float>& u, const Var<float>& wv, double ceiling,
                                        double epsilon);
extern template Var<double> bound_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                         const Var<double>& u, const Var<double>& wv, double ceiling,
                                         double epsilon);
extern template Var<double> bound_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                         const Var<double>& u, const Var<double>& wv, double ceiling,
                                         double epsilon);

// channel_affine.hpp
extern template Var<float> channel_affine(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                          const Var<float>& log_scale, const Var<float>& bias,
                                          LogProb log_prob);
extern template Var<float> channel_affine(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                          const Var<float>& log_scale, const Var<float>& bias,
                                          LogProb log_prob);
extern template Var<double> channel_affine(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                           const Var<double>& log_scale, const Var<double>& bias,
                                           LogProb log_prob);
extern template Var<double> channel_affine(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                           const Var<double>& log_scale, const Var<double>& bias,
                                           LogProb log_prob);
extern template Var<float> channel_affine_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& y,
                                                  const Var<float>& log_scale, const Var<float>& bias);
extern template Var<float> channel_affine_inverse(const Context<float, Cpu, true>& ctx, const Var<float>& y,
                                                  const Var<float>& log_scale, const Var<float>& bias);
extern template Var<double> channel_affine_inverse(const Context<double, Cpu, false>& ctx,
                                                   const Var<double>& y, const Var<double>& log_scale,
                                                   const Var<double>& bias);
extern template Var<double> channel_affine_inverse(const Context<double, Cpu, true>& ctx,
                                                   const Var<double>& y, const Var<double>& log_scale,
                                                   const Var<double>& bias);

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
extern template void log_scale_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                    const Var<float>& a, const Var<float>& y);
extern template void log_scale_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                    const Var<float>& a, const Var<float>& y);
extern template void log_scale_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Var<double>& a, const Var<double>& y);
extern template void log_scale_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Var<double>& a, const Var<double>& y);

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
extern template Var<float> multiply(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                    const Var<float>& y);
extern template Var<float> multiply(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                    const Var<float>& y);
extern template Var<double> multiply(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& y);
extern template Var<double> multiply(const Context<double, Cpu, true>& ctx, const Var<double>& x,
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

// elu.hpp
extern template Var<float> elu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> elu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> elu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> elu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// gelu.hpp
extern template Var<float> gelu_tanh(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> gelu_tanh(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> gelu_tanh(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> gelu_tanh(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> gelu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> gelu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> gelu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> gelu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// layer_norm.hpp
extern template Var<float> layer_norm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const Var<float>& gain, const Var<float>& bias, double epsilon);
extern template Var<float> layer_norm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const Var<float>& gain, const Var<float>& bias, double epsilon);
extern template Var<double> layer_norm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       const Var<double>& gain, const Var<double>& bias, double epsilon);
extern template Var<double> layer_norm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       const Var<double>& gain, const Var<double>& bias, double epsilon);

// layout.hpp
extern template Var<float> squeeze(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   SqueezeOrder order);
extern template Var<float> squeeze(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   SqueezeOrder order);
extern template Var<double> squeeze(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    SqueezeOrder order);
extern template Var<double> squeeze(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    SqueezeOrder order);
extern template Var<float> unsqueeze(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                     SqueezeOrder order);
extern template Var<float> unsqueeze(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                     SqueezeOrder order);
extern template Var<double> unsqueeze(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                      SqueezeOrder order);
extern template Var<double> unsqueeze(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                      SqueezeOrder order);
extern template Var<float> to_patches(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index side);
extern template Var<float> to_patches(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index side);
extern template Var<double> to_patches(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       Index side);
extern template Var<double> to_patches(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       Index side);
extern template Var<float> from_patches(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                        Index side);
extern template Var<float> from_patches(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                        Index side);
extern template Var<double> from_patches(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                         Index side);
extern template Var<double> from_patches(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                         Index side);
extern template Var<float> rotate_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                           Index first);
extern template Var<float> rotate_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                           Index first);
extern template Var<double> rotate_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                            Index first);
extern template Var<double> rotate_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                            Index first);
extern template Var<float> deal_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                         Index hands);
extern template Var<float> deal_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                         Index hands);
extern template Var<double> deal_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                          Index hands);
extern template Var<double> deal_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                          Index hands);
extern template Var<float> concat(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                  const Var<float>& b);
extern template Var<float> concat(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                  const Var<float>& b);
extern template Var<double> concat(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                   const Var<double>& b);
extern template Var<double> concat(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                   const Var<double>& b);
extern template Var<float> fold_columns(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> fold_columns(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> fold_columns(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> fold_columns(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> unfold_columns(const Context<float, Cpu, false>& ctx, const Var<float>& z);
extern template Var<float> unfold_columns(const Context<float, Cpu, true>& ctx, const Var<float>& z);
extern template Var<double> unfold_columns(const Context<double, Cpu, false>& ctx, const Var<double>& z);
extern template Var<double> unfold_columns(const Context<double, Cpu, true>& ctx, const Var<double>& z);

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
extern template void linear_flow_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const InvertibleMatrix& square, LogProb log_prob, const Var<float>& z);
extern template void linear_flow_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const InvertibleMatrix& square, LogProb log_prob, const Var<float>& z);
extern template void linear_flow_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      const InvertibleMatrix& square, LogProb log_prob, const Var<double>& z);
extern template void linear_flow_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      const InvertibleMatrix& square, LogProb log_prob, const Var<double>& z);
extern template Var<float> linear_flow(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                       const InvertibleMatrix& square, LogProb log_prob);
extern template Var<float> linear_flow(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                       const InvertibleMatrix& square, LogProb log_prob);
extern template Var<double> linear_flow(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                        const InvertibleMatrix& square, LogProb log_prob);
extern template Var<double> linear_flow(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                        const InvertibleMatrix& square, LogProb log_prob);
extern template void linear_flow_inverse_into(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                              const InvertibleMatrix& square, const Var<float>& x);
extern template void linear_flow_inverse_into(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                              const InvertibleMatrix& square, const Var<double>& x);
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
                                      const Var<float>& upper, const Var<float>& log_s,
                                      const Var<float>& sign);
extern template Var<float> lu_product(const Context<float, Cpu, true>& ctx, const Var<float>& lower,
                                      const Var<float>& upper, const Var<float>& log_s,
                                      const Var<float>& sign);
extern template Var<double> lu_product(const Context<double, Cpu, false>& ctx, const Var<double>& lower,
                                       const Var<double>& upper, const Var<double>& log_s,
                                       const Var<double>& sign);
extern template Var<double> lu_product(const Context<double, Cpu, true>& ctx, const Var<double>& lower,
                                       const Var<double>& upper, const Var<double>& log_s,
                                       const Var<double>& sign);
extern template Var<float> linear_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                          const Var<float>& weight);
extern template Var<double> linear_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                           const Var<double>& weight);

// lip_swish.hpp
extern template Var<float> lip_swish(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     const Var<float>& b);
extern template Var<float> lip_swish(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     const Var<float>& b);
extern template Var<double> lip_swish(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      const Var<double>& b);
extern template Var<double> lip_swish(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      const Var<double>& b);
extern template Var<float> lip_swish_slope(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                           const Var<float>& b);
extern template Var<float> lip_swish_slope(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                           const Var<float>& b);
extern template Var<double> lip_swish_slope(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                            const Var<double>& b);
extern template Var<double> lip_swish_slope(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                            const Var<double>& b);
extern template Var<float> concat_lip_swish(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                            const Var<float>& b);
extern template Var<float> concat_lip_swish(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                            const Var<float>& b);
extern template Var<double> concat_lip_swish(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                             const Var<double>& b);
extern template Var<double> concat_lip_swish(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                             const Var<double>& b);

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
extern template Var<float> logistic(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> logistic(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> logistic(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> logistic(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> softplus(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> softplus(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> softplus(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> softplus(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> sigmoid(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> sigmoid(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> sigmoid(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> sigmoid(const Context<double, Cpu, true>& ctx, const Var<double>& x);
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

// masked.hpp
extern template Var<float> ordered_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                          kernels::DegreeMask mask);
extern template Var<float> ordered_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                          kernels::DegreeMask mask);
extern template Var<double> ordered_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                           kernels::DegreeMask mask);
extern template Var<double> ordered_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                           kernels::DegreeMask mask);
extern template Var<float> sorted_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                         kernels::Degrees in, kernels::Degrees out);
extern template Var<float> sorted_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                         kernels::Degrees in, kernels::Degrees out);
extern template Var<double> sorted_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                          kernels::Degrees in, kernels::Degrees out);
extern template Var<double> sorted_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                          kernels::Degrees in, kernels::Degrees out);
extern template void some_units_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     const Var<float>& weight, const Var<float>& bias, Index first,
                                     Activation activation, const Var<float>& y);
extern template void some_units_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     const Var<float>& weight, const Var<float>& bias, Index first,
                                     Activation activation, const Var<float>& y);
extern template void some_units_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& weight, const Var<double>& bias, Index first,
                                     Activation activation, const Var<double>& y);
extern template void some_units_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     const Var<double>& weight, const Var<double>& bias, Index first,
                                     Activation activation, const Var<double>& y);
extern template void relu_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template void relu_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const Var<float>& y);
extern template void relu_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                               const Var<double>& y);
extern template void relu_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                               const Var<double>& y);
extern template Var<float> relu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> relu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> relu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> relu(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template void add_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y,
                              const Var<float>& z);
extern template void add_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y,
                              const Var<float>& z);
extern template void add_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                              const Var<double>& y, const Var<double>& z);
extern template void add_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                              const Var<double>& y, const Var<double>& z);

// matrices.hpp
extern template void matrix_product_into(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                         const Var<float>& b, MatrixForm form, const Var<float>& y);
extern template void matrix_product_into(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                         const Var<float>& b, MatrixForm form, const Var<float>& y);
extern template void matrix_product_into(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                         const Var<double>& b, MatrixForm form, const Var<double>& y);
extern template void matrix_product_into(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                         const Var<double>& b, MatrixForm form, const Var<double>& y);
extern template Var<float> matrix_product(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                          const Var<float>& b, MatrixForm form);
extern template Var<float> matrix_product(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                          const Var<float>& b, MatrixForm form);
extern template Var<double> matrix_product(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                           const Var<double>& b, MatrixForm form);
extern template Var<double> matrix_product(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                           const Var<double>& b, MatrixForm form);
extern template Var<float> softmax(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   AttentionMask mask);
extern template Var<float> softmax(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   AttentionMask mask);
extern template Var<double> softmax(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    AttentionMask mask);
extern template Var<double> softmax(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    AttentionMask mask);
extern template Var<float> mark_largest(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> mark_largest(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> mark_largest(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> mark_largest(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> run_means(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index runs);
extern template Var<float> run_means(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index runs);
extern template Var<double> run_means(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      Index runs);
extern template Var<double> run_means(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      Index runs);
extern template Var<float> planes_as_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> planes_as_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> planes_as_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> planes_as_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> pixels_as_planes(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> pixels_as_planes(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> pixels_as_planes(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> pixels_as_planes(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// mixture.hpp
extern template void mixture_into(const Context<float, Cpu, false>& ctx, kernels::MixtureMap map,
                                  kernels::SomeWhere where, const Var<float>& x, const Var<float>& raw,
                                  LogProb log_prob, const Var<float>& z);
extern template void mixture_into(const Context<float, Cpu, true>& ctx, kernels::MixtureMap map,
                                  kernels::SomeWhere where, const Var<float>& x, const Var<float>& raw,
                                  LogProb log_prob, const Var<float>& z);
extern template void mixture_into(const Context<double, Cpu, false>& ctx, kernels::MixtureMap map,
                                  kernels::SomeWhere where, const Var<double>& x, const Var<double>& raw,
                                  LogProb log_prob, const Var<double>& z);
extern template void mixture_into(const Context<double, Cpu, true>& ctx, kernels::MixtureMap map,
                                  kernels::SomeWhere where, const Var<double>& x, const Var<double>& raw,
                                  LogProb log_prob, const Var<double>& z);
extern template void mixture_inverse_into(const Context<float, Cpu, false>& ctx, kernels::MixtureMap map,
                                          kernels::SomeWhere where, const Var<float>& z,
                                          const Var<float>& raw, const Var<float>& x);
extern template void mixture_inverse_into(const Context<float, Cpu, true>& ctx, kernels::MixtureMap map,
                                          kernels::SomeWhere where, const Var<float>& z,
                                          const Var<float>& raw, const Var<float>& x);
extern template void mixture_inverse_into(const Context<double, Cpu, false>& ctx, kernels::MixtureMap map,
                                          kernels::SomeWhere where, const Var<double>& z,
                                          const Var<double>& raw, const Var<double>& x);
extern template void mixture_inverse_into(const Context<double, Cpu, true>& ctx, kernels::MixtureMap map,
                                          kernels::SomeWhere where, const Var<double>& z,
                                          const Var<double>& raw, const Var<double>& x);

// normal_mixture.hpp
extern template void normal_mixture_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                             const Var<float>& logits, const Var<float>& loc,
                                             const Var<float>& log_scale, double factor, LogProb log_prob);
extern template void normal_mixture_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                             const Var<float>& logits, const Var<float>& loc,
                                             const Var<float>& log_scale, double factor, LogProb log_prob);
extern template void normal_mixture_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                             const Var<double>& logits, const Var<double>& loc,
                                             const Var<double>& log_scale, double factor, LogProb log_prob);
extern template void normal_mixture_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                             const Var<double>& logits, const Var<double>& loc,
                                             const Var<double>& log_scale, double factor, LogProb log_prob);

// normalization.hpp
extern template Var<float> actnorm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
extern template Var<float> actnorm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
extern template Var<double> actnorm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
extern template Var<double> actnorm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
extern template Var<float> actnorm_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                           const Var<float>& shift, const Var<float>& log_scale);
extern template Var<float> actnorm_inverse(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                           const Var<float>& shift, const Var<float>& log_scale);
extern template Var<double> actnorm_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                            const Var<double>& shift, const Var<double>& log_scale);
extern template Var<double> actnorm_inverse(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                            const Var<double>& shift, const Var<double>& log_scale);
extern template Var<float> batch_norm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const BatchNorm<Var<float>>& p, Activation activation);
extern template Var<float> batch_norm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const BatchNorm<Var<float>>& p, Activation activation);
extern template Var<double> batch_norm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       const BatchNorm<Var<double>>& p, Activation activation);
extern template Var<double> batch_norm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       const BatchNorm<Var<double>>& p, Activation activation);

// position.hpp
extern template void require_per_position(const Context<float, Cpu, false>& ctx, const Var<float>& v,
                                          const Shape& image);
extern template void require_per_position(const Context<float, Cpu, true>& ctx, const Var<float>& v,
                                          const Shape& image);
extern template void require_per_position(const Context<double, Cpu, false>& ctx, const Var<double>& v,
                                          const Shape& image);
extern template void require_per_position(const Context<double, Cpu, true>& ctx, const Var<double>& v,
                                          const Shape& image);
extern template Var<float> add_positions(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                         const Var<float>& v);
extern template Var<float> add_positions(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                         const Var<float>& v);
extern template Var<double> add_positions(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                          const Var<double>& v);
extern template Var<double> add_positions(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                          const Var<double>& v);
extern template void position_affine_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                          const Var<float>& scale, const Var<float>& shift, LogProb log_prob,
                                          const Var<float>& z);
extern template void position_affine_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                          const Var<float>& scale, const Var<float>& shift, LogProb log_prob,
                                          const Var<float>& z);
extern template void position_affine_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                          const Var<double>& scale, const Var<double>& shift,
                                          LogProb log_prob, const Var<double>& z);
extern template void position_affine_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                          const Var<double>& scale, const Var<double>& shift,
                                          LogProb log_prob, const Var<double>& z);

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
extern template void normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     const Var<float>& raw, AffineLayout at, double factor, LogProb log_prob);
extern template void normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     const Var<float>& raw, AffineLayout at, double factor, LogProb log_prob);
extern template void normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& raw, AffineLayout at, double factor,
                                     LogProb log_prob);
extern template void normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     const Var<double>& raw, AffineLayout at, double factor,
                                     LogProb log_prob);
extern template Var<float> normal_from_noise(const Context<float, Cpu, false>& ctx, Tensor<float> e,
                                             const Var<float>& raw, AffineLayout at, double temperature);
extern template Var<float> normal_from_noise(const Context<float, Cpu, true>& ctx, Tensor<float> e,
                                             const Var<float>& raw, AffineLayout at, double temperature);
extern template Var<double> normal_from_noise(const Context<double, Cpu, false>& ctx, Tensor<double> e,
                                              const Var<double>& raw, AffineLayout at, double temperature);
extern template Var<double> normal_from_noise(const Context<double, Cpu, true>& ctx, Tensor<double> e,
                                              const Var<double>& raw, AffineLayout at, double temperature);

// rearrange.hpp
extern template Var<float> reverse_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> reverse_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> reverse_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> reverse_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> flatten(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> flatten(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> flatten(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> flatten(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> unflatten(const Context<float, Cpu, false>& ctx, const Var<float>& y,
                                     const Shape& s);
extern template Var<float> unflatten(const Context<float, Cpu, true>& ctx, const Var<float>& y,
                                     const Shape& s);
extern template Var<double> unflatten(const Context<double, Cpu, false>& ctx, const Var<double>& y,
                                      const Shape& s);
extern template Var<double> unflatten(const Context<double, Cpu, true>& ctx, const Var<double>& y,
                                      const Shape& s);
extern template Var<float> reorder(const Context<float, Cpu, false>& ctx, OrderOf parts, Param order,
                                   const Var<float>& x);
extern template Var<float> reorder(const Context<float, Cpu, true>& ctx, OrderOf parts, Param order,
                                   const Var<float>& x);
extern template Var<double> reorder(const Context<double, Cpu, false>& ctx, OrderOf parts, Param order,
                                    const Var<double>& x);
extern template Var<double> reorder(const Context<double, Cpu, true>& ctx, OrderOf parts, Param order,
                                    const Var<double>& x);
extern template Var<float> restore_order(const Context<float, Cpu, false>& ctx, OrderOf parts, Param order,
                                         const Var<float>& y);
extern template Var<float> restore_order(const Context<float, Cpu, true>& ctx, OrderOf parts, Param order,
                                         const Var<float>& y);
extern template Var<double> restore_order(const Context<double, Cpu, false>& ctx, OrderOf parts, Param order,
                                          const Var<double>& y);
extern template Var<double> restore_order(const Context<double, Cpu, true>& ctx, OrderOf parts, Param order,
                                          const Var<double>& y);
extern template Var<float> shift_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index by);
extern template Var<float> shift_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index by);
extern template Var<double> shift_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                         Index by);
extern template Var<double> shift_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                         Index by);
extern template Var<float> permute_inputs(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                          Param permutation);
extern template Var<float> permute_inputs(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                          Param permutation);
extern template Var<double> permute_inputs(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                           Param permutation);
extern template Var<double> permute_inputs(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                           Param permutation);
extern template Var<float> triangle_weight(const Context<float, Cpu, false>& ctx, const Var<float>& entries,
                                           kernels::Triangle triangle);
extern template Var<float> triangle_weight(const Context<float, Cpu, true>& ctx, const Var<float>& entries,
                                           kernels::Triangle triangle);
extern template Var<double> triangle_weight(const Context<double, Cpu, false>& ctx,
                                            const Var<double>& entries, kernels::Triangle triangle);
extern template Var<double> triangle_weight(const Context<double, Cpu, true>& ctx, const Var<double>& entries,
                                            kernels::Triangle triangle);

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

// surjections.hpp
extern template Pooled<Var<float>> max_pool(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                            Tensor<float> place);
extern template Pooled<Var<float>> max_pool(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                            Tensor<float> place);
extern template Pooled<Var<double>> max_pool(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                             Tensor<double> place);
extern template Pooled<Var<double>> max_pool(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                             Tensor<double> place);
extern template Var<float> take_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                       Tensor<float> order);
extern template Var<float> take_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                       Tensor<float> order);
extern template Var<double> take_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                        Tensor<double> order);
extern template Var<double> take_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                        Tensor<double> order);

// totals.hpp
extern template Var<float> total_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> total_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> total_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> total_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
extern template Var<float> total_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> total_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> total_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> total_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// unfold.hpp
extern template Var<float> conv_at(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Taps& taps, Index h, Index w, const Filter<Var<float>>& f,
                                   Activation activation);
extern template Var<float> conv_at(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Taps& taps, Index h, Index w, const Filter<Var<float>>& f,
                                   Activation activation);
extern template Var<double> conv_at(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Taps& taps, Index h, Index w, const Filter<Var<double>>& f,
                                    Activation activation);
extern template Var<double> conv_at(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Taps& taps, Index h, Index w, const Filter<Var<double>>& f,
                                    Activation activation);

// units.hpp
extern template void gate_into(const Context<float, Cpu, false>& ctx, const Var<float>& abg,
                               const Var<float>& y);
extern template void gate_into(const Context<float, Cpu, true>& ctx, const Var<float>& abg,
                               const Var<float>& y);
extern template void gate_into(const Context<double, Cpu, false>& ctx, const Var<double>& abg,
                               const Var<double>& y);
extern template void gate_into(const Context<double, Cpu, true>& ctx, const Var<double>& abg,
                               const Var<double>& y);
extern template Var<float> concat_elu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
extern template Var<float> concat_elu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
extern template Var<double> concat_elu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
extern template Var<double> concat_elu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// weights.hpp
extern template Var<float> weight_norm(const Context<float, Cpu, false>& ctx, const Var<float>& direction,
                                       const Var<float>& magnitude);
extern template Var<float> weight_norm(const Context<float, Cpu, true>& ctx, const Var<float>& direction,
                                       const Var<float>& magnitude);
extern template Var<double> weight_norm(const Context<double, Cpu, false>& ctx, const Var<double>& direction,
                                        const Var<double>& magnitude);
extern template Var<double> weight_norm(const Context<double, Cpu, true>& ctx, const Var<double>& direction,
                                        const Var<double>& magnitude);
extern template Var<float> scale_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                          const Var<float>& scale);
extern template Var<float> scale_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                          const Var<float>& scale);
extern template Var<double> scale_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                           const Var<double>& scale);
extern template Var<double> scale_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                           const Var<double>& scale);
extern template void scale_by_number_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                          const Var<float>& numbers, Index i, const Var<float>& y);
extern template void scale_by_number_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                          const Var<float>& numbers, Index i, const Var<float>& y);
extern template void scale_by_number_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                          const Var<double>& numbers, Index i, const Var<double>& y);
extern template void scale_by_number_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                          const Var<double>& numbers, Index i, const Var<double>& y);
extern template Var<float> sum_of_last_input(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                             Index taps);
extern template Var<float> sum_of_last_input(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                             Index taps);
extern template Var<double> sum_of_last_input(const Context<double, Cpu, false>& ctx,
                                              const Var<double>& weight, Index taps);
extern template Var<double> sum_of_last_input(const Context<double, Cpu, true>& ctx,
                                              const Var<double>& weight, Index taps);

}  // namespace densenf::ops
#endif
