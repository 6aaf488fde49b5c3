// ctest-labels: bijectors
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <ratio>
#include <string>
#include <utility>
#include <vector>

#include "../error_of.hpp"
#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/sort.hpp"
#include "densenf/densenf.hpp"
#include "densenf/distributions/half_normal.hpp"
#include "densenf/nn/perceptron.hpp"

using namespace densenf;

namespace {

/// The integral of a flow's density over [-reach, reach]^D, by a rule of rectangles, which for smooth
/// functions that vanish at the ends is as good as any. No two coordinates of a point are the same.
template <class Model>
double integral(const Shape& shape, double reach, int steps, std::uint64_t seed = 0) {
  const auto flow = std::make_unique<Flow<Model, double>>(shape, Cpu(1), seed);
  const auto dimensions = static_cast<int>(shape.size());
  Index count = 1;
  for (int d = 0; d < dimensions; ++d) count *= steps;
  const double width = 2 * reach / steps;
  Batch<double> x{shape, count, {}};
  for (Index i = 0; i < count; ++i) {
    Index rest = i;
    for (int d = 0; d < dimensions; ++d, rest /= steps)
      x.values.push_back(-reach + width * (static_cast<double>(rest % steps) + 0.5 + 0.12 * d));
  }
  double total = 0;
  for (const double l : flow->log_prob(x)) total += std::exp(l);
  return total * std::pow(width, dimensions);
}

/// log p of one image.
template <class Model>
double log_density(const Shape& shape, std::vector<double> x) {
  const auto flow = std::make_unique<Flow<Model, double>>(shape, Cpu(1));
  return flow->log_prob(Batch<double>{shape, 1, std::move(x)}).at(0);
}

/// Points with sorted first coordinates, as all points: of two pixels, the second by its distance.
struct Distances : Bijector<Distances> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    // One image is [first, second] with first <= second; z = [first, 2 log(second - first)].
    const V z = ctx.output_like(x, x.c());
    for (Index n = 0; n < x.n(); ++n) {
      const double gap = x.value(2 * n + 1, 0) - x.value(2 * n, 0);
      z.value(2 * n, 0) = x.value(2 * n, 0);
      z.value(2 * n + 1, 0) = 2 * std::log(gap);
      log_prob.value[n] += std::log(2 / gap);
    }
    return z;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx&, const V& z) const {
    return z;
  }
};

using SignNetwork = nn::Perceptron<7>;

}  // namespace

TEST_CASE("surjections: a density with Abs integrates to one, in one and two dimensions") {
  using OneSided = WithBase<Compose<Abs<>>, HalfNormal>;
  CHECK(integral<OneSided>({1, 1, 1}, 10, 400) == doctest::Approx(1).epsilon(1e-9));
  // Half of a half-normal on each side is the normal density.
  CHECK(log_density<OneSided>({1, 1, 1}, {-0.7}) ==
        doctest::Approx(-0.5 * (0.49 + std::log(2 * std::numbers::pi))).epsilon(1e-12));
  using Learned = WithBase<Compose<Abs<SignNetwork>>, HalfNormal>;
  CHECK(integral<Learned>({2, 1, 1}, 9, 300, 3) == doctest::Approx(1).epsilon(1e-3));  // it has corners
}

TEST_CASE("surjections: so does one with Sort") {
  using Sorted = WithBase<Compose<Sort<>, Distances>, StandardNormal>;
  CHECK(integral<Sorted>({1, 2, 1}, 12, 1200) == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("surjections: so does one with MaxPool, in four dimensions") {
  using Pooled = WithBase<Compose<MaxPool<>>, StandardNormal>;
  // It has edges where two are equal. A factor that was forgotten would be 4 or 8.
  CHECK(integral<Pooled>({1, 2, 2}, 9, 30) == doctest::Approx(1).epsilon(0.1));
  // The specification's example: 0.5 is the largest, 0.3, 0.4 and 0.1 above the others.
  const double want = -2.193668 - 0.5 * (0.25 + std::log(2 * std::numbers::pi));
  CHECK(log_density<Pooled>({1, 2, 2}, {0.2, 0.5, 0.1, 0.4}) == doctest::Approx(want).epsilon(1e-6));
}

TEST_CASE("surjections: the way back draws the choices, and the way forth forgets them") {
  // forward(inverse(z)) = z, whatever is drawn.
  using Model = Compose<Sort<1>, Abs<SignNetwork>, MaxPool<>>;
  Flow<WithBase<Model, HalfNormal>, double> flow({2, 4, 2}, Cpu(1), 5);
  const Batch<double> x = flow.sample(50, {.seed = 2});
  const Latents<double> first = flow.encode(x);
  const Batch<double> again = flow.decode(first);
  for (std::size_t i = 0; i < x.values.size(); ++i)
    CHECK(again.values[i] == doctest::Approx(x.values[i]).epsilon(1e-12));
  int negative = 0, zeros = 0;
  for (const double v : x.values) {
    negative += v < 0;
    zeros += v == 0;
  }
  CHECK(zeros == 0);
  CHECK(negative > 100);  // of 800
  CHECK(negative < 700);
}

TEST_CASE("surjections: latents that are no choices are refused, and not taken for the nearest one") {
  const std::string advice = ": decode what this flow's encode returned.";
  const auto refusal = []<class Model>(Flow<Model, double>&& flow, std::size_t part,
                                       std::vector<double> values) {
    Latents<double> latents = flow.encode(Batch<double>{flow.shape(), 1, {0.25, -0.5, 1, 2}});
    REQUIRE(flow.decode(latents).values == std::vector<double>{0.25, -0.5, 1, 2});
    latents.factored.at(part).values = values;
    return test::error_of([&] { flow.decode(latents); });
  };
  using Signs = WithBase<Compose<Abs<>>, HalfNormal>;
  using Points = WithBase<Compose<Sort<0>>, StandardNormal>;
  using Pooled = WithBase<Compose<MaxPool<>>, StandardNormal>;
  const std::string signs = " instead of a number from -1 to 1 in steps of 2" + advice;
  CHECK(refusal(Flow<Signs, double>({1, 2, 2}), 0, {1, 0, 1, 1}) == "Part 0 of the latents holds 0" + signs);
  CHECK(refusal(Flow<Signs, double>({1, 2, 2}), 0, {1, 3, 1, 1}) == "Part 0 of the latents holds 3" + signs);
  const std::string places = " instead of a number from 0 to 3 in steps of 1" + advice;
  for (const double wrong : {-1.0, 4.0, 0.5, 1e300})
    CHECK(refusal(Flow<Pooled, double>({1, 2, 2}), 0, {wrong}) ==
          fmt::format("Part 0 of the latents holds {}", wrong) + places);
  CHECK(refusal(Flow<Pooled, double>({1, 2, 2}), 0, {std::nan("")}) ==
        "Part 0 of the latents holds nan" + places);
  CHECK(refusal(Flow<Points, double>({1, 2, 2}), 0, {0, 1, 2, 4}) ==
        "Part 0 of the latents holds 4" + places);
  CHECK(refusal(Flow<Points, double>({1, 2, 2}), 0, {0, 1, 3, 1}) ==
        "Part 0 of the latents holds 1 twice in an image, where an order has each number once" + advice);
}

TEST_CASE("surjections: ties, numbers that are none, and the ends of a density") {
  using Pooled = WithBase<Compose<MaxPool<>>, StandardNormal>;
  CHECK(std::isfinite(log_density<Pooled>({1, 2, 2}, {1, 1, 1, 1})));
  Flow<Pooled, double> pool({1, 2, 2});
  const Latents<double> tie = pool.encode(Batch<double>{{1, 2, 2}, 1, {0, 1, 1, 0}});
  CHECK(tie.factored.at(0).values == std::vector<double>{1});  // the first of the equal ones
  using OneSided = WithBase<Compose<ScalarAffine<std::ratio<1>, std::ratio<0>>>, HalfNormal>;
  CHECK(log_density<OneSided>({1, 1, 1}, {-1e-9}) == -INFINITY);
  CHECK(std::isfinite(log_density<OneSided>({1, 1, 1}, {0})));
  // Equal numbers keep their order.
  Flow<WithBase<Compose<Sort<>>, StandardNormal>, double> sort({2, 3, 1});
  const Latents<double> sorted = sort.encode(Batch<double>{{2, 3, 1}, 1, {2, 1, 1, 7, 8, 9}});
  CHECK(sorted.base.values == std::vector<double>{1, 1, 2, 8, 9, 7});
}
