#include "densenf/models/anf.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "densenf/densenf.hpp"
#include "densenf/flow/noise.hpp"
#include "round_trip.hpp"

using namespace densenf;

namespace {

using SmallAnf = Anf<8, SurVaeNoise<1, "convs.1", SurVaeNetwork<4, 1, 3>, 3, 4, 1, 3>, 2, 6, 1, 2, 3>;

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("ANF: images 32 rows high come back in float, and more draws give a tighter bound") {
  Flow<SmallAnf> flow({3, 32, 8}, Cpu(1));
  const Batch<std::uint8_t> x = densenf_test::check_round_trips(flow);

  // log of a mean is no less than the mean of logs, of the same draws.
  constexpr int draws = 4;
  double one_each = 0;
  for (int k = 0; k < draws; ++k) {
    PhiloxNoise<float, Cpu> noise(2, Stream::evaluation, static_cast<std::uint64_t>(k));
    one_each += mean(flow.encode(x, noise).log_prob) / draws;
  }
  CHECK(mean(flow.iwbo(x, draws, {.seed = 2})) > one_each + 0.1);
}

TEST_CASE("ANF: the densities of images and latents together integrate to one") {
  using Model = WithBase<Compose<AnfLatents<1>, Unit<2, AnfStep<LatentLevels<1>, 3, 1>>>, StandardNormal>;
  Flow<Model, double> flow({1, 2, 2}, Cpu(1), 1);
  // Away from the start, at which the steps change nothing.
  std::vector<double> parameters = flow.parameters().to_host();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] = 0.3 * std::sin(0.9 * static_cast<double>(i));
  flow.set_parameters(parameters);

  // The mean of density / q over points drawn from q, normal with deviation 3, and latents that the flow
  // draws.
  constexpr Index count = 40'000;
  constexpr double deviation = 3;
  Batch<double> x{{1, 2, 2}, count, std::vector<double>(static_cast<std::size_t>(4 * count))};
  kernels::fill_normal(Cpu(1), {7, 0, 0, 0}, 0, make_tensor(x.values.data(), count, Shape{1, 2, 2}));
  std::vector<double> log_q(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const double z = x.values[i];
    log_q[i / 4] -= z * z / 2 + std::log(deviation * std::sqrt(2 * std::numbers::pi));
    x.values[i] = deviation * z;
  }
  const std::vector<double> log_prob = flow.elbo(x);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < log_q.size(); ++i) {
    const double ratio = std::exp(log_prob[i] - log_q[i]);
    sum += ratio;
    squares += ratio * ratio;
  }
  const double integral = sum / count, error = std::sqrt((squares / count - integral * integral) / count);
  CHECK(error < 0.03);
  CHECK(std::abs(integral - 1) < 4 * error);
}
