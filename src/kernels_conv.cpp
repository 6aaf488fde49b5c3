// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/conv.hpp"

namespace densenf::kernels {

template Index conv_forward_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x, const float*,
                                                 const float*, int kernel, Activation, Tensor<float> y);
template Index conv_forward_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x, const double*,
                                                  const double*, int kernel, Activation, Tensor<double> y);
template void conv_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* weight,
                                  const float* bias, int kernel, Activation activation, Tensor<float> y,
                                  Scratch scratch, Connections connections);
template void conv_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* weight,
                                   const double* bias, int kernel, Activation activation, Tensor<double> y,
                                   Scratch scratch, Connections connections);
template Index conv_backward_data_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> dy, const float*,
                                                       int kernel, Tensor<float> dx);
template Index conv_backward_data_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> dy,
                                                        const double*, int kernel, Tensor<double> dx);
template void conv_backward_data<float>(const Cpu& cpu, Tensor<const float> dy, const float* weight,
                                        int kernel, Tensor<float> dx, Write write, Scratch scratch,
                                        Connections connections);
template void conv_backward_data<double>(const Cpu& cpu, Tensor<const double> dy, const double* weight,
                                         int kernel, Tensor<double> dx, Write write, Scratch scratch,
                                         Connections connections);
template Index conv_backward_weights_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x,
                                                          Tensor<const float> dy, int kernel, float*, float*);
template Index conv_backward_weights_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x,
                                                           Tensor<const double> dy, int kernel, double*,
                                                           double*);
template void conv_backward_weights<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                           int kernel, float* dweight, float* dbias, Scratch scratch,
                                           Connections connections);
template void conv_backward_weights<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                            int kernel, double* dweight, double* dbias, Scratch scratch,
                                            Connections connections);
template void relu_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> dy);
template void relu_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> dy);
template Index conv_backward_parameters_scratch_bytes<float>(const Cpu& cpu, Tensor<const float> x,
                                                             Tensor<float> dy, int kernel, float* dweight,
                                                             float* dbias);
template Index conv_backward_parameters_scratch_bytes<double>(const Cpu& cpu, Tensor<const double> x,
                                                              Tensor<double> dy, int kernel, double* dweight,
                                                              double* dbias);
template void conv_backward_parameters<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y,
                                              Activation activation, Tensor<float> dy, int kernel,
                                              float* dweight, float* dbias, Scratch scratch,
                                              Connections connections);
template void conv_backward_parameters<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y,
                                               Activation activation, Tensor<double> dy, int kernel,
                                               double* dweight, double* dbias, Scratch scratch,
                                               Connections connections);

}  // namespace densenf::kernels
