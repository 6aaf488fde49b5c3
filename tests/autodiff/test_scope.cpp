#include <doctest/doctest.h>

#include <vector>

#include "densenf/autodiff/scope.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/ops/elementwise.hpp"

using namespace densenf;

namespace {

constexpr Shape shape{8, 16, 16};
constexpr std::size_t image_bytes = 8 * 16 * 16 * sizeof(double);

enum class How { plain, scoped, recomputed };

/// `count` stretches, the inner values of each of which take `depth` images.
template <class Ctx, class V>
V chain(const Ctx& ctx, V x, How how, int count, int depth) {
  // A log-probability whose gradient counts as 0.
  const LogProb none{ctx.memory().template allocate<double>(x.n()),
                     ctx.memory().template allocate<double>(x.n())};
  for (Index n = 0; n < x.n(); ++n) none.value[n] = const_cast<double*>(none.gradient)[n] = 0;
  const auto run = [none, depth](const auto& c, V in) {
    V y = in;
    for (int i = 0; i < depth; ++i) y = ops::sigmoid(c, y, none);
    return y;
  };
  for (int i = 0; i < count; ++i) {
    switch (how) {
      case How::plain:
        x = run(ctx, x);
        break;
      case How::scoped:
        x = scoped(
            ctx, x.shape(), [&](const auto& c) { return run(c, x); }, x);
        break;
      case How::recomputed:
        if constexpr (Ctx::records) {
          x = recomputed(
              ctx, x.shape(), none, [run, x](const auto& c, LogProb) { return run(c, x); }, x);
        }
        break;
    }
  }
  return x;
}

struct Passed {
  std::size_t forward_peak, peak;  ///< bytes
  std::vector<double> gradient;
};

Passed differentiate(How how, int count, int depth) {
  Workspace<double, Cpu> work(Cpu(1));
  const Pass<double, Cpu> options{};
  Passed passed{};
  for (int pass = 0; pass < 2; ++pass) {  // the second one has its memory in one block
    work.memory.reset();
    work.memory.reset_peak();
    work.tape.reset();
    Context<double, Cpu, true> ctx(options, work);
    const auto start = work.tape.mark();
    const Var<double> x = ctx.variable(ctx.tensor(1, shape));
    for (Index p = 0; p < x.value.pixels(); ++p) {
      for (Index c = 0; c < x.c(); ++c) x.value(p, c) = static_cast<double>(p - c) / 100;
    }
    const Var<double> y = chain(ctx, x, how, count, depth);
    passed.forward_peak = work.memory.peak_bytes();
    const auto dy = ctx.gradient(y);
    for (Index p = 0; p < dy.pixels(); ++p) dy(p, 0) = 1;
    work.tape.backward(ctx, start);
    passed.peak = work.memory.peak_bytes();
    passed.gradient = values_of(ctx.device(), as_const(ctx.gradient(x)));
  }
  return passed;
}

std::size_t evaluation_peak(How how, int count, int depth) {
  Workspace<double, Cpu> work(Cpu(1));
  const Pass<double, Cpu> options{};
  for (int pass = 0; pass < 2; ++pass) {
    work.memory.reset();
    work.memory.reset_peak();
    Context<double, Cpu, false> ctx(options, work);
    const Var<double> x{ctx.tensor(1, shape)};
    fill_zero(work.device, x.value);
    chain(ctx, x, how, count, depth);
  }
  return work.memory.peak_bytes();
}

}  // namespace

TEST_CASE("scoped and recomputed give the gradients that plain taping gives") {
  const std::vector<double> want = differentiate(How::plain, 3, 4).gradient;
  CHECK(differentiate(How::scoped, 3, 4).gradient == want);
  CHECK(differentiate(How::recomputed, 3, 4).gradient == want);
}

TEST_CASE("scoped: an evaluation keeps one result per stretch") {
  const std::size_t plain = evaluation_peak(How::plain, 6, 5), one = evaluation_peak(How::scoped, 6, 5);
  CHECK(plain >= 31 * image_bytes);
  CHECK(one <= 13 * image_bytes);  // x, six results, and the values of one stretch
}

TEST_CASE("scoped: gradients of inner values live only while their stretch is differentiated") {
  const Passed plain = differentiate(How::plain, 6, 5), one = differentiate(How::scoped, 6, 5);
  CHECK(one.forward_peak <= plain.forward_peak);
  CHECK(plain.peak - plain.forward_peak >= 30 * image_bytes);
  CHECK(one.peak - one.forward_peak <= 13 * image_bytes);
}

TEST_CASE("recomputed: nothing inside a stretch outlives the forward pass") {
  const Passed store = differentiate(How::plain, 6, 5), again = differentiate(How::recomputed, 6, 5);
  CHECK(store.forward_peak >= 31 * image_bytes);
  CHECK(again.forward_peak <= 13 * image_bytes);
  CHECK(again.peak <= 26 * image_bytes);
}

TEST_CASE("recomputed: memory grows by one value and one gradient per stretch, whatever is inside") {
  const std::size_t few = differentiate(How::recomputed, 4, 5).peak,
                    many = differentiate(How::recomputed, 8, 5).peak;
  CHECK(many - few <= 9 * image_bytes);
}

TEST_CASE("recomputed: the log-probability is added once and its gradient is not lost") {
  const CheckReport report =
      check_gradient({{3, 2, 2}}, no_parameters, [](const auto& ctx, auto, const auto& x, LogProb l) {
        using Ctx = std::remove_cvref_t<decltype(ctx)>;
        const auto body = [in = x[0]](const auto& c, LogProb inner) { return ops::sigmoid(c, in, inner); };
        if constexpr (Ctx::records) {
          return recomputed(ctx, x[0].shape(), l, body, x[0]);
        } else {
          return body(ctx, l);
        }
      });
  CHECK_MESSAGE(report.passed(), report.sentence);
}
