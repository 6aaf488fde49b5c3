#pragma once

#include "golden.hpp"

namespace golden {

/// The model of tiny.safetensors.
using TinyModule = GlowModule<IntraUnit<8, 2, 4>>;
using Tiny = Compose<Dequantize<4, VariationalNoise<2, 8, 8, 2, 4, 4>>, Center, Squeeze,  //
                     CrossUnit<2, 2, Unit<1, TinyModule>>, Transition,                    //
                     CrossUnit<1, 2, Unit<2, TinyModule>>>;

}  // namespace golden
