#include "densenf/io/model_registry.hpp"

#include "densenf/bijectors/actnorm.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "fuzz.hpp"
#include "header_length.hpp"

using namespace densenf;

namespace {

using Vectors = Flow<Compose<ActNorm, Conv1x1>, double>;
using Pixels = Flow<Compose<Dequantize<3, UniformNoise>, Squeeze, ActNorm>>;
/// The number of its parameters is a power of the number of pixels.
using Flattened = Flow<Compose<Flatten, Conv1x1>>;

const ModelRegistry<>& registry() {
  static const ModelRegistry<> models = [] {
    ModelRegistry<> made;
    made.add<Vectors>("vectors");
    made.add<Pixels>("pixels");
    made.add<Flattened>("flattened");
    return made;
  }();
  return models;
}

/// The checksum is made in pieces of a megabyte.
constexpr fuzz::Allowance with_checksum{.for_each_byte = 64, .for_any_file = std::size_t{5} << 18};

bool taken(fuzz::Bytes bytes) {
  static const Cpu device(1);
  const fuzz::File file(bytes);
  std::optional<AnyFlow> flow;
  if (!fuzz::reading(
          file, [&] { flow.emplace(registry().load(file.path(), device)); }, with_checksum))
    return false;
  const Shape shape = flow->shape();
  // Images are the caller's own, and so is their memory.
  if (shape.c > 64 || shape.h > 64 || shape.w > 64) return true;
  const auto values = static_cast<std::size_t>(shape.size());
  // Any density may come out: numbers that are finite in a file need not be where they are multiplied.
  try {
    if (flow->exact())
      flow->log_prob(Batch<double>{shape, 1, std::vector<double>(values)});
    else
      flow->elbo(Batch<std::uint8_t>{shape, 1, std::vector<std::uint8_t>(values)});
  } catch (const Error&) {  // weights with which nothing can be computed
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!taken({data, size})) taken(fuzz::with_header_length({data, size}));
  return 0;
}
