#pragma once

#include <png.h>

#include <filesystem>
#include <span>
#include <vector>

#include "densenf/io/file.hpp"
#include "densenf/io/picture.hpp"

namespace densenf {

/// Writes a picture as a PNG file: all of it, or an old file stays as it was. Throws ArgumentError when the
/// picture is empty or its bytes do not fit its extents, FileError when the file cannot be written.
inline void save_png(const std::filesystem::path& path, const Picture& picture) {
  if (picture.width < 1 || picture.height < 1 || picture.width > Picture::most ||
      picture.height > Picture::most ||
      static_cast<Index>(picture.rgb.size()) != 3 * picture.width * picture.height) {
    throw ArgumentError(
        "A picture of {} x {} pixels with {} bytes cannot be saved; it needs three bytes a pixel.",
        picture.width, picture.height, picture.rgb.size());
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  // The bound on the size saves compressing twice, once to learn the size and once to keep the result.
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::byte> file(bytes);
  if (png_image_write_to_memory(&image, file.data(), &bytes, 0, picture.rgb.data(), 0, nullptr) == 0) {
    throw FileError("PNG file '{}' cannot be made: {}.", path.string(),
                    static_cast<const char*>(image.message));
  }
  AtomicFile out(path);
  out.write(std::span<const std::byte>(file).first(bytes));
  out.commit();
}

/// Writes images, N x C x H x W with values in [0, levels), as a grid: see image_grid.
inline void save_png(const std::filesystem::path& path, std::span<const std::uint8_t> values,
                     const Shape& shape, int levels = 256, const GridOptions& options = {}) {
  save_png(path, image_grid(values, shape, levels, options));
}

}  // namespace densenf
