#pragma once

// Random123's array.h reads all vector instructions of the compiler and the streams, a fifth of the time that
// densenf.hpp takes to parse, for generators other than Philox. A program that uses those (ARS, AES) includes
// them before densenf.
#ifndef R123_USE_SSE
#define R123_USE_SSE 0
#define R123_USE_X86INTRIN_H 0
#endif
#include <Random123/philox.h>
#include <Random123/uniform.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "densenf/core/noise_key.hpp"

// The numbers behind a NoiseKey: element i of a sequence is entry i % 4 of block i / 4, and a block is a
// pure function of key and block number. R123_CUDA_DEVICE is Random123's mark for what runs on both sides.
namespace densenf {

/// A NoiseKey made ready for drawing blocks. `high` is the upper half of the counter of every block.
struct NoiseSequence {
  std::array<std::uint32_t, 2> key{};
  std::array<std::uint32_t, 2> high{};
};

/// Step, stream and draw fill a whole counter, so they go through the generator once themselves. For one
/// seed that is a bijection: different keys get a different (key, high), hence no block in common.
R123_CUDA_DEVICE inline NoiseSequence noise_sequence(const NoiseKey& k) {
  const philox4x32_ctr_t place{
      {static_cast<std::uint32_t>(k.step), static_cast<std::uint32_t>(k.step >> 32), k.stream, k.draw}};
  const philox4x32_key_t seed{{static_cast<std::uint32_t>(k.seed), static_cast<std::uint32_t>(k.seed >> 32)}};
  const philox4x32_ctr_t mixed = philox4x32_R(10, place, seed);
  return {{mixed.v[0], mixed.v[1]}, {mixed.v[2], mixed.v[3]}};
}

/// The four random words of a block.
R123_CUDA_DEVICE inline philox4x32_ctr_t words_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t counter{
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), s.high[0], s.high[1]}};
  const philox4x32_key_t key{{s.key[0], s.key[1]}};
  return philox4x32_R(10, counter, key);
}

/// Two standard normal numbers from two words (Box and Muller). Always finite: the radius comes from a
/// number in [2^-33, 1 - 2^-33], so no result is beyond 6.77.
template <class T>
R123_CUDA_DEVICE inline void normal_pair(std::uint32_t radius_word, std::uint32_t angle_word, T& a, T& b) {
  // In double for every T: float would round the radius' argument to 1, and differ from a double model.
  const double radius = std::sqrt(-2.0 * std::log(r123::u01<double>(radius_word)));
  const double angle = std::numbers::pi * r123::uneg11<double>(angle_word);
  a = static_cast<T>(radius * std::cos(angle));
  b = static_cast<T>(radius * std::sin(angle));
}

/// Four independent standard normal numbers; as floats, the doubles rounded.
template <class T>
R123_CUDA_DEVICE inline std::array<T, 4> normals_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t w = words_of_block(s, block);
  T a, b, c, d;
  normal_pair(w.v[0], w.v[1], a, b);
  normal_pair(w.v[2], w.v[3], c, d);
  return {a, b, c, d};
}

/// A number from a word, uniform over the 2^23 odd multiples of 2^-24: evenly spaced, never 0 and never 1,
/// and the same number in float and in double. (With more bits a float would round to 1.)
template <class T>
R123_CUDA_DEVICE inline T uniform_of_word(std::uint32_t word) {
  return static_cast<T>(r123::u01fixedpt<float>(word));
}

/// Four independent numbers, uniform in (0, 1).
template <class T>
R123_CUDA_DEVICE inline std::array<T, 4> uniforms_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t w = words_of_block(s, block);
  return {uniform_of_word<T>(w.v[0]), uniform_of_word<T>(w.v[1]), uniform_of_word<T>(w.v[2]),
          uniform_of_word<T>(w.v[3])};
}

}  // namespace densenf
