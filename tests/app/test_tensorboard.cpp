#include "densenf/app/tensorboard.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <map>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using namespace densenf_test;

namespace {

/// The reader is apart from the writer: bit by bit, from the definitions of the formats.
std::uint32_t slow_crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

std::uint64_t number(std::string_view bytes, std::size_t size) {
  REQUIRE(bytes.size() >= size);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return value;
}

std::vector<std::string> records(std::string_view file) {
  const auto check = [](std::string_view bytes, std::uint64_t stored) {
    const std::uint32_t crc = slow_crc32c(bytes);
    CHECK(stored == static_cast<std::uint32_t>(((crc >> 15) | (crc << 17)) + 0xa282ead8u));
  };
  std::vector<std::string> found;
  while (!file.empty()) {
    const std::size_t length = number(file, 8);
    check(file.substr(0, 8), number(file.substr(8), 4));
    file.remove_prefix(12);
    REQUIRE(file.size() >= length + 4);
    found.emplace_back(file.substr(0, length));
    check(found.back(), number(file.substr(length), 4));
    file.remove_prefix(length + 4);
  }
  return found;
}

/// The fields of a message: numbers and texts under the fields' numbers, in the order in which they came.
struct Fields {
  std::multimap<std::uint64_t, std::uint64_t> numbers;
  std::multimap<std::uint64_t, std::string> texts;
  std::uint64_t one(std::uint64_t field) const {
    REQUIRE(numbers.count(field) == 1);
    return numbers.find(field)->second;
  }
  std::string text(std::uint64_t field) const {
    REQUIRE(texts.count(field) == 1);
    return texts.find(field)->second;
  }
};

Fields fields(std::string_view message) {
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      REQUIRE(!message.empty());
      const auto byte = static_cast<std::uint8_t>(message[0]);
      message.remove_prefix(1);
      value |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128) return value;
    }
  };
  Fields found;
  while (!message.empty()) {
    const std::uint64_t key = varint(), kind = key & 7;
    if (kind == 0) {
      found.numbers.insert({key >> 3, varint()});
    } else if (kind == 2) {
      const std::size_t length = varint();
      REQUIRE(message.size() >= length);
      found.texts.insert({key >> 3, std::string(message.substr(0, length))});
      message.remove_prefix(length);
    } else {
      REQUIRE((kind == 1 || kind == 5));
      const std::size_t size = kind == 1 ? 8 : 4;
      found.numbers.insert({key >> 3, number(message, size)});
      message.remove_prefix(size);
    }
  }
  return found;
}

double as_double(std::uint64_t bits) { return std::bit_cast<double>(bits); }
float as_float(std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }

}  // namespace

TEST_CASE("CRC-32C has the values of RFC 3720") {
  CHECK(app::detail::crc32c("123456789") == 0xe3069283);
  CHECK(app::detail::crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(app::detail::crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(app::detail::crc32c("") == 0);
}

TEST_CASE("a file of events has the fields that TensorBoard reads") {
  const TemporaryFolder folder;
  EventFile file(folder / "tensorboard", "1.host.7", 301, 1.5);
  CHECK(file.path().filename() == "events.out.tfevents.1.host.7");
  file.add(2.5, 310, std::vector<Scalar>{{"bits_per_dim/training", 3.25}, {"learning_rate", 1e-3}});
  const std::string picture("\x89PNG\0\xff", 6);
  file.add_picture(3.5, 400, "samples", 300, 2, std::as_bytes(std::span(picture)));

  const std::vector<std::string> all = records(get(file.path()));
  REQUIRE(all.size() == 4);
  const Fields version = fields(all[0]), start = fields(all[1]), scalars = fields(all[2]),
               image = fields(all[3]);
  CHECK(as_double(version.one(1)) == 1.5);
  CHECK(version.text(3) == "brain.Event:2");
  CHECK(start.one(2) == 301);  // from here on, what other files say is void
  CHECK(fields(start.text(7)).one(1) == 1);

  CHECK(as_double(scalars.one(1)) == 2.5);
  CHECK(scalars.one(2) == 310);
  const auto values = fields(scalars.text(5)).texts;
  REQUIRE(values.count(1) == 2);
  const Fields loss = fields(values.find(1)->second), rate = fields(std::next(values.find(1))->second);
  CHECK(loss.text(1) == "bits_per_dim/training");
  CHECK(as_float(loss.one(2)) == 3.25f);
  CHECK(rate.text(1) == "learning_rate");
  CHECK(as_float(rate.one(2)) == 1e-3f);

  CHECK(image.one(2) == 400);
  const Fields value = fields(fields(image.text(5)).text(1)), png = fields(value.text(4));
  CHECK(value.text(1) == "samples");
  CHECK(png.one(1) == 2);
  CHECK(png.one(2) == 300);
  CHECK(png.one(3) == 3);
  CHECK(png.text(4) == picture);
}

TEST_CASE("large numbers take several bytes") {
  const TemporaryFolder folder;
  EventFile file(folder.path(), "1", 0, 0);
  constexpr Index large = Index{1} << 40;
  file.add(0, large + 5, std::vector<Scalar>{{std::string(1000, 'x'), 1}});
  CHECK(fields(records(get(file.path()))[2]).one(2) == large + 5);
}

TEST_CASE("a file that is there is not written over, and a disk that is full leaves whole records") {
  const TemporaryFolder folder;
  EventFile file(folder.path(), "1", 0, 0);
  CHECK_THROWS_AS(EventFile(folder.path(), "1", 0, 0), FileError);
  const std::string before = get(file.path());
  struct rlimit unlimited {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  struct rlimit little = unlimited;
  little.rlim_cur = before.size() + 20;
  std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const std::string said = message_of<FileError>([&] {
    file.add(0, 1, std::vector<Scalar>{{"a tag of some length", 1}});
  });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK_MESSAGE(contains(said, "events.out.tfevents.1"), said);
  CHECK(get(file.path()) == before);
  file.add(0, 1, std::vector<Scalar>{{"a tag of some length", 1}});
  CHECK(records(get(file.path())).size() == 3);
}
