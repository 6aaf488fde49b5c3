#pragma once

#include <cstddef>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"

namespace densenf {

/// Memory of a device that a kernel works in while it runs, and whose content is lost. The kernel takes
/// pieces of it; passed by value, so that what is taken does not concern the caller.
class Scratch {
public:
  /// Pieces begin at multiples of this, counted from where the memory begins.
  static constexpr Index alignment = 256;

  /// None, for kernels that need none.
  Scratch() = default;
  Scratch(void* data, Index bytes) : data_(static_cast<std::byte*>(data)), left_(bytes) {}

  /// Bytes of a piece for `count` numbers.
  template <class T>
  static constexpr Index bytes_for(Index count) {
    return (count * static_cast<Index>(sizeof(T)) + alignment - 1) / alignment * alignment;
  }

  /// The next piece, for `count` numbers. Throws ArgumentError when the memory is too small for it.
  template <class T>
  T* take(Index count) {
    const Index bytes = bytes_for<T>(count);
    if (bytes > left_) {
      throw ArgumentError(
          "A kernel needs {} bytes of scratch memory where {} are left: the function with its name and "
          "_scratch_bytes says how many it takes.",
          bytes, left_);
    }
    T* const piece = reinterpret_cast<T*>(data_);
    data_ += bytes;
    left_ -= bytes;
    return piece;
  }

private:
  std::byte* data_ = nullptr;
  Index left_ = 0;
};

}  // namespace densenf
