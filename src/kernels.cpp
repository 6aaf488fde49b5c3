// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.

#include <type_traits>

#include "densenf/kernels/cpu/declared.hpp"
#include "levels.hpp"

namespace densenf::kernels {

// attention.hpp
template <class T>
Index nystrom_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> qkv) {
  return kernels_for<T>().nystrom_forward_scratch_bytes(cpu, qkv);
}
template Index nystrom_forward_scratch_bytes<float>(const Cpu&, Tensor<const float> qkv);
template Index nystrom_forward_scratch_bytes<double>(const Cpu&, Tensor<const double> qkv);
template <class T>
void nystrom_forward(const Cpu& cpu, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch) {
  return kernels_for<T>().nystrom_forward(cpu, qkv, memory, out, scratch);
}
template void nystrom_forward<float>(const Cpu& cpu, Tensor<const float> qkv, float* memory,
                                     Tensor<float> out, Scratch scratch);
template void nystrom_forward<double>(const Cpu& cpu, Tensor<const double> qkv, double* memory,
                                      Tensor<double> out, Scratch scratch);
template <class T>
Index nystrom_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> dout) {
  return kernels_for<T>().nystrom_backward_scratch_bytes(cpu, dout);
}
template Index nystrom_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> dout);
template Index nystrom_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> dout);
template <class T>
void nystrom_backward(const Cpu& cpu, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                      Scratch scratch) {
  return kernels_for<T>().nystrom_backward(cpu, memory, dout, dqkv, write, scratch);
}
template void nystrom_backward<float>(const Cpu& cpu, const float* memory, Tensor<const float> dout,
                                      Tensor<float> dqkv, Write write, Scratch scratch);
template void nystrom_backward<double>(const Cpu& cpu, const double* memory, Tensor<const double> dout,
                                       Tensor<double> dqkv, Write write, Scratch scratch);

// bounded.hpp
template <class T>
Index bound_weight_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u) {
  return kernels_for<T>().bound_weight_forward_scratch_bytes(cpu, w, u);
}
template Index bound_weight_forward_scratch_bytes<float>(const Cpu&, Tensor<const float> w,
                                                         Tensor<const float> u);
template Index bound_weight_forward_scratch_bytes<double>(const Cpu&, Tensor<const double> w,
                                                          Tensor<const double> u);
template <class T>
void bound_weight_forward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                          double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch) {
  return kernels_for<T>().bound_weight_forward(cpu, w, u, wv, ceiling, epsilon, facts, bounded, scratch);
}
template void bound_weight_forward<float>(const Cpu& cpu, Tensor<const float> w, Tensor<const float> u,
                                          Tensor<const float> wv, double ceiling, double epsilon,
                                          float* facts, Tensor<float> bounded, Scratch scratch);
template void bound_weight_forward<double>(const Cpu& cpu, Tensor<const double> w, Tensor<const double> u,
                                           Tensor<const double> wv, double ceiling, double epsilon,
                                           double* facts, Tensor<double> bounded, Scratch scratch);
template <class T>
Index bound_weight_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u) {
  return kernels_for<T>().bound_weight_backward_scratch_bytes(cpu, w, u);
}
template Index bound_weight_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> w,
                                                          Tensor<const float> u);
template Index bound_weight_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> w,
                                                           Tensor<const double> u);
template <class T>
void bound_weight_backward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, const T* facts,
                           Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv, Write write_wv,
                           Scratch scratch) {
  return kernels_for<T>().bound_weight_backward(cpu, w, u, facts, dbounded, dw, write, dwv, write_wv,
                                                scratch);
}
template void bound_weight_backward<float>(const Cpu& cpu, Tensor<const float> w, Tensor<const float> u,
                                           const float* facts, Tensor<const float> dbounded, Tensor<float> dw,
                                           Write write, Tensor<float> dwv, Write write_wv, Scratch scratch);
template void bound_weight_backward<double>(const Cpu& cpu, Tensor<const double> w, Tensor<const double> u,
                                            const double* facts, Tensor<const double> dbounded,
                                            Tensor<double> dw, Write write, Tensor<double> dwv,
                                            Write write_wv, Scratch scratch);
template <class T>
void norming_vector(const Cpu& cpu, Tensor<const T> x, double order, Tensor<T> y) {
  return kernels_for<T>().norming_vector(cpu, x, order, y);
}
template void norming_vector<float>(const Cpu&, Tensor<const float> x, double order, Tensor<float> y);
template void norming_vector<double>(const Cpu&, Tensor<const double> x, double order, Tensor<double> y);
template <class T>
void scale_by_number_forward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<T> y) {
  return kernels_for<T>().scale_by_number_forward(cpu, x, s, y);
}
template void scale_by_number_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* s,
                                             Tensor<float> y);
template void scale_by_number_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* s,
                                              Tensor<double> y);
template <class T>
Index scale_by_number_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().scale_by_number_backward_scratch_bytes(cpu, x);
}
template Index scale_by_number_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index scale_by_number_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template <class T>
void scale_by_number_backward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* ds, Scratch scratch) {
  return kernels_for<T>().scale_by_number_backward(cpu, x, s, dy, dx, write, ds, scratch);
}
template void scale_by_number_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* s,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* ds, Scratch scratch);
template void scale_by_number_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* s,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* ds, Scratch scratch);
template <class T>
void fixed_point_step(const Cpu& cpu, Tensor<const T> z, Tensor<const T> g, double tolerance,
                      const double* squares, Tensor<T> x, double* moved) {
  return kernels_for<T>().fixed_point_step(cpu, z, g, tolerance, squares, x, moved);
}
template void fixed_point_step<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> g,
                                      double tolerance, const double* squares, Tensor<float> x,
                                      double* moved);
template void fixed_point_step<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> g,
                                       double tolerance, const double* squares, Tensor<double> x,
                                       double* moved);

// channel_affine.hpp
template <class T>
Index channel_affine_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().channel_affine_backward_scratch_bytes(cpu, unused_1);
}
template Index channel_affine_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index channel_affine_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void channel_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                             const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                             Scratch unused_9) {
  return kernels_for<T>().channel_affine_backward(cpu, x, log_scale, dy, dlog_prob, dx, write, dlog_scale,
                                                  dbias, unused_9);
}
template void channel_affine_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* log_scale,
                                             Tensor<const float> dy, const double* dlog_prob,
                                             Tensor<float> dx, Write write, float* dlog_scale, float* dbias,
                                             Scratch);
template void channel_affine_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* log_scale,
                                              Tensor<const double> dy, const double* dlog_prob,
                                              Tensor<double> dx, Write write, double* dlog_scale,
                                              double* dbias, Scratch);
template <class T>
void start_scale_and_bias(const Cpu& cpu, const T* mean, const T* variance, Index pixels, Index channels,
                          T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started) {
  return kernels_for<T>().start_scale_and_bias(cpu, mean, variance, pixels, channels, spread, floor,
                                               logarithmic, scale, bias, started);
}
template void start_scale_and_bias<float>(const Cpu&, const float* mean, const float* variance, Index pixels,
                                          Index channels, float spread, float floor, bool logarithmic,
                                          float* scale, float* bias, const float* started);
template void start_scale_and_bias<double>(const Cpu&, const double* mean, const double* variance,
                                           Index pixels, Index channels, double spread, double floor,
                                           bool logarithmic, double* scale, double* bias,
                                           const double* started);

// conv.hpp
template <class T>
Index conv_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> x, const T* unused_2, const T* unused_3,
                                 int kernel, Activation unused_5, Tensor<T> y) {
  return kernels_for<T>().conv_forward_scratch_bytes(cpu, x, unused_2, unused_3, kernel, unused_5, y);
}
template Index conv_forward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x, const float*,
                                                 const float*, int kernel, Activation, Tensor<float> y);
template Index conv_forward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x, const double*,
                                                  const double*, int kernel, Activation, Tensor<double> y);
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, Scratch scratch, Connections connections) {
  return kernels_for<T>().conv_forward(cpu, x, weight, bias, kernel, activation, y, scratch, connections);
}
template void conv_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* weight,
                                  const float* bias, int kernel, Activation activation, Tensor<float> y,
                                  Scratch scratch, Connections connections);
template void conv_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* weight,
                                   const double* bias, int kernel, Activation activation, Tensor<double> y,
                                   Scratch scratch, Connections connections);
template <class T>
Index conv_backward_data_scratch_bytes(const Cpu& cpu, Tensor<const T> dy, const T* unused_2, int kernel,
                                       Tensor<T> dx) {
  return kernels_for<T>().conv_backward_data_scratch_bytes(cpu, dy, unused_2, kernel, dx);
}
template Index conv_backward_data_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> dy, const float*,
                                                       int kernel, Tensor<float> dx);
template Index conv_backward_data_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> dy,
                                                        const double*, int kernel, Tensor<double> dx);
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write, Scratch scratch, Connections connections) {
  return kernels_for<T>().conv_backward_data(cpu, dy, weight, kernel, dx, write, scratch, connections);
}
template void conv_backward_data<float>(const Cpu& cpu, Tensor<const float> dy, const float* weight,
                                        int kernel, Tensor<float> dx, Write write, Scratch scratch,
                                        Connections connections);
template void conv_backward_data<double>(const Cpu& cpu, Tensor<const double> dy, const double* weight,
                                         int kernel, Tensor<double> dx, Write write, Scratch scratch,
                                         Connections connections);
template <class T>
Index conv_backward_weights_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel,
                                          T* unused_4, T* unused_5) {
  return kernels_for<T>().conv_backward_weights_scratch_bytes(cpu, x, dy, kernel, unused_4, unused_5);
}
template Index conv_backward_weights_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x,
                                                          Tensor<const float> dy, int kernel, float*, float*);
template Index conv_backward_weights_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x,
                                                           Tensor<const double> dy, int kernel, double*,
                                                           double*);
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, Scratch scratch, Connections connections) {
  return kernels_for<T>().conv_backward_weights(cpu, x, dy, kernel, dweight, dbias, scratch, connections);
}
template void conv_backward_weights<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                           int kernel, float* dweight, float* dbias, Scratch scratch,
                                           Connections connections);
template void conv_backward_weights<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                            int kernel, double* dweight, double* dbias, Scratch scratch,
                                            Connections connections);
template <class T>
void relu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy) {
  return kernels_for<T>().relu_backward(cpu, y, dy);
}
template void relu_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> dy);
template void relu_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> dy);
template <class T>
Index conv_backward_parameters_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<T> dy, int kernel,
                                             T* dweight, T* dbias) {
  return kernels_for<T>().conv_backward_parameters_scratch_bytes(cpu, x, dy, kernel, dweight, dbias);
}
template Index conv_backward_parameters_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x,
                                                             Tensor<float> dy, int kernel, float* dweight,
                                                             float* dbias);
template Index conv_backward_parameters_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x,
                                                              Tensor<double> dy, int kernel, double* dweight,
                                                              double* dbias);
template <class T>
void conv_backward_parameters(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Activation activation,
                              Tensor<T> dy, int kernel, T* dweight, T* dbias, Scratch scratch,
                              Connections connections) {
  return kernels_for<T>().conv_backward_parameters(cpu, x, y, activation, dy, kernel, dweight, dbias, scratch,
                                                   connections);
}
template void conv_backward_parameters<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y,
                                              Activation activation, Tensor<float> dy, int kernel,
                                              float* dweight, float* dbias, Scratch scratch,
                                              Connections connections);
template void conv_backward_parameters<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y,
                                               Activation activation, Tensor<double> dy, int kernel,
                                               double* dweight, double* dbias, Scratch scratch,
                                               Connections connections);

// coupling.hpp
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  return kernels_for<T>().affine_forward(cpu, x, raw, at, z, log_prob);
}
template void affine_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> z, double* log_prob);
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  return kernels_for<T>().affine_inverse(cpu, z, raw, at, x);
}
template void affine_inverse<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> raw,
                                    AffineLayout at, Tensor<float> x);
template void affine_inverse<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> raw,
                                     AffineLayout at, Tensor<double> x);
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  return kernels_for<T>().affine_backward(cpu, x, raw, at, dz, dlog_prob, dx, write_dx, draw, write_draw);
}
template void affine_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
                                     Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
                                      Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                      Write write_draw);
template <class T>
void log_scale_forward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<T> y) {
  return kernels_for<T>().log_scale_forward(cpu, x, a, y);
}
template void log_scale_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* a,
                                       Tensor<float> y);
template void log_scale_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* a,
                                        Tensor<double> y);
template <class T>
Index log_scale_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().log_scale_backward_scratch_bytes(cpu, x);
}
template Index log_scale_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index log_scale_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template <class T>
void log_scale_backward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* da, Scratch scratch) {
  return kernels_for<T>().log_scale_backward(cpu, x, a, dy, dx, write, da, scratch);
}
template void log_scale_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* a,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* da,
                                        Scratch scratch);
template void log_scale_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* a,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* da,
                                         Scratch scratch);

// elementwise.hpp
template <class T>
void fill_zero(const Cpu& cpu, Tensor<T> x) {
  return kernels_for<T>().fill_zero(cpu, x);
}
template void fill_zero<float>(const Cpu& cpu, Tensor<float> x);
template void fill_zero<double>(const Cpu& cpu, Tensor<double> x);
void set_all_bits(const Cpu& cpu, void* memory, std::size_t bytes) {
  return chosen_kernels->set_all_bits(cpu, memory, bytes);
}
void set_each(const Cpu& cpu, double value, Index n, double* values) {
  return chosen_kernels->set_each(cpu, value, n, values);
}
void scaled_sum(const Cpu& cpu, double factor, const double* values, Index n, double* result) {
  return chosen_kernels->scaled_sum(cpu, factor, values, n, result);
}
void fetch(const Cpu& cpu, const double* values, Index n, double* host) {
  return chosen_kernels->fetch(cpu, values, n, host);
}
template <class T>
void copy(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().copy(cpu, x, y, write);
}
template void copy<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void copy<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template <class T>
void accumulate_scaled(const Cpu& cpu, Tensor<const T> x, T factor, Tensor<T> y) {
  return kernels_for<T>().accumulate_scaled(cpu, x, factor, y);
}
template void accumulate_scaled<float>(const Cpu& cpu, Tensor<const float> x, float factor, Tensor<float> y);
template void accumulate_scaled<double>(const Cpu& cpu, Tensor<const double> x, double factor,
                                        Tensor<double> y);
template <class T>
void fill_one_hot(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().fill_one_hot(cpu, x, y);
}
template void fill_one_hot<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void fill_one_hot<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
Index all_finite_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().all_finite_scratch_bytes(cpu, unused_1);
}
template Index all_finite_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index all_finite_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
bool all_finite(const Cpu& cpu, Tensor<const T> x, Scratch unused_2) {
  return kernels_for<T>().all_finite(cpu, x, unused_2);
}
template bool all_finite<float>(const Cpu& cpu, Tensor<const float> x, Scratch);
template bool all_finite<double>(const Cpu& cpu, Tensor<const double> x, Scratch);
template <class T>
void add(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z) {
  return kernels_for<T>().add(cpu, x, y, z);
}
template void add<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y, Tensor<float> z);
template void add<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y, Tensor<double> z);
template <class T>
void scale_shift(const Cpu& cpu, Tensor<const T> x, T scale, T shift, Tensor<T> y) {
  return kernels_for<T>().scale_shift(cpu, x, scale, shift, y);
}
template void scale_shift<float>(const Cpu& cpu, Tensor<const float> x, float scale, float shift,
                                 Tensor<float> y);
template void scale_shift<double>(const Cpu& cpu, Tensor<const double> x, double scale, double shift,
                                  Tensor<double> y);
template <class T>
void gate_forward(const Cpu& cpu, Tensor<const T> abc, Tensor<T> y) {
  return kernels_for<T>().gate_forward(cpu, abc, y);
}
template void gate_forward<float>(const Cpu& cpu, Tensor<const float> abc, Tensor<float> y);
template void gate_forward<double>(const Cpu& cpu, Tensor<const double> abc, Tensor<double> y);
template <class T>
void gate_backward(const Cpu& cpu, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write) {
  return kernels_for<T>().gate_backward(cpu, abc, dy, dabc, write);
}
template void gate_backward<float>(const Cpu& cpu, Tensor<const float> abc, Tensor<const float> dy,
                                   Tensor<float> dabc, Write write);
template void gate_backward<double>(const Cpu& cpu, Tensor<const double> abc, Tensor<const double> dy,
                                    Tensor<double> dabc, Write write);
template <class T>
void sigmoid_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  return kernels_for<T>().sigmoid_forward(cpu, x, y, log_prob);
}
template void sigmoid_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y,
                                     double* log_prob);
template void sigmoid_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y,
                                      double* log_prob);
template <class T>
void sigmoid_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                      Tensor<T> dx) {
  return kernels_for<T>().sigmoid_backward(cpu, y, dy, dlog_prob, dx);
}
template void sigmoid_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                      const double* dlog_prob, Tensor<float> dx);
template void sigmoid_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                       const double* dlog_prob, Tensor<double> dx);
template <class T>
void sigmoid_inverse(const Cpu& cpu, Tensor<const T> y, Tensor<T> x) {
  return kernels_for<T>().sigmoid_inverse(cpu, y, x);
}
template void sigmoid_inverse<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> x);
template void sigmoid_inverse<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> x);
template <class T>
void logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  return kernels_for<T>().logit_forward(cpu, x, y, log_prob);
}
template void logit_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, double* log_prob);
template void logit_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y,
                                    double* log_prob);
template <class T>
void logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                    Tensor<T> dx) {
  return kernels_for<T>().logit_backward(cpu, x, dy, dlog_prob, dx);
}
template void logit_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                    const double* dlog_prob, Tensor<float> dx);
template void logit_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                     const double* dlog_prob, Tensor<double> dx);
template <class T>
void dequantize(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y) {
  return kernels_for<T>().dequantize(cpu, x, u, levels, y);
}
template void dequantize<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u, float levels,
                                Tensor<float> y);
template void dequantize<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> u,
                                 double levels, Tensor<double> y);
template <class T>
void dequantized_logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> z,
                               double* log_prob) {
  return kernels_for<T>().dequantized_logit_forward(cpu, x, u, levels, z, log_prob);
}
template void dequantized_logit_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u,
                                               float levels, Tensor<float> z, double* log_prob);
template void dequantized_logit_forward<double>(const Cpu& cpu, Tensor<const double> x,
                                                Tensor<const double> u, double levels, Tensor<double> z,
                                                double* log_prob);
template <class T>
void dequantized_logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                Tensor<const T> dz, const double* dlog_prob, Tensor<T> du) {
  return kernels_for<T>().dequantized_logit_backward(cpu, x, u, levels, dz, dlog_prob, du);
}
template void dequantized_logit_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> u,
                                                float levels, Tensor<const float> dz, const double* dlog_prob,
                                                Tensor<float> du);
template void dequantized_logit_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                                 Tensor<const double> u, double levels,
                                                 Tensor<const double> dz, const double* dlog_prob,
                                                 Tensor<double> du);

// elu.hpp
template <class T>
void elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().elu_forward(cpu, x, y);
}
template void elu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void elu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void elu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().elu_backward(cpu, y, dy, dx, write);
}
template void elu_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                  Tensor<float> dx, Write write);
template void elu_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                   Tensor<double> dx, Write write);

// gelu.hpp
template <class T>
void gelu_tanh_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().gelu_tanh_forward(cpu, x, y);
}
template void gelu_tanh_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void gelu_tanh_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void gelu_tanh_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().gelu_tanh_backward(cpu, x, dy, dx, write);
}
template void gelu_tanh_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                        Tensor<float> dx, Write write);
template void gelu_tanh_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                         Tensor<double> dx, Write write);
template <class T>
void gelu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().gelu_forward(cpu, x, y);
}
template void gelu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void gelu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void gelu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().gelu_backward(cpu, x, dy, dx, write);
}
template void gelu_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                   Tensor<float> dx, Write write);
template void gelu_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                    Tensor<double> dx, Write write);

// inverse.hpp
Index log_abs_det_and_inverse_scratch_bytes(const Cpu& cpu, Index c) {
  return chosen_kernels->log_abs_det_and_inverse_scratch_bytes(cpu, c);
}
template <class T>
void log_abs_det_and_inverse(const Cpu& cpu, const T* w, Index c, T* inverse, double* log_det,
                             Scratch scratch) {
  return kernels_for<T>().log_abs_det_and_inverse(cpu, w, c, inverse, log_det, scratch);
}
template void log_abs_det_and_inverse<float>(const Cpu&, const float* w, Index c, float* inverse,
                                             double* log_det, Scratch scratch);
template void log_abs_det_and_inverse<double>(const Cpu&, const double* w, Index c, double* inverse,
                                              double* log_det, Scratch scratch);
Index invert_matrices_scratch_bytes(const Cpu& cpu, const InvertibleMatrix* matrices, Index count) {
  return chosen_kernels->invert_matrices_scratch_bytes(cpu, matrices, count);
}
template <class T>
void invert_matrices(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                     const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch) {
  return kernels_for<T>().invert_matrices(cpu, matrices, count, all, parameters, seen, inverses, log_dets,
                                          scratch);
}
template void invert_matrices<float>(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                                     const float* parameters, float* seen, float* inverses, double* log_dets,
                                     Scratch scratch);
template void invert_matrices<double>(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                                      const double* parameters, double* seen, double* inverses,
                                      double* log_dets, Scratch scratch);

// layer_norm.hpp
template <class T>
void layer_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* gain, const T* bias, T eps, T* statistics,
                        Tensor<T> y) {
  return kernels_for<T>().layer_norm_forward(cpu, x, gain, bias, eps, statistics, y);
}
template void layer_norm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* gain,
                                        const float* bias, float eps, float* statistics, Tensor<float> y);
template void layer_norm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* gain,
                                         const double* bias, double eps, double* statistics,
                                         Tensor<double> y);
template <class T>
Index layer_norm_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().layer_norm_backward_scratch_bytes(cpu, unused_1);
}
template Index layer_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index layer_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void layer_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* statistics, const T* gain,
                         Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias,
                         Scratch unused_9) {
  return kernels_for<T>().layer_norm_backward(cpu, x, statistics, gain, dy, dx, write, dgain, dbias,
                                              unused_9);
}
template void layer_norm_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* statistics,
                                         const float* gain, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dgain, float* dbias, Scratch);
template void layer_norm_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* statistics,
                                          const double* gain, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dgain, double* dbias, Scratch);

// layout.hpp
template <class T>
void squeeze(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write, SqueezeOrder order) {
  return kernels_for<T>().squeeze(cpu, x, z, write, order);
}
template void squeeze<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> z, Write write,
                             SqueezeOrder order);
template void squeeze<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> z, Write write,
                              SqueezeOrder order);
template <class T>
void unsqueeze(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write, SqueezeOrder order) {
  return kernels_for<T>().unsqueeze(cpu, z, x, write, order);
}
template void unsqueeze<float>(const Cpu& cpu, Tensor<const float> z, Tensor<float> x, Write write,
                               SqueezeOrder order);
template void unsqueeze<double>(const Cpu& cpu, Tensor<const double> z, Tensor<double> x, Write write,
                                SqueezeOrder order);
template <class T>
void to_patches(const Cpu& cpu, Tensor<const T> x, Index side, Tensor<T> z, Write write) {
  return kernels_for<T>().to_patches(cpu, x, side, z, write);
}
template void to_patches<float>(const Cpu& cpu, Tensor<const float> x, Index side, Tensor<float> z,
                                Write write);
template void to_patches<double>(const Cpu& cpu, Tensor<const double> x, Index side, Tensor<double> z,
                                 Write write);
template <class T>
void from_patches(const Cpu& cpu, Tensor<const T> z, Index side, Tensor<T> x, Write write) {
  return kernels_for<T>().from_patches(cpu, z, side, x, write);
}
template void from_patches<float>(const Cpu& cpu, Tensor<const float> z, Index side, Tensor<float> x,
                                  Write write);
template void from_patches<double>(const Cpu& cpu, Tensor<const double> z, Index side, Tensor<double> x,
                                   Write write);
template <class T>
void rotate_channels(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y, Write write) {
  return kernels_for<T>().rotate_channels(cpu, x, first, y, write);
}
template void rotate_channels<float>(const Cpu& cpu, Tensor<const float> x, Index first, Tensor<float> y,
                                     Write write);
template void rotate_channels<double>(const Cpu& cpu, Tensor<const double> x, Index first, Tensor<double> y,
                                      Write write);
template <class T>
void deal_channels(const Cpu& cpu, Tensor<const T> x, Index hands, Tensor<T> y, Write write) {
  return kernels_for<T>().deal_channels(cpu, x, hands, y, write);
}
template void deal_channels<float>(const Cpu& cpu, Tensor<const float> x, Index hands, Tensor<float> y,
                                   Write write);
template void deal_channels<double>(const Cpu& cpu, Tensor<const double> x, Index hands, Tensor<double> y,
                                    Write write);

// linalg.hpp
template <class T>
void log_abs_det_backward(const Cpu& cpu, const T* inverse, Index c, double factor, const double* dlog_prob,
                          Index n, T* dw) {
  return kernels_for<T>().log_abs_det_backward(cpu, inverse, c, factor, dlog_prob, n, dw);
}
template void log_abs_det_backward<float>(const Cpu&, const float* inverse, Index c, double factor,
                                          const double* dlog_prob, Index n, float* dw);
template void log_abs_det_backward<double>(const Cpu&, const double* inverse, Index c, double factor,
                                           const double* dlog_prob, Index n, double* dw);
template <class T>
Index lu_compose_scratch_bytes(const Cpu& cpu, Index c) {
  return kernels_for<T>().lu_compose_scratch_bytes(cpu, c);
}
template Index lu_compose_scratch_bytes<float>(const Cpu&, Index c);
template Index lu_compose_scratch_bytes<double>(const Cpu&, Index c);
template <class T>
void lu_compose(const Cpu& cpu, const T* lower, const T* upper, const T* log_s, const T* sign, Index c, T* w,
                Scratch scratch) {
  return kernels_for<T>().lu_compose(cpu, lower, upper, log_s, sign, c, w, scratch);
}
template void lu_compose<float>(const Cpu&, const float* lower, const float* upper, const float* log_s,
                                const float* sign, Index c, float* w, Scratch scratch);
template void lu_compose<double>(const Cpu&, const double* lower, const double* upper, const double* log_s,
                                 const double* sign, Index c, double* w, Scratch scratch);
template <class T>
Index lu_backward_scratch_bytes(const Cpu& cpu, Index c) {
  return kernels_for<T>().lu_backward_scratch_bytes(cpu, c);
}
template Index lu_backward_scratch_bytes<float>(const Cpu&, Index c);
template Index lu_backward_scratch_bytes<double>(const Cpu&, Index c);
template <class T>
void lu_backward(const Cpu& cpu, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                 Index c, T* dlower, T* dupper, T* dlog_s, Scratch scratch) {
  return kernels_for<T>().lu_backward(cpu, lower, upper, log_s, sign, dw, c, dlower, dupper, dlog_s, scratch);
}
template void lu_backward<float>(const Cpu&, const float* lower, const float* upper, const float* log_s,
                                 const float* sign, const float* dw, Index c, float* dlower, float* dupper,
                                 float* dlog_s, Scratch scratch);
template void lu_backward<double>(const Cpu&, const double* lower, const double* upper, const double* log_s,
                                  const double* sign, const double* dw, Index c, double* dlower,
                                  double* dupper, double* dlog_s, Scratch scratch);
template <class T>
void add_sum_to_each(const Cpu& cpu, double factor, const T* v, Index c, Index n, double* values) {
  return kernels_for<T>().add_sum_to_each(cpu, factor, v, c, n, values);
}
template void add_sum_to_each<float>(const Cpu&, double factor, const float* v, Index c, Index n,
                                     double* values);
template void add_sum_to_each<double>(const Cpu&, double factor, const double* v, Index c, Index n,
                                      double* values);
template <class T>
void add_sum_to_each_backward(const Cpu& cpu, double factor, const double* dvalues, Index n, Index c, T* dv) {
  return kernels_for<T>().add_sum_to_each_backward(cpu, factor, dvalues, n, c, dv);
}
template void add_sum_to_each_backward<float>(const Cpu&, double factor, const double* dvalues, Index n,
                                              Index c, float* dv);
template void add_sum_to_each_backward<double>(const Cpu&, double factor, const double* dvalues, Index n,
                                               Index c, double* dv);
void add_to_each(const Cpu& cpu, double term, Index n, double* values) {
  return chosen_kernels->add_to_each(cpu, term, n, values);
}
void add_to_each(const Cpu& cpu, double factor, const double* term, Index n, double* values) {
  return chosen_kernels->add_to_each_2(cpu, factor, term, n, values);
}

// lip_swish.hpp
template <class T>
void lip_swish_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  return kernels_for<T>().lip_swish_forward(cpu, x, b, y);
}
template void lip_swish_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                       Tensor<float> y);
template void lip_swish_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                        Tensor<double> y);
template <class T>
void lip_swish_slope_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  return kernels_for<T>().lip_swish_slope_forward(cpu, x, b, y);
}
template void lip_swish_slope_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                             Tensor<float> y);
template void lip_swish_slope_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                              Tensor<double> y);
template <class T>
Index lip_swish_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().lip_swish_backward_scratch_bytes(cpu, x);
}
template Index lip_swish_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index lip_swish_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template <class T>
void lip_swish_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* db, Scratch scratch) {
  return kernels_for<T>().lip_swish_backward(cpu, x, b, dy, dx, write, db, scratch);
}
template void lip_swish_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                        Tensor<const float> dy, Tensor<float> dx, Write write, float* db,
                                        Scratch scratch);
template void lip_swish_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                         Tensor<const double> dy, Tensor<double> dx, Write write, double* db,
                                         Scratch scratch);
template <class T>
Index lip_swish_slope_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().lip_swish_slope_backward_scratch_bytes(cpu, x);
}
template Index lip_swish_slope_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index lip_swish_slope_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template <class T>
void lip_swish_slope_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* db, Scratch scratch) {
  return kernels_for<T>().lip_swish_slope_backward(cpu, x, b, dy, dx, write, db, scratch);
}
template void lip_swish_slope_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* b,
                                              Tensor<const float> dy, Tensor<float> dx, Write write,
                                              float* db, Scratch scratch);
template void lip_swish_slope_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* b,
                                               Tensor<const double> dy, Tensor<double> dx, Write write,
                                               double* db, Scratch scratch);

// map.hpp
template <class T>
void multiply_numbers(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z, Write write) {
  return kernels_for<T>().multiply_numbers(cpu, x, y, z, write);
}
template void multiply_numbers<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y,
                                      Tensor<float> z, Write write);
template void multiply_numbers<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y,
                                       Tensor<double> z, Write write);
template <class T>
void spread_channels(const Cpu& cpu, const T* v, Tensor<T> y) {
  return kernels_for<T>().spread_channels(cpu, v, y);
}
template void spread_channels<float>(const Cpu& cpu, const float* v, Tensor<float> y);
template void spread_channels<double>(const Cpu& cpu, const double* v, Tensor<double> y);
template <class T>
Index sum_channels_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().sum_channels_scratch_bytes(cpu, unused_1);
}
template Index sum_channels_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index sum_channels_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void sum_channels(const Cpu& cpu, Tensor<const T> dy, T* dv, Scratch unused_3) {
  return kernels_for<T>().sum_channels(cpu, dy, dv, unused_3);
}
template void sum_channels<float>(const Cpu& cpu, Tensor<const float> dy, float* dv, Scratch);
template void sum_channels<double>(const Cpu& cpu, Tensor<const double> dy, double* dv, Scratch);
template <class T>
void spread_pixels(const Cpu& cpu, Tensor<const T> v, Tensor<T> y) {
  return kernels_for<T>().spread_pixels(cpu, v, y);
}
template void spread_pixels<float>(const Cpu& cpu, Tensor<const float> v, Tensor<float> y);
template void spread_pixels<double>(const Cpu& cpu, Tensor<const double> v, Tensor<double> y);
template <class T>
void sum_pixels(const Cpu& cpu, Tensor<const T> dy, Tensor<T> dv) {
  return kernels_for<T>().sum_pixels(cpu, dy, dv);
}
template void sum_pixels<float>(const Cpu& cpu, Tensor<const float> dy, Tensor<float> dv);
template void sum_pixels<double>(const Cpu& cpu, Tensor<const double> dy, Tensor<double> dv);
template <class T>
void sum_images(const Cpu& cpu, Tensor<const T> x, double factor, double* log_prob) {
  return kernels_for<T>().sum_images(cpu, x, factor, log_prob);
}
template void sum_images<float>(const Cpu& cpu, Tensor<const float> x, double factor, double* log_prob);
template void sum_images<double>(const Cpu& cpu, Tensor<const double> x, double factor, double* log_prob);
template <class T>
void spread_images(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<T> dx) {
  return kernels_for<T>().spread_images(cpu, factor, dlog_prob, dx);
}
template void spread_images<float>(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<float> dx);
template void spread_images<double>(const Cpu& cpu, double factor, const double* dlog_prob,
                                    Tensor<double> dx);

// masked.hpp
template <class T>
void order_weight(const Cpu& cpu, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered) {
  return kernels_for<T>().order_weight(cpu, mask, w, ordered);
}
template void order_weight<float>(const Cpu& cpu, DegreeMask mask, Tensor<const float> w,
                                  Tensor<float> ordered);
template void order_weight<double>(const Cpu& cpu, DegreeMask mask, Tensor<const double> w,
                                   Tensor<double> ordered);
template <class T>
void order_weight_backward(const Cpu& cpu, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                           Write write) {
  return kernels_for<T>().order_weight_backward(cpu, mask, dordered, dw, write);
}
template void order_weight_backward<float>(const Cpu& cpu, DegreeMask mask, Tensor<const float> dordered,
                                           Tensor<float> dw, Write write);
template void order_weight_backward<double>(const Cpu& cpu, DegreeMask mask, Tensor<const double> dordered,
                                            Tensor<double> dw, Write write);
template <class T>
void sort_weight(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted) {
  return kernels_for<T>().sort_weight(cpu, in, out, w, sorted);
}
template void sort_weight<float>(const Cpu& cpu, Degrees in, Degrees out, Tensor<const float> w,
                                 Tensor<float> sorted);
template void sort_weight<double>(const Cpu& cpu, Degrees in, Degrees out, Tensor<const double> w,
                                  Tensor<double> sorted);
template <class T>
void sort_weight_backward(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> dsorted, Tensor<T> dw) {
  return kernels_for<T>().sort_weight_backward(cpu, in, out, dsorted, dw);
}
template void sort_weight_backward<float>(const Cpu& cpu, Degrees in, Degrees out,
                                          Tensor<const float> dsorted, Tensor<float> dw);
template void sort_weight_backward<double>(const Cpu& cpu, Degrees in, Degrees out,
                                           Tensor<const double> dsorted, Tensor<double> dw);
template <class T>
void partial_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, const T* bias,
                      Activation activation, Tensor<T> y) {
  return kernels_for<T>().partial_products(cpu, x, w, bias, activation, y);
}
template void partial_products<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> w,
                                      const float* bias, Activation activation, Tensor<float> y);
template void partial_products<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> w,
                                       const double* bias, Activation activation, Tensor<double> y);
template <class T>
void partial_products_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                               Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw, T* dbias) {
  return kernels_for<T>().partial_products_backward(cpu, x, w, y, activation, dy, dx, dw, dbias);
}
template void partial_products_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> w,
                                               Tensor<const float> y, Activation activation, Tensor<float> dy,
                                               Tensor<float> dx, Tensor<float> dw, float* dbias);
template void partial_products_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                                Tensor<const double> w, Tensor<const double> y,
                                                Activation activation, Tensor<double> dy, Tensor<double> dx,
                                                Tensor<double> dw, double* dbias);

// matrices.hpp
template <class T>
void multiply_matrices(const Cpu& cpu, Tensor<const T> a, Tensor<const T> b, MatrixForm form, Tensor<T> y,
                       Write write) {
  return kernels_for<T>().multiply_matrices(cpu, a, b, form, y, write);
}
template void multiply_matrices<float>(const Cpu& cpu, Tensor<const float> a, Tensor<const float> b,
                                       MatrixForm form, Tensor<float> y, Write write);
template void multiply_matrices<double>(const Cpu& cpu, Tensor<const double> a, Tensor<const double> b,
                                        MatrixForm form, Tensor<double> y, Write write);
template <class T>
void softmax_forward(const Cpu& cpu, Tensor<const T> x, AttentionMask mask, Tensor<T> y) {
  return kernels_for<T>().softmax_forward(cpu, x, mask, y);
}
template void softmax_forward<float>(const Cpu& cpu, Tensor<const float> x, AttentionMask mask,
                                     Tensor<float> y);
template void softmax_forward<double>(const Cpu& cpu, Tensor<const double> x, AttentionMask mask,
                                      Tensor<double> y);
template <class T>
void softmax_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().softmax_backward(cpu, y, dy, dx, write);
}
template void softmax_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                      Tensor<float> dx, Write write);
template void softmax_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                       Tensor<double> dx, Write write);
template <class T>
void total_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().total_channels(cpu, x, y, write);
}
template void total_channels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void total_channels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template <class T>
void mark_largest(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().mark_largest(cpu, x, y);
}
template void mark_largest<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void mark_largest<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void planes_as_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().planes_as_pixels(cpu, x, y, write);
}
template void planes_as_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void planes_as_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template <class T>
void pixels_as_planes(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().pixels_as_planes(cpu, x, y, write);
}
template void pixels_as_planes<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void pixels_as_planes<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);

// mixture.hpp
template <class T>
void mixture_forward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                     Tensor<T> z, double* log_prob) {
  return kernels_for<T>().mixture_forward(cpu, map, where, x, raw, z, log_prob);
}
template void mixture_forward<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> x,
                                     Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void mixture_forward<double>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const double> x,
                                      Tensor<const double> raw, Tensor<double> z, double* log_prob);
template <class T>
void mixture_inverse(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> z, Tensor<const T> raw,
                     Tensor<T> x) {
  return kernels_for<T>().mixture_inverse(cpu, map, where, z, raw, x);
}
template void mixture_inverse<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> z,
                                     Tensor<const float> raw, Tensor<float> x);
template void mixture_inverse<double>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const double> z,
                                      Tensor<const double> raw, Tensor<double> x);
template <class T>
void mixture_backward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                      Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                      Tensor<T> draw, Write write_draw) {
  return kernels_for<T>().mixture_backward(cpu, map, where, x, raw, dz, dlog_prob, dx, write_dx, draw,
                                           write_draw);
}
template void mixture_backward<float>(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const float> x,
                                      Tensor<const float> raw, Tensor<const float> dz,
                                      const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                      Tensor<float> draw, Write write_draw);
template void mixture_backward<double>(const Cpu& cpu, MixtureMap map, SomeWhere where,
                                       Tensor<const double> x, Tensor<const double> raw,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write_dx, Tensor<double> draw, Write write_draw);

// normal_mixture.hpp
template <class T>
void mix_log_densities(const Cpu& cpu, const double* densities, const T* logits, Index count, Index n,
                       double factor, double* log_prob) {
  return kernels_for<T>().mix_log_densities(cpu, densities, logits, count, n, factor, log_prob);
}
template void mix_log_densities<float>(const Cpu& cpu, const double* densities, const float* logits,
                                       Index count, Index n, double factor, double* log_prob);
template void mix_log_densities<double>(const Cpu& cpu, const double* densities, const double* logits,
                                        Index count, Index n, double factor, double* log_prob);
template <class T>
void mix_log_densities_backward(const Cpu& cpu, const double* densities, const T* logits, Index count,
                                Index n, double factor, const double* dlog_prob, double* ddensities,
                                T* dlogits) {
  return kernels_for<T>().mix_log_densities_backward(cpu, densities, logits, count, n, factor, dlog_prob,
                                                     ddensities, dlogits);
}
template void mix_log_densities_backward<float>(const Cpu& cpu, const double* densities, const float* logits,
                                                Index count, Index n, double factor, const double* dlog_prob,
                                                double* ddensities, float* dlogits);
template void mix_log_densities_backward<double>(const Cpu& cpu, const double* densities,
                                                 const double* logits, Index count, Index n, double factor,
                                                 const double* dlog_prob, double* ddensities,
                                                 double* dlogits);
template <class T>
void normal_mixture_from_noise(const Cpu& cpu, Tensor<const T> u, Tensor<const T> e, Index count,
                               const T* logits, const T* loc, const T* log_scale, T temperature,
                               Tensor<T> x) {
  return kernels_for<T>().normal_mixture_from_noise(cpu, u, e, count, logits, loc, log_scale, temperature, x);
}
template void normal_mixture_from_noise<float>(const Cpu& cpu, Tensor<const float> u, Tensor<const float> e,
                                               Index count, const float* logits, const float* loc,
                                               const float* log_scale, float temperature, Tensor<float> x);
template void normal_mixture_from_noise<double>(const Cpu& cpu, Tensor<const double> u,
                                                Tensor<const double> e, Index count, const double* logits,
                                                const double* loc, const double* log_scale,
                                                double temperature, Tensor<double> x);

// normalization.hpp
template <class T>
Index channel_statistics_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().channel_statistics_scratch_bytes(cpu, unused_1);
}
template Index channel_statistics_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index channel_statistics_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void channel_statistics(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance, Scratch unused_4) {
  return kernels_for<T>().channel_statistics(cpu, x, mean, variance, unused_4);
}
template void channel_statistics<float>(const Cpu& cpu, Tensor<const float> x, float* mean, float* variance,
                                        Scratch);
template void channel_statistics<double>(const Cpu& cpu, Tensor<const double> x, double* mean,
                                         double* variance, Scratch);
template <class T>
bool is_zero(const Cpu& cpu, const T* flag) {
  return kernels_for<T>().is_zero(cpu, flag);
}
template bool is_zero<float>(const Cpu&, const float* flag);
template bool is_zero<double>(const Cpu&, const double* flag);
template <class T>
void actnorm_start(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started, T shift_factor,
                   T log_factor, bool unbiased, T floor) {
  return kernels_for<T>().actnorm_start(cpu, x, shift, log_scale, started, shift_factor, log_factor, unbiased,
                                        floor);
}
template void actnorm_start<float>(const Cpu& cpu, Tensor<const float> x, float* shift, float* log_scale,
                                   float* started, float shift_factor, float log_factor, bool unbiased,
                                   float floor);
template void actnorm_start<double>(const Cpu& cpu, Tensor<const double> x, double* shift, double* log_scale,
                                    double* started, double shift_factor, double log_factor, bool unbiased,
                                    double floor);
template <class T>
void actnorm_forward(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob) {
  return kernels_for<T>().actnorm_forward(cpu, x, shift, log_scale, z, log_prob);
}
template void actnorm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* shift,
                                     const float* log_scale, Tensor<float> z, double* log_prob);
template void actnorm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* shift,
                                      const double* log_scale, Tensor<double> z, double* log_prob);
template <class T>
void actnorm_inverse(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x) {
  return kernels_for<T>().actnorm_inverse(cpu, z, shift, log_scale, x);
}
template void actnorm_inverse<float>(const Cpu& cpu, Tensor<const float> z, const float* shift,
                                     const float* log_scale, Tensor<float> x);
template void actnorm_inverse<double>(const Cpu& cpu, Tensor<const double> z, const double* shift,
                                      const double* log_scale, Tensor<double> x);
template <class T>
Index actnorm_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().actnorm_backward_scratch_bytes(cpu, unused_1);
}
template Index actnorm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index actnorm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void actnorm_backward(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale,
                      Scratch unused_9) {
  return kernels_for<T>().actnorm_backward(cpu, z, log_scale, dz, dlog_prob, dx, write, dshift, dlog_scale,
                                           unused_9);
}
template void actnorm_backward<float>(const Cpu& cpu, Tensor<const float> z, const float* log_scale,
                                      Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                      Write write, float* dshift, float* dlog_scale, Scratch);
template void actnorm_backward<double>(const Cpu& cpu, Tensor<const double> z, const double* log_scale,
                                       Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
                                       Write write, double* dshift, double* dlog_scale, Scratch);
template <class T>
void batch_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y) {
  return kernels_for<T>().batch_norm_forward(cpu, x, mean, variance, eps, weight, bias, activation, y);
}
template void batch_norm_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* mean,
                                        const float* variance, float eps, const float* weight,
                                        const float* bias, Activation activation, Tensor<float> y);
template void batch_norm_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* mean,
                                         const double* variance, double eps, const double* weight,
                                         const double* bias, Activation activation, Tensor<double> y);
template <class T>
void batch_norm_update(const Cpu& cpu, Index channels, Index pixels, T momentum, const T* mean,
                       const T* variance, const T* running_mean, const T* running_variance, T* next_mean,
                       T* next_variance, bool make_unbiased) {
  return kernels_for<T>().batch_norm_update(cpu, channels, pixels, momentum, mean, variance, running_mean,
                                            running_variance, next_mean, next_variance, make_unbiased);
}
template void batch_norm_update<float>(const Cpu&, Index channels, Index pixels, float momentum,
                                       const float* mean, const float* variance, const float* running_mean,
                                       const float* running_variance, float* next_mean, float* next_variance,
                                       bool make_unbiased);
template void batch_norm_update<double>(const Cpu&, Index channels, Index pixels, double momentum,
                                        const double* mean, const double* variance,
                                        const double* running_mean, const double* running_variance,
                                        double* next_mean, double* next_variance, bool make_unbiased);
template <class T>
Index batch_norm_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().batch_norm_backward_scratch_bytes(cpu, x);
}
template Index batch_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index batch_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
template <class T>
void batch_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                         T* dweight, T* dbias, Scratch scratch) {
  return kernels_for<T>().batch_norm_backward(cpu, x, mean, variance, eps, weight, from_batch, dy, dx, write,
                                              dweight, dbias, scratch);
}
template void batch_norm_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* mean,
                                         const float* variance, float eps, const float* weight,
                                         bool from_batch, Tensor<const float> dy, Tensor<float> dx,
                                         Write write, float* dweight, float* dbias, Scratch scratch);
template void batch_norm_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* mean,
                                          const double* variance, double eps, const double* weight,
                                          bool from_batch, Tensor<const double> dy, Tensor<double> dx,
                                          Write write, double* dweight, double* dbias, Scratch scratch);

// optimizer.hpp
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule& rule, T* parameters, T* gradients, T* moments, Index n) {
  if constexpr (std::is_same_v<Rule, AdamaxRule<T>>) {
    return kernels_for<T>().optimizer_pass_AdamaxRule(cpu, rule, parameters, gradients, moments, n);
  } else if constexpr (std::is_same_v<Rule, AdamRule<T>>) {
    return kernels_for<T>().optimizer_pass_AdamRule(cpu, rule, parameters, gradients, moments, n);
  } else if constexpr (std::is_same_v<Rule, SgdRule<T>>) {
    return kernels_for<T>().optimizer_pass_SgdRule(cpu, rule, parameters, gradients, moments, n);
  }
}
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
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, T* averages, const T* values, Index n) {
  return kernels_for<T>().average_pass(cpu, rule, averages, values, n);
}
template void average_pass<float>(const Cpu& cpu, const AverageRule<float>& rule, float* averages,
                                  const float* values, Index n);
template void average_pass<double>(const Cpu& cpu, const AverageRule<double>& rule, double* averages,
                                   const double* values, Index n);
template <class T>
double squared_norm(const Cpu& cpu, std::span<T> x) {
  return kernels_for<T>().squared_norm(cpu, x);
}
template double squared_norm<float>(const Cpu& cpu, std::span<float> x);
template double squared_norm<double>(const Cpu& cpu, std::span<double> x);
template <class T>
Index squared_norm_scratch_bytes(const Cpu& cpu, const T* unused_1, Index unused_2) {
  return kernels_for<T>().squared_norm_scratch_bytes(cpu, unused_1, unused_2);
}
template Index squared_norm_scratch_bytes<float>(const Cpu&, const float*, Index);
template Index squared_norm_scratch_bytes<double>(const Cpu&, const double*, Index);
template <class T>
void squared_norm(const Cpu& cpu, const T* x, Index n, double* result, Scratch unused_4) {
  return kernels_for<T>().squared_norm_2(cpu, x, n, result, unused_4);
}
template void squared_norm<float>(const Cpu& cpu, const float* x, Index n, double* result, Scratch);
template void squared_norm<double>(const Cpu& cpu, const double* x, Index n, double* result, Scratch);
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  if constexpr (std::is_same_v<Rule, AdamaxRule<T>>) {
    return kernels_for<T>().optimizer_pass_2_AdamaxRule(cpu, rule, facts, parameters, gradients, moments, n);
  } else if constexpr (std::is_same_v<Rule, AdamRule<T>>) {
    return kernels_for<T>().optimizer_pass_2_AdamRule(cpu, rule, facts, parameters, gradients, moments, n);
  } else if constexpr (std::is_same_v<Rule, SgdRule<T>>) {
    return kernels_for<T>().optimizer_pass_2_SgdRule(cpu, rule, facts, parameters, gradients, moments, n);
  }
}
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
template <class T>
void assign_pass(const Cpu& cpu, const StepFacts& facts, const T* from, T* to, Index n) {
  return kernels_for<T>().assign_pass(cpu, facts, from, to, n);
}
template void assign_pass<float>(const Cpu&, const StepFacts& facts, const float* from, float* to, Index n);
template void assign_pass<double>(const Cpu&, const StepFacts& facts, const double* from, double* to,
                                  Index n);
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n) {
  return kernels_for<T>().average_pass_2(cpu, rule, facts, averages, values, n);
}
template void average_pass<float>(const Cpu& cpu, const AverageRule<float>& rule, const StepFacts& facts,
                                  float* averages, const float* values, Index n);
template void average_pass<double>(const Cpu& cpu, const AverageRule<double>& rule, const StepFacts& facts,
                                   double* averages, const double* values, Index n);
template <class T>
bool all_finite(const Cpu& cpu, std::span<T> x) {
  return kernels_for<T>().all_finite_2(cpu, x);
}
template bool all_finite<float>(const Cpu& cpu, std::span<float> x);
template bool all_finite<double>(const Cpu& cpu, std::span<double> x);

// position.hpp
template <class T>
void add_positions(const Cpu& cpu, Tensor<const T> x, const T* v, Tensor<T> y) {
  return kernels_for<T>().add_positions(cpu, x, v, y);
}
template void add_positions<float>(const Cpu& cpu, Tensor<const float> x, const float* v, Tensor<float> y);
template void add_positions<double>(const Cpu& cpu, Tensor<const double> x, const double* v,
                                    Tensor<double> y);
template <class T>
void sum_positions(const Cpu& cpu, Tensor<const T> dy, T* dv) {
  return kernels_for<T>().sum_positions(cpu, dy, dv);
}
template void sum_positions<float>(const Cpu& cpu, Tensor<const float> dy, float* dv);
template void sum_positions<double>(const Cpu& cpu, Tensor<const double> dy, double* dv);
template <class T>
void position_affine_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, const T* shift, Tensor<T> z,
                             double* log_prob) {
  return kernels_for<T>().position_affine_forward(cpu, x, scale, shift, z, log_prob);
}
template void position_affine_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                             const float* shift, Tensor<float> z, double* log_prob);
template void position_affine_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                              const double* shift, Tensor<double> z, double* log_prob);
template <class T>
void position_affine_inverse(const Cpu& cpu, Tensor<const T> z, const T* scale, const T* shift, Tensor<T> x) {
  return kernels_for<T>().position_affine_inverse(cpu, z, scale, shift, x);
}
template void position_affine_inverse<float>(const Cpu& cpu, Tensor<const float> z, const float* scale,
                                             const float* shift, Tensor<float> x);
template void position_affine_inverse<double>(const Cpu& cpu, Tensor<const double> z, const double* scale,
                                              const double* shift, Tensor<double> x);
template <class T>
void position_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                              const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift) {
  return kernels_for<T>().position_affine_backward(cpu, x, scale, dz, dlog_prob, dx, write, dscale, dshift);
}
template void position_affine_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                              Tensor<const float> dz, const double* dlog_prob,
                                              Tensor<float> dx, Write write, float* dscale, float* dshift);
template void position_affine_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                               Tensor<const double> dz, const double* dlog_prob,
                                               Tensor<double> dx, Write write, double* dscale,
                                               double* dshift);
template <class T>
void position_affine_start(const Cpu& cpu, Tensor<const T> x, T* scale, T* shift, T* started) {
  return kernels_for<T>().position_affine_start(cpu, x, scale, shift, started);
}
template void position_affine_start<float>(const Cpu& cpu, Tensor<const float> x, float* scale, float* shift,
                                           float* started);
template void position_affine_start<double>(const Cpu& cpu, Tensor<const double> x, double* scale,
                                            double* shift, double* started);

// probability.hpp
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                     double* log_prob) {
  return kernels_for<T>().normal_log_prob(cpu, x, loc, log_scale, factor, log_prob);
}
template void normal_log_prob<float>(const Cpu& cpu, Tensor<const float> x, const float* loc,
                                     const float* log_scale, double factor, double* log_prob);
template void normal_log_prob<double>(const Cpu& cpu, Tensor<const double> x, const double* loc,
                                      const double* log_scale, double factor, double* log_prob);
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                              double factor, const double* dlog_prob, Tensor<T> dx) {
  return kernels_for<T>().normal_log_prob_backward(cpu, x, loc, log_scale, factor, dlog_prob, dx);
}
template void normal_log_prob_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* loc,
                                              const float* log_scale, double factor, const double* dlog_prob,
                                              Tensor<float> dx);
template void normal_log_prob_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* loc,
                                               const double* log_scale, double factor,
                                               const double* dlog_prob, Tensor<double> dx);
template <class T>
Index normal_log_prob_backward_parameters_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().normal_log_prob_backward_parameters_scratch_bytes(cpu, unused_1);
}
template Index normal_log_prob_backward_parameters_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index normal_log_prob_backward_parameters_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void normal_log_prob_backward_parameters(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                         double factor, const double* dlog_prob, T* dloc, T* dlog_scale,
                                         Scratch unused_8) {
  return kernels_for<T>().normal_log_prob_backward_parameters(cpu, x, loc, log_scale, factor, dlog_prob, dloc,
                                                              dlog_scale, unused_8);
}
template void normal_log_prob_backward_parameters<float>(const Cpu& cpu, Tensor<const float> x,
                                                         const float* loc, const float* log_scale,
                                                         double factor, const double* dlog_prob, float* dloc,
                                                         float* dlog_scale, Scratch);
template void normal_log_prob_backward_parameters<double>(const Cpu& cpu, Tensor<const double> x,
                                                          const double* loc, const double* log_scale,
                                                          double factor, const double* dlog_prob,
                                                          double* dloc, double* dlog_scale, Scratch);
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  return kernels_for<T>().normal_from_noise(cpu, e, loc, log_scale, temperature, x);
}
template void normal_from_noise<float>(const Cpu& cpu, Tensor<const float> e, const float* loc,
                                       const float* log_scale, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cpu& cpu, Tensor<const double> e, const double* loc,
                                        const double* log_scale, double temperature, Tensor<double> x);
template <class T>
Index normal_from_noise_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().normal_from_noise_backward_scratch_bytes(cpu, unused_1);
}
template Index normal_from_noise_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index normal_from_noise_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale, Scratch unused_6) {
  return kernels_for<T>().normal_from_noise_backward(cpu, e, log_scale, dx, dloc, dlog_scale, unused_6);
}
template void normal_from_noise_backward<float>(const Cpu& cpu, Tensor<const float> e, const float* log_scale,
                                                Tensor<const float> dx, float* dloc, float* dlog_scale,
                                                Scratch);
template void normal_from_noise_backward<double>(const Cpu& cpu, Tensor<const double> e,
                                                 const double* log_scale, Tensor<const double> dx,
                                                 double* dloc, double* dlog_scale, Scratch);
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob) {
  return kernels_for<T>().normal_log_prob_2(cpu, x, raw, at, factor, log_prob);
}
template void normal_log_prob<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                     AffineLayout at, double factor, double* log_prob);
template void normal_log_prob<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw,
                                      AffineLayout at, double factor, double* log_prob);
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write) {
  return kernels_for<T>().normal_log_prob_backward_2(cpu, x, raw, at, factor, dlog_prob, dx, draw, write);
}
template void normal_log_prob_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> raw,
                                              AffineLayout at, double factor, const double* dlog_prob,
                                              Tensor<float> dx, Tensor<float> draw, Write write);
template void normal_log_prob_backward<double>(const Cpu& cpu, Tensor<const double> x,
                                               Tensor<const double> raw, AffineLayout at, double factor,
                                               const double* dlog_prob, Tensor<double> dx,
                                               Tensor<double> draw, Write write);
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at, T temperature,
                       Tensor<T> x) {
  return kernels_for<T>().normal_from_noise_2(cpu, e, raw, at, temperature, x);
}
template void normal_from_noise<float>(const Cpu& cpu, Tensor<const float> e, Tensor<const float> raw,
                                       AffineLayout at, float temperature, Tensor<float> x);
template void normal_from_noise<double>(const Cpu& cpu, Tensor<const double> e, Tensor<const double> raw,
                                        AffineLayout at, double temperature, Tensor<double> x);
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write) {
  return kernels_for<T>().normal_from_noise_backward_2(cpu, e, raw, at, dx, draw, write);
}
template void normal_from_noise_backward<float>(const Cpu& cpu, Tensor<const float> e,
                                                Tensor<const float> raw, AffineLayout at,
                                                Tensor<const float> dx, Tensor<float> draw, Write write);
template void normal_from_noise_backward<double>(const Cpu& cpu, Tensor<const double> e,
                                                 Tensor<const double> raw, AffineLayout at,
                                                 Tensor<const double> dx, Tensor<double> draw, Write write);

// rearrange.hpp
template <class T>
void reverse_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().reverse_channels(cpu, x, y, write);
}
template void reverse_channels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void reverse_channels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template <class T>
void flatten(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().flatten(cpu, x, y, write);
}
template void flatten<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y, Write write);
template void flatten<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y, Write write);
template <class T>
void unflatten(const Cpu& cpu, Tensor<const T> y, Tensor<T> x, Write write) {
  return kernels_for<T>().unflatten(cpu, y, x, write);
}
template void unflatten<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> x, Write write);
template void unflatten<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> x, Write write);
template <class T>
void shift_pixels(const Cpu& cpu, Tensor<const T> x, Index by, Tensor<T> y, Write write) {
  return kernels_for<T>().shift_pixels(cpu, x, by, y, write);
}
template void shift_pixels<float>(const Cpu& cpu, Tensor<const float> x, Index by, Tensor<float> y,
                                  Write write);
template void shift_pixels<double>(const Cpu& cpu, Tensor<const double> x, Index by, Tensor<double> y,
                                   Write write);
template <class T>
void scatter_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().scatter_pixels(cpu, place, x, y);
}
template void scatter_pixels<float>(const Cpu& cpu, const float* place, Tensor<const float> x,
                                    Tensor<float> y);
template void scatter_pixels<double>(const Cpu& cpu, const double* place, Tensor<const double> x,
                                     Tensor<double> y);
template <class T>
void gather_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().gather_pixels(cpu, place, x, y, write);
}
template void gather_pixels<float>(const Cpu& cpu, const float* place, Tensor<const float> x, Tensor<float> y,
                                   Write write);
template void gather_pixels<double>(const Cpu& cpu, const double* place, Tensor<const double> x,
                                    Tensor<double> y, Write write);
template <class T>
void reorder(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y, Write write) {
  return kernels_for<T>().reorder(cpu, parts, order, x, y, write);
}
template void reorder<float>(const Cpu& cpu, OrderOf parts, const float* order, Tensor<const float> x,
                             Tensor<float> y, Write write);
template void reorder<double>(const Cpu& cpu, OrderOf parts, const double* order, Tensor<const double> x,
                              Tensor<double> y, Write write);
template <class T>
void restore_order(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                   Write write) {
  return kernels_for<T>().restore_order(cpu, parts, order, y, x, write);
}
template void restore_order<float>(const Cpu& cpu, OrderOf parts, const float* order, Tensor<const float> y,
                                   Tensor<float> x, Write write);
template void restore_order<double>(const Cpu& cpu, OrderOf parts, const double* order,
                                    Tensor<const double> y, Tensor<double> x, Write write);
template <class T>
void triangle_to_weight(const Cpu& cpu, Triangle triangle, const T* entries, Tensor<T> w) {
  return kernels_for<T>().triangle_to_weight(cpu, triangle, entries, w);
}
template void triangle_to_weight<float>(const Cpu& cpu, Triangle triangle, const float* entries,
                                        Tensor<float> w);
template void triangle_to_weight<double>(const Cpu& cpu, Triangle triangle, const double* entries,
                                         Tensor<double> w);
template <class T>
void triangle_to_weight_backward(const Cpu& cpu, Triangle triangle, Tensor<const T> dw, T* dentries) {
  return kernels_for<T>().triangle_to_weight_backward(cpu, triangle, dw, dentries);
}
template void triangle_to_weight_backward<float>(const Cpu& cpu, Triangle triangle, Tensor<const float> dw,
                                                 float* dentries);
template void triangle_to_weight_backward<double>(const Cpu& cpu, Triangle triangle, Tensor<const double> dw,
                                                  double* dentries);

// softmax_attention.hpp
template <class T>
Index softmax_attention_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                              Tensor<const T> v, Index heads) {
  return kernels_for<T>().softmax_attention_forward_scratch_bytes(cpu, q, k, v, heads);
}
template Index softmax_attention_forward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> q,
                                                              Tensor<const float> k, Tensor<const float> v,
                                                              Index heads);
template Index softmax_attention_forward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> q,
                                                               Tensor<const double> k, Tensor<const double> v,
                                                               Index heads);
template <class T>
void softmax_attention_forward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, AttentionMask mask, T* log_sums, Tensor<T> out, Scratch scratch) {
  return kernels_for<T>().softmax_attention_forward(cpu, q, k, v, heads, mask, log_sums, out, scratch);
}
template void softmax_attention_forward<float>(const Cpu& cpu, Tensor<const float> q, Tensor<const float> k,
                                               Tensor<const float> v, Index heads, AttentionMask mask,
                                               float* log_sums, Tensor<float> out, Scratch scratch);
template void softmax_attention_forward<double>(const Cpu& cpu, Tensor<const double> q,
                                                Tensor<const double> k, Tensor<const double> v, Index heads,
                                                AttentionMask mask, double* log_sums, Tensor<double> out,
                                                Scratch scratch);
template <class T>
Index softmax_attention_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                               Tensor<const T> v, Index heads) {
  return kernels_for<T>().softmax_attention_backward_scratch_bytes(cpu, q, k, v, heads);
}
template Index softmax_attention_backward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> q,
                                                               Tensor<const float> k, Tensor<const float> v,
                                                               Index heads);
template Index softmax_attention_backward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> q,
                                                                Tensor<const double> k,
                                                                Tensor<const double> v, Index heads);
template <class T>
void softmax_attention_backward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                Scratch scratch) {
  return kernels_for<T>().softmax_attention_backward(cpu, q, k, v, heads, mask, log_sums, out, dout, dq, dk,
                                                     dv, scratch);
}
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

// softplus.hpp
template <class T>
void softplus_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().softplus_forward(cpu, x, y);
}
template void softplus_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void softplus_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void softplus_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().softplus_backward(cpu, x, dy, dx, write);
}
template void softplus_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void softplus_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);
template <class T>
void logistic_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().logistic_forward(cpu, x, y);
}
template void logistic_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void logistic_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void logistic_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().logistic_backward(cpu, y, dy, dx, write);
}
template void logistic_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<const float> dy,
                                       Tensor<float> dx, Write write);
template void logistic_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<const double> dy,
                                        Tensor<double> dx, Write write);

// surjections.hpp
template <class T>
void max_pool_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place) {
  return kernels_for<T>().max_pool_forward(cpu, x, z, below, place);
}
template void max_pool_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> z,
                                      Tensor<float> below, Tensor<float> place);
template void max_pool_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> z,
                                       Tensor<double> below, Tensor<double> place);
template <class T>
void max_pool_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                       Tensor<T> dx, Write write) {
  return kernels_for<T>().max_pool_backward(cpu, x, dz, dbelow, dx, write);
}
template void max_pool_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dz,
                                       Tensor<const float> dbelow, Tensor<float> dx, Write write);
template void max_pool_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dz,
                                        Tensor<const double> dbelow, Tensor<double> dx, Write write);
template <class T>
void max_pool_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                      Tensor<T> x) {
  return kernels_for<T>().max_pool_inverse(cpu, z, below, place, x);
}
template void max_pool_inverse<float>(const Cpu& cpu, Tensor<const float> z, Tensor<const float> below,
                                      Tensor<const float> place, Tensor<float> x);
template void max_pool_inverse<double>(const Cpu& cpu, Tensor<const double> z, Tensor<const double> below,
                                       Tensor<const double> place, Tensor<double> x);
template <class T>
void sort_pixels(const Cpu& cpu, Tensor<const T> x, Index key, Tensor<T> order) {
  return kernels_for<T>().sort_pixels(cpu, x, key, order);
}
template void sort_pixels<float>(const Cpu& cpu, Tensor<const float> x, Index key, Tensor<float> order);
template void sort_pixels<double>(const Cpu& cpu, Tensor<const double> x, Index key, Tensor<double> order);
template <class T>
void take_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y, Write write) {
  return kernels_for<T>().take_pixels(cpu, x, order, y, write);
}
template void take_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> order,
                                 Tensor<float> y, Write write);
template void take_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> order,
                                  Tensor<double> y, Write write);
template <class T>
void put_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y, Write write) {
  return kernels_for<T>().put_pixels(cpu, x, order, y, write);
}
template void put_pixels<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> order,
                                Tensor<float> y, Write write);
template void put_pixels<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> order,
                                 Tensor<double> y, Write write);

// unfold.hpp
template <class T>
void unfold(const Cpu& cpu, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write) {
  return kernels_for<T>().unfold(cpu, x, taps, y, write);
}
template void unfold<float>(const Cpu& cpu, Tensor<const float> x, const Taps& taps, Tensor<float> y,
                            Write write);
template void unfold<double>(const Cpu& cpu, Tensor<const double> x, const Taps& taps, Tensor<double> y,
                             Write write);
template <class T>
void fold(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write) {
  return kernels_for<T>().fold(cpu, y, taps, x, write);
}
template void fold<float>(const Cpu& cpu, Tensor<const float> y, const Taps& taps, Tensor<float> x,
                          Write write);
template void fold<double>(const Cpu& cpu, Tensor<const double> y, const Taps& taps, Tensor<double> x,
                           Write write);

// units.hpp
template <class T>
void concat_elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  return kernels_for<T>().concat_elu_forward(cpu, x, y);
}
template void concat_elu_forward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<float> y);
template void concat_elu_forward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<double> y);
template <class T>
void concat_elu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  return kernels_for<T>().concat_elu_backward(cpu, x, dy, dx, write);
}
template void concat_elu_backward<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                         Tensor<float> dx, Write write);
template void concat_elu_backward<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                          Tensor<double> dx, Write write);
template <class T>
void outputs_start(const Cpu& cpu, const T* mean, const T* variance, T deviation, Index rows, Index c,
                   T* weight, T* bias, T* started) {
  return kernels_for<T>().outputs_start(cpu, mean, variance, deviation, rows, c, weight, bias, started);
}
template void outputs_start<float>(const Cpu&, const float* mean, const float* variance, float deviation,
                                   Index rows, Index c, float* weight, float* bias, float* started);
template void outputs_start<double>(const Cpu&, const double* mean, const double* variance, double deviation,
                                    Index rows, Index c, double* weight, double* bias, double* started);

// weights.hpp
template <class T>
Index weight_norm_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().weight_norm_forward_scratch_bytes(cpu, unused_1);
}
template Index weight_norm_forward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index weight_norm_forward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void weight_norm_forward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, T* one_over_length,
                         Tensor<T> w, Scratch unused_5) {
  return kernels_for<T>().weight_norm_forward(cpu, v, magnitude, one_over_length, w, unused_5);
}
template void weight_norm_forward<float>(const Cpu& cpu, Tensor<const float> v, const float* magnitude,
                                         float* one_over_length, Tensor<float> w, Scratch);
template void weight_norm_forward<double>(const Cpu& cpu, Tensor<const double> v, const double* magnitude,
                                          double* one_over_length, Tensor<double> w, Scratch);
template <class T>
Index weight_norm_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> v) {
  return kernels_for<T>().weight_norm_backward_scratch_bytes(cpu, v);
}
template Index weight_norm_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> v);
template Index weight_norm_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> v);
template <class T>
void weight_norm_backward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, const T* one_over_length,
                          Tensor<const T> dw, Tensor<T> dv, Write write, T* dmagnitude, Scratch scratch) {
  return kernels_for<T>().weight_norm_backward(cpu, v, magnitude, one_over_length, dw, dv, write, dmagnitude,
                                               scratch);
}
template void weight_norm_backward<float>(const Cpu& cpu, Tensor<const float> v, const float* magnitude,
                                          const float* one_over_length, Tensor<const float> dw,
                                          Tensor<float> dv, Write write, float* dmagnitude, Scratch scratch);
template void weight_norm_backward<double>(const Cpu& cpu, Tensor<const double> v, const double* magnitude,
                                           const double* one_over_length, Tensor<const double> dw,
                                           Tensor<double> dv, Write write, double* dmagnitude,
                                           Scratch scratch);
template <class T>
void scale_channels_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<T> y) {
  return kernels_for<T>().scale_channels_forward(cpu, x, scale, y);
}
template void scale_channels_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                            Tensor<float> y);
template void scale_channels_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                             Tensor<double> y);
template <class T>
Index scale_channels_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().scale_channels_backward_scratch_bytes(cpu, unused_1);
}
template Index scale_channels_backward_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index scale_channels_backward_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
void scale_channels_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                             Tensor<T> dx, Write write, T* dscale, Scratch unused_7) {
  return kernels_for<T>().scale_channels_backward(cpu, x, scale, dy, dx, write, dscale, unused_7);
}
template void scale_channels_backward<float>(const Cpu& cpu, Tensor<const float> x, const float* scale,
                                             Tensor<const float> dy, Tensor<float> dx, Write write,
                                             float* dscale, Scratch);
template void scale_channels_backward<double>(const Cpu& cpu, Tensor<const double> x, const double* scale,
                                              Tensor<const double> dy, Tensor<double> dx, Write write,
                                              double* dscale, Scratch);

// normalize_where.hpp
template <class T>
Index statistics_where_scratch_bytes(const Cpu& cpu, Tensor<const T> unused_1) {
  return kernels_for<T>().statistics_where_scratch_bytes(cpu, unused_1);
}
template Index statistics_where_scratch_bytes<float>(const Cpu&, Tensor<const float>);
template Index statistics_where_scratch_bytes<double>(const Cpu&, Tensor<const double>);
template <class T>
Index normalize_where_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> x) {
  return kernels_for<T>().normalize_where_backward_scratch_bytes(cpu, x);
}
template Index normalize_where_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
template Index normalize_where_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);

}  // namespace densenf::kernels
