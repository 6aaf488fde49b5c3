// needs: images
#include "densenf/io/image_file.hpp"

#include "fuzz.hpp"

using namespace densenf;

namespace {

/// Memory for all pixels that a picture claims is taken before its first row is known to be there, because
/// formats can have any number of them in a few bytes: three times, where inks are mixed or it is turned.
constexpr fuzz::Allowance allowed{.for_each_byte = 64, .for_any_file = std::size_t{4} * most_pixels_read};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  fuzz::reading(
      file,
      [&] {
        const Picture picture = read_image(file.path());
        fuzz::require(picture.width >= 1 && picture.height >= 1, "a picture without pixels");
        fuzz::require(picture.width <= most_pixels_read / picture.height, "more pixels than are read");
        fuzz::require(std::ssize(picture.rgb) == 3 * picture.width * picture.height,
                      "another number of values than pixels need");
      },
      allowed);
  return 0;
}
