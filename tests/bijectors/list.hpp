#pragma once

#include <ratio>
#include <string>

#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/adaptive_continuous.hpp"
#include "densenf/bijectors/affine_batch_norm.hpp"
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/continuous.hpp"
#include "densenf/bijectors/leaky.hpp"
#include "densenf/bijectors/masked_conv.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/permuted_lu.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/bijectors/residual.hpp"
#include "densenf/bijectors/scale_shift_norm.hpp"
#include "densenf/bijectors/sort.hpp"
#include "densenf/bijectors/spline.hpp"
#include "densenf/bijectors/squeezed_context.hpp"
#include "densenf/bijectors/standardize.hpp"
#include "densenf/bijectors/variance_actnorm.hpp"
#include "densenf/check/check_bijector.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/distributions/mixture.hpp"
#include "densenf/distributions/uniform.hpp"
#include "densenf/kernels/cpu/spline.hpp"  // splines of one bin, which densenf::compiled does not have
#include "densenf/models/anf.hpp"
#include "densenf/models/denseflow.hpp"
#include "densenf/models/glow.hpp"
#include "densenf/models/jet.hpp"
#include "densenf/models/nice.hpp"
#include "densenf/models/real_nvp.hpp"
#include "densenf/models/tarflow.hpp"
#include "densenf/models/vflow.hpp"
#include "densenf/nn/bounded_networks.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/nn/preactivation.hpp"
#include "densenf/nn/time_networks.hpp"

// THE list of bijectors: whatever is to hold for each of them is tested over it.
namespace bijector_list {

using namespace densenf;

/// A coupling network that is quick to differentiate by differences, with a BatchNorm so that there is state.
struct SmallNetwork {
  nn::Conv first, last;
  nn::BatchNorm norm;

  void declare(Builder& b, Index in, Index out) {
    first.declare(b, "first", in, 3, 3);
    norm.declare(b, 3);
    last.declare(b, "last", 3, out, 1);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return last.forward(ctx, norm.forward(ctx, first.forward(ctx, x), ops::Activation::relu));
  }
};

/// One of Flow++'s, with all that it can have.
using SmallGatedNetwork =
    nn::GatedNetwork<2, 1, 1, nn::GatedOptions{.dropout = 30, .weight_norm = true}, true>;
using SmallGatedNoise = flowpp::Conditional<1, flowpp::Step<SmallGatedNetwork, SquashedMixture<2>, 2>,
                                            nn::GatedFeatures<2, 1, nn::GatedOptions{}, true, 1>>;

inline constexpr nn::NormBound small_bound{.percent = 30, .iterations = 0};
template <class Activation, bool leading>
using SmallResidual = nn::BoundedNetwork<Activation, 3, 3, small_bound, leading>;

using Affine = AffineCoupling<SmallNetwork>;
using Conditional = AffineCoupling<SmallNetwork, 1>;
using Module = GlowModule<SmallNetwork>;
template <LineOrder order, class Transform = AffineShiftsSigmoid2, int Context = 0>
using Lines = MaskedConv<order, Transform, 2, 3, 1, Context>;
using Noise = VariationalNoise<1, 3, 2, 1, 2, 1>;
/// Of images of two channels and one of the flow's context.
using ContextNoise =
    Sampler<StandardNormal, Compose<AffineCoupling<SmallNetwork, 3>, Sigmoid>, nn::WithContext<1>>;

/// A bijector at one size.
struct Case {
  std::string name;  ///< of the class template, as its header has it
  Shape shape;
  BijectorOptions options{};
  bool whole_model = false;  ///< or another piece of which differences take long
};

template <class B>
struct Of {};

/// Calls visit(Of<B>(), case) for every bijector. What leaves a piece is at most a few dozen numbers, because
/// the check differentiates all of them by all of them.
template <class Visit>
void for_each_bijector(const Visit& visit) {
  const BijectorOptions between_0_and_1{.low = 0.05, .high = 0.95};

  visit(Of<ScalarAffine<std::ratio<-3, 2>, std::ratio<1, 4>>>(), Case{"ScalarAffine", {3, 3, 2}});
  visit(Of<Center>(), Case{"ScalarAffine", {1, 1, 5}});
  visit(Of<Sigmoid>(), Case{"Sigmoid", {3, 3, 1}, {.low = -5, .high = 5}});
  visit(Of<Logit>(), Case{"Logit", {3, 3, 1}, between_0_and_1});
  visit(Of<Leaky>(), Case{"Leaky", {5, 3, 1}});
  visit(Of<Squeeze>(), Case{"SqueezeBy", {3, 2, 4}});
  visit(Of<BlockSqueeze>(), Case{"SqueezeBy", {3, 2, 4}});
  visit(Of<DiagonalSqueeze>(), Case{"SqueezeBy", {3, 2, 4}});
  visit(Of<Unsqueeze>(), Case{"UnsqueezeBy", {12, 1, 2}});
  visit(Of<BlockUnsqueeze>(), Case{"UnsqueezeBy", {12, 1, 2}});
  visit(Of<DiagonalUnsqueeze>(), Case{"UnsqueezeBy", {12, 1, 2}});
  visit(Of<SwitchHalves>(), Case{"SwitchHalves", {4, 2, 1}});
  visit(Of<SwitchHalves>(), Case{"SwitchHalves", {5, 1, 3}});
  visit(Of<SwitchHalves>(), Case{"SwitchHalves", {1, 2, 2}});

  visit(Of<ActNorm>(), Case{"ActNorm", {3, 3, 2}});
  visit(Of<Standardize>(), Case{"Standardize", {3, 2, 1}});
  visit(Of<Conv1x1>(), Case{"Conv1x1", {5, 1, 3}});
  visit(Of<LuConv1x1>(), Case{"LuConv1x1", {5, 1, 3}});
  visit(Of<LuConv1x1>(), Case{"LuConv1x1", {1, 2, 2}});

  visit(Of<PermutedLu>(), Case{"PermutedLu", {5, 1, 3}});
  visit(Of<PermutedLu>(), Case{"PermutedLu", {1, 2, 2}});
  visit(Of<ScaleShiftNorm>(), Case{"ScaleShiftNorm", {3, 3, 2}});
  visit(Of<AffineBatchNorm>(), Case{"AffineBatchNorm", {3, 3, 2}});
  visit(Of<AffineBatchNorm>(), Case{"AffineBatchNorm", {5, 1, 1}});
  visit(Of<ReverseChannels>(), Case{"ReverseChannels", {5, 1, 3}});
  visit(Of<Flatten>(), Case{"Flatten", {3, 1, 2}});
  visit(Of<ChannelSpline<4, std::ratio<1>>>(), Case{"ChannelSpline", {3, 3, 1}});
  visit(Of<ChannelSpline<1>>(), Case{"ChannelSpline", {1, 2, 2}});

  visit(Of<KeptSpline<SecondHalfStays, 3, std::ratio<1>>>(), Case{"KeptSpline", {3, 2, 1}});

  // Autoregressive flows in both directions: over vectors, over the channels of pixels, of one number alone.
  visit(Of<MaskedAutoregressive<Standardizing, nn::Made<7>>>(), Case{"MaskedAutoregressive", {5, 1, 1}});
  visit(Of<MaskedAutoregressive<RationalQuadratic<3, std::ratio<1>, 5>, nn::Made<5, 1, true>>>(),
        Case{"MaskedAutoregressive", {4, 1, 2}});
  visit(Of<MaskedAutoregressive<AutoregressiveSigmoid, nn::Made<3, 1>>>(),
        Case{"MaskedAutoregressive", {1, 2, 1}});
  visit(Of<InverseAutoregressive<Gate, nn::Made<7>>>(), Case{"InverseAutoregressive", {5, 1, 1}});
  visit(Of<InverseAutoregressive<RationalQuadratic<3, std::ratio<1>>, nn::Made<3, 2, true>>>(),
        Case{"InverseAutoregressive", {4, 1, 2}});
  visit(
      Of<Unit<2, Compose<InverseAutoregressive<AutoregressiveSoftplus, nn::Made<3, 1>>, ReverseChannels>>>(),
      Case{"Unit", {3, 1, 1}});

  visit(Of<MaskedAutoregressive<Standardizing, nn::Made<5, 1>, 2>>(),
        Case{"MaskedAutoregressive", {3, 1, 2}, {.context = 2}});
  visit(Of<MaskedAutoregressive<Standardizing, nn::Made<3>, 1>>(),
        Case{"MaskedAutoregressive", {1, 1, 1}, {.context = 1}});
  visit(Of<InverseAutoregressive<Gate, nn::Made<5, 1, true>, 1>>(),
        Case{"InverseAutoregressive", {3, 1, 1}, {.context = 1}});

  // Splines in couplings; dropout, which a pass may draw more than once.
  visit(Of<Coupling<SecondHalfStays, RationalQuadratic<4, std::ratio<1>, 2>, SmallNetwork>>(),
        Case{"Coupling", {5, 3, 1}});
  visit(Of<Unit<2, Compose<Coupling<SecondHalfStays, RationalQuadratic<2>,
                                    nn::PreactivationNetwork<3, 2, std::ratio<1, 4>>>,
                           SwitchHalves>>>(),
        Case{"Unit", {2, 3, 2}});
  visit(Of<Coupling<Checkerboard<1>, RationalQuadratic<2, std::ratio<1>>, SmallNetwork>>(),
        Case{"Coupling", {2, 1, 2}});

  visit(Of<Affine>(), Case{"Coupling", {4, 3, 2}});
  visit(Of<Affine>(), Case{"Coupling", {5, 1, 3}});
  visit(Of<Affine>(), Case{"Coupling", {2, 1, 1}});
  visit(Of<AffineCoupling<nn::IntraUnit<4, 1, 2>>>(), Case{"Coupling", {3, 2, 4}});
  visit(Of<AffineCoupling<nn::ResidualDense<3, 1, 2>, 2>>(), Case{"Coupling", {3, 3, 2}, {.context = 2}});

  // The other splits and transforms, with and without a context.
  visit(Of<AdditiveCoupling<SmallNetwork>>(), Case{"Coupling", {5, 1, 3}});
  visit(Of<Coupling<ChannelHalves, AffineSigmoid2, SmallNetwork, 1>>(),
        Case{"Coupling", {4, 3, 2}, {.context = 1}});
  visit(Of<Coupling<Checkerboard<0>, AffineTanh2, SmallNetwork>>(), Case{"Coupling", {3, 3, 3}});
  visit(Of<Coupling<Checkerboard<1>, AffineSigmoid2, SmallNetwork, 2>>(),
        Case{"Coupling", {1, 5, 2}, {.context = 2}});
  visit(Of<Coupling<Checkerboard<1>, Additive, SmallNetwork>>(), Case{"Coupling", {2, 1, 2}});
  visit(Of<Coupling<ColumnSplit<0>, AffineSigmoid2, SmallNetwork>>(), Case{"Coupling", {2, 3, 5}});
  visit(Of<Coupling<ColumnSplit<1>, AffineTanh2, SmallNetwork, 2>>(),
        Case{"Coupling", {1, 2, 3}, {.context = 2}});
  visit(Of<Unit<2, Compose<Coupling<ColumnSplit<0>, RationalQuadratic<2, std::ratio<1>>, SmallNetwork>,
                           Coupling<ColumnSplit<1>, LogisticMixture<2>, SmallNetwork>>>>(),
        Case{"Unit", {1, 1, 3}});
  visit(Of<Unit<2, Compose<Coupling<Checkerboard<0>, AffineTanh2, SmallNetwork>,
                           Coupling<Checkerboard<1>, AffineSigmoid2, SmallNetwork>>>>(),
        Case{"Unit", {2, 3, 2}});

  // Mixtures of logistics, whose networks may tell a context apart, and which look at every pixel.
  visit(Of<Coupling<ChannelHalves, LogisticMixture<3>, SmallNetwork>>(), Case{"Coupling", {5, 2, 1}});
  visit(Of<Coupling<ChannelHalves, SquashedMixture<2>, SmallNetwork, 1>>(),
        Case{"Coupling", {3, 1, 3}, {.context = 1}});
  visit(Of<Coupling<Checkerboard<0>, LogisticMixture<2>, SmallNetwork>>(), Case{"Coupling", {1, 3, 3}});
  visit(Of<Coupling<ChannelHalves, LogisticMixture<1>, SmallGatedNetwork>>(), Case{"Coupling", {4, 1, 3}});
  visit(Of<Coupling<ChannelHalves, LogisticMixture<2>, SmallGatedNetwork, 2>>(),
        Case{"Coupling", {3, 2, 1}, {.context = 2}});
  visit(Of<Unit<2, flowpp::Step<SmallGatedNetwork, LogisticMixture<2>, 1>>>(),
        Case{"Unit", {2, 2, 2}, {.context = 1}});
  visit(Of<PositionNorm<2>>(), Case{"PositionNorm", {4, 3, 1}});
  visit(Of<PositionNorm<1>>(), Case{"PositionNorm", {3, 1, 2}});
  visit(Of<PartsConv1x1<2>>(), Case{"PartsConv1x1", {6, 1, 2}});
  visit(Of<PartsConv1x1<1>>(), Case{"PartsConv1x1", {1, 2, 2}});
  visit(Of<FoldColumns>(), Case{"FoldColumns", {3, 3, 4}});
  visit(Of<UnfoldColumns>(), Case{"UnfoldColumns", {4, 3, 1}});

  // Compositions in unusual orders.
  visit(Of<Compose<Sigmoid, Squeeze, Logit, Affine, Unsqueeze, SwitchHalves>>(), Case{"Compose", {3, 2, 2}});
  visit(Of<Compose<Unsqueeze, Compose<Leaky, Squeeze>, LuConv1x1>>(), Case{"Compose", {4, 1, 2}});
  visit(Of<Compose<Conv1x1, Conditional>>(), Case{"Compose", {3, 2, 2}, {.context = 1}});
  visit(Of<Compose<FactorOut<>, Module, FactorOut<>, Sigmoid>>(), Case{"Compose", {8, 1, 2}});
  visit(Of<Unit<5, Module>>(), Case{"Unit", {3, 2, 2}});  // more modules than places that take turns
  visit(Of<Unit<2, Unit<2, Affine>>>(), Case{"Unit", {3, 2, 2}});
  // A context on its way through all that can hold pieces which take one.
  visit(Of<Compose<Conditional, Unit<3, Compose<Conv1x1, Conditional, SwitchHalves>>, Conditional>>(),
        Case{"Unit", {3, 2, 1}, {.context = 1}});
  visit(Of<CrossUnit<2, 1, Unit<2, Conditional>>>(), Case{"CrossUnit", {3, 1, 2}, {.context = 1}});

  visit(Of<FactorOut<>>(), Case{"FactorOut", {6, 1, 3}});
  visit(Of<Transition>(), Case{"FactorOut", {3, 2, 4}});
  // A part that leaves under a prior that looks at what stays; and at the context, too.
  visit(Of<FactorOut<ConditionalNormal<SmallNetwork>>>(), Case{"FactorOut", {4, 2, 3}});
  visit(Of<FactorOut<ConditionalNormal<SmallNetwork, 2>, std::ratio<2, 3>>>(),
        Case{"FactorOut", {3, 2, 2}, {.context = 2}});
  visit(Of<FactorOut<ChannelNormal, std::ratio<1, 4>>>(), Case{"FactorOut", {4, 3, 1}});
  visit(Of<FactorOut<NormalMixture<2>>>(), Case{"FactorOut", {2, 1, 3}});
  visit(Of<Compose<Sigmoid, FactorOut<StandardUniform>>>(), Case{"FactorOut", {2, 3, 1}});
  visit(Of<Compose<Conditional, FactorOut<ConditionalNormal<SmallNetwork>>, Affine,
                   FactorOut<ConditionalNormal<SmallNetwork, 1>>>>(),
        Case{"Compose", {4, 2, 2}, {.context = 1}});
  // Noise that does not look at x; that does; of a flow; of a flow with a conditional base.
  visit(Of<Augment<2>>(), Case{"Augment", {3, 2, 2}});
  visit(Of<Augment<2, AffineNoise<SmallNetwork>>>(), Case{"Augment", {3, 2, 2}});
  visit(Of<Augment<2, Sampler<StandardNormal, Unit<2, AffineCoupling<SmallNetwork, 3>>>>>(),
        Case{"Augment", {3, 2, 2}});
  visit(Of<Augment<1, Sampler<ConditionalNormal<SmallNetwork>, Compose<Affine, Unsqueeze, Leaky>,
                              nn::HalvedFeatures<2, 3, 1, 1>>>>(),
        Case{"Augment", {2, 2, 2}});
  visit(Of<Augment<1, SmallGatedNoise>>(), Case{"Augment", {1, 1, 4}});
  visit(Of<Compose<Augment<1, Sampler<ConditionalNormal<SmallNetwork>>>, Affine, FactorOut<>>>(),
        Case{"Compose", {3, 1, 2}});

  // Noise that looks at the flow's context: by its network; its base; its features, as they are and halved.
  visit(Of<Augment<2, AffineNoise<SmallNetwork, 1>>>(), Case{"Augment", {3, 2, 2}, {.context = 1}});
  visit(Of<Augment<1, Sampler<ConditionalNormal<SmallNetwork, 2>>>>(),
        Case{"Augment", {2, 1, 3}, {.context = 2}});
  visit(Of<Compose<Augment<2, Sampler<ConditionalNormal<SmallNetwork>, AffineCoupling<SmallNetwork, 3>,
                                      nn::WithContext<1>>>,
                   Conditional>>(),
        Case{"Compose", {2, 2, 1}, {.context = 1}});
  visit(Of<Augment<1, Sampler<ConditionalNormal<SmallNetwork, 0>, Compose<Affine, Unsqueeze, Leaky>,
                              nn::WithContext<2, nn::HalvedFeatures<2, 3, 1, 1>>>>>(),
        Case{"Augment", {2, 2, 2}, {.context = 2}});

  visit(Of<CrossUnit<1, 2, Unit<1, Module>>>(), Case{"CrossUnit", {3, 2, 2}});
  visit(Of<CrossUnit<3, 1, Unit<1, Module>>>(), Case{"CrossUnit", {3, 1, 2}});
  visit(Of<Dequantize<8, UniformNoise>>(), Case{"Dequantize", {3, 3, 1}});
  visit(Of<Dequantize<3, Noise>>(), Case{"Dequantize", {1, 2, 4}});
  visit(Of<Dequantize<3, ContextNoise>>(), Case{"Dequantize", {2, 2, 1}, {.context = 1}});
  visit(Of<flowpp::VariationalDequantize<3, SmallGatedNoise>>(), Case{"Dequantize", {1, 2, 2}});
  // A logit behind it is computed together with it.
  visit(Of<Compose<Dequantize<3, ContextNoise>, Logit, Conditional>>(),
        Case{"Compose", {2, 1, 2}, {.context = 1}});
  visit(Of<Compose<Dequantize<8, UniformNoise>, Logit>>(), Case{"Compose", {3, 3, 1}});
  visit(Of<Compose<Dequantize<3, Noise>, Logit, Leaky>>(), Case{"Compose", {1, 2, 4}});

  // MaCow's pieces: lines that depend on the ones before, in four directions.
  visit(Of<ScalingActNorm>(), Case{"ScalingActNorm", {3, 3, 2}});
  visit(Of<Lines<LineOrder::downwards>>(), Case{"MaskedConv", {2, 4, 3}});
  visit(Of<Lines<LineOrder::rightwards, Additive>>(), Case{"MaskedConv", {2, 3, 4}});
  visit(Of<Lines<LineOrder::leftwards, AffineShiftsSigmoid2, 2>>(),
        Case{"MaskedConv", {2, 3, 3}, {.context = 2}});
  visit(Of<MaskedConv<LineOrder::upwards, AffineShiftsSigmoid2, 2, 5, 1>>(), Case{"MaskedConv", {1, 3, 5}});
  visit(Of<Coupling<LastOf<4>, AffineShiftsSigmoid2, SmallNetwork>>(), Case{"Coupling", {9, 1, 2}});
  visit(Of<Coupling<ChannelHalves, AffineSoftplus, SmallNetwork>>(), Case{"Coupling", {3, 2, 1}});
  visit(Of<Coupling<Opposite<ChannelHalves>, AffineSoftClip, SmallNetwork>>(), Case{"Coupling", {5, 2, 1}});
  visit(Of<Compose<Conditional, Unit<2, Lines<LineOrder::upwards, Additive, 1>>, BlockSqueeze,
                   SqueezedContext<ops::SqueezeOrder::block, AffineCoupling<SmallNetwork, 4>>>>(),
        Case{"SqueezedContext", {3, 2, 2}, {.context = 1}});
  // Surjections that forget a choice.
  visit(Of<MaxPool<>>(), Case{"MaxPool", {2, 2, 4}});
  visit(Of<Abs<>>(), Case{"Abs", {2, 3, 1}});
  visit(Of<Abs<SmallNetwork>>(), Case{"Abs", {2, 3, 1}});
  visit(Of<Sort<1>>(), Case{"Sort", {2, 3, 2}});
  visit(Of<StochasticPermutation>(), Case{"StochasticPermutation", {2, 5, 1}});
  visit(Of<SoftplusInverse>(), Case{"SoftplusInverse", {2, 3, 1}, {.low = 0.05, .high = 3}});

  // Residual flows, whose norms are those that random vectors see, so that ceilings are low here; and
  // continuous ones, with steps so fine that their error is not seen.
  visit(Of<Residual<SmallResidual<nn::LipSwish, true>, ExactDeterminant>>(), Case{"Residual", {2, 2, 3}});
  visit(Of<Residual<SmallResidual<nn::EluLayer, false>, ExactDeterminant>>(), Case{"Residual", {3, 1, 1}});
  visit(Of<Residual<nn::BoundedNetwork<nn::LipSwish, 3, 3, small_bound, true,
                                       nn::NormOrders{NormOrder::infinity(), {150}, NormOrder::one()}>,
                    ExactDeterminant>>(),
        Case{"Residual", {2, 3, 1}});
  visit(Of<Unit<2, Compose<Residual<nn::BoundedDenseNetwork<2, 2, 3, small_bound>, ExactDeterminant>,
                           FlooredActNorm>>>(),
        Case{"Residual", {2, 1, 3}});
  visit(Of<BiasedActNorm>(), Case{"BiasedActNorm", {3, 3, 2}});
  visit(Of<FlooredActNorm>(), Case{"FlooredActNorm", {3, 3, 2}});
  visit(Of<ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 3>, 32, Trace::exact>>(),
        Case{"ContinuousFlow", {2, 1, 2}, {}, true});
  visit(Of<ContinuousFlow<nn::TimeNetwork<nn::TimeGatedConv, 3, 2>, 32, Trace::exact>>(),
        Case{"ContinuousFlow", {1, 3, 1}, {}, true});

  // Differences see where steps are chosen anew, which changes a result by their tolerance.
  visit(Of<AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 3>, 9, Trace::exact>>(),
        Case{"AdaptiveContinuousFlow", {2, 1, 2}, {.tolerance = 1e-5}, true});
  visit(Of<AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeGatedConv, 3>, 9, Trace::exact>>(),
        Case{"AdaptiveContinuousFlow", {1, 3, 1}, {.tolerance = 1e-5}, true});
  // Gradients by the adjoint equation: test_solver_gradient.cpp has how they come to these.
  visit(
      Of<ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 2>, 32, Trace::exact, SolverGradient::adjoint>>(),
      Case{"ContinuousFlow", {1, 1, 3}, {}, true});
  visit(Of<AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeGatedConv, 2>, 9, Trace::exact,
                                  SolverGradient::adjoint>>(),
        Case{"AdaptiveContinuousFlow", {1, 3, 1}, {.tolerance = 1e-5}, true});

  // Glow's pieces.
  visit(Of<ScaledActNorm>(), Case{"ScaledActNorm", {3, 3, 2}});
  visit(Of<PluConv1x1>(), Case{"PluConv1x1", {5, 1, 3}});
  visit(Of<PluConv1x1>(), Case{"PluConv1x1", {1, 2, 2}});
  visit(Of<Unit<2, GlowStep<3>>>(), Case{"Unit", {4, 2, 3}});
  visit(Of<GlowStep<2, Additive, PluConv1x1>>(), Case{"Compose", {3, 3, 2}});
  visit(Of<Compose<GlowSplit, ScaledActNorm>>(), Case{"Compose", {4, 3, 2}});
  // Real NVP's.
  visit(Of<Coupling<SecondHalfStays, AffineLearnedTanh<1>, SmallNetwork>>(), Case{"Coupling", {5, 1, 3}});
  visit(Of<Coupling<Checkerboard<0>, AffineLearnedTanh<0>, SmallNetwork>>(), Case{"Coupling", {2, 3, 3}});
  visit(Of<SplitBatchNorm<Checkerboard<0>>>(), Case{"SplitBatchNorm", {3, 3, 3}});
  visit(Of<SplitBatchNorm<Checkerboard<1>>>(), Case{"SplitBatchNorm", {1, 2, 3}});
  visit(Of<SplitBatchNorm<ColumnSplit<1>>>(), Case{"SplitBatchNorm", {2, 2, 3}});
  visit(Of<SplitBatchNorm<SecondHalfStays>>(), Case{"SplitBatchNorm", {5, 1, 3}});
  visit(Of<RealNvpCoupling<Checkerboard<1>, 1, 2, 1>>(), Case{"Compose", {2, 3, 2}});
  visit(Of<RealNvpCoupling<ColumnSplit<0>, 1, 2, 1>>(), Case{"Compose", {1, 2, 3}});
  visit(Of<RealNvpCoupling<ChannelHalves, 1, 2, 1>>(), Case{"Compose", {3, 1, 3}});
  // NICE's.
  visit(Of<Deal<3>>(), Case{"Deal", {6, 2, 1}});
  visit(Of<Gather<3>>(), Case{"Gather", {6, 1, 2}});
  visit(Of<ScaleChannels>(), Case{"ScaleChannels", {3, 2, 2}});
  visit(Of<Whitening>(), Case{"Whitening", {3, 2, 2}});
  visit(Of<Coupling<ChannelHalves, Additive, nn::NiceNetwork<3, 2>>>(), Case{"Coupling", {5, 1, 1}});

  // ANF's, over levels of odd extents too; of two channels of an image; with shifts alone.
  visit(Of<AnfEncoder<LatentLevels<1>, 2, 1>>(), Case{"HierarchicalCoupling", {5, 1, 3}});
  visit(Of<AnfDecoder<LatentLevels<1>, 2, 1>>(), Case{"HierarchicalCoupling", {5, 1, 3}});
  visit(Of<AnfEncoder<LatentLevels<1, 2>, 2, 0>>(), Case{"HierarchicalCoupling", {22, 1, 1}});
  visit(Of<AnfDecoder<LatentLevels<1, 2>, 2, 0>>(), Case{"HierarchicalCoupling", {22, 1, 1}});
  visit(Of<HierarchicalCoupling<LatentLevels<3>, Additive, nn::BottomUp<2, 1>, Sees::before>>(),
        Case{"HierarchicalCoupling", {11, 1, 1}});
  visit(Of<HierarchicalCoupling<LatentLevels<1, 1>, Additive, nn::TopDown<2, 1>, Sees::after>>(),
        Case{"HierarchicalCoupling", {21, 1, 1}});
  visit(Of<Unit<2, AnfStep<LatentLevels<1>, 2, 1>>>(), Case{"Unit", {5, 2, 1}});
  visit(Of<Compose<AnfLatents<2, 1>, AnfEncoder<LatentLevels<2, 1>, 2, 1>>>(), Case{"Compose", {1, 4, 4}});

  // Jet's, with the smallest of its networks and with others: every split, odd numbers of channels, a
  // context.
  using SmallTransformer = nn::Transformer<4, 2, 1, 1>;
  visit(Of<Reordered<ShuffledChannels, AffineCoupling<SmallNetwork>>>(), Case{"Reordered", {5, 1, 3}});
  visit(Of<Reordered<ShuffledChannels, Conditional>>(), Case{"Reordered", {3, 2, 2}, {.context = 1}});
  visit(Of<Reordered<PixelsBy<PixelPattern::checkerboard>, Leaky>>(), Case{"Reordered", {2, 2, 4}});
  visit(Of<Reordered<PixelsBy<PixelPattern::checkerboard, true>, AdditiveCoupling<SmallNetwork>>>(),
        Case{"Reordered", {2, 4, 2}});
  visit(Of<Reordered<PixelsBy<PixelPattern::columns>,
                     Coupling<ChannelHalves, RationalQuadratic<2, std::ratio<1>>, SmallNetwork>>>(),
        Case{"Reordered", {2, 2, 2}});
  visit(Of<Reordered<PixelsBy<PixelPattern::columns, true>, Conv1x1>>(), Case{"Reordered", {2, 2, 2}});
  visit(Of<Reordered<PixelsBy<PixelPattern::rows, true>, Compose<Conv1x1, Affine>>>(),
        Case{"Reordered", {2, 2, 4}});
  visit(Of<Coupling<ChannelHalves, AffineDoubledSigmoid, SmallTransformer>>(), Case{"Coupling", {5, 1, 3}});
  visit(Of<Coupling<ChannelHalves, AffineDoubledSigmoid, SmallTransformer, 2>>(),
        Case{"Coupling", {2, 2, 1}, {.context = 2}});
  visit(Of<Unit<2, Compose<jet::OnChannels<1, SmallTransformer>,
                           jet::OnPixels<PixelPattern::rows, false, SmallTransformer>>>>(),
        Case{"Unit", {2, 2, 2}});
  visit(Of<jet::Patches4>(), Case{"Compose", {2, 4, 8}});
  visit(Of<jet::Range<3>>(), Case{"ScalarAffine", {1, 2, 3}});

  // TarFlow's: both orders, with and without scales and a context, which has a pixel for each or one; with
  // other transforms, whose raw numbers of 0 change the first pixel, too.
  using SmallCausal = nn::CausalTransformer<4, 2, 1, 1>;
  constexpr PixelOrder forwards = PixelOrder::forwards, backwards = PixelOrder::backwards;
  visit(Of<Patches<2>>(), Case{"Patches", {3, 2, 4}});
  visit(Of<Patches<3>>(), Case{"Patches", {2, 6, 3}});
  visit(Of<PixelAutoregressive<forwards, StandardizingScales, SmallCausal>>(),
        Case{"PixelAutoregressive", {3, 3, 2}});
  visit(Of<PixelAutoregressive<backwards, StandardizingScales, SmallCausal>>(),
        Case{"PixelAutoregressive", {1, 2, 5}});
  visit(Of<PixelAutoregressive<backwards, StandardizingScales, SmallCausal, 2>>(),
        Case{"PixelAutoregressive", {2, 3, 2}, {.context = 2}});
  visit(Of<PixelAutoregressive<forwards, Centering, SmallCausal>>(), Case{"PixelAutoregressive", {5, 1, 3}});
  visit(Of<PixelAutoregressive<forwards, AffineShiftsSigmoid2, SmallCausal, 1>>(),
        Case{"PixelAutoregressive", {2, 1, 1}, {.context = 1}});
  visit(Of<PixelAutoregressive<backwards, RationalQuadratic<2, std::ratio<1>>,
                               nn::CausalTransformer<6, 2, 2, 2>>>(),
        Case{"PixelAutoregressive", {1, 3, 3}});
  visit(Of<tarflow::Alternating<4, SmallCausal>>(), Case{"Unit", {2, 2, 2}});
  visit(Of<tarflow::Noisy<5>>(), Case{"ScalarAffine", {1, 2, 3}});

  // A whole model: every piece of DenseFlow at once.
  visit(Of<Compose<Dequantize<3, Noise>, Center, Squeeze, CrossUnit<2, 2, Unit<2, Module>>, Transition,
                   CrossUnit<1, 2, Unit<1, Module>>>>(),
        Case{"Compose", {1, 4, 4}, {}, true});
}

}  // namespace bijector_list
