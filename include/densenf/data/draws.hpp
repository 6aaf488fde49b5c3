#pragma once

#include <cstdint>

#include "densenf/core/philox.hpp"
#include "densenf/core/shape.hpp"

namespace densenf::detail {

/// What random numbers of the data are for, as the stream of a NoiseKey: far from the streams of models, so
/// that a run may use one seed for its data and its noise.
enum class DataStream : std::uint32_t { choice = 0x64617401, permutation, augmentation, split };

/// The numbers for one step (or epoch), four 32-bit words a block. A function of its arguments alone: neither
/// threads nor the place where a run was interrupted change it.
inline NoiseSequence data_sequence(std::uint64_t seed, DataStream stream, Index step) {
  return noise_sequence({seed, static_cast<std::uint32_t>(stream), static_cast<std::uint64_t>(step), 0});
}

/// A number in [0, count) from two random words, evenly but for at most count / 2^64.
inline Index below(Index count, std::uint32_t high, std::uint32_t low) {
  // The upper 64 bits of (high, low) * count, in halves because standard C++ has no 128-bit integers.
  const auto n = static_cast<std::uint64_t>(count);
  const std::uint64_t n0 = n & 0xffffffffu;
  const std::uint64_t n1 = n >> 32;
  const std::uint64_t middle = high * n0 + (low * n0 >> 32);
  const std::uint64_t carry = low * n1 + (middle & 0xffffffffu);
  return static_cast<Index>(high * n1 + (middle >> 32) + (carry >> 32));
}

/// A number in [0, count) from one block of a sequence.
inline Index below(Index count, const NoiseSequence& sequence, Index block) {
  const philox4x32_ctr_t words = words_of_block(sequence, static_cast<std::uint64_t>(block));
  return below(count, words.v[0], words.v[1]);
}

}  // namespace densenf::detail
