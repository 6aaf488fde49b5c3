#include "densenf/kernels/cpu/random.hpp"

namespace densenf::kernels {

template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<float>);
template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<double>);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<float>);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<double>);

}  // namespace densenf::kernels
