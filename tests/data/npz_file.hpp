#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "../io/zip_file.hpp"

namespace densenf_test {

/// An array as NumPy saves it: `shape` such as "(3, 4)".
inline std::string npy_array(const std::string& type, const std::string& shape, const std::string& numbers) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
  header.append(64 - (10 + header.size() + 1) % 64, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) +
         static_cast<char>(header.size() >> 8) + header + numbers;
}

/// Bytes of `count` images 3 x side x side, of which the first is number `first`: each is different.
inline std::string image_bytes(int count, int side, int first = 0) {
  std::string bytes;
  for (int i = first; i < first + count; ++i) {
    for (int k = 0; k < 3 * side * side; ++k) bytes += static_cast<char>((i * 37 + k * k) & 0xff);
  }
  return bytes;
}

/// Labels as 8-byte integers.
inline std::string label_bytes(const std::vector<std::int64_t>& labels) {
  return {reinterpret_cast<const char*>(labels.data()), labels.size() * sizeof(std::int64_t)};
}

/// Writes an .npz file of images as those of Downsampled ImageNet are; no labels: without that array.
inline void put_npz(const std::filesystem::path& path, int side, int first, std::vector<std::int64_t> labels,
                    bool packed, int count) {
  std::vector<ZipContent> members{
      {"data.npy",
       npy_array("|u1", fmt::format("({}, {})", count, 3 * side * side), image_bytes(count, side, first)),
       packed}};
  if (!labels.empty())
    members.push_back(
        {"labels.npy", npy_array("<i8", fmt::format("({},)", labels.size()), label_bytes(labels)), packed});
  put_zip(path, members);
}

}  // namespace densenf_test
