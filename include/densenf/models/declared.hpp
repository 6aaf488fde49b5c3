// Made by scripts/make_compiled from its list of models: change that instead.
#pragma once

#include "densenf/flow/session.hpp"
#include "densenf/models/denseflow.hpp"

// The published models whose passes densenf::compiled holds: a program's files do not instantiate them.
#ifdef DENSENF_USE_COMPILED
namespace densenf {

extern template Var<float> run_staged(const Weights<DenseFlow_74_10>&, const Context<float, Cpu, false>&,
                                      Staging<float, Cpu, NoCondition>&, const double*);
extern template Var<float> run_staged(const Weights<DenseFlow_74_10>&, const Context<float, Cpu, true>&,
                                      Staging<float, Cpu, NoCondition>&, const double*);
extern template void detail::draw_staged(
    detail::Room<DenseFlow_74_10, float, Cpu, densenf::BaseOf<DenseFlow_74_10>, NoCondition>&,
    const Pass<float, Cpu>&);
extern template Batch<float> detail::decode(
    detail::Room<DenseFlow_74_10, float, Cpu, densenf::BaseOf<DenseFlow_74_10>, NoCondition>&,
    const Latents<float>&, const GivenRef<float, Cpu, NoCondition>*, Index);

}  // namespace densenf
#endif
