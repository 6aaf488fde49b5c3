// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/kernels/cpu/elu.hpp"
#include "densenf/kernels/cpu/gelu.hpp"
#include "densenf/kernels/cpu/lip_swish.hpp"
#include "densenf/kernels/cpu/map.hpp"
#include "densenf/kernels/cpu/mixture.hpp"
#include "densenf/kernels/cpu/normal_mixture.hpp"
#include "densenf/kernels/cpu/probability.hpp"
#include "densenf/kernels/cpu/softplus.hpp"
#include "densenf/kernels/cpu/units.hpp"

namespace densenf::kernels {

namespace {
[[gnu::used]] void (*const set_all_bits_here)(const Cpu&, void* memory, std::size_t bytes) = set_all_bits;
[[gnu::used]] void (*const set_each_here)(const Cpu&, double value, Index n, double* values) = set_each;
[[gnu::used]] void (*const scaled_sum_here)(const Cpu&, double factor, const double* values, Index n,
                                            double* result) = scaled_sum;
[[gnu::used]] void (*const fetch_here)(const Cpu&, const double* values, Index n, double* host) = fetch;
}  // namespace

template void affine_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_inverse<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> x);
template void affine_inverse<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> x);
template void affine_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
                                     Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
                                      Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                      Write write_draw);
template void log_scale_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* a,
                                       Tensor<float> y);
template void log_scale_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* a,
                                        Tensor<double> y);
template Index log_scale_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index log_scale_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template void log_scale_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* a,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* da,
                                        Scratch scratch);
template void log_scale_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* a,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* da,
                                         Scratch scratch);
template void fill_zero<float>(const Cpu& cpu, Tensor<float> x);
template void fill_zero<double>(const Cpu& cpu, Tensor<double> x);
template void copy<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void copy<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template void accumulate_scaled<float>(const Cpu& cpu, Tensor<const float> x, float factor, Tensor<float> y);
template void accumulate_scaled<double>(const Cpu& cpu, Tensor<const double> x, double factor,
                                        Tensor<double> y);
template void fill_one_hot<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void fill_one_hot<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template Index all_finite_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index all_finite_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template bool all_finite<float>(const Cpu& cpu, Tensor<const float> x, Scratch);
template bool all_finite<double>(const Cpu& cpu, Tensor<const double> x, Scratch);
template void add<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y, Tensor<float> z);
template void add<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y, Tensor<double> z);
template void scale_shift<float>(const Cpu& cpu, Tensor<const float> x, float scale, float shift,
                                 Tensor<float> y);
template void scale_shift<double>(const Cpu& cpu, Tensor<const double> x, double scale, double shift,
                                  Tensor<double> y);
template void gate_forward<float>(const Cpu& cpu, Tensor<const float> abc, Tensor<float> y);
template void gate_forward<double>(const Cpu& cpu, Tensor<const double> abc, Tensor<double> y);
template void gate_backward<float>(const Cpu& cpu, Tensor<const float> abc, Tensor<const float> dy,
                                   Tensor<float> dabc, Write write);
template void gate_backward<double>(const Cpu& cpu, Tensor<const double> abc, Tensor<const double> dy,
                                    Tensor<double> dabc, Write write);
template void sigmoid_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y,
                                     double* log_prob);
template void sigmoid_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y,
                                      double* log_prob);
template void sigmoid_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                      const double* dlog_prob, Tensor<float> dx);
template void sigmoid_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                       const double* dlog_prob, Tensor<double> dx);
template void sigmoid_inverse<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> x);
template void sigmoid_inverse<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> x);
template void logit_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, double* log_prob);
template void logit_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y,
                                    double* log_prob);
template void logit_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                    const double* dlog_prob, Tensor<float> dx);
template void logit_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                     const double* dlog_prob, Tensor<double> dx);
template void dequantize<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u, float levels,
                                Tensor<float> y);
template void dequantize<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> u,
                                 double levels, Tensor<double> y);
template void dequantized_logit_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u,
                                               float levels, Tensor<float> z, double* log_prob);
template void dequantized_logit_forward<double>(const Cpu& cpu, Tensor<const double> x,
                                                Tensor<const double> u, double levels, Tensor<double> z,
                                                double* log_prob);
template void dequantized_logit_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u,
                                                float levels, Tensor<const float> dz, const double* dlog_prob,
                                                Tensor<float> du);
template void dequantized_logit_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                                 Tensor<const double> u, double levels,
                                                 Tensor<const double> dz, const double* dlog_prob,
                                                 Tensor<double> du);
template void elu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void elu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void elu_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                  Tensor<float> dx, Write write);
template void elu_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                   Tensor<double> dx, Write write);
template void gelu_tanh_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void gelu_tanh_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void gelu_tanh_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                        Tensor<float> dx, Write write);
template void gelu_tanh_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                         Tensor<double> dx, Write write);
template void gelu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void gelu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void gelu_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                   Tensor<float> dx, Write write);
template void gelu_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                    Tensor<double> dx, Write write);
template void lip_swish_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                       Tensor<float> y);
template void lip_swish_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                        Tensor<double> y);
template void lip_swish_slope_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                             Tensor<float> y);
template void lip_swish_slope_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                              Tensor<double> y);
template Index lip_swish_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index lip_swish_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template void lip_swish_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* db,
                                        Scratch scratch);
template void lip_swish_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* db,
                                         Scratch scratch);
template Index lip_swish_slope_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index lip_swish_slope_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template void lip_swish_slope_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* db, Scratch scratch);
template void lip_swish_slope_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* db, Scratch scratch);
template void multiply_numbers<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y,
                                      Tensor<float> z, Write write);
template void multiply_numbers<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y,
                                       Tensor<double> z, Write write);
template void spread_channels<float>(const Cpu& cpu, const float* v, Tensor<float> y);
template void spread_channels<double>(const Cpu& cpu, const double* v, Tensor<double> y);
template Index sum_channels_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index sum_channels_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void sum_channels<float>(const Cpu& cpu, Tensor<const float> dy, float* dv, Scratch);
template void sum_channels<double>(const Cpu& cpu, Tensor<const double> dy, double* dv, Scratch);
template void spread_pixels<float>(const Cpu& cpu, Tensor<const float> v, Tensor<float> y);
template void spread_pixels<double>(const Cpu& cpu, Tensor<const double> v, Tensor<double> y);
template void sum_pixels<float>(const Cpu& cpu, Tensor<const float> dy, Tensor<float> dv);
template void sum_pixels<double>(const Cpu& cpu, Tensor<const double> dy, Tensor<double> dv);
template void sum_images<float>(const Cpu& cpu, Tensor<const float> x, double factor, double* log_prob);
template void sum_images<double>(const Cpu& cpu, Tensor<const double> x, double factor, double* log_prob);
template void spread_images<float>(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<float> dx);
template void spread_images<double>(const Cpu& cpu, double factor, const double* dlog_prob,
                                    Tensor<double> dx);
template void mixture_forward<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> x,
                                     Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void mixture_forward<double>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const double> x,
                                      Tensor<const double> raw, Tensor<double> z, double* log_prob);
template void mixture_inverse<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> z,
                                     Tensor<const float> raw, Tensor<float> x);
template void mixture_inverse<double>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const double> z,
                                      Tensor<const double> raw, Tensor<double> x);
template void mixture_backward<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> x,
                                      Tensor<const float> raw, Tensor<const float> dz,
                                      const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                      Tensor<float> draw, Write write_draw);
template void mixture_backward<double>(const Cpu& cpu, MixtureMap map, SomeWhere where,
                                       Tensor<const double> x, Tensor<const double> raw,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write_dx, Tensor<double> draw, Write write_draw);
template void mix_log_densities<float>(const Cpu& cpu, const double* densities, const float* logits,
                                       Index count, Index n, double factor, double* log_prob);
template void mix_log_densities<double>(const Cpu& cpu, const double* densities, const double* logits,
                                        Index count, Index n, double factor, double* log_prob);
template void mix_log_densities_backward<float>(const Cpu& cpu, const double* densities, const float* logits,
                                                Index count, Index n, double factor, const double* dlog_prob,
                                                double* ddensities, float* dlogits);
template void mix_log_densities_backward<double>(const Cpu& cpu, const double* densities,
                                                 const double* logits, Index count, Index n, double factor,
                                                 const double* dlog_prob, double* ddensities,
                                                 double* dlogits);
template void normal_mixture_from_noise<float>(const Cpu& cpu, Tensor<const float> u, Tensor<const float> e,
                                               Index count, const float* logits, const float* loc,
                                               const float* log_scale, float temperature, Tensor<float> x);
template void normal_mixture_from_noise<double>(const Cpu& cpu, Tensor<const double> u,
                                                Tensor<const double> e, Index count, const double* logits,
                                                const double* loc, const double* log_scale,
                                                double temperature, Tensor<double> x);
template void normal_log_prob<float>(const Cpu& cpu, Tensor<const float> x, const float* loc,
                                     const float* log_scale, double factor, double* log_prob);
template void normal_log_prob<double>(const Cpu& cpu, Tensor<const double> x, const double* loc,
                                      const double* log_scale, double factor, double* log_prob);
template void normal_log_prob_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* loc,
                                              const float* log_scale, double factor, const double* dlog_prob,
                                              Tensor<float> dx);
template void normal_log_prob_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* loc,
                                               const double* log_scale, double factor,
                                               const double* dlog_prob, Tensor<double> dx);
template Index normal_log_prob_backward_parameters_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index normal_log_prob_backward_parameters_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void normal_log_prob_backward_parameters<float>(const Cpu& cpu, Tensor<const float> x,
                                                         const float* loc, const float* log_scale,
                                                         double factor, const double* dlog_prob, float* dloc,
                                                         float* dlog_scale, Scratch);
template void normal_log_prob_backward_parameters<double>(const Cpu& cpu, Tensor<const double> x,
                                                          const double* loc, const double* log_scale,
                                                          double factor, const double* dlog_prob,
                                                          double* dloc, double* dlog_scale, Scratch);
template void normal_from_noise<float>(const Cpu& cpu, Tensor<const float> e, const float* loc,
                                       const float* log_scale, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cpu& cpu, Tensor<const double> e, const double* loc,
                                        const double* log_scale, double temperature, Tensor<double> x);
template Index normal_from_noise_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index normal_from_noise_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void normal_from_noise_backward<float>(const Cpu& cpu, Tensor<const float> e, const float* log_scale,
                                                Tensor<const float> dx, float* dloc, float* dlog_scale,
                                                Scratch);
template void normal_from_noise_backward<double>(const Cpu& cpu, Tensor<const double> e,
                                                 const double* log_scale, Tensor<const double> dx,
                                                 double* dloc, double* dlog_scale, Scratch);
template void normal_log_prob<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, double factor, double* log_prob);
template void normal_log_prob<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, double factor, double* log_prob);
template void normal_log_prob_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                              AffineLayout at, double factor, const double* dlog_prob,
                                              Tensor<float> dx, Tensor<float> draw, Write write);
template void normal_log_prob_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                               Tensor<const double> raw, AffineLayout at, double factor,
                                               const double* dlog_prob, Tensor<double> dx,
                                               Tensor<double> draw, Write write);
template void normal_from_noise<float>(const Cpu& cpu, Tensor<const float> e, Tensor<const float> raw,
                                       AffineLayout at, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cpu& cpu, Tensor<const double> e, Tensor<const double> raw,
                                        AffineLayout at, double temperature, Tensor<double> x);
template void normal_from_noise_backward<float>(const Cpu& cpu, Tensor<const float> e,
                                                Tensor<const float> raw, AffineLayout at,
                                                Tensor<const float> dx, Tensor<float> draw, Write write);
template void normal_from_noise_backward<double>(const Cpu& cpu, Tensor<const double> e,
                                                 Tensor<const double> raw, AffineLayout at,
                                                 Tensor<const double> dx, Tensor<double> draw, Write write);
template void softplus_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void softplus_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void softplus_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void softplus_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);
template void logistic_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void logistic_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void logistic_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void logistic_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);
template void concat_elu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void concat_elu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void concat_elu_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                         Tensor<float> dx, Write write);
template void concat_elu_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                          Tensor<double> dx, Write write);
template void outputs_start<float>(const Cpu&, const float* mean, const float* variance, float deviation,
                                   Index rows, Index c, float* weight, float* bias, float* started);
template void outputs_start<double>(const Cpu&, const double* mean, const double* variance, double deviation,
                                    Index rows, Index c, double* weight, double* bias, double* started);

}  // namespace densenf::kernels
