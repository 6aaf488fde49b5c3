// ctest-labels: bijectors
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/leaky.hpp"
#include "densenf/check/check_bijector.hpp"
#include "densenf/ops/elementwise.hpp"

using namespace densenf;

namespace {

enum class Mistake {
  none,
  inverse,
  log_det,
  mixes_images,
  overwrites_gradient,
  forgets_log_det_gradient,
  output_shape,
  rebuilds_wrongly,
  changes_state_again,
  empty_batch
};

/// Leaky, with something wrong.
template <Mistake mistake>
class Wrong : public Bijector<Wrong<mistake>> {
public:
  static constexpr Shape output_shape(Shape in) {
    if (mistake == Mistake::output_shape) in.c += 1;
    return in;
  }

  void declare(Builder& b, Shape in) {
    log_slope_ = b.vector("log_slope", {in.c}, Init::zeros());
    passes_ = b.state("passes", {1}, Init::zeros());
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    if (mistake == Mistake::empty_batch && x.n() == 0) throw Error("There must be an image.");
    // A running count that takes its own next value for the state.
    if (mistake == Mistake::changes_state_again && ctx.updates_state()) ctx.next_state(passes_)[0] += 1;
    const V y = ctx.output_like(x, x.c());
    const V log_slope = ctx.parameter(log_slope_);
    leaky_forward(ctx.device(), as_const(x.value), as_const(log_slope.value).data, y.value, log_prob.value);
    for (Index n = 0; mistake == Mistake::log_det && n < x.n(); ++n) log_prob.value[n] += 1e-4;
    if (mistake == Mistake::mixes_images && x.n() > 0) y.value(0, 0) += 1e-3 * static_cast<double>(x.n());
    ctx.record([=](auto& c) {
      const Tensor<double> dx = x.gradient != nullptr ? c.gradient(x) : Tensor<double>{};
      if (mistake == Mistake::overwrites_gradient && dx.data != nullptr) fill_zero(c.device(), dx);
      double* zeros = c.memory().template allocate<double>(x.n());
      for (Index n = 0; n < x.n(); ++n) zeros[n] = 0;
      leaky_backward(c.device(), as_const(x.value), as_const(log_slope.value).data, as_const(c.gradient(y)),
                     mistake == Mistake::forgets_log_det_gradient ? zeros : log_prob.gradient, dx,
                     c.gradient_or_unused(log_slope).data, {});
    });
    return y;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    leaky_inverse(ctx.device(), as_const(y.value), static_cast<const double*>(ctx.value(log_slope_)),
                  x.value);
    const bool off = mistake == Mistake::inverse || (mistake == Mistake::rebuilds_wrongly && ctx.training());
    if (off && x.n() > 0) x.value(0, 1) += 1e-6;
    return x;
  }

private:
  Param log_slope_, passes_;
};

template <Mistake mistake>
void finds(const char* words) {
  const CheckReport report = check_bijector<Wrong<mistake>>({3, 2, 2});
  INFO(report.sentence);
  CHECK_FALSE(report.passed());
  CHECK(report.sentence.find(words) != std::string::npos);
}

/// Adds its context.
struct Shifted : Bijector<Shifted> {
  static constexpr bool takes_context = true;
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb, const V& context) const {
    return ops::add(ctx, x, context);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z, const V& context) const {
    const V x = ctx.output_like(z, z.c());
    copy(ctx.device(), as_const(z.value), x.value);
    accumulate_scaled(ctx.device(), as_const(context.value), -1.0, x.value);
    return x;
  }
};

/// The square root, which has no parameters and no value for negative numbers; or an identity that forgets
/// the first number, or the log-determinant's.
enum class Gap { root_of_negative, unwritten, no_log_det };
template <Gap gap>
struct WithGap : Bijector<WithGap<gap>> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    for (Index p = 0; p < x.value.pixels(); ++p) {
      for (Index c = 0; c < x.c(); ++c) {
        if (gap == Gap::unwritten && p == 0 && c == 0) continue;
        y.value(p, c) = gap == Gap::root_of_negative ? std::sqrt(x.value(p, c)) : x.value(p, c);
      }
    }
    for (Index n = 0; gap == Gap::no_log_det && n < x.n(); ++n) log_prob.value[n] = std::log(-1.0);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx&, const V& y) const {
    return y;
  }
};

}  // namespace

TEST_CASE("check_bijector: what is not a number is said to be so, also of pieces without parameters") {
  const auto says = [](const CheckReport& report, const std::string& number) {
    INFO(report.sentence);
    CHECK_FALSE(report.passed());
    CHECK(report.sentence.starts_with("Output number " + number));
    CHECK(
        report.sentence.find("Was it written, and from inputs in the right range? They were between -1.5 and "
                             "1.5: options.low and options.high.") != std::string::npos);
  };
  says(check_bijector<WithGap<Gap::root_of_negative>>({3, 2, 2}), "");
  says(check_bijector<WithGap<Gap::unwritten>>({3, 2, 2}), "0 is");
  says(check_bijector<WithGap<Gap::no_log_det>>({3, 2, 2}), "24 is");  // of 2 images of 12 numbers
  // Most numbers between -1.5 and 1.5 are outside of (0, 1).
  says(check_bijector<Logit>({3, 2, 2}), "24 is -inf");
  CHECK(check_bijector<Logit>({3, 2, 2}, {.low = 0.1, .high = 0.9}).passed());
}

TEST_CASE("check_bijector: a correct bijector passes with room to spare") {
  const CheckReport report = check_bijector<Leaky>({3, 2, 2});
  CHECK_MESSAGE(report.passed(), report.sentence);
  CHECK(report.worst < 1e-2);
  CHECK(check_bijector<Wrong<Mistake::none>>({3, 2, 2}).passed());
}

TEST_CASE("check_bijector: every mistake is found and named") {
  finds<Mistake::inverse>("inverse(forward(x)) at image 0, channel 1, row 0, column 0");
  finds<Mistake::log_det>("against the numerical Jacobian,");
  finds<Mistake::mixes_images>("evaluated alone");
  finds<Mistake::overwrites_gradient>("The gradient for input 0");
  finds<Mistake::forgets_log_det_gradient>("of parameter 'log_slope'");
  finds<Mistake::output_shape>("output_shape says that forward makes images of 4x2x2, but it makes 3x2x2.");
  finds<Mistake::rebuilds_wrongly>("The rebuilt x");
  finds<Mistake::changes_state_again>("on the second run over the same batch");
  CHECK_THROWS_WITH(check_bijector<Wrong<Mistake::empty_batch>>({3, 2, 2}), "There must be an image.");
}

TEST_CASE("check_bijector: a context takes part, and must be asked for") {
  const CheckReport report = check_bijector<Shifted>({3, 2, 2}, {.context = 3});
  CHECK_MESSAGE(report.passed(), report.sentence);
  CHECK_THROWS_AS(check_bijector<Shifted>({3, 2, 2}), ArgumentError);
  CHECK_THROWS_AS(check_bijector<Shifted>({3, 2, 2}, {.n = 0, .context = 3}), ArgumentError);
}
