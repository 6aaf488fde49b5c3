#include "densenf/data/records.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "../io/temporary_folder.hpp"
#include "data_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {
constexpr RecordFormat tiny{{1, 1, 2}, 1, 4};
}

TEST_CASE("records are parted into labels and images in their order, over several files") {
  const TemporaryFolder folder;
  put(folder / "a.bin", {"\x09\x00\x01\x09\x02\x03", 6});
  put_packed(folder / "b.bin.gz", {"\x07\x03\x00", 3});
  const Images images = load_records({folder / "a.bin", folder / "b.bin.gz"}, tiny);
  CHECK(images.count == 3);
  CHECK(images.levels == 4);
  CHECK(images.shape == Shape{1, 1, 2});
  CHECK(images.values == std::vector<std::uint8_t>{0, 1, 2, 3, 3, 0});
  CHECK(images.labels == std::vector<Label>{9, 9, 7});
  CHECK(load_records(folder / "a.bin", {{3, 1, 1}, 0, 10}).values ==
        std::vector<std::uint8_t>{9, 0, 1, 9, 2, 3});
  CHECK(load_records(folder / "a.bin", {{1, 1, 1}, 2, 10}).values == std::vector<std::uint8_t>{1, 3});
}

TEST_CASE("a format says which of its label bytes is the class, and how many classes there are") {
  const TemporaryFolder folder;
  put(folder / "a.bin", {"\x03\xff\x00\x02\x00\x01", 6});  // two labels and one value each
  const auto labels = [&](Index label_bytes, Index label_byte, Label classes) {
    const Images images =
        load_records(folder / "a.bin", {{1, 1, 3 - label_bytes}, label_bytes, 256, label_byte, classes});
    CHECK(images.count == 2);
    return images.labels;
  };
  CHECK(labels(2, 0, 0) == std::vector<Label>{3, 2});
  CHECK(labels(2, 1, 0) == std::vector<Label>{255, 0});
  CHECK(labels(2, 0, 4) == std::vector<Label>{3, 2});
  CHECK(labels(2, 1, 256) == std::vector<Label>{255, 0});
  CHECK(labels(1, 0, 4) == std::vector<Label>{3, 2});
  CHECK(labels(0, 0, 4).empty());  // no label bytes, no labels
  CHECK(message_of<FileError>([&] { labels(2, 0, 3); }) ==
        fmt::format("Record 0 of file '{}' has the label 3, but its classes should be 0 to 2.",
                    (folder / "a.bin").string()));
  CHECK_THROWS_AS(labels(2, 1, 255), FileError);
  CHECK(message_of<ArgumentError>([&] { labels(2, 2, 0); }) ==
        "There is no label byte 2 among 2: they count from 0.");
  CHECK_THROWS_AS(labels(2, -1, 0), ArgumentError);
  CHECK_THROWS_AS(labels(0, 1, 0), ArgumentError);
  CHECK_THROWS_AS(labels(1, 0, -1), ArgumentError);
}

TEST_CASE("CIFAR-100 has a coarse and a fine class") {
  const TemporaryFolder folder;
  std::string record(3074, '\x05');
  record[0] = '\x13';
  record[1] = '\x63';
  put(folder / "train.bin", record);
  CHECK(load_records(folder / "train.bin", cifar100_format).labels == std::vector<Label>{99});
  RecordFormat coarse = cifar100_format;
  coarse.label_byte = 0;
  coarse.classes = 20;
  CHECK(load_records(folder / "train.bin", coarse).labels == std::vector<Label>{19});
  record[1] = '\x64';
  put(folder / "train.bin", record);
  CHECK_THROWS_AS(load_records(folder / "train.bin", cifar100_format), FileError);
}

TEST_CASE("records that are not what was asked for are FileErrors") {
  const TemporaryFolder folder;
  const auto message = [&](std::string_view content) {
    put(folder / "a.bin", content);
    return message_of<FileError>([&] { load_records(folder / "a.bin", tiny); });
  };
  CHECK(contains(message(""), "ends after 0 of the 3 bytes of record 0"));
  CHECK(contains(message({"\x00\x01", 2}), "ends after 2 of the 3 bytes of record 0"));
  CHECK(contains(message({"\x00\x01\x02\x00", 4}), "ends after 1 of the 3 bytes of record 1"));
  CHECK(contains(message({"\x00\x01\x02\x00\x03\x04", 6}), "Record 1 of file"));
  CHECK(contains(message({"\x00\x01\x02\x00\x03\x04", 6}),
                 "holds the value 4, but its images should have 4 levels"));
  CHECK_THROWS_AS(load_records(folder / "none.bin", tiny), FileError);
  CHECK_THROWS_AS(load_records(std::vector<std::filesystem::path>{}, tiny), ArgumentError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, 1, 2}, -1, 4}), ArgumentError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, 1, 2}, 1, 257}), ArgumentError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, 0, 2}, 1, 4}), ShapeError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{-1, -1, 2}, 1, 4}), ShapeError);
  constexpr Index big = Index{1} << 32;
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, big, big}, 1, 4}), ShapeError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, 1, big}, 1, 4}), ArgumentError);
  CHECK_THROWS_AS(load_records(folder / "a.bin", {{1, 1, 1}, big, 4}), ArgumentError);
}

TEST_CASE("CIFAR-10 is looked for plain and packed, and the message says where") {
  const TemporaryFolder folder;
  const std::string message =
      message_of<FileError>([&] { load_cifar10(folder / "cifar", {"data_batch_1"}); });
  CHECK(contains(message, (folder / "cifar" / "data_batch_1.bin").string() + "'"));
  CHECK(contains(message, (folder / "cifar" / "data_batch_1.bin.gz").string() + "'"));
  std::string record(3073, '\x05');
  put_packed(folder / "data_batch_1.bin.gz", record);
  record[1] = '\x06';
  put(folder / "test_batch.bin", record + record);
  const Images images = load_cifar10(folder.path(), {"data_batch_1", "test_batch"});
  CHECK(images.count == 3);
  CHECK(images.shape == Shape{3, 32, 32});
  CHECK(images.image(0)[0] == 5);
  CHECK(images.image(1)[0] == 6);
  CHECK(images.labels == std::vector<Label>{5, 5, 5});
  record[0] = '\x0a';
  put(folder / "test_batch.bin", record);
  CHECK(contains(message_of<FileError>([&] { load_cifar10(folder.path(), {"test_batch"}); }),
                 "has the label 10, but its classes should be 0 to 9."));
}

TEST_CASE("the digits that come with the examples") {
  const Images digits =
      load_digits(std::filesystem::path(DENSENF_SOURCE_DIR) / "examples" / "data" / "optdigits.bin.gz");
  CHECK(digits.count == 1797);
  CHECK(digits.shape == Shape{1, 8, 8});
  CHECK(digits.levels == 17);
  CHECK(*std::max_element(digits.values.begin(), digits.values.end()) == 16);
  CHECK(std::vector<Label>(digits.labels.begin(), digits.labels.begin() + 12) ==
        std::vector<Label>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1});
  CHECK(std::ssize(digits.labels) == digits.count);
  CHECK(std::count(digits.labels.begin(), digits.labels.end(), 8) == 174);  // as published
  // The well-known first image, a zero.
  const auto zero = digits.image(0);
  CHECK(std::vector<int>(zero.begin(), zero.begin() + 16) ==
        std::vector<int>{0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0});
}

TEST_CASE("the CIFAR-10 files") {
  const auto folder = data_folder("cifar10");
  if (!folder) return;
  const Images test = load_cifar10(*folder, {"test_batch"});
  CHECK(test.count >= 1000);
  CHECK(test.shape == Shape{3, 32, 32});
  // The first test image, a cat: its first red values, known from the published set.
  CHECK(test.image(0)[0] == 158);
  CHECK(test.image(0)[1] == 159);
  CHECK(test.image(0)[1024] == 112);
  CHECK(test.image(0)[2048] == 49);
  CHECK(std::ssize(test.labels) == test.count);
  CHECK(std::vector<Label>(test.labels.begin(), test.labels.begin() + 5) ==
        std::vector<Label>{3, 8, 8, 0, 6});
}
