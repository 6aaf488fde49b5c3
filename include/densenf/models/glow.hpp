#pragma once

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/scaled_actnorm.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/distributions/border_normal.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/nn/glow_network.hpp"

// "Glow: Generative flow with invertible 1x1 convolutions" (NeurIPS 2018), as its authors' code has it.
namespace densenf {

/// A step of Glow: `Transform` is AffineSigmoid2 or Additive, `Mix` Conv1x1 or PluConv1x1.
template <int Width, class Transform = AffineSigmoid2, class Mix = Conv1x1>
using GlowStep =
    Compose<Named<"norm", ScaledActNorm>, Named<"conv", Mix>,
            Named<"coupling", Coupling<ChannelHalves, Transform, Named<"net", nn::GlowNetwork<Width>>>>>;

/// What leaves after a level, the second half, under a normal that a convolution of the first half makes.
using GlowSplit =
    FactorOut<Named<"", ConditionalNormal<Named<"conv", nn::ZeroConv>, 0, MomentOrder::interleaved>>>;

/// Bytes less a half of their range, without a logit, and then levels of a squeeze and `Steps` steps.
template <int Bits, int Steps, class Step>
using Glow2 =
    WithBase<Compose<Dequantize<Bits, UniformNoise>, Center,                                       //
                     Squeeze, Named<"levels.0", Unit<Steps, Step>>, Named<"splits.0", GlowSplit>,  //
                     Squeeze, Named<"levels.1", Unit<Steps, Step>>>,
             BorderNormal>;

template <int Bits, int Steps, class Step>
using Glow3 =
    WithBase<Compose<Dequantize<Bits, UniformNoise>, Center,                                       //
                     Squeeze, Named<"levels.0", Unit<Steps, Step>>, Named<"splits.0", GlowSplit>,  //
                     Squeeze, Named<"levels.1", Unit<Steps, Step>>, Named<"splits.1", GlowSplit>,  //
                     Squeeze, Named<"levels.2", Unit<Steps, Step>>>,
             BorderNormal>;

template <int Bits, int Steps, class Step>
using Glow4 =
    WithBase<Compose<Dequantize<Bits, UniformNoise>, Center,                                       //
                     Squeeze, Named<"levels.0", Unit<Steps, Step>>, Named<"splits.0", GlowSplit>,  //
                     Squeeze, Named<"levels.1", Unit<Steps, Step>>, Named<"splits.1", GlowSplit>,  //
                     Squeeze, Named<"levels.2", Unit<Steps, Step>>, Named<"splits.2", GlowSplit>,  //
                     Squeeze, Named<"levels.3", Unit<Steps, Step>>>,
             BorderNormal>;

/// The published models: CIFAR-10 (3x32x32; 44,603,604 parameters), ImageNet 32x32 and 64x64.
using GlowCifar10 = Glow3<8, 32, GlowStep<512>>;
using GlowImageNet32 = Glow3<8, 48, GlowStep<512>>;
using GlowImageNet64 = Glow4<8, 48, GlowStep<512>>;
/// The one for pictures.
using GlowCifar10Additive = Glow3<8, 32, GlowStep<512, Additive>>;
/// With the triangular factors of its matrices trained instead of the matrices.
using GlowCifar10Lu = Glow3<8, 32, GlowStep<512, AffineSigmoid2, PluConv1x1>>;

/// For 8x8 digits of 5 bits.
using GlowDigits = Glow2<5, 4, GlowStep<48>>;

}  // namespace densenf
