// needs: images
#include "densenf/data/imagenet.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "data_folder.hpp"
#include "densenf/io/png.hpp"
#include "npz_file.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

constexpr ImageNetPart training = ImageNetPart::training, validation = ImageNetPart::validation;

std::string refusal(const TemporaryFolder& folder, ImageNetPart part, Index size) {
  return message_of<FileError>([&] { open_imagenet(folder.path(), part, size); });
}

void put_training(const TemporaryFolder& folder, int number) {
  put_npz(folder / fmt::format("train_data_batch_{}.npz", number), 4, 2 * number, {number, 1000}, false, 2);
}

}  // namespace

TEST_CASE("the release of 2016: folders of PNG files") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "train_4x4");
  std::filesystem::create_directories(folder / "valid_4x4" / "valid_4x4");
  for (const char* name : {"train_4x4/2.png", "train_4x4/1.png", "valid_4x4/valid_4x4/1.png"})
    save_png(folder / name, Picture(4, 4, {static_cast<std::uint8_t>(name[10]), 0, 0}));
  const DownsampledImageNet set = open_imagenet(folder.path(), training, 4);
  CHECK(set.release == ImageNetRelease::png_2016);
  CHECK(name_of(set.release) == "Downsampled ImageNet of 2016 (PNG files)");
  CHECK(set.images->count() == 2);
  CHECK(set.images->shape() == Shape{3, 4, 4});
  CHECK(set.images->labels().empty());
  CHECK(load_images(*set.images, 0, 1).values[0] == '1');
  CHECK(open_imagenet(folder.path(), validation, 4).images->count() == 1);
  CHECK(contains(refusal(folder, training, 8), "neither train_8x8, of Downsampled ImageNet of 2016"));
  save_png(folder / "train_4x4/3.png", Picture(5, 4, white));
  const DownsampledImageNet other = open_imagenet(folder.path(), training, 4);
  CHECK(contains(message_of<FileError>([&] { load_images(*other.images); }), "has 5 x 4 pixels"));
}

TEST_CASE("the release of 2017: NumPy files, ten of them for training") {
  const TemporaryFolder folder;
  put_npz(folder / "val_data.npz", 4, 0, {5}, true, 1);
  for (int number = 1; number <= 10; ++number) {
    if (number != 3 && number != 10) put_training(folder, number);
  }
  CHECK(contains(refusal(folder, training, 4), "lacks train_data_batch_3.npz, train_data_batch_10.npz"));
  put_training(folder, 3);
  put_training(folder, 10);
  const DownsampledImageNet set = open_imagenet(folder.path(), training, 4);
  CHECK(set.release == ImageNetRelease::npz_2017);
  CHECK(name_of(set.release) == "Downsampled ImageNet of 2017 (NumPy files)");
  REQUIRE(set.images->count() == 20);
  // In the order of numbers, not of names.
  const Images images = load_images(*set.images);
  CHECK(std::string(images.values.begin(), images.values.end()) == image_bytes(20, 4, 2));
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(set.images->labels()[2 * i] == static_cast<Label>(i));
    CHECK(set.images->labels()[2 * i + 1] == 999);
  }
  CHECK(open_imagenet(folder.path(), validation, 4).images->labels()[0] == 4);
  CHECK(contains(refusal(folder, validation, 8), "are of 3x4x4, not 8 x 8 pixels"));
}

TEST_CASE("a folder with neither, and one with both") {
  const TemporaryFolder folder;
  CHECK(refusal(folder, validation, 64) ==
        "Folder '" + folder.path().string() +
            "' has neither valid_64x64, of Downsampled ImageNet of 2016, nor val_data.npz, of that of 2017.");
  put_npz(folder / "val_data.npz", 4, 0, {5}, true, 1);
  std::filesystem::create_directories(folder / "valid_4x4");
  CHECK(contains(refusal(folder, validation, 4), "holds both valid_4x4 and val_data.npz"));
  CHECK_THROWS_AS(open_imagenet(folder.path(), validation, 0), ArgumentError);
}

TEST_CASE("validation images of the release of 2017, as they are published") {
  const auto folder = data_folder("imagenet64");
  if (!folder) return;
  const DownsampledImageNet set = open_imagenet(*folder, validation, 64);
  CHECK(set.release == ImageNetRelease::npz_2017);
  CHECK(set.images->count() == 500);
}
