// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/bounded.hpp"
#include "densenf/kernels/cpu/channel_affine.hpp"
#include "densenf/kernels/cpu/inverse.hpp"
#include "densenf/kernels/cpu/layer_norm.hpp"
#include "densenf/kernels/cpu/layout.hpp"
#include "densenf/kernels/cpu/linalg.hpp"
#include "densenf/kernels/cpu/masked.hpp"
#include "densenf/kernels/cpu/matrices.hpp"
#include "densenf/kernels/cpu/normalization.hpp"
#include "densenf/kernels/cpu/normalize_where.hpp"
#include "densenf/kernels/cpu/optimizer.hpp"
#include "densenf/kernels/cpu/position.hpp"
#include "densenf/kernels/cpu/rearrange.hpp"
#include "densenf/kernels/cpu/softmax_attention.hpp"
#include "densenf/kernels/cpu/surjections.hpp"
#include "densenf/kernels/cpu/unfold.hpp"
#include "densenf/kernels/cpu/weights.hpp"

namespace densenf::kernels {

namespace {
[[gnu::used]] Index (*const log_abs_det_and_inverse_scratch_bytes_here)(const Cpu&, Index c) =
    log_abs_det_and_inverse_scratch_bytes;
[[gnu::used]] Index (*const invert_matrices_scratch_bytes_here)(const Cpu& cpu,
                                                                const InvertibleMatrix* matrices,
                                                                Index count) = invert_matrices_scratch_bytes;
[[gnu::used]] void (*const add_to_each_here)(const Cpu&, double term, Index n, double* values) = add_to_each;
[[gnu::used]] void (*const add_to_each_2_here)(const Cpu&, double factor, const double* term, Index n,
                                               double* values) = add_to_each;
}  // namespace

template Index bound_weight_forward_scratch_bytes<float>(const Cpu&, Tensor<const float> w,
                                                         Tensor<const float> u);
template Index bound_weight_forward_scratch_bytes<double>(const Cpu&, Tensor<const double> w,
                                                          Tensor<const double> u);
template void bound_weight_forward<float>(const Cpu& cpu, Tensor<const float> w, Tensor<const float> u,
                                          Tensor<const float> wv, double ceiling, double epsilon,
                                          float* facts, Tensor<float> bounded, Scratch scratch);
template void bound_weight_forward<double>(const Cpu& cpu, Tensor<const double> w, Tensor<const double> u,
                                           Tensor<const double> wv, double ceiling, double epsilon,
                                           double* facts, Tensor<double> bounded, Scratch scratch);
template Index bound_weight_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> w,
                                                          Tensor<const float> u);
template Index bound_weight_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> w,
                                                           Tensor<const double> u);
template void bound_weight_backward<float>(const Cpu& cpu, Tensor<const float> w, Tensor<const float> u,
                                           const float* facts, Tensor<const float> dbounded, Tensor<float> dw,
                                           Write write, Tensor<float> dwv, Write write_wv, Scratch scratch);
template void bound_weight_backward<double>(const Cpu& cpu, Tensor<const double> w, Tensor<const double> u,
                                            const double* facts, Tensor<const double> dbounded,
                                            Tensor<double> dw, Write write, Tensor<double> dwv,
                                            Write write_wv, Scratch scratch);
template void norming_vector<float>(const Cpu&, Tensor<const float> x, double order, Tensor<float> y);
template void norming_vector<double>(const Cpu&, Tensor<const double> x, double order, Tensor<double> y);
template void scale_by_number_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* s,
                                             Tensor<float> y);
template void scale_by_number_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* s,
                                              Tensor<double> y);
template Index scale_by_number_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index scale_by_number_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template void scale_by_number_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* s,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* ds, Scratch scratch);
template void scale_by_number_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* s,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* ds, Scratch scratch);
template void fixed_point_step<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> g,
                                      double tolerance, const double* squares, Tensor<float> x,
                                      double* moved);
template void fixed_point_step<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> g,
                                       double tolerance, const double* squares, Tensor<double> x,
                                       double* moved);
template Index channel_affine_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index channel_affine_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void channel_affine_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* log_scale,
                                             Tensor<const float> dy, const double* dlog_prob,
                                             Tensor<float> dx, Write write, float* dlog_scale, float* dbias,
                                             Scratch);
template void channel_affine_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* log_scale,
                                              Tensor<const double> dy, const double* dlog_prob,
                                              Tensor<double> dx, Write write, double* dlog_scale,
                                              double* dbias, Scratch);
template void start_scale_and_bias<float>(const Cpu&, const float* mean, const float* variance, Index pixels,
                                          Index channels, float spread, float floor, bool logarithmic,
                                          float* scale, float* bias, const float* started);
template void start_scale_and_bias<double>(const Cpu&, const double* mean, const double* variance,
                                           Index pixels, Index channels, double spread, double floor,
                                           bool logarithmic, double* scale, double* bias,
                                           const double* started);
template void log_abs_det_and_inverse<float>(const Cpu&, const float* w, Index c, float* inverse,
                                             double* log_det, Scratch scratch);
template void log_abs_det_and_inverse<double>(const Cpu&, const double* w, Index c, double* inverse,
                                              double* log_det, Scratch scratch);
template void invert_matrices<float>(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                                     const float* parameters, float* seen, float* inverses, double* log_dets,
                                     Scratch scratch);
template void invert_matrices<double>(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                                      const double* parameters, double* seen, double* inverses,
                                      double* log_dets, Scratch scratch);
template void layer_norm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* gain,
                                        const float* bias, float eps, float* statistics, Tensor<float> y);
template void layer_norm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* gain,
                                         const double* bias, double eps, double* statistics,
                                         Tensor<double> y);
template Index layer_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index layer_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void layer_norm_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* statistics,
                                         const float* gain, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dgain, float* dbias, Scratch);
template void layer_norm_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* statistics,
                                          const double* gain, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dgain, double* dbias, Scratch);
template void squeeze<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> z, Write write,
                             SqueezeOrder order);
template void squeeze<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> z, Write write,
                              SqueezeOrder order);
template void unsqueeze<float>(const Cpu& cpu, Tensor<const float> z, Tensor<float> x, Write write,
                               SqueezeOrder order);
template void unsqueeze<double>(const Cpu& cpu, Tensor<const double> z, Tensor<double> x, Write write,
                                SqueezeOrder order);
template void to_patches<float>(const Cpu& cpu, Tensor<const float> x, Index side, Tensor<float> z,
                                Write write);
template void to_patches<double>(const Cpu& cpu, Tensor<const double> x, Index side, Tensor<double> z,
                                 Write write);
template void from_patches<float>(const Cpu& cpu, Tensor<const float> z, Index side, Tensor<float> x,
                                  Write write);
template void from_patches<double>(const Cpu& cpu, Tensor<const double> z, Index side, Tensor<double> x,
                                   Write write);
template void rotate_channels<float>(const Cpu& cpu, Tensor<const float> x, Index first, Tensor<float> y,
                                     Write write);
template void rotate_channels<double>(const Cpu& cpu, Tensor<const double> x, Index first, Tensor<double> y,
                                      Write write);
template void deal_channels<float>(const Cpu& cpu, Tensor<const float> x, Index hands, Tensor<float> y,
                                   Write write);
template void deal_channels<double>(const Cpu& cpu, Tensor<const double> x, Index hands, Tensor<double> y,
                                    Write write);
template void log_abs_det_backward<float>(const Cpu&, const float* inverse, Index c, double factor,
                                          const double* dlog_prob, Index n, float* dw);
template void log_abs_det_backward<double>(const Cpu&, const double* inverse, Index c, double factor,
                                           const double* dlog_prob, Index n, double* dw);
template Index lu_compose_scratch_bytes<float>(const Cpu&, Index c);
template Index lu_compose_scratch_bytes<double>(const Cpu&, Index c);
template void lu_compose<float>(const Cpu&, const float* lower, const float* upper, const float* log_s,
                                const float* sign, Index c, float* w, Scratch scratch);
template void lu_compose<double>(const Cpu&, const double* lower, const double* upper, const double* log_s,
                                 const double* sign, Index c, double* w, Scratch scratch);
template Index lu_backward_scratch_bytes<float>(const Cpu&, Index c);
template Index lu_backward_scratch_bytes<double>(const Cpu&, Index c);
template void lu_backward<float>(const Cpu&, const float* lower, const float* upper, const float* log_s,
                                 const float* sign, const float* dw, Index c, float* dlower, float* dupper,
                                 float* dlog_s, Scratch scratch);
template void lu_backward<double>(const Cpu&, const double* lower, const double* upper, const double* log_s,
                                  const double* sign, const double* dw, Index c, double* dlower,
                                  double* dupper, double* dlog_s, Scratch scratch);
template void add_sum_to_each<float>(const Cpu&, double factor, const float* v, Index c, Index n,
                                     double* values);
template void add_sum_to_each<double>(const Cpu&, double factor, const double* v, Index c, Index n,
                                      double* values);
template void add_sum_to_each_backward<float>(const Cpu&, double factor, const double* dvalues, Index n,
                                              Index c, float* dv);
template void add_sum_to_each_backward<double>(const Cpu&, double factor, const double* dvalues, Index n,
                                               Index c, double* dv);
template void order_weight<float>(const Cpu& cpu, DegreeMask mask, Tensor<const float> w,
                                  Tensor<float> ordered);
template void order_weight<double>(const Cpu& cpu, DegreeMask mask, Tensor<const double> w,
                                   Tensor<double> ordered);
template void order_weight_backward<float>(const Cpu& cpu, DegreeMask mask, Tensor<const float> dordered,
                                           Tensor<float> dw, Write write);
template void order_weight_backward<double>(const Cpu& cpu, DegreeMask mask, Tensor<const double> dordered,
                                            Tensor<double> dw, Write write);
template void sort_weight<float>(const Cpu& cpu, Degrees in, Degrees out, Tensor<const float> w,
                                 Tensor<float> sorted);
template void sort_weight<double>(const Cpu& cpu, Degrees in, Degrees out, Tensor<const double> w,
                                  Tensor<double> sorted);
template void sort_weight_backward<float>(const Cpu& cpu, Degrees in, Degrees out,
                                          Tensor<const float> dsorted, Tensor<float> dw);
template void sort_weight_backward<double>(const Cpu& cpu, Degrees in, Degrees out,
                                           Tensor<const double> dsorted, Tensor<double> dw);
template void partial_products<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> w,
                                      const float* bias, Activation activation, Tensor<float> y);
template void partial_products<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> w,
                                       const double* bias, Activation activation, Tensor<double> y);
template void partial_products_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> w,
                                               Tensor<const float> y, Activation activation, Tensor<float> dy,
                                               Tensor<float> dx, Tensor<float> dw, float* dbias);
template void partial_products_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                                Tensor<const double> w, Tensor<const double> y,
                                                Activation activation, Tensor<double> dy, Tensor<double> dx,
                                                Tensor<double> dw, double* dbias);
template void multiply_matrices<float>(const Cpu& cpu, Tensor<const float> a, Tensor<const float> b,
                                       MatrixForm form, Tensor<float> y, Write write);
template void multiply_matrices<double>(const Cpu& cpu, Tensor<const double> a, Tensor<const double> b,
                                        MatrixForm form, Tensor<double> y, Write write);
template void softmax_forward<float>(const Cpu& cpu, Tensor<const float> x, AttentionMask mask,
                                     Tensor<float> y);
template void softmax_forward<double>(const Cpu& cpu, Tensor<const double> x, AttentionMask mask,
                                      Tensor<double> y);
template void softmax_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                      Tensor<float> dx, Write write);
template void softmax_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                       Tensor<double> dx, Write write);
template void total_channels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void total_channels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template void mark_largest<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void mark_largest<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template void planes_as_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void planes_as_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template void pixels_as_planes<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void pixels_as_planes<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template Index channel_statistics_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index channel_statistics_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void channel_statistics<float>(const Cpu& cpu, Tensor<const float> x, float* mean, float* variance,
                                        Scratch);
template void channel_statistics<double>(const Cpu& cpu, Tensor<const double> x, double* mean,
                                         double* variance, Scratch);
template bool is_zero<float>(const Cpu&, const float* flag);
template bool is_zero<double>(const Cpu&, const double* flag);
template void actnorm_start<float>(const Cpu& cpu, Tensor<const float> x, float* shift, float* log_scale,
                                   float* started, float shift_factor, float log_factor, bool unbiased,
                                   float floor);
template void actnorm_start<double>(const Cpu& cpu, Tensor<const double> x, double* shift, double* log_scale,
                                    double* started, double shift_factor, double log_factor, bool unbiased,
                                    double floor);
template void actnorm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* shift,
                                     const float* log_scale, Tensor<float> z, double* log_prob);
template void actnorm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* shift,
                                      const double* log_scale, Tensor<double> z, double* log_prob);
template void actnorm_inverse<float>(const Cpu& cpu, Tensor<const float> z, const float* shift,
                                     const float* log_scale, Tensor<float> x);
template void actnorm_inverse<double>(const Cpu& cpu, Tensor<const double> z, const double* shift,
                                      const double* log_scale, Tensor<double> x);
template Index actnorm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index actnorm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void actnorm_backward<float>(const Cpu& cpu, Tensor<const float> z, const float* log_scale,
                                      Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                      Write write, float* dshift, float* dlog_scale, Scratch);
template void actnorm_backward<double>(const Cpu& cpu, Tensor<const double> z, const double* log_scale,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write, double* dshift, double* dlog_scale, Scratch);
template void batch_norm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* mean,
                                        const float* variance, float eps, const float* weight,
                                        const float* bias, Activation activation, Tensor<float> y);
template void batch_norm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* mean,
                                         const double* variance, double eps, const double* weight,
                                         const double* bias, Activation activation, Tensor<double> y);
template void batch_norm_update<float>(const Cpu&, Index channels, Index pixels, float momentum,
                                       const float* mean, const float* variance, const float* running_mean,
                                       const float* running_variance, float* next_mean, float* next_variance,
                                       bool make_unbiased);
template void batch_norm_update<double>(const Cpu&, Index channels, Index pixels, double momentum,
                                        const double* mean, const double* variance,
                                        const double* running_mean, const double* running_variance,
                                        double* next_mean, double* next_variance, bool make_unbiased);
template Index batch_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index batch_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template void batch_norm_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* mean,
                                         const float* variance, float eps, const float* weight,
                                         bool from_batch, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dweight, float* dbias, Scratch scratch);
template void batch_norm_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* mean,
                                          const double* variance, double eps, const double* weight,
                                          bool from_batch, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dweight, double* dbias, Scratch scratch);
template void optimizer_pass<float, AdamaxRule<float>>(const Cpu& cpu, const AdamaxRule<float>& rule,
                                                       float* parameters, float* gradients, float* moments,
                                                       Index n);
template void optimizer_pass<float, AdamRule<float>>(const Cpu& cpu, const AdamRule<float>& rule,
                                                     float* parameters, float* gradients, float* moments,
                                                     Index n);
template void optimizer_pass<float, SgdRule<float>>(const Cpu& cpu, const SgdRule<float>& rule,
                                                    float* parameters, float* gradients, float* moments,
                                                    Index n);
template void optimizer_pass<double, AdamaxRule<double>>(const Cpu& cpu, const AdamaxRule<double>& rule,
                                                         double* parameters, double* gradients,
                                                         double* moments, Index n);
template void optimizer_pass<double, AdamRule<double>>(const Cpu& cpu, const AdamRule<double>& rule,
                                                       double* parameters, double* gradients, double* moments,
                                                       Index n);
template void optimizer_pass<double, SgdRule<double>>(const Cpu& cpu, const SgdRule<double>& rule,
                                                      double* parameters, double* gradients, double* moments,
                                                      Index n);
template void average_pass<float>(const Cpu& cpu, const AverageRule<float>& rule, float* averages,
                                  const float* values, Index n);
template void average_pass<double>(const Cpu& cpu, const AverageRule<double>& rule, double* averages,
                                   const double* values, Index n);
template double squared_norm<float>(const Cpu& cpu, std::span<float> x);
template double squared_norm<double>(const Cpu& cpu, std::span<double> x);
template Index squared_norm_scratch_bytes<float>(const Cpu&, const float*, Index);
template Index squared_norm_scratch_bytes<double>(const Cpu&, const double*, Index);
template void squared_norm<float>(const Cpu& cpu, const float* x, Index n, double* result, Scratch);
template void squared_norm<double>(const Cpu& cpu, const double* x, Index n, double* result, Scratch);
template void optimizer_pass<float, AdamaxRule<float>>(const Cpu& cpu, const AdamaxRule<float>* rule,
                                                       const StepFacts& facts, float* parameters,
                                                       float* gradients, float* moments, Index n);
template void optimizer_pass<float, AdamRule<float>>(const Cpu& cpu, const AdamRule<float>* rule,
                                                     const StepFacts& facts, float* parameters,
                                                     float* gradients, float* moments, Index n);
template void optimizer_pass<float, SgdRule<float>>(const Cpu& cpu, const SgdRule<float>* rule,
                                                    const StepFacts& facts, float* parameters,
                                                    float* gradients, float* moments, Index n);
template void optimizer_pass<double, AdamaxRule<double>>(const Cpu& cpu, const AdamaxRule<double>* rule,
                                                         const StepFacts& facts, double* parameters,
                                                         double* gradients, double* moments, Index n);
template void optimizer_pass<double, AdamRule<double>>(const Cpu& cpu, const AdamRule<double>* rule,
                                                       const StepFacts& facts, double* parameters,
                                                       double* gradients, double* moments, Index n);
template void optimizer_pass<double, SgdRule<double>>(const Cpu& cpu, const SgdRule<double>* rule,
                                                      const StepFacts& facts, double* parameters,
                                                      double* gradients, double* moments, Index n);
template void assign_pass<float>(const Cpu&, const StepFacts& facts, const float* from, float* to, Index n);
template void assign_pass<double>(const Cpu&, const StepFacts& facts, const double* from, double* to,
                                  Index n);
template void average_pass<float>(const Cpu& cpu, const AverageRule<float>& rule, const StepFacts& facts,
                                  float* averages, const float* values, Index n);
template void average_pass<double>(const Cpu& cpu, const AverageRule<double>& rule, const StepFacts& facts,
                                   double* averages, const double* values, Index n);
template bool all_finite<float>(const Cpu& cpu, std::span<float> x);
template bool all_finite<double>(const Cpu& cpu, std::span<double> x);
template void add_positions<float>(const Cpu& cpu, Tensor<const float> x, const float* v, Tensor<float> y);
template void add_positions<double>(const Cpu& cpu, Tensor<const double> x, const double* v,
                                    Tensor<double> y);
template void sum_positions<float>(const Cpu& cpu, Tensor<const float> dy, float* dv);
template void sum_positions<double>(const Cpu& cpu, Tensor<const double> dy, double* dv);
template void position_affine_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                             const float* shift, Tensor<float> z, double* log_prob);
template void position_affine_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                              const double* shift, Tensor<double> z, double* log_prob);
template void position_affine_inverse<float>(const Cpu& cpu, Tensor<const float> z, const float* scale,
                                             const float* shift, Tensor<float> x);
template void position_affine_inverse<double>(const Cpu& cpu, Tensor<const double> z, const double* scale,
                                              const double* shift, Tensor<double> x);
template void position_affine_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                              Tensor<const float> dz, const double* dlog_prob,
                                              Tensor<float> dx, Write write, float* dscale, float* dshift);
template void position_affine_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                               Tensor<const double> dz, const double* dlog_prob,
                                               Tensor<double> dx, Write write, double* dscale,
                                               double* dshift);
template void position_affine_start<float>(const Cpu& cpu, Tensor<const float> x, float* scale, float* shift,
                                           float* started);
template void position_affine_start<double>(const Cpu& cpu, Tensor<const double> x, double* scale,
                                            double* shift, double* started);
template void reverse_channels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void reverse_channels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template void flatten<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void flatten<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template void unflatten<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> x, Write write);
template void unflatten<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> x, Write write);
template void shift_pixels<float>(const Cpu& cpu, Tensor<const float> x, Index by, Tensor<float> y,
                                  Write write);
template void shift_pixels<double>(const Cpu& cpu, Tensor<const double> x, Index by, Tensor<double> y,
                                   Write write);
template void scatter_pixels<float>(const Cpu& cpu, const float* place, Tensor<const float> x,
                                    Tensor<float> y);
template void scatter_pixels<double>(const Cpu& cpu, const double* place, Tensor<const double> x,
                                     Tensor<double> y);
template void gather_pixels<float>(const Cpu& cpu, const float* place, Tensor<const float> x, Tensor<float> y,
                                   Write write);
template void gather_pixels<double>(const Cpu& cpu, const double* place, Tensor<const double> x,
                                    Tensor<double> y, Write write);
template void reorder<float>(const Cpu& cpu, OrderOf parts, const float* order, Tensor<const float> x,
                             Tensor<float> y, Write write);
template void reorder<double>(const Cpu& cpu, OrderOf parts, const double* order, Tensor<const double> x,
                              Tensor<double> y, Write write);
template void restore_order<float>(const Cpu& cpu, OrderOf parts, const float* order, Tensor<const float> y,
                                   Tensor<float> x, Write write);
template void restore_order<double>(const Cpu& cpu, OrderOf parts, const double* order,
                                    Tensor<const double> y, Tensor<double> x, Write write);
template void triangle_to_weight<float>(const Cpu& cpu, Triangle triangle, const float* entries,
                                        Tensor<float> w);
template void triangle_to_weight<double>(const Cpu& cpu, Triangle triangle, const double* entries,
                                         Tensor<double> w);
template void triangle_to_weight_backward<float>(const Cpu& cpu, Triangle triangle, Tensor<const float> dw,
                                                 float* dentries);
template void triangle_to_weight_backward<double>(const Cpu& cpu, Triangle triangle, Tensor<const double> dw,
                                                  double* dentries);
template Index softmax_attention_forward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> q,
                                                              Tensor<const float> k, Tensor<const float> v,
                                                              Index heads);
template Index softmax_attention_forward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> q,
                                                               Tensor<const double> k, Tensor<const double> v,
                                                               Index heads);
template void softmax_attention_forward<float>(const Cpu& cpu, Tensor<const float> q, Tensor<const float> k,
                                               Tensor<const float> v, Index heads, AttentionMask mask,
                                               float* log_sums, Tensor<float> out, Scratch scratch);
template void softmax_attention_forward<double>(const Cpu& cpu, Tensor<const double> q,
                                                Tensor<const double> k, Tensor<const double> v, Index heads,
                                                AttentionMask mask, double* log_sums, Tensor<double> out,
                                                Scratch scratch);
template Index softmax_attention_backward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> q,
                                                               Tensor<const float> k, Tensor<const float> v,
                                                               Index heads);
template Index softmax_attention_backward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> q,
                                                                Tensor<const double> k,
                                                                Tensor<const double> v, Index heads);
template void softmax_attention_backward<float>(const Cpu& cpu, Tensor<const float> q, Tensor<const float> k,
                                                Tensor<const float> v, Index heads, AttentionMask mask,
                                                const float* log_sums, Tensor<const float> out,
                                                Tensor<const float> dout, Tensor<float> dq, Tensor<float> dk,
                                                Tensor<float> dv, Scratch scratch);
template void softmax_attention_backward<double>(const Cpu& cpu, Tensor<const double> q,
                                                 Tensor<const double> k, Tensor<const double> v, Index heads,
                                                 AttentionMask mask, const double* log_sums,
                                                 Tensor<const double> out, Tensor<const double> dout,
                                                 Tensor<double> dq, Tensor<double> dk, Tensor<double> dv,
                                                 Scratch scratch);
template void max_pool_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> z,
                                      Tensor<float> below, Tensor<float> place);
template void max_pool_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> z,
                                       Tensor<double> below, Tensor<double> place);
template void max_pool_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dz,
                                       Tensor<const float> dbelow, Tensor<float> dx, Write write);
template void max_pool_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dz,
                                        Tensor<const double> dbelow, Tensor<double> dx, Write write);
template void max_pool_inverse<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> below,
                                      Tensor<const float> place, Tensor<float> x);
template void max_pool_inverse<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> below,
                                       Tensor<const double> place, Tensor<double> x);
template void sort_pixels<float>(const Cpu& cpu, Tensor<const float> x, Index key, Tensor<float> order);
template void sort_pixels<double>(const Cpu& cpu, Tensor<const double> x, Index key, Tensor<double> order);
template void take_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> order,
                                 Tensor<float> y, Write write);
template void take_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> order,
                                  Tensor<double> y, Write write);
template void put_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> order,
                                Tensor<float> y, Write write);
template void put_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> order,
                                 Tensor<double> y, Write write);
template void unfold<float>(const Cpu& cpu, Tensor<const float> x, const Taps& taps, Tensor<float> y,
                            Write write);
template void unfold<double>(const Cpu& cpu, Tensor<const double> x, const Taps& taps, Tensor<double> y,
                             Write write);
template void fold<float>(const Cpu& cpu, Tensor<const float> y, const Taps& taps, Tensor<float> x,
                          Write write);
template void fold<double>(const Cpu& cpu, Tensor<const double> y, const Taps& taps, Tensor<double> x,
                           Write write);
template Index weight_norm_forward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index weight_norm_forward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void weight_norm_forward<float>(const Cpu& cpu, Tensor<const float> v, const float* magnitude,
                                         float* one_over_length, Tensor<float> w, Scratch);
template void weight_norm_forward<double>(const Cpu& cpu, Tensor<const double> v, const double* magnitude,
                                          double* one_over_length, Tensor<double> w, Scratch);
template Index weight_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> v);
template Index weight_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> v);
template void weight_norm_backward<float>(const Cpu& cpu, Tensor<const float> v, const float* magnitude,
                                          const float* one_over_length, Tensor<const float> dw,
                                          Tensor<float> dv, Write write, float* dmagnitude, Scratch scratch);
template void weight_norm_backward<double>(const Cpu& cpu, Tensor<const double> v, const double* magnitude,
                                           const double* one_over_length, Tensor<const double> dw,
                                           Tensor<double> dv, Write write, double* dmagnitude,
                                           Scratch scratch);
template void scale_channels_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                            Tensor<float> y);
template void scale_channels_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                             Tensor<double> y);
template Index scale_channels_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index scale_channels_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template void scale_channels_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                             Tensor<const float> dy, Tensor<float> dx, Write write,
                                             float* dscale, Scratch);
template void scale_channels_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                              Tensor<const double> dy, Tensor<double> dx, Write write,
                                              double* dscale, Scratch);
template Index statistics_where_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index statistics_where_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template Index normalize_where_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index normalize_where_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);

}  // namespace densenf::kernels
