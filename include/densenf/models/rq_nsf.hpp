#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/permuted_lu.hpp"
#include "densenf/bijectors/scale_shift_norm.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/preactivation.hpp"

// RQ-NSF (C), "Neural Spline Flows" (NeurIPS 2019), for images: per level a squeeze, steps of normalization,
// 1x1 flow and a spline coupling whose second half is looked at, and one more 1x1 flow.
namespace densenf {

namespace rq_nsf {

/// What the configurations differ in.
template <int Width_, int Bins_, class DropoutRate, int Blocks_ = 3, class Bound_ = std::ratio<3>>
struct Config {
  static constexpr int width = Width_, bins = Bins_, blocks = Blocks_;
  using Dropout = DropoutRate;
  using Bound = Bound_;
};

template <class C>
using Step =
    Compose<Named<"norm", ScaleShiftNorm>, Named<"conv", PermutedLu>,
            Named<"coupling",
                  Coupling<SecondHalfStays, RationalQuadratic<C::bins, typename C::Bound, C::width>,
                           Named<"", nn::PreactivationNetwork<C::width, C::blocks, typename C::Dropout>>>>>;

/// The first half of the channels leaves, the second goes on.
using FirstHalfLeaves = Compose<SwitchHalves, FactorOut<>>;

}  // namespace rq_nsf

/// Two levels of which nothing leaves on the way, `Steps` each.
template <int Bits, int Steps, class C>
using RqNsf2 = WithBase<
    Compose<Dequantize<Bits, UniformNoise>, Center,                                                 //
            Squeeze, Named<"steps.0", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.0", PermutedLu>,  //
            Squeeze, Named<"steps.1", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.1", PermutedLu>>,
    StandardNormal>;

/// Three levels likewise.
template <int Bits, int Steps, class C>
using RqNsf3 = WithBase<
    Compose<Dequantize<Bits, UniformNoise>, Center,                                                 //
            Squeeze, Named<"steps.0", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.0", PermutedLu>,  //
            Squeeze, Named<"steps.1", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.1", PermutedLu>,  //
            Squeeze, Named<"steps.2", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.2", PermutedLu>>,
    StandardNormal>;

/// Four levels, after each of which but the last half of the channels leaves.
template <int Bits, int Steps, class C>
using RqNsf4 =
    WithBase<Compose<Dequantize<Bits, UniformNoise>, Center,  //
                     Squeeze, Named<"steps.0", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.0", PermutedLu>,
                     rq_nsf::FirstHalfLeaves,  //
                     Squeeze, Named<"steps.1", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.1", PermutedLu>,
                     rq_nsf::FirstHalfLeaves,  //
                     Squeeze, Named<"steps.2", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.2", PermutedLu>,
                     rq_nsf::FirstHalfLeaves,  //
                     Squeeze, Named<"steps.3", Unit<Steps, rq_nsf::Step<C>>>, Named<"convs.3", PermutedLu>>,
             StandardNormal>;

/// The published models: CIFAR-10 (3x32x32; 11,835,054 parameters), the same of 5 bits (5,333,538), and
/// ImageNet 64x64 (15,553,554).
using RqNsfCifar10 = RqNsf3<8, 7, rq_nsf::Config<96, 4, std::ratio<1, 5>>>;
using RqNsfCifar10Bits5 = RqNsf3<5, 7, rq_nsf::Config<64, 2, std::ratio<1, 5>>>;
using RqNsfImageNet64 = RqNsf4<8, 7, rq_nsf::Config<96, 8, std::ratio<0>>>;

/// A small one, for 8x8 digits of 5 bits.
using RqNsfDigits = RqNsf2<5, 3, rq_nsf::Config<24, 4, std::ratio<0>, 1>>;

}  // namespace densenf
