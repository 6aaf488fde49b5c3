#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/deal.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/scale_channels.hpp"
#include "densenf/bijectors/whitening.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/distributions/logistic.hpp"
#include "densenf/nn/nice_network.hpp"

// "NICE: Non-linear independent components estimation" (2014): the paper's model, and that of its authors'
// code.
namespace densenf {

template <class Split, int... Hidden>
using NiceCoupling = Coupling<Split, Additive, Named<"", nn::NiceNetwork<Hidden...>>>;

/// An image as a vector of numbers in [-1, 1]; what `Pieces` make of it is scaled, number by number.
template <int Bits, class Base, class... Pieces>
using Nice = WithBase<Compose<Dequantize<Bits, UniformNoise>, ScalarAffine<std::ratio<2>, std::ratio<-1>>,
                              Flatten, Pieces..., Named<"scale", ScaleChannels>>,
                      Base>;

/// The paper's: whitened, the even and the odd numbers in turn, a logistic base.
template <int Bits, int... Hidden>
using NicePaper = Nice<Bits, StandardLogistic, Named<"whitening", Whitening>,
                       Deal<2>,                                                              //
                       Named<"couplings.nets.0", NiceCoupling<ChannelHalves, Hidden...>>,    //
                       Named<"couplings.nets.1", NiceCoupling<SecondHalfStays, Hidden...>>,  //
                       Named<"couplings.nets.2", NiceCoupling<ChannelHalves, Hidden...>>,    //
                       Named<"couplings.nets.3", NiceCoupling<SecondHalfStays, Hidden...>>,  //
                       Gather<2>>;

/// The code's: halves, where the vector is reversed behind each coupling.
template <int... Hidden>
using NiceCodeStep = Compose<Named<"", NiceCoupling<ChannelHalves, Hidden...>>, ReverseChannels>;

/// CIFAR-10, 3x32x32: 72,617,216 parameters.
using NiceCifar10 = NicePaper<8, 2000, 2000, 2000, 2000>;
/// The same as the code has it: 93,591,360 parameters.
using NiceCifar10Code = Nice<
    8, StandardNormal, Named<"couplings.nets.0", NiceCodeStep<2400>>,
    Named<"couplings.nets.1", NiceCodeStep<2400>>, Named<"couplings.nets.2", NiceCodeStep<2400, 2400, 2400>>,
    Named<"couplings.nets.3", NiceCodeStep<2400, 2400, 2400>>,
    Named<"couplings.nets.4", NiceCodeStep<2400, 2400>>, Named<"couplings.nets.5", NiceCodeStep<2400, 2400>>,
    Named<"couplings.nets.6", NiceCodeStep<2400>>, Named<"couplings.nets.7", NiceCodeStep<2400>>>;

/// For 8x8 digits of 5 bits.
using NiceDigits = NicePaper<5, 400>;

}  // namespace densenf
