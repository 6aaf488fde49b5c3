#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/flow_batch_norm.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/real_nvp_network.hpp"

// "Density estimation using Real NVP" (ICLR 2017), as its first author's code has it.
namespace densenf {

/// A coupling and its batch norm. The learned bound of the log-scales starts at `Start`.
template <Name name, class Split, int Start, int Width, int Blocks>
using RealNvpCoupling =
    Named<name, Compose<Named<"", Coupling<Split, AffineLearnedTanh<Start>,
                                           Named<"", nn::RealNvpNetwork<Split, Width, Blocks>>>>,
                        Named<"statistics", FlowBatchNorm<Split>>>>;

/// Coupling number i of a scale under a checkerboard keeps the pixels of which row + column has the parity of
/// i; under channels it changes the second half and, where i is 1, the first.
template <Name name, int Keeps, int Width, int Blocks>
using RealNvpCheckerboard = RealNvpCoupling<name, Checkerboard<1 - Keeps>, 0, Width, Blocks>;
template <Name name, class Split, int Width, int Blocks>
using RealNvpChannels = RealNvpCoupling<name, Split, 1, 2 * Width, Blocks>;

/// A scale, and what leaves behind it: half of the pixels of each cell of 2x2, which lie on one of its
/// diagonals.
template <Name scale, int Width, int Blocks>
using RealNvpScale = Named<scale, Compose<RealNvpCheckerboard<"checkerboard.0", 0, Width, Blocks>,
                                          RealNvpCheckerboard<"checkerboard.1", 1, Width, Blocks>,
                                          RealNvpCheckerboard<"checkerboard.2", 0, Width, Blocks>,  //
                                          Squeeze,                                                  //
                                          RealNvpChannels<"channel.0", ChannelHalves, Width, Blocks>,
                                          RealNvpChannels<"channel.1", SecondHalfStays, Width, Blocks>,
                                          RealNvpChannels<"channel.2", ChannelHalves, Width, Blocks>,  //
                                          Unsqueeze, DiagonalSqueeze, FactorOut<>>>;

template <Name scale, int Width, int Blocks>
using RealNvpLastScale = Named<scale, Compose<RealNvpCheckerboard<"checkerboard.0", 0, Width, Blocks>,
                                              RealNvpCheckerboard<"checkerboard.1", 1, Width, Blocks>,
                                              RealNvpCheckerboard<"checkerboard.2", 0, Width, Blocks>,
                                              RealNvpCheckerboard<"checkerboard.3", 1, Width, Blocks>>>;

/// logit(0.05 + 0.9 x) of a dequantized image x in (0, 1), and then scales; each is twice as wide as the one
/// before.
template <int Bits, class... Scales>
using RealNvp = WithBase<Compose<Dequantize<Bits, UniformNoise>,
                                 ScalarAffine<std::ratio<9, 10>, std::ratio<1, 20>>, Logit, Scales...>,
                         StandardNormal>;

/// The published models: CIFAR-10 (3x32x32; 19,609,545 parameters), ImageNet 32x32 and 64x64.
using RealNvpCifar10 = RealNvp<8, RealNvpScale<"scales.0", 64, 8>, RealNvpLastScale<"scales.1", 128, 8>>;
using RealNvpImageNet32 = RealNvp<8, RealNvpScale<"scales.0", 32, 4>, RealNvpScale<"scales.1", 64, 4>,
                                  RealNvpScale<"scales.2", 128, 4>, RealNvpLastScale<"scales.3", 256, 4>>;
using RealNvpImageNet64 = RealNvp<8, RealNvpScale<"scales.0", 32, 2>, RealNvpScale<"scales.1", 64, 2>,
                                  RealNvpScale<"scales.2", 128, 2>, RealNvpScale<"scales.3", 256, 2>,
                                  RealNvpLastScale<"scales.4", 512, 2>>;

/// For 8x8 digits of 5 bits.
using RealNvpDigits = RealNvp<5, RealNvpScale<"scales.0", 8, 1>, RealNvpLastScale<"scales.1", 16, 1>>;

}  // namespace densenf
