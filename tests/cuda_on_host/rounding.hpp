#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

// How a GPU rounds floats to the factors of its fast products.
namespace cuda_on_host {

/// The upper half of a float: to the nearest of 8 significant bits, halfway cases to even.
inline std::uint16_t to_bf16(float v) {
  if (std::isnan(v)) return 0x7fff;
  const auto bits = std::bit_cast<std::uint32_t>(v);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}
inline float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}
/// To the nearest of 11 significant bits, halfway cases away from zero.
inline float to_tf32(float v) {
  if (!std::isfinite(v)) return v;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(v) + 0x1000u) & ~0x1fffu);
}

}  // namespace cuda_on_host
