#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "densenf/io/picture.hpp"

// Which way up a camera was held, as it notes in an Exif block, and what to do about it.
namespace densenf {

/// The orientation that an Exif block notes, from 1 (as stored) to 8; 1 where it notes none or is no whole
/// block. `block` begins with "Exif\0\0", behind which lies a TIFF header.
inline int exif_orientation(std::span<const std::byte> block) {
  constexpr std::string_view begin("Exif\0\0", 6);
  const std::string_view text(reinterpret_cast<const char*>(block.data()), block.size());
  if (!text.starts_with(begin)) return 1;
  const std::span<const std::byte> tiff = block.subspan(begin.size());
  const bool big_endian = text.substr(begin.size()).starts_with("MM");
  /// A number of `count` bytes; 0 where the block ends before it.
  const auto number = [&](std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    if (at > tiff.size() || count > tiff.size() - at) return value;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | std::to_integer<std::uint32_t>(tiff[big_endian ? at + i : at + count - 1 - i]);
    return value;
  };
  constexpr std::size_t entry_bytes = 12;
  constexpr std::uint32_t orientation_tag = 0x0112, short_type = 3;
  const std::size_t directory = number(4, 4);
  const std::size_t entries = number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * entry_bytes;
    if (number(entry, 2) != orientation_tag || number(entry + 2, 2) != short_type) continue;
    const std::uint32_t orientation = number(entry + 8, 2);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  }
  return 1;
}

/// The picture as it was seen, from how it is stored with this Exif orientation, 1 to 8.
inline Picture upright(Picture stored, int orientation) {
  if (orientation == 1) return stored;
  const bool transposed = orientation >= 5;  // rows were stored as columns
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Picture seen(transposed ? stored.height : stored.width, transposed ? stored.width : stored.height, black);
  for (Index y = 0; y < seen.height; ++y) {
    for (Index x = 0; x < seen.width; ++x) {
      const Index column = transposed ? y : x, row = transposed ? x : y;
      seen.set(x, y,
               stored.at(from_right ? stored.width - 1 - column : column,
                         from_bottom ? stored.height - 1 - row : row));
    }
  }
  return seen;
}

}  // namespace densenf
