#include "densenf/data/draws.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

using namespace densenf;

TEST_CASE("numbers below a bound are the upper half of the product") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t bits = i < 2 ? std::uint64_t(-i) : random();
    const auto count = static_cast<Index>(random() >> (1 + random() % 63)) + (i % 2 == 0 ? 1 : 0);
    // The same by schoolbook multiplication in four digits of 32 bits.
    const std::uint64_t a[2] = {bits & 0xffffffffu, bits >> 32};
    const std::uint64_t b[2] = {static_cast<std::uint64_t>(count) & 0xffffffffu,
                                static_cast<std::uint64_t>(count) >> 32};
    std::uint64_t digits[4] = {};
    for (int x = 0; x < 2; ++x) {
      std::uint64_t carry = 0;
      for (int y = 0; y < 2; ++y) {
        carry += digits[x + y] + a[x] * b[y];
        digits[x + y] = carry & 0xffffffffu;
        carry >>= 32;
      }
      digits[x + 2] = carry;
    }
    const auto expected = static_cast<Index>(digits[3] << 32 | digits[2]);
    const Index got =
        detail::below(count, static_cast<std::uint32_t>(a[1]), static_cast<std::uint32_t>(a[0]));
    REQUIRE(got == expected);
    if (count > 0) REQUIRE((got >= 0 && got < count));
  }
  CHECK(detail::below(10, 0, 0) == 0);
  CHECK(detail::below(10, ~0u, ~0u) == 9);
  CHECK(detail::below(10, 0x80000000u, 0) == 5);
}

TEST_CASE("the numbers of the data are those of a NoiseKey, and differ in each argument") {
  using detail::below;
  using detail::data_sequence;
  using detail::DataStream;
  const Index large = Index{1} << 60;
  const auto number = [&](std::uint64_t seed, DataStream stream, Index step, Index block) {
    return below(large, data_sequence(seed, stream, step), block);
  };
  const auto words =
      words_of_block(noise_sequence({9, static_cast<std::uint32_t>(DataStream::permutation), 5, 0}), 3);
  CHECK(number(9, DataStream::permutation, 5, 3) == below(large, words.v[0], words.v[1]));
  const Index base = number(0, DataStream::choice, 0, 0);
  CHECK(base != number(1, DataStream::choice, 0, 0));
  CHECK(base != number(std::uint64_t{1} << 32, DataStream::choice, 0, 0));
  CHECK(base != number(0, DataStream::permutation, 0, 0));
  CHECK(base != number(0, DataStream::augmentation, 0, 0));
  CHECK(base != number(0, DataStream::choice, 1, 0));
  CHECK(base != number(0, DataStream::choice, Index{1} << 32, 0));
  CHECK(base != number(0, DataStream::choice, 0, 1));
}
