#pragma once

#include <array>

#include "densenf/data/byte_source.hpp"
#include "densenf/data/images.hpp"

namespace densenf {

/// The images of an idx file (MNIST and its kin), 1 x H x W with 256 levels; a file that is packed by gzip is
/// unpacked. Throws FileError when it is missing, damaged, not an idx file of images, empty, or shorter or
/// longer than its header says.
inline Images load_idx(const std::filesystem::path& path) {
  ByteSource source(path);
  std::array<std::byte, 16> header{};
  const std::size_t got = source.read(header);
  const auto word = [&header](std::size_t i) {
    Index value = 0;
    for (std::size_t b = 0; b < 4; ++b) value = value * 256 + std::to_integer<Index>(header[4 * i + b]);
    return value;
  };
  constexpr Index bytes_in_three_dimensions = 0x0803;
  if (got < header.size() || word(0) != bytes_in_three_dimensions) {
    throw FileError(
        "File '{}' is not an idx file of images: it does not begin with 00 00 08 03 and three extents.",
        path.string());
  }
  const Shape shape{1, word(1 + 1), word(1 + 2)};
  const Index count = word(1);
  constexpr Index most = 1 << 15;  // so that the number of bytes cannot overflow
  if (count < 1 || shape.h < 1 || shape.w < 1 || shape.h > most || shape.w > most) {
    throw FileError("File '{}' claims {} images of {} x {}, which cannot be.", path.string(), count, shape.h,
                    shape.w);
  }
  Images images{shape, count, 256, {}};
  const auto expected = static_cast<std::size_t>(count * shape.size());
  // Grown as bytes come, so that a header's claim alone takes no memory.
  std::vector<std::byte> piece(std::size_t{1} << 16);
  while (const std::size_t size = source.read(piece)) {
    for (std::size_t i = 0; i < size; ++i) images.values.push_back(std::to_integer<std::uint8_t>(piece[i]));
    if (images.values.size() > expected) break;
  }
  if (images.values.size() != expected) {
    throw FileError("File '{}' claims {} images of {} x {}, but holds {} bytes of them.", path.string(),
                    count, shape.h, shape.w,
                    images.values.size() > expected ? "more" : fmt::format("only {}", images.values.size()));
  }
  return images;
}

}  // namespace densenf
