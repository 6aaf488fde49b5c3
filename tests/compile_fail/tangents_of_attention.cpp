// expect: An operation in this network has no tangents
#include <densenf/autodiff/tangents.hpp>
#include <densenf/densenf.hpp>

using namespace densenf;

Var<float> product(const Context<float, Cpu, true>& ctx, const nn::MixNetwork& network, const Var<float>& x) {
  const auto run = [&](const auto& c, const auto& v) { return network.forward(c, v); };
  Linearization j(ctx, run, x);
  return j.times(x);
}
