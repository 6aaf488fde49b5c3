#include <densenf/check/check_bijector.hpp>
#include <densenf/densenf.hpp>

using namespace densenf;

/// y = 2 x
struct Twice : Bijector<Twice> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    ops::scale_shift_into(ctx, x, 2, 0, y);  // evaluates, and records what the backward pass needs
    const double log_det = std::log(2.0) * static_cast<double>(x.shape().size());
    add_to_each(ctx.device(), log_det, x.n(), log_prob.value);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, 0.5, 0, x);
    return x;
  }
};

int main() {
  const CheckReport report = check_bijector<Twice>({3, 2, 2});  // against numerical derivatives
  fmt::print("Twice is right: {}\n", report.passed() ? "yes" : report.sentence);
  Flow<Compose<Twice, Twice>> flow({1, 1, 1});
  const std::vector<double> log_p = flow.log_prob(Batch<float>{{1, 1, 1}, 2, {0, 1}});
  fmt::print("log p: {:.3f} and {:.3f}\n", log_p[0], log_p[1]);  // of N(0, 1) after a factor of 4
}
