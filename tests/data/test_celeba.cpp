// needs: images
#include "densenf/data/celeba.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "densenf/io/png.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

/// Image `number` as CelebA calls and shapes it: the middle 148 x 148 pixels have a color that tells the
/// number, the others another. It is stored as PNG, since the content says what a file is.
void put_face(const TemporaryFolder& folder, int number) {
  Picture p(178, 218, {255, 255, 255});
  for (Index y = 35; y < 35 + 148; ++y) {
    for (Index x = 15; x < 15 + 148; ++x) p.set(x, y, {static_cast<std::uint8_t>(number % 251), 7, 9});
  }
  save_png(folder / "img_align_celeba" / fmt::format("{:06}.jpg", number), p);
}

/// The numbers that the images' names are.
std::vector<int> numbers(const ImageFolder& images) {
  std::vector<int> all;
  for (const std::string& name : images.names()) all.push_back(std::stoi(name));
  return all;
}

constexpr CelebAPart training = CelebAPart::training, validation = CelebAPart::validation,
                     test = CelebAPart::test;

}  // namespace

TEST_CASE("CelebA without its list is split by the images' numbers, as the list does") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "img_align_celeba");
  for (const int number : {1, 162770, 162771, 182637, 182638, 202599}) put_face(folder, number);
  CHECK(numbers(open_celeba(folder.path(), training)) == std::vector<int>{1, 162770});
  CHECK(numbers(open_celeba(folder.path(), validation)) == std::vector<int>{162771, 182637});
  CHECK(numbers(open_celeba(folder.path(), test)) == std::vector<int>{182638, 202599});
  const ImageFolder faces = open_celeba(folder.path(), training);
  CHECK(faces.shape() == Shape{3, 64, 64});
  const Images images = load_images(faces);
  std::vector<std::uint8_t> expected;
  for (const int red : {1, 162770 % 251}) {
    for (const int level : {red, 7, 9})
      expected.insert(expected.end(), 64 * 64, static_cast<std::uint8_t>(level));
  }
  CHECK(images.values == expected);  // nothing of the border
  CHECK(open_celeba(folder.path(), training, 32).shape() == Shape{3, 32, 32});
}

TEST_CASE("CelebA is split by its list where there is one") {
  for (const char* place : {"list_eval_partition.txt", "Eval/list_eval_partition.txt"}) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder / "img_align_celeba");
    std::filesystem::create_directories(folder / "Eval");
    for (const int number : {1, 2, 3, 4}) put_face(folder, number);
    put(folder / place, "000004.jpg 0\r\n000001.jpg  2\n\n000002.jpg 0\n000003.jpg\t1 \n");
    CHECK(numbers(open_celeba(folder.path(), training)) == std::vector<int>{2, 4});
    CHECK(numbers(open_celeba(folder.path(), validation)) == std::vector<int>{3});
    CHECK(numbers(open_celeba(folder.path(), test)) == std::vector<int>{1});
    put(folder / place, "000005.jpg 0");
    CHECK(contains(message_of<FileError>([&] { open_celeba(folder.path(), training); }), "000005.jpg"));
    for (const char* line : {"000001.jpg", "000001.jpg 3", "000001.jpg 12", " 1", "0", "000001.jpg 1 0",
                             "a/b.jpg 0", "000001.jpg0"}) {
      put(folder / place, std::string("000001.jpg 0\n") + line);
      const std::string text = message_of<FileError>([&] { open_celeba(folder.path(), training); });
      CHECK_MESSAGE(contains(text, "not the name of an image and 0, 1 or 2"), text);
    }
  }
}

TEST_CASE("what is no CelebA") {
  const TemporaryFolder folder;
  CHECK(contains(message_of<FileError>([&] { open_celeba(folder.path(), training); }), "img_align_celeba"));
  std::filesystem::create_directories(folder / "img_align_celeba");
  CHECK(contains(message_of<FileError>([&] { open_celeba(folder.path(), training); }), "There is no image"));
  for (const char* name : {"face.jpg", "-1.jpg", "0.jpg", "202600.jpg", ".jpg.jpg"}) {
    const std::filesystem::path path = folder / "img_align_celeba" / name;
    save_png(path, Picture(178, 218, white));
    const std::string text = message_of<FileError>([&] { open_celeba(folder.path(), training); });
    const bool hidden = *name == '.';
    CHECK_MESSAGE(contains(text, hidden ? "There is no image" : "is not called by its number"), text);
    std::filesystem::remove(path);
  }
  CHECK_THROWS_AS(open_celeba(folder.path(), training, 0), ArgumentError);
}
