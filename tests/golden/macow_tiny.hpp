#pragma once

#include "densenf/models/macow.hpp"

namespace golden {

using namespace densenf;

/// The model of macow_tiny.safetensors.
using MaCowTinyStyle = MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1, 1>;
using MaCowTiny = WithBase<
    Compose<Named<"", Dequantize<5, MaCowNoise<MaCowTinyStyle, 5, 1, 1, 4, 5, 1, 3>>>, MaCowScale,  //
            Named<"flow.levels.0.steps.0", Unit<1, MaCowStep<MaCowTinyStyle, 5>>>, BlockSqueeze,    //
            Named<"flow.levels.1.steps.0", Unit<1, MaCowStep<MaCowTinyStyle, 6>>>,                  //
            MaCowPrior<"flow.levels.1.priors.0", 4, 6>,                                             //
            Named<"flow.levels.1.steps.1", Unit<1, MaCowStep<MaCowTinyStyle, 6>>>,                  //
            MaCowPrior<"flow.levels.1.priors.1", 3, 6>,                                             //
            Named<"flow.levels.1.steps.2", Unit<1, MaCowStep<MaCowTinyStyle, 6>>>,                  //
            MaCowPrior<"flow.levels.1.priors.2", 2, 6>, BlockSqueeze,                               //
            Named<"flow.levels.2.steps.0", Unit<1, MaCowStep<MaCowTinyStyle, 4>>>>,
    StandardNormal>;

/// That of macow_tiny_additive.safetensors.
using MaCowAdditiveStyle = MaCowStyle<Additive, 2, 5, 2, 1>;
using MaCowTinyAdditive = WithBase<
    Compose<Dequantize<5, UniformNoise>, MaCowScale,                                                  //
            Named<"flow.levels.0.steps.0", Unit<1, MaCowStep<MaCowAdditiveStyle, 3>>>, BlockSqueeze,  //
            Named<"flow.levels.1.steps.0", Unit<1, MaCowStep<MaCowAdditiveStyle, 4>>>, BlockUnsqueeze>,
    StandardNormal>;

}  // namespace golden
