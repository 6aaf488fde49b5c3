#pragma once

#include <ratio>
#include <type_traits>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/flat.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/patches.hpp"
#include "densenf/bijectors/pixel_autoregressive.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/distributions/running_normal.hpp"
#include "densenf/nn/causal_transformer.hpp"
#include "densenf/nn/class_weights.hpp"

// "Normalizing flows are capable generative models" (Zhai et al., ICML 2025, arXiv 2412.06329): patches
// become pixels, and blocks change each of them by a function of those before it, row by row and the other
// way around in turn. The functions are causal transformers. Nothing else changes the image, and nothing
// leaves on the way.
namespace densenf {

namespace tarflow {

/// Gray levels 0 ... 2^Bits - 1 with noise from 0 to 1 become numbers from -1 to 1: for likelihoods.
template <int Bits>
using Dequantized = Compose<Dequantize<Bits, UniformNoise>, ScalarAffine<std::ratio<2>, std::ratio<-1>>>;

/// Gray levels that are real numbers, to which normal noise was added (add_normal_noise), likewise: for
/// samples, which are denoised afterwards (denoise).
template <int Bits>
using Noisy = ScalarAffine<std::ratio<2, (Index{1} << Bits) - 1>, std::ratio<-1>>;

/// z = (x - b) exp(-a) with a and b of the patches before, or z = x - b.
template <PixelOrder order, class Network, int Classes, bool scales>
using Block =
    PixelAutoregressive<order, typename std::conditional<scales, StandardizingScales, Centering>::type,
                        Named<"", Network>, Classes>;

/// `Blocks` blocks, an even number, in alternating order.
template <int Blocks, class Network, int Classes = 0, bool scales = true>
requires(Blocks > 0 && Blocks % 2 == 0)  //
    using Alternating = Unit<Blocks / 2, Compose<Block<PixelOrder::forwards, Network, Classes, scales>,
                                                 Block<PixelOrder::backwards, Network, Classes, scales>>>;

/// Patches of Patch x Patch pixels, and `Blocks` blocks. Without scales the base has variances instead, which
/// follow the data.
template <class Input, int Patch, int Blocks, class Network, int Classes = 0, bool scales = true>
using Model = WithBase<
    Compose<Input, Patches<Patch>, Named<"", Flat<Alternating<Blocks, Network, Classes, scales>, "blocks">>>,
    RunningNormal<!scales>>;

/// Heads of 64 channels, as all published models have them.
template <int Width, int Layers>
using Network = nn::CausalTransformer<Width, 64, Layers>;

}  // namespace tarflow

/// The published models, for images of the size in their name: that for likelihoods, which takes gray levels,
/// and those for samples, which take gray levels with normal noise of a deviation of 0.05 at 64x64 pixels,
/// 0.15 at 128x128 and 0.07 at 256x256, on the scale from -1 to 1. A flow of a model with classes has the
/// condition TarFlowClasses. They have 460,142,784 parameters, 466,286,784 with classes, 817,636,096 with
/// patches of 4x4 pixels, 823,927,552 and 463,481,856.
using TarFlowImageNet64Likelihood = tarflow::Model<tarflow::Dequantized<8>, 2, 8, tarflow::Network<768, 8>>;
using TarFlowImageNet64 = tarflow::Model<tarflow::Noisy<8>, 2, 8, tarflow::Network<768, 8>>;
using TarFlowImageNet64Classes = tarflow::Model<tarflow::Noisy<8>, 2, 8, tarflow::Network<768, 8>, 1000>;
using TarFlowImageNet64Patch4 = tarflow::Model<tarflow::Noisy<8>, 4, 8, tarflow::Network<1024, 8>, 1000>;
using TarFlowImageNet128 = TarFlowImageNet64Patch4;
using TarFlowAfhq256 = tarflow::Model<tarflow::Noisy<8>, 8, 8, tarflow::Network<768, 8>, 3>;
/// For 3x32x32, of a size that is this library's own: 57,683,136 parameters.
using TarFlowCifar10 = tarflow::Model<tarflow::Dequantized<8>, 2, 8, tarflow::Network<384, 4>>;

/// The condition of models with classes: in training a tenth of the labels are dropped.
template <int Classes>
using TarFlowClasses = nn::ClassWeights<Classes, std::ratio<1, 10>>;

/// For 8x8 digits of 5 bits.
using TarFlowDigits = tarflow::Model<tarflow::Dequantized<5>, 2, 4, nn::CausalTransformer<32, 16, 2>>;

}  // namespace densenf
