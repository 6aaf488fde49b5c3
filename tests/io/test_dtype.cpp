#include "densenf/io/dtype.hpp"

#include <doctest/doctest.h>

#include <cstring>

using namespace densenf;
using detail::Bfloat;
using detail::converted;
using detail::Half;

TEST_CASE("the table of number formats is in the order of the enumeration") {
  for (std::size_t i = 0; i < dtype_names.size(); ++i)
    CHECK(static_cast<std::size_t>(dtype_names[i].dtype) == i);
  CHECK(std::strcmp(describe(Dtype::F8_E4M3).name, "F8_E4M3") == 0);
  CHECK(describe(Dtype::C64).bytes == 8);
}

TEST_CASE("half precision: known values") {
  const auto half = [](int bits) { return detail::to_float(Half{static_cast<std::uint16_t>(bits)}); };
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

TEST_CASE("bfloat16: known values") {
  CHECK(detail::to_float(Bfloat{0x3f80}) == 1.0f);
  CHECK(detail::to_float(Bfloat{0xc049}) == -3.140625f);
  CHECK(detail::to_float(Bfloat{0x7f80}) == std::numeric_limits<float>::infinity());
}

TEST_CASE("conversions hold the value or say that they cannot") {
  CHECK(converted<float>(0.1) == 0.1f);
  CHECK(!converted<float>(1e39));
  CHECK(converted<float>(std::numeric_limits<double>::infinity()) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(*converted<float>(std::numeric_limits<double>::quiet_NaN())));
  CHECK(converted<double>(Half{0x3c00}) == 1.0);
  CHECK(converted<float>(std::int64_t{1} << 24) == 16777216.0f);
  CHECK(!converted<float>((std::int64_t{1} << 24) + 1));
  CHECK(!converted<float>(-(std::int64_t{1} << 24) - 1));
  CHECK(converted<double>((std::int64_t{1} << 24) + 1) == 16777217.0);
  CHECK(!converted<double>(std::numeric_limits<std::uint64_t>::max()));
  CHECK(converted<std::uint8_t>(std::int64_t{255}) == 255);
  CHECK(!converted<std::uint8_t>(std::int64_t{256}));
  CHECK(!converted<std::uint8_t>(std::int8_t{-1}));
  CHECK(!converted<std::uint8_t>(1.0));
  CHECK(!converted<std::int64_t>(Half{0x3c00}));
}
