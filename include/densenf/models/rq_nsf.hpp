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

template <Name steps, Name conv, int Count, class C>
using Level = Named<"", Compose<Squeeze, Named<steps, Unit<Count, Step<C>>>, Named<conv, PermutedLu>>>;

/// The first half of the channels leaves, the second goes on.
using SecondHalfStays = Compose<SwitchHalves, FactorOut<>>;

}  // namespace rq_nsf

/// For 3x32x32 images of 8 bits; three levels, nothing leaves on the way.
using RqNsfCifar10 =
    WithBase<Compose<Dequantize<8, UniformNoise>, Center,
                     rq_nsf::Level<"steps.0", "convs.0", 7, rq_nsf::Config<96, 4, std::ratio<1, 5>>>,
                     rq_nsf::Level<"steps.1", "convs.1", 7, rq_nsf::Config<96, 4, std::ratio<1, 5>>>,
                     rq_nsf::Level<"steps.2", "convs.2", 7, rq_nsf::Config<96, 4, std::ratio<1, 5>>>>,
             StandardNormal>;

/// The same for images of 5 bits, narrower and with two bins.
using RqNsfCifar10Bits5 =
    WithBase<Compose<Dequantize<5, UniformNoise>, Center,
                     rq_nsf::Level<"steps.0", "convs.0", 7, rq_nsf::Config<64, 2, std::ratio<1, 5>>>,
                     rq_nsf::Level<"steps.1", "convs.1", 7, rq_nsf::Config<64, 2, std::ratio<1, 5>>>,
                     rq_nsf::Level<"steps.2", "convs.2", 7, rq_nsf::Config<64, 2, std::ratio<1, 5>>>>,
             StandardNormal>;

/// For 3x64x64 images of 8 bits; four levels, after each of which but the last half of the channels leaves.
using RqNsfImageNet64 = WithBase<
    Compose<
        Dequantize<8, UniformNoise>, Center,
        rq_nsf::Level<"steps.0", "convs.0", 7, rq_nsf::Config<96, 8, std::ratio<0>>>, rq_nsf::SecondHalfStays,
        rq_nsf::Level<"steps.1", "convs.1", 7, rq_nsf::Config<96, 8, std::ratio<0>>>, rq_nsf::SecondHalfStays,
        rq_nsf::Level<"steps.2", "convs.2", 7, rq_nsf::Config<96, 8, std::ratio<0>>>, rq_nsf::SecondHalfStays,
        rq_nsf::Level<"steps.3", "convs.3", 7, rq_nsf::Config<96, 8, std::ratio<0>>>>,
    StandardNormal>;

/// A small one, for 8x8 digits of 5 bits.
using RqNsfDigits =
    WithBase<Compose<Dequantize<5, UniformNoise>, Center,
                     rq_nsf::Level<"steps.0", "convs.0", 2, rq_nsf::Config<32, 4, std::ratio<0>, 1>>,
                     rq_nsf::Level<"steps.1", "convs.1", 2, rq_nsf::Config<32, 4, std::ratio<0>, 1>>>,
             StandardNormal>;

}  // namespace densenf
