#include "densenf/data/idx.hpp"

#include <utility>

#include "fuzz.hpp"

using namespace densenf;

namespace {

std::pair<Shape, std::vector<std::uint8_t>> read_images(const std::filesystem::path& path) {
  Images images = load_idx(path);
  fuzz::require(images.count >= 1 && images.labels.empty() && images.levels == 256, "images of another kind");
  fuzz::require(std::ssize(images.images(0, images.count)) == images.count * images.shape.size(),
                "another number of values than images need");
  return {images.shape, std::move(images.values)};
}

std::vector<Label> read_labels(const std::filesystem::path& path) {
  constexpr Label classes = 10;
  std::vector<Label> labels = load_idx_labels(path, classes);
  fuzz::require(!labels.empty(), "no labels are none");
  for (const Label label : labels) fuzz::require(label >= 0 && label < classes, "a label of no class");
  return labels;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::reading_packed_too({data, size}, read_images);
  fuzz::reading_packed_too({data, size}, read_labels);
  return 0;
}
