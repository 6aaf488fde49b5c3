#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "densenf/core/shape.hpp"
#include "densenf/io/file.hpp"

// Event files, which TensorBoard shows: records (a length, its checksum, bytes, their checksum) of messages
// in the format of Protocol Buffers. The few fields that are needed are those of TensorFlow's event.proto and
// summary.proto.
namespace densenf::app {

namespace detail {

/// CRC-32C (Castagnoli) of bytes; zlib's crc32 is of another polynomial.
inline std::uint32_t crc32c(std::string_view bytes) {
  constexpr auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0u);
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xffu];
  return ~crc;
}

/// A checksum as records hold it: TFRecord's rule for checksums of data that hold checksums themselves.
inline std::uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

template <class Number>
std::string little_endian(Number value) {
  static_assert(std::endian::native == std::endian::little, "Numbers are written as they lie.");
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// A record around a message.
inline std::string framed(const std::string& message) {
  const std::string length = little_endian(static_cast<std::uint64_t>(message.size()));
  return length + little_endian(masked_crc(length)) + message + little_endian(masked_crc(message));
}

/// A message of Protocol Buffers, field by field. A field begins with its number and how it is written.
class ProtoMessage {
public:
  ProtoMessage& integer(unsigned field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtoMessage& real(unsigned field, double value) { return fixed(field, 1, value); }
  ProtoMessage& real(unsigned field, float value) { return fixed(field, 5, value); }
  ProtoMessage& bytes(unsigned field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    text_ += value;
    return *this;
  }
  ProtoMessage& message(unsigned field, const ProtoMessage& value) { return bytes(field, value.text_); }

  const std::string& text() const { return text_; }

private:
  template <class Number>
  ProtoMessage& fixed(unsigned field, unsigned kind, Number value) {
    key(field, kind);
    text_ += little_endian(value);
    return *this;
  }
  void key(unsigned field, unsigned kind) { varint(field << 3 | kind); }
  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) text_ += static_cast<char>(value % 128 + 128);
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

}  // namespace detail

/// A value under a name, such as "bits_per_dim/training"; what stands before the slash groups them.
struct Scalar {
  std::string tag;
  double value = 0;
};

/// One file of events of one start of a run; TensorBoard reads all files of a folder as one run. What is
/// added is on its way to the file when a call returns. A call that throws FileError has added nothing.
class EventFile {
public:
  /// Makes a new file in the folder, and the folder. `name` tells it from those of other starts, and is
  /// behind what TensorBoard knows the file by. Events of earlier files at `first_step` and later will not be
  /// shown: a resumed run takes these steps again. `time` is in seconds since 1970, here and below. Throws
  /// FileError.
  EventFile(const std::filesystem::path& folder, const std::string& name, Index first_step, double time)
      : path_(folder / fmt::format("events.out.tfevents.{}", name)) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) throw FileError("The folder '{}' cannot be made: {}.", folder.string(), code.message());
    file_ = densenf::detail::Descriptor(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666));
    if (file_.get() < 0) {
      const int reason = errno;
      throw FileError("File '{}' cannot be made: {}.", path_.string(),
                      densenf::detail::system_message(reason));
    }
    // The version that shows which later events a start of a session makes void.
    append(event(time, first_step).bytes(3, "brain.Event:2"));
    constexpr int start = 1;
    append(event(time, first_step).message(7, detail::ProtoMessage().integer(1, start)));
  }

  const std::filesystem::path& path() const { return path_; }

  void add(double time, Index step, std::span<const Scalar> scalars) {
    detail::ProtoMessage summary;
    for (const Scalar& s : scalars) {
      summary.message(1, detail::ProtoMessage().bytes(1, s.tag).real(2, static_cast<float>(s.value)));
    }
    append(event(time, step).message(5, summary));
  }

  /// A picture as the bytes of a PNG file, with the extents that it has.
  void add_picture(double time, Index step, const std::string& tag, Index width, Index height,
                   std::span<const std::byte> png) {
    constexpr int rgb = 3;
    const std::string_view bytes(reinterpret_cast<const char*>(png.data()), png.size());
    const auto image =
        detail::ProtoMessage().integer(1, height).integer(2, width).integer(3, rgb).bytes(4, bytes);
    const auto value = detail::ProtoMessage().bytes(1, tag).message(4, image);
    append(event(time, step).message(5, detail::ProtoMessage().message(1, value)));
  }

private:
  static detail::ProtoMessage event(double time, Index step) {
    return detail::ProtoMessage().real(1, time).integer(2, step);
  }

  void append(const detail::ProtoMessage& event) {
    const std::string record = detail::framed(event.text());
    densenf::detail::append_whole(file_, std::as_bytes(std::span(record)), path_);
  }

  std::filesystem::path path_;
  densenf::detail::Descriptor file_;
};

}  // namespace densenf::app
