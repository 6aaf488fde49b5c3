#include "squash.hpp"

#include "densenf/kernels/cuda/functions.cuh"
#include "square.hpp"

// The functions of Squash and Square on a GPU, for tests that link the library of its kernels: see
// "own-kernels" in tests/CMakeLists.txt.
namespace densenf::kernels {

template void map_forward(const Cuda&, const ::Asinh&, Tensor<const float>, Tensor<float>);
template void map_backward(const Cuda&, const ::Asinh&, Tensor<const float>, Tensor<const float>,
                           Tensor<float>, Write);
template void map_forward(const Cuda&, const ::Asinh&, Tensor<const float>, Tensor<float>, double*);
template void map_backward(const Cuda&, const ::Asinh&, Tensor<const float>, Tensor<const float>,
                           const double*, Tensor<float>, Write);
template void map_forward(const Cuda&, const ::Sinh&, Tensor<const float>, Tensor<float>);
template void map_forward(const Cuda&, const ::Asinh&, Tensor<const double>, Tensor<double>);
template void map_backward(const Cuda&, const ::Asinh&, Tensor<const double>, Tensor<const double>,
                           Tensor<double>, Write);
template void map_forward(const Cuda&, const ::Asinh&, Tensor<const double>, Tensor<double>, double*);
template void map_backward(const Cuda&, const ::Asinh&, Tensor<const double>, Tensor<const double>,
                           const double*, Tensor<double>, Write);
template void map_forward(const Cuda&, const ::Sinh&, Tensor<const double>, Tensor<double>);

template void map_forward(const Cuda&, const ::Square::Squared&, Tensor<const float>, Tensor<float>, double*);
template void map_backward(const Cuda&, const ::Square::Squared&, Tensor<const float>, Tensor<const float>,
                           const double*, Tensor<float>, Write);
template void map_forward(const Cuda&, const ::Square::Root&, Tensor<const float>, Tensor<float>);
template void map_forward(const Cuda&, const ::Square::Squared&, Tensor<const double>, Tensor<double>,
                          double*);
template void map_backward(const Cuda&, const ::Square::Squared&, Tensor<const double>, Tensor<const double>,
                           const double*, Tensor<double>, Write);
template void map_forward(const Cuda&, const ::Square::Root&, Tensor<const double>, Tensor<double>);

}  // namespace densenf::kernels
