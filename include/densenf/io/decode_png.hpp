#pragma once

#include <png.h>

#include <cstdio>
#include <cstring>
#include <new>
#include <span>

#include "densenf/io/decoding.hpp"

namespace densenf {

namespace detail {

/// libpng's objects for one file in memory, and where it goes when a call fails.
class PngReader {
public:
  explicit PngReader(std::span<const std::byte> bytes)
      : rest_(bytes), png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore_warning)) {
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  png_structp png() { return png_; }
  png_infop info() { return info_; }

  /// Makes calls of libpng: see Escape. Throws FileError, which names the file, when one of them fails.
  template <class Calls>
  void call(const std::string& file, const Calls& calls) {
    if (!escape_.returns(calls)) {
      throw FileError("File '{}' is not a whole PNG image ({}): fetch it again.", file,
                      printable(escape_.reason.data()));
    }
  }

  /// Gives libpng the next bytes.
  static void read(png_structp png, png_bytep out, std::size_t count) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > reader.rest_.size()) png_error(png, "it ends too early");
    std::memcpy(out, reader.rest_.data(), count);
    reader.rest_ = reader.rest_.subspan(count);
  }

private:
  [[noreturn]] static void fail(png_structp png, png_const_charp reason) {
    auto& escape = static_cast<PngReader*>(png_get_error_ptr(png))->escape_;
    std::snprintf(escape.reason.data(), escape.reason.size(), "%s", reason);
    escape.leave();
  }

  /// They are about what changes no pixel, such as a color profile that many programs write wrongly.
  static void ignore_warning(png_structp, png_const_charp) {}

  std::span<const std::byte> rest_;
  Escape escape_;
  png_structp png_;
  png_infop info_ = nullptr;
};

}  // namespace detail

/// The picture in a PNG file, of which these are the bytes. Numbers are as stored, whatever gamma or profile
/// the file names; of 16 bits the high byte is taken, palettes looked up, gray goes to all three channels,
/// and an alpha channel is dropped. Throws FileError, which names `file`, unless it is whole and undamaged,
/// or when it has too many pixels (most_pixels_read).
inline Picture decode_png(std::span<const std::byte> bytes, const std::string& file) {
  detail::PngReader reader(bytes);
  const png_structp png = reader.png();
  const png_infop info = reader.info();
  reader.call(file, [&] {
    png_set_read_fn(png, &reader, detail::PngReader::read);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // all that say nothing of pixels
    png_read_info(png, info);
  });
  Picture picture =
      detail::picture_to_fill(png_get_image_width(png, info), png_get_image_height(png, info), file);
  std::size_t row_bytes = 0;
  int passes = 0;
  reader.call(file, [&] {
    png_set_strip_16(png);
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    row_bytes = png_get_rowbytes(png, info);
  });
  if (row_bytes != static_cast<std::size_t>(3 * picture.width))
    throw FileError("File '{}' is a PNG image of an unknown kind: save it as 8-bit RGB.", file);
  reader.call(file, [&] {
    for (int pass = 0; pass < passes; ++pass) {
      for (Index y = 0; y < picture.height; ++y) png_read_row(png, picture.pixel(0, y), nullptr);
    }
    png_read_end(png, nullptr);
  });
  return picture;
}

}  // namespace densenf
