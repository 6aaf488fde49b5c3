// ctest-labels: gradients
// also-on: gpu host
// own-kernels: ops/own_kernels.cu
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../source_scan.hpp"
#include "../test_device.hpp"
#include "densenf/check/check_gradient.hpp"
#include "list.hpp"

using namespace densenf;
using ops::Activation;

TEST_CASE("ops: every operation has the gradient that differences say, at odd sizes and in both phases") {
  const test::Device device = test::device_for_small_work();
  // Where that takes long, at one odd size; test_agreement.cu has more of them.
  const auto channels = test::device_is_slow ? std::vector<Index>{5} : std::vector<Index>{1, 3, 5, 7};
  const auto batches = test::device_is_slow ? std::vector<Index>{3} : std::vector<Index>{0, 1, 3};
  for (const Index c : channels) {
    for (const Index n : batches) {
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
    if (name.starts_with("require_")) continue;  // a look at sizes
    CHECK_MESSAGE(listed.contains(name), name,
                  " is an operation in include/densenf/ops but not in tests/ops/list.hpp");
  }
  for (const std::string& name : listed) {
    CHECK_MESSAGE(declared.contains(name), name, " is in tests/ops/list.hpp but not in include/densenf/ops");
  }
}

TEST_CASE("ops: what a batch normalization leaves as it is does not reach what it normalizes") {
  TestBench bench(3, test::device_for_small_work());
  const kernels::CheckerboardWhere where{3, 3, 1};
  const Shape s{5, 3, 3};
  const Index n = 2, numbers = n * s.size();
  const std::vector<double> x = bench.uniform(numbers, -1, 1), dz = bench.uniform(numbers, -1, 1);
  const auto changed = [&](Index i) { return where(i / s.c); };
  // Means, variances, log-densities, and outputs and gradients where it normalizes.
  const auto results = [&](double elsewhere) {
    const auto with = [&](std::vector<double> values) {
      for (Index i = 0; i < numbers; ++i)
        if (!changed(i)) values[static_cast<std::size_t>(i)] = elsewhere;
      return values;
    };
    const auto ctx = bench.begin(Phase::training);
    const auto& device = ctx.device();
    const Tensor<const double> in = as_const(bench.batch(with(x).data(), n, s)),
                               dout = as_const(bench.batch(with(dz).data(), n, s));
    const Tensor<double> statistics = ctx.tensor(1, {2 * s.c, 1, 1}), out = ctx.tensor(n, s),
                         din = ctx.tensor(n, s);
    double *const mean = statistics.data, *const variance = mean + s.c;
    statistics_where(device, where, in, mean, variance,
                     ctx.scratch().lend(statistics_where_scratch_bytes(device, in)));
    Buffer<double, test::Device> log_prob(device, n), dlog_prob(device, n);
    dlog_prob.assign(std::vector<double>{0.5, -2});
    normalize_where(device, where, in, std::as_const(mean), std::as_const(variance), 1e-4, Index{4}, out,
                    log_prob.data());
    normalize_where_backward(device, where, in, std::as_const(mean), std::as_const(variance), 1e-4, Index{4},
                             true, dout, std::as_const(dlog_prob).data(), din, kernels::Write::assign,
                             ctx.scratch().lend(normalize_where_backward_scratch_bytes(device, in)));
    std::vector<double> all = values_of(device, as_const(statistics)), logs = log_prob.to_host();
    all.insert(all.end(), logs.begin(), logs.end());
    for (const Tensor<double>& t : {out, din}) {
      const std::vector<double> values = values_of(device, as_const(t));
      for (Index i = 0; i < numbers; ++i)
        if (changed(i)) all.push_back(values[static_cast<std::size_t>(i)]);
    }
    return all;
  };
  const std::vector<double> want = results(0);
  CHECK(std::all_of(want.begin(), want.end(), [](double v) { return std::isfinite(v); }));
  CHECK(results(std::numeric_limits<double>::quiet_NaN()) == want);
  CHECK(results(std::numeric_limits<double>::infinity()) == want);
}

TEST_CASE("ops: the inverses of linear flows go back") {
  const test::Device device = test::device_for_small_work();
  for (const Index c : {1, 3, 7}) {
    TestBench bench(1, device);
    struct Params {
      InvertibleMatrix weight;
      Param lower, upper, log_s;
    };
    const auto p = bench.declare([&](Builder& b) {
      return Params{b.invertible_matrix("weight", c, Init::orthogonal()),
                    b.weight("lower", {c, c}, Init::zeros()), b.weight("upper", {c, c}, Init::zeros()),
                    b.vector("log_s", {c}, Init::zeros())};
    });
    const std::vector<double> x = bench.uniform(2 * 15 * c, -1, 1);
    const auto ctx = bench.begin(Phase::evaluation);
    const Var<double> in{bench.batch(x.data(), 2, {c, 3, 5})};
    const LogProb unused = ctx.unused_log_prob(2);
    const auto back = ops::linear_flow_inverse(ctx, ops::linear_flow(ctx, in, p.weight, unused), p.weight);
    const auto lu =
        ops::lu_product(ctx, ctx.parameter(p.lower), ctx.parameter(p.upper), ctx.parameter(p.log_s));
    const auto lu_back = ops::linear_inverse(ctx, ops::conv(ctx, in, {lu}), lu);
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
  TestBench bench(1, test::device_for_small_work());
  const auto ctx = bench.begin(Phase::evaluation);
  CHECK_THROWS_WITH(
      ops::nystrom_attention(ctx, ctx.output(1, {6, 3, 3})),
      "Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them. Got 6x3x3 "
      "(channels x height x width).");
  CHECK_THROWS_WITH(
      ops::nystrom_attention(ctx, ctx.output(1, {7, 2, 2})),
      "Attention takes queries, keys and values of as many channels each. Got 7x2x2 (channels x "
      "height x width).");
  const auto norm = bench.declare([](Builder& b) {
    nn::BatchNorm made;
    made.declare(b, 2);
    return made;
  });
  const auto training = bench.begin(Phase::training);
  CHECK_THROWS_WITH(
      norm.forward(training, training.output(1, {2, 1, 1})),
      "BatchNorm needs at least two pixels to take statistics from in training; the batch has 1.");
  CHECK_THROWS_WITH_AS(
      ops::multiply(ctx, ctx.output(2, {3, 1, 2}), ctx.output(2, {1, 1, 2})),
      "The second factor of a product must be 2 images of 3x1x2, not 2 of 1x1x2 (channels x height x width).",
      ShapeError);
  CHECK_THROWS_AS(ops::add(ctx, ctx.output(2, {3, 1, 2}), ctx.output(1, {3, 1, 2})), ShapeError);
  CHECK_THROWS_WITH_AS(
      ops::per_channel(ctx, ctx.parameter(norm.weight), ctx.output(1, {3, 1, 1})),
      "ops::per_channel needs one number for each of 3 channels, but was given 2: declare them as "
      "vector(name, {in.c}, ...).",
      ShapeError);
}

TEST_CASE("ops: functions of large numbers do not overflow on the way, and stay in their range") {
  TestBench bench(1, test::device_for_small_work());
  const auto ctx = bench.begin(Phase::evaluation);
  const std::vector<double> x = {-1000, -800, -40, 0, 40, 800, 1000};
  const Var<double> in{bench.batch(x.data(), 1, {7, 1, 1})};
  const auto softplus = values_of(ctx.device(), as_const(ops::softplus(ctx, in).value));
  const auto sigmoid = values_of(ctx.device(), as_const(ops::sigmoid(ctx, in).value));
  const auto tanh = values_of(ctx.device(), as_const(ops::tanh(ctx, in).value));
  const auto gelu = values_of(ctx.device(), as_const(ops::gelu_tanh(ctx, in).value));
  const Tensor<double> slopes = ctx.tensor(1, in.shape()), ones = ctx.tensor(1, in.shape());
  fill_zero(ctx.device(), ones);
  scale_shift(ctx.device(), as_const(ones), 0.0, 1.0, ones);
  gelu_tanh_backward(ctx.device(), as_const(in.value), as_const(ones), slopes, kernels::Write::assign);
  const auto gelu_slope = values_of(ctx.device(), as_const(slopes));
  const std::vector<double> want = {0, 0, std::exp(-40.0), std::log(2.0), 40, 800, 1000};
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(std::abs(softplus[i] - want[i]) <= 1e-12 * want[i]);
    CHECK(gelu_slope[i] == doctest::Approx(x[i] < 0 ? 0 : x[i] > 0 ? 1 : 0.5).epsilon(1e-15));
    CHECK(gelu[i] == doctest::Approx(std::max(x[i], 0.0)).epsilon(1e-15));
    CHECK(sigmoid[i] > 0);
    CHECK(sigmoid[i] < 1);
    CHECK(tanh[i] == doctest::Approx(x[i] < 0 ? -1 : x[i] > 0 ? 1 : 0));
  }
}

TEST_CASE_TEMPLATE("ops: the Gaussian error linear unit is what its definition says, and so is its slope", T,
                   float, double) {
  const test::Device device = test::device_for_small_work();
  std::vector<T> x;
  for (int i = -4000; i <= 4000; ++i) x.push_back(static_cast<T>(i) / T(100));
  for (const T far : {T(100), T(1e6), std::numeric_limits<T>::max()}) {
    x.push_back(far);
    x.push_back(-far);
  }
  const auto count = static_cast<Index>(x.size());
  const Buffer<T, test::Device> from = make_buffer(device, x);
  const std::vector<T> ones(x.size(), T(1));
  const Buffer<T, test::Device> of_ones = make_buffer(device, ones);
  Buffer<T, test::Device> values(device, count), slopes(device, count);
  const Shape shape{count, 1, 1};
  const auto in = make_tensor(from.data(), 1, shape);
  gelu_forward(device, in, make_tensor(values.data(), 1, shape));
  gelu_backward(device, in, make_tensor(of_ones.data(), 1, shape), make_tensor(slopes.data(), 1, shape),
                kernels::Write::assign);
  const std::vector<T> y = values.to_host(), slope = slopes.to_host();
  // By rounding of a probability, which the unit multiplies with x.
  constexpr double most = 4 * static_cast<double>(std::numeric_limits<T>::epsilon());
  double worst = 0, worst_slope = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto v = static_cast<double>(x[i]);
    const double probability = 0.5 * std::erfc(-v * std::sqrt(0.5)), size = std::max(1.0, std::abs(v));
    worst = std::max(worst, std::abs(static_cast<double>(y[i]) - v * probability) / size);
    const double want = probability + v * std::exp(-0.5 * v * v) / std::sqrt(2 * std::acos(-1.0));
    worst_slope = std::max(worst_slope, std::abs(static_cast<double>(slope[i]) - want));
    CHECK(std::isfinite(y[i]));
  }
  CHECK(worst < most);
  CHECK(worst_slope < most);
}

TEST_CASE("ops: a parameter that was built for other channels is an error that names it") {
  TestBench bench(1, test::device_for_small_work());
  struct Params {
    nn::Conv conv;
    nn::BatchNorm norm;
    InvertibleMatrix square;
    Param four, matrix;
  };
  const Params p = bench.declare([](Builder& b) {
    Params made;
    made.conv.declare(b, "conv", 4, 6, 3);
    made.four = b.vector("four", {4}, Init::zeros());
    made.norm = {made.four, made.four, b.state("mean", {5}, Init::zeros()),
                 b.state("variance", {4}, Init::zeros())};
    made.square = b.invertible_matrix("square", 4, Init::orthogonal());
    made.matrix = b.weight("matrix", {4, 4}, Init::zeros());
    return made;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const LogProb l = ctx.unused_log_prob(1);
  const auto of = [&](Index channels) { return ctx.output(1, {channels, 2, 2}); };
  const auto relu = Activation::relu;
  const auto four = ctx.parameter(p.four), matrix_of_four = ctx.parameter(p.matrix);
  const auto conv = p.conv.filter(ctx);

  CHECK_THROWS_WITH_AS(ops::conv(ctx, of(6), conv, relu),
                       "'conv.weight' was built for 4 channels, but got 6.", ShapeError);
  CHECK_THROWS_WITH_AS(ops::conv_into(ctx, of(4), conv, relu, of(7)),
                       "'conv.weight' makes 6 channels, but was given a place for 7.", ShapeError);
  // As many weights, but of the transposed convolution.
  CHECK_THROWS_WITH_AS(ops::conv_into(ctx, of(6), conv, relu, of(4)),
                       "'conv.weight' was built for 4 channels, but got 6.", ShapeError);
  auto other_bias = conv;
  other_bias.bias = four;
  CHECK_THROWS_WITH_AS(ops::conv(ctx, of(4), other_bias, relu), "'four' was built for 4 channels, but got 6.",
                       ShapeError);
  CHECK_NOTHROW(ops::conv(ctx, of(4), conv, relu));
  const auto wide = ctx.output(1, {8, 36, 1});
  CHECK_THROWS_WITH_AS(ops::conv(ctx, of(4), {wide.channels(0, 6), {}, 3}, relu),
                       "A weight is a range of the channels of another value: copy it first.", ShapeError);

  CHECK_THROWS_WITH_AS(ops::actnorm(ctx, of(5), four, four, l), "'four' was built for 4 channels, but got 5.",
                       ShapeError);
  CHECK_THROWS_WITH_AS(p.norm.forward(ctx, of(3), relu), "'four' was built for 4 channels, but got 3.",
                       ShapeError);
  CHECK_THROWS_WITH_AS(p.norm.forward(ctx, of(4), relu), "'mean' was built for 5 channels, but got 4.",
                       ShapeError);
  CHECK_THROWS_WITH_AS(ops::normal_log_prob(ctx, of(5), four, four, 1, l),
                       "'four' was built for 4 channels, but got 5.", ShapeError);
  CHECK_THROWS_WITH_AS(ops::normal_from_noise(ctx, ctx.tensor(1, {5, 2, 2}), four, four, 1),
                       "'four' was built for 4 channels, but got 5.", ShapeError);

  const std::string square = "'square' was built for 4 channels, but got 3.";
  CHECK_THROWS_WITH_AS(ops::linear_flow(ctx, of(3), p.square, l), square.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(ops::linear_flow_inverse(ctx, of(3), p.square), square.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(ops::linear_flow_reverse(ctx, of(3), of(3), p.square, l), square.c_str(), ShapeError);
  const std::string matrix = "'matrix' was built for 4 channels, but got 3.";
  CHECK_THROWS_WITH_AS(ops::lu_product(ctx, matrix_of_four, matrix_of_four, of(3)), matrix.c_str(),
                       ShapeError);
  CHECK_THROWS_WITH_AS(ops::linear_inverse(ctx, of(3), matrix_of_four), matrix.c_str(), ShapeError);

  // Where nobody said which model it is.
  bench.pass.weights.table = nullptr;
  CHECK_THROWS_WITH_AS(ops::actnorm(ctx, of(5), four, four, l),
                       "A weight was built for 4 channels, but got 5.", ShapeError);
}

TEST_CASE("ops: batches that do not fit together are an error that says what was needed") {
  TestBench bench(1, test::device_for_small_work());
  bench.declare([](Builder&) { return nullptr; });
  const auto ctx = bench.begin(Phase::evaluation);
  const LogProb l = ctx.unused_log_prob(2);
  const auto of = [&](Shape s, Index n = 2) { return ctx.output(n, s); };
  const auto x = of({3, 2, 4});

  CHECK_THROWS_WITH_AS(
      ops::copy_into(ctx, x, of({3, 2, 4}, 1)),
      "The place of a copy must be 2 images of 3x2x4, not 1 of 3x2x4 (channels x height x width).",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      ops::add(ctx, x, of({3, 4, 2})),
      "The second term of a sum must be 2 images of 3x2x4, not 2 of 3x4x2 (channels x height x width).",
      ShapeError);
  CHECK_THROWS_AS(ops::concat(ctx, x, of({5, 2, 3})), ShapeError);
  CHECK_NOTHROW(ops::concat(ctx, x, of({5, 2, 4})));
  CHECK_THROWS_AS(ops::scale_shift_into(ctx, x, 1, 0, of({4, 2, 4})), ShapeError);
  CHECK_THROWS_WITH_AS(
      ops::gate_into(ctx, of({8, 2, 4}), x),
      "The input of a gate must be 2 images of 9x2x4, not 2 of 8x2x4 (channels x height x width).",
      ShapeError);
  const auto affine = [&](const auto& raw, const auto& z) {
    ops::affine_into(ctx, x, raw, ops::AffineLayout::interleaved(), l, z);
  };
  CHECK_THROWS_WITH_AS(affine(of({5, 2, 4}), of({3, 2, 4})),
                       "The scales and shifts of an affine map must be 2 images of 6x2x4, not 2 of 5x2x4 "
                       "(channels x height x width).",
                       ShapeError);
  CHECK_THROWS_AS(affine(of({6, 2, 4}), of({4, 2, 4})), ShapeError);
  CHECK_NOTHROW(affine(of({6, 2, 4}), of({3, 2, 4})));
  CHECK_THROWS_WITH_AS(
      ops::affine_into(ctx, x, of({6, 2, 4}), ops::AffineLayout::shifts_first(4), l, of({3, 2, 4})),
      "The layout of an affine map of 3 channels reaches beyond its scales and shifts.", ArgumentError);
  CHECK_THROWS_WITH_AS(
      ops::squeeze(ctx, of({3, 3, 4})),
      "Squeeze needs an even height and an even width. Got 3x3x4 (channels x height x width).", ShapeError);
  CHECK_THROWS_WITH_AS(ops::unsqueeze(ctx, x),
                       "Unsqueeze needs a multiple of 4 channels. Got 3x2x4 (channels x height x width).",
                       ShapeError);
  CHECK_THROWS_WITH_AS(ops::rotate_channels(ctx, x, 4), "Channels can be rotated to begin at 0 to 3, not 4.",
                       ArgumentError);
}
