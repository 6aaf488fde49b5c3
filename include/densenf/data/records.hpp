#pragma once

#include <algorithm>
#include <string>

#include "densenf/data/byte_source.hpp"
#include "densenf/data/images.hpp"

namespace densenf {

/// How a file of fixed-size records is laid out: label bytes, then C x H x W bytes, again and again.
struct RecordFormat {
  Shape shape;
  Index label_bytes = 1;  ///< at the start of each record
  int levels = 256;       ///< every value must be below
  Index label_byte = 0;   ///< which of the label bytes is the image's class; the others are skipped
  Label classes = 0;      ///< every label must be below; 0: any byte is one
};

inline constexpr RecordFormat cifar10_format{{3, 32, 32}, 1, 256, 0, 10};
/// With the 100 fine classes; label_byte 0 and 20 classes give the coarse ones.
inline constexpr RecordFormat cifar100_format{{3, 32, 32}, 2, 256, 1, 100};
inline constexpr RecordFormat digits_format{{1, 8, 8}, 1, 17, 0, 10};

/// The images of one or more files of records, in order, with their labels if the format has label bytes.
/// Files packed by gzip are unpacked. Throws ArgumentError for a format that cannot be, FileError when a file
/// is missing, damaged, empty, not a whole number of records, or holds a value that is not below `levels` or
/// a label that is not below `classes`.
inline Images load_records(const std::vector<std::filesystem::path>& paths, const RecordFormat& format) {
  const Index image_bytes = value_count("A record", 1, format.shape);
  constexpr Index most = 1 << 30;  // far beyond any image, and memory for one record is taken at once
  if (image_bytes > most || format.label_bytes > most || format.label_bytes < 0 || format.levels < 2 ||
      format.levels > 256 || paths.empty()) {
    throw ArgumentError(
        "Records with {} label bytes and images of {} with {} levels cannot be read from {} files.",
        format.label_bytes, to_string(format.shape), format.levels, paths.size());
  }
  if (format.label_byte < 0 || format.label_byte >= std::max<Index>(1, format.label_bytes)) {
    throw ArgumentError("There is no label byte {} among {}: they count from 0.", format.label_byte,
                        format.label_bytes);
  }
  detail::require_classes(format.classes);
  Images images{format.shape, 0, format.levels, {}};
  const auto label_bytes = static_cast<std::size_t>(format.label_bytes);
  std::vector<std::byte> record(label_bytes + static_cast<std::size_t>(image_bytes));
  for (const std::filesystem::path& path : paths) {
    ByteSource source(path);
    for (Index index = 0;; ++index) {
      const std::size_t got = source.read(record);
      if (got == 0 && index > 0) break;
      if (got < record.size()) {
        throw FileError(
            "File '{}' ends after {} of the {} bytes of record {}; records are {} bytes of label and a {} "
            "image.",
            path.string(), got, record.size(), index, format.label_bytes, to_string(format.shape));
      }
      if (label_bytes > 0) {
        const auto label = std::to_integer<Label>(record[static_cast<std::size_t>(format.label_byte)]);
        if (format.classes > 0 && label >= format.classes) {
          throw FileError("Record {} of file '{}' has the label {}, but its classes should be 0 to {}.",
                          index, path.string(), label, format.classes - 1);
        }
        images.labels.push_back(label);
      }
      for (std::size_t i = label_bytes; i < record.size(); ++i) {
        const auto value = std::to_integer<std::uint8_t>(record[i]);
        if (value >= format.levels) {
          throw FileError(
              "Record {} of file '{}' holds the value {}, but its images should have {} levels, 0 to {}.",
              index, path.string(), value, format.levels, format.levels - 1);
        }
        images.values.push_back(value);
      }
      ++images.count;
    }
  }
  return images;
}

inline Images load_records(const std::filesystem::path& path, const RecordFormat& format) {
  return load_records(std::vector{path}, format);
}

/// Images 3 x 32 x 32 of CIFAR-10 in its binary version, with labels from 0 to 9. `names` without ending,
/// such as "data_batch_1" or "test_batch": each is looked for in `folder` as name.bin, then as name.bin.gz.
/// Throws FileError.
inline Images load_cifar10(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& name : names) {
    const std::filesystem::path plain = folder / (name + ".bin");
    const std::filesystem::path packed = folder / (name + ".bin.gz");
    std::error_code unreadable;  // counts as not there
    if (std::filesystem::exists(plain, unreadable)) {
      paths.push_back(plain);
    } else if (std::filesystem::exists(packed, unreadable)) {
      paths.push_back(packed);
    } else {
      throw FileError(
          "CIFAR-10 needs '{}' or '{}', and neither is there; fetch the binary version of CIFAR-10.",
          plain.string(), packed.string());
    }
  }
  return load_records(paths, cifar10_format);
}

/// Images 1 x 8 x 8 with 17 levels, 0 to 16, of the optical recognition of handwritten digits data set; the
/// label of each is its digit.
inline Images load_digits(const std::filesystem::path& path) { return load_records(path, digits_format); }

}  // namespace densenf
