#include "densenf/io/metadata.hpp"

#include "fuzz.hpp"
#include "header_length.hpp"

using namespace densenf;

namespace {

bool taken(fuzz::Bytes bytes) {
  const fuzz::File input(bytes);
  return fuzz::reading(input, [&] {
    const Metadata metadata = read_metadata(input.path());
    const SafetensorsFile file(input.path());
    for (const char* key : {shape_key, condition_key}) {
      const std::optional<Shape> shape = metadata_shape(file, key);
      fuzz::require(shape.has_value() == metadata.contains(key), "a shape from nowhere");
      if (!shape) continue;
      fuzz::require(to_string(*shape) == metadata.at(key), "another shape than the file says");
      fuzz::require(value_count("A shape", 1, *shape) >= 1, "a shape that cannot be counted");
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!taken({data, size})) taken(fuzz::with_header_length({data, size}));
  return 0;
}
