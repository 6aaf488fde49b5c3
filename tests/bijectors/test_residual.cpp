#include "densenf/bijectors/residual.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <ratio>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../error_of.hpp"
#include "densenf/densenf.hpp"
#include "densenf/io/weights.hpp"
#include "densenf/models/i_densenet.hpp"
#include "densenf/models/i_resnet.hpp"
#include "densenf/models/residual_flow.hpp"
#include "densenf/nn/bounded_networks.hpp"

using namespace densenf;

namespace {

constexpr nn::NormBound half{.percent = 50, .iterations = 0};
template <class Terms>
using Block = Residual<nn::BoundedNetwork<nn::LipSwish, 4, 1, half, true>, Terms>;

/// A block over vectors of three numbers under N(0, I), whose weights are as large as their bound lets them
/// be.
template <class Terms>
using BlockFlow = Flow<WithBase<Block<Terms>, StandardNormal>, double>;

template <class FlowType>
void enlarge(FlowType& flow, double factor) {
  std::vector<double> parameters = flow.parameters().to_host();
  for (const ParamSpec& spec : flow.table().parameters) {
    if (!spec.name.ends_with("weight")) continue;
    for (Index i = 0; i < spec.place.size; ++i)
      parameters[static_cast<std::size_t>(spec.place.offset + i)] *= factor;
  }
  flow.set_parameters(parameters);
}

Batch<double> numbers(Index count, const Shape& s) {
  Batch<double> x{s, count, std::vector<double>(static_cast<std::size_t>(count * s.size()))};
  kernels::fill_normal(Cpu(1), NoiseKey{7, 0, 0, 0}, 0, make_tensor(x.values.data(), count, s));
  return x;
}

/// The largest stretch of vectors by a linear map of `size` numbers, run(x), from its matrix: by power
/// iteration on the product with its transpose until it moves no more.
template <class Run>
double norm_of(Index size, const Run& run) {
  const auto n = static_cast<std::size_t>(size);
  std::vector<std::vector<double>> columns;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> x(n);
    x[i] = 1;
    columns.push_back(run(x));
  }
  std::vector<double> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = 1 + 0.1 * static_cast<double>(i % 7);
  double norm = 0;
  for (int k = 0; k < 3000; ++k) {
    std::vector<double> y(columns[0].size());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < y.size(); ++j) y[j] += columns[i][j] * v[i];
    double length = 0;
    for (std::size_t i = 0; i < n; ++i) {
      v[i] = 0;
      for (std::size_t j = 0; j < y.size(); ++j) v[i] += columns[i][j] * y[j];
      length += v[i] * v[i];
    }
    for (double& number : v) number /= std::sqrt(length);
    norm = std::sqrt(std::sqrt(length));
  }
  return norm;
}

}  // namespace

TEST_CASE("residual blocks: the random number of terms makes no bias, whatever the terms are") {
  const auto check = [](const auto& rule) {
    using Rule = std::remove_cvref_t<decltype(rule)>;
    constexpr Index exact = 2, most = 60;
    double expected = 0, plain = 0;
    for (Index k = 1; k <= most; ++k) {
      const double term = std::pow(-0.7, static_cast<double>(k)) / static_cast<double>(k);
      plain += term;
      // Term k is there with the probability that so many are drawn.
      const double there = k <= exact ? 1 : Rule::law.tail(k - exact);
      expected += there * typename Rule::Terms{most, exact}.weight(k) * term;
    }
    CHECK(expected == doctest::Approx(plain).epsilon(1e-14));
  };
  check(Roulette<CountLaw::Kind::poisson, std::ratio<2>, 2, 20>());
  check(Roulette<CountLaw::Kind::geometric, std::ratio<1, 2>, 2, 20>());
}

TEST_CASE("residual blocks: estimates of log-determinants have no bias") {
  const auto check = [](auto flow) {
    BlockFlow<ExactDeterminant> exact({3, 1, 1}, Cpu(1), 5);
    enlarge(exact, 10);
    enlarge(flow, 10);
    exact.settle();
    flow.set_state(exact.state().to_host());
    const Batch<double> one = numbers(1, {3, 1, 1});
    Batch<double> many{one.shape, 0, {}};
    constexpr Index together = 500, passes = 200;
    for (Index i = 0; i < together; ++i) many.append(one);
    // A draw of the number of terms is for all images of a pass, so passes are what is independent.
    double mean = 0, squares = 0;
    for (std::uint64_t seed = 0; seed < passes; ++seed) {
      double of_pass = 0;
      for (const double l : flow.log_prob(many, {.seed = seed, .batch = together})) of_pass += l / together;
      mean += of_pass / passes;
      squares += of_pass * of_pass / passes;
    }
    const double error = std::sqrt((squares - mean * mean) / (passes - 1));
    const double want = exact.log_prob(one)[0];
    INFO("mean ", mean, ", exact ", want, ", standard error ", error);
    // Five standard errors: less than one seed in a million is further away.
    CHECK(std::abs(mean - want) < 5 * error);
    CHECK(error < 0.01);
  };
  check(BlockFlow<Roulette<CountLaw::Kind::poisson, std::ratio<2>, 2, 2>>({3, 1, 1}, Cpu(1), 5));
  check(BlockFlow<Roulette<CountLaw::Kind::geometric, std::ratio<1, 2>, 1, 1>>({3, 1, 1}, Cpu(1), 5));
}

TEST_CASE("residual blocks: an image's inverse does not depend on the images beside it") {
  BlockFlow<FixedTerms<2, 2>> flow({3, 1, 1}, Cpu(2), 5);
  enlarge(flow, 10);
  Batch<double> x = numbers(9, {3, 1, 1});
  for (std::size_t i = 0; i < 3; ++i) x.values[i] *= 1000;  // one that takes longer, or shorter
  const Latents<double> all = flow.encode(x);
  const Batch<double> together = flow.decode(all);
  for (Index i = 0; i < 9; ++i) {
    const Batch<double> alone = flow.decode(
        flow.encode(Batch<double>{x.shape, 1, {x.values.begin() + 3 * i, x.values.begin() + 3 * i + 3}}));
    for (Index j = 0; j < 3; ++j) {
      const double back = together.values[static_cast<std::size_t>(3 * i + j)];
      CHECK(alone.values[static_cast<std::size_t>(j)] == back);
      // The stated error: 1000 roundings of the length of what is inverted.
      CHECK(std::abs(back - x.values[static_cast<std::size_t>(3 * i + j)]) <=
            1000 * std::numeric_limits<double>::epsilon() * (1 + 1.5 * std::sqrt(3.0) * 3000));
    }
  }
}

TEST_CASE("residual blocks: an inverse that is given back is one, also where slopes are beyond their bound") {
  int stopped = 0;
  for (const double factor : {10.0, 20.0, 30.0, 40.0, 60.0, 100.0}) {
    BlockFlow<FixedTerms<2, 2>> flow({3, 1, 1}, Cpu(1), 5);
    enlarge(flow, factor);
    // Vectors that see nothing of the weights.
    flow.set_state(std::vector<double>(static_cast<std::size_t>(flow.table().state_size), 0.0));
    const Batch<double> x = numbers(4, {3, 1, 1});
    const Latents<double> latents = flow.encode(x);
    try {
      const Latents<double> again = flow.encode(flow.decode(latents));
      for (std::size_t i = 0; i < again.base.values.size(); ++i)
        CHECK(again.base.values[i] == doctest::Approx(latents.base.values[i]).epsilon(1e-6));
    } catch (const ConvergenceError& e) {
      CHECK(std::string(e.what()).find("settle") != std::string::npos);
      ++stopped;
    } catch (const NonFiniteError& e) {
      CHECK(std::string(e.what()).find("inverse") != std::string::npos);
      ++stopped;
    }
  }
  CHECK(stopped > 0);
}

namespace {

/// Trains a flow for a few large steps; then evaluation must see norms of the new weights, and each network's
/// Jacobian, at an image of random numbers, must have the norm that its type promises. `count`: networks.
template <class Model>
void check_norms_after_training(int count) {
  const Shape shape{1, 4, 4};
  Flow<Model, double> flow(shape, Cpu(1), 3);
  Batch<std::uint8_t> x{shape, 8, std::vector<std::uint8_t>(128)};
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<std::uint8_t>(i * 7 % 32);
  Trainer trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 0.02}});
  for (int i = 0; i < 5; ++i) trainer.step(x);
  const std::vector<double> before = flow.state().to_host();
  const std::vector<double> log_prob = flow.elbo(x);
  CHECK(flow.state().to_host() != before);
  CHECK(flow.elbo(x) == log_prob);
  const std::vector<double> settled = flow.state().to_host();
  flow.settle();  // there is nothing to do any more
  CHECK(flow.state().to_host() == settled);

  int networks = 0;
  const auto check_network = [&](const auto& network, const Shape& in) {
    const Pass<double, Cpu> pass{.weights = flow.weights().view()};
    Workspace<double, Cpu> work(Cpu(1));
    work.begin(pass);
    const Context<double, Cpu, false> ctx(pass, work);
    const Batch<double> at = numbers(1, in);
    Tensor<double> image = ctx.tensor(1, in);
    std::copy(at.values.begin(), at.values.end(), image.data);
    const auto run = [&](const auto& c, const auto& v) { return network.forward(c, v); };
    Linearization j(ctx, run, Var<double>{image});
    const double norm = norm_of(in.size(), [&](const std::vector<double>& t) {
      Tensor<double> direction = ctx.tensor(1, in);
      std::copy(t.begin(), t.end(), direction.data);
      const auto y = j.times({direction});
      return std::vector<double>(y.value.data, y.value.data + in.size());
    });
    CHECK(norm < std::remove_cvref_t<decltype(network)>::slope * 1.0001);
    CHECK(norm > 0.01);
    ++networks;
  };
  const auto visit = [&](const auto& self, const auto& piece) -> void {
    if constexpr (
        requires { piece.network().settle; } || requires { piece.network().slope; })
      check_network(piece.network(), piece.input());
    piece.for_each_piece([&](const auto& inner) { self(self, inner); });
  };
  visit(visit, flow.model());
  CHECK(networks == count);
}

}  // namespace

TEST_CASE("residual flows: after a step evaluation sees norms of the new weights, which keep their bound") {
  constexpr nn::NormBound bound{};
  check_norms_after_training<ResidualFlow2<residual_flow::Config<5>, 6, 5, bound, 1, 1, 1>>(3);
  check_norms_after_training<IDenseNet2<residual_flow::Config<5>, 2, 4, 5, 2, 4, bound, 1, 1, 1>>(3);
  constexpr nn::NormBound lower{.percent = 90, .iterations = 5, .margin = 10};
  check_norms_after_training<IResNet2<i_resnet::Config<5, 6, lower, FixedTerms<5, 20>>, 2, 1>>(3);
}

TEST_CASE(
    "residual flows: weights are settled before they are saved, and come back from a file as they were") {
  using Model = ResidualFlow2<residual_flow::Config<5>, 6, 5, nn::NormBound{}, 1, 1, 1>;
  const Shape shape{1, 4, 4};
  Flow<Model, double> flow(shape, Cpu(1), 3), loaded(shape, Cpu(1), 4);
  Batch<std::uint8_t> x{shape, 8, std::vector<std::uint8_t>(128)};
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<std::uint8_t>(i * 7 % 32);
  Trainer trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 0.02}});
  for (int i = 0; i < 3; ++i) trainer.step(x);
  const std::vector<double> trained = flow.state().to_host();
  const auto path = std::filesystem::temp_directory_path() / "densenf_test_residual.safetensors";
  save_weights(std::as_const(flow), path);
  load_weights(loaded, path);
  CHECK(flow.state().to_host() == trained);
  CHECK(loaded.state().to_host() == trained);
  save_weights(flow, path);
  load_weights(loaded, path);
  std::filesystem::remove(path);
  CHECK(flow.state().to_host() != trained);
  CHECK(loaded.state().to_host() == flow.state().to_host());
  CHECK(loaded.elbo(x) == flow.elbo(x));
  CHECK(loaded.state().to_host() == flow.state().to_host());
}

TEST_CASE("residual flows: a first step that throws leaves norms unsettled, and the state as it was") {
  using Model = ResidualFlow2<residual_flow::Config<5>, 6, 5, nn::NormBound{}, 1, 1, 1>;
  const Shape shape{1, 4, 4};
  Flow<Model, double> flow(shape, Cpu(1), 3);
  const std::vector<double> before = flow.state().to_host(), parameters = flow.parameters().to_host();
  Trainer trainer(flow, {.optimizer = Adam{}, .schedule = {.lr = 0.02}});
  std::vector<double> wrong = parameters;
  for (double& number : wrong) number = std::numeric_limits<double>::quiet_NaN();
  flow.set_parameters(wrong);
  const std::vector<double> state = flow.state().to_host();
  Batch<std::uint8_t> x{shape, 2, std::vector<std::uint8_t>(32, 3)};
  CHECK_THROWS_AS(trainer.step(x), NonFiniteError);
  CHECK(flow.state().to_host() == state);
}
