// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/attention.hpp"

namespace densenf::kernels {

namespace {
[[gnu::used]] Index (*const nystrom_forward_scratch_here)(const Cpu&, Index hw,
                                                          Index e) = nystrom_forward_scratch;
[[gnu::used]] Index (*const nystrom_backward_scratch_here)(const Cpu&, Index hw,
                                                           Index e) = nystrom_backward_scratch;
}  // namespace

template void nystrom_forward<float>(const Cpu& cpu, Tensor<const float> qkv, float* memory, float* scratch,
                                     Tensor<float> out);
template void nystrom_forward<double>(const Cpu& cpu, Tensor<const double> qkv, double* memory,
                                      double* scratch, Tensor<double> out);
template void nystrom_backward<float>(const Cpu& cpu, const float* memory, Tensor<const float> dout,
                                      float* scratch, Tensor<float> dqkv, Write write);
template void nystrom_backward<double>(const Cpu& cpu, const double* memory, Tensor<const double> dout,
                                       double* scratch, Tensor<double> dqkv, Write write);

}  // namespace densenf::kernels
