// ctest-labels: golden
// also-on: host
#include <cmath>
#include <vector>

#include "densenf/densenf.hpp"
#include "macow_tiny.hpp"
#include "zoo.hpp"

using namespace densenf;
using namespace golden;

namespace {

/// Where number i (in C, H, W order) of an image of `from` lies in what a block squeeze makes of it.
std::size_t block_squeezed(const Shape& from, Index i) {
  const Index c = i / from.pixels(), y = i / from.w % from.h, x = i % from.w;
  const Index channel = (2 * (y % 2) + x % 2) * from.c + c;
  return static_cast<std::size_t>((channel * (from.h / 2) + y / 2) * (from.w / 2) + x / 2);
}

/// The file has all latents as an image: squeezed it is what stays and three splits, the last one first. The
/// parts of it in the order in which they are drawn: the base (squeezed once more), and the splits, last
/// first.
std::vector<std::vector<double>> parts_of(const std::vector<double>& images, const Shape& shape) {
  const auto size = static_cast<std::size_t>(shape.size()), quarter = size / 4;
  std::vector<std::vector<double>> parts(4);
  for (std::size_t n = 0; n < images.size() / size; ++n) {
    std::vector<double> squeezed(size), base(quarter);
    for (std::size_t i = 0; i < size; ++i)
      squeezed[block_squeezed(shape, static_cast<Index>(i))] = images[n * size + i];
    const Shape kept{shape.c, shape.h / 2, shape.w / 2};
    for (std::size_t i = 0; i < quarter; ++i) base[block_squeezed(kept, static_cast<Index>(i))] = squeezed[i];
    parts[0].insert(parts[0].end(), base.begin(), base.end());
    for (std::size_t k = 1; k < 4; ++k) {
      const auto first = squeezed.begin() + static_cast<std::ptrdiff_t>(k * quarter);
      parts[k].insert(parts[k].end(), first, first + static_cast<std::ptrdiff_t>(quarter));
    }
  }
  return parts;
}

template <class T>
std::vector<double> widened(const std::vector<T>& v) {
  return {v.begin(), v.end()};
}

}  // namespace

TEST_CASE_TEMPLATE("zoo: macow_tiny, values and samples", T, double, float) {
  ZooCase<MaCowTiny, T> c("macow_tiny");
  const Batch<std::uint8_t> x = c.images("input/x");
  ZooNoise<T> noise(c.draws("eval"));
  const Latents<T> latents = c.flow.encode(x, noise);
  check_values<T>("eval/log_prob", latents.log_prob, c.file.template read<double>("eval/log_prob"), 2e-6);
  const auto want = parts_of(c.file.template read<double>("eval/z"), x.shape);
  check_values<T>("the base", widened(latents.base.values), want[0]);
  REQUIRE(latents.factored.size() == 4);  // the first is the dequantization's noise
  for (std::size_t k = 1; k < 4; ++k)
    check_values<T>("a split", widened(latents.factored[k].values), want[4 - k]);

  const auto drawn = c.draws("sample");
  std::vector<typename ZooNoise<T>::Draw> parts;
  for (const auto& part : parts_of(drawn.at(0).values, x.shape)) parts.push_back({"normal", x.count, part});
  ZooNoise<T> sample_noise(parts);
  Batch<T> got = c.flow.sample_continuous(x.count, sample_noise);
  CHECK(sample_noise.all_used());
  for (T& v : got.values) v /= T(32);
  check_values<T>("sample/continuous", widened(got.values),
                  c.file.template read<double>("sample/continuous"));
}

TEST_CASE_TEMPLATE("zoo: macow_tiny, gradients and the start from data", T, double, float) {
  ZooCase<MaCowTiny, T> c("macow_tiny");
  c.check_training();
  c.check_start();
}

TEST_CASE_TEMPLATE("zoo: macow_tiny_additive", T, double, float) {
  ZooCase<MaCowTinyAdditive, T> c("macow_tiny_additive");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
  c.check_start();
}
