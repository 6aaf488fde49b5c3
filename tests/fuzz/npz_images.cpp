// needs: images
#include "densenf/data/npz_images.hpp"

#include "fuzz.hpp"

using namespace densenf;

namespace {

constexpr std::uint64_t memory = 1 << 20;  // for what is unpacked
/// zlib makes a thousand bytes of one; what is unpacked is within `memory`, and its room may double.
constexpr fuzz::Allowance allowed{.for_each_byte = 64, .for_any_file = std::size_t{4} * memory};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size}, "input.npz");
  fuzz::reading(
      file,
      [&] {
        const NpzImages images({file.path()}, {.memory = memory});
        fuzz::require(images.count() >= 1, "no images are none");
        fuzz::require(images.shape().c == 3 && images.shape().h == images.shape().w,
                      "images that are not square");
        fuzz::require(images.labels().empty() || std::ssize(images.labels()) == images.count(),
                      "some labels are missing");
        for (const Label label : images.labels())
          fuzz::require(label >= 0 && label < 1000, "a label of no class");
        std::vector<std::uint8_t> image(static_cast<std::size_t>(images.shape().size()));
        for (const Index i : {Index{0}, images.count() - 1}) images.read(i, image);
      },
      allowed);
  return 0;
}
