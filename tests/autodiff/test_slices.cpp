#include "densenf/autodiff/slices.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "../flow/small_flows.hpp"
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/masked_conv.hpp"
#include "densenf/bijectors/mixture_transform.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/nn/class_embedding.hpp"
#include "densenf/nn/elu_network.hpp"
#include "densenf/nn/gated_network.hpp"
#include "densenf/nn/glow_network.hpp"
#include "densenf/nn/made.hpp"
#include "densenf/nn/networks.hpp"
#include "densenf/nn/residual_mlp.hpp"

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

namespace {

struct Passed {
  double loss;
  std::vector<double> gradient, state;
};

/// A training pass over images, and over labels where the flow wants them.
template <class FlowType>
Passed pass(MemoryPolicy policy, Index at_once) {
  FlowType flow(small::digits, Cpu(1));
  small::scramble(flow, 0.1);
  Passed p{};
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
  const Batch<std::uint8_t> images = small::images(7);
  if constexpr (FlowType::conditional) {
    const std::vector<int> labels{0, 1, 2, 2, 0, 1, 2};
    p.loss = flow.loss_and_gradient({images, labels}, noise, policy, at_once);
  } else {
    p.loss = flow.loss_and_gradient(images, noise, policy, at_once);
  }
  p.gradient = flow.gradients().to_host();
  p.state = flow.state().to_host();
  return p;
}

template <class FlowType>
void check_slices() {
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    const Passed whole = pass<FlowType>(policy, 0);
    for (const Index at_once : {1, 3, 7, 100}) {
      CAPTURE(static_cast<int>(policy));
      CAPTURE(at_once);
      const Passed sliced = pass<FlowType>(policy, at_once);
      CHECK(sliced.loss == doctest::Approx(whole.loss).epsilon(1e-13));
      double largest = 0, worst = 0;
      for (std::size_t i = 0; i < whole.gradient.size(); ++i) {
        largest = std::max(largest, std::abs(whole.gradient[i]));
        worst = std::max(worst, std::abs(sliced.gradient[i] - whole.gradient[i]));
      }
      CHECK(largest > 0);
      CHECK(worst <= 1e-12 * largest);
      for (std::size_t i = 0; i < whole.state.size(); ++i)
        CHECK(sliced.state[i] == doctest::Approx(whole.state[i]).epsilon(1e-12));
      // What is computed once more is the same to the bit.
      if (policy == MemoryPolicy::recompute)
        CHECK(sliced.gradient == pass<FlowType>(MemoryPolicy::store, at_once).gradient);
    }
  }
}

/// Dropout of four in ten numbers.
using Gated = nn::GatedNetwork<4, 1, 2, nn::GatedOptions{.dropout = 40}>;
/// Pieces that are worked on in slices, all of which see a context that is learned, where they can.
using Couplings = Compose<Coupling<ChannelHalves, LogisticMixture<2>, Gated, 3>, SwitchHalves,
                          Coupling<Checkerboard<0>, AffineTanh2, nn::ResidualMlp<4, 1, std::ratio<1, 2>>, 3>,
                          Coupling<SecondHalfStays, AffineSigmoid2, nn::GlowNetwork<4>>,
                          Coupling<LastOf<3>, AffineLearnedTanh<1>, nn::EluNetwork<4>>>;
using Autoregressive =
    Compose<MaskedConv<LineOrder::downwards, AffineShiftsSigmoid2, 2, 3, 1, 3>,
            MaskedAutoregressive<RationalQuadratic<3>, nn::Made<6, 1, true>, 3>,
            InverseAutoregressive<Gate, nn::Made<6>>, Coupling<ChannelHalves, Additive, nn::Mlp<4, 2>, 3>>;
template <class Module>
using ByClass = Flow<Compose<Dequantize<3, UniformNoise>, Center, Squeeze, Unit<2, Module>>, double, Cpu,
                     ChannelNormal, nn::ClassEmbedding<3, 3>>;

}  // namespace

TEST_CASE("slices: a batch in slices has the whole batch's loss, gradient and state") {
  check_slices<Flow<small::Bounded, double>>();
}

TEST_CASE("slices: so it has with dropout, a learned context, and each network that takes images apart") {
  check_slices<ByClass<Couplings>>();
}

TEST_CASE("slices: so it has through autoregressive pieces") { check_slices<ByClass<Autoregressive>>(); }

TEST_CASE("slices: what starts from data sees the whole batch") {
  const auto started = [](Index at_once) {
    ByClass<Couplings> flow(small::digits, Cpu(1));
    const std::vector<int> labels{0, 1, 2, 2, 0, 1, 2};
    const Batch<std::uint8_t> images = small::images(7);
    CHECK(flow.initialize({images, labels}, 1, at_once));
    return flow.parameters().to_host();
  };
  CHECK(started(2) == started(0));
}

TEST_CASE("slices: of what a network computes on the way, a slice is all that is in memory") {
  constexpr Shape shape{1, 16, 16};
  const auto peak = [shape]<class Module>(Module, MemoryPolicy policy, Index at_once) {
    Flow<Compose<Squeeze, Unit<2, Module>>> flow(shape, Cpu(1));
    const Batch<float> images{shape, 8, std::vector<float>(8 * 256, 0.3f)};
    for (int pass = 0; pass < 3; ++pass) {
      flow.reset_peak();
      PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
      flow.loss_and_gradient(images, noise, policy, at_once);
    }
    return static_cast<double>(flow.peak_bytes());
  };
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    const auto check = [&](auto module) {
      const double whole = peak(module, policy, 0);
      CHECK(peak(module, policy, 8) == whole);
      CHECK(peak(module, policy, 2) < 0.5 * whole);
      CHECK(peak(module, policy, 1) < peak(module, policy, 2));
    };
    check(GlowModule<nn::IntraUnit<8, 6, 16>>());
    check(Coupling<ChannelHalves, LogisticMixture<4>, nn::GatedNetwork<12, 2, 2>>());
  }
}

TEST_CASE("slices: fewer than no images at once is an error") {
  Flow<small::Bounded> flow(small::digits, Cpu(1));
  PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
  CHECK_THROWS_WITH_AS(flow.loss_and_gradient(small::images(2), noise, MemoryPolicy::store, -1),
                       "The images in work at once must be 0 (all) or more, not -1.", ArgumentError);
}
