#include "densenf/io/png.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

/// What libpng reads from a file.
Picture read_png(const std::filesystem::path& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_file(&image, path.c_str()) != 0);
  CHECK(image.format == PNG_FORMAT_RGB);  // as stored: no alpha, no palette
  image.format = PNG_FORMAT_RGB;
  Picture picture(image.width, image.height, black);
  REQUIRE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr) != 0);
  return picture;
}

}  // namespace

TEST_CASE("a picture comes back from its PNG file as it was") {
  const TemporaryFolder folder;
  for (const auto& [width, height] : {std::pair<Index, Index>{1, 1}, {7, 3}, {300, 200}}) {
    Picture picture(width, height, white);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
      picture.rgb[i] = static_cast<std::uint8_t>(i * i * 31 >> 3);
    save_png(folder / "p.png", picture);
    const Picture back = read_png(folder / "p.png");
    CHECK(back.width == width);
    CHECK(back.height == height);
    CHECK(back.rgb == picture.rgb);
  }
  CHECK(folder.names() == std::vector<std::string>{"p.png"});
}

TEST_CASE("images are saved as the grid that they make") {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> values{0, 1, 2, 3, 3, 2};
  const GridOptions options{2, 3, 1, {1, 2, 3}};
  save_png(folder / "g.png", values, {1, 1, 3}, 4, options);
  CHECK(read_png(folder / "g.png").rgb == image_grid(values, {1, 1, 3}, 4, options).rgb);
}

TEST_CASE("a picture that is none and a place that is none are refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(save_png(folder / "p.png", Picture()), ArgumentError);
  Picture wrong(2, 2, white);
  wrong.rgb.pop_back();
  CHECK_THROWS_AS(save_png(folder / "p.png", wrong), ArgumentError);
  Picture endless;  // 3 * 2^64 bytes, which are none when counted modulo 2^64
  endless.width = endless.height = Index{1} << 32;
  CHECK_THROWS_AS(save_png(folder / "p.png", endless), ArgumentError);
  CHECK(contains(message_of<FileError>([&] { save_png(folder / "no" / "p.png", Picture(1, 1, white)); }),
                 "p.png"));
  CHECK(folder.names().empty());
}
