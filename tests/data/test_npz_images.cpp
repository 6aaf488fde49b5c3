// needs: images
#include "densenf/data/npz_images.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "data_folder.hpp"
#include "npz_file.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string values(const ImageSource& source) {
  const Images images = load_images(source);
  return {images.values.begin(), images.values.end()};
}

std::string refusal(const std::vector<std::filesystem::path>& files, const NpzOptions& options = {}) {
  return message_of<FileError>([&] { NpzImages(files, options); });
}

std::string identity(const ImageSource& source) {
  std::string text;
  source.identify(
      [&](auto bytes) { text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
  return text;
}

}  // namespace

TEST_CASE("images of several files, stored or packed, with labels from 0") {
  const TemporaryFolder folder;
  put_npz(folder / "a.npz", 4, 0, {1, 1000}, false, 2);
  put_npz(folder / "b.npz", 4, 2, {7, 8, 9}, true, 3);
  const NpzImages images({folder / "a.npz", folder / "b.npz"});
  CHECK(images.count() == 5);
  CHECK(images.shape() == Shape{3, 4, 4});
  CHECK(images.levels() == 256);
  CHECK(!images.in_memory());
  CHECK(values(images) == image_bytes(5, 4));
  const auto labels = images.labels();
  CHECK(std::vector<Label>(labels.begin(), labels.end()) == std::vector<Label>{0, 999, 6, 7, 8});
  std::vector<std::uint8_t> out(48);
  images.read(3, out);  // not in order
  CHECK(std::string(out.begin(), out.end()) == image_bytes(1, 4, 3));
  images.read(1, out);
  CHECK(std::string(out.begin(), out.end()) == image_bytes(1, 4, 1));
  const NpzImages other({folder / "b.npz", folder / "a.npz"});
  CHECK(identity(images) != identity(other));
  CHECK(identity(images) == identity(NpzImages({folder / "a.npz", folder / "b.npz"})));
}

TEST_CASE("images of a file without labels") {
  const TemporaryFolder folder;
  put_npz(folder / "a.npz", 2, 0, {}, false, 3);
  CHECK(NpzImages({folder / "a.npz"}).labels().empty());
  put_npz(folder / "b.npz", 2, 0, {4}, false, 1);
  CHECK(contains(refusal({folder / "a.npz", folder / "b.npz"}), "has some labels, but 'a.npz' has none"));
  CHECK(contains(refusal({folder / "b.npz", folder / "a.npz"}), "has no labels, but 'b.npz' has some"));
}

TEST_CASE("packed images that are too many for memory are unpacked to a file once") {
  const TemporaryFolder folder;
  const std::filesystem::path npz = folder / "train.npz";
  put_npz(npz, 4, 0, {1, 2, 3}, true, 3);
  const std::uint64_t all = npy_array("|u1", "(3, 48)", image_bytes(3, 4)).size();
  CHECK(NpzImages({npz}, {.memory = all}).count() == 3);
  CHECK(refusal({npz}, {.memory = all - 1}) ==
        fmt::format("The images of file '{}' are packed, and {} bytes are too many to unpack to memory: call "
                    "unpack_npz with it once, which writes '{}'.",
                    npz.string(), all, (folder / "train.data.npy").string()));
  // The bound is on all that a source has.
  CHECK(contains(refusal({npz, npz}, {.memory = 2 * all - 1}), "too many"));
  CHECK(NpzImages({npz, npz}, {.memory = 2 * all}).count() == 6);
  CHECK(unpack_npz(npz) == folder / "train.data.npy");
  const NpzImages unpacked({npz}, {.memory = 0});
  CHECK(values(unpacked) == image_bytes(3, 4));
  CHECK(unpacked.labels().size() == 3);
  std::filesystem::resize_file(folder / "train.data.npy", all - 5);
  CHECK(contains(refusal({npz}), "remove it"));
  std::vector<std::uint8_t> out(48);
  CHECK_THROWS_AS(unpacked.read(2, out), FileError);
}

TEST_CASE("files that are not what they should be") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.npz";
  const auto refuses = [&](const std::vector<ZipContent>& members, const char* sentence) {
    put_zip(path, members);
    const std::string text = refusal({path});
    CHECK_MESSAGE(contains(text, sentence), text);
    CHECK(contains(text, "a.npz"));
  };
  const auto array = [&](const char* type, const char* shape, std::size_t bytes) {
    return npy_array(type, shape, std::string(bytes, '\1'));
  };
  refuses({{"labels.npy", "", false}}, "has no array 'data'");
  for (const bool packed : {false, true}) {
    refuses({{"data.npy", "", packed}}, "none of NumPy's");
    refuses({{"data.npy", array("|u1", "(2, 12)", 23), packed}},
            "says that it has 2 images of 3x2x2, but 23");
    refuses({{"data.npy", array("|u1", "(2, 12)", 25), packed}}, "but 25 bytes follow");
    refuses({{"data.npy", array("|u1", "(9223372036854775807, 12)", 24), packed}}, "but 24 bytes follow");
    refuses({{"data.npy", array("|u1", "(0, 12)", 0), packed}}, "0 images");
    refuses({{"data.npy", array("<f4", "(2, 12)", 96), packed}}, "type '<f4'");
    refuses({{"data.npy", array("|u1", "(2, 13)", 26), packed}}, "rows of 13 numbers");
    refuses({{"data.npy", array("|u1", "(2, 9223372036854775807)", 26), packed}}, "no set of square images");
    refuses({{"data.npy", array("|u1", "(2, 3, 2, 2)", 24), packed}}, "is no table");
    std::string fortran = array("|u1", "(2, 12)", 24);
    fortran.replace(fortran.find("False"), 5, "True ");
    refuses({{"data.npy", fortran, packed}}, "column by column");
    const ZipContent data{"data.npy", array("|u1", "(2, 12)", 24), packed};
    const auto labeled = [&](const char* shape, const std::vector<std::int64_t>& labels) {
      return std::vector{data,
                         ZipContent{"labels.npy", npy_array("<i8", shape, label_bytes(labels)), packed}};
    };
    refuses(labeled("(3,)", {1, 2, 3}), "has 3 x 1 labels for 2 images");
    refuses(labeled("(2,)", {1, 0}),
            "has the label 0, but its labels should be whole numbers from 1 to 1000");
    refuses(labeled("(2,)", {1001, 5}), "has the label 1001");
    refuses(labeled("(2,)", {1}), "8 bytes follow");
    const std::vector<double> halves{1, 1.5};
    refuses({data,
             {"labels.npy", npy_array("<f8", "(2,)", {reinterpret_cast<const char*>(halves.data()), 16}),
              packed}},
            "has the label 1.5");
  }
  put_npz(folder / "b.npz", 4, 0, {}, false, 1);
  put_npz(folder / "c.npz", 2, 0, {}, false, 1);
  CHECK(contains(refusal({folder / "b.npz", folder / "c.npz"}),
                 "images of 3x2x2, but those of 'b.npz' are 3x4x4"));
  CHECK(contains(refusal({folder / "none.npz"}), "none.npz"));
  CHECK_THROWS_AS(NpzImages({}), ArgumentError);
  CHECK_THROWS_AS(NpzImages({folder / "b.npz"}, {.classes = 0}), ArgumentError);
}

TEST_CASE("a file that is cut short or damaged") {
  const TemporaryFolder folder;
  for (const bool packed : {false, true}) {
    put_npz(folder / "a.npz", 4, 0, {1, 2}, packed, 2);
    const std::string whole = get(folder / "a.npz");
    for (std::size_t length = 0; length < whole.size(); length += 11) {
      put(folder / "b.npz", std::string_view(whole).substr(0, length));
      CHECK(contains(refusal({folder / "b.npz"}), "b.npz"));
    }
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x11);
      put(folder / "b.npz", damaged);
      try {
        values(NpzImages({folder / "b.npz"}));
      } catch (const FileError&) {
      }
    }
  }
}

TEST_CASE("Downsampled ImageNet's validation images of 64 x 64") {
  const auto folder = data_folder("imagenet64");
  if (!folder) return;
  const std::filesystem::path npz = *folder / "val_data.npz";
  const NpzImages images({npz});
  CHECK(images.count() == 500);
  CHECK(images.shape() == Shape{3, 64, 64});
  const std::vector<std::byte> all =
      detail::read_all(*ZipMember::find(npz, "data.npy"));  // as its checksum says
  const std::string_view bytes(reinterpret_cast<const char*>(all.data()), all.size());
  const std::string read = values(images);
  CHECK(bytes.substr(bytes.size() - 500 * 12288) == read);
  // Photographs: a value is near the one at its right, and not near that of the next channel's other half.
  double right = 0, far = 0;
  for (std::size_t i = 0; i + 4096 + 32 < read.size(); i += 61) {
    const auto level = [&](std::size_t at) { return static_cast<int>(static_cast<unsigned char>(read[at])); };
    right += std::abs(level(i) - level(i + 1));
    far += std::abs(level(i) - level(i + 64 * 32 + 32));
  }
  CHECK(right < 0.5 * far);
  const TemporaryFolder copy;
  std::filesystem::copy_file(npz, copy / "val_data.npz");
  unpack_npz(copy / "val_data.npz");
  CHECK(values(NpzImages({copy / "val_data.npz"}, {.memory = 0})) == read);
}
