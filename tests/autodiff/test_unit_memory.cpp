#include <doctest/doctest.h>

#include <vector>

#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/mixture_transform.hpp"
#include "densenf/bijectors/permuted_lu.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/scaled_actnorm.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/flowpp.hpp"
#include "densenf/models/glow.hpp"
#include "densenf/models/macow.hpp"
#include "densenf/models/rq_nsf.hpp"
#include "densenf/nn/elu_network.hpp"

// What a unit keeps of the modules that models are made of, as a function of its depth.

using namespace densenf;

namespace {

constexpr Shape shape{6, 4, 4};
constexpr Index images = 4;
constexpr std::size_t activation = images * 6 * 4 * 4 * sizeof(float);  // of all images between modules

template <int Count, class Module>
std::size_t peak(MemoryPolicy policy) {
  Flow<Compose<Unit<Count, Module>>> flow(shape, Cpu(1));
  Batch<float> x{shape, images, {}};
  for (Index i = 0; i < images * shape.size(); ++i)
    x.values.push_back(0.01F * static_cast<float>(i * 37 % 101 - 50));
  flow.initialize(x);
  for (int pass = 0; pass < 2; ++pass) {
    flow.reset_peak();
    PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
    CHECK(std::isfinite(flow.loss_and_gradient(x, noise, policy)));
  }
  // Without the inverses of small matrices, which are kept from the start from data.
  return flow.workspace().memory.peak_bytes() + flow.workspace().scratch.peak_bytes();
}

/// Reversed, a unit needs no more memory where it is deeper. What is recomputed keeps a value and a gradient
/// for each module, and what is stored, more.
template <class Module>
void check_depths() {
  constexpr int less = 2, more = 6;
  const auto growth = [](MemoryPolicy policy) {
    return peak<more, Module>(policy) - peak<less, Module>(policy);
  };
  CHECK(growth(MemoryPolicy::reverse) == 0);
  const std::size_t recomputed = growth(MemoryPolicy::recompute);
  CHECK(recomputed >= (more - less) * activation);
  CHECK(recomputed <= (more - less) * 2 * activation + 4096);
  CHECK(growth(MemoryPolicy::store) > 2 * recomputed);
}

using Network = nn::Mlp<8, 2>;

}  // namespace

TEST_CASE("a reversed unit is flat: couplings with each transform") {
  check_depths<Compose<Coupling<ChannelHalves, Additive, Network>, SwitchHalves,
                       Coupling<ChannelHalves, AffineTanh2, Network>, SwitchHalves,
                       Coupling<ChannelHalves, AffineSigmoid2, Network>, SwitchHalves,
                       Coupling<ChannelHalves, AffineShiftsSigmoid2, Network>>>();
  check_depths<Compose<Coupling<ChannelHalves, AffineSoftplus, Network>, SwitchHalves,
                       Coupling<ChannelHalves, AffineLearnedTanh<1>, Network>>>();
  check_depths<Compose<Coupling<ChannelHalves, LogisticMixture<3>, Network>, SwitchHalves,
                       Coupling<ChannelHalves, RationalQuadratic<4>, Network>>>();
  check_depths<Coupling<ChannelHalves, SquashedMixture<3>, Network>>();
}

TEST_CASE("a reversed unit is flat: couplings with each split") {
  check_depths<
      Compose<Coupling<SecondHalfStays, AffineTanh2, Network>, Coupling<LastOf<3>, AffineTanh2, Network>,
              Coupling<Checkerboard<0>, AffineTanh2, Network>>>();
}

TEST_CASE("a reversed unit is flat: autoregressive layers and splines") {
  check_depths<Compose<MaskedAutoregressive<Standardizing, nn::Made<8>>, ReverseChannels,
                       InverseAutoregressive<Gate, nn::Made<8>>, ReverseChannels,
                       MaskedAutoregressive<RationalQuadratic<4>, nn::Made<8, 1, true>>>>();
  check_depths<Compose<ChannelSpline<4>, KeptSpline<ChannelHalves, 4>>>();
}

TEST_CASE("a reversed unit is flat: MaCow's units and steps") {
  check_depths<MaCowUnit<MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1>>>();
  check_depths<MaCowStep<MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1>, 8>>();
}

TEST_CASE("a reversed unit is flat: the steps of Glow, Flow++ and RQ-NSF") {
  check_depths<GlowStep<8>>();
  check_depths<
      flowpp::Step<nn::GatedNetwork<4, 1, 2, nn::GatedOptions{.dropout = 20}>, LogisticMixture<2>>>();
  check_depths<rq_nsf::Step<rq_nsf::Config<6, 4, std::ratio<1, 5>, 1>>>();
}
