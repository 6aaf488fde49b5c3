// ctest-labels: gradients
// also-on: card host
#include <doctest/doctest.h>

#include <algorithm>
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
    double operations = 0;
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
    CHECK(operations == 2 * images * 70 * 21 * heads * (size + 1));
  }
}

TEST_CASE("attention: Nystrom attention counts each pixel with each landmark, four times") {
  TestBench bench(1, test::device_for_small_work());
  const auto ctx = bench.begin(Phase::evaluation);
  const auto numbers = bench.uniform(3 * 8 * 15, -1, 1);
  double operations = 0;
  bench.pass.operations = &operations;
  ops::nystrom_attention(ctx, Var<double>{bench.batch(numbers.data(), 3, {15, 2, 4})});
  CHECK(operations == 2 * 4 * (3 * 8) * 4 * 5);
}
