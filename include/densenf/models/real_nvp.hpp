#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/split_batch_norm.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/real_nvp_network.hpp"

// "Density estimation using Real NVP" (ICLR 2017), as its first author's code has it.
namespace densenf {

/// A coupling and its batch norm. The learned bound of the log-scales starts at `Start`.
template <class Split, int Start, int Width, int Blocks>
using RealNvpCoupling = Compose<
    Named<"", Coupling<Split, AffineLearnedTanh<Start>, Named<"", nn::RealNvpNetwork<Split, Width, Blocks>>>>,
    Named<"statistics", SplitBatchNorm<Split>>>;

/// Under a checkerboard, where the pixels stay of which row + column has the parity `Stays`.
template <int Stays, int Width, int Blocks>
using RealNvpCheckerboard = RealNvpCoupling<Checkerboard<1 - Stays>, 0, Width, Blocks>;
/// Under channels, twice as wide.
template <class Split, int Width, int Blocks>
using RealNvpChannels = RealNvpCoupling<Split, 1, 2 * Width, Blocks>;

/// A scale, and what leaves behind it: half of the pixels of each cell of 2x2, which lie on one of its
/// diagonals.
template <int Width, int Blocks>
using RealNvpScale = Compose<Named<"checkerboard.0", RealNvpCheckerboard<0, Width, Blocks>>,
                             Named<"checkerboard.1", RealNvpCheckerboard<1, Width, Blocks>>,
                             Named<"checkerboard.2", RealNvpCheckerboard<0, Width, Blocks>>,  //
                             Squeeze,                                                         //
                             Named<"channel.0", RealNvpChannels<ChannelHalves, Width, Blocks>>,
                             Named<"channel.1", RealNvpChannels<SecondHalfStays, Width, Blocks>>,
                             Named<"channel.2", RealNvpChannels<ChannelHalves, Width, Blocks>>,  //
                             Unsqueeze, DiagonalSqueeze, FactorOut<>>;

template <int Width, int Blocks>
using RealNvpLastScale = Compose<Named<"checkerboard.0", RealNvpCheckerboard<0, Width, Blocks>>,
                                 Named<"checkerboard.1", RealNvpCheckerboard<1, Width, Blocks>>,
                                 Named<"checkerboard.2", RealNvpCheckerboard<0, Width, Blocks>>,
                                 Named<"checkerboard.3", RealNvpCheckerboard<1, Width, Blocks>>>;

/// logit(0.05 + 0.9 x) of a dequantized image x in (0, 1), and then scales; each is twice as wide as the one
/// before.
template <int Bits, class... Scales>
using RealNvp = WithBase<Compose<Dequantize<Bits, UniformNoise>,
                                 ScalarAffine<std::ratio<9, 10>, std::ratio<1, 20>>, Logit, Scales...>,
                         StandardNormal>;

/// The published models: CIFAR-10 (3x32x32; 19,609,545 parameters), ImageNet 32x32 and 64x64.
using RealNvpCifar10 =
    RealNvp<8, Named<"scales.0", RealNvpScale<64, 8>>, Named<"scales.1", RealNvpLastScale<128, 8>>>;
using RealNvpImageNet32 =
    RealNvp<8, Named<"scales.0", RealNvpScale<32, 4>>, Named<"scales.1", RealNvpScale<64, 4>>,
            Named<"scales.2", RealNvpScale<128, 4>>, Named<"scales.3", RealNvpLastScale<256, 4>>>;
using RealNvpImageNet64 =
    RealNvp<8, Named<"scales.0", RealNvpScale<32, 2>>, Named<"scales.1", RealNvpScale<64, 2>>,
            Named<"scales.2", RealNvpScale<128, 2>>, Named<"scales.3", RealNvpScale<256, 2>>,
            Named<"scales.4", RealNvpLastScale<512, 2>>>;

/// For 8x8 digits of 5 bits.
using RealNvpDigits =
    RealNvp<5, Named<"scales.0", RealNvpScale<8, 1>>, Named<"scales.1", RealNvpLastScale<16, 1>>>;

}  // namespace densenf
