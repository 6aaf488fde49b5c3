#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/continuous.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/logit_transform.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/time_networks.hpp"

// "FFJORD: Free-form Continuous Dynamics for Scalable Reversible Generative Models" (Grathwohl, Chen,
// Bettencourt, Sutskever and Duvenaud, ICLR 2019), for images: per scale continuous flows, a squeeze, as many
// more, and half of the channels leave; the last scale has the first of these alone.
namespace densenf {

namespace ffjord {

template <int Bits, class Alpha>
using Front = Compose<Dequantize<Bits, UniformNoise>, LogitTransform<Alpha>>;

}  // namespace ffjord

/// Two scales, with `Blocks` flows of one kind where the scheme has flows.
template <int Bits, class Alpha, int Blocks, class Continuous>
using Ffjord2 = WithBase<Compose<ffjord::Front<Bits, Alpha>,  //
                                 Named<"before.0", Unit<Blocks, Continuous>>, Squeeze,
                                 Named<"after.0", Unit<Blocks, Continuous>>, FactorOut<>,  //
                                 Named<"before.1", Unit<Blocks, Continuous>>>,
                         StandardNormal>;
/// Four scales likewise.
template <int Bits, class Alpha, int Blocks, class Continuous>
using Ffjord4 = WithBase<Compose<ffjord::Front<Bits, Alpha>,  //
                                 Named<"before.0", Unit<Blocks, Continuous>>, Squeeze,
                                 Named<"after.0", Unit<Blocks, Continuous>>, FactorOut<>,  //
                                 Named<"before.1", Unit<Blocks, Continuous>>, Squeeze,
                                 Named<"after.1", Unit<Blocks, Continuous>>, FactorOut<>,  //
                                 Named<"before.2", Unit<Blocks, Continuous>>, Squeeze,
                                 Named<"after.2", Unit<Blocks, Continuous>>, FactorOut<>,  //
                                 Named<"before.3", Unit<Blocks, Continuous>>>,
                         StandardNormal>;

/// The published network and scales for CIFAR-10 (3x32x32; 1,358,882 parameters), with eight fixed steps in
/// the place of the authors' adaptive ones.
using FfjordCifar10 =
    Ffjord4<8, std::ratio<1, 20>, 2, ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 64, 64, 64>, 8>>;

/// A small one, for 8x8 digits of 5 bits.
using FfjordDigits =
    Ffjord2<5, std::ratio<1, 20>, 1, ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 12, 12>, 2>>;

}  // namespace densenf
