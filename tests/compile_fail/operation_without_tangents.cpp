// expect: An operation in this network has no tangents
#include <densenf/autodiff/tangents.hpp>
#include <densenf/densenf.hpp>

using namespace densenf;

// All of the library's networks have tangents, so this is an operation of one's own.
template <class Ctx, class V = typename Ctx::Value>
V opposite(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  scale_shift(ctx.device(), as_const(x.value), -1.0F, 0.0F, y.value);
  ctx.record([=](auto& c) { accumulate_scaled(c.device(), as_const(c.gradient(y)), -1.0F, c.gradient(x)); });
  return y;
}

Var<float> product(const Context<float, Cpu, true>& ctx, const Var<float>& x) {
  const auto run = [](const auto& c, const auto& v) { return opposite(c, v); };
  Linearization j(ctx, run, x);
  return j.times(x);
}
