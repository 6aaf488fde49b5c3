// ctest-labels: gradients
// also-on: gpu host
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "../test_device.hpp"
#include "densenf/bijectors/actnorm.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/distributions/border_normal.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/distributions/logistic.hpp"
#include "densenf/distributions/mixture.hpp"
#include "densenf/distributions/uniform.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/nn/networks.hpp"

using namespace densenf;

namespace {

/// Quick to differentiate by differences.
struct Network {
  nn::Conv first, last;
  void declare(Builder& b, Index in, Index out) {
    first.declare(b, "first", in, 3, 3);
    last.declare(b, "last", 3, out, 1);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return last.forward(ctx, ops::tanh(ctx, first.forward(ctx, x)));
  }
};

struct Case {
  std::string name;
  std::vector<Shape> given;  ///< what its owner has it look at, if anything, and the flow's context
  Index from_owner = 0;      ///< channels of the first of them, where that is its owner's
};

template <class D>
struct Of {};

const Shape images{3, 2, 3};

template <class Visit>
void for_each_distribution(const Visit& visit) {
  const Shape beside{2, 2, 3}, context{4, 2, 3}, vector{4, 1, 1};
  visit(Of<StandardNormal>(), Case{"StandardNormal", {}});
  visit(Of<StandardNormal>(), Case{"StandardNormal that is given something", {beside, vector}, 2});
  visit(Of<ChannelNormal>(), Case{"ChannelNormal", {}});
  visit(Of<BorderNormal>(), Case{"BorderNormal", {}});
  visit(Of<ConditionalNormal<Network, 0, MomentOrder::interleaved>>(),
        Case{"ConditionalNormal of interleaved moments", {beside}, 2});
  visit(Of<ConditionalNormal<Network>>(), Case{"ConditionalNormal of what its owner gives", {beside}, 2});
  visit(Of<ConditionalNormal<Network, 4>>(), Case{"ConditionalNormal of a context", {context}});
  visit(Of<ConditionalNormal<Network, 4>>(), Case{"ConditionalNormal of a vector", {vector}});
  visit(Of<ConditionalNormal<Network, 4>>(), Case{"ConditionalNormal of both", {beside, vector}, 2});
}

/// f(given...) for up to two of them.
template <class Given, class F>
auto with(const Given& given, std::size_t first, const F& f) {
  switch (given.size() - first) {
    case 0:
      return f();
    case 1:
      return f(given[first]);
    default:
      return f(given[first], given[first + 1]);
  }
}

// A ConditionalNormal without anything to look at does not compile.
template <class D>
constexpr bool looks = requires {
  D::require(images, 1);
};

template <class D, class Given, class F>
auto with_given(const Given& given, std::size_t first, const F& f) {
  if constexpr (looks<D>) {
    return given.size() - first == 1 ? f(given[first]) : f(given[first], given[first + 1]);
  } else {
    return with(given, first, f);
  }
}

}  // namespace

TEST_CASE("distributions: samples have the density that log_prob says, and temperature scales deviations") {
  const test::Device device = test::device_for_small_work();
  for_each_distribution([&]<class D>(Of<D>, const Case& test) {
    CAPTURE(test.name);
    TestBench bench(3, device);
    const D d = bench.declare([&](Builder& b) {
      D made;
      made.declare(b, images, test.from_owner);
      return made;
    });
    const Index n = 2;
    std::vector<std::vector<double>> numbers;
    for (const Shape& s : test.given) numbers.push_back(bench.uniform(n * s.size(), -1, 1));
    const auto given = [&] {
      std::vector<Var<double>> values;
      for (std::size_t i = 0; i < numbers.size(); ++i)
        values.push_back({bench.batch(numbers[i].data(), n, test.given[i])});
      return values;
    };
    const auto sample = [&](double temperature) {
      const auto ctx = bench.begin(Phase::evaluation);
      const auto x =
          with_given<D>(given(), 0, [&](const auto&... g) { return d.sample(ctx, n, temperature, g...); });
      CHECK(x.shape() == images);
      return values_of(ctx.device(), as_const(x.value));
    };
    const std::vector<double> mean = sample(0), drawn = sample(1), cool = sample(0.5);
    REQUIRE(bench.noise.draws.size() == 1);
    const std::vector<double>& e = bench.noise.draws[0].values;
    std::vector<double> want(static_cast<std::size_t>(n));
    const std::vector<double> x = bench.uniform(n * images.size(), -2, 2);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const double scale = (drawn[i] - mean[i]) / e[i], z = (x[i] - mean[i]) / scale;
      CHECK(scale > 0);
      CHECK(cool[i] - mean[i] == doctest::Approx((drawn[i] - mean[i]) / 2));
      want[i / static_cast<std::size_t>(images.size())] -=
          0.5 * z * z + std::log(scale) + 0.5 * std::log(2 * std::numbers::pi);
    }
    const auto ctx = bench.begin(Phase::evaluation);
    Buffer<double, test::Device> log_prob(device, n);
    const std::vector<double> start{10, -1};
    log_prob.assign(start);
    with_given<D>(given(), 0, [&](const auto&... g) {
      d.log_prob(ctx, Var<double>{bench.batch(x.data(), n, images)}, -1.5, {log_prob.data(), nullptr}, g...);
      return 0;
    });
    const std::vector<double> got = log_prob.to_host();
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(start[i] - 1.5 * want[i]));
  });
}

TEST_CASE("distributions: densities and draws have the gradients that differences say") {
  const test::Device device = test::device_for_small_work();
  for_each_distribution([&]<class D>(Of<D>, const Case& test) {
    const auto declare = [&](Builder& b) {
      D made;
      made.declare(b, images, test.from_owner);
      return made;
    };
    std::vector<Shape> inputs{images};
    inputs.insert(inputs.end(), test.given.begin(), test.given.end());
    for (const Index n : {0, 1, 3}) {
      const GradientOptions options{.n = n, .most = test::device_is_slow ? Index{2} : Index{12}};
      const auto check = [&](const CheckReport& r) {
        const bool passed = r.passed() || (n == 0 && r.comparisons == 0);
        CHECK_MESSAGE(passed, test.name, ", batch ", n, ": ", r.sentence);
      };
      check(check_gradient(
          device, inputs, declare,
          [](const auto& ctx, const D& d, const auto& x, LogProb l) {
            with_given<D>(x, 1, [&](const auto&... g) {
              d.log_prob(ctx, x[0], -1.5, l, g...);
              return 0;
            });
          },
          options));
      if (std::is_same_v<D, StandardNormal>) continue;  // its draws depend on nothing
      check(check_gradient(
          device, inputs, declare,
          [](const auto& ctx, const D& d, const auto& x, LogProb) {
            return with_given<D>(x, 1, [&](const auto&... g) {
              // x[0] for inputs that nothing depends on
              return ops::add(ctx, x[0], d.sample(ctx, x[0].n(), 1, g...));
            });
          },
          options));
    }
  });
}

TEST_CASE("distributions: the logistic's density is the slope of what its draws are made of") {
  TestBench bench(1, test::device_for_small_work());
  StandardLogistic d;
  bench.declare([&](Builder& b) {
    d.declare(b, {3, 2, 2});
    return nullptr;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const std::vector<double> x = values_of(ctx.device(), as_const(d.sample(ctx, 2, 1).value));
  const std::vector<double>& u = bench.noise.draws[0].values;
  std::vector<double> want(2);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(1 / (1 + std::exp(-x[i])) == doctest::Approx(u[i]));
    want[i / 12] += std::log(u[i] * (1 - u[i]));  // the slope of the sigmoid
  }
  Buffer<double, test::Device> log_prob(ctx.device(), 2);
  d.log_prob(ctx, Var<double>{bench.batch(x.data(), 2, {3, 2, 2})}, -1.5, {log_prob.data(), nullptr});
  const std::vector<double> got = log_prob.to_host();
  for (std::size_t n = 0; n < 2; ++n) CHECK(got[n] == doctest::Approx(-1.5 * want[n]));
  const CheckReport report = check_gradient(
      ctx.device(), {{3, 2, 2}}, [](Builder&) { return 0; },
      [&](const auto& c, int, const auto& in, LogProb l) { d.log_prob(c, in[0], -1.5, l); },
      {.low = -30, .high = 30});
  CHECK_MESSAGE(report.passed(), report.sentence);
}

namespace {

/// A distribution over images of `shape` that is given nothing.
template <class D>
D declared(TestBench<test::Device>& bench, const Shape& shape) {
  return bench.declare([&](Builder& b) {
    D made;
    made.declare(b, shape);
    return made;
  });
}

/// The log-density of each row of numbers.
template <class D>
std::vector<double> log_densities(TestBench<test::Device>& bench, const D& d, const std::vector<double>& x,
                                  const Shape& shape, double factor = 1) {
  const auto ctx = bench.begin(Phase::evaluation);
  const Index n = std::ssize(x) / shape.size();
  Buffer<double, test::Device> log_prob(ctx.device(), n);
  d.log_prob(ctx, Var<double>{bench.batch(x.data(), n, shape)}, factor, {log_prob.data(), nullptr});
  return log_prob.to_host();
}

/// The integral of the density over [low, high] to the power of `dimensions`, 1 or 2, by the midpoint rule
/// with `steps` cells a side.
template <class D>
double integral(int dimensions, double low, double high, Index steps) {
  TestBench bench(4, test::device_for_small_work());
  const Shape shape{dimensions, 1, 1};
  const D d = declared<D>(bench, shape);
  const double step = (high - low) / static_cast<double>(steps);
  const auto at = [&](Index i) { return low + (static_cast<double>(i) + 0.5) * step; };
  std::vector<double> x;
  for (Index i = 0; i < steps; ++i) {
    for (Index j = 0; j < (dimensions == 2 ? steps : 1); ++j) {
      x.push_back(at(i));
      if (dimensions == 2) x.push_back(at(j));
    }
  }
  double total = 0;
  for (const double l : log_densities(bench, d, x, shape)) total += std::exp(l);
  return total * std::pow(step, dimensions);
}

}  // namespace

TEST_CASE("distributions: the uniform's and the mixture's densities integrate to one") {
  // Midpoints of cells that the cube consists of; normals fall off so fast that the rule is exact.
  CHECK(integral<StandardUniform>(1, -1, 3, 400) == doctest::Approx(1).epsilon(1e-9));
  CHECK(integral<StandardUniform>(2, -0.5, 1.5, 40) == doctest::Approx(1).epsilon(1e-9));
  CHECK(integral<NormalMixture<3>>(1, -15, 15, 600) == doctest::Approx(1).epsilon(1e-9));
  CHECK(integral<NormalMixture<4>>(2, -15, 15, test::device_is_slow ? 60 : 200) ==
        doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("distributions: the uniform has a density of 1 in the cube and none outside") {
  TestBench bench(1, test::device_for_small_work());
  const Shape two{2, 1, 1};
  const auto d = declared<StandardUniform>(bench, two);
  constexpr double inf = std::numeric_limits<double>::infinity(),
                   nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> got =
      log_densities(bench, d, {0.25, 0.75, 0, 1, -0.001, 0.5, 0.5, 1.001, 0.5, inf, nan, 0.5}, two);
  CHECK(std::vector<double>(got.begin(), got.begin() + 5) == std::vector<double>{0, 0, -inf, -inf, -inf});
  CHECK(std::isnan(got[5]));
  const auto sample = [&](double temperature) {
    const auto ctx = bench.begin(Phase::evaluation);
    return values_of(ctx.device(), as_const(d.sample(ctx, 3, temperature).value));
  };
  const std::vector<double> at_1 = sample(1), at_half = sample(0.5);
  CHECK(at_1 == bench.noise.draws[0].values);
  for (std::size_t i = 0; i < at_1.size(); ++i) {
    CHECK(at_half[i] - 0.5 == doctest::Approx((at_1[i] - 0.5) / 2));
    CHECK((at_half[i] > 0 && at_half[i] < 1));
  }
  CHECK(sample(0) == std::vector<double>(6, 0.5));
  CHECK_THROWS_WITH_AS(
      sample(1.5),
      "At a temperature of 1.5 draws of a StandardUniform would leave the cube: give it 1 or less.",
      ArgumentError);
  // Nothing is learned from where a number lies in the cube, nor outside, where differences find no number.
  for (const double low : {0.1, 1.5}) {
    const CheckReport report = check_gradient(
        bench.work.device, {{3, 2, 2}}, [](Builder&) { return 0; },
        [&](const auto& ctx, int, const auto& x, LogProb l) {
          d.log_prob(ctx, x[0], -1.5, low < 1 ? l : LogProb{ctx.unused_log_prob(x[0].n()).value, l.gradient});
          return ops::scale_shift(ctx, x[0], 2, 0);
        },
        {.low = low, .high = low + 0.8});
    CHECK_MESSAGE(report.passed(), report.sentence);
  }
}

TEST_CASE("distributions: the mixture's density is the sum of its components', also far from all of them") {
  TestBench bench(5, test::device_for_small_work());
  const auto d = declared<NormalMixture<3>>(bench, images);
  const std::vector<double> parameters = bench.parameters.to_host();
  const auto number = [&](const std::string& name, Index i) {
    for (const ParamSpec& spec : bench.table.parameters) {
      if (spec.name == "base_dist." + name)
        return parameters[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))];
    }
    return std::nan("");
  };
  const Index n = 3, size = images.size(), pixels = images.pixels();
  std::vector<double> x = bench.uniform(n * size, -2, 2);
  for (Index i = 0; i < size; ++i) x[static_cast<std::size_t>(2 * size + i)] += 1e4;  // exp of it is 0
  const std::vector<double> got = log_densities(bench, d, x, images, -1.5);
  for (Index image = 0; image < n; ++image) {
    long double total = 0, weights = 0, most = -std::numeric_limits<long double>::infinity();
    std::vector<long double> logs;
    for (Index k = 0; k < 3; ++k) {
      long double log = number("logits", k);
      weights += std::exp(static_cast<long double>(number("logits", k)));
      for (Index p = 0; p < pixels; ++p) {
        for (Index c = 0; c < images.c; ++c) {
          const Index at = k * size + c * pixels + p;  // as files have it: component, channel, row, column
          const double s = number("log_scale", at),
                       e = (x[static_cast<std::size_t>(image * size + p * images.c + c)] -
                            number("loc", at)) *
                           std::exp(-s);
          log -= 0.5 * e * e + s + 0.5 * std::log(2 * std::numbers::pi);
        }
      }
      logs.push_back(log);
      most = std::max(most, log);
    }
    for (const long double log : logs) total += std::exp(log - most);
    CHECK(got[static_cast<std::size_t>(image)] ==
          doctest::Approx(static_cast<double>(-1.5L * (most + std::log(total) - std::log(weights)))));
  }
  // Where even the logarithms of all densities overflow there is no density, and no NaN.
  CHECK(log_densities(bench, d, std::vector<double>(static_cast<std::size_t>(size), 1e200), images)[0] ==
        -std::numeric_limits<double>::infinity());
}

TEST_CASE("distributions: the mixture's density has the gradients that differences say") {
  for (const Shape& shape : {images, Shape{3, 1, 1}, Shape{1, 1, 1}}) {
    for (const Index n : {0, 1, 3}) {
      const CheckReport report = check_gradient(
          test::device_for_small_work(), {shape},
          [&](Builder& b) {
            NormalMixture<3> made;
            made.declare(b, shape);
            return made;
          },
          [](const auto& ctx, const NormalMixture<3>& d, const auto& x, LogProb l) {
            d.log_prob(ctx, x[0], -1.5, l);
          },
          {.n = n, .most = test::device_is_slow ? Index{2} : Index{12}});
      const bool passed = report.passed() || (n == 0 && report.comparisons == 0);
      CHECK_MESSAGE(passed, to_string(shape), ", batch ", n, ": ", report.sentence);
    }
  }
}

TEST_CASE("distributions: the mixture starts with standard normals around means that are drawn") {
  TestBench bench(7, test::device_for_small_work());
  const Index pixels = 16;
  declared<NormalMixture<8>>(bench, {4, 4, 4});
  std::vector<double> start(static_cast<std::size_t>(bench.table.parameters_size));
  initialize_values(Cpu(1), bench.table.parameters, 7, start.data());
  const auto moments = [&](std::size_t which) {
    const ParamSpec& spec = bench.table.parameters[which];
    double sum = 0, squares = 0;
    for (Index i = 0; i < spec.place.size; ++i) {
      const double v = start[static_cast<std::size_t>(spec.place.offset + i)];
      sum += v;
      squares += v * v;
    }
    const auto count = static_cast<double>(spec.place.size);
    return std::pair(sum / count, squares / count);
  };
  CHECK(bench.table.parameters[0].shape == std::vector<Index>{8});
  CHECK(bench.table.parameters[1].shape == std::vector<Index>{8, 4, 4, 4});
  CHECK(moments(0) == std::pair(0.0, 0.0));
  CHECK(moments(2) == std::pair(0.0, 0.0));
  // Five deviations of a mean of 8 x 64 normals, and of their squares.
  const auto count = static_cast<double>(8 * 4 * pixels);
  CHECK(std::abs(moments(1).first) < 5 / std::sqrt(count));
  CHECK(std::abs(moments(1).second - 1) < 5 * std::sqrt(2 / count));
}

TEST_CASE("distributions: the mixture's draws are of its components, as often as these are likely") {
  TestBench bench(6, test::device_for_small_work());
  const Shape shape{2, 1, 2};
  const auto d = declared<NormalMixture<3>>(bench, shape);
  std::vector<double> parameters = bench.parameters.to_host();
  const auto of = [&](std::size_t which) {
    return &parameters[static_cast<std::size_t>(bench.table.parameters[which].place.offset)];
  };
  const double chances[3] = {0.5, 0.2, 0.3};
  for (std::size_t k = 0; k < 3; ++k) {
    of(0)[k] = std::log(chances[k]) + 100;  // only differences count
    for (std::size_t i = 0; i < 4; ++i) {
      of(1)[4 * k + i] =
          100 * static_cast<double>(k) + static_cast<double>(i);  // of channel i / 2, column i % 2
      of(2)[4 * k + i] = std::log(0.5 + static_cast<double>(i));
    }
  }
  bench.parameters.assign(parameters);
  const Index n = test::device_is_slow ? 500 : 5000;
  const auto sample = [&](double temperature) {
    const auto ctx = bench.begin(Phase::evaluation);
    return values_of(ctx.device(), as_const(d.sample(ctx, n, temperature).value));
  };
  const std::vector<double> drawn = sample(1), cool = sample(0.5), cold = sample(0);
  double found[3] = {};
  const std::vector<double>&u = bench.noise.draws[0].values, &e = bench.noise.draws[1].values;
  for (Index i = 0; i < n; ++i) {
    const auto first = static_cast<std::size_t>(4 * i);
    const auto k = static_cast<std::size_t>(std::llround(cold[first] / 100));
    const double number = u[static_cast<std::size_t>(i)];
    REQUIRE(k == (number < 0.5 ? 0U : number < 0.7 ? 1U : 2U));
    ++found[k];
    for (std::size_t j = 0; j < 4; ++j) {
      const std::size_t at = j % 2 * 2 + j / 2;  // memory has channels last
      const double mean = 100 * static_cast<double>(k) + static_cast<double>(at),
                   deviation = 0.5 + static_cast<double>(at);
      CHECK_MESSAGE(std::abs(cold[first + j] - mean) < 1e-9, "draw ", i);
      CHECK_MESSAGE(std::abs(drawn[first + j] - mean - deviation * e[first + j]) < 1e-9, "draw ", i);
      CHECK_MESSAGE(std::abs(cool[first + j] - mean - deviation * e[first + j] / 2) < 1e-9, "draw ", i);
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {  // five deviations of a count
    CHECK(std::abs(found[k] / static_cast<double>(n) - chances[k]) <
          5 * std::sqrt(chances[k] * (1 - chances[k]) / static_cast<double>(n)));
  }
}

TEST_CASE("distributions: a flow codes over the uniform and the mixture, and knows its draws' density") {
  const auto check = [&]<class Model>(Of<Model>) {
    Flow<Model, double, test::Device> flow({2, 2, 3}, test::device_for_small_work());
    const auto [drawn, score] = flow.sample_with_log_prob(5, {.seed = 3});
    const std::vector<double> log_prob = flow.log_prob(drawn);
    for (std::size_t i = 0; i < 5; ++i) CHECK(log_prob[i] == doctest::Approx(score[i]));
    const auto latents = flow.encode(drawn);
    CHECK(latents.base.values.size() == drawn.values.size());
    const auto back = flow.decode(latents);
    for (std::size_t i = 0; i < back.values.size(); ++i)
      CHECK(back.values[i] == doctest::Approx(drawn.values[i]));
    CHECK(flow.log_prob(Batch<double>{{2, 2, 3}, 0, {}}).empty());
  };
  check(Of<WithBase<ActNorm, NormalMixture<3>>>());
  check(Of<WithBase<Sigmoid, StandardUniform>>());  // which is a logistic distribution
}

#ifndef DENSENF_TEST_CUDA
TEST_CASE("distributions: a ConditionalNormal starts as the standard normal") {
  TestBench bench(1);
  const auto d = bench.declare([&](Builder& b) {
    ConditionalNormal<nn::ResidualDense<4, 1, 2>> made;
    made.declare(b, images, 2);
    return made;
  });
  std::vector<double> start(static_cast<std::size_t>(bench.parameters.size()));
  initialize_values(Cpu(1), bench.table.parameters, 1, start.data());
  bench.parameters.assign(start);
  const auto ctx = bench.begin(Phase::evaluation);
  const std::vector<double> numbers = bench.uniform(2 * 2 * 6, -1, 1);
  const Var<double> x = d.sample(ctx, 2, 1, Var<double>{bench.batch(numbers.data(), 2, {2, 2, 3})});
  CHECK(values_of(ctx.device(), as_const(x.value)) == bench.noise.draws[0].values);
  CHECK(bench.table.parameters[0].name == "conditional_dist.transform.0.weight");
}

TEST_CASE("distributions: what a ConditionalNormal is given is looked at before it is used") {
  TestBench bench(1);
  struct Narrow : Network {
    void declare(Builder& b, Index in, Index out) { Network::declare(b, in, out - 1); }
  };
  ConditionalNormal<Network, 1> d;
  ConditionalNormal<Narrow, 1> narrow;
  bench.declare([&](Builder& b) {
    d.declare(b, images, 2);
    narrow.declare(b, images);
    ConditionalNormal<Network> nothing;
    CHECK_THROWS_WITH_AS(
        nothing.declare(b, images),
        "A ConditionalNormal that is given nothing looks at the flow's context: declare it with the number "
        "of its "
        "channels, ConditionalNormal<Network, Channels>. Got 3x2x3 (channels x height x width).",
        ShapeError);
    return nullptr;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const auto of = [&](Shape s) { return ctx.output(2, s); };
  CHECK_NOTHROW(d.sample(ctx, 2, 1, of({2, 2, 3}), of({1, 1, 1})));
  CHECK_THROWS_WITH_AS(
      d.sample(ctx, 2, 1, of({2, 2, 3}), of({1, 2, 2})),
      "What a network looks at must be 2 images of 1x2x3, not 2 of 1x2x2 (channels x height x "
      "width).",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      d.sample(ctx, 2, 1, of({2, 2, 3})),
      "What a ConditionalNormal looks at must be 2 images of 3x2x3, not 2 of 2x2x3 (channels x "
      "height x width).",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      narrow.sample(ctx, 2, 1, of({1, 2, 3})),
      "The output of a ConditionalNormal's network must be 2 images of 6x2x3, not 2 of 5x2x3 "
      "(channels x height x width).",
      ShapeError);
}
#endif
