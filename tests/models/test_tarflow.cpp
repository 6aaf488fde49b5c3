#include "densenf/models/tarflow.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "densenf/densenf.hpp"

using namespace densenf;

TEST_CASE("TarFlow: without scales it keeps volumes, and the variances of its base follow the data") {
  constexpr Index images = 5, numbers = 16;
  using Model =
      tarflow::Model<tarflow::Noisy<8>, 2, 2, nn::CausalTransformer<4, 2, 1>, 0, /* scales = */ false>;
  Flow<Model, double> flow({1, 4, 4}, Cpu(1));
  std::vector<double> parameters = flow.parameters().to_host();
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] += 0.3 * std::sin(static_cast<double>(i));
  flow.set_parameters(parameters);
  Batch<double> x{flow.shape(), images, {}};
  for (Index i = 0; i < images * numbers; ++i)
    x.values.push_back(127.5 + 120 * std::sin(static_cast<double>(i * i)));
  PhiloxNoise<double, Cpu> none(1, Stream::training, 0);

  const Latents<double> before = flow.encode(x);
  const std::vector<double>& z = before.base.values;  // channels first
  for (Index n = 0; n < images; ++n) {
    double want = numbers * std::log(2 / 255.0);
    for (Index i = 0; i < numbers; ++i)
      want -=
          0.5 * (std::log(2 * std::numbers::pi) + std::pow(z[static_cast<std::size_t>(n * numbers + i)], 2));
    CHECK(before.log_prob[static_cast<std::size_t>(n)] == doctest::Approx(want).epsilon(1e-12));
  }

  flow.loss_and_gradient(x, none);
  REQUIRE(flow.table().state.size() == 1);
  const ParamSpec& spec = flow.table().state.front();
  CHECK(spec.name == "var");
  CHECK(spec.shape == std::vector<Index>{4, 4});
  const std::vector<double> variance = flow.state().to_host();
  for (Index token = 0; token < 4; ++token) {
    for (Index c = 0; c < 4; ++c) {
      double mean = 0;
      for (Index n = 0; n < images; ++n)
        mean += std::pow(z[static_cast<std::size_t>(n * numbers + c * 4 + token)], 2) / images;
      const auto i = static_cast<std::size_t>(spec.place.offset + token * 4 + c);
      CHECK(variance[i] == doctest::Approx(0.9 + 0.1 * mean).epsilon(1e-12));
    }
  }
  // Of the same z, another density.
  CHECK(flow.encode(x).base.values == z);
  CHECK(flow.log_prob(x)[0] != doctest::Approx(before.log_prob[0]).epsilon(1e-6));
}

TEST_CASE("TarFlow: images that are no whole patches are refused, in a sentence") {
  Shape odd{1, 8, 8};  // a literal shape would be an error of the compiler
  --odd.h;
  CHECK_THROWS_WITH_AS(
      (Flow<TarFlowDigits>(odd)),
      "Patches need a height and a width that their side divides. Got 1x7x8 (channels x height x width).",
      ShapeError);
}
