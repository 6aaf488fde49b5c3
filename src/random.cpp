#include "densenf/kernels/cpu/random.hpp"

namespace densenf::kernels {

template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<float>, const std::uint64_t*);
template void fill_normal(const Cpu&, const NoiseKey&, Index, Tensor<double>, const std::uint64_t*);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<float>, const std::uint64_t*);
template void fill_uniform(const Cpu&, const NoiseKey&, Index, Tensor<double>, const std::uint64_t*);

}  // namespace densenf::kernels
