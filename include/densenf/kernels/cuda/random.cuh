#pragma once

#include "densenf/core/philox.hpp"
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
void fill_from_blocks(const Cuda& cuda, const char* what, NoiseKey key, Index first_element, Tensor<T> out,
                      const std::uint64_t* step_shift, FourOfBlock four_of_block) {
  if (first_element < 0) {
    throw ArgumentError("The first element of a random sequence must be 0 or more, not {}.", first_element);
  }
  const Index size = out.size();
  if (size == 0) return;
  const Index first_block = first_element / 4, blocks = (first_element + size + 3) / 4 - first_block;
  for_each_index(cuda, what, blocks, [=] __device__(Index b) {
    const Index block = first_block + b;
    const std::array<T, 4> four =
        four_of_block(noise_sequence(key.shifted(step_shift)), static_cast<std::uint64_t>(block));
    for (Index entry = 0; entry < 4; ++entry) {
      const Index i = 4 * block + entry - first_element;
      if (i >= 0 && i < size) out(i / out.c, i % out.c) = four[static_cast<std::size_t>(entry)];
    }
  });
}
}  // namespace detail

/// Independent standard normal numbers. `step_shift`, where it is not null, is a number on the card that is
/// added to the key's step: a pass that was recorded draws for a later step. Throws ArgumentError when
/// first_element is negative.
template <class T>
void fill_normal(const Cuda& cuda, const NoiseKey& key, Index first_element, Tensor<T> out,
                 const std::uint64_t* step_shift = nullptr) {
  detail::fill_from_blocks(cuda, "drawing normal numbers", key, first_element, out, step_shift,
                           detail::Normals<T>{});
}

/// Independent numbers, uniform in (0, 1), both ends excluded; otherwise as fill_normal.
template <class T>
void fill_uniform(const Cuda& cuda, const NoiseKey& key, Index first_element, Tensor<T> out,
                  const std::uint64_t* step_shift = nullptr) {
  detail::fill_from_blocks(cuda, "drawing uniform numbers", key, first_element, out, step_shift,
                           detail::Uniforms<T>{});
}

}  // namespace densenf::kernels
