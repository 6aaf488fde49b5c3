#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/core/compiled.hpp"
#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/io/dtype.hpp"

namespace densenf {

/// Text that a safetensors file carries along, by keys.
using Metadata = std::map<std::string, std::string>;

/// What a safetensors file says about one tensor.
struct TensorInfo {
  Dtype dtype = Dtype::F32;
  std::vector<Index> shape;  ///< row-major; empty for a single number
  Index count = 0;           ///< the number of values
  std::uint64_t begin = 0;   ///< first byte, counted from the end of the header
  std::uint64_t end = 0;     ///< one past the last byte
  std::string dtype_name{};  ///< as the file has it, which says more than Dtype::other
};

namespace detail {

inline std::string extents_text(const std::vector<Index>& shape) {
  return fmt::format("[{}]", joined(shape, ", "));
}

/// The header of a safetensors file, checked.
struct SafetensorsHeader {
  std::map<std::string, TensorInfo, std::less<>> tensors;
  Metadata metadata;
};

/// What the header of a file says, whose data take so many bytes. Throws FileError at the first thing that
/// does not belong.
SafetensorsHeader parse_safetensors_header(const std::filesystem::path& path, std::uint64_t data_bytes,
                                           std::string_view text);

/// The header of a file that has these tensors, in this order, and metadata, with spaces behind it so that
/// the data begin at a multiple of 8 bytes. The names differ.
std::string safetensors_header_text(
    const std::vector<std::pair<const std::string*, const TensorInfo*>>& tensors, const Metadata& metadata);

bool is_utf8(const std::string& text);

}  // namespace detail
}  // namespace densenf

#ifndef DENSENF_USE_COMPILED_IO
#include "densenf/io/safetensors_json.hpp"
#endif
