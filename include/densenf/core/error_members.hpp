#pragma once

#include "densenf/core/error.hpp"

namespace densenf {

DENSENF_INLINE Error::~Error() = default;
DENSENF_INLINE ShapeError::~ShapeError() = default;
DENSENF_INLINE ArgumentError::~ArgumentError() = default;
DENSENF_INLINE FileError::~FileError() = default;
DENSENF_INLINE OutOfMemoryError::~OutOfMemoryError() = default;
DENSENF_INLINE DeviceError::~DeviceError() = default;
DENSENF_INLINE NonFiniteError::~NonFiniteError() = default;
DENSENF_INLINE ConvergenceError::~ConvergenceError() = default;

namespace detail {

DENSENF_INLINE std::string printable(std::string_view text) {
  constexpr std::size_t longest = 120;
  std::string shown;
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e)
      shown += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
    else
      shown += c;
  }
  return text.size() > longest ? shown + "..." : shown;
}

DENSENF_INLINE std::string for_message(std::string_view text) { return '\'' + printable(text) + '\''; }

}  // namespace detail
}  // namespace densenf
