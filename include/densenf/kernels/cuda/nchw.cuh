#pragma once

#include <cstddef>
#include <cstring>

#include "densenf/kernels/cuda/launch.cuh"

// Batches on their way from and to the N,C,H,W order of the outside world.
namespace densenf::kernels {

/// y from memory of the host, of any arithmetic type, in which number i (in C, H, W order) of image n is at
/// x[n * image_stride + i * value_stride]. The host may change x when this returns.
template <class U, class T>
void from_strided(const Cuda& cuda, const U* x, Index image_stride, Index value_stride, Tensor<T> y) {
  if (y.size() == 0) return;
  const Index hw = y.h * y.w, per_image = y.shape().size();
  const auto bytes = static_cast<std::size_t>(y.size()) * sizeof(U);
  CudaStaging& staging = cuda.staging();
  staging.reserve(bytes, cuda.stream());
  U* to = static_cast<U*>(staging.host());
  for (Index n = 0; n < y.n; ++n, to += per_image) {
    const U* from = x + n * image_stride;
    if (value_stride == 1) {
      std::memcpy(to, from, static_cast<std::size_t>(per_image) * sizeof(U));
    } else {
      for (Index i = 0; i < per_image; ++i) to[i] = from[i * value_stride];
    }
  }
  staging.send(bytes, cuda.stream());
  const U* arrived = static_cast<const U*>(staging.device());
  for_each_number(cuda, "unpacking images", y.pixels(), y.c, [=] __device__(Index p, Index c) {
    y(p, c) = static_cast<T>(arrived[(p / hw * y.c + c) * hw + p % hw]);
  });
}

/// y from contiguous N,C,H,W memory of the host, of any arithmetic type.
template <class U, class T>
void from_nchw(const Cuda& cuda, const U* x, Tensor<T> y) {
  from_strided(cuda, x, y.c * y.h * y.w, 1, y);
}

/// Contiguous N,C,H,W memory of the host, of any arithmetic type, from x. Waits for the GPU.
template <class T, class U>
void to_nchw(const Cuda& cuda, Tensor<const T> x, U* y) {
  if (x.size() == 0) return;
  const Index hw = x.h * x.w;
  const auto bytes = static_cast<std::size_t>(x.size()) * sizeof(U);
  CudaStaging& staging = cuda.staging();
  staging.reserve(bytes, cuda.stream());
  U* leaving = static_cast<U*>(staging.device());
  for_each_number(cuda, "packing images", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    leaving[(p / hw * x.c + c) * hw + p % hw] = static_cast<U>(x(p, c));
  });
  staging.fetch(bytes, cuda.stream());
  std::memcpy(y, staging.host(), bytes);
}

}  // namespace densenf::kernels
