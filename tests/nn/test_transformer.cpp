#include "densenf/nn/transformer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "densenf/check/check_gradient.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/models/jet.hpp"

using namespace densenf;

namespace {

/// Rows of numbers: those of tokens, or of weights.
using Rows = std::vector<std::vector<double>>;

/// Parameters by the names and in the order of checkpoints.
struct Stored {
  const TestBench<>& bench;

  std::vector<double> vector(const std::string& name) const {
    std::vector<double> values;
    for (const ParamSpec& spec : bench.table.parameters) {
      if (spec.name != name) continue;
      for (Index i = 0; i < spec.place.size; ++i)
        values.push_back(bench.parameters.data()[spec.place.offset + spec.buffer_index(i)]);
    }
    REQUIRE_MESSAGE(!values.empty(), name);
    return values;
  }
  Rows rows(const std::string& name, std::size_t columns) const {
    const std::vector<double> values = vector(name);
    Rows made;
    for (auto at = values.begin(); at != values.end(); at += static_cast<std::ptrdiff_t>(columns))
      made.emplace_back(at, at + static_cast<std::ptrdiff_t>(columns));
    return made;
  }
  /// The linear map, with names that end as those of the attention's first one do, or as others.
  Rows linear(const Rows& x, const std::string& name, const std::string& dot = ".") const {
    const Rows w = rows(name + dot + "weight", x[0].size());
    const std::vector<double> bias = vector(name + dot + "bias");
    Rows y;
    for (const auto& token : x) {
      y.push_back(bias);
      for (std::size_t o = 0; o < bias.size(); ++o)
        for (std::size_t i = 0; i < token.size(); ++i) y.back()[o] += w[o][i] * token[i];
    }
    return y;
  }
  Rows norm(Rows x, const std::string& name) const {
    const std::vector<double> gain = vector(name + ".weight"), bias = vector(name + ".bias");
    for (auto& token : x) {
      const auto n = static_cast<double>(token.size());
      double mean = 0, variance = 0;
      for (const double v : token) mean += v / n;
      for (const double v : token) variance += (v - mean) * (v - mean) / n;
      for (std::size_t i = 0; i < token.size(); ++i)
        token[i] = (token[i] - mean) / std::sqrt(variance + 1e-6) * gain[i] + bias[i];
    }
    return x;
  }
};

Rows sum(Rows a, const Rows& b) {
  for (std::size_t t = 0; t < a.size(); ++t)
    for (std::size_t i = 0; i < a[t].size(); ++i) a[t][i] += b[t][i];
  return a;
}

/// Of queries, keys and values side by side.
Rows attention(const Rows& qkv, std::size_t heads) {
  const std::size_t c = qkv[0].size() / 3, each = c / heads;
  Rows y(qkv.size(), std::vector<double>(c));
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t t = 0; t < qkv.size(); ++t) {
      std::vector<double> weights;
      double total = 0;
      for (const auto& other : qkv) {
        double score = 0;
        for (std::size_t i = h * each; i < (h + 1) * each; ++i) score += qkv[t][i] * other[c + i];
        weights.push_back(std::exp(score / std::sqrt(static_cast<double>(each))));
        total += weights.back();
      }
      for (std::size_t s = 0; s < qkv.size(); ++s)
        for (std::size_t i = h * each; i < (h + 1) * each; ++i)
          y[t][i] += weights[s] / total * qkv[s][2 * c + i];
    }
  }
  return y;
}

}  // namespace

TEST_CASE("Transformer: it computes what its formulas say") {
  constexpr Index n = 2, in = 3, out = 5;
  const Shape shape{in, 2, 3};
  TestBench bench(1);
  const auto network = bench.declare([&](Builder& b) {
    nn::Transformer<6, 2, 2, 3> made;
    made.declare(b, shape, out, 0);
    return made;
  });
  const std::vector<double> x = bench.uniform(n * shape.size(), -1, 1);
  const auto ctx = bench.begin(Phase::evaluation);
  const auto y = network.forward(ctx, Var<double>{bench.batch(x.data(), n, shape)});
  const std::vector<double> got = values_of(ctx.device(), as_const(y.value));

  const Stored stored{bench};
  double worst = 0;
  for (Index image = 0; image < n; ++image) {
    Rows h;
    for (Index t = 0; t < shape.pixels(); ++t) {
      const auto at = x.begin() + static_cast<std::ptrdiff_t>((image * shape.pixels() + t) * in);
      h.emplace_back(at, at + in);
    }
    h = sum(stored.linear(h, "init_proj"), stored.rows("pos_emb", 6));
    for (const std::string layer : {"encoder.blocks.0.", "encoder.blocks.1."}) {
      const Rows qkv = stored.linear(stored.norm(h, layer + "ln1"), layer + "mha.in_proj", "_");
      h = sum(h, stored.linear(attention(qkv, 2), layer + "mha.out_proj"));
      Rows hidden = stored.linear(stored.norm(h, layer + "ln2"), layer + "mlp.in_proj");
      for (auto& token : hidden)
        for (double& v : token)
          v *= 0.5 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (v + 0.044715 * v * v * v)));
      h = sum(h, stored.linear(hidden, layer + "mlp.out_proj"));
    }
    const Rows want = stored.linear(stored.norm(h, "encoder.ln"), "final_proj");
    for (std::size_t t = 0; t < want.size(); ++t)
      for (std::size_t i = 0; i < want[t].size(); ++i)
        worst = std::max(
            worst, std::abs(want[t][i] -
                            got[(static_cast<std::size_t>(image) * want.size() + t) * want[t].size() + i]));
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("Transformer: gradients, with and without a context") {
  const Shape shape{3, 2, 3};
  for (const Index context : {0, 2}) {
    const CheckReport report = check_gradient(
        context > 0 ? std::vector<Shape>{shape, {context, 2, 3}} : std::vector<Shape>{shape},
        [&](Builder& b) {
          nn::Transformer<4, 2, 1> network;
          network.declare(b, shape, 2, context);
          return network;
        },
        [](const auto& ctx, const auto& network, const auto& x, LogProb) {
          return x.size() > 1 ? network.forward(ctx, x[0], x[1]) : network.forward(ctx, x[0]);
        },
        {.most = 20});
    CHECK_MESSAGE(report.passed(), report.sentence);
  }
}

TEST_CASE("Transformer: a new flow of it only scales its images") {
  Flow<JetDigits> flow({1, 8, 8}, Cpu(1));
  Batch<std::uint8_t> x{flow.shape(), 3, {}};
  for (Index i = 0; i < 3 * 64; ++i) x.values.push_back(static_cast<std::uint8_t>(i * 7 % 32));
  const std::vector<float> z = flow.encode(x).base.values;
  CHECK(*std::min_element(z.begin(), z.end()) >= -1);
  CHECK(*std::max_element(z.begin(), z.end()) <= 1.0F + 2.0F / 31);
}

TEST_CASE("Jet: what it does not take is one sentence") {
  Shape odd{3, 12, 64};  // a literal shape would be an error of the compiler
  ++odd.c;
  --odd.c;
  CHECK_THROWS_WITH_AS((Flow<JetImageNet64>(odd)),
                       "Halves of the pixels need an even height, width and number of channels. Got 48x3x16 "
                       "(channels x height x width).",
                       ShapeError);
  odd.h = 6;
  CHECK_THROWS_AS((Flow<JetImageNet64>(odd)), ShapeError);
  TestBench bench(1);
  const Param order = bench.declare([](Builder& b) {
    return b.state("order", {4}, Init::permutation({3, 1, 0, 2}));
  });
  const auto ctx = bench.begin(Phase::evaluation);
  CHECK_THROWS_WITH_AS(ops::reorder(ctx, ops::OrderOf::channels, order, ctx.output(1, {3, 1, 2})),
                       "An order of 4 channels does not fit images of 3x1x2 (channels x height x width).",
                       ShapeError);
  CHECK_THROWS_WITH_AS(ops::reorder(ctx, ops::OrderOf::pixels, order, ctx.output(1, {3, 2, 2})),
                       "An order of 4 pixels does not fit images of 3x2x2 (channels x height x width).",
                       ShapeError);
}
