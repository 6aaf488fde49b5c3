// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/anf.hpp"

#include "zoo.hpp"

using namespace densenf;
using namespace golden;

namespace {

using Noise = SurVaeNoise<1, "convs.1", SurVaeNetwork<5, 1, 3>, 3, 4, 1, 3>;
using Tiny = Anf<5, Noise, 2, 5, 1, 2, 3>;

/// Numbers of images in the order of channels, rows and columns.
struct Part {
  Shape shape;
  std::vector<double> values;
};

/// Channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j).
Part squeezed(const Part& from) {
  const auto [c, h, w] = from.shape;
  Part to{{4 * c, h / 2, w / 2}, {}};
  const Index size = from.shape.size(), count = static_cast<Index>(from.values.size()) / size;
  for (Index n = 0; n < count; ++n)
    for (Index k = 0; k < 4 * c; ++k)
      for (Index y = 0; y < h / 2; ++y)
        for (Index x = 0; x < w / 2; ++x)
          to.values.push_back(from.values[static_cast<std::size_t>(
              n * size + (k / 4 * h + 2 * y + k / 2 % 2) * w + 2 * x + k % 2)]);
  return to;
}

/// The model has the image and the latents side by side at the lowest resolution; the file has each by
/// itself.
std::vector<double> at_lowest(std::vector<Part> parts, Index images) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t l = i + 1; l < parts.size(); ++l) parts[i] = squeezed(parts[i]);
  std::vector<double> all;
  for (Index n = 0; n < images; ++n) {
    for (const Part& part : parts) {
      const auto first = part.values.begin() + static_cast<std::ptrdiff_t>(n * part.shape.size());
      all.insert(all.end(), first, first + static_cast<std::ptrdiff_t>(part.shape.size()));
    }
  }
  return all;
}

std::vector<Part> parts() { return {{{3, 8, 8}, {}}, {{2, 4, 4}, {}}, {{3, 2, 2}, {}}}; }

}  // namespace

TEST_CASE_TEMPLATE("zoo: anf_tiny", T, double, float) {
  ZooCase<Tiny, T> c("anf_tiny");
  const Batch<std::uint8_t> images = c.images("input/x");

  ZooNoise<T> noise(c.draws("eval"));
  const Latents<T> latents = c.flow.encode(images, noise);
  CHECK(noise.all_used());
  check_values<T>("eval/log_prob", latents.log_prob, c.file.template read<double>("eval/log_prob"), 2e-6);
  std::vector<Part> z = parts();
  const std::vector<double> beside = c.file.template read<double>("eval/z");
  auto next = beside.begin();
  for (Index n = 0; n < images.count; ++n) {
    for (Part& part : z) {
      const auto end = next + static_cast<std::ptrdiff_t>(part.shape.size());
      part.values.insert(part.values.end(), next, end);
      next = end;
    }
  }
  check_values<T>("eval/z", {latents.base.values.begin(), latents.base.values.end()},
                  at_lowest(z, images.count));

  // The file has a draw for each level; this library draws all of the base at once.
  std::vector<Part> drawn = parts();
  const auto draws = c.draws("sample");
  REQUIRE(draws.size() == drawn.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i].values = draws[i].values;
  ZooNoise<T> base({{"normal", draws[0].count, at_lowest(drawn, draws[0].count)}});
  std::vector<double> samples;
  for (const T v : c.flow.sample_continuous(draws[0].count, base).values)
    samples.push_back(static_cast<double>(v) / 32);
  check_values<T>("sample/continuous", samples, c.file.template read<double>("sample/continuous"));

  c.check_training();
  std::vector<typename ZooNoise<T>::Draw> of_latents;
  const Index starting = c.images("start/x").count;
  for (std::size_t l = 1; l < parts().size(); ++l)
    of_latents.push_back({"normal", starting,
                          std::vector<double>(static_cast<std::size_t>(starting * parts()[l].shape.size()))});
  c.check_start(of_latents);
  CHECK(coding_error(c.flow, images) < (std::is_same_v<T, double> ? 1e-9 : 1e-2));
}
