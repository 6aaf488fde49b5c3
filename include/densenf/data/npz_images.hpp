#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "densenf/data/image_source.hpp"
#include "densenf/io/bytes_at.hpp"
#include "densenf/io/npy.hpp"

// Sets of square images in NumPy's .npz files, as Downsampled ImageNet comes: zip files with an array `data`
// of bytes, an image 3 x S x S in each row, and mostly an array `labels`.
namespace densenf {

struct NpzOptions {
  Label first_label = 1;  ///< the least label in the files, which becomes 0
  Label classes = 1000;   ///< how many there are
  /// Arrays that are packed cannot be read from any place, and are unpacked to memory: all that a source has
  /// of them, if it is not more than this many bytes.
  std::uint64_t memory = std::uint64_t{1} << 30;
};

/// Where unpack_npz puts the images of an .npz file: beside it.
inline std::filesystem::path unpacked_npz(const std::filesystem::path& npz) {
  std::filesystem::path file = npz;
  return file.replace_extension("data.npy");
}

namespace detail {

/// The images of an .npz file, to be read in order. Throws FileError when it has none.
inline ZipMember open_npz_data(const std::filesystem::path& path) {
  std::optional<ZipMember> data = ZipMember::find(path, "data.npy");
  if (!data) throw FileError("File '{}' has no array 'data', where its images should be.", path.string());
  return std::move(*data);
}

}  // namespace detail

/// Unpacks the images of an .npz file to the file unpacked_npz(npz), which NpzImages then takes in their
/// place: once, so that they can be read from any place. Gives that file. It is there as a whole or not at
/// all. Throws FileError when one cannot be read or the other not be written.
inline std::filesystem::path unpack_npz(const std::filesystem::path& npz) {
  ZipMember data = detail::open_npz_data(npz);
  const std::filesystem::path target = unpacked_npz(npz);
  AtomicFile file(target);
  std::vector<std::byte> piece(std::size_t{1} << 20);
  while (const std::size_t got = data.read(piece)) file.write(std::span(piece).first(got));
  file.commit();
  return target;
}

/// Images 3 x S x S with 256 levels of one or more .npz files, in order, with their labels if each file has
/// labels. They stay in the files, from which they are read one by one; where an array is packed, see
/// NpzOptions::memory and unpack_npz.
class NpzImages : public ImageSource {
public:
  /// Throws FileError when a file is missing, damaged or not of this kind, has images of another size than
  /// the first or a label that is none, or is packed and too large; ArgumentError for no files or no classes.
  explicit NpzImages(const std::vector<std::filesystem::path>& paths, const NpzOptions& options = {}) {
    if (options.classes < 1)
      throw ArgumentError("There must be at least one class, not {}.", options.classes);
    if (paths.empty()) throw ArgumentError("Images of .npz files need at least one file.");
    std::uint64_t memory = options.memory;
    for (const std::filesystem::path& path : paths) add(path, options, memory);
  }

  Index count() const override { return files_.back().end; }
  Shape shape() const override { return shape_; }
  int levels() const override { return 256; }
  std::span<const Label> labels() const override { return labels_; }

  void identify(const TakeBytes& take) const override {
    for (const File& file : files_) {
      const std::string text = fmt::format("{}\n{} {}\n", file.name, file.end, file.data->size());
      take(std::as_bytes(std::span(text)));
    }
  }

private:
  /// A file with the images from where the one before it ends.
  struct File {
    std::string name;
    Index first;
    Index end;
    std::uint64_t images_at;  ///< in `data`
    std::unique_ptr<const BytesAt> data;
  };

  void add(const std::filesystem::path& path, const NpzOptions& options, std::uint64_t& memory) {
    std::unique_ptr<const BytesAt> data = open(path, memory);
    // Headers of NumPy's own are some hundred bytes long.
    std::vector<std::byte> begin(static_cast<std::size_t>(std::min<std::uint64_t>(data->size(), 1 << 16)));
    data->read(0, begin);
    const detail::NpyHeader header =
        detail::read_npy_header({reinterpret_cast<const char*>(begin.data()), begin.size()}, path.string());
    const Shape shape = shape_of(header, path.string());
    if (files_.empty()) shape_ = shape;
    if (shape != shape_) {
      throw FileError("File '{}' has images of {}, but those of '{}' are {}.", path.string(),
                      to_string(shape), files_.front().name, to_string(shape_));
    }
    const std::uint64_t bytes = data->size() - header.numbers_at;
    if (header.rows < 1 ||
        std::cmp_not_equal(bytes / static_cast<std::uint64_t>(shape.size()), header.rows) ||
        bytes % static_cast<std::uint64_t>(shape.size()) != 0) {
      throw FileError("File '{}' says that it has {} images of {}, but {} bytes follow.", path.string(),
                      header.rows, to_string(shape), bytes);
    }
    const Index first = files_.empty() ? 0 : files_.back().end;
    add_labels(path, first, header.rows, options);
    files_.push_back(
        {path.filename().string(), first, first + header.rows, header.numbers_at, std::move(data)});
  }

  /// The array of images, so that it can be read from any place.
  static std::unique_ptr<const BytesAt> open(const std::filesystem::path& path, std::uint64_t& memory) {
    ZipMember data = detail::open_npz_data(path);
    if (data.stored()) return std::make_unique<StoredBytes>(std::move(data));
    const std::filesystem::path unpacked = unpacked_npz(path);
    if (file_exists(unpacked)) {
      auto bytes = std::make_unique<FileBytes>(unpacked);
      if (bytes->size() != data.size()) {
        throw FileError(
            "File '{}' should be what '{}' holds unpacked, but has {} bytes and not {}: remove it.",
            unpacked.string(), path.string(), bytes->size(), data.size());
      }
      return bytes;
    }
    if (data.size() > memory) {
      throw FileError(
          "The images of file '{}' are packed, and {} bytes are too many to unpack to memory: "
          "call unpack_npz with it once, which writes '{}'.",
          path.string(), data.size(), unpacked.string());
    }
    memory -= data.size();
    return std::make_unique<MemoryBytes>(detail::read_all(std::move(data)));
  }

  static Shape shape_of(const detail::NpyHeader& header, const std::string& file) {
    const auto side = static_cast<Index>(std::llround(std::sqrt(static_cast<double>(header.columns) / 3)));
    constexpr Index most = 1 << 15;
    if (!header.type.starts_with("'|u1'") || header.column_by_column || side > most ||
        3 * side * side != header.columns) {
      throw FileError(
          "The array 'data' of file '{}' is no set of square images: it should have a row of 3 x S x S bytes "
          "('|u1') for each image, and has rows of {} numbers of type {}{}.",
          file, header.columns, detail::printable(header.type),
          header.column_by_column ? ", column by column" : "");
    }
    return {3, side, side};
  }

  void add_labels(const std::filesystem::path& path, Index first, Index count, const NpzOptions& options) {
    std::optional<ZipMember> member = ZipMember::find(path, "labels.npy");
    if (first > 0 && member.has_value() == labels_.empty()) {
      throw FileError("File '{}' has {} labels, but '{}' has {}: they do not belong together.", path.string(),
                      member ? "some" : "no", files_.front().name, member ? "none" : "some");
    }
    if (!member) return;
    const std::string file = path.string();
    const Table<double> labels = parse_npy<double>(detail::read_all(std::move(*member)), file);
    if (labels.rows() != count || labels.columns() != 1)
      throw FileError("File '{}' has {} x {} labels for {} images.", file, labels.rows(), labels.columns(),
                      count);
    for (const double label : labels.values) {
      const double from_0 = label - options.first_label;
      if (from_0 != std::floor(from_0) || from_0 < 0 || from_0 >= options.classes) {
        throw FileError("File '{}' has the label {}, but its labels should be whole numbers from {} to {}.",
                        file, label, options.first_label, options.first_label - 1.0 + options.classes);
      }
      labels_.push_back(static_cast<Label>(from_0));
    }
  }

  void read_image(Index i, std::span<std::uint8_t> out) const override {
    const auto file =
        std::upper_bound(files_.begin(), files_.end(), i, [](Index at, const File& f) { return at < f.end; });
    const auto offset = static_cast<std::uint64_t>((i - file->first) * shape_.size());
    file->data->read(file->images_at + offset, std::as_writable_bytes(out));
  }

  Shape shape_;
  std::vector<File> files_;
  std::vector<Label> labels_;
};

}  // namespace densenf
