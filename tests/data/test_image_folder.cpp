// needs: images
#include "densenf/data/image_folder.hpp"

#include <doctest/doctest.h>

#include "../io/image_bytes.hpp"
#include "../io/temporary_folder.hpp"
#include "densenf/data/loader.hpp"
#include "densenf/io/png.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

/// A PNG file of one color; folders on the way are made.
void put_color(const std::filesystem::path& path, Color color, Index width = 4, Index height = 4) {
  std::filesystem::create_directories(path.parent_path());
  save_png(path, Picture(width, height, color));
}

std::vector<std::uint8_t> image(const ImageSource& source, Index i) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(source.shape().size()));
  source.read(i, out);
  return out;
}

constexpr FolderOptions pixel{.shape = {3, 1, 1}};

std::string identity(const ImageSource& source) {
  std::string text;
  source.identify(
      [&](auto bytes) { text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
  return text;
}

}  // namespace

TEST_CASE("the images below a folder, by the bytes of their paths, whatever they are called") {
  const TemporaryFolder folder;
  const std::vector<std::string> names{"A.PNG",        "B/z.webp",          "a.b/c d.jpeg", "a/\xff\xfe.png",
                                       "a/b/c/d.JpEg", "a/line\nbreak.png", "b.png/1.jpg",  "b.webp"};
  for (auto name = names.rbegin(); name != names.rend(); ++name) put_color(folder / *name, black);
  for (const char* other :
       {"notes.txt", "png", "a/list.csv", ".hidden.png", ".cache/x.png", "a/.git/y.png"}) {
    std::filesystem::create_directories((folder / other).parent_path());
    put(folder / other, "no image");
  }
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  CHECK(image_names(folder.path()) == sorted);
  const ImageFolder images(folder.path(), pixel);
  CHECK(images.names() == sorted);
  CHECK(images.count() == 8);
  CHECK(images.labels().empty());
  for (Index i = 0; i < images.count(); ++i) CHECK(image(images, i) == std::vector<std::uint8_t>{0, 0, 0});
}

TEST_CASE("thousands of files") {
  const TemporaryFolder folder;
  const std::string white_pixel = png_file(1, 1, PNG_COLOR_TYPE_GRAY, 8, false, {255});
  for (int i = 0; i < 3000; ++i) put(folder / (std::to_string(i) + ".png"), white_pixel);
  const ImageFolder images(folder.path(), pixel);
  CHECK(images.count() == 3000);
  CHECK(std::is_sorted(images.names().begin(), images.names().end()));
}

TEST_CASE("folders are classes when asked") {
  const TemporaryFolder folder;
  put_color(folder / "dog/1.png", {1, 0, 0});
  put_color(folder / "cat/2.png", {2, 0, 0});
  put_color(folder / "cat/more/3.png", {3, 0, 0});
  put_color(folder / "ant/4.png", {4, 0, 0});
  std::filesystem::create_directories(folder / "empty");
  FolderOptions options = pixel;
  options.classes = true;
  const ImageFolder images(folder.path(), options);
  CHECK(images.class_names() == std::vector<std::string>{"ant", "cat", "dog"});
  const auto labels = images.labels();
  CHECK(std::vector<Label>(labels.begin(), labels.end()) == std::vector<Label>{0, 1, 1, 2});
  std::vector<int> reds;
  for (Index i = 0; i < 4; ++i) reds.push_back(image(images, i)[0]);
  CHECK(reds == std::vector<int>{4, 2, 3, 1});
  put_color(folder / "5.png", black);
  CHECK(contains(message_of<FileError>([&] { ImageFolder(folder.path(), options); }),
                 "'5.png' is in no folder of a class"));
}

TEST_CASE("links are followed, but not in a circle") {
  const TemporaryFolder folder, elsewhere;
  put_color(elsewhere / "deep/1.png", {9, 9, 9});
  put_color(folder / "here/2.png", {8, 8, 8});
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "there");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "twice");
  std::filesystem::create_symlink(elsewhere / "deep/1.png", folder / "one.png");
  CHECK(image_names(folder.path()) ==
        std::vector<std::string>{"here/2.png", "one.png", "there/deep/1.png", "twice/deep/1.png"});
  std::filesystem::create_directory_symlink(folder.path(), folder / "here/back");
  CHECK(contains(message_of<FileError>([&] { image_names(folder.path()); }),
                 "a link to a folder that it is in"));
  std::filesystem::remove(folder / "here/back");
  std::filesystem::create_symlink(folder / "nothing", folder / "lost.png");
  CHECK(contains(message_of<FileError>([&] { ImageFolder(folder.path(), pixel); }), "lost.png"));
}

TEST_CASE("pictures of other sizes: the middle at the images' ratio, cropped, or refused") {
  const TemporaryFolder folder;
  Picture wide(8, 4, {10, 20, 30});
  for (Index y = 0; y < 4; ++y) {
    wide.set(2, y, {200, 0, 0});
    wide.set(5, y, {0, 200, 0});
  }
  save_png(folder / "wide.png", wide);
  // Columns 2 to 5 are the middle: 200, 10, 10, 0 of red.
  CHECK(image(ImageFolder(folder.path(), {.shape = {3, 2, 2}}), 0) ==
        std::vector<std::uint8_t>{105, 5, 105, 5, 10, 110, 10, 110, 15, 15, 15, 15});
  CHECK(image(ImageFolder(folder.path(), {.shape = {1, 1, 1}}), 0) ==
        std::vector<std::uint8_t>{(299 * 55 + 587 * 60 + 114 * 15 + 500) / 1000});
  // Columns 3 and 4, rows 1 and 2.
  CHECK(image(ImageFolder(folder.path(), {.shape = {3, 1, 1}, .crop_height = 2, .crop_width = 2}), 0) ==
        std::vector<std::uint8_t>{10, 20, 30});
  const auto refusal = [&](const FolderOptions& options) {
    const ImageFolder images(folder.path(), options);
    return message_of<FileError>([&] { image(images, 0); });
  };
  CHECK(refusal({.shape = {3, 1, 1}, .crop_height = 5, .crop_width = 5}) ==
        "Image '" + (folder / "wide.png").string() +
            "' has 8 x 4 pixels, but it should have at least 5 x 5.");
  CHECK(contains(refusal({.shape = {3, 8, 4}, .exact = true}), "but it should have 4 x 8."));
  const ImageFolder exact(folder.path(), {.shape = {3, 4, 8}, .exact = true});
  CHECK(image(exact, 0)[2] == 200);
}

TEST_CASE("a file that cannot be read is an error of the batch that needs it") {
  const TemporaryFolder folder;
  for (int i = 0; i < 9; ++i)
    put_color(folder / (std::to_string(i) + ".png"), {static_cast<std::uint8_t>(10 * i), 1, 2});
  put(folder / "bad.png", get(formats() / "truncated.png"));
  const ImageFolder images(folder.path(), pixel);
  DataLoader batches(images, {.batch_size = 2, .ahead = 3, .readers = 2});
  int refused = 0;
  for (Index step = 0; step < 5; ++step) {
    const auto chosen = batches.indices(step);
    LabeledBatch batch;
    if (std::find(chosen.begin(), chosen.end(), 9) != chosen.end()) {
      CHECK(contains(message_of<FileError>([&] { batches.fill(step, batch); }), "bad.png"));
      ++refused;
      continue;
    }
    batches.fill(step, batch);
    for (std::size_t slot = 0; slot < 2; ++slot) {
      const auto red = static_cast<std::uint8_t>(10 * chosen[slot]);
      CHECK(std::vector(batch.images.values.begin() + static_cast<Index>(3 * slot),
                        batch.images.values.begin() + static_cast<Index>(3 * slot) + 3) ==
            std::vector<std::uint8_t>{red, 1, 2});
    }
  }
  CHECK(refused == 1);
}

TEST_CASE("a set is known by names, sizes and crop, not by its place") {
  const TemporaryFolder folder, other;
  for (const TemporaryFolder* place : {&folder, &other}) {
    put_color(*place / "a.png", white);
    put_color(*place / "b.png", black);
  }
  const std::string one = identity(ImageFolder(folder.path(), pixel));
  CHECK(one == identity(ImageFolder(other.path(), pixel)));
  CHECK(one != identity(ImageFolder(other.path(), {.shape = {3, 1, 1}, .crop_height = 2, .crop_width = 2})));
  CHECK(one != identity(ImageFolder(other.path(), {"a.png"}, pixel)));
  std::filesystem::rename(other / "b.png", other / "c.png");
  CHECK(one != identity(ImageFolder(other.path(), pixel)));
  std::filesystem::rename(other / "c.png", other / "b.png");
  std::filesystem::resize_file(other / "b.png", 60);
  CHECK(one != identity(ImageFolder(other.path(), pixel)));
}

TEST_CASE("folders and options that cannot be") {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::filesystem::path& path) {
    return message_of<FileError>([&] { ImageFolder(path, pixel); });
  };
  CHECK(contains(refusal(folder.path()), "There is no image in folder"));
  CHECK(contains(refusal(folder / "none"), "No such file"));
  put_color(folder / "a.png", white);
  CHECK(contains(refusal(folder / "a.png"), "is a file where a folder is expected"));
  CHECK(contains(message_of<FileError>([&] {
                   ImageFolder(folder.path(), {"a.png", "b.png"}, pixel);
                 }),
                 "b.png"));
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.shape = {2, 4, 4}}), ArgumentError);
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.shape = {3, 0, 4}}), ShapeError);
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.crop_height = 5}), ArgumentError);
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.crop_height = -5, .crop_width = -5}), ArgumentError);
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.crop_height = 5, .crop_width = 5, .exact = true}),
                  ArgumentError);
}
