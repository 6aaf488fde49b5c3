#include "densenf/kernels/cpu/random.hpp"

namespace densenf::kernels {

template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<float>, const NoiseShift*);
template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<double>, const NoiseShift*);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<float>, const NoiseShift*);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<double>, const NoiseShift*);

}  // namespace densenf::kernels
