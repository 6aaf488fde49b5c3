// ctest-labels: gradients
// also-on: gpu host
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "../test_device.hpp"
#include "densenf/check/test_bench.hpp"
#include "densenf/ops/attention.hpp"

using namespace densenf;

namespace {

/// Channel `c` of pixel `p` of image `n` of values in the order of the memory.
struct Reader {
  std::vector<double> values;
  Shape shape;
  double operator()(Index n, Index p, Index c) const {
    return values[static_cast<std::size_t>((n * shape.pixels() + p) * shape.c + c)];
  }
};

}  // namespace

TEST_CASE("attention: softmax attention is what the formula says, for more pixels than are seen at a time") {
  const test::Device device = test::device_for_small_work();
  constexpr Index images = 2, heads = 2;
  for (const Index size : {1, 3}) {
    const Shape of_q{heads * size, 5, 14}, of_k{heads * size, 3, 7}, of_v{heads, 3, 7};
    TestBench bench(1, device);
    const auto ctx = bench.begin(Phase::evaluation);
    const auto draw = [&](const Shape& shape, const std::vector<double>& numbers) {
      return Var<double>{bench.batch(numbers.data(), images, shape)};
    };
    const auto q = draw(of_q, bench.uniform(images * of_q.size(), -2, 2)),
               k = draw(of_k, bench.uniform(images * of_k.size(), -2, 2)),
               v = draw(of_v, bench.uniform(images * of_v.size(), -2, 2));
    const auto read = [&](const Var<double>& x) {
      return Reader{values_of(ctx.device(), as_const(x.value)), x.shape()};
    };
    OperationCount operations;
    bench.pass.operations = &operations;
    const Reader found = read(ops::softmax_attention(ctx, q, k, v, heads)), query = read(q), key = read(k),
                 value = read(v);
    double worst = 0;
    for (Index n = 0; n < images; ++n) {
      for (Index head = 0; head < heads; ++head) {
        for (Index i = 0; i < of_q.pixels(); ++i) {
          double sum = 0, total = 0;
          for (Index j = 0; j < of_k.pixels(); ++j) {
            double product = 0;
            for (Index c = head * size; c < (head + 1) * size; ++c) product += query(n, i, c) * key(n, j, c);
            const double weight = std::exp(product / std::sqrt(static_cast<double>(size)));
            total += weight;
            sum += weight * value(n, j, head);
          }
          worst = std::max(worst, std::abs(found(n, i, head) - sum / total));
        }
      }
    }
    CHECK(worst < 1e-13);
    CHECK(operations.defined == 2 * images * 70 * 21 * heads * (size + 1));
  }
}

namespace {

/// Queries, keys and values of one head, image by image, which a mask may hide from each other.
struct Masked {
  static constexpr Index images = 2, size = 3;

  explicit Masked(Index queries, Index keys)
      : of_q{size, 1, queries},
        of_k{size, 1, keys},
        q(bench.uniform(images * of_q.size(), -2, 2)),
        k(bench.uniform(images * of_k.size(), -2, 2)),
        v(bench.uniform(images * of_k.size(), -2, 2)) {}

  std::vector<double> run(const ops::AttentionMask& mask) {
    const auto ctx = bench.begin(Phase::evaluation);
    bench.pass.operations = &operations;
    const auto batch = [&](const std::vector<double>& numbers, const Shape& shape) {
      return Var<double>{bench.batch(numbers.data(), images, shape)};
    };
    return values_of(
        ctx.device(),
        as_const(ops::softmax_attention(ctx, batch(q, of_q), batch(k, of_k), batch(v, of_k), 1, mask).value));
  }
  bool sees(const ops::AttentionMask& mask, Index query, Index key) const {
    const Index own = mask.first + query;
    return mask.kind == ops::AttentionMask::Kind::none ||
           (mask.kind == ops::AttentionMask::Kind::up_to_own ? key <= own : key >= own);
  }

  TestBench<test::Device> bench{1, test::device_for_small_work()};
  Shape of_q, of_k;
  std::vector<double> q, k, v;
  OperationCount operations;
};

constexpr auto up_to_own = ops::AttentionMask::Kind::up_to_own, from_own = ops::AttentionMask::Kind::from_own;

}  // namespace

TEST_CASE("attention: a mask leaves of the formula what a query sees, and counts only that") {
  for (const auto kind : {ops::AttentionMask::Kind::none, up_to_own, from_own}) {
    for (const auto& [queries, keys, first] : {std::array<Index, 3>{70, 70, 0}, {1, 70, 33}, {40, 90, 50}}) {
      Masked m(queries, keys);
      const ops::AttentionMask mask{kind, first};
      const std::vector<double> found = m.run(mask);
      double worst = 0;
      Index pairs = 0;
      for (Index n = 0; n < Masked::images; ++n) {
        for (Index i = 0; i < queries; ++i) {
          std::array<double, Masked::size> sum{};
          double total = 0;
          for (Index j = 0; j < keys; ++j) {
            if (!m.sees(mask, i, j)) continue;
            ++pairs;
            const auto at = [&](const std::vector<double>& x, Index pixel, Index c) {
              return x[static_cast<std::size_t>(pixel * Masked::size + c)];
            };
            double product = 0;
            for (Index c = 0; c < Masked::size; ++c)
              product += at(m.q, n * queries + i, c) * at(m.k, n * keys + j, c);
            const double weight = std::exp(product / std::sqrt(double{Masked::size}));
            total += weight;
            for (Index c = 0; c < Masked::size; ++c)
              sum[static_cast<std::size_t>(c)] += weight * at(m.v, n * keys + j, c);
          }
          for (Index c = 0; c < Masked::size; ++c)
            worst = std::max(worst,
                             std::abs(found[static_cast<std::size_t>((n * queries + i) * Masked::size + c)] -
                                      sum[static_cast<std::size_t>(c)] / total));
        }
      }
      CHECK(worst < 1e-13);
      CHECK(m.operations.defined == static_cast<double>(2 * pairs * 2 * Masked::size));
    }
  }
}

TEST_CASE("attention: a key and a value that are no numbers reach only those who see them") {
  for (const auto kind : {up_to_own, from_own}) {
    for (const Index spoilt : {0, 17, 40, 69}) {
      Masked m(70, 70);
      const std::vector<double> before = m.run({kind});
      for (Index n = 0; n < Masked::images; ++n)
        for (Index c = 0; c < Masked::size; ++c)
          for (auto* x : {&m.k, &m.v})
            (*x)[static_cast<std::size_t>((n * 70 + spoilt) * Masked::size + c)] = std::nan("");
      const std::vector<double> after = m.run({kind});
      for (std::size_t i = 0; i < after.size(); ++i) {
        const Index query = static_cast<Index>(i) / Masked::size % 70;
        if (m.sees({kind}, query, spoilt))
          CHECK(std::isnan(after[i]));
        else
          CHECK(after[i] == before[i]);
      }
    }
  }
}

TEST_CASE("attention: queries without a place among the keys are refused") {
  Masked m(5, 7);
  CHECK_THROWS_WITH_AS(m.run({up_to_own, 3}), "5 queries from place 3 on do not stand at places of 7 keys.",
                       ShapeError);
  CHECK_THROWS_AS(m.run({from_own, -1}), ShapeError);
}

TEST_CASE("attention: 1,024 tokens keep and use less than a tenth of what their scores would take") {
  constexpr Index images = 8, heads = 2, channels = 32;
  const Shape shape{channels, 32, 32};
  constexpr double scores = double{images * heads} * 1024 * 1024 * sizeof(float);
  const test::Device device;
  Pass<float, test::Device> pass{};
  Workspace<float, test::Device> work(device);
  work.begin(pass);
  Context<float, test::Device, true> ctx(pass, work);
  const auto batch = [&] {
    const auto x = ctx.variable(ctx.tensor(images, shape));
    fill_zero(device, x.value);
    ctx.hold_gradient(x);
    return x;
  };
  const auto q = batch(), k = batch(), v = batch();
  const auto start = work.tape.mark();
  const auto bytes = [&] { return static_cast<double>(work.memory.peak_bytes()); };
  const double before = bytes();
  const auto y = ops::softmax_attention(ctx, q, k, v, heads, {up_to_own});
  ctx.hold_gradient(y);
  fill_zero(device, ctx.gradient(y));
  work.tape.backward(ctx, start);
  CHECK(bytes() - before < scores / 10);
  CHECK(static_cast<double>(work.scratch.peak_bytes()) < scores / 10);
}

TEST_CASE("attention: Nystrom attention counts each pixel with each landmark, four times") {
  TestBench bench(1, test::device_for_small_work());
  const auto ctx = bench.begin(Phase::evaluation);
  const auto numbers = bench.uniform(3 * 8 * 15, -1, 1);
  OperationCount operations;
  bench.pass.operations = &operations;
  ops::nystrom_attention(ctx, Var<double>{bench.batch(numbers.data(), 3, {15, 2, 4})});
  CHECK(operations.defined == 2 * 4 * (3 * 8) * 4 * 5);
}
