// expect: The draws of a Sampler's base are differentiable, which those of a mixture are not: choose
#include "densenf/densenf.hpp"
#include "densenf/distributions/mixture.hpp"

void draw(const densenf::Context<float, densenf::Cpu, false>& ctx, const densenf::Var<float>& seen) {
  densenf::Sampler<densenf::NormalMixture<2>>().draw(ctx, seen, {});
}
