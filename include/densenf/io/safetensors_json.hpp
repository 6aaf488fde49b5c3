#pragma once

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/io/safetensors_header.hpp"

// The headers of safetensors files as JSON. With densenf::compiled the library has this, so that a program's
// files do not read a library of JSON.
namespace densenf::detail {

/// Takes the JSON of a header piece by piece and throws FileError at the first piece that does not
/// belong. Not a document tree: that would keep the last of two equal names without a word, and would take
/// many times the header's size for nonsense such as a long row of brackets.
class SafetensorsParser final : public nlohmann::json_sax<nlohmann::json> {
public:
  SafetensorsParser(const std::filesystem::path& path, std::uint64_t data_bytes)
      : path_(path.string()), data_bytes_(data_bytes) {}

  SafetensorsHeader parse(std::string_view text) {
    // The format demands the brace, where JSON would also allow white space or a byte order mark.
    if (!text.starts_with('{')) fail("its header does not begin with '{'");
    nlohmann::json::sax_parse(text.begin(), text.end(), this);
    check_layout();
    return std::move(header_);
  }

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("true or false"); }
  bool number_integer(number_integer_t) override { unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override {
    unexpected("a number that is not a 64-bit whole number");
  }
  bool binary(binary_t&) override { unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::shape) {
      if (value > static_cast<std::uint64_t>(std::numeric_limits<Index>::max())) {
        fail(fmt::format("tensor {} claims an extent of {}", for_message(name_), value));
      }
      info_.shape.push_back(static_cast<Index>(value));
    } else if (place_ == Place::offsets) {
      if (offsets_ == 2) fail(fmt::format("tensor {} has more than two data_offsets", for_message(name_)));
      (offsets_++ == 0 ? info_.begin : info_.end) = value;
    } else {
      unexpected("a number");
    }
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata) {
      header_.metadata[key_] = value;
    } else if (place_ == Place::fields && key_ == "dtype") {
      const auto found = std::find_if(dtype_names.begin(), dtype_names.end(),
                                      [&](const DtypeName& d) { return value == d.name; });
      info_.dtype = found == dtype_names.end() ? Dtype::other : found->dtype;
      info_.dtype_name = std::move(value);
    } else {
      unexpected("a string");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::names;
    } else if (place_ == Place::names) {
      place_ = name_ == "__metadata__" ? Place::metadata : Place::fields;
      info_ = TensorInfo{};
      offsets_ = 0;
      seen_ = 0;
    } else {
      unexpected("an object");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::fields) add_tensor();
    place_ = place_ == Place::names ? Place::outside : Place::names;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::fields && key_ == "shape") {
      place_ = Place::shape;
    } else if (place_ == Place::fields && key_ == "data_offsets") {
      place_ = Place::offsets;
    } else {
      unexpected("an array");
    }
    return true;
  }

  bool end_array() override {
    place_ = Place::fields;
    return true;
  }

  bool key(string_t& value) override {
    if (place_ == Place::names) {
      if (value == "__metadata__" ? std::exchange(metadata_seen_, true) : header_.tensors.contains(value)) {
        fail(fmt::format("the name {} occurs twice", for_message(value)));
      }
      name_ = value;
    } else if (place_ == Place::metadata) {
      if (header_.metadata.contains(value)) fail(fmt::format("metadata {} occurs twice", for_message(value)));
    } else {
      const unsigned bit = value == "dtype" ? 1u : value == "shape" ? 2u : value == "data_offsets" ? 4u : 0u;
      if (bit == 0 || (seen_ & bit) != 0) {
        fail(fmt::format("tensor {} has {} field {}", for_message(name_),
                         bit == 0 ? "the unknown" : "twice the", for_message(value)));
      }
      seen_ |= bit;
    }
    key_ = std::move(value);
    return true;
  }

  // The library's own text quotes the file, at any length and in any encoding: give the place only.
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail(fmt::format("its header is not valid UTF-8 JSON at byte {}", position));
  }

private:
  enum class Place { outside, names, metadata, fields, shape, offsets };

  [[noreturn]] void fail(std::string_view what) const {
    throw FileError("File '{}' is not a valid safetensors file: {}; fetch or write it again.", path_, what);
  }

  [[noreturn]] void unexpected(const char* what) const {
    fail(fmt::format("its header holds {} out of place, near {}", what,
                     for_message(name_.empty() ? std::string_view("the start") : std::string_view(name_))));
  }

  void add_tensor() {
    if (seen_ != 7 || offsets_ != 2) {
      fail(fmt::format("tensor {} lacks dtype, shape or two data_offsets", for_message(name_)));
    }
    std::uint64_t count = 1;
    for (const Index extent : info_.shape) count = product(count, static_cast<std::uint64_t>(extent));
    // How many bytes a format takes that came after this table is for its readers to know.
    const bool known = info_.dtype != Dtype::other;
    const std::uint64_t bytes =
        known ? product(count, describe(info_.dtype).bytes) : info_.end - std::min(info_.begin, info_.end);
    if (info_.begin > info_.end || info_.end - info_.begin != bytes) {
      fail(fmt::format("tensor {} needs {} bytes, but its data_offsets are {} and {}", for_message(name_),
                       bytes, info_.begin, info_.end));
    }
    if (info_.end > data_bytes_) {
      fail(fmt::format("tensor {} ends at byte {} of only {} bytes of data", for_message(name_), info_.end,
                       data_bytes_));
    }
    info_.count = static_cast<Index>(count);
    header_.tensors.emplace(name_, std::move(info_));
  }

  std::uint64_t product(std::uint64_t a, std::uint64_t b) const {
    if (b != 0 && a > static_cast<std::uint64_t>(std::numeric_limits<Index>::max()) / b) {
      fail(fmt::format("the shape of tensor {} overflows", for_message(name_)));
    }
    return a * b;
  }

  /// Every byte of data belongs to exactly one tensor.
  void check_layout() const {
    using Entry = std::pair<const TensorInfo*, std::string_view>;
    std::vector<Entry> order;
    for (const auto& [name, info] : header_.tensors) order.emplace_back(&info, name);
    std::sort(order.begin(), order.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.first->begin, a.first->end) < std::pair(b.first->begin, b.first->end);
    });
    std::uint64_t expected = 0;
    for (const auto& [info, name] : order) {
      if (info->begin != expected) {
        fail(fmt::format("tensor {} begins at byte {} where {} is expected (a gap or an overlap)",
                         for_message(name), info->begin, expected));
      }
      expected = info->end;
    }
    if (expected != data_bytes_) {
      fail(fmt::format("its tensors end at byte {} of {} bytes of data", expected, data_bytes_));
    }
  }

  std::string path_;
  std::uint64_t data_bytes_;
  SafetensorsHeader header_;
  Place place_ = Place::outside;
  std::string name_;
  std::string key_;
  TensorInfo info_;
  int offsets_ = 0;
  unsigned seen_ = 0;
  bool metadata_seen_ = false;
};

DENSENF_INLINE_IO SafetensorsHeader parse_safetensors_header(const std::filesystem::path& path,
                                                             std::uint64_t data_bytes,
                                                             std::string_view text) {
  return SafetensorsParser(path, data_bytes).parse(text);
}

DENSENF_INLINE_IO std::string safetensors_header_text(
    const std::vector<std::pair<const std::string*, const TensorInfo*>>& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, info] : tensors) {
    const DtypeName& dtype = describe(info->dtype);
    const std::uint64_t end = offset + static_cast<std::uint64_t>(info->count) * dtype.bytes;
    // Appended, not looked up: ordered_json would search all keys, and the names differ.
    header.get_ref<nlohmann::ordered_json::object_t&>().push_back(
        {*name, {{"dtype", dtype.name}, {"shape", info->shape}, {"data_offsets", {offset, end}}}});
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

DENSENF_INLINE_IO bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace densenf::detail
