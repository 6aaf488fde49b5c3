#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <string>

#include "densenf/core/error.hpp"
#include "densenf/io/picture.hpp"

// What decoders of pictures have in common.
namespace densenf {

/// The most pixels of a picture that is read: 8192 x 8192, which take 200 MB. A file of a hundred bytes can
/// claim any size, and memory for all of it is taken before its first row is known to be there.
inline constexpr Index most_pixels_read = Index{1} << 26;

namespace detail {

/// A black picture of these extents. Throws FileError, which names the file, when it
/// has more pixels than are read.
inline Picture picture_to_fill(Index width, Index height, const std::string& file) {
  if (width < 1 || height < 1 || width > Picture::most || height > Picture::most ||
      width > most_pixels_read / height) {
    throw FileError("File '{}' claims {} x {} pixels, and at most {} are read: scale it down.", file, width,
                    height, most_pixels_read);
  }
  Picture picture;
  picture.width = width;
  picture.height = height;
  picture.rgb.resize(static_cast<std::size_t>(3 * width * height));
  return picture;
}

/// How libpng and libjpeg leave a call that failed: by a jump to where they were called, since C has no
/// exceptions.
class Escape {
public:
  /// Makes calls of the library; false when one of them failed, with the reason in `reason`. A jump runs no
  /// destructors: so `calls` has no variables that need one, and throws nothing.
  template <class Calls>
  bool returns(const Calls& calls) {
    if (setjmp(place_) != 0) return false;
    calls();
    return true;
  }

  /// For what the library calls when it fails, with the reason written.
  [[noreturn]] void leave() { std::longjmp(place_, 1); }

  std::array<char, 200> reason{};  ///< ends with a zero

private:
  std::jmp_buf place_{};
};

}  // namespace detail
}  // namespace densenf
