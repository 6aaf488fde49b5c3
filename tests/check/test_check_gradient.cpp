// ctest-labels: gradients
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "densenf/check/check_gradient.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/elementwise.hpp"

using namespace densenf;

namespace {

/// Ways to get y = exp(v x) with log-determinant sum of v x wrong.
enum class Mistake {
  none,
  forgets_x,
  forgets_parameter,
  overwrites_x,
  overwrites_parameter,
  forgets_log_prob,
  wrong_scale,
  reads_outside,
  writes_outside,
  overwrites_log_prob,
  leaves_a_hole
};

struct Exponential {
  Mistake mistake;
  Param v;

  template <class Ctx, class V = typename Ctx::Value>
  V operator()(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V wide = ctx.output_like(x, x.c() + 2);
    const V y = wide.channels(1, x.c());
    const V parameter = ctx.parameter(v);
    const double* value = parameter.value.data;
    const auto x_of = [&](Index p, Index c) {
      return mistake == Mistake::reads_outside ? x.value.data[p * x.c() + c] : x.value(p, c);
    };
    for (Index n = 0; n < x.n(); ++n) {
      if (mistake == Mistake::overwrites_log_prob) log_prob.value[n] = 0;
    }
    const Index per_image = x.value.h * x.value.w;
    for (Index p = 0; p < x.value.pixels(); ++p) {
      for (Index c = 0; c < x.c(); ++c) {
        if (mistake == Mistake::leaves_a_hole && p == 0 && c == 1) continue;
        y.value(p, c) = std::exp(value[c] * x_of(p, c));
        log_prob.value[p / per_image] += value[c] * x_of(p, c);
      }
      if (mistake == Mistake::writes_outside) wide.value(p, 0) = 0;
    }
    ctx.record([x, y, log_prob, per_image, parameter, *this](auto& k) {
      const auto dy = k.gradient(y), dx = x.gradient != nullptr ? k.gradient(x) : Tensor<double>{};
      const double* w = parameter.value.data;
      double* dw = k.gradient_or_unused(parameter).data;
      for (Index p = 0; p < x.value.pixels(); ++p) {
        for (Index c = 0; c < x.c(); ++c) {
          double inner = dy(p, c) * y.value(p, c) + log_prob.gradient[p / per_image];
          if (mistake == Mistake::forgets_log_prob) inner = dy(p, c) * y.value(p, c);
          if (mistake == Mistake::wrong_scale) inner *= 1 + 1e-5;
          if (mistake == Mistake::overwrites_parameter && p == 0) dw[c] = 0;
          if (mistake != Mistake::forgets_parameter) dw[c] += inner * x.value(p, c);
          if (dx.data == nullptr || mistake == Mistake::forgets_x) continue;
          if (mistake == Mistake::overwrites_x) dx(p, c) = 0;
          dx(p, c) += inner * w[c];
        }
      }
    });
    return y;
  }
};

CheckReport check(Mistake mistake, Index n = 2) {
  return check_gradient(
      {{3, 2, 2}},
      [&](Builder& b) {
        return Exponential{mistake, b.vector("v", {3}, Init::constant(0.5))};
      },
      [](const auto& ctx, const Exponential& f, const auto& x, LogProb l) { return f(ctx, x[0], l); },
      {.n = n});
}

}  // namespace

TEST_CASE("check_gradient: a correct adjoint passes with room to spare") {
  const CheckReport report = check(Mistake::none);
  CHECK_MESSAGE(report.passed(), report.sentence);
  CHECK(report.comparisons > 3 * (24 + 3));
  CHECK(report.worst < 1e-8);
}

TEST_CASE("check_gradient: a batch of no images passes when nothing is written") {
  CHECK(check(Mistake::none, 0).passed());
  CHECK_FALSE(check(Mistake::overwrites_parameter).passed());
}

TEST_CASE("check_gradient: every mistake is found and named") {
  const auto sentence = [](Mistake mistake) {
    const CheckReport report = check(mistake);
    CHECK_FALSE(report.passed());
    return report.sentence;
  };
  const auto says = [](const std::string& text, const char* part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  says(sentence(Mistake::forgets_x), "The gradient for input 0 at image ");
  says(sentence(Mistake::forgets_parameter), "of parameter 'v'");
  says(sentence(Mistake::overwrites_x), "The gradient for input 0");
  says(sentence(Mistake::overwrites_parameter), "of parameter 'v'");
  says(sentence(Mistake::forgets_log_prob), "by the tape and");
  says(sentence(Mistake::wrong_scale), "by the tape and");
  says(sentence(Mistake::reads_outside), "when recording (channel ranges of wider inputs)");
  says(sentence(Mistake::writes_outside), "The output was written outside of its range of channels.");
  says(sentence(Mistake::overwrites_log_prob), "The log-probability must be added to");
  says(sentence(Mistake::leaves_a_hole), "Was it written");
}

TEST_CASE("check_gradient: a function without parameters whose output is not a number is reported") {
  const CheckReport report = check_gradient(
      {{3, 2, 2}}, no_parameters,
      [](const auto& ctx, std::nullptr_t, const auto& x, LogProb l) { return ops::logit(ctx, x[0], l); });
  CHECK_FALSE(report.passed());
  INFO(report.sentence);
  CHECK(report.sentence.starts_with("Output number 24 is -inf. Was it written"));
}

TEST_CASE("check_gradient: a relu's kink beside a number does not spoil the differences") {
  // x near 0 only, so that the first steps straddle the kink of many of the 96 numbers.
  const CheckReport report = check_gradient(
      {{6, 4, 2}},
      [](Builder& b) {
        return std::pair{b.weight("w", {6, 6, 1, 1}, Init::orthogonal()), b.vector("b", {6}, Init::zeros())};
      },
      [](const auto& ctx, const auto& p, const auto& x, LogProb) {
        return ops::conv(ctx, x[0], {ctx.parameter(p.first), ctx.parameter(p.second)}, ops::Activation::relu);
      },
      {.low = -0.01, .high = 0.01});
  CHECK_MESSAGE(report.passed(), report.sentence);
}

TEST_CASE("a report that compared nothing has not passed") {
  CHECK_FALSE(CheckReport{.tolerance = 1}.passed());
}
