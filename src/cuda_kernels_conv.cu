// Made by scripts/make_compiled from the headers in include/densenf/kernels/cuda: change those instead.
#include "densenf/kernels/cuda/conv.cuh"

namespace densenf::kernels {

template Index conv_forward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x, const float* weight,
                                                 const float* bias, int kernel, Activation activation,
                                                 Tensor<float> y);
template Index conv_forward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x,
                                                  const double* weight, const double* bias, int kernel,
                                                  Activation activation, Tensor<double> y);
template void conv_forward<float>(const Cuda& cuda, Tensor<const float> x, const float* weight,
                                  const float* bias, int kernel, Activation activation, Tensor<float> y,
                                  Scratch scratch, Connections);
template void conv_forward<double>(const Cuda& cuda, Tensor<const double> x, const double* weight,
                                   const double* bias, int kernel, Activation activation, Tensor<double> y,
                                   Scratch scratch, Connections);
template Index conv_backward_data_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> dy,
                                                       const float* weight, int kernel, Tensor<float> dx);
template Index conv_backward_data_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> dy,
                                                        const double* weight, int kernel, Tensor<double> dx);
template void conv_backward_data<float>(const Cuda& cuda, Tensor<const float> dy, const float* weight,
                                        int kernel, Tensor<float> dx, Write write, Scratch scratch,
                                        Connections);
template void conv_backward_data<double>(const Cuda& cuda, Tensor<const double> dy, const double* weight,
                                         int kernel, Tensor<double> dx, Write write, Scratch scratch,
                                         Connections);
template Index conv_backward_weights_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x,
                                                          Tensor<const float> dy, int kernel, float* dweight,
                                                          float* dbias);
template Index conv_backward_weights_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x,
                                                           Tensor<const double> dy, int kernel,
                                                           double* dweight, double* dbias);
template void conv_backward_weights<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> dy,
                                           int kernel, float* dweight, float* dbias, Scratch scratch);
template void conv_backward_weights<double>(const Cuda& cuda, Tensor<const double> x, Tensor<const double> dy,
                                            int kernel, double* dweight, double* dbias, Scratch scratch);
template void relu_backward<float>(const Cuda& cuda, Tensor<const float> y, Tensor<float> dy);
template void relu_backward<double>(const Cuda& cuda, Tensor<const double> y, Tensor<double> dy);
template Index conv_backward_parameters_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x,
                                                             Tensor<float> dy, int kernel, float* dweight,
                                                             float* dbias);
template Index conv_backward_parameters_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x,
                                                              Tensor<double> dy, int kernel, double* dweight,
                                                              double* dbias);
template void conv_backward_parameters<float>(const Cuda& cuda, Tensor<const float> x, Tensor<const float> y,
                                              Activation activation, Tensor<float> dy, int kernel,
                                              float* dweight, float* dbias, Scratch scratch, Connections);
template void conv_backward_parameters<double>(const Cuda& cuda, Tensor<const double> x,
                                               Tensor<const double> y, Activation activation,
                                               Tensor<double> dy, int kernel, double* dweight, double* dbias,
                                               Scratch scratch, Connections);

}  // namespace densenf::kernels
