#include "densenf/io/safetensors.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string with_length(const std::string& header, const std::string& data = "") {
  const std::uint64_t length = header.size();
  std::string file(sizeof length, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  return file + header + data;
}

/// Opens and reads every tensor in every way.
void read_everything(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  for (const std::string& name : file.names()) {
    static_cast<void>(file.read<double>(name));
    static_cast<void>(file.read<float>(name));
  }
}

/// A small file with most of what the format has.
std::string small_file() {
  return with_length(
      R"({"__metadata__":{"format":"pt","n":"1"},"b":{"dtype":"F16","shape":[3],"data_offsets":[8,14]},)"
      R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"c":{"dtype":"BOOL","shape":[],"data_offsets":[14,15]},)"
      R"("none":{"dtype":"I64","shape":[0,7],"data_offsets":[15,15]}}  )",
      std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x3c\x00\xc0\x01\x00\x01", 15));
}

}  // namespace

TEST_CASE("a file written by hand reads as it was meant") {
  const TemporaryFolder folder;
  put(folder / "f", small_file());
  const SafetensorsFile file(folder / "f");
  CHECK(file.names() == std::vector<std::string>{"a", "b", "c", "none"});
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}, {"n", "1"}});
  CHECK(file.contains("a"));
  CHECK(!file.contains("z"));
  CHECK(file.info("a").dtype == Dtype::F32);
  CHECK(file.info("a").shape == std::vector<Index>{2, 1});
  CHECK(file.info("c").count == 1);
  CHECK(file.read<float>("a") == std::vector<float>{1.0f, -2.0f});
  CHECK(file.read<double>("a") == std::vector<double>{1.0, -2.0});
  CHECK(file.read<double>("b") == std::vector<double>{1.0, -2.0, 0x1p-24});
  CHECK(file.read<std::uint8_t>("c") == std::vector<std::uint8_t>{1});
  CHECK(file.read<float>("none").empty());

  CHECK(contains(message_of<FileError>([&] { file.info("z"); }),
                 "holds no tensor 'z' (4 others, the first is 'a')"));
  CHECK(contains(message_of<FileError>([&] { file.read<std::uint8_t>("a"); }),
                 "stored as F32, cannot be read"));
  std::vector<float> room(3);
  CHECK(contains(message_of<FileError>([&] { file.read_into<float>("a", room); }),
                 "has 2 values, shape [2, 1], but memory for 3"));
}

TEST_CASE("what the writer writes, the reader reads") {
  const TemporaryFolder folder;
  const std::vector<float> f{1.5f, -0.0f, 3e38f, 4.0f, 5.0f, 6.0f};
  const std::vector<double> d{0.1};
  const std::vector<std::uint8_t> u{1, 2, 255};
  std::vector<std::int64_t> big(100000);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<std::int64_t>(i * i) - 5;
  SafetensorsWriter writer;
  writer.add("u", {3}, u);
  writer.add("layer.weight \"\u00fc\"", {2, 3}, f);
  writer.add("d", {}, d);
  writer.add("empty", {4, 0}, std::span<const double>());
  std::vector<float> changeable = f;
  writer.add("mutable", {6}, std::span(changeable));
  writer.add<std::int64_t>("big", {100, 1000}, [&](std::span<std::int64_t> out) {
    std::copy(big.begin(), big.end(), out.begin());
  });
  writer.set_metadata("config", "{\"a\": 1}\n");
  writer.write(folder / "f");

  const SafetensorsFile file(folder / "f");
  CHECK(file.metadata() == std::map<std::string, std::string>{{"config", "{\"a\": 1}\n"}});
  CHECK(file.names().size() == 6);
  CHECK(file.read<float>("layer.weight \"\u00fc\"") == f);
  CHECK(file.info("layer.weight \"\u00fc\"").shape == std::vector<Index>{2, 3});
  CHECK(file.read<double>("d") == d);
  CHECK(file.info("d").shape.empty());
  CHECK(file.read<std::uint8_t>("u") == u);
  CHECK(file.info("empty").shape == std::vector<Index>{4, 0});
  CHECK(file.read<std::int64_t>("big") == big);
  const std::vector<double> converted = file.read<double>("big");
  CHECK(converted.back() == static_cast<double>(big.back()));
  CHECK(contains(message_of<FileError>([&] { file.read<float>("big"); }), "Value 4097 of tensor 'big'"));
  for (const std::string& name : file.names()) {
    CHECK(file.info(name).begin % describe(file.info(name).dtype).bytes == 0);
  }
  std::uint64_t length = 0;
  std::memcpy(&length, get(folder / "f").data(), sizeof length);
  CHECK(length % 8 == 0);

  SafetensorsWriter().write(folder / "g");
  CHECK(SafetensorsFile(folder / "g").names().empty());
}

TEST_CASE("the writer refuses what would not make a file") {
  const TemporaryFolder folder;
  const std::vector<float> f(6);
  SafetensorsWriter writer;
  writer.add("a", {6}, f);
  CHECK(contains(message_of<ArgumentError>([&] { writer.add("a", {6}, f); }), "'a' is taken"));
  CHECK(contains(message_of<ArgumentError>([&] { writer.add("__metadata__", {6}, f); }), "is taken"));
  CHECK(contains(message_of<ArgumentError>([&] { writer.add("\xff", {6}, f); }), "not UTF-8"));
  CHECK(contains(message_of<ShapeError>([&] { writer.add("b", {2, 2}, f); }), "needs 4 values, but 6"));
  CHECK_THROWS_AS(writer.add("b", {-2, -3}, f), ShapeError);
  CHECK_THROWS_AS(writer.add("b", {Index{1} << 40, Index{1} << 40}, f), ShapeError);
  writer.add("b", {2, 3}, f);  // the refused ones are not remembered
  writer.set_metadata("k", "v");
  CHECK_THROWS_AS(writer.set_metadata("k", "w"), ArgumentError);
  writer.add<float>("c", {1}, [](std::span<float>) { throw std::runtime_error("no values"); });
  put(folder / "f", "old");
  CHECK_THROWS_WITH_AS(writer.write(folder / "f"), "no values", std::runtime_error);
  CHECK(get(folder / "f") == "old");
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a file cut at any length, or longer than it says, is a FileError") {
  const TemporaryFolder folder;
  const std::string whole = small_file();
  put(folder / "f", whole);
  CHECK_NOTHROW(read_everything(folder / "f"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put(folder / "f", whole.substr(0, length));
    CHECK(contains(message_of<FileError>([&] { read_everything(folder / "f"); }), (folder / "f").string()));
  }
  put(folder / "f", whole + "x");
  CHECK(contains(message_of<FileError>([&] { read_everything(folder / "f"); }), "15 of 16 bytes"));
}

TEST_CASE("any change of any byte gives values or a FileError, and nothing worse") {
  const TemporaryFolder folder;
  const std::string whole = small_file();
  int refused = 0;
  const auto attempt = [&](const std::string& content) {
    put(folder / "f", content);
    try {
      read_everything(folder / "f");
    } catch (const FileError&) {
      ++refused;
    }
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      attempt(changed);
    }
  }
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = whole;
    for (unsigned edits = 1 + random() % 4; edits > 0; --edits) {
      const std::size_t at = 8 + random() % (changed.size() - 8);
      if (random() % 3 == 0) {
        changed.erase(at, 1 + random() % 3);
      } else {
        changed.insert(at, 1, "{}[],:\"0919-e.\\u \xff\x00tn"[random() % 22]);
      }
    }
    attempt(random() % 2 == 0 ? changed : with_length(changed.substr(8)));
  }
  CHECK(refused > 4000);
}

TEST_CASE("every fault of a header has its sentence") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& content) {
    put(folder / "f", content);
    return message_of<FileError>([&] { read_everything(folder / "f"); });
  };
  const auto tensors = [&](const std::string& inside, std::size_t bytes = 4) {
    return message(with_length("{" + inside + "}", std::string(bytes, '\0')));
  };
  const std::string good = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  CHECK(tensors(good) == "(nothing thrown)");
  CHECK(contains(message(std::string(7, 'x')), "has 7 bytes, too few"));
  CHECK(contains(message(std::string(8, '\xff')), "claims a header of 18446744073709551615 bytes"));
  CHECK(contains(message(std::string(7, '\0') + "\x7f{}"), "claims a header of"));
  CHECK(contains(message(std::string("\x03\0\0\0\0\0\0\0{}", 10)), "of 10 bytes is not"));  // not read first
  CHECK(contains(message(with_length("")), "does not begin with '{'"));
  CHECK(contains(message(with_length(" {}")), "does not begin with '{'"));
  CHECK(contains(message(with_length("[1]")), "does not begin with '{'"));
  CHECK(contains(message(with_length("{} x")), "not valid UTF-8 JSON at byte 4"));
  CHECK(contains(message(with_length("{\"\xff\":1}")), "not valid UTF-8 JSON"));
  CHECK(contains(message(with_length("{" + std::string(50000, '['))), "not valid UTF-8 JSON"));
  CHECK(contains(message(with_length("{\"a\":" + std::string(50000, '['))), "an array out of place"));
  CHECK(contains(message(with_length("{\"a\":" + std::string(50000, '{'))), "not valid UTF-8 JSON"));
  CHECK(contains(tensors(good + "," + good), "the name 'a' occurs twice"));
  CHECK(contains(tensors(R"("__metadata__":{},"__metadata__":{},)" + good), "'__metadata__' occurs twice"));
  CHECK(contains(tensors(R"("__metadata__":{"k":"v","k":"v"},)" + good), "metadata 'k' occurs twice"));
  CHECK(contains(tensors(R"("__metadata__":{"k":1},)" + good), "a number out of place, near '__metadata__'"));
  CHECK(contains(tensors(R"("__metadata__":["k"],)" + good), "an array out of place"));
  CHECK(contains(tensors(R"("a":null)"), "null out of place, near 'a'"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","dtype":"F32"})"), "twice the field 'dtype'"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","stride":[1]})"), "unknown field 'stride'"));
  CHECK(contains(tensors(R"("a":{"dtype":"F31"})"), "lacks dtype, shape or two data_offsets"));
  CHECK(
      contains(tensors(R"("a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]})"), "stored as 'F31', which"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[1]})"), "lacks dtype, shape or two data_offsets"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0]})"), "lacks"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]})"), "more than two"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), "negative number"));
  CHECK(
      contains(tensors(R"("a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})"), "64-bit whole number"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]})"),
                 "claims an extent of 18446744073709551615"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"),
                 "overflows"));
  // 2^62 + 1 values of 4 bytes are 4 bytes when multiplied modulo 2^64.
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]})"),
                 "overflows"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]})"),
                 "ends at byte 4000000000000 of only 4"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), "needs 8 bytes"));
  CHECK(contains(tensors(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]})"),
                 "data_offsets are 4 and 0"));
  CHECK(
      contains(tensors(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8), "a gap or an overlap"));
  CHECK(contains(tensors(good + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]})", 6),
                 "a gap or an overlap"));
  CHECK(contains(tensors(good, 5), "end at byte 4 of 5"));
  CHECK(contains(tensors(""), "end at byte 0 of 4"));
  CHECK(contains(tensors(R"("a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]})"),
                 "stored as F8_E4M3, which"));
  CHECK(message(with_length("{\"" + std::string(100000, 'n') + "\":1}")).size() < 1000);
  CHECK(contains(message_of<FileError>([&] { SafetensorsFile(folder.path()); }), "is a folder"));
  CHECK(contains(message_of<FileError>([&] { SafetensorsFile(folder / "none"); }), "cannot be opened"));
}

TEST_CASE("a file that shrinks while it is open is a FileError") {
  const TemporaryFolder folder;
  put(folder / "f", small_file());
  const SafetensorsFile file(folder / "f");
  std::filesystem::resize_file(folder / "f", small_file().size() - 9);
  CHECK(contains(message_of<FileError>([&] { file.read<float>("b"); }), "was cut short while"));
}

TEST_CASE("a checksum finds every flipped bit, and files without one are accepted") {
  const TemporaryFolder folder;
  const std::vector<float> values{1.5f, -2.0f, 3.0f};
  SafetensorsWriter writer;
  writer.set_metadata("\"densenf.crc32\":\"", "\"densenf.crc32\":\"00000000\"");
  writer.set_metadata("steps", "1000");
  writer.add("weight", {3}, values);
  writer.add("none", {0}, std::span<const double>());
  writer.add("densenf.crc32", {3}, values);
  writer.write(folder / "f");
  CHECK(!SafetensorsFile(folder / "f").verify());
  writer.add_checksum();
  CHECK(contains(message_of<ArgumentError>([&] { writer.set_metadata("densenf.crc32", "0"); }),
                 "call add_checksum"));
  writer.write(folder / "f");
  CHECK(SafetensorsFile(folder / "f").verify());
  CHECK(SafetensorsFile(folder / "f").read<float>("weight") == values);

  const std::string whole = get(folder / "f");
  int in_data = 0, unnoticed = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      put(folder / "f", flipped);
      bool verified = true;
      const std::string message =
          message_of<FileError>([&] { verified = SafetensorsFile(folder / "f").verify(); });
      if (contains(message, "has been damaged or changed")) {
        ++in_data;
      } else if (message == "(nothing thrown)") {
        CHECK(!verified);  // the checksum's own name was changed
        ++unnoticed;
      }
    }
  }
  CHECK(in_data > 8 * 24);
  CHECK(unnoticed <= 8 * 13);
}

TEST_CASE("a checksum is that of zlib over the whole file, in pieces of any size") {
  const TemporaryFolder folder;
  std::vector<std::uint8_t> values(3000001);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i * i >> 7);
  SafetensorsWriter writer;
  writer.add("v", {3000001}, values);
  writer.add_checksum();
  writer.write(folder / "f");
  const SafetensorsFile file(folder / "f");
  CHECK(file.verify());
  std::string whole = get(folder / "f");
  const std::string digits = file.metadata().at("densenf.crc32");
  whole.replace(whole.find(digits), 8, "00000000");
  CHECK(fmt::format("{:08x}", crc32(0, reinterpret_cast<const Bytef*>(whole.data()),
                                    static_cast<uInt>(whole.size()))) == digits);
  whole.back() = static_cast<char>(whole.back() ^ 1);
  put(folder / "g", get(folder / "f").substr(0, whole.size() - 1) + whole.back());
  CHECK(contains(message_of<FileError>([&] { SafetensorsFile(folder / "g").verify(); }), "use another copy"));
  // A file that another program has written anew keeps the text, but not the bytes.
  put(folder / "h", with_length(R"({"__metadata__": {"densenf.crc32": "00000000"}})"));
  CHECK_THROWS_AS(SafetensorsFile(folder / "h").verify(), FileError);
  put(folder / "h", with_length(R"({"__metadata__":{"densenf.crc32":"1"}})"));
  CHECK_THROWS_AS(SafetensorsFile(folder / "h").verify(), FileError);
}

TEST_CASE("tensors of formats that are newer than this library leave the others readable") {
  const TemporaryFolder folder;
  const std::string header = R"({"scale":{"dtype":"F8_E8M0","shape":[4],"data_offsets":[0,4]},)"
                             R"("small":{"dtype":"F4","shape":[3,2],"data_offsets":[4,7]},)"
                             R"("middle":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[7,10]},)"
                             R"("huge":{"dtype":"X1","shape":[4611686018427387904],"data_offsets":[10,11]},)"
                             R"("a":{"dtype":"U8","shape":[1],"data_offsets":[11,12]}})";
  put(folder / "f", with_length(header, "0123456789x\x07"));
  const SafetensorsFile file(folder / "f");
  CHECK(file.names().size() == 5);
  CHECK(file.read<float>("a") == std::vector<float>{7});
  CHECK(file.info("small").dtype == Dtype::other);
  CHECK(file.info("small").dtype_name == "F4");
  CHECK(file.info("small").shape == std::vector<Index>{3, 2});
  CHECK(file.info("small").begin == 4);
  CHECK(file.info("small").end == 7);
  CHECK(file.info("a").dtype_name == "U8");
  for (const char* name : {"scale", "small", "middle", "huge"}) {
    CHECK(
        contains(message_of<FileError>([&] { file.read<double>(name); }), "which cannot be read as numbers"));
  }
  std::vector<float> room(6);
  CHECK(contains(message_of<FileError>([&] { file.read_into<float>("small", room); }),
                 "stored as 'F4', which"));
  // Where tensors lie is checked as for all others.
  const auto message = [&](const std::string& tensor) {
    put(folder / "g", with_length("{" + tensor + "}", "0123"));
    return message_of<FileError>([&] { SafetensorsFile(folder / "g"); });
  };
  CHECK(message(R"("a":{"dtype":"F4","shape":[8],"data_offsets":[0,4]})") == "(nothing thrown)");
  CHECK(contains(message(R"("a":{"dtype":"F4","shape":[6],"data_offsets":[0,3]})"), "end at byte 3 of 4"));
  CHECK(contains(message(R"("a":{"dtype":"F4","shape":[8],"data_offsets":[4,0]})"), "are 4 and 0"));
  CHECK(contains(message(R"("a":{"dtype":"F4","shape":[8],"data_offsets":[0,5]})"), "only 4 bytes"));
  CHECK(contains(message(R"("a":{"dtype":"F4","shape":[8],"data_offsets":[1,4]})"), "a gap or an overlap"));
}
