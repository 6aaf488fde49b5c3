#pragma once

#include "densenf/core/philox.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"

// Batches of random numbers: those of the CPU, whose numbering the CPU's file explains.
namespace densenf::kernels {

namespace detail {
template <class T>
struct Normals {
  __device__ std::array<T, 4> operator()(const NoiseSequence& s, std::uint64_t block) const {
    return normals_of_block<T>(s, block);
  }
};
template <class T>
struct Uniforms {
  __device__ std::array<T, 4> operator()(const NoiseSequence& s, std::uint64_t block) const {
    return uniforms_of_block<T>(s, block);
  }
};

template <class T, class FourOfBlock>
void fill_from_blocks(const Cuda& cuda, const char* what, const NoiseKey& key, Index first_element,
                      Tensor<T> out, const NoiseShift* shift, FourOfBlock four_of_block) {
  if (first_element < 0) {
    throw ArgumentError("The first element of a random sequence must be 0 or more, not {}.", first_element);
  }
  const Index size = out.size(), per_image = out.shape().size();
  if (size == 0) return;
  // As many blocks as there may be: only the GPU knows with which entry of a block the numbers begin.
  for_each_index(cuda, what, size / 4 + 2, [=] __device__(Index b) {
    const NoiseShift by = shift != nullptr ? *shift : NoiseShift{};
    const Index first = first_element + by.image * per_image, block = first / 4 + b;
    if (4 * block >= first + size) return;
    const std::array<T, 4> four =
        four_of_block(noise_sequence(key.later(by.step)), static_cast<std::uint64_t>(block));
    for (Index entry = 0; entry < 4; ++entry) {
      const Index i = 4 * block + entry - first;
      if (i >= 0 && i < size) out(i / out.c, i % out.c) = four[static_cast<std::size_t>(entry)];
    }
  });
}
}  // namespace detail

/// Independent standard normal numbers; `shift`, which lies on the GPU, may be null. Throws ArgumentError
/// when first_element is negative.
template <class T>
void fill_normal(const Cuda& cuda, const NoiseKey& key, Index first_element, Tensor<T> out,
                 const NoiseShift* shift = nullptr) {
  detail::fill_from_blocks(cuda, "drawing normal numbers", key, first_element, out, shift,
                           detail::Normals<T>{});
}

/// Independent numbers, uniform in (0, 1), both ends excluded; otherwise as fill_normal.
template <class T>
void fill_uniform(const Cuda& cuda, const NoiseKey& key, Index first_element, Tensor<T> out,
                  const NoiseShift* shift = nullptr) {
  detail::fill_from_blocks(cuda, "drawing uniform numbers", key, first_element, out, shift,
                           detail::Uniforms<T>{});
}

}  // namespace densenf::kernels
