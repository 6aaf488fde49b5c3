// also-on: gpu host
#include "densenf/autodiff/tangents.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "../test_device.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/nn/bounded_networks.hpp"
#include "densenf/nn/elu_network.hpp"
#include "densenf/nn/gated_network.hpp"
#include "densenf/nn/networks.hpp"
#include "densenf/nn/perceptron.hpp"

using namespace densenf;

namespace {

/// A network over 3 x 4 x 5 images, with what it is called, and its output's channels.
template <class Network>
struct Case {
  std::string name;
  Network network = {};
  Shape in = {3, 4, 5};
};

/// Networks declare themselves for numbers of channels, those of bounded slope for an image.
template <class Network>
Network declared(Builder& b, const Shape& in) {
  Network network;
  if constexpr (requires { network.declare(b, in); })
    network.declare(b, in);
  else
    network.declare(b, in.c, in.c);
  return network;
}

using Smooth = nn::NormBound;

/// Calls visit for a network of each kind of operation that has tangents.
template <class Visit>
void for_each_network(const Visit& visit) {
  visit(
      Case<nn::BoundedNetwork<nn::LipSwish, 4, 3, Smooth{.percent = 90, .iterations = 0}, true>>{"LipSwish"});
  visit(Case<nn::BoundedNetwork<nn::EluLayer, 4, 3, Smooth{.percent = 90, .iterations = 2}, false>>{
      "ELU, bounded"});
  visit(Case<nn::BoundedDenseNetwork<2, 4, 3, Smooth{.percent = 95, .iterations = 0}>>{"dense"});
  visit(Case<nn::BoundedDenseNetwork<1, 2, 1, Smooth{.percent = 95, .iterations = 0}, 5>>{
      "dense, on vectors", {}, {6, 1, 1}});
  visit(Case<nn::EluNetwork<4>>{"EluNetwork"});
  visit(Case<nn::ResidualDense<4, 2, 3>>{"ResidualDense"});
  visit(Case<nn::Mlp<5>>{"Mlp", {}, {4, 1, 1}});
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
        const auto ctx = bench.begin(Phase::evaluation);
        return host(run(ctx, Var<double>{bench.batch(at.data(), n, c.in)}).value);
      };
      std::vector<double> jt, jt2, again, pulled, value;
      {
        const auto ctx = bench.begin(Phase::evaluation);
        Linearization j(ctx, run, Var<double>{bench.batch(x.data(), n, c.in)});
        const Var<double> first{bench.batch(t.data(), n, c.in)};
        jt = host(j.times(first).value);
        jt2 = host(j.times({bench.batch(t2.data(), n, c.in)}).value);
        again = host(j.times(first).value);
        value = host(j.value().value);
      }
      {
        const auto ctx = bench.begin(Phase::evaluation);
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
        });
    CHECK_MESSAGE(report.passed(), report.sentence);
  });
}

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
