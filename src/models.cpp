// Made by scripts/make_compiled from its list of models: change that instead.
#include "densenf/models/declared.hpp"

#include "densenf/kernels/cpu/all.hpp"
#include "densenf/ops/declared.hpp"

namespace densenf {

template Var<float> run_staged(const Weights<DenseFlow_74_10>&, const Context<float, Cpu, false>&,
                               Staging<float, Cpu, NoCondition>&, const double*);
template Var<float> run_staged(const Weights<DenseFlow_74_10>&, const Context<float, Cpu, true>&,
                               Staging<float, Cpu, NoCondition>&, const double*);
template void detail::draw_staged(
    detail::Room<DenseFlow_74_10, float, Cpu, densenf::BaseOf<DenseFlow_74_10>, NoCondition>&,
    const Pass<float, Cpu>&);
template Batch<float> detail::decode(
    detail::Room<DenseFlow_74_10, float, Cpu, densenf::BaseOf<DenseFlow_74_10>, NoCondition>&,
    const Latents<float>&, const GivenRef<float, Cpu, NoCondition>*, Index);

}  // namespace densenf
