// Made by scripts/make_compiled from the headers in include/densenf/kernels/cuda: change those instead.
#include "densenf/bijectors/leaky.cuh"
#include "densenf/kernels/cuda/attention.cuh"
#include "densenf/kernels/cuda/bounded.cuh"
#include "densenf/kernels/cuda/channel_affine.cuh"
#include "densenf/kernels/cuda/coupling.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/elu.cuh"
#include "densenf/kernels/cuda/gelu.cuh"
#include "densenf/kernels/cuda/inverse.cuh"
#include "densenf/kernels/cuda/layer_norm.cuh"
#include "densenf/kernels/cuda/layout.cuh"
#include "densenf/kernels/cuda/linalg.cuh"
#include "densenf/kernels/cuda/lip_swish.cuh"
#include "densenf/kernels/cuda/map.cuh"
#include "densenf/kernels/cuda/masked.cuh"
#include "densenf/kernels/cuda/matrices.cuh"
#include "densenf/kernels/cuda/mixture.cuh"
#include "densenf/kernels/cuda/normal_mixture.cuh"
#include "densenf/kernels/cuda/normalization.cuh"
#include "densenf/kernels/cuda/optimizer.cuh"
#include "densenf/kernels/cuda/position.cuh"
#include "densenf/kernels/cuda/probability.cuh"
#include "densenf/kernels/cuda/random.cuh"
#include "densenf/kernels/cuda/rearrange.cuh"
#include "densenf/kernels/cuda/softmax_attention.cuh"
#include "densenf/kernels/cuda/softplus.cuh"
#include "densenf/kernels/cuda/surjections.cuh"
#include "densenf/kernels/cuda/unfold.cuh"
#include "densenf/kernels/cuda/units.cuh"
#include "densenf/kernels/cuda/weights.cuh"

namespace densenf::kernels {

namespace {
[[gnu::used, maybe_unused]] void (*const set_all_bits_here)(const Cuda& cuda, void* memory,
                                                            std::size_t bytes) = set_all_bits;
[[gnu::used, maybe_unused]] void (*const set_each_here)(const Cuda& cuda, double value, Index n,
                                                        double* values) = set_each;
[[gnu::used, maybe_unused]] void (*const scaled_sum_here)(const Cuda& cuda, double factor,
                                                          const double* values, Index n,
                                                          double* result) = scaled_sum;
[[gnu::used, maybe_unused]] Index (*const log_abs_det_and_inverse_scratch_bytes_here)(const Cuda&, Index c) =
    log_abs_det_and_inverse_scratch_bytes;
[[gnu::used, maybe_unused]] Index (*const invert_matrices_scratch_bytes_here)(
    const Cuda& cuda, const InvertibleMatrix* matrices, Index count) = invert_matrices_scratch_bytes;
[[gnu::used, maybe_unused]] void (*const add_to_each_here)(const Cuda& cuda, double term, Index n,
                                                           double* values) = add_to_each;
[[gnu::used, maybe_unused]] void (*const add_to_each_2_here)(const Cuda& cuda, double factor,
                                                             const double* term, Index n,
                                                             double* values) = add_to_each;
}  // namespace

template Index nystrom_forward_scratch_bytes<float>(const Cuda&, Tensor<const float> qkv);
template Index nystrom_forward_scratch_bytes<double>(const Cuda&, Tensor<const double> qkv);
template void nystrom_forward<float>(const Cuda& cuda, Tensor<const float> qkv, float* memory,
                                     Tensor<float> out, Scratch scratch);
template void nystrom_forward<double>(const Cuda& cuda, Tensor<const double> qkv, double* memory,
                                      Tensor<double> out, Scratch scratch);
template Index nystrom_backward_scratch_bytes<float>(const Cuda&, Tensor<const float> dout);
template Index nystrom_backward_scratch_bytes<double>(const Cuda&, Tensor<const double> dout);
template void nystrom_backward<float>(const Cuda& cuda, const float* memory, Tensor<const float> dout,
                                      Tensor<float> dqkv, Write write, Scratch scratch);
template void nystrom_backward<double>(const Cuda& cuda, const double* memory, Tensor<const double> dout,
                                       Tensor<double> dqkv, Write write, Scratch scratch);
template Index bound_weight_forward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float>,
                                                         Tensor<const float> u);
template Index bound_weight_forward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double>,
                                                          Tensor<const double> u);
template void bound_weight_forward<float>(const Cuda& cuda, Tensor<const float> w, Tensor<const float> u,
                                          Tensor<const float> wv, double ceiling, double epsilon,
                                          float* facts, Tensor<float> bounded, Scratch scratch);
template void bound_weight_forward<double>(const Cuda& cuda, Tensor<const double> w, Tensor<const double> u,
                                           Tensor<const double> wv, double ceiling, double epsilon,
                                           double* facts, Tensor<double> bounded, Scratch scratch);
template Index bound_weight_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> w,
                                                          Tensor<const float>);
template Index bound_weight_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> w,
                                                           Tensor<const double>);
template void bound_weight_backward<float>(const Cuda& cuda, Tensor<const float> w, Tensor<const float> u,
                                           const float* facts, Tensor<const float> dbounded, Tensor<float> dw,
                                           Write write, Tensor<float> dwv, Write write_wv, Scratch scratch);
template void bound_weight_backward<double>(const Cuda& cuda, Tensor<const double> w, Tensor<const double> u,
                                            const double* facts, Tensor<const double> dbounded,
                                            Tensor<double> dw, Write write, Tensor<double> dwv,
                                            Write write_wv, Scratch scratch);
template void norming_vector<float>(const Cuda& cuda, Tensor<const float> x, double order, Tensor<float> y);
template void norming_vector<double>(const Cuda& cuda, Tensor<const double> x, double order,
                                     Tensor<double> y);
template void scale_by_number_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* s,
                                             Tensor<float> y);
template void scale_by_number_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* s,
                                              Tensor<double> y);
template Index scale_by_number_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index scale_by_number_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void scale_by_number_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* s,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* ds, Scratch scratch);
template void scale_by_number_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* s,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* ds, Scratch scratch);
template void fixed_point_step<float>(const Cuda& cuda, Tensor<const float> z, Tensor<const float> g,
                                      double tolerance, const double* squares, Tensor<float> x,
                                      double* moved);
template void fixed_point_step<double>(const Cuda& cuda, Tensor<const double> z, Tensor<const double> g,
                                       double tolerance, const double* squares, Tensor<double> x,
                                       double* moved);
template Index channel_affine_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index channel_affine_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void channel_affine_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* log_scale,
                                             Tensor<const float> dy, const double* dlog_prob,
                                             Tensor<float> dx, Write write, float* dlog_scale, float* dbias,
                                             Scratch scratch);
template void channel_affine_backward<double>(const Cuda& cuda, Tensor<const double> x,
                                              const double* log_scale, Tensor<const double> dy,
                                              const double* dlog_prob, Tensor<double> dx, Write write,
                                              double* dlog_scale, double* dbias, Scratch scratch);
template void start_scale_and_bias<float>(const Cuda& cuda, const float* mean, const float* variance,
                                          Index pixels, Index channels, float spread, float floor,
                                          bool logarithmic, float* scale, float* bias, const float* started);
template void start_scale_and_bias<double>(const Cuda& cuda, const double* mean, const double* variance,
                                           Index pixels, Index channels, double spread, double floor,
                                           bool logarithmic, double* scale, double* bias,
                                           const double* started);
template void affine_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_inverse<float>(const Cuda& cuda, Tensor<const float> z, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> x);
template void affine_inverse<double>(const Cuda& cuda, Tensor<const double> z, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> x);
template void affine_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
                                     Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
                                      Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                      Write write_draw);
template void log_scale_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* a,
                                       Tensor<float> y);
template void log_scale_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* a,
                                        Tensor<double> y);
template Index log_scale_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index log_scale_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void log_scale_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* a,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* da,
                                        Scratch scratch);
template void log_scale_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* a,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* da,
                                         Scratch scratch);
template void fill_zero<float>(const Cuda& cuda, Tensor<float> x);
template void fill_zero<double>(const Cuda& cuda, Tensor<double> x);
template void copy<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void copy<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y, Write write);
template void accumulate_scaled<float>(const Cuda& cuda, Tensor<const float> x, float factor,
                                       Tensor<float> y);
template void accumulate_scaled<double>(const Cuda& cuda, Tensor<const double> x, double factor,
                                        Tensor<double> y);
template void add<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> y, Tensor<float> z);
template void add<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> y, Tensor<double> z);
template void scale_shift<float>(const Cuda& cuda, Tensor<const float> x, float scale, float shift,
                                 Tensor<float> y);
template void scale_shift<double>(const Cuda& cuda, Tensor<const double> x, double scale, double shift,
                                  Tensor<double> y);
template void gate_forward<float>(const Cuda& cuda, Tensor<const float> abc, Tensor<float> y);
template void gate_forward<double>(const Cuda& cuda, Tensor<const double> abc, Tensor<double> y);
template void gate_backward<float>(const Cuda& cuda, Tensor<const float> abc, Tensor<const float> dy,
                                   Tensor<float> dabc, Write write);
template void gate_backward<double>(const Cuda& cuda, Tensor<const double> abc, Tensor<const double> dy,
                                    Tensor<double> dabc, Write write);
template void sigmoid_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y,
                                     double* log_prob);
template void sigmoid_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y,
                                      double* log_prob);
template void sigmoid_backward<float>(const Cuda& cuda, Tensor<const float> y, Tensor<const float> dy,
                                      const double* dlog_prob, Tensor<float> dx);
template void sigmoid_backward<double>(const Cuda& cuda, Tensor<const double> y, Tensor<const double> dy,
                                       const double* dlog_prob, Tensor<double> dx);
template void sigmoid_inverse<float>(const Cuda& cuda, Tensor<const float> y, Tensor<float> x);
template void sigmoid_inverse<double>(const Cuda& cuda, Tensor<const double> y, Tensor<double> x);
template void logit_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y,
                                   double* log_prob);
template void logit_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y,
                                    double* log_prob);
template void logit_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                    const double* dlog_prob, Tensor<float> dx);
template void logit_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                     const double* dlog_prob, Tensor<double> dx);
template void dequantize<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> u, float levels,
                                Tensor<float> y);
template void dequantize<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> u,
                                 double levels, Tensor<double> y);
template void dequantized_logit_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> u,
                                               float levels, Tensor<float> z, double* log_prob);
template void dequantized_logit_forward<double>(const Cuda& cuda, Tensor<const double> x,
                                                Tensor<const double> u, double levels, Tensor<double> z,
                                                double* log_prob);
template void dequantized_logit_backward<float>(const Cuda& cuda, Tensor<const float> x,
                                                Tensor<const float> u, float levels, Tensor<const float> dz,
                                                const double* dlog_prob, Tensor<float> du);
template void dequantized_logit_backward<double>(const Cuda& cuda, Tensor<const double> x,
                                                 Tensor<const double> u, double levels,
                                                 Tensor<const double> dz, const double* dlog_prob,
                                                 Tensor<double> du);
template void fill_one_hot<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void fill_one_hot<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template Index all_finite_scratch_bytes<float>(const Cuda&, Tensor<const float>);
template Index all_finite_scratch_bytes<double>(const Cuda&, Tensor<const double>);
template bool all_finite<float>(const Cuda& cuda, Tensor<const float> x, Scratch scratch);
template bool all_finite<double>(const Cuda& cuda, Tensor<const double> x, Scratch scratch);
template void elu_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void elu_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void elu_backward<float>(const Cuda& cuda, Tensor<const float> y, Tensor<const float> dy,
                                  Tensor<float> dx, Write write);
template void elu_backward<double>(const Cuda& cuda, Tensor<const double> y, Tensor<const double> dy,
                                   Tensor<double> dx, Write write);
template void gelu_tanh_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void gelu_tanh_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void gelu_tanh_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                        Tensor<float> dx, Write write);
template void gelu_tanh_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                         Tensor<double> dx, Write write);
template void gelu_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void gelu_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void gelu_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                   Tensor<float> dx, Write write);
template void gelu_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                    Tensor<double> dx, Write write);
template void log_abs_det_and_inverse<float>(const Cuda& cuda, const float* w, Index c, float* inverse,
                                             double* log_det, Scratch scratch);
template void log_abs_det_and_inverse<double>(const Cuda& cuda, const double* w, Index c, double* inverse,
                                              double* log_det, Scratch scratch);
template void invert_matrices<float>(const Cuda& cuda, const InvertibleMatrix* matrices, Index count,
                                     bool all, const float* parameters, float* seen, float* inverses,
                                     double* log_dets, Scratch scratch);
template void invert_matrices<double>(const Cuda& cuda, const InvertibleMatrix* matrices, Index count,
                                      bool all, const double* parameters, double* seen, double* inverses,
                                      double* log_dets, Scratch scratch);
template void layer_norm_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* gain,
                                        const float* bias, float eps, float* statistics, Tensor<float> y);
template void layer_norm_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* gain,
                                         const double* bias, double eps, double* statistics,
                                         Tensor<double> y);
template Index layer_norm_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index layer_norm_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void layer_norm_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* statistics,
                                         const float* gain, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dgain, float* dbias, Scratch scratch);
template void layer_norm_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* statistics,
                                          const double* gain, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dgain, double* dbias, Scratch scratch);
template void squeeze<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> z, Write write,
                             SqueezeOrder order);
template void squeeze<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> z, Write write,
                              SqueezeOrder order);
template void unsqueeze<float>(const Cuda& cuda, Tensor<const float> z, Tensor<float> x, Write write,
                               SqueezeOrder order);
template void unsqueeze<double>(const Cuda& cuda, Tensor<const double> z, Tensor<double> x, Write write,
                                SqueezeOrder order);
template void to_patches<float>(const Cuda& cuda, Tensor<const float> x, Index side, Tensor<float> z,
                                Write write);
template void to_patches<double>(const Cuda& cuda, Tensor<const double> x, Index side, Tensor<double> z,
                                 Write write);
template void from_patches<float>(const Cuda& cuda, Tensor<const float> z, Index side, Tensor<float> x,
                                  Write write);
template void from_patches<double>(const Cuda& cuda, Tensor<const double> z, Index side, Tensor<double> x,
                                   Write write);
template void rotate_channels<float>(const Cuda& cuda, Tensor<const float> x, Index first, Tensor<float> y,
                                     Write write);
template void rotate_channels<double>(const Cuda& cuda, Tensor<const double> x, Index first, Tensor<double> y,
                                      Write write);
template void deal_channels<float>(const Cuda& cuda, Tensor<const float> x, Index hands, Tensor<float> y,
                                   Write write);
template void deal_channels<double>(const Cuda& cuda, Tensor<const double> x, Index hands, Tensor<double> y,
                                    Write write);
template void log_abs_det_backward<float>(const Cuda& cuda, const float* inverse, Index c, double factor,
                                          const double* dlog_prob, Index n, float* dw);
template void log_abs_det_backward<double>(const Cuda& cuda, const double* inverse, Index c, double factor,
                                           const double* dlog_prob, Index n, double* dw);
template Index lu_compose_scratch_bytes<float>(const Cuda&, Index);
template Index lu_compose_scratch_bytes<double>(const Cuda&, Index);
template void lu_compose<float>(const Cuda& cuda, const float* lower, const float* upper, const float* log_s,
                                const float* sign, Index c, float* w, Scratch);
template void lu_compose<double>(const Cuda& cuda, const double* lower, const double* upper,
                                 const double* log_s, const double* sign, Index c, double* w, Scratch);
template Index lu_backward_scratch_bytes<float>(const Cuda&, Index);
template Index lu_backward_scratch_bytes<double>(const Cuda&, Index);
template void lu_backward<float>(const Cuda& cuda, const float* lower, const float* upper, const float* log_s,
                                 const float* sign, const float* dw, Index c, float* dlower, float* dupper,
                                 float* dlog_s, Scratch);
template void lu_backward<double>(const Cuda& cuda, const double* lower, const double* upper,
                                  const double* log_s, const double* sign, const double* dw, Index c,
                                  double* dlower, double* dupper, double* dlog_s, Scratch);
template void add_sum_to_each<float>(const Cuda& cuda, double factor, const float* v, Index c, Index n,
                                     double* values);
template void add_sum_to_each<double>(const Cuda& cuda, double factor, const double* v, Index c, Index n,
                                      double* values);
template void add_sum_to_each_backward<float>(const Cuda& cuda, double factor, const double* dvalues, Index n,
                                              Index c, float* dv);
template void add_sum_to_each_backward<double>(const Cuda& cuda, double factor, const double* dvalues,
                                               Index n, Index c, double* dv);
template void lip_swish_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* b,
                                       Tensor<float> y);
template void lip_swish_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* b,
                                        Tensor<double> y);
template void lip_swish_slope_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* b,
                                             Tensor<float> y);
template void lip_swish_slope_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* b,
                                              Tensor<double> y);
template Index lip_swish_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index lip_swish_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void lip_swish_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* b,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* db,
                                        Scratch scratch);
template void lip_swish_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* b,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* db,
                                         Scratch scratch);
template Index lip_swish_slope_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index lip_swish_slope_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void lip_swish_slope_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* b,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* db, Scratch scratch);
template void lip_swish_slope_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* b,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* db, Scratch scratch);
template void multiply_numbers<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> y,
                                      Tensor<float> z, Write write);
template void multiply_numbers<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> y,
                                       Tensor<double> z, Write write);
template void spread_channels<float>(const Cuda& cuda, const float* v, Tensor<float> y);
template void spread_channels<double>(const Cuda& cuda, const double* v, Tensor<double> y);
template Index sum_channels_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> dy);
template Index sum_channels_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> dy);
template void sum_channels<float>(const Cuda& cuda, Tensor<const float> dy, float* dv, Scratch scratch);
template void sum_channels<double>(const Cuda& cuda, Tensor<const double> dy, double* dv, Scratch scratch);
template void spread_pixels<float>(const Cuda& cuda, Tensor<const float> v, Tensor<float> y);
template void spread_pixels<double>(const Cuda& cuda, Tensor<const double> v, Tensor<double> y);
template void sum_pixels<float>(const Cuda& cuda, Tensor<const float> dy, Tensor<float> dv);
template void sum_pixels<double>(const Cuda& cuda, Tensor<const double> dy, Tensor<double> dv);
template void sum_images<float>(const Cuda& cuda, Tensor<const float> x, double factor, double* log_prob);
template void sum_images<double>(const Cuda& cuda, Tensor<const double> x, double factor, double* log_prob);
template void spread_images<float>(const Cuda& cuda, double factor, const double* dlog_prob,
                                   Tensor<float> dx);
template void spread_images<double>(const Cuda& cuda, double factor, const double* dlog_prob,
                                    Tensor<double> dx);
template void order_weight<float>(const Cuda& cuda, DegreeMask mask, Tensor<const float> w,
                                  Tensor<float> ordered);
template void order_weight<double>(const Cuda& cuda, DegreeMask mask, Tensor<const double> w,
                                   Tensor<double> ordered);
template void order_weight_backward<float>(const Cuda& cuda, DegreeMask mask, Tensor<const float> dordered,
                                           Tensor<float> dw, Write write);
template void order_weight_backward<double>(const Cuda& cuda, DegreeMask mask, Tensor<const double> dordered,
                                            Tensor<double> dw, Write write);
template void sort_weight<float>(const Cuda& cuda, Degrees in, Degrees out, Tensor<const float> w,
                                 Tensor<float> sorted);
template void sort_weight<double>(const Cuda& cuda, Degrees in, Degrees out, Tensor<const double> w,
                                  Tensor<double> sorted);
template void sort_weight_backward<float>(const Cuda& cuda, Degrees in, Degrees out,
                                          Tensor<const float> dsorted, Tensor<float> dw);
template void sort_weight_backward<double>(const Cuda& cuda, Degrees in, Degrees out,
                                           Tensor<const double> dsorted, Tensor<double> dw);
template void partial_products<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> w,
                                      const float* bias, Activation activation, Tensor<float> y);
template void partial_products<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> w,
                                       const double* bias, Activation activation, Tensor<double> y);
template void partial_products_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> w,
                                               Tensor<const float> y, Activation activation, Tensor<float> dy,
                                               Tensor<float> dx, Tensor<float> dw, float* dbias);
template void partial_products_backward<double>(const Cuda& cuda, Tensor<const double> x,
                                                Tensor<const double> w, Tensor<const double> y,
                                                Activation activation, Tensor<double> dy, Tensor<double> dx,
                                                Tensor<double> dw, double* dbias);
template void multiply_matrices<float>(const Cuda& cuda, Tensor<const float> a, Tensor<const float> b,
                                       MatrixForm form, Tensor<float> y, Write write);
template void multiply_matrices<double>(const Cuda& cuda, Tensor<const double> a, Tensor<const double> b,
                                        MatrixForm form, Tensor<double> y, Write write);
template void softmax_forward<float>(const Cuda& cuda, Tensor<const float> x, AttentionMask mask,
                                     Tensor<float> y);
template void softmax_forward<double>(const Cuda& cuda, Tensor<const double> x, AttentionMask mask,
                                      Tensor<double> y);
template void softmax_backward<float>(const Cuda& cuda, Tensor<const float> y, Tensor<const float> dy,
                                      Tensor<float> dx, Write write);
template void softmax_backward<double>(const Cuda& cuda, Tensor<const double> y, Tensor<const double> dy,
                                       Tensor<double> dx, Write write);
template void total_channels<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void total_channels<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y, Write write);
template void mark_largest<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void mark_largest<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void planes_as_pixels<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void planes_as_pixels<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y,
                                       Write write);
template void pixels_as_planes<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void pixels_as_planes<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y,
                                       Write write);
template void mixture_forward<float>(const Cuda& cuda, MixtureMap map, SomeWhere where, Tensor<const float> x,
                                     Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void mixture_forward<double>(const Cuda& cuda, MixtureMap map, SomeWhere where,
                                      Tensor<const double> x, Tensor<const double> raw, Tensor<double> z,
                                      double* log_prob);
template void mixture_inverse<float>(const Cuda& cuda, MixtureMap map, SomeWhere where, Tensor<const float> z,
                                     Tensor<const float> raw, Tensor<float> x);
template void mixture_inverse<double>(const Cuda& cuda, MixtureMap map, SomeWhere where,
                                      Tensor<const double> z, Tensor<const double> raw, Tensor<double> x);
template void mixture_backward<float>(const Cuda& cuda, MixtureMap map, SomeWhere where,
                                      Tensor<const float> x, Tensor<const float> raw, Tensor<const float> dz,
                                      const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                      Tensor<float> draw, Write write_draw);
template void mixture_backward<double>(const Cuda& cuda, MixtureMap map, SomeWhere where,
                                       Tensor<const double> x, Tensor<const double> raw,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write_dx, Tensor<double> draw, Write write_draw);
template void mix_log_densities<float>(const Cuda& cuda, const double* densities, const float* logits,
                                       Index count, Index n, double factor, double* log_prob);
template void mix_log_densities<double>(const Cuda& cuda, const double* densities, const double* logits,
                                        Index count, Index n, double factor, double* log_prob);
template void mix_log_densities_backward<float>(const Cuda& cuda, const double* densities,
                                                const float* logits, Index count, Index n, double factor,
                                                const double* dlog_prob, double* ddensities, float* dlogits);
template void mix_log_densities_backward<double>(const Cuda& cuda, const double* densities,
                                                 const double* logits, Index count, Index n, double factor,
                                                 const double* dlog_prob, double* ddensities,
                                                 double* dlogits);
template void normal_mixture_from_noise<float>(const Cuda& cuda, Tensor<const float> u, Tensor<const float> e,
                                               Index count, const float* logits, const float* loc,
                                               const float* log_scale, float temperature, Tensor<float> x);
template void normal_mixture_from_noise<double>(const Cuda& cuda, Tensor<const double> u,
                                                Tensor<const double> e, Index count, const double* logits,
                                                const double* loc, const double* log_scale,
                                                double temperature, Tensor<double> x);
template Index channel_statistics_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index channel_statistics_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void channel_statistics<float>(const Cuda& cuda, Tensor<const float> x, float* mean, float* variance,
                                        Scratch scratch);
template void channel_statistics<double>(const Cuda& cuda, Tensor<const double> x, double* mean,
                                         double* variance, Scratch scratch);
template bool is_zero<float>(const Cuda& cuda, const float* flag);
template bool is_zero<double>(const Cuda& cuda, const double* flag);
template void actnorm_start<float>(const Cuda& cuda, Tensor<const float> x, float* shift, float* log_scale,
                                   float* started, float shift_factor, float log_factor, bool unbiased,
                                   float floor);
template void actnorm_start<double>(const Cuda& cuda, Tensor<const double> x, double* shift,
                                    double* log_scale, double* started, double shift_factor,
                                    double log_factor, bool unbiased, double floor);
template void actnorm_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* shift,
                                     const float* log_scale, Tensor<float> z, double* log_prob);
template void actnorm_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* shift,
                                      const double* log_scale, Tensor<double> z, double* log_prob);
template void actnorm_inverse<float>(const Cuda& cuda, Tensor<const float> z, const float* shift,
                                     const float* log_scale, Tensor<float> x);
template void actnorm_inverse<double>(const Cuda& cuda, Tensor<const double> z, const double* shift,
                                      const double* log_scale, Tensor<double> x);
template Index actnorm_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> z);
template Index actnorm_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> z);
template void actnorm_backward<float>(const Cuda& cuda, Tensor<const float> z, const float* log_scale,
                                      Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                      Write write, float* dshift, float* dlog_scale, Scratch scratch);
template void actnorm_backward<double>(const Cuda& cuda, Tensor<const double> z, const double* log_scale,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write, double* dshift, double* dlog_scale, Scratch scratch);
template void batch_norm_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* mean,
                                        const float* variance, float eps, const float* weight,
                                        const float* bias, Activation activation, Tensor<float> y);
template void batch_norm_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* mean,
                                         const double* variance, double eps, const double* weight,
                                         const double* bias, Activation activation, Tensor<double> y);
template void batch_norm_update<float>(const Cuda& cuda, Index channels, Index pixels, float momentum,
                                       const float* mean, const float* variance, const float* running_mean,
                                       const float* running_variance, float* next_mean, float* next_variance,
                                       bool make_unbiased);
template void batch_norm_update<double>(const Cuda& cuda, Index channels, Index pixels, double momentum,
                                        const double* mean, const double* variance,
                                        const double* running_mean, const double* running_variance,
                                        double* next_mean, double* next_variance, bool make_unbiased);
template Index batch_norm_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index batch_norm_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void batch_norm_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* mean,
                                         const float* variance, float eps, const float* weight,
                                         bool from_batch, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dweight, float* dbias, Scratch scratch);
template void batch_norm_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* mean,
                                          const double* variance, double eps, const double* weight,
                                          bool from_batch, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dweight, double* dbias, Scratch scratch);
template void optimizer_pass<float, AdamaxRule<float>>(const Cuda& cuda, const AdamaxRule<float>& rule,
                                                       float* parameters, float* gradients, float* moments,
                                                       Index n);
template void optimizer_pass<float, AdamRule<float>>(const Cuda& cuda, const AdamRule<float>& rule,
                                                     float* parameters, float* gradients, float* moments,
                                                     Index n);
template void optimizer_pass<float, SgdRule<float>>(const Cuda& cuda, const SgdRule<float>& rule,
                                                    float* parameters, float* gradients, float* moments,
                                                    Index n);
template void optimizer_pass<double, AdamaxRule<double>>(const Cuda& cuda, const AdamaxRule<double>& rule,
                                                         double* parameters, double* gradients,
                                                         double* moments, Index n);
template void optimizer_pass<double, AdamRule<double>>(const Cuda& cuda, const AdamRule<double>& rule,
                                                       double* parameters, double* gradients, double* moments,
                                                       Index n);
template void optimizer_pass<double, SgdRule<double>>(const Cuda& cuda, const SgdRule<double>& rule,
                                                      double* parameters, double* gradients, double* moments,
                                                      Index n);
template void average_pass<float>(const Cuda& cuda, const AverageRule<float>& rule, float* averages,
                                  const float* values, Index n);
template void average_pass<double>(const Cuda& cuda, const AverageRule<double>& rule, double* averages,
                                   const double* values, Index n);
template Index squared_norm_scratch_bytes<float>(const Cuda& cuda, const float* x, Index n);
template Index squared_norm_scratch_bytes<double>(const Cuda& cuda, const double* x, Index n);
template void squared_norm<float>(const Cuda& cuda, const float* x, Index n, double* result, Scratch scratch);
template void squared_norm<double>(const Cuda& cuda, const double* x, Index n, double* result,
                                   Scratch scratch);
template void optimizer_pass<float, AdamaxRule<float>>(const Cuda& cuda, const AdamaxRule<float>* rule,
                                                       const StepFacts& facts, float* parameters,
                                                       float* gradients, float* moments, Index n);
template void optimizer_pass<float, AdamRule<float>>(const Cuda& cuda, const AdamRule<float>* rule,
                                                     const StepFacts& facts, float* parameters,
                                                     float* gradients, float* moments, Index n);
template void optimizer_pass<float, SgdRule<float>>(const Cuda& cuda, const SgdRule<float>* rule,
                                                    const StepFacts& facts, float* parameters,
                                                    float* gradients, float* moments, Index n);
template void optimizer_pass<double, AdamaxRule<double>>(const Cuda& cuda, const AdamaxRule<double>* rule,
                                                         const StepFacts& facts, double* parameters,
                                                         double* gradients, double* moments, Index n);
template void optimizer_pass<double, AdamRule<double>>(const Cuda& cuda, const AdamRule<double>* rule,
                                                       const StepFacts& facts, double* parameters,
                                                       double* gradients, double* moments, Index n);
template void optimizer_pass<double, SgdRule<double>>(const Cuda& cuda, const SgdRule<double>* rule,
                                                      const StepFacts& facts, double* parameters,
                                                      double* gradients, double* moments, Index n);
template void assign_pass<float>(const Cuda& cuda, const StepFacts& facts, const float* from, float* to,
                                 Index n);
template void assign_pass<double>(const Cuda& cuda, const StepFacts& facts, const double* from, double* to,
                                  Index n);
template void average_pass<float>(const Cuda& cuda, const AverageRule<float>& rule, const StepFacts& facts,
                                  float* averages, const float* values, Index n);
template void average_pass<double>(const Cuda& cuda, const AverageRule<double>& rule, const StepFacts& facts,
                                   double* averages, const double* values, Index n);
template void add_positions<float>(const Cuda& cuda, Tensor<const float> x, const float* v, Tensor<float> y);
template void add_positions<double>(const Cuda& cuda, Tensor<const double> x, const double* v,
                                    Tensor<double> y);
template void sum_positions<float>(const Cuda& cuda, Tensor<const float> dy, float* dv);
template void sum_positions<double>(const Cuda& cuda, Tensor<const double> dy, double* dv);
template void position_affine_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* scale,
                                             const float* shift, Tensor<float> z, double* log_prob);
template void position_affine_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* scale,
                                              const double* shift, Tensor<double> z, double* log_prob);
template void position_affine_inverse<float>(const Cuda& cuda, Tensor<const float> z, const float* scale,
                                             const float* shift, Tensor<float> x);
template void position_affine_inverse<double>(const Cuda& cuda, Tensor<const double> z, const double* scale,
                                              const double* shift, Tensor<double> x);
template void position_affine_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* scale,
                                              Tensor<const float> dz, const double* dlog_prob,
                                              Tensor<float> dx, Write write, float* dscale, float* dshift);
template void position_affine_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* scale,
                                               Tensor<const double> dz, const double* dlog_prob,
                                               Tensor<double> dx, Write write, double* dscale,
                                               double* dshift);
template void position_affine_start<float>(const Cuda& cuda, Tensor<const float> x, float* scale,
                                           float* shift, float* started);
template void position_affine_start<double>(const Cuda& cuda, Tensor<const double> x, double* scale,
                                            double* shift, double* started);
template void normal_log_prob<float>(const Cuda& cuda, Tensor<const float> x, const float* loc,
                                     const float* log_scale, double factor, double* log_prob);
template void normal_log_prob<double>(const Cuda& cuda, Tensor<const double> x, const double* loc,
                                      const double* log_scale, double factor, double* log_prob);
template void normal_log_prob_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* loc,
                                              const float* log_scale, double factor, const double* dlog_prob,
                                              Tensor<float> dx);
template void normal_log_prob_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* loc,
                                               const double* log_scale, double factor,
                                               const double* dlog_prob, Tensor<double> dx);
template Index normal_log_prob_backward_parameters_scratch_bytes<float>(const Cuda& cuda,
                                                                        Tensor<const float> x);
template Index normal_log_prob_backward_parameters_scratch_bytes<double>(const Cuda& cuda,
                                                                         Tensor<const double> x);
template void normal_log_prob_backward_parameters<float>(const Cuda& cuda, Tensor<const float> x,
                                                         const float* loc, const float* log_scale,
                                                         double factor, const double* dlog_prob, float* dloc,
                                                         float* dlog_scale, Scratch scratch);
template void normal_log_prob_backward_parameters<double>(const Cuda& cuda, Tensor<const double> x,
                                                          const double* loc, const double* log_scale,
                                                          double factor, const double* dlog_prob,
                                                          double* dloc, double* dlog_scale, Scratch scratch);
template void normal_from_noise<float>(const Cuda& cuda, Tensor<const float> e, const float* loc,
                                       const float* log_scale, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cuda& cuda, Tensor<const double> e, const double* loc,
                                        const double* log_scale, double temperature, Tensor<double> x);
template Index normal_from_noise_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> e);
template Index normal_from_noise_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> e);
template void normal_from_noise_backward<float>(const Cuda& cuda, Tensor<const float> e,
                                                const float* log_scale, Tensor<const float> dx, float* dloc,
                                                float* dlog_scale, Scratch scratch);
template void normal_from_noise_backward<double>(const Cuda& cuda, Tensor<const double> e,
                                                 const double* log_scale, Tensor<const double> dx,
                                                 double* dloc, double* dlog_scale, Scratch scratch);
template void normal_log_prob<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, double factor, double* log_prob);
template void normal_log_prob<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, double factor, double* log_prob);
template void normal_log_prob_backward<float>(const Cuda& cuda, Tensor<const float> x,
                                              Tensor<const float> raw, AffineLayout at, double factor,
                                              const double* dlog_prob, Tensor<float> dx, Tensor<float> draw,
                                              Write write);
template void normal_log_prob_backward<double>(const Cuda& cuda, Tensor<const double> x,
                                               Tensor<const double> raw, AffineLayout at, double factor,
                                               const double* dlog_prob, Tensor<double> dx,
                                               Tensor<double> draw, Write write);
template void normal_from_noise<float>(const Cuda& cuda, Tensor<const float> e, Tensor<const float> raw,
                                       AffineLayout at, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cuda& cuda, Tensor<const double> e, Tensor<const double> raw,
                                        AffineLayout at, double temperature, Tensor<double> x);
template void normal_from_noise_backward<float>(const Cuda& cuda, Tensor<const float> e,
                                                Tensor<const float> raw, AffineLayout at,
                                                Tensor<const float> dx, Tensor<float> draw, Write write);
template void normal_from_noise_backward<double>(const Cuda& cuda, Tensor<const double> e,
                                                 Tensor<const double> raw, AffineLayout at,
                                                 Tensor<const double> dx, Tensor<double> draw, Write write);
template void fill_normal<float>(const Cuda& cuda, const NoiseKey& key, Index first_element,
                                 Tensor<float> out, const NoiseShift* shift);
template void fill_normal<double>(const Cuda& cuda, const NoiseKey& key, Index first_element,
                                  Tensor<double> out, const NoiseShift* shift);
template void fill_uniform<float>(const Cuda& cuda, const NoiseKey& key, Index first_element,
                                  Tensor<float> out, const NoiseShift* shift);
template void fill_uniform<double>(const Cuda& cuda, const NoiseKey& key, Index first_element,
                                   Tensor<double> out, const NoiseShift* shift);
template void reverse_channels<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void reverse_channels<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y,
                                       Write write);
template void flatten<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y, Write write);
template void flatten<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y, Write write);
template void unflatten<float>(const Cuda& cuda, Tensor<const float> y, Tensor<float> x, Write write);
template void unflatten<double>(const Cuda& cuda, Tensor<const double> y, Tensor<double> x, Write write);
template void shift_pixels<float>(const Cuda& cuda, Tensor<const float> x, Index by, Tensor<float> y,
                                  Write write);
template void shift_pixels<double>(const Cuda& cuda, Tensor<const double> x, Index by, Tensor<double> y,
                                   Write write);
template void scatter_pixels<float>(const Cuda& cuda, const float* place, Tensor<const float> x,
                                    Tensor<float> y);
template void scatter_pixels<double>(const Cuda& cuda, const double* place, Tensor<const double> x,
                                     Tensor<double> y);
template void gather_pixels<float>(const Cuda& cuda, const float* place, Tensor<const float> x,
                                   Tensor<float> y, Write write);
template void gather_pixels<double>(const Cuda& cuda, const double* place, Tensor<const double> x,
                                    Tensor<double> y, Write write);
template void reorder<float>(const Cuda& cuda, OrderOf parts, const float* order, Tensor<const float> x,
                             Tensor<float> y, Write write);
template void reorder<double>(const Cuda& cuda, OrderOf parts, const double* order, Tensor<const double> x,
                              Tensor<double> y, Write write);
template void restore_order<float>(const Cuda& cuda, OrderOf parts, const float* order, Tensor<const float> y,
                                   Tensor<float> x, Write write);
template void restore_order<double>(const Cuda& cuda, OrderOf parts, const double* order,
                                    Tensor<const double> y, Tensor<double> x, Write write);
template void triangle_to_weight<float>(const Cuda& cuda, Triangle triangle, const float* entries,
                                        Tensor<float> w);
template void triangle_to_weight<double>(const Cuda& cuda, Triangle triangle, const double* entries,
                                         Tensor<double> w);
template void triangle_to_weight_backward<float>(const Cuda& cuda, Triangle triangle, Tensor<const float> dw,
                                                 float* dentries);
template void triangle_to_weight_backward<double>(const Cuda& cuda, Triangle triangle,
                                                  Tensor<const double> dw, double* dentries);
template Index softmax_attention_forward_scratch_bytes<float>(const Cuda&, Tensor<const float>,
                                                              Tensor<const float>, Tensor<const float>,
                                                              Index);
template Index softmax_attention_forward_scratch_bytes<double>(const Cuda&, Tensor<const double>,
                                                               Tensor<const double>, Tensor<const double>,
                                                               Index);
template void softmax_attention_forward<float>(const Cuda& cuda, Tensor<const float> q, Tensor<const float> k,
                                               Tensor<const float> v, Index heads, AttentionMask mask,
                                               float* log_sums, Tensor<float> out, Scratch);
template void softmax_attention_forward<double>(const Cuda& cuda, Tensor<const double> q,
                                                Tensor<const double> k, Tensor<const double> v, Index heads,
                                                AttentionMask mask, double* log_sums, Tensor<double> out,
                                                Scratch);
template Index softmax_attention_backward_scratch_bytes<float>(const Cuda&, Tensor<const float> q,
                                                               Tensor<const float>, Tensor<const float>,
                                                               Index heads);
template Index softmax_attention_backward_scratch_bytes<double>(const Cuda&, Tensor<const double> q,
                                                                Tensor<const double>, Tensor<const double>,
                                                                Index heads);
template void softmax_attention_backward<float>(const Cuda& cuda, Tensor<const float> q,
                                                Tensor<const float> k, Tensor<const float> v, Index heads,
                                                AttentionMask mask, const float* log_sums,
                                                Tensor<const float> out, Tensor<const float> dout,
                                                Tensor<float> dq, Tensor<float> dk, Tensor<float> dv,
                                                Scratch scratch);
template void softmax_attention_backward<double>(const Cuda& cuda, Tensor<const double> q,
                                                 Tensor<const double> k, Tensor<const double> v, Index heads,
                                                 AttentionMask mask, const double* log_sums,
                                                 Tensor<const double> out, Tensor<const double> dout,
                                                 Tensor<double> dq, Tensor<double> dk, Tensor<double> dv,
                                                 Scratch scratch);
template void softplus_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void softplus_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void softplus_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void softplus_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);
template void logistic_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void logistic_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void logistic_backward<float>(const Cuda& cuda, Tensor<const float> y, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void logistic_backward<double>(const Cuda& cuda, Tensor<const double> y, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);
template void max_pool_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> z,
                                      Tensor<float> below, Tensor<float> place);
template void max_pool_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> z,
                                       Tensor<double> below, Tensor<double> place);
template void max_pool_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dz,
                                       Tensor<const float> dbelow, Tensor<float> dx, Write write);
template void max_pool_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dz,
                                        Tensor<const double> dbelow, Tensor<double> dx, Write write);
template void max_pool_inverse<float>(const Cuda& cuda, Tensor<const float> z, Tensor<const float> below,
                                      Tensor<const float> place, Tensor<float> x);
template void max_pool_inverse<double>(const Cuda& cuda, Tensor<const double> z, Tensor<const double> below,
                                       Tensor<const double> place, Tensor<double> x);
template void sort_pixels<float>(const Cuda& cuda, Tensor<const float> x, Index key, Tensor<float> order);
template void sort_pixels<double>(const Cuda& cuda, Tensor<const double> x, Index key, Tensor<double> order);
template void take_pixels<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> order,
                                 Tensor<float> y, Write write);
template void take_pixels<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> order,
                                  Tensor<double> y, Write write);
template void put_pixels<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> order,
                                Tensor<float> y, Write write);
template void put_pixels<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> order,
                                 Tensor<double> y, Write write);
template void unfold<float>(const Cuda& cuda, Tensor<const float> x, const Taps& taps, Tensor<float> y,
                            Write write);
template void unfold<double>(const Cuda& cuda, Tensor<const double> x, const Taps& taps, Tensor<double> y,
                             Write write);
template void fold<float>(const Cuda& cuda, Tensor<const float> y, const Taps& taps, Tensor<float> x,
                          Write write);
template void fold<double>(const Cuda& cuda, Tensor<const double> y, const Taps& taps, Tensor<double> x,
                           Write write);
template void concat_elu_forward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<float> y);
template void concat_elu_forward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<double> y);
template void concat_elu_backward<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                         Tensor<float> dx, Write write);
template void concat_elu_backward<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                          Tensor<double> dx, Write write);
template void outputs_start<float>(const Cuda& cuda, const float* mean, const float* variance,
                                   float deviation, Index rows, Index c, float* weight, float* bias,
                                   float* started);
template void outputs_start<double>(const Cuda& cuda, const double* mean, const double* variance,
                                    double deviation, Index rows, Index c, double* weight, double* bias,
                                    double* started);
template Index weight_norm_forward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> v);
template Index weight_norm_forward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> v);
template void weight_norm_forward<float>(const Cuda& cuda, Tensor<const float> v, const float* magnitude,
                                         float* one_over_length, Tensor<float> w, Scratch scratch);
template void weight_norm_forward<double>(const Cuda& cuda, Tensor<const double> v, const double* magnitude,
                                          double* one_over_length, Tensor<double> w, Scratch scratch);
template Index weight_norm_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> v);
template Index weight_norm_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> v);
template void weight_norm_backward<float>(const Cuda& cuda, Tensor<const float> v, const float* magnitude,
                                          const float* one_over_length, Tensor<const float> dw,
                                          Tensor<float> dv, Write write, float* dmagnitude, Scratch scratch);
template void weight_norm_backward<double>(const Cuda& cuda, Tensor<const double> v, const double* magnitude,
                                           const double* one_over_length, Tensor<const double> dw,
                                           Tensor<double> dv, Write write, double* dmagnitude,
                                           Scratch scratch);
template void scale_channels_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* scale,
                                            Tensor<float> y);
template void scale_channels_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* scale,
                                             Tensor<double> y);
template Index scale_channels_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index scale_channels_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void scale_channels_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* scale,
                                             Tensor<const float> dy, Tensor<float> dx, Write write,
                                             float* dscale, Scratch scratch);
template void scale_channels_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* scale,
                                              Tensor<const double> dy, Tensor<double> dx, Write write,
                                              double* dscale, Scratch scratch);
template void leaky_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* log_slope,
                                   Tensor<float> y, double* log_prob);
template void leaky_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* log_slope,
                                    Tensor<double> y, double* log_prob);
template void leaky_inverse<float>(const Cuda& cuda, Tensor<const float> y, const float* log_slope,
                                   Tensor<float> x);
template void leaky_inverse<double>(const Cuda& cuda, Tensor<const double> y, const double* log_slope,
                                    Tensor<double> x);
template Index leaky_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index leaky_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void leaky_backward<float>(const Cuda& cuda, Tensor<const float> x, const float* log_slope,
                                    Tensor<const float> dy, const double* dlog_prob, Tensor<float> dx,
                                    float* dlog_slope, Scratch scratch);
template void leaky_backward<double>(const Cuda& cuda, Tensor<const double> x, const double* log_slope,
                                     Tensor<const double> dy, const double* dlog_prob, Tensor<double> dx,
                                     double* dlog_slope, Scratch scratch);

}  // namespace densenf::kernels
