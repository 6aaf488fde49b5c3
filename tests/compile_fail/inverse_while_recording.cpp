// expect: Inverses only evaluate: call invert(ctx.evaluating(), z).
#include "densenf/bijectors/actnorm.hpp"

using namespace densenf;

Var<float> back(const ActNorm& norm, const Context<float, Cpu, true>& ctx, const Var<float>& z) {
  return norm.invert(ctx, z);
}
