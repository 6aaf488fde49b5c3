#pragma once

#include <png.h>
#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <jpeglib.h>

#include "densenf/core/shape.hpp"

// Image files that tests make themselves.
namespace densenf_test {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::filesystem::path formats() {
  return std::filesystem::path(DENSENF_SOURCE_DIR) / "tests" / "io" / "data" / "formats";
}

/// `count` bytes of a number, the most significant first.
inline std::string big_endian(std::uint64_t value, int count) {
  std::string text;
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

/// A chunk of a PNG file, with its length and checksum.
inline std::string png_chunk(const std::string& kind, const std::string& content) {
  const std::string checked = kind + content;
  const auto sum = crc32_z(0, reinterpret_cast<const unsigned char*>(checked.data()), checked.size());
  return big_endian(content.size(), 4) + checked + big_endian(sum, 4);
}

/// A PNG file as libpng writes it from rows of `type` (PNG_COLOR_TYPE_...) at 8 or 16 bits a value.
inline std::string png_file(densenf::Index width, densenf::Index height, int type, int bits, bool interlaced,
                            std::vector<std::uint8_t> values) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep data, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<const char*>(data), size);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), bits, type,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  std::vector<png_bytep> rows;
  for (densenf::Index y = 0; y < height; ++y)
    rows.push_back(values.data() + y * static_cast<densenf::Index>(png_get_rowbytes(png, info)));
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

/// A gray JPEG file of height x width pixels from black to white, whose coefficients come in this many scans,
/// from 2 to 64.
inline std::string progressive_jpeg(int width, int height, int scans) {
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&state, &memory, &size);
  state.image_width = static_cast<JDIMENSION>(width);
  state.image_height = static_cast<JDIMENSION>(height);
  state.input_components = 1;
  state.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&state);
  std::vector<jpeg_scan_info> script{{1, {0}, 0, 0, 0, 0}};
  for (int scan = 1; scan < scans; ++scan)
    script.push_back({1, {0}, scan, scan == scans - 1 ? 63 : scan, 0, 0});
  state.scan_info = script.data();
  state.num_scans = static_cast<int>(script.size());
  jpeg_start_compress(&state, TRUE);
  for (int y = 0; y < height; ++y) {
    std::vector<std::uint8_t> row;
    for (int x = 0; x < width; ++x)
      row.push_back(static_cast<std::uint8_t>(255 * (x + y) / (width + height)));
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&state, &pointer, 1);
  }
  jpeg_finish_compress(&state);
  std::string file(reinterpret_cast<const char*>(memory), size);
  jpeg_destroy_compress(&state);
  std::free(memory);
  return file;
}

}  // namespace densenf_test
