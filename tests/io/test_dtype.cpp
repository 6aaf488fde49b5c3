#include "densenf/io/convert.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstring>

using namespace densenf;
using detail::converted;

namespace {

Eigen::half half_of(int bits) { return std::bit_cast<Eigen::half>(static_cast<std::uint16_t>(bits)); }
Eigen::bfloat16 bfloat_of(int bits) {
  return std::bit_cast<Eigen::bfloat16>(static_cast<std::uint16_t>(bits));
}

bool same(float a, float b) {
  return std::isnan(b) ? std::isnan(a) : a == b && std::signbit(a) == std::signbit(b);
}

}  // namespace

TEST_CASE("the table of number formats is in the order of the enumeration") {
  for (std::size_t i = 0; i < dtype_names.size(); ++i)
    CHECK(static_cast<std::size_t>(dtype_names[i].dtype) == i);
  CHECK(std::strcmp(describe(Dtype::F8_E4M3).name, "F8_E4M3") == 0);
  CHECK(describe(Dtype::C64).bytes == 8);
}

TEST_CASE("half precision: known values") {
  const auto half = [](int bits) { return static_cast<float>(half_of(bits)); };
  CHECK(half(0x3c00) == 1.0f);
  CHECK(half(0xc000) == -2.0f);
  CHECK(half(0x7bff) == 65504.0f);
  CHECK(half(0x0400) == 0x1p-14f);  // smallest normal
  CHECK(half(0x0001) == 0x1p-24f);  // smallest of all
  CHECK(half(0x83ff) == -0x3ffp-24f);
  CHECK(half(0x3555) == 0x1.554p-2f);
  CHECK(half(0x7c00) == std::numeric_limits<float>::infinity());
  CHECK(half(0xfc00) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(half(0x7e01)));
  CHECK((half(0x8000) == 0.0f && std::signbit(half(0x8000))));
}

TEST_CASE("every number of 16 bits is what its format says") {
  int wrong = 0;
  for (int bits = 0; bits < 1 << 16; ++bits) {
    const int exponent = (bits >> 10) & 0x1f, mantissa = bits & 0x3ff;
    float expected = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                   : std::ldexp(static_cast<float>(mantissa + 0x400), exponent - 25);
    if (exponent == 0x1f) {
      expected =
          mantissa == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    }
    if (bits >= 0x8000) expected = -expected;
    wrong += same(static_cast<float>(half_of(bits)), expected) ? 0 : 1;
    const auto upper_half_of_a_float = std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
    wrong += same(static_cast<float>(bfloat_of(bits)), upper_half_of_a_float) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("bfloat16: known values") {
  CHECK(static_cast<float>(bfloat_of(0x3f80)) == 1.0f);
  CHECK(static_cast<float>(bfloat_of(0xc049)) == -3.140625f);
  CHECK(static_cast<float>(bfloat_of(0x7f80)) == std::numeric_limits<float>::infinity());
}

TEST_CASE("conversions hold the value or say that they cannot") {
  CHECK(converted<float>(0.1) == 0.1f);
  CHECK(!converted<float>(1e39));
  CHECK(converted<float>(std::numeric_limits<double>::infinity()) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(*converted<float>(std::numeric_limits<double>::quiet_NaN())));
  CHECK(converted<double>(half_of(0x3c00)) == 1.0);
  CHECK(converted<float>(std::int64_t{1} << 24) == 16777216.0f);
  CHECK(!converted<float>((std::int64_t{1} << 24) + 1));
  CHECK(!converted<float>(-(std::int64_t{1} << 24) - 1));
  CHECK(converted<double>((std::int64_t{1} << 24) + 1) == 16777217.0);
  CHECK(!converted<double>(std::numeric_limits<std::uint64_t>::max()));
  CHECK(converted<std::uint8_t>(std::int64_t{255}) == 255);
  CHECK(!converted<std::uint8_t>(std::int64_t{256}));
  CHECK(!converted<std::uint8_t>(std::int8_t{-1}));
  CHECK(!converted<std::uint8_t>(1.0));
  CHECK(!converted<std::int64_t>(half_of(0x3c00)));
}
