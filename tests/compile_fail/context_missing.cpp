// expect: This coupling was declared with a context: call it with one.
#include "densenf/densenf.hpp"

using namespace densenf;

Var<float> forward(const AffineCoupling<nn::ResidualDense<4>, 2>& coupling,
                   const Context<float, Cpu, false>& ctx, const Var<float>& x) {
  return coupling.apply(ctx, x, LogProb{});
}
