#pragma once

#include <array>
#include <span>

#include "densenf/data/byte_source.hpp"
#include "densenf/data/images.hpp"

// idx files, the format of MNIST and its kin: bytes behind a header of extents. Those that are packed by gzip
// are unpacked.
namespace densenf {

namespace detail {

/// Reads the header of an idx file of bytes with as many extents as `extents` has room for. Throws FileError
/// when it does not begin so; `what` says what it is to hold, `begins` what it should begin with.
inline void read_idx_header(ByteSource& source, std::span<Index> extents, const char* what,
                            const char* begins) {
  const auto word_at = [](std::span<const std::byte> bytes) {
    Index value = 0;
    for (const std::byte b : bytes.first(4)) value = value * 256 + std::to_integer<Index>(b);
    return value;
  };
  std::array<std::byte, 16> room{};
  const auto header = std::span(room).first(4 * (1 + extents.size()));
  constexpr Index bytes_in_no_dimension = 0x0800;  // the number of extents is added
  const bool whole = source.read(header) == header.size();
  if (!whole || word_at(header) != bytes_in_no_dimension + std::ssize(extents)) {
    throw FileError("File '{}' is not an idx file of {}: it does not begin with {}.", source.path().string(),
                    what, begins);
  }
  for (std::size_t i = 0; i < extents.size(); ++i) extents[i] = word_at(header.subspan(4 * (i + 1)));
}

/// What follows a header that claims `expected` bytes. Throws FileError, which repeats the claim, when there
/// are fewer or more.
inline std::vector<std::uint8_t> read_idx_bytes(ByteSource& source, Index expected,
                                                const std::string& claim) {
  std::vector<std::uint8_t> values;
  // Grown as bytes come, so that a header's claim alone takes no memory.
  std::vector<std::byte> piece(std::size_t{1} << 16);
  while (const std::size_t size = source.read(piece)) {
    for (std::size_t i = 0; i < size; ++i) values.push_back(std::to_integer<std::uint8_t>(piece[i]));
    if (std::ssize(values) > expected) break;
  }
  if (std::ssize(values) != expected) {
    throw FileError("File '{}' claims {}, but holds {} bytes of them.", source.path().string(), claim,
                    std::ssize(values) > expected ? "more" : fmt::format("only {}", values.size()));
  }
  return values;
}

}  // namespace detail

/// The images of an idx file, 1 x H x W with 256 levels, without labels. Throws FileError when it is missing,
/// damaged, not an idx file of images, empty, or shorter or longer than its header says.
inline Images load_idx(const std::filesystem::path& path) {
  ByteSource source(path);
  std::array<Index, 3> extents{};
  detail::read_idx_header(source, extents, "images", "00 00 08 03 and three extents");
  const auto [count, h, w] = extents;
  constexpr Index most = 1 << 15;  // so that the number of bytes cannot overflow
  const std::string claim = fmt::format("{} images of {} x {}", count, h, w);
  if (count < 1 || h < 1 || w < 1 || h > most || w > most)
    throw FileError("File '{}' claims {}, which cannot be.", path.string(), claim);
  return {{1, h, w}, count, 256, detail::read_idx_bytes(source, count * h * w, claim)};
}

/// The labels of an idx file. Throws FileError when it is missing, damaged, not an idx file of labels, empty,
/// shorter or longer than its header says, or holds a label that is not below `classes` (0: any);
/// ArgumentError when `classes` is negative.
inline std::vector<Label> load_idx_labels(const std::filesystem::path& path, Label classes = 0) {
  detail::require_classes(classes);
  ByteSource source(path);
  std::array<Index, 1> count{};
  detail::read_idx_header(source, count, "labels", "00 00 08 01 and their number");
  const std::string claim = fmt::format("{} labels", count[0]);
  if (count[0] < 1) throw FileError("File '{}' claims {}, which cannot be.", path.string(), claim);
  const std::vector<std::uint8_t> bytes = detail::read_idx_bytes(source, count[0], claim);
  for (std::size_t i = 0; classes > 0 && i < bytes.size(); ++i) {
    if (bytes[i] >= classes) {
      throw FileError("Label {} of file '{}' is {}, but its classes should be 0 to {}.", i, path.string(),
                      bytes[i], classes - 1);
    }
  }
  return {bytes.begin(), bytes.end()};
}

/// The images of one idx file with the labels of another. Throws as load_idx and load_idx_labels do, and
/// FileError when there are not as many labels as images.
inline Images load_idx(const std::filesystem::path& images_path, const std::filesystem::path& labels_path,
                       Label classes = 0) {
  Images images = load_idx(images_path);
  images.labels = load_idx_labels(labels_path, classes);
  if (std::ssize(images.labels) != images.count) {
    throw FileError("File '{}' holds {} labels, but '{}' holds {} images: they do not belong together.",
                    labels_path.string(), images.labels.size(), images_path.string(), images.count);
  }
  return images;
}

}  // namespace densenf
