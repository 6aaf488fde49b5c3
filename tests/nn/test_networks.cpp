// ctest-labels: gradients
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "../source_scan.hpp"
#include "densenf/bijectors/coupling.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/nn/networks.hpp"
#include "densenf/ops/map.hpp"

using namespace densenf;

namespace {

/// A batch as [image][channel][row][column], as formulas have it.
struct Naive {
  Index n, c, h, w;
  std::vector<double> values;
  Naive(Index images, Index channels, Index height, Index width)
      : n(images), c(channels), h(height), w(width), values(static_cast<std::size_t>(n * c * h * w)) {}
  double& at(Index i, Index k, Index y, Index x) {
    return values[static_cast<std::size_t>(((i * c + k) * h + y) * w + x)];
  }
  double padded(Index i, Index k, Index y, Index x) {
    return y < 0 || x < 0 || y >= h || x >= w ? 0 : at(i, k, y, x);
  }
};

/// The checkpoint's row-major tensor of a name.
std::vector<double> stored(const TestBench<>& bench, const std::string& name) {
  for (const ParamSpec& spec : bench.table.parameters) {
    if (spec.name != name) continue;
    std::vector<double> values;
    for (Index i = 0; i < spec.place.size; ++i) {
      values.push_back(bench.parameters.data()[spec.place.offset + spec.buffer_index(i)]);
    }
    return values;
  }
  FAIL("there is no parameter " << name);
  return {};
}

/// weight (out, in, k, k) and bias, zero padding, then relu or not.
Naive naive_conv(Naive x, const std::vector<double>& weight, const std::vector<double>& bias, Index k,
                 bool relu) {
  const Index out = static_cast<Index>(bias.size());
  Naive y(x.n, out, x.h, x.w);
  for (Index i = 0; i < x.n; ++i)
    for (Index o = 0; o < out; ++o)
      for (Index r = 0; r < x.h; ++r)
        for (Index s = 0; s < x.w; ++s) {
          double sum = bias[static_cast<std::size_t>(o)];
          for (Index c = 0; c < x.c; ++c)
            for (Index a = 0; a < k; ++a)
              for (Index b = 0; b < k; ++b)
                sum += weight[static_cast<std::size_t>(((o * x.c + c) * k + a) * k + b)] *
                       x.padded(i, c, r + a - k / 2, s + b - k / 2);
          y.at(i, o, r, s) = relu ? std::max(sum, 0.0) : sum;
        }
  return y;
}

Naive naive_concat(Naive a, Naive b) {
  Naive y(a.n, a.c + b.c, a.h, a.w);
  for (Index i = 0; i < a.n; ++i)
    for (Index c = 0; c < y.c; ++c)
      for (Index r = 0; r < a.h; ++r)
        for (Index s = 0; s < a.w; ++s)
          y.at(i, c, r, s) = c < a.c ? a.at(i, c, r, s) : b.at(i, c - a.c, r, s);
  return y;
}

/// A network of the library as a function to be checked.
template <class Network, class... Sizes>
CheckReport check(const Shape& shape, Index out, Phase phase, Sizes... sizes) {
  return check_gradient(
      {shape},
      [&](Builder& b) {
        Network network;
        network.declare(b, shape.c, out, sizes...);
        return network;
      },
      [](const auto& ctx, const Network& network, const auto& x, LogProb) {
        return network.forward(ctx, x[0]);
      },
      {.phase = phase, .most = 20});
}

}  // namespace

TEST_CASE("networks: they stand below bijectors, of which they include none") {
  Index headers = 0;
  scan::headers("nn", [&](const std::string& text) {
    ++headers;
    CHECK_MESSAGE(text.find("#include \"densenf/bijectors/") == std::string::npos,
                  text.substr(text.find("namespace densenf"), 400));
  });
  CHECK(headers > 20);
}

TEST_CASE("DenseBranch: the shared buffer gives what concatenations give") {
  constexpr Index n = 2, h = 3, w = 5, in = 3, out = 2, depth = 3, growth = 2;
  TestBench bench(1);
  const auto branch = bench.declare([&](Builder& b) {
    nn::DenseBranch d;
    d.declare(b, in, out, depth, growth);
    return d;
  });
  Naive x(n, in, h, w);
  x.values = bench.uniform(n * in * h * w, -1, 1);

  Naive all = x;
  for (Index i = 0; i < depth; ++i) {
    const std::string layer = std::to_string(i);
    const Naive mixed =
        naive_conv(all, stored(bench, layer + ".nn.0.weight"), stored(bench, layer + ".nn.0.bias"), 1, true);
    all = naive_concat(all, naive_conv(mixed, stored(bench, layer + ".nn.2.weight"),
                                       stored(bench, layer + ".nn.2.bias"), 3, true));
  }
  Naive abg = naive_conv(all, stored(bench, "3.conv.weight"), stored(bench, "3.conv.bias"), 1, false);

  const auto ctx = bench.begin(Phase::evaluation);
  const Var<double> like{ctx.tensor(n, {in, h, w})};
  const Var<double> buffer = branch.buffer(ctx, like);
  from_nchw(ctx.device(), static_cast<const double*>(x.values.data()), branch.input(buffer).value);
  const Var<double> y = ctx.output(n, {out, h, w});
  branch.forward_into(ctx, buffer, y);
  double worst = 0;
  for (Index i = 0; i < n; ++i)
    for (Index c = 0; c < out; ++c)
      for (Index r = 0; r < h; ++r)
        for (Index s = 0; s < w; ++s) {
          const double want =
              abg.at(i, c, r, s) + abg.at(i, out + c, r, s) / (1 + std::exp(-abg.at(i, 2 * out + c, r, s)));
          worst = std::max(worst, std::abs(y.value((i * h + r) * w + s, c) - want));
        }
  CHECK(worst < 1e-12);
}

TEST_CASE("HalvingConv: a 2x2 convolution with stride 2") {
  TestBench bench(1);
  const auto halving = bench.declare([](Builder& b) {
    nn::HalvingConv c;
    c.declare(b, "conv", 3, 4);
    return c;
  });
  Naive x(2, 3, 4, 6);
  x.values = bench.uniform(2 * 3 * 4 * 6, -1, 1);
  const std::vector<double> weight = stored(bench, "conv.weight"), bias = stored(bench, "conv.bias");
  const auto ctx = bench.begin(Phase::evaluation);
  const Var<double> in{ctx.tensor(2, {3, 4, 6})};
  from_nchw(ctx.device(), static_cast<const double*>(x.values.data()), in.value);
  const Var<double> y = halving.forward(ctx, in);
  REQUIRE(y.shape() == Shape{4, 2, 3});
  double worst = 0;
  for (Index i = 0; i < 2; ++i)
    for (Index o = 0; o < 4; ++o)
      for (Index r = 0; r < 2; ++r)
        for (Index s = 0; s < 3; ++s) {
          double want = bias[static_cast<std::size_t>(o)];
          for (Index c = 0; c < 3; ++c)
            for (Index a = 0; a < 2; ++a)
              for (Index b = 0; b < 2; ++b)
                want += weight[static_cast<std::size_t>(((o * 3 + c) * 2 + a) * 2 + b)] *
                        x.at(i, c, 2 * r + a, 2 * s + b);
          worst = std::max(worst, std::abs(y.value((i * 2 + r) * 3 + s, o) - want));
        }
  CHECK(worst < 1e-12);
}

TEST_CASE("networks: gradients of inputs and parameters, in evaluation and in training") {
  for (const Phase phase : {Phase::evaluation, Phase::training}) {
    const CheckReport mix = check<nn::MixNetwork>({3, 2, 4}, 4, phase, Index{4}, Index{2}, Index{3});
    CHECK_MESSAGE(mix.passed(), mix.sentence);
    const CheckReport residual =
        check<nn::ResidualNetwork>({3, 3, 5}, 4, phase, Index{3}, Index{2}, Index{2});
    CHECK_MESSAGE(residual.passed(), residual.sentence);
    const CheckReport mlp = check<nn::Mlp<5>>({3, 1, 1}, 4, phase);
    CHECK_MESSAGE(mlp.passed(), mlp.sentence);
  }
}

TEST_CASE("HalvingConv: gradients") {
  const CheckReport halving = check_gradient(
      {{3, 4, 2}},
      [](Builder& b) {
        nn::HalvingConv c;
        c.declare(b, "conv", 3, 5);
        return c;
      },
      [](const auto& ctx, const nn::HalvingConv& c, const auto& x, LogProb) { return c.forward(ctx, x[0]); });
  CHECK_MESSAGE(halving.passed(), halving.sentence);
}

TEST_CASE("networks: the coupling networks start as the identity's: with an output of 0") {
  ParameterTable table;
  Builder b(table);
  nn::IntraUnit<4, 1, 2>{}.declare(b, 3, 4);
  nn::ResidualDense<4, 1, 2>{}.declare(b, 3, 4);
  int zeros = 0;
  for (const ParamSpec& spec : table.parameters) {
    if (spec.name.find("transform.2.") == std::string::npos) continue;
    ++zeros;
    CHECK(spec.init.kind == Init::Kind::constant);
    CHECK(spec.init.value == 0);
  }
  CHECK(zeros == 4);
}

TEST_CASE("networks: other channels than a layer was built for are an error that names its weights") {
  TestBench bench(1);
  struct Layers {
    nn::Conv conv;
    nn::HalvingConv halving;
    nn::DenseBranch branch;
    nn::Mlp<5> mlp;
  };
  const auto layers = bench.declare([](Builder& b) {
    Layers made;
    const auto scope = b.scope("net");
    made.conv.declare(b, "conv", 4, 2, 3);
    made.halving.declare(b, "halving", 3, 2);
    made.branch.declare(b, 4, 2, 3, 5);
    made.mlp.declare(b, 4, 2);
    return made;
  });
  const auto ctx = bench.begin(Phase::evaluation);
  const auto of = [&](Index channels) { return ctx.output(2, {channels, 4, 4}); };
  CHECK_THROWS_WITH_AS(layers.conv.forward(ctx, of(6)),
                       "'net.conv.weight' was built for 4 channels, but got 6.", ShapeError);
  CHECK_THROWS_WITH_AS(layers.conv.forward_into(ctx, of(4), of(3)),
                       "'net.conv.weight' makes 2 channels, but was given a place for 3.", ShapeError);
  CHECK_THROWS_WITH_AS(layers.halving.forward(ctx, of(4)),
                       "'net.halving.weight' was built for 3 channels, but got 4.", ShapeError);
  CHECK_THROWS_WITH_AS(layers.mlp.forward(ctx, of(3)), "'net.0.weight' was built for 4 channels, but got 3.",
                       ShapeError);
  // A buffer has the input's channels and 3 * 5 more.
  CHECK_THROWS_WITH_AS(layers.branch.forward_into(ctx, of(4), of(2)),
                       "'net.3.conv.weight' was built for 19 channels, but got 4.", ShapeError);
  CHECK_THROWS_AS(layers.branch.forward_into(ctx, of(19), of(3)), ShapeError);
  CHECK_NOTHROW(layers.branch.forward_into(ctx, of(19), of(2)));
}

TEST_CASE("networks: what no convolution can be is refused when it is built") {
  ParameterTable table;
  Builder b(table);
  nn::Conv conv;
  CHECK_THROWS_WITH_AS(conv.declare(b, "conv", 4, 4, 5),
                       "A convolution's kernel must be 1 or 3 pixels wide, not 5.", ArgumentError);
  CHECK_THROWS_WITH_AS(conv.declare(b, "conv", 0, 4, 1),
                       "A convolution leads from at least 1 channel to at least 1, not from 0 to 4.",
                       ShapeError);
  CHECK_THROWS_AS(nn::HalvingConv{}.declare(b, "halving", 4, 0), ShapeError);
  CHECK(table.parameters.empty());
}

TEST_CASE("networks: each says what images it takes") {
  CHECK_THROWS_AS(nn::HalvingConv::require({3, 3, 4}), ShapeError);
  CHECK_NOTHROW(nn::HalvingConv::require({3, 2, 4}));
  CHECK_THROWS_AS(nn::IntraUnit<4>::require({3, 3, 3}), ShapeError);
  CHECK_NOTHROW(nn::IntraUnit<4>::require({3, 3, 4}));
}

namespace {

/// A coupling network of one's own; `Wrong` makes its second layer meet channels that it was not built for.
template <bool Wrong = false>
struct OwnNetwork {
  nn::Conv in, out;

  void declare(Builder& b, Index from, Index to) {
    in.declare(b, "in", from, 6, 3);
    out.declare(b, "out", Wrong ? 5 : 6, to, 1, nn::Conv::Start::zero);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return out.forward(ctx, ops::tanh(ctx, in.forward(ctx, x)));
  }
};

}  // namespace

TEST_CASE(
    "a network of one's own: gradients are right, and a wrong width is a sentence that names the layer") {
  CHECK_MESSAGE((check<OwnNetwork<>>({3, 3, 5}, 2, Phase::training).passed()), "gradients");
  Flow<AffineCoupling<OwnNetwork<>>, double> flow({4, 3, 3}, Cpu(1));
  const Batch<double> x{{4, 3, 3}, 2, std::vector<double>(72, 0.5)};
  CHECK(flow.log_prob(x).size() == 2);
  Flow<AffineCoupling<OwnNetwork<true>>, double> wrong({4, 3, 3}, Cpu(1));
  CHECK_THROWS_WITH_AS(wrong.log_prob(x), "'coupling_net.0.out.weight' was built for 5 channels, but got 6.",
                       ShapeError);
}
