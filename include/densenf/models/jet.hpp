#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/flat.hpp"
#include "densenf/bijectors/fold_columns.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/reordered.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/transformer.hpp"

// "Jet: a modern transformer-based normalizing flow" (Kolesnikov, Pinto and Tschannen, TMLR 2025, arXiv
// 2412.15129): patches become pixels, and affine couplings with vision transformers split their channels at
// random, or the pixels by a pattern. Nothing else changes the image, and nothing leaves on the way.
namespace densenf {

namespace jet {

/// Gray levels 0 ... 2^Bits - 1 to numbers from -1 to 1, behind a Dequantize, which has divided by 2^Bits.
template <int Bits>
using Range = ScalarAffine<std::ratio<(Index{2} << Bits), (Index{1} << Bits) - 1>, std::ratio<-1>>;

/// Patches of 2x2 pixels with channel (2i + j) C + c, and of 4x4 pixels with channel (4i + j) C + c, where
/// (i, j) is the place in the patch. The columns of a pair wait as rows while the first squeeze takes the
/// rest of j, so that the rows of a patch stay together.
using Patches2 = BlockSqueeze;
using Patches4 = Compose<FoldColumns, BlockSqueeze, UnfoldColumns, BlockSqueeze>;

template <class Network>
using Step = Coupling<ChannelHalves, AffineDoubledSigmoid, Named<"dnn", Network>>;

/// `Count` couplings that look at half of the channels, each at another one.
template <int Count, class Network>
using OnChannels = Unit<Count, Reordered<ShuffledChannels, Step<Network>>>;

/// A coupling that looks at half of the pixels.
template <PixelPattern pattern, bool odd_first, class Network>
using OnPixels = Unit<1, Reordered<PixelsBy<pattern, odd_first>, Step<Network>>>;

/// A coupling on pixels behind `Channels` on channels; the same with the other half of the pixels.
template <int Channels, PixelPattern pattern, class Network>
using Pair = Compose<OnChannels<Channels, Network>, OnPixels<pattern, false, Network>,
                     OnChannels<Channels, Network>, OnPixels<pattern, true, Network>>;

/// All patterns in turn.
template <int Channels, class Network>
using Cycle =
    Compose<Pair<Channels, PixelPattern::checkerboard, Network>,
            Pair<Channels, PixelPattern::columns, Network>, Pair<Channels, PixelPattern::rows, Network>>;

/// What stands behind the dequantization: of couplings, or units of them, numbered through.
template <int Bits, class Patches, class... Couplings>
using Model = WithBase<Compose<Dequantize<Bits, UniformNoise>, Range<Bits>, Patches,
                               Named<"", Flat<Compose<Couplings...>, "blocks">>>,
                       StandardNormal>;

}  // namespace jet

/// 32 couplings, of which six are on pixels, with networks of two layers by default; and 64.
template <class Network>
using Jet32 = jet::Model<8, jet::Patches4, jet::Cycle<4, Network>, jet::OnChannels<2, Network>>;
template <class Network>
using Jet64 =
    jet::Model<8, jet::Patches4, jet::Cycle<4, Network>, jet::Cycle<4, Network>, jet::OnChannels<4, Network>>;

/// The published models for ImageNet 64x64 (207,177,216 and 1,019,612,160 parameters). JetImageNet64 takes
/// images of any size whose sides are multiples of 8: over 3x32x32 it has 204,031,488 parameters.
using JetImageNet64 = Jet32<nn::Transformer<512, 8, 2>>;
using JetImageNet64Large = Jet64<nn::Transformer<512, 8, 5>>;
using JetCifar10 = JetImageNet64;
/// A quarter of it, whose sizes are this library's own.
using JetCifar10Small = Jet32<nn::Transformer<256, 4, 2>>;

/// For 8x8 digits of 5 bits.
using JetDigits =
    jet::Model<5, jet::Patches2, jet::Pair<1, PixelPattern::checkerboard, nn::Transformer<32, 2, 1>>,
               jet::Pair<1, PixelPattern::columns, nn::Transformer<32, 2, 1>>>;

}  // namespace densenf
