// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/conv.hpp"

namespace densenf::kernels {

template Index conv_forward_scratch_size<float>(const Cpu& cpu, Index h, Index w, int kernel, Index in,
                                                Index out);
template Index conv_forward_scratch_size<double>(const Cpu& cpu, Index h, Index w, int kernel, Index in,
                                                 Index out);
template Index conv_scratch_size<float>(const Cpu& cpu, Index h, Index w, int kernel, Index in, Index out);
template Index conv_scratch_size<double>(const Cpu& cpu, Index h, Index w, int kernel, Index in, Index out);
template void conv_forward<float>(const Cpu& cpu, Tensor<const float> x, const float* weight,
                                  const float* bias, int kernel, Activation activation, Tensor<float> y,
                                  float* scratch);
template void conv_forward<double>(const Cpu& cpu, Tensor<const double> x, const double* weight,
                                   const double* bias, int kernel, Activation activation, Tensor<double> y,
                                   double* scratch);
template void conv_backward_data<float>(const Cpu& cpu, Tensor<const float> dy, const float* weight,
                                        int kernel, float* scratch, Tensor<float> dx, Write write);
template void conv_backward_data<double>(const Cpu& cpu, Tensor<const double> dy, const double* weight,
                                         int kernel, double* scratch, Tensor<double> dx, Write write);
template void conv_backward_weights<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> dy,
                                           int kernel, float* dweight, float* dbias, float* scratch);
template void conv_backward_weights<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> dy,
                                            int kernel, double* dweight, double* dbias, double* scratch);
template void relu_backward<float>(const Cpu& cpu, Tensor<const float> y, Tensor<float> dy);
template void relu_backward<double>(const Cpu& cpu, Tensor<const double> y, Tensor<double> dy);
template void conv_backward_parameters<float>(const Cpu& cpu, Tensor<const float> x, Tensor<const float> y,
                                              Activation activation, Tensor<float> dy, int kernel,
                                              float* dweight, float* dbias, float* scratch);
template void conv_backward_parameters<double>(const Cpu& cpu, Tensor<const double> x, Tensor<const double> y,
                                               Activation activation, Tensor<double> dy, int kernel,
                                               double* dweight, double* dbias, double* scratch);

}  // namespace densenf::kernels
