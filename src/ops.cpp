// Made by scripts/make_compiled from the headers in include/densenf/ops: change those instead.
#include "densenf/ops/declared.hpp"

#include "densenf/kernels/cpu/all.hpp"

namespace densenf::ops {

// attention.hpp
template Var<float> nystrom_attention(const Context<float, Cpu, false>& ctx, const Var<float>& qkv);
template Var<float> nystrom_attention(const Context<float, Cpu, true>& ctx, const Var<float>& qkv);
template Var<double> nystrom_attention(const Context<double, Cpu, false>& ctx, const Var<double>& qkv);
template Var<double> nystrom_attention(const Context<double, Cpu, true>& ctx, const Var<double>& qkv);
template Var<float> softmax_attention(const Context<float, Cpu, false>& ctx, const Var<float>& q,
                                      const Var<float>& k, const Var<float>& v, Index heads,
                                      AttentionMask mask);
template Var<float> softmax_attention(const Context<float, Cpu, true>& ctx, const Var<float>& q,
                                      const Var<float>& k, const Var<float>& v, Index heads,
                                      AttentionMask mask);
template Var<double> softmax_attention(const Context<double, Cpu, false>& ctx, const Var<double>& q,
                                       const Var<double>& k, const Var<double>& v, Index heads,
                                       AttentionMask mask);
template Var<double> softmax_attention(const Context<double, Cpu, true>& ctx, const Var<double>& q,
                                       const Var<double>& k, const Var<double>& v, Index heads,
                                       AttentionMask mask);
template Var<float> softmax_attention(const Context<float, Cpu, false>& ctx, const Var<float>& q,
                                      const Var<float>& k, const Var<float>& v, Index heads);
template Var<float> softmax_attention(const Context<float, Cpu, true>& ctx, const Var<float>& q,
                                      const Var<float>& k, const Var<float>& v, Index heads);
template Var<double> softmax_attention(const Context<double, Cpu, false>& ctx, const Var<double>& q,
                                       const Var<double>& k, const Var<double>& v, Index heads);
template Var<double> softmax_attention(const Context<double, Cpu, true>& ctx, const Var<double>& q,
                                       const Var<double>& k, const Var<double>& v, Index heads);

// bounded.hpp
template Var<float> bound_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                 const Var<float>& u, const Var<float>& wv, double ceiling, double epsilon);
template Var<float> bound_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                 const Var<float>& u, const Var<float>& wv, double ceiling, double epsilon);
template Var<double> bound_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                  const Var<double>& u, const Var<double>& wv, double ceiling,
                                  double epsilon);
template Var<double> bound_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                  const Var<double>& u, const Var<double>& wv, double ceiling,
                                  double epsilon);

// channel_affine.hpp
template Var<float> channel_affine(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& log_scale, const Var<float>& bias, LogProb log_prob);
template Var<float> channel_affine(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& log_scale, const Var<float>& bias, LogProb log_prob);
template Var<double> channel_affine(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Var<double>& log_scale, const Var<double>& bias, LogProb log_prob);
template Var<double> channel_affine(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Var<double>& log_scale, const Var<double>& bias, LogProb log_prob);
template Var<float> channel_affine_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& y,
                                           const Var<float>& log_scale, const Var<float>& bias);
template Var<float> channel_affine_inverse(const Context<float, Cpu, true>& ctx, const Var<float>& y,
                                           const Var<float>& log_scale, const Var<float>& bias);
template Var<double> channel_affine_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& y,
                                            const Var<double>& log_scale, const Var<double>& bias);
template Var<double> channel_affine_inverse(const Context<double, Cpu, true>& ctx, const Var<double>& y,
                                            const Var<double>& log_scale, const Var<double>& bias);

// conv.hpp
template void conv_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                        const Filter<Var<float>>& f, Activation activation, const Var<float>& y);
template void conv_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                        const Filter<Var<float>>& f, Activation activation, const Var<float>& y);
template void conv_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                        const Filter<Var<double>>& f, Activation activation, const Var<double>& y);
template void conv_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                        const Filter<Var<double>>& f, Activation activation, const Var<double>& y);
template Var<float> conv(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                         const Filter<Var<float>>& filter, Activation activation);
template Var<float> conv(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                         const Filter<Var<float>>& filter, Activation activation);
template Var<double> conv(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                          const Filter<Var<double>>& filter, Activation activation);
template Var<double> conv(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                          const Filter<Var<double>>& filter, Activation activation);

// coupling.hpp
template void affine_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& raw,
                          AffineLayout at, LogProb log_prob, const Var<float>& z);
template void affine_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& raw,
                          AffineLayout at, LogProb log_prob, const Var<float>& z);
template void affine_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                          const Var<double>& raw, AffineLayout at, LogProb log_prob, const Var<double>& z);
template void affine_into(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Var<double>& raw,
                          AffineLayout at, LogProb log_prob, const Var<double>& z);
template void log_scale_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& a,
                             const Var<float>& y);
template void log_scale_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& a,
                             const Var<float>& y);
template void log_scale_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                             const Var<double>& a, const Var<double>& y);
template void log_scale_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                             const Var<double>& a, const Var<double>& y);

// elementwise.hpp
template void copy_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y);
template void copy_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y);
template void copy_into(const Context<double, Cpu, false>& ctx, const Var<double>& x, const Var<double>& y);
template void copy_into(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Var<double>& y);
template Var<float> add(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y);
template Var<float> add(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y);
template Var<double> add(const Context<double, Cpu, false>& ctx, const Var<double>& x, const Var<double>& y);
template Var<double> add(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Var<double>& y);
template Var<float> multiply(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y);
template Var<float> multiply(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y);
template Var<double> multiply(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                              const Var<double>& y);
template Var<double> multiply(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                              const Var<double>& y);
template void scale_shift_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, double scale,
                               double shift, const Var<float>& y);
template void scale_shift_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, double scale,
                               double shift, const Var<float>& y);
template void scale_shift_into(const Context<double, Cpu, false>& ctx, const Var<double>& x, double scale,
                               double shift, const Var<double>& y);
template void scale_shift_into(const Context<double, Cpu, true>& ctx, const Var<double>& x, double scale,
                               double shift, const Var<double>& y);
template Var<float> scale_shift(const Context<float, Cpu, false>& ctx, const Var<float>& x, double scale,
                                double shift);
template Var<float> scale_shift(const Context<float, Cpu, true>& ctx, const Var<float>& x, double scale,
                                double shift);
template Var<double> scale_shift(const Context<double, Cpu, false>& ctx, const Var<double>& x, double scale,
                                 double shift);
template Var<double> scale_shift(const Context<double, Cpu, true>& ctx, const Var<double>& x, double scale,
                                 double shift);
template Var<float> sigmoid(const Context<float, Cpu, false>& ctx, const Var<float>& x, LogProb log_prob);
template Var<float> sigmoid(const Context<float, Cpu, true>& ctx, const Var<float>& x, LogProb log_prob);
template Var<double> sigmoid(const Context<double, Cpu, false>& ctx, const Var<double>& x, LogProb log_prob);
template Var<double> sigmoid(const Context<double, Cpu, true>& ctx, const Var<double>& x, LogProb log_prob);
template Var<float> logit(const Context<float, Cpu, false>& ctx, const Var<float>& x, LogProb log_prob);
template Var<float> logit(const Context<float, Cpu, true>& ctx, const Var<float>& x, LogProb log_prob);
template Var<double> logit(const Context<double, Cpu, false>& ctx, const Var<double>& x, LogProb log_prob);
template Var<double> logit(const Context<double, Cpu, true>& ctx, const Var<double>& x, LogProb log_prob);
template Var<float> dequantize(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Var<float>& u, Index levels);
template Var<float> dequantize(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& u,
                               Index levels);
template Var<double> dequantize(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                const Var<double>& u, Index levels);
template Var<double> dequantize(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                const Var<double>& u, Index levels);
template Var<float> dequantized_logit(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const Var<float>& u, Index levels, LogProb log_prob);
template Var<float> dequantized_logit(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const Var<float>& u, Index levels, LogProb log_prob);
template Var<double> dequantized_logit(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       const Var<double>& u, Index levels, LogProb log_prob);
template Var<double> dequantized_logit(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       const Var<double>& u, Index levels, LogProb log_prob);

// elu.hpp
template Var<float> elu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> elu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> elu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> elu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// gelu.hpp
template Var<float> gelu_tanh(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> gelu_tanh(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> gelu_tanh(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> gelu_tanh(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> gelu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> gelu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> gelu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> gelu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// layer_norm.hpp
template Var<float> layer_norm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const Var<float>& gain, const Var<float>& bias, double epsilon);
template Var<float> layer_norm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const Var<float>& gain, const Var<float>& bias, double epsilon);
template Var<double> layer_norm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                const Var<double>& gain, const Var<double>& bias, double epsilon);
template Var<double> layer_norm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                const Var<double>& gain, const Var<double>& bias, double epsilon);

// layout.hpp
template Var<float> squeeze(const Context<float, Cpu, false>& ctx, const Var<float>& x, SqueezeOrder order);
template Var<float> squeeze(const Context<float, Cpu, true>& ctx, const Var<float>& x, SqueezeOrder order);
template Var<double> squeeze(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                             SqueezeOrder order);
template Var<double> squeeze(const Context<double, Cpu, true>& ctx, const Var<double>& x, SqueezeOrder order);
template Var<float> unsqueeze(const Context<float, Cpu, false>& ctx, const Var<float>& z, SqueezeOrder order);
template Var<float> unsqueeze(const Context<float, Cpu, true>& ctx, const Var<float>& z, SqueezeOrder order);
template Var<double> unsqueeze(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                               SqueezeOrder order);
template Var<double> unsqueeze(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                               SqueezeOrder order);
template Var<float> to_patches(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index side);
template Var<float> to_patches(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index side);
template Var<double> to_patches(const Context<double, Cpu, false>& ctx, const Var<double>& x, Index side);
template Var<double> to_patches(const Context<double, Cpu, true>& ctx, const Var<double>& x, Index side);
template Var<float> from_patches(const Context<float, Cpu, false>& ctx, const Var<float>& z, Index side);
template Var<float> from_patches(const Context<float, Cpu, true>& ctx, const Var<float>& z, Index side);
template Var<double> from_patches(const Context<double, Cpu, false>& ctx, const Var<double>& z, Index side);
template Var<double> from_patches(const Context<double, Cpu, true>& ctx, const Var<double>& z, Index side);
template Var<float> rotate_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index first);
template Var<float> rotate_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index first);
template Var<double> rotate_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     Index first);
template Var<double> rotate_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     Index first);
template Var<float> deal_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index hands);
template Var<float> deal_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index hands);
template Var<double> deal_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x, Index hands);
template Var<double> deal_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x, Index hands);
template Var<float> concat(const Context<float, Cpu, false>& ctx, const Var<float>& a, const Var<float>& b);
template Var<float> concat(const Context<float, Cpu, true>& ctx, const Var<float>& a, const Var<float>& b);
template Var<double> concat(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                            const Var<double>& b);
template Var<double> concat(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                            const Var<double>& b);
template Var<float> fold_columns(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> fold_columns(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> fold_columns(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> fold_columns(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> unfold_columns(const Context<float, Cpu, false>& ctx, const Var<float>& z);
template Var<float> unfold_columns(const Context<float, Cpu, true>& ctx, const Var<float>& z);
template Var<double> unfold_columns(const Context<double, Cpu, false>& ctx, const Var<double>& z);
template Var<double> unfold_columns(const Context<double, Cpu, true>& ctx, const Var<double>& z);

// linear.hpp
template void linear_flow_adjoint(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                  const InvertibleMatrix& square, const Inverted<float>& inverted,
                                  LogProb log_prob, Tensor<const float> dz);
template void linear_flow_adjoint(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                  const InvertibleMatrix& square, const Inverted<float>& inverted,
                                  LogProb log_prob, Tensor<const float> dz);
template void linear_flow_adjoint(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                  const InvertibleMatrix& square, const Inverted<double>& inverted,
                                  LogProb log_prob, Tensor<const double> dz);
template void linear_flow_adjoint(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                  const InvertibleMatrix& square, const Inverted<double>& inverted,
                                  LogProb log_prob, Tensor<const double> dz);
template void linear_flow_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const InvertibleMatrix& square, LogProb log_prob, const Var<float>& z);
template void linear_flow_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const InvertibleMatrix& square, LogProb log_prob, const Var<float>& z);
template void linear_flow_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                               const InvertibleMatrix& square, LogProb log_prob, const Var<double>& z);
template void linear_flow_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                               const InvertibleMatrix& square, LogProb log_prob, const Var<double>& z);
template Var<float> linear_flow(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                const InvertibleMatrix& square, LogProb log_prob);
template Var<float> linear_flow(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                const InvertibleMatrix& square, LogProb log_prob);
template Var<double> linear_flow(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                 const InvertibleMatrix& square, LogProb log_prob);
template Var<double> linear_flow(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                 const InvertibleMatrix& square, LogProb log_prob);
template void linear_flow_inverse_into(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                       const InvertibleMatrix& square, const Var<float>& x);
template void linear_flow_inverse_into(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                       const InvertibleMatrix& square, const Var<double>& x);
template Var<float> linear_flow_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                        const InvertibleMatrix& square);
template Var<double> linear_flow_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                         const InvertibleMatrix& square);
template void linear_flow_reverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                  const Var<float>& x, const InvertibleMatrix& square, LogProb log_prob);
template void linear_flow_reverse(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                  const Var<float>& x, const InvertibleMatrix& square, LogProb log_prob);
template void linear_flow_reverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                  const Var<double>& x, const InvertibleMatrix& square, LogProb log_prob);
template void linear_flow_reverse(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                  const Var<double>& x, const InvertibleMatrix& square, LogProb log_prob);
template Var<float> lu_product(const Context<float, Cpu, false>& ctx, const Var<float>& lower,
                               const Var<float>& upper, const Var<float>& log_s, const Var<float>& sign);
template Var<float> lu_product(const Context<float, Cpu, true>& ctx, const Var<float>& lower,
                               const Var<float>& upper, const Var<float>& log_s, const Var<float>& sign);
template Var<double> lu_product(const Context<double, Cpu, false>& ctx, const Var<double>& lower,
                                const Var<double>& upper, const Var<double>& log_s, const Var<double>& sign);
template Var<double> lu_product(const Context<double, Cpu, true>& ctx, const Var<double>& lower,
                                const Var<double>& upper, const Var<double>& log_s, const Var<double>& sign);
template Var<float> linear_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                   const Var<float>& weight);
template Var<double> linear_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                    const Var<double>& weight);

// lip_swish.hpp
template Var<float> lip_swish(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                              const Var<float>& b);
template Var<float> lip_swish(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& b);
template Var<double> lip_swish(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                               const Var<double>& b);
template Var<double> lip_swish(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                               const Var<double>& b);
template Var<float> lip_swish_slope(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                    const Var<float>& b);
template Var<float> lip_swish_slope(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                    const Var<float>& b);
template Var<double> lip_swish_slope(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                     const Var<double>& b);
template Var<double> lip_swish_slope(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                     const Var<double>& b);
template Var<float> concat_lip_swish(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     const Var<float>& b);
template Var<float> concat_lip_swish(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     const Var<float>& b);
template Var<double> concat_lip_swish(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      const Var<double>& b);
template Var<double> concat_lip_swish(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      const Var<double>& b);

// map.hpp
template Var<float> exp(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> exp(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> exp(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> exp(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> log(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> log(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> log(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> log(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> tanh(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> tanh(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> tanh(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> tanh(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> logistic(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> logistic(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> logistic(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> logistic(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> softplus(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> softplus(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> softplus(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> softplus(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> sigmoid(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> sigmoid(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> sigmoid(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> sigmoid(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> per_channel(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                const Var<float>& like);
template Var<float> per_channel(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                const Var<float>& like);
template Var<double> per_channel(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                 const Var<double>& like);
template Var<double> per_channel(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                 const Var<double>& like);
template Var<float> spread_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& v, Index h,
                                  Index w);
template Var<float> spread_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& v, Index h,
                                  Index w);
template Var<double> spread_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& v, Index h,
                                   Index w);
template Var<double> spread_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& v, Index h,
                                   Index w);
template void add_to_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x, double factor,
                              LogProb log_prob);
template void add_to_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x, double factor,
                              LogProb log_prob);
template void add_to_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x, double factor,
                              LogProb log_prob);
template void add_to_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x, double factor,
                              LogProb log_prob);
template void add_sum_to_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                  double factor, Index n, LogProb log_prob);
template void add_sum_to_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                  double factor, Index n, LogProb log_prob);
template void add_sum_to_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                  double factor, Index n, LogProb log_prob);
template void add_sum_to_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                  double factor, Index n, LogProb log_prob);

// masked.hpp
template Var<float> ordered_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                   kernels::DegreeMask mask);
template Var<float> ordered_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                   kernels::DegreeMask mask);
template Var<double> ordered_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                    kernels::DegreeMask mask);
template Var<double> ordered_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                    kernels::DegreeMask mask);
template Var<float> sorted_weight(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                  kernels::Degrees in, kernels::Degrees out);
template Var<float> sorted_weight(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                  kernels::Degrees in, kernels::Degrees out);
template Var<double> sorted_weight(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                   kernels::Degrees in, kernels::Degrees out);
template Var<double> sorted_weight(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                   kernels::Degrees in, kernels::Degrees out);
template void some_units_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                              const Var<float>& weight, const Var<float>& bias, Index first,
                              Activation activation, const Var<float>& y);
template void some_units_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                              const Var<float>& weight, const Var<float>& bias, Index first,
                              Activation activation, const Var<float>& y);
template void some_units_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                              const Var<double>& weight, const Var<double>& bias, Index first,
                              Activation activation, const Var<double>& y);
template void some_units_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                              const Var<double>& weight, const Var<double>& bias, Index first,
                              Activation activation, const Var<double>& y);
template void relu_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y);
template void relu_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y);
template void relu_into(const Context<double, Cpu, false>& ctx, const Var<double>& x, const Var<double>& y);
template void relu_into(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Var<double>& y);
template Var<float> relu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> relu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> relu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> relu(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template void add_into(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Var<float>& y,
                       const Var<float>& z);
template void add_into(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Var<float>& y,
                       const Var<float>& z);
template void add_into(const Context<double, Cpu, false>& ctx, const Var<double>& x, const Var<double>& y,
                       const Var<double>& z);
template void add_into(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Var<double>& y,
                       const Var<double>& z);

// matrices.hpp
template void matrix_product_into(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                  const Var<float>& b, MatrixForm form, const Var<float>& y);
template void matrix_product_into(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                  const Var<float>& b, MatrixForm form, const Var<float>& y);
template void matrix_product_into(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                  const Var<double>& b, MatrixForm form, const Var<double>& y);
template void matrix_product_into(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                  const Var<double>& b, MatrixForm form, const Var<double>& y);
template Var<float> matrix_product(const Context<float, Cpu, false>& ctx, const Var<float>& a,
                                   const Var<float>& b, MatrixForm form);
template Var<float> matrix_product(const Context<float, Cpu, true>& ctx, const Var<float>& a,
                                   const Var<float>& b, MatrixForm form);
template Var<double> matrix_product(const Context<double, Cpu, false>& ctx, const Var<double>& a,
                                    const Var<double>& b, MatrixForm form);
template Var<double> matrix_product(const Context<double, Cpu, true>& ctx, const Var<double>& a,
                                    const Var<double>& b, MatrixForm form);
template Var<float> softmax(const Context<float, Cpu, false>& ctx, const Var<float>& x, AttentionMask mask);
template Var<float> softmax(const Context<float, Cpu, true>& ctx, const Var<float>& x, AttentionMask mask);
template Var<double> softmax(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                             AttentionMask mask);
template Var<double> softmax(const Context<double, Cpu, true>& ctx, const Var<double>& x, AttentionMask mask);
template Var<float> mark_largest(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> mark_largest(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> mark_largest(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> mark_largest(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> run_means(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index runs);
template Var<float> run_means(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index runs);
template Var<double> run_means(const Context<double, Cpu, false>& ctx, const Var<double>& x, Index runs);
template Var<double> run_means(const Context<double, Cpu, true>& ctx, const Var<double>& x, Index runs);
template Var<float> planes_as_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> planes_as_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> planes_as_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> planes_as_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> pixels_as_planes(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> pixels_as_planes(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> pixels_as_planes(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> pixels_as_planes(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// mixture.hpp
template void mixture_into(const Context<float, Cpu, false>& ctx, kernels::MixtureMap map,
                           kernels::SomeWhere where, const Var<float>& x, const Var<float>& raw,
                           LogProb log_prob, const Var<float>& z);
template void mixture_into(const Context<float, Cpu, true>& ctx, kernels::MixtureMap map,
                           kernels::SomeWhere where, const Var<float>& x, const Var<float>& raw,
                           LogProb log_prob, const Var<float>& z);
template void mixture_into(const Context<double, Cpu, false>& ctx, kernels::MixtureMap map,
                           kernels::SomeWhere where, const Var<double>& x, const Var<double>& raw,
                           LogProb log_prob, const Var<double>& z);
template void mixture_into(const Context<double, Cpu, true>& ctx, kernels::MixtureMap map,
                           kernels::SomeWhere where, const Var<double>& x, const Var<double>& raw,
                           LogProb log_prob, const Var<double>& z);
template void mixture_inverse_into(const Context<float, Cpu, false>& ctx, kernels::MixtureMap map,
                                   kernels::SomeWhere where, const Var<float>& z, const Var<float>& raw,
                                   const Var<float>& x);
template void mixture_inverse_into(const Context<float, Cpu, true>& ctx, kernels::MixtureMap map,
                                   kernels::SomeWhere where, const Var<float>& z, const Var<float>& raw,
                                   const Var<float>& x);
template void mixture_inverse_into(const Context<double, Cpu, false>& ctx, kernels::MixtureMap map,
                                   kernels::SomeWhere where, const Var<double>& z, const Var<double>& raw,
                                   const Var<double>& x);
template void mixture_inverse_into(const Context<double, Cpu, true>& ctx, kernels::MixtureMap map,
                                   kernels::SomeWhere where, const Var<double>& z, const Var<double>& raw,
                                   const Var<double>& x);

// normal_mixture.hpp
template void normal_mixture_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                      const Var<float>& logits, const Var<float>& loc,
                                      const Var<float>& log_scale, double factor, LogProb log_prob);
template void normal_mixture_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                      const Var<float>& logits, const Var<float>& loc,
                                      const Var<float>& log_scale, double factor, LogProb log_prob);
template void normal_mixture_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      const Var<double>& logits, const Var<double>& loc,
                                      const Var<double>& log_scale, double factor, LogProb log_prob);
template void normal_mixture_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      const Var<double>& logits, const Var<double>& loc,
                                      const Var<double>& log_scale, double factor, LogProb log_prob);

// normalization.hpp
template Var<float> actnorm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                            const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
template Var<float> actnorm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                            const Var<float>& shift, const Var<float>& log_scale, LogProb log_prob);
template Var<double> actnorm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                             const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
template Var<double> actnorm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                             const Var<double>& shift, const Var<double>& log_scale, LogProb log_prob);
template Var<float> actnorm_inverse(const Context<float, Cpu, false>& ctx, const Var<float>& z,
                                    const Var<float>& shift, const Var<float>& log_scale);
template Var<float> actnorm_inverse(const Context<float, Cpu, true>& ctx, const Var<float>& z,
                                    const Var<float>& shift, const Var<float>& log_scale);
template Var<double> actnorm_inverse(const Context<double, Cpu, false>& ctx, const Var<double>& z,
                                     const Var<double>& shift, const Var<double>& log_scale);
template Var<double> actnorm_inverse(const Context<double, Cpu, true>& ctx, const Var<double>& z,
                                     const Var<double>& shift, const Var<double>& log_scale);
template Var<float> batch_norm(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                               const BatchNorm<Var<float>>& p, Activation activation);
template Var<float> batch_norm(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                               const BatchNorm<Var<float>>& p, Activation activation);
template Var<double> batch_norm(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                const BatchNorm<Var<double>>& p, Activation activation);
template Var<double> batch_norm(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                const BatchNorm<Var<double>>& p, Activation activation);

// position.hpp
template void require_per_position(const Context<float, Cpu, false>& ctx, const Var<float>& v,
                                   const Shape& image);
template void require_per_position(const Context<float, Cpu, true>& ctx, const Var<float>& v,
                                   const Shape& image);
template void require_per_position(const Context<double, Cpu, false>& ctx, const Var<double>& v,
                                   const Shape& image);
template void require_per_position(const Context<double, Cpu, true>& ctx, const Var<double>& v,
                                   const Shape& image);
template Var<float> add_positions(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                  const Var<float>& v);
template Var<float> add_positions(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                  const Var<float>& v);
template Var<double> add_positions(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                   const Var<double>& v);
template Var<double> add_positions(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                   const Var<double>& v);
template void position_affine_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& scale, const Var<float>& shift, LogProb log_prob,
                                   const Var<float>& z);
template void position_affine_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& scale, const Var<float>& shift, LogProb log_prob,
                                   const Var<float>& z);
template void position_affine_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                   const Var<double>& scale, const Var<double>& shift, LogProb log_prob,
                                   const Var<double>& z);
template void position_affine_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                   const Var<double>& scale, const Var<double>& shift, LogProb log_prob,
                                   const Var<double>& z);

// probability.hpp
template void standard_normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                       double factor, LogProb log_prob);
template void standard_normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                       double factor, LogProb log_prob);
template void standard_normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                       double factor, LogProb log_prob);
template void standard_normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                       double factor, LogProb log_prob);
template void normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                              const Var<float>& loc, const Var<float>& log_scale, double factor,
                              LogProb log_prob);
template void normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                              const Var<float>& loc, const Var<float>& log_scale, double factor,
                              LogProb log_prob);
template void normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                              const Var<double>& loc, const Var<double>& log_scale, double factor,
                              LogProb log_prob);
template void normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                              const Var<double>& loc, const Var<double>& log_scale, double factor,
                              LogProb log_prob);
template Var<float> normal_from_noise(const Context<float, Cpu, false>& ctx, Tensor<float> e,
                                      const Var<float>& loc, const Var<float>& log_scale, double temperature);
template Var<float> normal_from_noise(const Context<float, Cpu, true>& ctx, Tensor<float> e,
                                      const Var<float>& loc, const Var<float>& log_scale, double temperature);
template Var<double> normal_from_noise(const Context<double, Cpu, false>& ctx, Tensor<double> e,
                                       const Var<double>& loc, const Var<double>& log_scale,
                                       double temperature);
template Var<double> normal_from_noise(const Context<double, Cpu, true>& ctx, Tensor<double> e,
                                       const Var<double>& loc, const Var<double>& log_scale,
                                       double temperature);
template void normal_log_prob(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                              const Var<float>& raw, AffineLayout at, double factor, LogProb log_prob);
template void normal_log_prob(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                              const Var<float>& raw, AffineLayout at, double factor, LogProb log_prob);
template void normal_log_prob(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                              const Var<double>& raw, AffineLayout at, double factor, LogProb log_prob);
template void normal_log_prob(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                              const Var<double>& raw, AffineLayout at, double factor, LogProb log_prob);
template Var<float> normal_from_noise(const Context<float, Cpu, false>& ctx, Tensor<float> e,
                                      const Var<float>& raw, AffineLayout at, double temperature);
template Var<float> normal_from_noise(const Context<float, Cpu, true>& ctx, Tensor<float> e,
                                      const Var<float>& raw, AffineLayout at, double temperature);
template Var<double> normal_from_noise(const Context<double, Cpu, false>& ctx, Tensor<double> e,
                                       const Var<double>& raw, AffineLayout at, double temperature);
template Var<double> normal_from_noise(const Context<double, Cpu, true>& ctx, Tensor<double> e,
                                       const Var<double>& raw, AffineLayout at, double temperature);

// rearrange.hpp
template Var<float> reverse_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> reverse_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> reverse_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> reverse_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> flatten(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> flatten(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> flatten(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> flatten(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> unflatten(const Context<float, Cpu, false>& ctx, const Var<float>& y, const Shape& s);
template Var<float> unflatten(const Context<float, Cpu, true>& ctx, const Var<float>& y, const Shape& s);
template Var<double> unflatten(const Context<double, Cpu, false>& ctx, const Var<double>& y, const Shape& s);
template Var<double> unflatten(const Context<double, Cpu, true>& ctx, const Var<double>& y, const Shape& s);
template Var<float> reorder(const Context<float, Cpu, false>& ctx, OrderOf parts, Param order,
                            const Var<float>& x);
template Var<float> reorder(const Context<float, Cpu, true>& ctx, OrderOf parts, Param order,
                            const Var<float>& x);
template Var<double> reorder(const Context<double, Cpu, false>& ctx, OrderOf parts, Param order,
                             const Var<double>& x);
template Var<double> reorder(const Context<double, Cpu, true>& ctx, OrderOf parts, Param order,
                             const Var<double>& x);
template Var<float> restore_order(const Context<float, Cpu, false>& ctx, OrderOf parts, Param order,
                                  const Var<float>& y);
template Var<float> restore_order(const Context<float, Cpu, true>& ctx, OrderOf parts, Param order,
                                  const Var<float>& y);
template Var<double> restore_order(const Context<double, Cpu, false>& ctx, OrderOf parts, Param order,
                                   const Var<double>& y);
template Var<double> restore_order(const Context<double, Cpu, true>& ctx, OrderOf parts, Param order,
                                   const Var<double>& y);
template Var<float> shift_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x, Index by);
template Var<float> shift_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x, Index by);
template Var<double> shift_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x, Index by);
template Var<double> shift_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x, Index by);
template Var<float> permute_inputs(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                   Param permutation);
template Var<float> permute_inputs(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                   Param permutation);
template Var<double> permute_inputs(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                    Param permutation);
template Var<double> permute_inputs(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                    Param permutation);
template Var<float> triangle_weight(const Context<float, Cpu, false>& ctx, const Var<float>& entries,
                                    kernels::Triangle triangle);
template Var<float> triangle_weight(const Context<float, Cpu, true>& ctx, const Var<float>& entries,
                                    kernels::Triangle triangle);
template Var<double> triangle_weight(const Context<double, Cpu, false>& ctx, const Var<double>& entries,
                                     kernels::Triangle triangle);
template Var<double> triangle_weight(const Context<double, Cpu, true>& ctx, const Var<double>& entries,
                                     kernels::Triangle triangle);

// sizes.hpp
template void require_per_channel(const Context<float, Cpu, false>& ctx, const Var<float>& vector,
                                  Index channels);
template void require_per_channel(const Context<float, Cpu, true>& ctx, const Var<float>& vector,
                                  Index channels);
template void require_per_channel(const Context<double, Cpu, false>& ctx, const Var<double>& vector,
                                  Index channels);
template void require_per_channel(const Context<double, Cpu, true>& ctx, const Var<double>& vector,
                                  Index channels);
template void require_weights(const Context<float, Cpu, false>& ctx, const Var<float>& weight, Index taps,
                              Index in, Index out);
template void require_weights(const Context<float, Cpu, true>& ctx, const Var<float>& weight, Index taps,
                              Index in, Index out);
template void require_weights(const Context<double, Cpu, false>& ctx, const Var<double>& weight, Index taps,
                              Index in, Index out);
template void require_weights(const Context<double, Cpu, true>& ctx, const Var<double>& weight, Index taps,
                              Index in, Index out);

// surjections.hpp
template Pooled<Var<float>> max_pool(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                     Tensor<float> place);
template Pooled<Var<float>> max_pool(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                     Tensor<float> place);
template Pooled<Var<double>> max_pool(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                      Tensor<double> place);
template Pooled<Var<double>> max_pool(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                      Tensor<double> place);
template Var<float> take_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                Tensor<float> order);
template Var<float> take_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                Tensor<float> order);
template Var<double> take_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                 Tensor<double> order);
template Var<double> take_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                 Tensor<double> order);

// totals.hpp
template Var<float> total_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> total_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> total_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> total_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x);
template Var<float> total_pixels(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> total_pixels(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> total_pixels(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> total_pixels(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// unfold.hpp
template Var<float> conv_at(const Context<float, Cpu, false>& ctx, const Var<float>& x, const Taps& taps,
                            Index h, Index w, const Filter<Var<float>>& f, Activation activation);
template Var<float> conv_at(const Context<float, Cpu, true>& ctx, const Var<float>& x, const Taps& taps,
                            Index h, Index w, const Filter<Var<float>>& f, Activation activation);
template Var<double> conv_at(const Context<double, Cpu, false>& ctx, const Var<double>& x, const Taps& taps,
                             Index h, Index w, const Filter<Var<double>>& f, Activation activation);
template Var<double> conv_at(const Context<double, Cpu, true>& ctx, const Var<double>& x, const Taps& taps,
                             Index h, Index w, const Filter<Var<double>>& f, Activation activation);

// units.hpp
template void gate_into(const Context<float, Cpu, false>& ctx, const Var<float>& abg, const Var<float>& y);
template void gate_into(const Context<float, Cpu, true>& ctx, const Var<float>& abg, const Var<float>& y);
template void gate_into(const Context<double, Cpu, false>& ctx, const Var<double>& abg, const Var<double>& y);
template void gate_into(const Context<double, Cpu, true>& ctx, const Var<double>& abg, const Var<double>& y);
template Var<float> concat_elu(const Context<float, Cpu, false>& ctx, const Var<float>& x);
template Var<float> concat_elu(const Context<float, Cpu, true>& ctx, const Var<float>& x);
template Var<double> concat_elu(const Context<double, Cpu, false>& ctx, const Var<double>& x);
template Var<double> concat_elu(const Context<double, Cpu, true>& ctx, const Var<double>& x);

// weights.hpp
template Var<float> weight_norm(const Context<float, Cpu, false>& ctx, const Var<float>& direction,
                                const Var<float>& magnitude);
template Var<float> weight_norm(const Context<float, Cpu, true>& ctx, const Var<float>& direction,
                                const Var<float>& magnitude);
template Var<double> weight_norm(const Context<double, Cpu, false>& ctx, const Var<double>& direction,
                                 const Var<double>& magnitude);
template Var<double> weight_norm(const Context<double, Cpu, true>& ctx, const Var<double>& direction,
                                 const Var<double>& magnitude);
template Var<float> scale_channels(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& scale);
template Var<float> scale_channels(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& scale);
template Var<double> scale_channels(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                    const Var<double>& scale);
template Var<double> scale_channels(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                    const Var<double>& scale);
template void scale_by_number_into(const Context<float, Cpu, false>& ctx, const Var<float>& x,
                                   const Var<float>& numbers, Index i, const Var<float>& y);
template void scale_by_number_into(const Context<float, Cpu, true>& ctx, const Var<float>& x,
                                   const Var<float>& numbers, Index i, const Var<float>& y);
template void scale_by_number_into(const Context<double, Cpu, false>& ctx, const Var<double>& x,
                                   const Var<double>& numbers, Index i, const Var<double>& y);
template void scale_by_number_into(const Context<double, Cpu, true>& ctx, const Var<double>& x,
                                   const Var<double>& numbers, Index i, const Var<double>& y);
template Var<float> sum_of_last_input(const Context<float, Cpu, false>& ctx, const Var<float>& weight,
                                      Index taps);
template Var<float> sum_of_last_input(const Context<float, Cpu, true>& ctx, const Var<float>& weight,
                                      Index taps);
template Var<double> sum_of_last_input(const Context<double, Cpu, false>& ctx, const Var<double>& weight,
                                       Index taps);
template Var<double> sum_of_last_input(const Context<double, Cpu, true>& ctx, const Var<double>& weight,
                                       Index taps);

}  // namespace densenf::ops
