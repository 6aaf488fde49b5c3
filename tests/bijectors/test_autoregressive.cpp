#include "densenf/bijectors/autoregressive.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/check/test_bench.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;

namespace {

/// Operations of a pass in both directions, and the largest error of going there and back.
struct ThereAndBack {
  double forward = 0, inverse = 0, error = 0;
};

template <class Piece>
ThereAndBack there_and_back(Shape shape, Index n) {
  TestBench bench(3, Cpu(1));
  const Piece piece = bench.declare([&](Builder& b) {
    Piece made;
    made.build(b, shape);
    return made;
  });
  const std::vector<double> x = bench.uniform(n * shape.size(), -2, 2);
  const auto ctx = bench.begin(Phase::evaluation);
  OperationCount forward, inverse;
  bench.pass.operations = &forward;
  const Var<double> y =
      piece.apply(ctx, Var<double>{bench.batch(x.data(), n, shape)}, ctx.unused_log_prob(n));
  bench.pass.operations = &inverse;
  const std::vector<double> back = values_of(ctx.device(), as_const(piece.invert(ctx, y).value));
  ThereAndBack result{forward.defined, inverse.defined};
  for (std::size_t i = 0; i < x.size(); ++i) result.error = std::max(result.error, std::abs(back[i] - x[i]));
  return result;
}

}  // namespace

TEST_CASE("autoregressive: going back number by number costs no more than one pass, in 200 dimensions too") {
  const auto check = []<class Piece>(Piece, Index d) {
    CAPTURE(d);
    const ThereAndBack r = there_and_back<Piece>({d, 1, 1}, 3);
    CHECK(r.forward > 0);
    CHECK(r.inverse > 0);
    CHECK(r.inverse <= r.forward);
    CHECK(r.error < 1e-9);
  };
  for (const Index d : {1, 2, 7, 200}) {
    check(MaskedAutoregressive<Standardizing, nn::Made<64>>(), d);
    check(MaskedAutoregressive<AutoregressiveSoftplus, nn::Made<33, 3>>(), d);
    check(MaskedAutoregressive<RationalQuadratic<4, std::ratio<3>, 48>, nn::Made<48, 2, true>>(), d);
  }
}

TEST_CASE("autoregressive: the other direction does the same work") {
  const ThereAndBack r = there_and_back<InverseAutoregressive<Gate, nn::Made<64>>>({100, 1, 1}, 3);
  CHECK(r.forward <= r.inverse);  // what goes number by number is the way there
  CHECK(r.error < 1e-9);
}

TEST_CASE("autoregressive: a layer depends on the channels before alone, and on each of them") {
  using Piece = MaskedAutoregressive<Standardizing, nn::Made<40>>;
  const Index d = 6;
  TestBench bench(5, Cpu(1));
  const Piece piece = bench.declare([&](Builder& b) {
    Piece made;
    made.build(b, {d, 1, 1});
    return made;
  });
  std::vector<double> x = bench.uniform(d, -1, 1);
  const auto run = [&] {
    const auto ctx = bench.begin(Phase::evaluation);
    return values_of(
        ctx.device(),
        as_const(piece.apply(ctx, Var<double>{bench.batch(x.data(), 1, {d, 1, 1})}, ctx.unused_log_prob(1))
                     .value));
  };
  const std::vector<double> before = run();
  for (std::size_t moved = 0; moved < x.size(); ++moved) {
    x[moved] += 0.5;
    const std::vector<double> after = run();
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(moved);
      CAPTURE(i);
      CHECK((after[i] != before[i]) == (i >= moved));
    }
    x[moved] -= 0.5;
  }
}

TEST_CASE("autoregressive: degrees and their order") {
  for (const kernels::Degrees degrees :
       {kernels::Degrees{7, 7}, kernels::Degrees{11, 4}, kernels::Degrees{12, 4, 1, 3},
        kernels::Degrees{3, 5}, kernels::Degrees{6, 1, 0}, kernels::Degrees{9, 5, 1, 1, 3}}) {
    std::vector<Index> order;
    for (Index unit = 0; unit < degrees.count; ++unit) order.push_back(degrees.place(unit));
    std::vector<Index> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (Index i = 0; i < degrees.count; ++i) CHECK(sorted[static_cast<std::size_t>(i)] == i);
    kernels::for_each_in_order(degrees,
                               [&](Index place, Index unit) { CHECK(degrees.place(unit) == place); });
    for (Index degree = 0; degree <= degrees.offset + degrees.period; ++degree) {
      Index before = 0;
      for (Index unit = 0; unit < degrees.count; ++unit) before += degrees.degree(unit) < degree ? 1 : 0;
      CHECK(degrees.before(degree) == before);
      for (Index unit = 0; unit < degrees.count; ++unit)
        CHECK((order[static_cast<std::size_t>(unit)] < before) == (degrees.degree(unit) < degree));
    }
  }
}

TEST_CASE("autoregressive: the first channel, too, changes with the context") {
  TestBench bench(7, Cpu(1));
  using Piece = MaskedAutoregressive<Standardizing, nn::Made<8>, 1>;
  const Piece piece = bench.declare([&](Builder& b) {
    Piece made;
    made.build(b, {2, 1, 1});
    return made;
  });
  const std::vector<double> x{0.5, -1, 0.5, -1}, given{-1, 2};
  const auto ctx = bench.begin(Phase::evaluation);
  const Var<double> y =
      piece.apply(ctx, Var<double>{bench.batch(x.data(), 2, {2, 1, 1})}, ctx.unused_log_prob(2),
                  Var<double>{bench.batch(given.data(), 2, {1, 1, 1})});
  const std::vector<double> z = values_of(ctx.device(), as_const(y.value));
  CHECK(z[0] != z[2]);
  CHECK(z[1] != z[3]);
}
