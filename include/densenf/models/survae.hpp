#pragma once

#include <ratio>

#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/sampler.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/networks.hpp"
#include "densenf/nn/perceptron.hpp"

// "SurVAE flows: surjections to bridge the gap between VAEs and flows" (Nielsen, Jaini, Hoogeboom, Winther
// and Welling, NeurIPS 2020).
namespace densenf {

/// A ChannelNormal whose parameters are base.mean and base.log_std.
struct SurVaeNormal : ChannelNormal {
  void declare(Builder& b, Shape shape, Index = 0) {
    const auto scope = b.scope("base");
    declare_as(b, shape, "mean", "log_std", {shape.c});
  }
};

/// The coupling networks: v -> v + dense branch(v) between two 1x1 convolutions.
template <int Width = 64, int Depth = 10, int Growth = 64>
using SurVaeNetwork = nn::ResidualDense<Width, Depth, Growth, nn::NamesOf::survae>;

/// `Steps` pairs of a 1x1 convolution and a coupling, named convs.i and couplings.i as `convs` and
/// `couplings` say, with a * for i.
template <int Steps, class Network, Name convs, Name couplings, int Context = 0>
using SurVaeSteps =
    Named<"", Unit<Steps, Compose<Named<convs, Conv1x1>,
                                  Named<couplings, AffineCoupling<Named<"", Network>, Context>>>>>;

/// Noise for dequantization, as VariationalNoise. `last` is "convs." with the number of steps.
template <int Steps, Name last, class Network, int Context, int ContextWidth, int ContextDepth,
          int ContextGrowth>
using SurVaeNoise = Named<
    "dequantizer",
    Sampler<SurVaeNormal,
            Named<"", Compose<SurVaeSteps<Steps, Network, "convs.*", "couplings.*", Context>,
                              Named<last, Conv1x1>, Unsqueeze, Sigmoid>>,
            nn::HalvedFeatures<ContextWidth, Context, ContextGrowth, ContextDepth, nn::NamesOf::survae>>>;

/// What goes on is the first quarter of what a squeeze makes of the channels; the others leave as N(0, I).
using SurVaeSlice = Compose<Squeeze, FactorOut<StandardNormal, std::ratio<1, 4>>>;

/// Two scales with `Pool` between them.
template <class Pool, int Bits, int Steps, class Network, class Noise>
using SurVae = WithBase<Compose<Named<"", Dequantize<Bits, Noise>>, Center, Squeeze,        //
                                SurVaeSteps<Steps, Network, "convs.0.*", "couplings.0.*">,  //
                                Pool,                                                       //
                                SurVaeSteps<Steps, Network, "convs.1.*", "couplings.1.*">>,
                        SurVaeNormal>;

/// The published models for 3x32x32 images.
using SurVaeMaxPool =
    SurVae<MaxPool<>, 8, 12, SurVaeNetwork<>, SurVaeNoise<4, "convs.4", SurVaeNetwork<>, 32, 64, 4, 16>>;
using SurVaeSlicing =
    SurVae<SurVaeSlice, 8, 12, SurVaeNetwork<>, SurVaeNoise<4, "convs.4", SurVaeNetwork<>, 32, 64, 4, 16>>;

/// For 8x8 digits of 5 bits.
using SurVaeDigitsNoise = SurVaeNoise<2, "convs.2", SurVaeNetwork<24, 2, 12>, 8, 16, 1, 8>;
using SurVaeMaxPoolDigits = SurVae<MaxPool<>, 5, 4, SurVaeNetwork<24, 2, 12>, SurVaeDigitsNoise>;
using SurVaeSlicingDigits = SurVae<SurVaeSlice, 5, 4, SurVaeNetwork<24, 2, 12>, SurVaeDigitsNoise>;

/// A coupling of the second coordinate of points given the first.
template <Name name, class Network>
using SurVaeToyCoupling = Named<"", Coupling<ChannelHalves, AffineSoftplus, Named<name, Network>>>;

/// Of points of the plane: their absolute values, brought to all numbers, and four couplings. `Sign` is Abs,
/// or Abs<Named<"net", Network>> where the signs are learned.
template <class Sign = Abs<>, class Network = nn::Perceptron<200, 100>>
using SurVaeAbs = WithBase<Compose<Named<"surjection", Sign>, SoftplusInverse,          //
                                   SurVaeToyCoupling<"nets.0", Network>, SwitchHalves,  //
                                   SurVaeToyCoupling<"nets.1", Network>, SwitchHalves,  //
                                   SurVaeToyCoupling<"nets.2", Network>, SwitchHalves,  //
                                   SurVaeToyCoupling<"nets.3", Network>>,
                           StandardNormal>;

}  // namespace densenf
