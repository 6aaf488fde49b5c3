#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/masked_conv.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/sampler.hpp"
#include "densenf/bijectors/scale_shift_norm.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/squeezed_context.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/elu_network.hpp"
#include "densenf/nn/residual_features.hpp"

// "MaCow: masked convolutional generative flow" (Ma, Kong, Zhang and Hovy, NeurIPS 2019).
namespace densenf {

/// What the steps of a MaCow have in common: the rule by which numbers change, the kernel of the masked
/// convolutions (lines before, pixels across), how many units a step has, and how many hidden channels a
/// masked convolution has for each channel.
template <class Rule = AffineShiftsSigmoid2, int LinesBefore = 2, int PixelsAcross = 3, int UnitsOfStep = 2,
          int Multiple = 4>
struct MaCowStyle {
  using Transform = Rule;
  static constexpr int units = UnitsOfStep;
  template <LineOrder order, int Context>
  using Conv = MaskedConv<order, Rule, LinesBefore, PixelsAcross, Multiple, Context>;
};

/// ActNorm, down, up, ActNorm, right, left.
template <class Style, int Context = 0>
using MaCowUnit = Compose<Named<"norm1", ScalingActNorm>,                                             //
                          Named<"a", typename Style::template Conv<LineOrder::downwards, Context>>,   //
                          Named<"b", typename Style::template Conv<LineOrder::upwards, Context>>,     //
                          Named<"norm2", ScalingActNorm>,                                             //
                          Named<"c", typename Style::template Conv<LineOrder::rightwards, Context>>,  //
                          Named<"d", typename Style::template Conv<LineOrder::leftwards, Context>>>;

/// ActNorm, 1x1 convolution, and a coupling of the part of the channels that Split says.
template <class Transform, class Split, int Width, int Context = 0>
using MaCowGlow =
    Compose<Named<"norm", ScalingActNorm>, Named<"conv", Conv1x1>,
            Named<"coupling", Coupling<Split, Transform, Named<"", nn::EluNetwork<Width>>, Context>>>;

/// The units, and a step of Glow.
template <class Style, int Width, int Context = 0>
using MaCowStep = Compose<Named<"units", Unit<Style::units, MaCowUnit<Style, Context>>>,
                          Named<"glow", MaCowGlow<typename Style::Transform, ChannelHalves, Width, Context>>>;

/// The last of `Parts` parts of the channels leaves, as far as a coupling can say what the others tell of it.
template <Name name, int Parts, int Width>
using MaCowPrior = Named<"", Compose<Named<name, MaCowGlow<AffineShiftsSigmoid2, LastOf<Parts>, Width>>,
                                     FactorOut<StandardNormal, std::ratio<Parts - 1, Parts>>>>;

/// (x + u) / 2^Bits as a number between -1 and 1.
using MaCowScale = ScalarAffine<std::ratio<2>, std::ratio<-1>>;

/// Noise of a MaCow with a context of `Condition` channels, of two levels, with a sigmoid at its end.
template <class Style, int Bits, int Steps0, int Steps1, int Width0, int Width1, int Condition = 4,
          int EncoderWidth = 32>
using MaCowNoise = Named<
    "dequantizer",
    Sampler<
        StandardNormal,
        Named<"", Compose<Named<"flow.levels.0.steps.0", Unit<Steps0, MaCowStep<Style, Width0, Condition>>>,
                          BlockSqueeze,
                          SqueezedContext<ops::SqueezeOrder::block,
                                          Named<"flow.levels.1.steps.0",
                                                Unit<Steps1, MaCowStep<Style, Width1, 4 * Condition>>>>,
                          BlockUnsqueeze, Sigmoid>>,
        nn::ResidualFeatures<Bits, EncoderWidth, Condition>>>;

/// The published model for 3x32x32 images of 8 bits, with the kernel that the authors' repository has.
template <class Noise, class Style = MaCowStyle<>>
using MaCow = WithBase<Compose<Named<"", Dequantize<8, Noise>>, MaCowScale,                       //
                               Named<"flow.levels.0.steps.0", Unit<4, MaCowStep<Style, 24>>>,     //
                               BlockSqueeze,                                                      //
                               Named<"flow.levels.1.steps.0", Unit<12, MaCowStep<Style, 512>>>,   //
                               MaCowPrior<"flow.levels.1.priors.0", 4, 512>,                      //
                               Named<"flow.levels.1.steps.1", Unit<12, MaCowStep<Style, 512>>>,   //
                               MaCowPrior<"flow.levels.1.priors.1", 3, 512>,                      //
                               BlockSqueeze,                                                      //
                               Named<"flow.levels.2.steps.0", Unit<12, MaCowStep<Style, 512>>>,   //
                               MaCowPrior<"flow.levels.2.priors.0", 4, 512>,                      //
                               Named<"flow.levels.2.steps.1", Unit<12, MaCowStep<Style, 512>>>,   //
                               MaCowPrior<"flow.levels.2.priors.1", 3, 512>,                      //
                               BlockSqueeze,                                                      //
                               Named<"flow.levels.3.steps.0", Unit<12, MaCowStep<Style, 512>>>>,  //
                       StandardNormal>;

/// With uniform noise, and with noise that is learned.
using MaCowUniform = MaCow<UniformNoise>;
using MaCowVariational = MaCow<MaCowNoise<MaCowStyle<>, 8, 4, 4, 24, 256>>;

/// For 8x8 digits of 5 bits: one channel has nothing to couple, so the steps begin behind the first squeeze.
using MaCowDigitsStyle = MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1>;
using MaCowDigitsNoise =
    Named<"dequantizer",
          Sampler<StandardNormal,
                  Named<"", Compose<BlockSqueeze,
                                    SqueezedContext<ops::SqueezeOrder::block,
                                                    Named<"flow.levels.1.steps.0",
                                                          Unit<1, MaCowStep<MaCowDigitsStyle, 32, 8>>>>,
                                    BlockUnsqueeze, Sigmoid>>,
                  nn::ResidualFeatures<5, 8, 2>>>;
using MaCowDigits =
    WithBase<Compose<Named<"", Dequantize<5, MaCowDigitsNoise>>, MaCowScale, BlockSqueeze,      //
                     Named<"flow.levels.1.steps.0", Unit<1, MaCowStep<MaCowDigitsStyle, 48>>>,  //
                     MaCowPrior<"flow.levels.1.priors.0", 4, 48>,                               //
                     Named<"flow.levels.1.steps.1", Unit<1, MaCowStep<MaCowDigitsStyle, 48>>>,  //
                     MaCowPrior<"flow.levels.1.priors.1", 3, 48>,                               //
                     BlockSqueeze,                                                              //
                     Named<"flow.levels.2.steps.0", Unit<2, MaCowStep<MaCowDigitsStyle, 48>>>>,
             StandardNormal>;

}  // namespace densenf
