#pragma once

#include <bit>
#include <functional>
#include <span>
#include <type_traits>
#include <unordered_set>

#include "densenf/io/checksum.hpp"
#include "densenf/io/file.hpp"
#include "densenf/io/safetensors_header.hpp"

namespace densenf {

static_assert(std::endian::native == std::endian::little,
              "Safetensors files are read as they lie: little-endian.");

/// A safetensors file, opened for reading. The header is checked completely when the file is opened, and
/// values are read when they are asked for: what a header claims is never allocated before the file's size
/// has confirmed it. Every failure is a FileError that names the file.
class SafetensorsFile {
public:
  explicit SafetensorsFile(const std::filesystem::path& path)
      : path_(path), file_(detail::open_to_read(path)) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      throw FileError("'{}' is not a regular file, which a safetensors file must be.", path_.string());
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t header_bytes = 0;
    if (size < sizeof header_bytes) {
      throw FileError("File '{}' has {} bytes, too few for a safetensors file; fetch or write it again.",
                      path_.string(), size);
    }
    read_at(0, std::as_writable_bytes(std::span(&header_bytes, 1)));
    if (header_bytes > largest_header || header_bytes > size - sizeof header_bytes) {
      throw FileError(
          "File '{}' of {} bytes is not a valid safetensors file: it claims a header of {} bytes (at most {} "
          "are allowed).",
          path_.string(), size, header_bytes, largest_header);
    }
    data_begin_ = sizeof header_bytes + header_bytes;
    end_ = size;
    header_ = detail::parse_safetensors_header(path_, size - data_begin_, header_text());
  }

  const std::filesystem::path& path() const { return path_; }
  const Metadata& metadata() const { return header_.metadata; }
  bool contains(std::string_view name) const { return header_.tensors.contains(name); }

  /// The names of all tensors, in alphabetical order.
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& [name, info] : header_.tensors) result.push_back(name);
    return result;
  }

  const TensorInfo& info(std::string_view name) const {
    const auto found = header_.tensors.find(name);
    if (found == header_.tensors.end()) {
      const auto& tensors = header_.tensors;
      throw FileError("File '{}' holds no tensor {} ({} others{}).", path_.string(),
                      detail::for_message(name), tensors.size(),
                      tensors.empty() ? "" : ", the first is " + detail::for_message(tensors.begin()->first));
    }
    return found->second;
  }

  /// All values of a tensor, row-major, as T: float, double or an integer type. Floating point is rounded to
  /// T; a value that T cannot hold (out of range, or an integer that would lose digits), and any
  /// floating-point tensor where T is an integer type, is a FileError.
  template <class T>
  std::vector<T> read(std::string_view name) const {
    const TensorInfo& tensor = info(name);
    // How many values there are is confirmed only where it is known how many bytes each of them takes.
    if (tensor.dtype == Dtype::other) refuse(name, tensor);
    std::vector<T> values(static_cast<std::size_t>(tensor.count));
    read_into(name, std::span<T>(values));
    return values;
  }

  /// As read, into memory for exactly info(name).count values.
  template <class T>
  void read_into(std::string_view name, std::span<T> out) const;

  /// Reads the whole file and compares it with the checksum that SafetensorsWriter::add_checksum has left in
  /// it; false when it has none. Throws FileError when any byte is another than was written.
  bool verify() const {
    const auto stored = header_.metadata.find(detail::checksum_key);
    if (stored == header_.metadata.end()) return false;
    std::string header = header_text();
    const std::size_t place = detail::checksum_place(header);
    if (place < header.size() && header.size() - place >= detail::checksum_zeros.size())
      header.replace(place, detail::checksum_zeros.size(), detail::checksum_zeros);
    detail::Checksum checksum;
    const std::uint64_t length = header.size();
    checksum.add(std::as_bytes(std::span(&length, 1)));
    checksum.add(std::as_bytes(std::span(header)));
    std::vector<std::byte> piece(std::size_t{1} << 20);
    for (std::uint64_t at = data_begin_; at < end_; at += piece.size()) {
      const auto bytes = std::span(piece).first(std::min<std::uint64_t>(piece.size(), end_ - at));
      read_at(at, bytes);
      checksum.add(bytes);
    }
    if (checksum.text() != stored->second) {
      throw FileError(
          "File '{}' has been damaged or changed since it was written: its checksum is {} instead of {}; use "
          "another copy.",
          path_.string(), checksum.text(), detail::for_message(stored->second));
    }
    return true;
  }

private:
  static constexpr std::uint64_t largest_header = 100'000'000;

  [[noreturn]] void refuse(std::string_view name, const TensorInfo& tensor) const {
    throw FileError(
        "Tensor {} of file '{}' is stored as {}, which cannot be read as numbers here.",
        detail::for_message(name), path_.string(),
        tensor.dtype == Dtype::other ? detail::for_message(tensor.dtype_name) : tensor.dtype_name);
  }

  std::string header_text() const {
    std::string text(data_begin_ - sizeof data_begin_, '\0');
    read_at(sizeof data_begin_, std::as_writable_bytes(std::span(text)));
    return text;
  }

  template <class Stored, class T>
  void read_as(std::string_view name, const TensorInfo& tensor, std::span<T> out) const;

  // Not a memory map: a file that shrinks meanwhile must be an exception, not a bus error.
  void read_at(std::uint64_t offset, std::span<std::byte> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got =
          ::pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (got > 0) {
        done += static_cast<std::size_t>(got);
      } else if (got == 0) {
        throw FileError("File '{}' was cut short while it was being read.", path_.string());
      } else if (errno != EINTR) {
        const int code = errno;
        throw FileError("Reading file '{}' failed: {}.", path_.string(), detail::system_message(code));
      }
    }
  }

  std::filesystem::path path_;
  detail::Descriptor file_;
  std::uint64_t data_begin_ = 0;
  std::uint64_t end_ = 0;  ///< of the file
  detail::SafetensorsHeader header_;
};

/// Collects named tensors and text, then writes them as one safetensors file. Values are not copied:
/// a span must live until `write` has returned, and a fill function is called by `write`, one tensor at a
/// time.
class SafetensorsWriter {
public:
  /// Lets the file carry a checksum of all its bytes, by which SafetensorsFile::verify knows damage.
  void add_checksum() { checksum_ = true; }

  /// Names text that the file carries along. Throws ArgumentError when the key was set before.
  void set_metadata(const std::string& key, const std::string& value) { set_metadata({{key, value}}); }

  /// The same for several keys at once: all of them, or none when it throws.
  void set_metadata(const Metadata& metadata) {
    Metadata all = metadata_;
    for (const auto& [key, value] : metadata) {
      require_text(key);
      require_text(value);
      if (key == detail::checksum_key) {
        throw ArgumentError("Metadata '{}' are the file's checksum: call add_checksum instead.", key);
      }
      if (!all.emplace(key, value).second) {
        throw ArgumentError("Metadata {} was set before; set each key once.", detail::for_message(key));
      }
    }
    metadata_ = std::move(all);
  }

  /// Adds a tensor of the given shape, row-major. T: float, double, uint8_t, int32_t or int64_t. Throws
  /// ArgumentError when the name is taken, ShapeError when the shape does not have values.size() elements.
  template <class T>
  void add(const std::string& name, std::vector<Index> shape, std::span<T> values) {
    const Index count = add_info<std::remove_const_t<T>>(name, std::move(shape));
    if (std::cmp_not_equal(count, values.size())) {
      const std::string text = detail::extents_text(entries_.back().info.shape);
      forget_last();
      throw ShapeError("Tensor {} of shape {} needs {} values, but {} were given.", detail::for_message(name),
                       text, count, values.size());
    }
    entries_.back().put = [values](Output& out) { out.write(std::as_bytes(values)); };
  }

  template <class T>
  void add(const std::string& name, std::vector<Index> shape, const std::vector<T>& values) {
    add(name, std::move(shape), std::span<const T>(values));
  }
  template <class T>
  void add(const std::string& name, std::vector<Index> shape, const std::vector<T>&& values) = delete;

  /// Adds a tensor whose values `fill(std::span<T>)` provides, all of them, when the file is written.
  template <class T, class Fill>
  requires std::is_invocable_v<const Fill&, std::span<T>>
  void add(const std::string& name, std::vector<Index> shape, Fill fill) {
    const auto count = static_cast<std::size_t>(add_info<T>(name, std::move(shape)));
    entries_.back().put = [count, fill = std::move(fill)](Output& out) {
      std::vector<T> values(count);
      fill(std::span<T>(values));
      out.write(std::as_bytes(std::span<const T>(values)));
    };
  }

  /// Writes the file: all of it, or the old one stays as it was. Throws FileError.
  void write(const std::filesystem::path& path) const {
    std::vector<const Entry*> order;
    for (const Entry& entry : entries_) order.push_back(&entry);
    // Wide types first: then every tensor is aligned for its type without padding, which the format forbids.
    std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
      return describe(a->info.dtype).bytes > describe(b->info.dtype).bytes;
    });
    const std::string header = header_text(order);
    AtomicFile file(path);
    Output out{file, {}};
    const std::uint64_t length = header.size();
    out.write(std::as_bytes(std::span(&length, 1)));
    out.write(std::as_bytes(std::span(header)));
    for (const Entry* entry : order) entry->put(out);
    // The checksum's place comes before the bytes that it is of.
    if (checksum_) {
      const std::string digits = out.checksum.text();
      file.overwrite(sizeof length + detail::checksum_place(header), std::as_bytes(std::span(digits)));
    }
    file.commit();
  }

private:
  /// The file, and the checksum of what has gone into it.
  struct Output {
    AtomicFile& file;
    detail::Checksum checksum;
    void write(std::span<const std::byte> bytes) {
      checksum.add(bytes);
      file.write(bytes);
    }
  };

  struct Entry {
    std::string name;
    TensorInfo info;
    std::function<void(Output&)> put;
  };

  template <class T>
  static constexpr Dtype dtype_of() {
    if constexpr (std::is_same_v<T, double>) return Dtype::F64;
    if constexpr (std::is_same_v<T, float>) return Dtype::F32;
    if constexpr (std::is_same_v<T, std::uint8_t>) return Dtype::U8;
    if constexpr (std::is_same_v<T, std::int32_t>) return Dtype::I32;
    if constexpr (std::is_same_v<T, std::int64_t>) return Dtype::I64;
  }

  template <class T>
  Index add_info(const std::string& name, std::vector<Index> shape) {
    require_text(name);
    if (name == "__metadata__" || !names_.insert(name).second) {
      throw ArgumentError("The tensor name {} is taken; give each tensor its own.",
                          detail::for_message(name));
    }
    Entry entry{name, {dtype_of<T>(), std::move(shape), 1, 0, 0}, {}};
    for (const Index extent : entry.info.shape) {
      if (extent < 0 || (extent > 0 && entry.info.count > largest_count / extent)) {
        names_.erase(name);
        throw ShapeError("The shape {} of tensor {} has a negative extent or overflows.",
                         detail::extents_text(entry.info.shape), detail::for_message(name));
      }
      entry.info.count *= extent;
    }
    entries_.push_back(std::move(entry));
    return entries_.back().info.count;
  }

  void forget_last() {
    names_.erase(entries_.back().name);
    entries_.pop_back();
  }

  static void require_text(const std::string& text) {
    if (!detail::is_utf8(text)) {
      throw ArgumentError("The text {} is not UTF-8, which names and metadata must be.",
                          detail::for_message(text));
    }
  }

  std::string header_text(const std::vector<const Entry*>& order) const {
    Metadata metadata = metadata_;
    if (checksum_) metadata.emplace(detail::checksum_key, detail::checksum_zeros);
    std::vector<std::pair<const std::string*, const TensorInfo*>> tensors;
    for (const Entry* entry : order) tensors.emplace_back(&entry->name, &entry->info);
    return detail::safetensors_header_text(tensors, metadata);
  }

  static constexpr Index largest_count = std::numeric_limits<Index>::max() / 8;

  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_;
  Metadata metadata_;
  bool checksum_ = false;
};

}  // namespace densenf

#ifndef DENSENF_USE_COMPILED_IO
#include "densenf/io/safetensors_values.hpp"
#endif
