// also-on: gpu host
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <ratio>
#include <string>
#include <vector>

#include "../test_device.hpp"
#include "densenf/bijectors/leaky.hpp"
#include "densenf/check/transfer.hpp"
#include "small_flows.hpp"

using namespace densenf;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using U8 = Dequantize<8, UniformNoise>;

template <class Model, class T>
using DeviceFlow = Flow<Model, T, test::Device>;

template <class T>
Batch<T> numbers(std::vector<T> values) {
  const auto count = static_cast<Index>(values.size());
  return {{1, 1, 1}, count, std::move(values)};
}

/// Draws that are all the same number.
template <class T>
struct Constant : NoiseSource<T, test::Device> {
  explicit Constant(T v) : value(v) {}
  void normal(const test::Device& device, Tensor<T> out) override { uniform(device, out); }
  void uniform(const test::Device& device, Tensor<T> out) override {
    set_values(device, std::vector<T>(static_cast<std::size_t>(out.size()), value).data(), out);
  }
  void uniform_again(const test::Device& device, Index, Index, Tensor<T> out) override {
    uniform(device, out);
  }
  void normal_again(const test::Device& device, Index, Index, Tensor<T> out) override {
    uniform(device, out);
  }
  Index count_again(const test::Device&, Index, const CountLaw& law) override {
    return law.number(static_cast<double>(value));
  }
  T value;
};

template <class V>
bool all_finite(const V& values) {
  return std::all_of(values.begin(), values.end(), [](auto v) { return std::isfinite(v); });
}
template <class V>
bool all_inside_0_1(const V& values) {
  return std::all_of(values.begin(), values.end(), [](auto v) { return 0 < v && v < 1; });
}

/// log p of a gray level at u under the logit of (level + u) / 256 and N(0, 1).
double log_density_of_logit(double level, double u) {
  const double from_0 = (level + u) / 256, from_1 = (255 - level + (1 - u)) / 256;
  const double a = std::log(from_0), b = std::log(from_1);
  return -0.5 * ((a - b) * (a - b) + std::log(2 * std::numbers::pi)) - a - b - std::log(256.0);
}

}  // namespace

TEST_CASE_TEMPLATE("edges: outside of its support, and on the border, a density is 0", T, double, float) {
  DeviceFlow<Logit, T> flow({1, 1, 1}, test::device_for_small_work());
  const auto log_prob = flow.log_prob(numbers<T>(
      {T(0.5), T(0), T(1), T(1.5), T(-0.5), std::numeric_limits<T>::max(), -std::numeric_limits<T>::max()}));
  CHECK(log_prob[0] == doctest::Approx(0.4673558).epsilon(1e-6));
  for (std::size_t i = 1; i < log_prob.size(); ++i) CHECK(log_prob[i] == -infinity);
  CHECK(flow.bits_per_dim_of(log_prob) == infinity);

  // What is closest to the border is inside.
  const auto inside = flow.log_prob(numbers<T>({std::numeric_limits<T>::min(), std::nextafter(T(1), T(0))}));
  CHECK(all_finite(inside));

  // A NaN is not a number outside.
  CHECK(std::isnan(kernels::logit_of(std::numeric_limits<T>::quiet_NaN()).value));
}

TEST_CASE_TEMPLATE("edges: a density that is 0 stays 0 through all that follows", T, double, float) {
  using Model = Compose<Logit, ActNorm, Conv1x1, Leaky, SwitchHalves, Sigmoid, Logit, FactorOut<>>;
  DeviceFlow<Model, T> flow({2, 1, 2}, test::device_for_small_work());
  small::scramble(flow, 0.3);
  const Batch<T> images{{2, 1, 2},
                        3,
                        {T(0.5), T(0.1), T(0.7), T(0.9),  //
                         T(0.5), T(0.1), T(1), T(0.9),    //
                         T(0.5), T(-3), T(1e30), T(0.9)}};
  const auto log_prob = flow.log_prob(images);
  CHECK(std::isfinite(log_prob[0]));
  CHECK(log_prob[1] == -infinity);
  CHECK(log_prob[2] == -infinity);
  const auto latents = flow.encode(images);
  CHECK(all_finite(latents.base.values));
  CHECK(all_finite(latents.factored[0].values));
  CHECK(latents.log_prob[1] == -infinity);
}

TEST_CASE_TEMPLATE("edges: the gradient of a density that is 0 is finite, under every memory policy", T,
                   double, float) {
  using Module = Compose<ActNorm, Logit, ActNorm>;
  DeviceFlow<Compose<ActNorm, Unit<1, Module>>, T> flow({1, 1, 1}, test::device_for_small_work());
  small::scramble(flow, 0);
  const Batch<T> images = numbers<T>({T(0.5), T(0), T(1), T(1.5), T(-0.5)});
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    PhiloxNoise<T, test::Device> noise(1, Stream::training, 0);
    CHECK(flow.loss_and_gradient(images, noise, policy) == infinity);
    CHECK(all_finite(flow.gradients().to_host()));
  }
}

TEST_CASE("edges: what lies outside adds nothing to gradients") {
  // The same loss but for images outside: the mean is over five times as many.
  using Model = Compose<ActNorm, Logit>;
  const auto gradients = [](std::vector<double> values) {
    DeviceFlow<Model, double> flow({1, 1, 1}, test::device_for_small_work());
    small::scramble(flow, 0);
    PhiloxNoise<double, test::Device> noise(1, Stream::training, 0);
    flow.loss_and_gradient(numbers<double>(values), noise);
    std::vector<double> shift;
    for (const ParamSpec& spec : flow.table().parameters) {
      if (spec.name == "transforms.0.shift")
        shift = {flow.gradients().to_host()[static_cast<std::size_t>(spec.place.offset)]};
    }
    return shift;
  };
  const auto alone = gradients({0.3}), among = gradients({0.3, 0, 1, 1.5, -0.5});
  REQUIRE(alone.size() == 1);
  CHECK(std::abs(alone[0]) > 0.1);
  CHECK(among[0] == doctest::Approx(alone[0] / 5).epsilon(1e-12));
}

TEST_CASE("edges: a bound from several draws of a density that is 0 is minus infinity") {
  // (x + u) is in (1, 2) for x = 1, whatever is drawn.
  using Model = Compose<Dequantize<1, UniformNoise>, ScalarAffine<std::ratio<2>, std::ratio<0>>, Logit>;
  DeviceFlow<Model, double> flow({1, 1, 1}, test::device_for_small_work());
  const auto bound = flow.iwbo(Batch<std::uint8_t>{{1, 1, 1}, 2, {1, 0}}, 3);
  CHECK(bound[0] == -infinity);
  CHECK(std::isfinite(bound[1]));
}

TEST_CASE_TEMPLATE("edges: the logit of the brightest level keeps its digits", T, float, double) {
  using F = DeviceFlow<Compose<U8, Logit>, T>;
  F flow({1, 1, 1}, test::device_for_small_work());
  for (const float u : {0.99999994F, 0.9999F, 0.5F, 1e-7F}) {
    Constant<T> noise(static_cast<T>(u));
    const Batch<std::uint8_t> levels{{1, 1, 1}, 4, {255, 254, 1, 0}};
    const auto latents = flow.encode(levels, noise);
    const auto back = flow.decode(latents);
    for (std::size_t i = 0; i < levels.values.size(); ++i) {
      const double level = levels.values[i];
      CHECK(latents.log_prob[i] == doctest::Approx(log_density_of_logit(level, u)).epsilon(1e-5));
      // y carries level + u to a rounding of 256, and so does what is decoded from it.
      CHECK(std::abs(back.values[i] - levels.values[i]) <= 512 * std::numeric_limits<T>::epsilon());
    }
    if (u == 0.99999994F) CHECK(latents.log_prob[0] == doctest::Approx(-230.275349).epsilon(1e-6));
  }
}

TEST_CASE("edges: white images have a finite bound, and a finite gradient") {
  DeviceFlow<Compose<U8, Logit>, float> flow({1, 32, 32}, test::device_for_small_work());
  DeviceFlow<Compose<U8, Center, ScalarAffine<std::ratio<1>, std::ratio<1, 2>>, Logit>, float> apart(
      {1, 32, 32}, test::device_for_small_work());
  const Index count = test::device_is_slow ? 10 : 1000;
  const Batch<std::uint8_t> white{
      {1, 32, 32}, count, std::vector<std::uint8_t>(static_cast<std::size_t>(count) * 1024, 255)};
  CHECK(all_finite(flow.elbo(white)));
  // The same model with pieces in between, whose numbers are rounded.
  Constant<float> noise(0.99999994F);
  CHECK(all_inside_0_1(
      DeviceFlow<U8, float>({1, 32, 32}, test::device_for_small_work()).encode(white, noise).base.values));
  CHECK(std::isfinite(apart.loss_and_gradient(white, noise)));
  CHECK(all_finite(apart.gradients().to_host()));
}

TEST_CASE_TEMPLATE("edges: a sigmoid is inside of (0, 1), whatever it is of", T, float, double) {
  DeviceFlow<Sigmoid, T> flow({1, 1, 1}, test::device_for_small_work());
  const T most = std::numeric_limits<T>::max();
  const auto latents =
      flow.encode(numbers<T>({T(-1000), T(-100), T(-20), T(0), T(17), T(40), T(100), T(1000), most, -most}));
  CHECK(all_inside_0_1(latents.base.values));
  CHECK(latents.log_prob[3] == doctest::Approx(-1.3862944 - 0.9189385 - 0.125).epsilon(1e-6));
  CHECK(all_finite(std::vector<double>(latents.log_prob.begin(), latents.log_prob.begin() + 8)));
}

TEST_CASE(
    "edges: the gradient of a sigmoid is finite where it has no digits left, under every memory policy") {
  using Module = Compose<ActNorm, Sigmoid, Logit>;
  DeviceFlow<Unit<2, Module>, float> flow({1, 1, 1}, test::device_for_small_work());
  small::scramble(flow, 0);
  const Batch<float> images = numbers<float>({0.5F, 17.5F, 100, -60});
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    PhiloxNoise<float, test::Device> noise(1, Stream::training, 0);
    CHECK(std::isfinite(flow.loss_and_gradient(images, noise, policy)));
    CHECK(all_finite(flow.gradients().to_host()));
  }
}

TEST_CASE("edges: variational noise is inside of (0, 1), however far its flow takes it") {
  using Noisy = Dequantize<8, VariationalNoise<1, 4, 4, 1, 2, 2>>;
  for (const float loc : {300.0F, -300.0F}) {
    DeviceFlow<Noisy, float> flow({1, 2, 2}, test::device_for_small_work());
    small::scramble(flow, 0.1);
    std::vector<float> values = flow.parameters().to_host();
    bool found = false;
    for (const ParamSpec& spec : flow.table().parameters) {
      if (!spec.name.starts_with("encoder") || !spec.name.ends_with("loc")) continue;
      found = true;
      for (Index i = 0; i < spec.place.size; ++i)
        values[static_cast<std::size_t>(spec.place.offset + i)] = loc;
    }
    REQUIRE(found);
    flow.set_parameters(values);
    const auto latents = flow.encode(Batch<std::uint8_t>{{1, 2, 2}, 2, {255, 255, 255, 255, 0, 0, 0, 0}});
    CHECK(all_inside_0_1(latents.factored[0].values));
    CHECK(all_inside_0_1(latents.base.values));
    CHECK(all_finite(latents.log_prob));
    const auto& u = latents.factored[0].values;  // the test is about numbers that would be 0 or 1
    CHECK(std::any_of(u.begin(), u.end(), [](float v) { return v > 0.9999999F || v < 1e-30F; }));
  }
}

TEST_CASE_TEMPLATE("edges: what a sigmoid has no digits for is reported when it is to come back", T, float,
                   double) {
  DeviceFlow<Sigmoid, T> flow({1, 1, 1}, test::device_for_small_work());
  const double highest = -std::log(static_cast<double>(std::numeric_limits<T>::epsilon()));  // 15.9 or 36.0
  for (const double x : {-0.9 * -std::log(static_cast<double>(std::numeric_limits<T>::min())), -10.0, 0.0,
                         0.5 * highest, 0.99 * highest}) {
    const auto latents = flow.encode(numbers<T>({static_cast<T>(x)}));
    const double back = static_cast<double>(flow.decode(latents).values[0]);
    // y's rounding, half a unit in the last place, is divided by dy/dx = y (1 - y).
    const double error = 2 * static_cast<double>(std::numeric_limits<T>::epsilon()) *
                         (1 + std::abs(x) + std::exp(std::max(0.0, x)));
    CHECK(std::abs(back - x) <= error);
  }
  for (const double x : {1.1 * highest, 1.2 * std::log(static_cast<double>(std::numeric_limits<T>::min()))}) {
    const auto latents = flow.encode(numbers<T>({static_cast<T>(x)}));
    CHECK_THROWS_AS(flow.decode(latents), NonFiniteError);
  }
}
