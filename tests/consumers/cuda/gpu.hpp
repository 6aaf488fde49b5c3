#pragma once

#include <densenf/densenf.hpp>
#include <optional>

namespace gpu {

using Module = densenf::Compose<densenf::ActNorm, densenf::Conv1x1,
                                densenf::AffineCoupling<densenf::nn::Mlp<8>>, densenf::SwitchHalves>;
using Model = densenf::Unit<2, Module>;

/// The loss of a first training step on a GPU; nothing where there is no GPU.
std::optional<double> first_loss(const densenf::Batch<float>& points);

}  // namespace gpu
