// A piece of one's own under check_bijector, and a flow over it.

#include "every_header.hpp"

namespace {

using namespace densenf;

struct Negate : Bijector<Negate> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    const V y = ctx.output_like(x, x.c());
    ops::scale_shift_into(ctx, x, -1, 0, y);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return forward(ctx, y, {});
  }
};

}  // namespace

int main() {
  const CheckReport report = check_bijector<Negate>({3, 5, 3});
  if (!report.passed()) fmt::print("{}\n", report.sentence);
  Flow<Compose<Negate, ActNorm>, double> flow({2, 1, 1});
  Trainer<Flow<Compose<Negate, ActNorm>, double>> trainer(flow,
                                                          {.optimizer = AdamW{}, .max_gradient_norm = 1.0});
  const Batch<double> points{{2, 1, 1}, 3, {0.1, 0.2, -1, 0.5, 2, -0.3}};
  return report.passed() && std::isfinite(trainer.step(points)) ? 0 : 1;
}
