#pragma once

#include "densenf/bijectors/actnorm.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/conv1x1.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/cross_unit.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/factor_out.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/nn/networks.hpp"

// "Densely connected normalizing flows" (NeurIPS 2021). Parameter names are those of the published
// checkpoints.
namespace densenf {

using nn::IntraUnit;

/// The glow-like module that DenseFlow repeats inside a unit.
template <class Network>
using GlowModule = Compose<ActNorm, Conv1x1, AffineCoupling<Network>, SwitchHalves>;

/// The paper's model for 3x32x32 and 3x64x64 images: 74 modules, growth 10.
using DenseFlow_74_10 = Compose<Dequantize<>, Center, Squeeze,                                     //
                                CrossUnit<6, 10, Unit<5, GlowModule<IntraUnit<48>>>>, Transition,  //
                                CrossUnit<4, 10, Unit<6, GlowModule<IntraUnit<48>>>>, Transition,  //
                                CrossUnit<1, 10, Unit<20, GlowModule<IntraUnit<48>>>>>;

/// A small one, for tests and for comparing learning curves on two cores.
using DenseFlowNano = Compose<Dequantize<8, VariationalNoise<2, 16, 16, 2, 16, 8>>, Center, Squeeze,
                              CrossUnit<2, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>, Transition,
                              CrossUnit<2, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>, Transition,
                              CrossUnit<1, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>>;

/// For 8x8 digits of 5 bits.
using DenseFlowDigits = Compose<Dequantize<5, VariationalNoise<2, 16, 16, 2, 16, 8>>, Center, Squeeze,
                                CrossUnit<3, 4, Unit<4, GlowModule<IntraUnit<32, 3, 24>>>>, Transition,
                                CrossUnit<2, 4, Unit<4, GlowModule<IntraUnit<32, 3, 24>>>>>;

}  // namespace densenf
