#include "densenf/data/records.hpp"

#include <array>
#include <utility>

#include "fuzz.hpp"

using namespace densenf;

namespace {

// Small ones, of each kind: many records are in few bytes.
constexpr std::array<RecordFormat, 4> formats{{
    {{1, 2, 2}, 0, 256, 0, 0},   // without labels, any bytes
    {{3, 2, 1}, 1, 17, 0, 10},   // as the digits
    {{1, 1, 3}, 2, 256, 1, 0},   // the second of two labels, any
    {{2, 8, 8}, 1, 128, 0, 10},  // longer than many files
}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const RecordFormat& format : formats) {
    fuzz::reading_packed_too({data, size}, [&](const std::filesystem::path& path) {
      Images images = load_records(path, format);
      fuzz::require(images.count >= 1 && images.shape == format.shape, "images of another kind");
      require_labels(images);
      fuzz::require(images.labels.empty() == (format.label_bytes == 0), "labels that the format has not");
      for (const std::uint8_t value : images.images(0, images.count))
        fuzz::require(value < format.levels, "a value beyond the levels");
      for (const Label label : images.labels)
        fuzz::require(label >= 0 && (format.classes == 0 || label < format.classes), "a label of no class");
      return std::pair(std::move(images.values), std::move(images.labels));
    });
  }
  return 0;
}
