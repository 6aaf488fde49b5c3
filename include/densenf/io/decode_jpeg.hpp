#pragma once

#include <cstdio>  // which jpeglib.h needs and does not include
#include <span>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include "densenf/io/decoding.hpp"
#include "densenf/io/exif.hpp"

namespace densenf {

namespace detail {

/// libjpeg's objects for one file, and where it goes when a call fails or finds damage.
class JpegReader {
public:
  JpegReader() {
    state.err = jpeg_std_error(&errors_);
    errors_.error_exit = fail;
    errors_.emit_message = fail_for_damage;
    errors_.output_message = [](j_common_ptr) {};
    state.client_data = &escape_;
    progress_.progress_monitor = fail_for_scans;
  }
  ~JpegReader() { jpeg_destroy_decompress(&state); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  /// Makes calls of libjpeg: see Escape. Throws FileError, which names the file, when one of them fails.
  template <class Calls>
  void call(const std::string& file, const Calls& calls) {
    if (!escape_.returns(calls)) {
      throw FileError("File '{}' is not a whole JPEG image ({}): fetch it again.", file,
                      printable(escape_.reason.data()));
    }
  }

  /// Begins with a file in memory; within `call`.
  void open(std::span<const std::byte> bytes) {
    jpeg_create_decompress(&state);
    state.progress = &progress_;
    jpeg_mem_src(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
  }

  jpeg_decompress_struct state{};

private:
  [[noreturn]] static void fail(j_common_ptr state) {
    auto& escape = *static_cast<Escape*>(state->client_data);
    static_assert(std::tuple_size_v<decltype(escape.reason)> >= JMSG_LENGTH_MAX);
    state->err->format_message(state, escape.reason.data());
    escape.leave();
  }

  /// libjpeg warns of damaged data, at level -1, and goes on with gray; other levels are about what it does.
  static void fail_for_damage(j_common_ptr state, int level) {
    if (level < 0) fail(state);
  }

  /// A progressive image is gone over once for each of its scans, which may be a few bytes each: a small file
  /// could take hours. Programs write some ten.
  static void fail_for_scans(j_common_ptr state) {
    constexpr int most = 100;
    if (reinterpret_cast<j_decompress_ptr>(state)->input_scan_number <= most) return;
    auto& escape = *static_cast<Escape*>(state->client_data);
    std::snprintf(escape.reason.data(), escape.reason.size(), "it has more than %d scans", most);
    escape.leave();
  }

  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  Escape escape_;
};

/// The orientation that one of the markers kept by libjpeg notes; 1, as stored, where none does.
inline int orientation_of(const jpeg_decompress_struct& state) {
  for (auto* marker = state.marker_list; marker != nullptr; marker = marker->next) {
    const int noted = exif_orientation(std::as_bytes(std::span(marker->data, marker->data_length)));
    if (noted != 1) return noted;
  }
  return 1;
}

/// Red, green and blue of pixels of four inks. Photoshop, which leaves a marker of its own, and those who do
/// as it does store how much of an ink is missing.
inline void mix_inks(std::span<const std::uint8_t> inks, bool missing, std::span<std::uint8_t> rgb) {
  const auto light = [&](std::uint8_t ink) { return missing ? ink : 255 - ink; };
  for (std::size_t pixel = 0; 4 * pixel < inks.size(); ++pixel) {
    const int under_black = light(inks[4 * pixel + 3]);
    for (std::size_t c = 0; c < 3; ++c)
      rgb[3 * pixel + c] = static_cast<std::uint8_t>((light(inks[4 * pixel + c]) * under_black + 127) / 255);
  }
}

}  // namespace detail

/// The picture in a JPEG file, of which these are the bytes, turned upright where an Exif block notes how the
/// camera was held. Gray goes to all three channels; the four inks of CMYK are mixed without a color profile.
/// Throws FileError, which names `file`, unless it is whole and undamaged, or when it has too many pixels
/// (most_pixels_read).
inline Picture decode_jpeg(std::span<const std::byte> bytes, const std::string& file) {
  detail::JpegReader reader;
  jpeg_decompress_struct& state = reader.state;
  reader.call(file, [&] {
    reader.open(bytes);
    constexpr unsigned longest = 0xffff;
    jpeg_save_markers(&state, JPEG_APP0 + 1, longest);  // where Exif blocks are
    jpeg_read_header(&state, TRUE);
  });
  Picture picture = detail::picture_to_fill(state.image_width, state.image_height, file);
  const int orientation = detail::orientation_of(state);  // before libjpeg forgets it
  const bool of_inks = state.jpeg_color_space == JCS_CMYK || state.jpeg_color_space == JCS_YCCK;
  state.out_color_space = of_inks ? JCS_CMYK : JCS_RGB;
  std::vector<std::uint8_t> inks(of_inks ? 4 * picture.rgb.size() / 3 : 0);
  std::uint8_t* const out = of_inks ? inks.data() : picture.rgb.data();
  const std::size_t row_bytes = static_cast<std::size_t>(picture.width) * (of_inks ? 4 : 3);
  reader.call(file, [&] {
    jpeg_start_decompress(&state);
    while (state.output_scanline < state.output_height) {
      JSAMPROW row = out + state.output_scanline * row_bytes;
      jpeg_read_scanlines(&state, &row, 1);
    }
    jpeg_finish_decompress(&state);
  });
  if (of_inks) detail::mix_inks(inks, state.saw_Adobe_marker != FALSE, picture.rgb);
  return upright(std::move(picture), orientation);
}

}  // namespace densenf
