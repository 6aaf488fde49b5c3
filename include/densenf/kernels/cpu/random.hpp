#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/core/philox.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cpu/bodies.hpp"

// Batches of random numbers. Channel c of pixel p is element first_element + p * out.c + c of the key's
// sequence: the numbering ignores strides and tasks, and a batch may be filled in parts.
namespace densenf::kernels {

namespace detail {
template <class T, class FourOfBlock>
void fill_from_blocks(const Cpu& cpu, Index first_element, Tensor<T> out, const FourOfBlock& four_of_block) {
  if (first_element < 0) {
    throw ArgumentError("The first element of a random sequence must be 0 or more, not {}.", first_element);
  }
  constexpr Index grain = 4096;
  cpu.parallel_ranges(out.size(), grain, [&](Index first, Index last) {
    Index pixel = first / out.c, channel = first % out.c;
    for (Index i = first; i < last;) {
      const auto element = static_cast<std::uint64_t>(first_element + i);
      const std::array<T, 4> four = four_of_block(element / 4);
      for (std::size_t entry = element % 4; entry < 4 && i < last; ++entry, ++i) {
        out(pixel, channel) = four[entry];
        if (++channel == out.c) {
          channel = 0;
          ++pixel;
        }
      }
    }
  });
}
}  // namespace detail

/// Independent standard normal numbers; `shift`, which lies on the device, may be null. Throws ArgumentError
/// when first_element is negative.
template <class T>
void fill_normal(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                 const NoiseShift* shift = nullptr) {
  const NoiseShift by = shift != nullptr ? *shift : NoiseShift{};
  const NoiseSequence sequence = noise_sequence(key.later(by.step));
  detail::fill_from_blocks(cpu, first_element + by.image * out.shape().size(), out,
                           [&](std::uint64_t block) { return normals_of_block<T>(sequence, block); });
}

/// Independent numbers, uniform in (0, 1), both ends excluded; otherwise as fill_normal.
template <class T>
void fill_uniform(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                  const NoiseShift* shift = nullptr) {
  const NoiseShift by = shift != nullptr ? *shift : NoiseShift{};
  const NoiseSequence sequence = noise_sequence(key.later(by.step));
  detail::fill_from_blocks(cpu, first_element + by.image * out.shape().size(), out,
                           [&](std::uint64_t block) { return uniforms_of_block<T>(sequence, block); });
}

}  // namespace densenf::kernels
