// ctest-labels: gradients
// also-on: card host
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "../test_device.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/distributions/border_normal.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/distributions/logistic.hpp"
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
