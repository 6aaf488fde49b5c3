#include "densenf/data/idx.hpp"

#include <doctest/doctest.h>

#include <algorithm>
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

std::string labels_header(std::uint32_t count) {
  return std::string("\x00\x00\x08\x01", 4) + header(count, 0, 0).substr(4, 4);
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
    CHECK(images.labels.empty());
  }
}

TEST_CASE("an idx file of labels, plain and packed, alone and with its images") {
  const TemporaryFolder folder;
  const std::string content = labels_header(2) + std::string("\x09\xff", 2);
  put(folder / "labels", content);
  put_packed(folder / "labels.gz", content);
  put(folder / "images", header(2, 1, 3) + "abcdef");
  for (const char* name : {"labels", "labels.gz"}) {
    CHECK(load_idx_labels(folder / name) == std::vector<Label>{9, 255});
    const Images images = load_idx(folder / "images", folder / name);
    CHECK(images.count == 2);
    CHECK(images.image(1)[0] == 'd');
    CHECK(images.labels == std::vector<Label>{9, 255});
  }
  CHECK(load_idx_labels(folder / "labels", 256).size() == 2);
  CHECK_THROWS_AS(load_idx_labels(folder / "labels", -1), ArgumentError);
  CHECK(contains(
      message_of<FileError>([&] { load_idx(folder / "images", folder / "labels", 255); }),
      "Label 1 of file '" + (folder / "labels").string() + "' is 255, but its classes should be 0 to 254."));
}

TEST_CASE("labels and images whose numbers differ do not belong together") {
  const TemporaryFolder folder;
  put(folder / "images", header(2, 1, 3) + "abcdef");
  for (const std::uint32_t count : {1u, 3u}) {
    put(folder / "labels", labels_header(count) + std::string(count, '\x01'));
    CHECK(message_of<FileError>([&] { load_idx(folder / "images", folder / "labels"); }) ==
          fmt::format("File '{}' holds {} labels, but '{}' holds 2 images: they do not belong together.",
                      (folder / "labels").string(), count, (folder / "images").string()));
  }
  CHECK_THROWS_AS(load_idx(folder / "images", folder / "none"), FileError);
}

TEST_CASE("idx files of labels that are not what they claim are FileErrors") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& content) {
    put(folder / "a", content);
    return message_of<FileError>([&] { load_idx_labels(folder / "a"); });
  };
  const std::string good = labels_header(2) + "ab";
  CHECK(message(good) == "(nothing thrown)");
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(contains(message(good.substr(0, length)),
                   length < 8 ? "is not an idx file of labels" : "claims 2 labels, but holds only"));
  }
  CHECK(contains(message(good + "c"), "claims 2 labels, but holds more bytes of them"));
  CHECK(contains(message(header(1, 1, 2) + "ab"), "does not begin with 00 00 08 01 and their number"));
  CHECK(contains(message(labels_header(0)), "claims 0 labels, which cannot be"));
  CHECK(contains(message(labels_header(~0u) + "x"), "holds only 1 bytes"));
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
  CHECK_THROWS_AS(load_idx_labels(*folder / "t10k-images-idx3-ubyte.gz"), FileError);
  const Images labeled =
      load_idx(*folder / "t10k-images-idx3-ubyte.gz", *folder / "t10k-labels-idx1-ubyte.gz", 10);
  CHECK(labeled.values == images.values);
  CHECK(std::vector<Label>(labeled.labels.begin(), labeled.labels.begin() + 10) ==
        std::vector<Label>{7, 2, 1, 0, 4, 1, 4, 9, 5, 9});
  CHECK(std::count(labeled.labels.begin(), labeled.labels.end(), 1) == 1135);  // the most frequent digit
}
