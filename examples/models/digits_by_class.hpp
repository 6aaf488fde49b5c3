#pragma once

#include "densenf/densenf.hpp"

namespace example {

/// A density of 8x8 digits of 5 bits for each class: each coupling's network sees, beside its half of the
/// channels, the numbers that ClassEmbedding has learned for the class.
using Classes = densenf::nn::ClassEmbedding<10, 16>;
using DigitStep =
    densenf::Compose<densenf::ActNorm, densenf::Conv1x1,
                     densenf::AffineCoupling<densenf::nn::ResidualDense<32, 3, 24>, Classes::channels>,
                     densenf::SwitchHalves>;
using DigitsByClass =
    densenf::Compose<densenf::Dequantize<5, densenf::UniformNoise>, densenf::Center, densenf::Squeeze,
                     densenf::Unit<8, DigitStep>, densenf::Transition, densenf::Unit<8, DigitStep>>;

}  // namespace example
