#pragma once

#include <webp/decode.h>

#include <new>
#include <span>

#include "densenf/io/decoding.hpp"

namespace densenf {

namespace detail {

/// Throws FileError, which names the file, unless libwebp is content.
inline void require_webp(VP8StatusCode status, const std::string& file) {
  if (status == VP8_STATUS_OK) return;
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  throw FileError("File '{}' is not a whole WebP image (it {}): fetch it again.", file,
                  status == VP8_STATUS_NOT_ENOUGH_DATA ? "ends too early" : "is damaged");
}

}  // namespace detail

/// The picture in a WebP file, of which these are the bytes: its colors as they are, an alpha channel
/// dropped. Throws FileError, which names `file`, unless it is whole and undamaged, when it is an animation,
/// or when it has too many pixels (most_pixels_read).
inline Picture decode_webp(std::span<const std::byte> bytes, const std::string& file) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0)
    throw FileError("WebP file '{}' cannot be read: libwebp is older than its headers.", file);
  detail::require_webp(WebPGetFeatures(data, bytes.size(), &config.input), file);
  if (config.input.has_animation != 0)
    throw FileError("File '{}' is an animation: save one of its pictures in its place.", file);
  Picture picture = detail::picture_to_fill(config.input.width, config.input.height, file);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {picture.rgb.data(), static_cast<int>(3 * picture.width), picture.rgb.size()};
  detail::require_webp(WebPDecode(data, bytes.size(), &config), file);
  return picture;
}

}  // namespace densenf
