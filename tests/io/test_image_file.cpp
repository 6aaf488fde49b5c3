// needs: images
#include "densenf/io/image_file.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "image_bytes.hpp"
#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

/// The file's bytes, of which FileErrors name "it".
Picture decoded(std::string_view bytes) { return decode_image(bytes_of(bytes), "it"); }

std::string refusal(std::string_view bytes) {
  return message_of<FileError>([&] { decoded(bytes); });
}

/// The bytes of one of the files in tests/io/data/formats.
std::string format(const std::string& name) { return get(formats() / name); }

}  // namespace

TEST_CASE("every kind of file is read as expected.json says") {
  const auto expected = nlohmann::json::parse(get(formats() / "expected.json"));
  int compared = 0, refused = 0;
  for (const auto& item : expected.items()) {
    const std::string& name = item.key();
    const auto& entry = item.value();
    CAPTURE(name);
    const std::filesystem::path path = formats() / name;
    if (entry.value("error", false)) {
      CHECK(contains(message_of<FileError>([&] { read_image(path); }), name.c_str()));
      ++refused;
      continue;
    }
    const Picture picture = read_image(path);
    if (!entry.contains("rgb")) continue;
    const auto& rows = entry["rgb"];
    REQUIRE(picture.height == entry["height"].get<Index>());
    REQUIRE(picture.width == entry["width"].get<Index>());
    for (Index y = 0; y < picture.height; ++y) {
      for (Index x = 0; x < picture.width; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
          const int there = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)][c].get<int>();
          CHECK(std::abs(picture.pixel(x, y)[c] - there) <= entry.value("tolerance", 0));
        }
      }
    }
    ++compared;
  }
  CHECK(compared == 12);
  CHECK(refused == 2);
}

TEST_CASE("a picture is turned upright as its Exif block says") {
  const std::string stored = format("exif_rotated.jpg");
  const Picture seen = decoded(stored);
  CHECK(seen.width == 5);
  CHECK(seen.height == 7);
  // The first bytes of each file's tag of the orientation, and then 00 06.
  const std::size_t at = stored.find(std::string("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06", 10)) + 9;
  REQUIRE(at < stored.size());
  std::string other = stored;
  other[at] = 1;
  const Picture lying = decoded(other);
  CHECK(lying.width == 7);
  for (Index y = 0; y < 7; ++y) {
    for (Index x = 0; x < 5; ++x) CHECK(seen.at(x, y) == lying.at(y, 4 - x));
  }
  for (const char none : {'\0', '\x09', 'M'}) {
    other[at] = none;
    CHECK(decoded(other).rgb == lying.rgb);
  }
}

TEST_CASE("the eight orientations") {
  // As stored: 1 2 3 above 4 5 6.
  Picture stored(3, 2, black);
  for (int i = 0; i < 6; ++i) stored.rgb[static_cast<std::size_t>(3 * i)] = static_cast<std::uint8_t>(i + 1);
  const std::vector<std::string> seen{"123/456",  "321/654",  "654/321",  "456/123",
                                      "14/25/36", "41/52/63", "63/52/41", "36/25/14"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Picture p = upright(stored, orientation);
    std::string text;
    for (Index y = 0; y < p.height; ++y) {
      if (y > 0) text += '/';
      for (Index x = 0; x < p.width; ++x) text += static_cast<char>('0' + p.at(x, y).r);
    }
    CHECK(text == seen[static_cast<std::size_t>(orientation - 1)]);
  }
}

TEST_CASE("an Exif block that is none, or not whole, says nothing") {
  const std::string little =
      std::string("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0", 28);
  CHECK(exif_orientation(bytes_of(little)) == 8);
  for (std::size_t length = 0; length < 26; ++length)
    CHECK(exif_orientation(bytes_of(little).first(length)) == 1);
  std::string far = little;
  far[10] = far[11] = far[12] = far[13] = '\xff';  // where the directory begins
  CHECK(exif_orientation(bytes_of(far)) == 1);
}

TEST_CASE("PNG: of 16 bits the high byte stays, alpha is dropped, interlaced rows are put together") {
  for (const bool interlaced : {false, true}) {
    std::vector<std::uint8_t> values;
    std::vector<std::uint8_t> expected;
    for (int pixel = 0; pixel < 9 * 11; ++pixel) {
      for (int c = 0; c < 4; ++c) {
        const int value = (pixel * 4 + c) * 163 % 65536;
        values.push_back(static_cast<std::uint8_t>(value >> 8));
        values.push_back(static_cast<std::uint8_t>(value & 0xff));
        if (c < 3) expected.push_back(static_cast<std::uint8_t>(value >> 8));
      }
    }
    const Picture p = decoded(png_file(9, 11, PNG_COLOR_TYPE_RGBA, 16, interlaced, values));
    CHECK(p.width == 9);
    CHECK(p.height == 11);
    CHECK(p.rgb == expected);
  }
}

TEST_CASE("a file that ends too early is refused wherever it ends") {
  const auto expected = nlohmann::json::parse(get(formats() / "expected.json"));
  for (const auto& item : expected.items()) {
    const std::string& name = item.key();
    CAPTURE(name);
    const std::string whole = format(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::string text = refusal(std::string_view(whole).substr(0, length));
      CHECK_MESSAGE(contains(text, "'it'"), length << " bytes: " << text);
    }
  }
}

TEST_CASE("a damaged file gives a picture or a sentence") {
  const auto expected = nlohmann::json::parse(get(formats() / "expected.json"));
  int refused = 0;
  for (const auto& item : expected.items()) {
    const std::string whole = format(item.key());
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int change : {0x01, 0x80, 0xff}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ change);
        try {
          const Picture p = decoded(damaged);
          CHECK(std::ssize(p.rgb) == 3 * p.width * p.height);
        } catch (const FileError&) {
          ++refused;
        }
      }
    }
  }
  // Behind each of the eight whole PNG files' 8 + 4 * 12 bytes and more stands a checksum.
  CHECK(refused > 3 * 8 * 56);
}

TEST_CASE("a PNG file of which a checksum is damaged, though the rest is whole") {
  const std::string whole = format("gamma.png");
  for (const char* chunk : {"IHDR", "gAMA", "IDAT", "IEND"}) {
    const std::size_t name = whole.find(chunk);
    REQUIRE(name != std::string::npos);
    const auto length =
        static_cast<std::size_t>(static_cast<unsigned char>(whole[name - 1]));  // below 256 in this file
    std::string damaged = whole;
    damaged[name + 4 + length] ^= 1;
    CHECK_MESSAGE(contains(refusal(damaged), "CRC error"), chunk);
  }
}

TEST_CASE("more pixels than are sensible are not even made room for") {
  const std::string begin("\x89PNG\r\n\x1a\n");
  const auto claim = [&](std::uint64_t width, std::uint64_t height) {
    return begin +
           png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) + std::string("\x08\2\0\0\0", 5)) +
           png_chunk("IDAT", "") + png_chunk("IEND", "");
  };
  CHECK(refusal(claim(100'000, 100'000)) ==
        "File 'it' claims 100000 x 100000 pixels, and at most 67108864 are read: scale it down.");
  CHECK(contains(refusal(claim(8193, 8192)), "8193 x 8192"));
  CHECK(contains(refusal(claim(0, 5)), "not a whole PNG image"));
  CHECK(contains(refusal(claim(3, 5)), "not a whole PNG image"));
  std::string jpeg = format("rgb.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xfe\xfe\xfe\xfe");
  CHECK(contains(refusal(jpeg), "claims 65278 x 65278 pixels"));
  std::string webp = format("lossless.webp");
  webp.replace(21, 4, std::string("\xff\xff\xff\x0f", 4));  // 14 bits less one for each extent
  CHECK(contains(refusal(webp), "claims 16384 x 16384 pixels"));
}

TEST_CASE("what is no image, and what is animated") {
  CHECK(refusal("") == "File 'it' is empty where an image is expected.");
  CHECK(contains(refusal("GIF89a"), "begins neither as PNG nor as JPEG nor as WebP"));
  CHECK(contains(refusal("RIFF"), "begins neither"));
  CHECK(contains(refusal(std::string("RIFF\x0a\0\0\0WAVE", 12)), "begins neither"));
  CHECK(contains(message_of<FileError>([] { read_image("/no such/file.png"); }), "/no such/file.png"));
  CHECK(contains(message_of<FileError>([] { read_image("/"); }), "is a folder"));
  const std::string animated = std::string("WEBPVP8X\x0a\0\0\0\x02\0\0\0\x01\0\0\x01\0\0", 22) +
                               std::string("ANIM\x06\0\0\0\0\0\0\0\0\0", 14);
  CHECK(contains(refusal("RIFF" + std::string("\x24\0\0\0", 4) + animated), "is an animation"));
}

TEST_CASE("JPEG: scans are put together, but not any number of them") {
  const std::string file = progressive_jpeg(64, 48, 10);
  const Picture p = decoded(file);
  CHECK(p.width == 64);
  CHECK(p.height == 48);
  for (Index y = 0; y < 48; ++y) {
    for (Index x = 0; x < 64; ++x) CHECK(std::abs(p.at(x, y).g - 255 * (x + y) / (64 + 48)) < 10);
  }
  CHECK(decoded(progressive_jpeg(64, 48, 64)).width == 64);
  // The last scan again and again, which is right in a file that is refined.
  const std::size_t last = file.rfind("\xff\xda");
  const std::string scan = file.substr(last, file.size() - 2 - last);
  std::string many = file.substr(0, last);
  for (int i = 0; i < 100; ++i) many += scan;
  CHECK(contains(refusal(many + "\xff\xd9"), "it has more than 100 scans"));
}

TEST_CASE("four inks are mixed, whether they or what is missing of them is stored") {
  const std::vector<std::uint8_t> inks{0, 0, 0, 0, 255, 0, 255, 0, 0, 10, 20, 255, 100, 0, 0, 128};
  std::vector<std::uint8_t> rgb(12);
  detail::mix_inks(inks, false, rgb);
  CHECK(rgb == std::vector<std::uint8_t>{255, 255, 255, 0, 255, 0, 0, 0, 0, 77, 127, 127});
  detail::mix_inks(inks, true, rgb);
  CHECK(rgb == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 10, 20, 50, 0, 0});
}
