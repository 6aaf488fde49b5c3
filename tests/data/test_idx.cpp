#include "densenf/data/idx.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "../io/temporary_folder.hpp"
#include "data_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string header(std::uint32_t count, std::uint32_t h, std::uint32_t w) {
  std::string text("\x00\x00\x08\x03", 4);
  for (const std::uint32_t value : {count, h, w}) {
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  }
  return text;
}

}  // namespace

TEST_CASE("an idx file of images, plain and packed") {
  const TemporaryFolder folder;
  const std::string content = header(2, 1, 3) + std::string("\x00\x01\x02\xff\x04\x05", 6);
  put(folder / "a", content);
  put_packed(folder / "a.gz", content);
  for (const char* name : {"a", "a.gz"}) {
    const Images images = load_idx(folder / name);
    CHECK(images.count == 2);
    CHECK(images.shape == Shape{1, 1, 3});
    CHECK(images.levels == 256);
    CHECK(images.values == std::vector<std::uint8_t>{0, 1, 2, 255, 4, 5});
  }
}

TEST_CASE("idx files that are not what they claim are FileErrors") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& content) {
    put(folder / "a", content);
    return message_of<FileError>([&] { load_idx(folder / "a"); });
  };
  const std::string good = header(1, 1, 2) + "ab";
  CHECK(message(good) == "(nothing thrown)");
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(contains(message(good.substr(0, length)), length < 16 ? "is not an idx file" : "holds only"));
  }
  CHECK(contains(message(good + "c"), "holds more bytes"));
  CHECK(contains(message(std::string("\x00\x00\x08\x01", 4) + good.substr(4)), "is not an idx file"));
  CHECK(contains(message(header(0, 1, 2)), "which cannot be"));
  CHECK(contains(message(header(1, 0, 2)), "which cannot be"));
  CHECK(contains(message(header(~0u, ~0u, ~0u)), "which cannot be"));
  CHECK(contains(message(header(~0u, 1 << 16, 1 << 16)), "which cannot be"));  // 2^64 bytes
  CHECK(contains(message(header(~0u, 1 << 15, 1 << 15) + "x"), "holds only 1 bytes"));
}

TEST_CASE("the MNIST files") {
  const auto folder = data_folder("mnist");
  if (!folder) return;
  const Images images = load_idx(*folder / "t10k-images-idx3-ubyte.gz");
  CHECK(images.count == 10000);
  CHECK(images.shape == Shape{1, 28, 28});
  const double mean = std::accumulate(images.values.begin(), images.values.end(), 0.0) /
                      static_cast<double>(images.values.size()) / 255;
  CHECK(mean == doctest::Approx(0.1325).epsilon(0.001));  // as published for the test set
  CHECK_THROWS_AS(load_idx(*folder / "t10k-labels-idx1-ubyte.gz"), FileError);
}
