#pragma once

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>

#include "densenf/io/decode_jpeg.hpp"
#include "densenf/io/decode_png.hpp"
#include "densenf/io/decode_webp.hpp"
#include "densenf/io/file.hpp"

namespace densenf {

/// The picture in a PNG, JPEG or WebP file, of which these are the bytes: its first bytes say which it is,
/// not its name. decode_png, decode_jpeg and decode_webp say what becomes of gray, palettes, 16 bits, alpha,
/// four inks and how a camera was held. Throws FileError, which names `file`, for what is none of the three,
/// cut short, damaged, or has too many pixels (most_pixels_read).
inline Picture decode_image(std::span<const std::byte> bytes, const std::string& file) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(bytes, file);
  if (text.starts_with("\xff\xd8\xff")) return decode_jpeg(bytes, file);
  if (text.starts_with("RIFF") && text.substr(std::min<std::size_t>(8, text.size())).starts_with("WEBP"))
    return decode_webp(bytes, file);
  if (text.empty()) throw FileError("File '{}' is empty where an image is expected.", file);
  throw FileError("File '{}' begins neither as PNG nor as JPEG nor as WebP: convert it to one of them.",
                  file);
}

/// The picture in a file: see decode_image. Throws FileError also when it cannot be read.
inline Picture read_image(const std::filesystem::path& path) {
  return decode_image(read_file(path), path.string());
}

}  // namespace densenf
