// also-on: gpu host
#include "densenf/autodiff/tangents.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <ratio>
#include <string>
#include <vector>

#include "../source_scan.hpp"
#include "../test_device.hpp"
#include "densenf/bijectors/splits.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/nn/bottom_up.hpp"
#include "densenf/nn/bounded_networks.hpp"
#include "densenf/nn/causal_transformer.hpp"
#include "densenf/nn/elu_network.hpp"
#include "densenf/nn/features.hpp"
#include "densenf/nn/gated_network.hpp"
#include "densenf/nn/glow_network.hpp"
#include "densenf/nn/made.hpp"
#include "densenf/nn/networks.hpp"
#include "densenf/nn/nice_network.hpp"
#include "densenf/nn/perceptron.hpp"
#include "densenf/nn/preactivation.hpp"
#include "densenf/nn/real_nvp_network.hpp"
#include "densenf/nn/residual_features.hpp"
#include "densenf/nn/residual_mlp.hpp"
#include "densenf/nn/time_networks.hpp"
#include "densenf/nn/top_down.hpp"
#include "densenf/nn/transformer.hpp"

using namespace densenf;

namespace {

/// A network over 3 x 4 x 5 images, with what it is called. Its output is like its input.
template <class Network>
struct Case {
  std::string name;
  Network network = {};
  Shape in = {3, 4, 5};
  Phase phase = Phase::evaluation;
};

/// Networks declare themselves for numbers of channels, or for an image, with a context or without.
template <class Network>
Network declared(Builder& b, const Shape& in) {
  Network network;
  if constexpr (requires { network.declare(b, in); })
    network.declare(b, in);
  else if constexpr (requires { network.declare(b, in, in.c, 0); })
    network.declare(b, in, in.c, 0);
  else if constexpr (
      requires { network.declare(b, in.c, 1); } && requires { typename Network::template Steps<int>; })
    network.declare(b, in.c, 1);
  else
    network.declare(b, in.c, in.c);
  return network;
}

/// A network of an image and a context, which is the image, too.
template <class Network>
struct OfContext {
  Network network;
  void declare(Builder& b, const Shape& in) { network.declare(b, in, in.c, in.c); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    return network.forward(ctx, x, x);
  }
};

/// A network of an image and a time, at the time 0.3.
template <class Network>
struct AtTime {
  Network network;
  void declare(Builder& b, const Shape& in) { network.declare(b, in); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    const Var<double> t = without_tangent(ctx, [](const auto& c) {
      const Var<double> time{c.tensor(1, {1, 1, 1})};
      fill_zero(c.device(), time.value);
      scale_shift(c.device(), as_const(time.value), 0.0, 0.3, time.value);
      return time;
    });
    return network.forward(ctx, t, x);
  }
};

/// A network in which pixels see those before them or behind them, at the temperature 1.5.
template <class Network, PixelOrder order>
struct InOrder {
  Network network;
  void declare(Builder& b, const Shape& in) { network.declare(b, in, in.c, 0, order); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    return network.forward(ctx, x, 1.5);
  }
};

/// A masked network channel by channel.
template <class Network>
struct StepByStep {
  Network network;
  void declare(Builder& b, const Shape& in) { network.declare(b, in.c, 1); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    const V y = ctx.output_like(x, x.c());
    const auto steps = network.begin(ctx, x);
    for (Index d = 0; d < x.c(); ++d) network.step_into(ctx, steps, x, d, y.channels(d, 1));
    return y;
  }
};

/// Features, brought to the extents of what is seen.
template <class Network>
struct FeaturesOf {
  Network network;
  void declare(Builder& b, const Shape& in) { network.declare(b, in); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    const V y = network.forward(ctx, x);
    if (y.value.h < x.value.h) return ops::unsqueeze(ctx, y);
    return y.value.w < x.value.w ? ops::unfold_columns(ctx, y) : y;
  }
};

/// The networks of a HierarchicalCoupling over an image of 3 channels, 6 of half the size and 24 of a
/// quarter.
template <class Network>
struct UpTheLevels {
  Network network;
  void declare(Builder& b, const Shape&) { network.declare(b, {3, 6, 24}, 1); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    const V half = ops::squeeze(ctx, x), y = ctx.output_like(half, 12);
    network.run(
        ctx, [&](Index level) { return level == 0 ? x : half.channels(0, 6); },
        [&](Index level, const V& raw) {
          ops::copy_into(ctx, level == 1 ? raw : ops::unsqueeze(ctx, raw), y.channels(level == 1 ? 0 : 6, 6));
        });
    return ops::unsqueeze(ctx, y);
  }
};
template <class Network>
struct DownTheLevels {
  Network network;
  void declare(Builder& b, const Shape&) { network.declare(b, {3, 6, 24}, 1); }
  template <class Ctx, class V>
  V forward(const Ctx& ctx, const V& x) const {
    V last = ops::squeeze(ctx, ops::squeeze(ctx, x).channels(0, 6));
    network.run(
        ctx, [&](Index) { return last; }, [&](Index, const V& raw) { last = raw; });
    return last;
  }
};

using Smooth = nn::NormBound;

/// Calls visit for networks of all headers of nn/: see the scan below.
template <class Visit>
void for_each_network(const Visit& visit) {
  using Half = std::ratio<1, 2>;
  visit(
      Case<nn::BoundedNetwork<nn::LipSwish, 4, 3, Smooth{.percent = 90, .iterations = 0}, true>>{"LipSwish"});
  visit(Case<nn::BoundedNetwork<nn::EluLayer, 4, 3, Smooth{.percent = 90, .iterations = 2}, false>>{
      "ELU, bounded"});
  visit(Case<nn::BoundedDenseNetwork<2, 4, 3, Smooth{.percent = 95, .iterations = 0}>>{"dense"});
  visit(Case<nn::BoundedDenseNetwork<1, 2, 1, Smooth{.percent = 95, .iterations = 0}, 5>>{
      "dense, on vectors", {}, {6, 1, 1}});
  visit(Case<nn::EluNetwork<4>>{"EluNetwork"});
  visit(Case<nn::ResidualDense<4, 2, 3>>{"ResidualDense"});
  visit(Case<nn::NoiseNetwork>{"NoiseNetwork"});
  visit(Case<nn::Mlp<5>>{"Mlp", {}, {4, 1, 1}});
  visit(Case<nn::Perceptron<5, 4>>{"Perceptron", {}, {4, 1, 1}});
  visit(Case<nn::NiceNetwork<5, 4>>{"NiceNetwork", {}, {4, 1, 2}});
  visit(Case<nn::GlowNetwork<4>>{"GlowNetwork"});
  visit(Case<nn::Made<7, 2>>{"Made", {}, {5, 1, 2}});
  visit(Case<nn::Made<7, 2, true>>{"Made, residual", {}, {5, 1, 2}});
  visit(Case<StepByStep<nn::Made<7, 2>>>{"Made, step by step", {}, {5, 1, 2}});
  visit(Case<StepByStep<nn::Made<7, 1, true>>>{"Made, residual, step by step", {}, {5, 1, 2}});
  for (const Phase phase : {Phase::evaluation, Phase::training}) {
    visit(Case<nn::ResidualMlp<5, 2, Half>>{"ResidualMlp", {}, {4, 1, 2}, phase});
    visit(Case<nn::PreactivationNetwork<4, 1, Half>>{"PreactivationNetwork", {}, {3, 4, 5}, phase});
    visit(Case<nn::RealNvpNetwork<Checkerboard<0>, 4, 1>>{"RealNvpNetwork", {}, {3, 4, 5}, phase});
  }
  visit(Case<AtTime<nn::TimeNetwork<nn::TimeConcatConv, 4>>>{"TimeConcatConv"});
  visit(Case<AtTime<nn::TimeNetwork<nn::TimeGatedConv, 4>>>{"TimeGatedConv"});
  visit(Case<FeaturesOf<nn::HalvedFeatures<2, 12, 2, 1>>>{"HalvedFeatures", {}, {3, 4, 6}});
  visit(Case<FeaturesOf<nn::ResidualFeatures<3, 2, 3>>>{"ResidualFeatures", {}, {3, 4, 6}});
  visit(Case<UpTheLevels<nn::BottomUp<2, 1>>>{"BottomUp", {}, {3, 4, 8}});
  visit(Case<DownTheLevels<nn::TopDown<2, 1>>>{"TopDown", {}, {3, 4, 8}});
  visit(Case<nn::Transformer<4, 2, 1, 1>>{"Transformer", {}, {3, 2, 3}});
  visit(Case<OfContext<nn::Transformer<3, 1, 1, 1>>>{"Transformer of a context", {}, {2, 2, 2}});
  visit(Case<InOrder<nn::CausalTransformer<4, 2, 1, 1>, PixelOrder::forwards>>{
      "CausalTransformer", {}, {3, 2, 3}});
  visit(Case<InOrder<nn::CausalTransformer<2, 2, 1, 1>, PixelOrder::backwards>>{
      "CausalTransformer, backwards", {}, {3, 2, 3}});
  visit(Case<nn::GatedNetwork<4, 1, 2>>{"GatedNetwork", {}, {3, 2, 3}});
  visit(
      Case<OfContext<nn::GatedNetwork<2, 1, 0, nn::GatedOptions{.dropout = 50, .weight_norm = true}, true>>>{
          "GatedNetwork of a context", {}, {3, 2, 3}, Phase::training});
  visit(
      Case<FeaturesOf<nn::GatedFeatures<6, 1, nn::GatedOptions{}, true, 2>>>{"GatedFeatures", {}, {3, 2, 4}});
  for (const Phase phase : {Phase::evaluation, Phase::training})
    visit(Case<nn::IntraUnit<4, 1, 2>>{"IntraUnit", {}, {3, 4, 2}, phase});
}

/// The network as a function of a context and a value.
template <class Network>
auto function_of(const Network& network) {
  return [&network](const auto& c, const auto& x) { return network.forward(c, x); };
}

std::vector<double> moved(const std::vector<double>& x, double h, const std::vector<double>& t) {
  std::vector<double> y = x;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += h * t[i];
  return y;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double norm(const std::vector<double>& a) { return std::sqrt(dot(a, a)); }

}  // namespace

TEST_CASE("tangents: a Jacobian times a vector is the derivative along it, and its adjoint is the pullback") {
  for_each_network([](const auto& c) {
    INFO(c.name);
    using Network = decltype(c.network);
    for (const Index n : {1, 3}) {
      TestBench<test::Device> bench(5, test::Device());
      const auto network = bench.declare([&](Builder& b) { return declared<Network>(b, c.in); });
      const auto run = function_of(network);
      const Index size = n * c.in.size();
      const std::vector<double> x = bench.uniform(size, -1, 1), t = bench.uniform(size, -1, 1),
                                a = bench.uniform(size, -1, 1), t2 = bench.uniform(size, -1, 1);
      const auto host = [&](const auto& v) { return values_of(bench.work.device, as_const(v)); };
      const auto value_at = [&](const std::vector<double>& at) {
        const auto ctx = bench.begin(c.phase);
        return host(run(ctx, Var<double>{bench.batch(at.data(), n, c.in)}).value);
      };
      std::vector<double> jt, jt2, again, pulled, value;
      {
        const auto ctx = bench.begin(c.phase);
        Linearization j(ctx, run, Var<double>{bench.batch(x.data(), n, c.in)});
        const Var<double> first{bench.batch(t.data(), n, c.in)};
        jt = host(j.times(first).value);
        jt2 = host(j.times({bench.batch(t2.data(), n, c.in)}).value);
        again = host(j.times(first).value);
        value = host(j.value().value);
      }
      {
        const auto ctx = bench.begin(c.phase);
        const Tensor<double> from = bench.batch(a.data(), n, c.in), to = ctx.tensor(n, c.in);
        Pullback back(ctx, run, bench.batch(x.data(), n, c.in));
        back.times(as_const(from), to);
        pulled = host(to);
        back.times(as_const(from), to);  // what was recorded is still there, and no gradient is left over
        CHECK(host(to) == pulled);
        back.times(as_const(to), to);
      }
      CHECK(value == value_at(x));
      CHECK(again == jt);
      // Of what a relu sees nothing is as near to its kink as this step moves it: all numbers are drawn from
      // a fixed seed, the same everywhere. Where the step crosses a kink the two differ by the size of a
      // slope.
      const double h = 1e-5;
      const auto up = value_at(moved(x, h, t)), down = value_at(moved(x, -h, t));
      std::vector<double> difference =
          moved(moved(std::vector<double>(up.size()), 0.5 / h, up), -0.5 / h, down);
      CHECK(norm(moved(difference, -1, jt)) <= 1e-8 * (1 + norm(jt)));
      CHECK(norm(jt) > 1e-3);
      CHECK(dot(a, jt) == doctest::Approx(dot(pulled, t)).epsilon(1e-12));
      CHECK(dot(a, jt2) == doctest::Approx(dot(pulled, t2)).epsilon(1e-12));
    }
  });
}

TEST_CASE("tangents: they are differentiated by the image, by the direction and by the parameters") {
  for_each_network([](const auto& c) {
    INFO(c.name);
    using Network = decltype(c.network);
    const CheckReport report = check_gradient(
        test::Device(), {c.in, c.in}, [&](Builder& b) { return declared<Network>(b, c.in); },
        [](const auto& ctx, const Network& network, const auto& x, LogProb) {
          const auto run = function_of(network);
          Linearization j(ctx, run, x[0]);
          const auto once = j.times(x[1]);
          return ops::add(ctx, j.times(once), j.value());  // J J t + f(x)
        },
        {.n = test::device_is_slow ? 1 : 2, .phase = c.phase, .most = test::device_is_slow ? 1 : 64});
    CHECK_MESSAGE(report.passed(), report.sentence);
  });
}

#ifndef DENSENF_TEST_CUDA
TEST_CASE("tangents: networks of all headers are tried") {
  // A header is tried when a class of it is named in this list, or by what is tried.
  const std::string folder = "include/densenf/nn/";
  std::map<std::string, std::string> untried;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(DENSENF_SOURCE_DIR) + "/" + folder)) {
    const std::string name = entry.path().filename().string(), text = scan::text_of(folder + name);
    // What has no forward is not a network: conditions, which embed labels, and functions of networks.
    if (text.find(" forward(") != std::string::npos || text.find(" run(") != std::string::npos)
      untried.emplace(name, text);
  }
  CHECK(untried.size() > 25);
  const auto names_a_class_of = [](const std::string& header, const std::string& user) {
    for (const std::string kind : {"\nclass ", "\nstruct "}) {
      for (std::size_t at = header.find(kind); at != std::string::npos; at = header.find(kind, at + 1)) {
        const std::size_t first = at + kind.size();
        std::size_t end = first;
        while (scan::is_word(header[end])) ++end;
        const std::string name = header.substr(first, end - first);
        for (std::size_t use = user.find(name); use != std::string::npos; use = user.find(name, use + 1)) {
          if (!scan::is_word(user[use - 1]) && !scan::is_word(user[use + name.size()])) return true;
        }
      }
    }
    return false;
  };
  const std::string test = scan::text_of("tests/autodiff/test_tangents.cpp");
  const std::size_t list = test.find("void for_each_network"), end = test.find("\n}\n", list);
  std::vector<std::string> tried{test.substr(list, end - list)};
  for (std::size_t i = 0; i < tried.size(); ++i) {
    for (auto at = untried.begin(); at != untried.end();) {
      if (names_a_class_of(at->second, tried[i])) {
        tried.push_back(at->second);
        at = untried.erase(at);
      } else {
        ++at;
      }
    }
  }
  for (const auto& header : untried)
    CHECK_MESSAGE(false, "No network of ", folder, header.first, " stands in for_each_network of this test");
}
#endif

TEST_CASE("tangents: nothing is left behind") {
  using Network = nn::BoundedNetwork<nn::LipSwish, 4, 3, nn::NormBound{}, true>;
  TestBench<test::Device> bench(5, test::Device());
  const Shape in{3, 4, 5};
  const auto network = bench.declare([&](Builder& b) { return declared<Network>(b, in); });
  const auto run = function_of(network);
  const std::vector<double> x = bench.uniform(2 * in.size(), -1, 1);
  const auto ctx = bench.begin(Phase::evaluation);
  const Tensor<double> batch = bench.batch(x.data(), 2, in);
  const auto memory = bench.work.memory.mark();
  const auto tape = bench.work.tape.mark();
  {
    Pullback back(ctx, run, batch);
    back.times(as_const(batch), batch);
  }
  CHECK(bench.work.memory.mark().used == memory.used);
  CHECK(bench.work.tape.mark().top == tape.top);
  {
    Linearization j(ctx, run, Var<double>{batch});
    static_cast<void>(j.times({batch}));
    CHECK(!bench.work.known_values.empty());
  }
  CHECK(bench.work.known_values.empty());
}
