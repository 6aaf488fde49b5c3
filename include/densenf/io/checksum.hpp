#pragma once

#include <zlib.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "densenf/core/error.hpp"

namespace densenf::detail {

/// The CRC-32 of bytes that come in pieces. It differs whenever up to 32 neighboring bits were changed.
class Checksum {
public:
  void add(std::span<const std::byte> bytes) {
    // zlib takes a null pointer, which an empty span may have, as the wish to begin anew.
    if (!bytes.empty())
      value_ = ::crc32_z(value_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }

  /// Eight hexadecimal digits.
  std::string text() const { return fmt::format("{:08x}", value_); }

private:
  uLong value_ = 0;
};

/// Where a safetensors file keeps its checksum: the CRC-32 of all its bytes, with zeros in the place of the
/// eight digits themselves.
inline constexpr const char* checksum_key = "densenf.crc32";
inline constexpr std::string_view checksum_zeros = "00000000";

/// Where the digits begin in a header as SafetensorsWriter writes it; npos when they are not there. No name
/// or text of a file can look like this, since quotes within those are written \".
inline std::size_t checksum_place(std::string_view header) {
  const std::string before = fmt::format("\"{}\":\"", checksum_key);
  const std::size_t place = header.find(before);
  return place == std::string_view::npos ? place : place + before.size();
}

}  // namespace densenf::detail
