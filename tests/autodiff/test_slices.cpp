#include "densenf/autodiff/slices.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "../flow/small_flows.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/nn/networks.hpp"

using namespace densenf;

TEST_CASE(
    "slices: networks in slices have the gradients that differences say, also where the last is short") {
  for (const Index at_once : {1, 2, 3}) {
    const CheckReport report = check_gradient(
        {{3, 2, 2}},
        [](Builder& b) {
          nn::MixNetwork net;
          net.declare(b, 3, 2, 4, 1, 2);
          return net;
        },
        [at_once](const auto& ctx, const nn::MixNetwork& net, const auto& x, LogProb) {
          auto pass = ctx.pass();
          pass.slice = at_once;
          return net.forward(std::remove_cvref_t<decltype(ctx)>(pass, ctx.workspace()), x[0]);
        },
        {.n = 5, .phase = Phase::training, .most = 7});
    CHECK_MESSAGE(report.passed(), at_once, " at once: ", report.sentence);
  }
}

TEST_CASE("slices: a batch in slices has the whole batch's loss, gradient and state") {
  using FlowType = Flow<small::Bounded, double>;
  struct Passed {
    double loss;
    std::vector<double> gradient, state;
  };
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    const auto pass = [&](Index at_once) {
      FlowType flow(small::digits, Cpu(1));
      small::scramble(flow, 0.1);
      Passed p{};
      PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
      p.loss = flow.loss_and_gradient(small::images(7), noise, policy, at_once);
      p.gradient = flow.gradients().to_host();
      p.state = flow.state().to_host();
      return p;
    };
    const Passed whole = pass(0);
    for (const Index at_once : {1, 3, 7, 100}) {
      const Passed sliced = pass(at_once);
      CHECK(sliced.loss == doctest::Approx(whole.loss).epsilon(1e-13));
      double largest = 0, worst = 0;
      for (std::size_t i = 0; i < whole.gradient.size(); ++i) {
        largest = std::max(largest, std::abs(whole.gradient[i]));
        worst = std::max(worst, std::abs(sliced.gradient[i] - whole.gradient[i]));
      }
      CHECK(worst <= 1e-12 * largest);
      for (std::size_t i = 0; i < whole.state.size(); ++i)
        CHECK(sliced.state[i] == doctest::Approx(whole.state[i]).epsilon(1e-12));
    }
  }
}

TEST_CASE("slices: of what a network computes on the way, a slice is all that is in memory") {
  using Deep = Compose<Squeeze, Unit<2, GlowModule<nn::IntraUnit<8, 6, 16>>>>;
  constexpr Shape shape{1, 16, 16};
  const auto peak = [shape](MemoryPolicy policy, Index at_once) {
    Flow<Deep> flow(shape, Cpu(1));
    const Batch<float> images{shape, 8, std::vector<float>(8 * 256, 0.3f)};
    for (int pass = 0; pass < 3; ++pass) {
      flow.reset_peak();
      PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
      flow.loss_and_gradient(images, noise, policy, at_once);
    }
    return static_cast<double>(flow.peak_bytes());
  };
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    const double whole = peak(policy, 0);
    CHECK(peak(policy, 8) == whole);
    CHECK(peak(policy, 2) < 0.5 * whole);
    CHECK(peak(policy, 1) < peak(policy, 2));
  }
}

TEST_CASE("slices: fewer than no images at once is an error") {
  Flow<small::Bounded> flow(small::digits, Cpu(1));
  PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
  CHECK_THROWS_WITH_AS(flow.loss_and_gradient(small::images(2), noise, MemoryPolicy::store, -1),
                       "The images in work at once must be 0 (all) or more, not -1.", ArgumentError);
}
