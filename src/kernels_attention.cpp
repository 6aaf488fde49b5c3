// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/cpu/attention.hpp"

namespace densenf::kernels {

template Index nystrom_forward_scratch_bytes<float>(const Cpu&, Tensor<const float> qkv);
template Index nystrom_forward_scratch_bytes<double>(const Cpu&, Tensor<const double> qkv);
template void nystrom_forward<float>(const Cpu& cpu, Tensor<const float> qkv, float* memory,
                                     Tensor<float> out, Scratch scratch);
template void nystrom_forward<double>(const Cpu& cpu, Tensor<const double> qkv, double* memory,
                                      Tensor<double> out, Scratch scratch);
template Index nystrom_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> dout);
template Index nystrom_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> dout);
template void nystrom_backward<float>(const Cpu& cpu, const float* memory, Tensor<const float> dout,
                                      Tensor<float> dqkv, Write write, Scratch scratch);
template void nystrom_backward<double>(const Cpu& cpu, const double* memory, Tensor<const double> dout,
                                       Tensor<double> dqkv, Write write, Scratch scratch);

}  // namespace densenf::kernels
