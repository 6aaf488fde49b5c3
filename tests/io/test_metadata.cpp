#include "densenf/io/metadata.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

void write(const std::filesystem::path& path, const Metadata& metadata) {
  SafetensorsWriter writer;
  writer.add_checksum();
  writer.set_metadata(metadata);
  writer.write(path);
}

}  // namespace

TEST_CASE("metadata come back as they were given, without the checksum") {
  const TemporaryFolder folder;
  for (const Metadata& metadata :
       {Metadata{}, Metadata{{model_key, "DenseFlow-74-10"}, {shape_key, "3x32x32"}}, Metadata{{"", ""}}}) {
    write(folder / "a", metadata);
    CHECK(read_metadata(folder / "a") == metadata);
  }
  CHECK_THROWS_AS(read_metadata(folder / "none"), FileError);
  put(folder / "b", "no safetensors");
  CHECK_THROWS_AS(read_metadata(folder / "b"), FileError);
}

TEST_CASE("a key is set once") {
  SafetensorsWriter writer;
  writer.set_metadata(Metadata{{"a", "1"}, {"b", "2"}});
  CHECK_THROWS_WITH_AS(writer.set_metadata(Metadata{{"a2", "1"}, {"b", "3"}}),
                       "Metadata 'b' was set before; set each key once.", ArgumentError);
  CHECK_NOTHROW(writer.set_metadata("a2", "4"));  // nothing of what was refused
}

TEST_CASE("the shape that a file names") {
  const TemporaryFolder folder;
  const auto shape = [&](const std::string& text) {
    write(folder / "a", {{shape_key, text}, {"other", "1x2x3"}});
    return metadata_shape(SafetensorsFile(folder / "a"));
  };
  for (const Shape& s : {Shape{3, 32, 32}, Shape{1, 1, 1}, Shape{12, 8, 345}, Shape{1, 1 << 20, 1}})
    CHECK(shape(to_string(s)) == s);
  CHECK(metadata_shape(SafetensorsFile(folder / "a"), "other") == Shape{1, 2, 3});
  CHECK(!metadata_shape(SafetensorsFile(folder / "a"), "missing"));
  for (const char* text :
       {"", "3", "3x32", "3x32x", "3x32x32x1", "3x32x32 ", " 3x32x32", "3,32,32", "3x32x0", "-1x-1x3",
        "+3x32x32", "03x32x32", "3x32x1048577", "3x32xa", "xx", "99999999999999999999x1x1"}) {
    CAPTURE(text);
    CHECK(message_of<FileError>([&] { shape(text); }) ==
          fmt::format(
              "The metadata of file '{}' have '{}' as 'densenf.shape', where a shape such as 3x32x32 is "
              "expected.",
              (folder / "a").string(), text));
  }
}
