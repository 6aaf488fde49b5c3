#pragma once

#include "architecture.hpp"
#include "small_models.hpp"

// The architectures that scripts/compare_architectures and bench_architectures compare. An entry makes an
// architecture take part: CMake and the script read the names from this file, and a test counts parameters.
namespace architectures {

using All = std::tuple<
    Architecture<"nice", "NICE", Likelihood::exact, small::NiceDigits, small::NiceCifar10,
                 Recipe<std::ratio<1, 1000>, true>>,
    Architecture<"real_nvp", "Real NVP", Likelihood::exact, small::RealNvpDigits, small::RealNvpCifar10>,
    Architecture<"maf", "MAF", Likelihood::exact, small::MafDigits, None<Cifar10>>,
    Architecture<"iaf", "IAF", Likelihood::exact, small::IafDigits, None<Cifar10>>,
    Architecture<"glow", "Glow, affine", Likelihood::exact, small::GlowDigits, small::GlowCifar10>,
    Architecture<"glow_additive", "Glow, additive", Likelihood::exact, small::GlowAdditiveDigits,
                 small::GlowAdditiveCifar10>,
    Architecture<"flowpp", "Flow++", Likelihood::exact, small::FlowPlusPlusDigits,
                 small::FlowPlusPlusCifar10>,
    Architecture<"vflow", "VFlow", Likelihood::bound, small::VFlowDigits, small::VFlowCifar10>,
    Architecture<"anf", "ANF", Likelihood::bound, small::AnfDigits, small::AnfCifar10>,
    Architecture<"macow", "MaCow", Likelihood::exact, small::MaCowDigits, small::MaCowCifar10>,
    Architecture<"survae_max", "SurVAE, max pooling", Likelihood::exact, small::SurVaeMaxPoolDigits,
                 small::SurVaeMaxPoolCifar10>,
    Architecture<"survae_slice", "SurVAE, slicing", Likelihood::exact, small::SurVaeSlicingDigits,
                 small::SurVaeSlicingCifar10>,
    Architecture<"rq_nsf", "RQ-NSF (C)", Likelihood::exact, small::RqNsfDigits, small::RqNsfCifar10>,
    Architecture<"jet", "Jet", Likelihood::exact, small::JetDigits, small::JetCifar10>,
    Architecture<"tarflow", "TarFlow", Likelihood::exact, small::TarFlowDigits, small::TarFlowCifar10>,
    Architecture<"i_resnet", "i-ResNet", Likelihood::estimate, small::IResNetDigits, small::IResNetCifar10>,
    Architecture<"residual_flow", "Residual Flow", Likelihood::estimate, small::ResidualFlowDigits,
                 small::ResidualFlowCifar10>,
    Architecture<"i_densenet", "i-DenseNet", Likelihood::estimate, small::IDenseNetDigits,
                 small::IDenseNetCifar10>,
    Architecture<"ffjord", "FFJORD", Likelihood::estimate, small::FfjordDigits, small::FfjordCifar10>,
    Architecture<"denseflow", "DenseFlow", Likelihood::bound, small::DenseFlowDigits,
                 small::DenseFlowCifar10>>;

}  // namespace architectures
