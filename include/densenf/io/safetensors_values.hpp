#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

#include "densenf/io/convert.hpp"
#include "densenf/io/safetensors.hpp"

// How a safetensors file's numbers become those that are asked for. With densenf::compiled the library has
// this.
namespace densenf {

namespace detail {
template <class T>
constexpr const char* type_name() {
  if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? "an integer of this size" : "an unsigned integer of this size";
  } else {
    return sizeof(T) == sizeof(float) ? "float" : "double";
  }
}
}  // namespace detail

template <class Stored, class T>
void SafetensorsFile::read_as(std::string_view name, const TensorInfo& tensor, std::span<T> out) const {
  if constexpr (std::is_same_v<Stored, T>) {
    read_at(data_begin_ + tensor.begin, std::as_writable_bytes(out));
  } else {
    std::vector<Stored> piece(std::min(out.size(), std::size_t{1} << 14));
    for (std::size_t first = 0; first < out.size(); first += piece.size()) {
      const std::size_t count = std::min(piece.size(), out.size() - first);
      read_at(data_begin_ + tensor.begin + first * sizeof(Stored),
              std::as_writable_bytes(std::span(piece).first(count)));
      for (std::size_t i = 0; i < count; ++i) {
        const std::optional<T> value = detail::converted<T>(piece[i]);
        if (!value) {
          throw FileError("Value {} of tensor {} in file '{}', stored as {}, cannot be read as {}.",
                          first + i, detail::for_message(name), path_.string(), describe(tensor.dtype).name,
                          detail::type_name<T>());
        }
        out[first + i] = *value;
      }
    }
  }
}

template <class T>
void SafetensorsFile::read_into(std::string_view name, std::span<T> out) const {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> ||
                    (std::is_integral_v<T> && !std::is_same_v<T, bool>),
                "Tensors are read as float, double or integers.");
  const TensorInfo& tensor = info(name);
  if (std::cmp_not_equal(out.size(), tensor.count)) {
    throw FileError("Tensor {} of file '{}' has {} values, shape {}, but memory for {} was given.",
                    detail::for_message(name), path_.string(), tensor.count,
                    detail::extents_text(tensor.shape), out.size());
  }
  switch (tensor.dtype) {
    case Dtype::F64:
      return read_as<double>(name, tensor, out);
    case Dtype::F32:
      return read_as<float>(name, tensor, out);
    case Dtype::F16:
      return read_as<Eigen::half>(name, tensor, out);
    case Dtype::BF16:
      return read_as<Eigen::bfloat16>(name, tensor, out);
    case Dtype::I64:
      return read_as<std::int64_t>(name, tensor, out);
    case Dtype::U64:
      return read_as<std::uint64_t>(name, tensor, out);
    case Dtype::I32:
      return read_as<std::int32_t>(name, tensor, out);
    case Dtype::U32:
      return read_as<std::uint32_t>(name, tensor, out);
    case Dtype::I16:
      return read_as<std::int16_t>(name, tensor, out);
    case Dtype::U16:
      return read_as<std::uint16_t>(name, tensor, out);
    case Dtype::I8:
      return read_as<std::int8_t>(name, tensor, out);
    case Dtype::U8:
    case Dtype::BOOL:
      return read_as<std::uint8_t>(name, tensor, out);
    case Dtype::F8_E5M2:
    case Dtype::F8_E4M3:
    case Dtype::C64:
    case Dtype::other:
      break;
  }
  refuse(name, tensor);
}

}  // namespace densenf
