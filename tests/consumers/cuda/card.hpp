#pragma once

#include <densenf/densenf.hpp>
#include <optional>

namespace card {

using Module = densenf::Compose<densenf::ActNorm, densenf::Conv1x1,
                                densenf::AffineCoupling<densenf::nn::Mlp<8>>, densenf::SwitchHalves>;
using Model = densenf::Unit<2, Module>;

/// The loss of a first training step on a card; nothing where there is no card.
std::optional<double> first_loss(const densenf::Batch<float>& points);

}  // namespace card
