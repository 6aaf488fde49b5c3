#pragma once

#include <algorithm>
#include <cstring>
#include <iterator>

#include "fuzz.hpp"

namespace fuzz {

/// The same bytes, with the length of a safetensors header in front that ends behind the last brace, and
/// numbers behind it: a change that makes a header longer is seldom one of its length, too.
inline std::vector<std::uint8_t> with_header_length(Bytes bytes) {
  std::vector<std::uint8_t> mended(bytes.begin(), bytes.end());
  std::uint64_t length = 0;
  if (mended.size() < sizeof length) return mended;
  const auto behind_last = std::find(mended.rbegin(), mended.rend(), '}').base();
  length = static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(behind_last - mended.begin(), 8) - 8);
  std::memcpy(mended.data(), &length, sizeof length);
  return mended;
}

}  // namespace fuzz
