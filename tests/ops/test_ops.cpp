// ctest-labels: gradients
// also-on: card host
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "../source_scan.hpp"
#include "../test_device.hpp"
#include "densenf/check/check_gradient.hpp"
#include "list.hpp"

using namespace densenf;

TEST_CASE("ops: every operation has the gradient that differences say, at odd sizes and in both phases") {
  const test::Device device = test::device_for_small_work();
  for (const Index c : {1, 3, 5, 7}) {
    for (const Index n : {0, 1, 3}) {
      for (const Phase phase : {Phase::evaluation, Phase::training}) {
        op_list::for_each_op(c, [&](const op_list::Op& op, const auto& declare, const auto& f) {
          const Index most = test::device_is_slow ? 2 : n == 3 && c > 1 ? 7 : 20;
          const CheckReport report =
              check_gradient(device, op.inputs, declare, f,
                             {.n = n, .low = op.low, .high = op.high, .phase = phase, .most = most});
          const bool nothing_to_compare = n == 0 && report.comparisons == 0;
          const bool passed = report.passed() || nothing_to_compare;
          CHECK_MESSAGE(passed, op.name, " with ", c, " channels, batch ", n, ": ", report.sentence);
        });
      }
    }
  }
}

TEST_CASE("ops: no operation is left out of the list") {
  std::set<std::string> listed(op_list::not_differentiable.begin(), op_list::not_differentiable.end());
  op_list::for_each_op(3, [&](const op_list::Op& op, const auto&, const auto&) { listed.insert(op.name); });
  const std::set<std::string> declared = scan::functions_of_a_context("ops");
  CHECK(declared.size() > 20);
  for (const std::string& name : declared) {
    CHECK_MESSAGE(listed.contains(name), name,
                  " is an operation in include/densenf/ops but not in tests/ops/list.hpp");
  }
  for (const std::string& name : listed) {
    CHECK_MESSAGE(declared.contains(name), name, " is in tests/ops/list.hpp but not in include/densenf/ops");
  }
}

TEST_CASE("ops: the inverses of linear flows go back") {
  const test::Device device = test::device_for_small_work();
  for (const Index c : {1, 3, 7}) {
    Laboratory lab(1, device);
    struct Params {
      Square weight;
      Param lower, upper, log_s;
    };
    const auto p = lab.declare([&](Builder& b) {
      return Params{b.square("weight", c, Init::orthogonal()), b.weight("lower", {c, c}, Init::zeros()),
                    b.weight("upper", {c, c}, Init::zeros()), b.vector("log_s", {c}, Init::zeros())};
    });
    const std::vector<double> x = lab.uniform(2 * 15 * c, -1, 1);
    const auto ctx = lab.begin(Phase::evaluation);
    const Var<double> in{lab.batch(x.data(), 2, {c, 3, 5})};
    const LogProb unused = ctx.unused_log_prob(2);
    const auto back = ops::linear_flow_inverse(ctx, ops::linear_flow(ctx, in, p.weight, unused), p.weight);
    const auto lu_back = ops::lu_flow_inverse(ctx, ops::lu_flow(ctx, in, p.lower, p.upper, p.log_s, unused),
                                              p.lower, p.upper, p.log_s);
    double worst = 0;
    const std::vector<double> got = values_of(ctx.device(), as_const(back.value)),
                              lu_got = values_of(ctx.device(), as_const(lu_back.value));
    for (std::size_t i = 0; i < x.size(); ++i) {
      worst = std::max({worst, std::abs(got[i] - x[i]), std::abs(lu_got[i] - x[i])});
    }
    CHECK(worst < 1e-12);
  }
}

TEST_CASE("ops: wrong extents are errors that say what is needed") {
  Laboratory lab(1, test::device_for_small_work());
  const auto ctx = lab.begin(Phase::evaluation);
  CHECK_THROWS_WITH(
      ops::nystrom_attention(ctx, ctx.output(1, {6, 3, 3})),
      "Nystrom attention averages over four equal runs of pixels: height x width must be a multiple of 4. "
      "Got 6x3x3 (channels x height x width).");
  const auto norm = lab.declare([](Builder& b) {
    return ops::BatchNormParams{b.vector("weight", {2}, Init::zeros()), b.vector("bias", {2}, Init::zeros()),
                                b.state("mean", {2}, Init::zeros()), b.state("variance", {2}, Init::zeros())};
  });
  const auto training = lab.begin(Phase::training);
  CHECK_THROWS_WITH(
      ops::batch_norm(training, training.output(1, {2, 1, 1}), norm, ops::Activation::none),
      "BatchNorm needs at least two pixels to take statistics from in training; the batch has 1.");
  CHECK_THROWS_WITH_AS(
      ops::multiply(ctx, ctx.output(2, {3, 1, 2}), ctx.output(2, {1, 1, 2})),
      "ops::multiply takes two values of the same extents, but got 2 images of 3x1x2 and 2 of 1x1x2.",
      ShapeError);
  CHECK_THROWS_AS(ops::add(ctx, ctx.output(2, {3, 1, 2}), ctx.output(1, {3, 1, 2})), ShapeError);
  CHECK_THROWS_WITH_AS(
      ops::per_channel(ctx, norm.weight, ctx.output(1, {3, 1, 1})),
      "ops::per_channel needs one parameter for each of 3 channels, but was given 2: declare them as "
      "vector(name, {in.c}, ...).",
      ShapeError);
}

TEST_CASE("ops: functions of large numbers do not overflow on the way, and stay in their range") {
  Laboratory lab(1, test::device_for_small_work());
  const auto ctx = lab.begin(Phase::evaluation);
  const std::vector<double> x = {-1000, -800, -40, 0, 40, 800, 1000};
  const Var<double> in{lab.batch(x.data(), 1, {7, 1, 1})};
  const auto softplus = values_of(ctx.device(), as_const(ops::softplus(ctx, in).value));
  const auto sigmoid = values_of(ctx.device(), as_const(ops::sigmoid(ctx, in).value));
  const auto tanh = values_of(ctx.device(), as_const(ops::tanh(ctx, in).value));
  const std::vector<double> want = {0, 0, std::exp(-40.0), std::log(2.0), 40, 800, 1000};
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(std::abs(softplus[i] - want[i]) <= 1e-12 * want[i]);
    CHECK(sigmoid[i] > 0);
    CHECK(sigmoid[i] < 1);
    CHECK(tanh[i] == doctest::Approx(x[i] < 0 ? -1 : x[i] > 0 ? 1 : 0));
  }
}
