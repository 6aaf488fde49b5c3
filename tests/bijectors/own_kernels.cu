#include "densenf/kernels/cuda/spline.cuh"

// Kernels over types of list.hpp alone, which the library cannot have: see "own-kernels" in
// tests/CMakeLists.txt.
namespace densenf::kernels {

template void spline_forward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const float>,
                             Tensor<const float>, Tensor<float>, double*);
template void spline_inverse(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const float>,
                             Tensor<const float>, Tensor<float>);
template void spline_backward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const float>,
                              Tensor<const float>, Tensor<const float>, const double*, Tensor<float>, Write,
                              Tensor<float>, Write);
template void spline_inverse_backward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const float>,
                                      Tensor<const float>, Tensor<const float>, Tensor<float>, Tensor<float>);
template void spline_forward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const double>,
                             Tensor<const double>, Tensor<double>, double*);
template void spline_inverse(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const double>,
                             Tensor<const double>, Tensor<double>);
template void spline_backward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const double>,
                              Tensor<const double>, Tensor<const double>, const double*, Tensor<double>,
                              Write, Tensor<double>, Write);
template void spline_inverse_backward(const Cuda&, RationalQuadratic<3>, Everywhere, Tensor<const double>,
                                      Tensor<const double>, Tensor<const double>, Tensor<double>,
                                      Tensor<double>);

}  // namespace densenf::kernels
