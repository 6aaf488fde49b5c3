#pragma once

#include <ratio>

#include "densenf/bijectors/affine_batch_norm.hpp"
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/bijectors/permuted_lu.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/bijectors/squeeze.hpp"
#include "densenf/bijectors/unit.hpp"
#include "densenf/distributions/base_of.hpp"
#include "densenf/nn/perceptron.hpp"
#include "densenf/nn/residual_mlp.hpp"

// Flows over vectors of D numbers, which are images of D x 1 x 1, as they have been published for tables:
// "Neural Spline Flows" (NeurIPS 2019) and MAF (NeurIPS 2017). The numbers should be about standard normal.
namespace densenf {

/// A step of the coupling flow: a permutation and LU, half of the numbers by splines given the others, and
/// the others by a spline each. D is at least 2.
template <int Width, int Blocks, int Bins, class DropoutRate>
using SplineCouplingStep = Compose<PermutedLu,
                                   Coupling<SecondHalfStays, RationalQuadratic<Bins, std::ratio<3>, Width>,
                                            nn::ResidualMlp<Width, Blocks, DropoutRate>>,
                                   KeptSpline<SecondHalfStays, Bins>>;

/// RQ-NSF (C) for tables.
template <int Steps = 10, int Width = 256, int Blocks = 2, int Bins = 8, class DropoutRate = std::ratio<0>>
using TabularSplineCoupling =
    WithBase<Compose<Unit<Steps, SplineCouplingStep<Width, Blocks, Bins, DropoutRate>>, PermutedLu>,
             StandardNormal>;

/// RQ-NSF (AR) for tables.
template <int Steps = 10, int Width = 256, int Blocks = 2, int Bins = 8>
using TabularSplineAutoregressive = WithBase<
    Compose<
        Unit<Steps, Compose<PermutedLu, MaskedAutoregressive<RationalQuadratic<Bins, std::ratio<3>, Width>,
                                                             nn::Made<Width, Blocks, true>>>>,
        PermutedLu>,
    StandardNormal>;

namespace detail {
template <class Layer, class Indices>
struct Repeated;
template <class Layer, std::size_t... i>
struct Repeated<Layer, std::index_sequence<i...>> {
  template <std::size_t>
  using Same = Layer;
  using type = Compose<Same<i>...>;
};
}  // namespace detail

/// MAF for tables: layers of an affine autoregressive map, batch norm and the opposite order.
template <int Layers = 5, int Width = 100, int Depth = 2>
using TabularMaf =
    WithBase<typename detail::Repeated<Compose<MaskedAutoregressive<Standardizing, nn::Made<Width, Depth>>,
                                               AffineBatchNorm, ReverseChannels>,
                                       std::make_index_sequence<static_cast<std::size_t>(Layers)>>::type,
             StandardNormal>;

/// Small ones for points of the plane, such as two moons.
using MafTwoMoons = TabularMaf<6, 64>;
using SplineTwoMoons = WithBase<
    Unit<4,
         Compose<Coupling<SecondHalfStays, RationalQuadratic<8, std::ratio<3>, 64>, nn::Perceptron<64, 64>>,
                 SwitchHalves>>,
    StandardNormal>;

}  // namespace densenf
