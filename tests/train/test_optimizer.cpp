// headers-only
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "densenf/train/optimizer.hpp"

using namespace densenf;

namespace {

using Five = std::array<double, 5>;
constexpr Five start{0.5, -1.25, 2.0, 0.0, -0.375};
constexpr Five rates{0.0, 0.01, 0.02, 0.02, 0.015};

/// The gradient that the reference numbers were made with. The fourth parameter never gets one, as in the
/// gaps between the tensors of a model.
double gradient(std::size_t i, Index t) {
  const auto x = static_cast<double>(i);
  return i == 3 ? 0.0 : std::sin(1.7 * x + 0.9 * static_cast<double>(t)) * (1 + x) * 0.5;
}

struct State {
  std::vector<double> parameters, gradients, moments;
  State(Index n, Index moment_count)
      : parameters(static_cast<std::size_t>(n)),
        gradients(static_cast<std::size_t>(n)),
        moments(static_cast<std::size_t>(n * moment_count)) {}
};

/// Five steps, with gradients that come multiplied by 1 / gradient_scale.
State five_steps(const Optimizer& optimizer, double gradient_scale = 1) {
  State s(5, moment_count(optimizer));
  std::copy(start.begin(), start.end(), s.parameters.begin());
  for (Index t = 1; t <= 5; ++t) {
    for (std::size_t i = 0; i < 5; ++i) s.gradients[i] = gradient(i, t) / gradient_scale;
    optimizer_step(optimizer, Cpu(1), std::span(s.parameters), std::span(s.gradients), std::span(s.moments),
                   rates[static_cast<std::size_t>(t - 1)], gradient_scale, t);
    CHECK(s.gradients == std::vector<double>(5, 0.0));
  }
  return s;
}

void check_close(std::span<const double> got, const Five& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(got[i] - want[i]) < 1e-12);
  }
}

void check_against(const Optimizer& optimizer, const Five& parameters, const std::vector<Five>& moments) {
  CAPTURE(std::string(optimizer_name(optimizer)));
  REQUIRE(moment_count(optimizer) == static_cast<Index>(moments.size()));
  for (double gradient_scale : {1.0, 0.3}) {
    CAPTURE(gradient_scale);
    const State s = five_steps(optimizer, gradient_scale);
    check_close(s.parameters, parameters);
    for (std::size_t k = 0; k < moments.size(); ++k) {
      check_close(std::span(s.moments).subspan(5 * k, 5), moments[k]);
    }
  }
}

const std::vector<Optimizer> every_optimizer{Adamax{},
                                             Adamax{.weight_decay = 0.1},
                                             Adam{},
                                             Adam{.weight_decay = 0.1},
                                             AdamW{},
                                             AdamW{.weight_decay = 0.3},
                                             Sgd{.momentum = 0},
                                             Sgd{.nesterov = true, .weight_decay = 0.1}};

}  // namespace

// Parameters and moments after five steps of torch.optim in double (PyTorch 2.15).
TEST_CASE("optimizers take PyTorch's steps") {
  SUBCASE("Adamax") {
    check_against(
        Adamax{}, {0.46770408593095886, -1.2289322569202712, 2.028644810587332, 0.0, -0.39436410205993927},
        {{0.009712744733786702, -0.15204283036031854, 0.029631410565746273, 0.0, -0.14405570426407854},
         {0.4887650688325485, 0.9496998313238209, 1.498412022759658, 1e-08, 2.460553724958087}});
    check_against(Adamax{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1},
                  {0.466292040364529, -1.2181920694328705, 2.020424052934652, 0.0, -0.39037161779375495},
                  {{0.008578865279245864, -0.34863813363668633, 0.3095651665768084, 0.0, -0.4678360478685538},
                   {0.46120243126209626, 0.9723640577875162, 1.7018602473734017, 0.001, 2.4255156197165624}});
  }
  SUBCASE("Adam") {
    check_against(
        Adam{}, {0.4594321594652262, -1.2198124673321564, 2.033340627803464, 0.0, -0.39980141608997677},
        {{0.009712744733786702, -0.15204283036031854, 0.029631410565746273, 0.0, -0.14405570426407854},
         {0.0007225423309832839, 0.0019899769810275015, 0.006921812290779096, 0.0, 0.019441872510797528}});
    check_against(Adam{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1},
                  {0.4599178999537537, -1.2070618377211522, 2.0207002808007535, 0.0, -0.3930492635631752},
                  {{0.008380113729028176, -0.3483993288653484, 0.3096312555250467, 0.0, -0.46797613309727876},
                   {0.03465709246409278, 0.1136813487865969, 0.3223824319065818, 0.0, 0.8873799374921686}});
  }
  SUBCASE("AdamW") {
    check_against(
        AdamW{}, {0.4591209316687369, -1.2190047348021775, 2.032028384733401, 0.0, -0.39954680350029753},
        {{0.009712744733786702, -0.15204283036031854, 0.029631410565746273, 0.0, -0.14405570426407854},
         {0.0007225423309832839, 0.0019899769810275015, 0.006921812290779096, 0.0, 0.019441872510797528}});
    check_against(AdamW{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.3},
                  {0.4545922235428939, -1.1915637130427235, 1.9890504770875301, 0.0, -0.3864091063940732},
                  {{-0.023856265975827465, -0.2652760669129842, 0.17410687999781, 0.0, -0.44180605977930204},
                   {0.03274177009928695, 0.09020712429560196, 0.31395598515295914, 0.0, 0.8825136365575521}});
  }
  SUBCASE("SGD") {
    check_against(Sgd{},
                  {0.457745670123539, -1.1793893737008492, 2.0994696183171695, 0.0, -0.4842851746363909},
                  {{0.09712744733786716, -1.520428303603186, 0.29631410565746275, 0.0, -1.4405570426407854}});
    check_against(Sgd{.momentum = 0.8, .nesterov = true, .weight_decay = 0.1},
                  {0.46661972213954744, -1.1295996569912743, 1.9917305565956742, 0.0, -0.3572156805774471},
                  {{0.041380028309356276, -1.732777758438246, 1.5527595043728477, 0.0, -2.349848212449177}});
    const State plain = five_steps(Sgd{.momentum = 0});
    check_close(plain.parameters,
                {0.5026136433587075, -1.209568436358573, 1.9765309168110066, 0.0, -0.31243532609815133});
  }
}

TEST_CASE("a step is the same to the bit for every number of threads, and as many single steps") {
  const Index n = 100'003;  // several tasks, the last of them odd
  for (const Optimizer& optimizer : every_optimizer) {
    CAPTURE(std::string(optimizer_name(optimizer)));
    const auto run = [&](int threads) {
      std::vector<float> p(static_cast<std::size_t>(n)), g(p.size()),
          m(p.size() * static_cast<std::size_t>(moment_count(optimizer)));
      for (std::size_t i = 0; i < p.size(); ++i) p[i] = std::cos(static_cast<float>(i));
      for (Index t = 1; t <= 2; ++t) {
        for (std::size_t i = 0; i < p.size(); ++i)
          g[i] = std::sin(static_cast<float>(static_cast<Index>(i) + 3 * t));
        optimizer_step(optimizer, Cpu(threads), std::span(p), std::span(g), std::span(m), 0.1, 0.5, t);
      }
      CHECK(std::all_of(g.begin(), g.end(), [](float v) { return v == 0; }));
      p.insert(p.end(), m.begin(), m.end());
      return p;
    };
    const std::vector<float> one = run(1);
    CHECK(run(2) == one);
    CHECK(run(3) == one);
    // The same rule, one parameter at a time.
    const std::size_t moments = static_cast<std::size_t>(moment_count(optimizer));
    for (Index place : {0, 1, 1023, 1024, 32767, 32768, 100'002}) {
      CAPTURE(place);
      const auto i = static_cast<std::size_t>(place);
      double p = std::cos(static_cast<float>(place));
      std::vector<double> m(moments);
      for (Index t = 1; t <= 2; ++t) {
        double g = std::sin(static_cast<float>(place + 3 * t));
        optimizer_step(optimizer, Cpu(1), std::span(&p, 1), std::span(&g, 1), std::span(m), 0.1, 0.5, t);
      }
      CHECK(std::abs(static_cast<double>(one[i]) - p) < 2e-6);
      for (std::size_t k = 0; k < moments; ++k) {
        CHECK(std::abs(static_cast<double>(one[i + (k + 1) * static_cast<std::size_t>(n)]) - m[k]) < 2e-6);
      }
    }
  }
}

// What the CUDA pass does: it has no Eigen arrays.
TEST_CASE("a rule does to a number what it does to an array") {
  const auto same = [](const auto& rule, auto... moments) {
    double p = 0.7, g = -0.3;
    std::array<double, sizeof...(moments)> m{moments...}, want = m;
    double wanted = p, spent = g;
    optimizer_pass(Cpu(1), rule, &p, &g, m.data(), 1);
    std::apply([&](auto&... each) { rule(wanted, spent, each...); }, want);
    CHECK(p == doctest::Approx(wanted).epsilon(1e-14));
    for (std::size_t k = 0; k < m.size(); ++k) CHECK(m[k] == doctest::Approx(want[k]).epsilon(1e-14));
    CHECK(p != 0.7);
  };
  same(kernels::AdamaxRule<double>{0.5, 0.1, 0.2, 0.9, 1e-8, 0.01}, 0.1, 0.05);
  same(kernels::AdamaxRule<double>{0.5, 0.1, 0.2, 0.9, 1e-8, 0.01}, 0.1, 5.0);
  same(kernels::AdamRule<double>{0.5, 0.1, 0.99, 0.2, 0.9, 0.1, 1e-8, 0.01, 1.5}, 0.1, 0.05);
  same(kernels::SgdRule<double>{0.5, 0.1, 0.9, 0.02, 0.01}, 0.1);
}

TEST_CASE("settings and arguments out of range are refused before anything is written") {
  std::vector<double> p(4, 1.0), g(4, 1.0), m(8, 0.0);
  const auto step = [&](const Optimizer& o, double lr = 0.1, double scale = 1, Index t = 1) {
    optimizer_step(o, Cpu(1), std::span(p), std::span(g),
                   std::span(m).first(static_cast<std::size_t>(4 * moment_count(o))), lr, scale, t);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  for (double beta : {-0.1, 1.0, nan}) {
    CHECK_THROWS_AS(step(Adamax{.beta1 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(Adamax{.beta2 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(Adam{.beta1 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(Adam{.beta2 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(AdamW{.beta1 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(AdamW{.beta2 = beta}), ArgumentError);
    CHECK_THROWS_AS(step(Sgd{.momentum = beta}), ArgumentError);
  }
  for (double epsilon : {0.0, -1e-8, inf}) {
    CHECK_THROWS_AS(step(Adamax{.epsilon = epsilon}), ArgumentError);
    CHECK_THROWS_AS(step(Adam{.epsilon = epsilon}), ArgumentError);
    CHECK_THROWS_AS(step(AdamW{.epsilon = epsilon}), ArgumentError);
  }
  for (double decay : {-0.1, nan, inf}) {
    CHECK_THROWS_AS(step(Adamax{.weight_decay = decay}), ArgumentError);
    CHECK_THROWS_AS(step(Adam{.weight_decay = decay}), ArgumentError);
    CHECK_THROWS_AS(step(AdamW{.weight_decay = decay}), ArgumentError);
    CHECK_THROWS_AS(step(Sgd{.weight_decay = decay}), ArgumentError);
  }
  CHECK_THROWS_AS(step(Sgd{.momentum = 0, .nesterov = true}), ArgumentError);
  for (const Optimizer& o : every_optimizer) {
    for (double lr : {-0.1, nan, inf}) CHECK_THROWS_AS(step(o, lr), ArgumentError);
    for (double scale : {0.0, -1.0, nan, inf}) CHECK_THROWS_AS(step(o, 0.1, scale), ArgumentError);
    CHECK_THROWS_WITH_AS(step(o, 0.1, 1, 0), "Optimizer steps are counted from 1, but got step 0.",
                         ArgumentError);
  }
  CHECK_THROWS_WITH_AS(
      optimizer_step(Adamax{}, Cpu(1), std::span(p), std::span(g), std::span(m).first(7), 0.1, 1, 1),
      "An optimizer step on 4 parameters needs 8 numbers for its moments, but got 7.", ShapeError);
  CHECK_THROWS_WITH_AS(
      optimizer_step(Sgd{}, Cpu(1), std::span(p), std::span(g).first(3), std::span(m).first(4), 0.1, 1, 1),
      "An optimizer step on 4 parameters needs as many gradients, but got 3.", ShapeError);
  CHECK(p == std::vector<double>(4, 1.0));
  CHECK(g == std::vector<double>(4, 1.0));
  CHECK(m == std::vector<double>(8, 0.0));
}

TEST_CASE("optimizers are chosen by name") {
  CHECK(std::holds_alternative<Adamax>(make_optimizer("adamax")));
  CHECK(std::holds_alternative<Adam>(make_optimizer("adam")));
  CHECK(std::holds_alternative<AdamW>(make_optimizer("adamw")));
  CHECK(std::holds_alternative<Sgd>(make_optimizer("sgd")));
  for (const char* name : {"adamax", "adam", "adamw", "sgd"}) {
    CHECK(optimizer_name(make_optimizer(name)) == name);
  }
  CHECK(std::get<AdamW>(make_optimizer("adamw")).weight_decay == 1e-2);
  CHECK_THROWS_WITH_AS(make_optimizer("Adam"),
                       "There is no optimizer 'Adam': choose one of adamax, adam, adamw, sgd.",
                       ArgumentError);
  CHECK_THROWS_AS(make_optimizer(""), ArgumentError);
}

TEST_CASE("the squared norm is that of every element, in double, for every number of threads") {
  for (Index n : {0, 1, 7, 8, 9, 4095, 4096, 4097, 1'048'575, 1'048'577, 2'000'003}) {
    CAPTURE(n);
    std::vector<float> x(static_cast<std::size_t>(n));
    long long expected = 0;  // of integers: exact in double too
    for (Index i = 0; i < n; ++i) {
      const Index v = i % 201 - 100;
      x[static_cast<std::size_t>(i)] = static_cast<float>(v);
      expected += v * v;
    }
    for (int threads : {1, 2, 3}) {
      CHECK(kernels::squared_norm(Cpu(threads), std::span(x)) == static_cast<double>(expected));
    }
  }
  std::vector<float> rounding(300'001);
  for (std::size_t i = 0; i < rounding.size(); ++i) rounding[i] = std::sin(static_cast<float>(i));
  const double one = kernels::squared_norm(Cpu(1), std::span<const float>(rounding));
  CHECK(kernels::squared_norm(Cpu(3), std::span<const float>(rounding)) == one);
  const std::vector<float> large(10, 1e30f);  // whose squares no float holds
  CHECK(kernels::squared_norm(Cpu(1), std::span(large)) == doctest::Approx(1e61));
}

TEST_CASE("one number that is not finite is found wherever it is") {
  std::vector<float> x(1'100'003, std::numeric_limits<float>::max());
  CHECK(kernels::all_finite(Cpu(1), std::span<float>{}));
  for (int threads : {1, 3}) {
    const Cpu cpu(threads);
    CHECK(kernels::all_finite(cpu, std::span(x)));
    for (std::size_t place : {std::size_t{0}, std::size_t{4096}, std::size_t{777'777}, x.size() - 1}) {
      for (float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                        std::numeric_limits<float>::quiet_NaN()}) {
        const float good = std::exchange(x[place], bad);
        CHECK_FALSE(kernels::all_finite(cpu, std::span<const float>(x)));
        CHECK_FALSE(std::isfinite(kernels::squared_norm(cpu, std::span(x))));
        x[place] = good;
      }
    }
  }
}

TEST_CASE("clipping brings large gradients down to the norm asked for and leaves small ones alone") {
  CHECK(clip_factor(4.0, 1.0) == doctest::Approx(1 / (2 + 1e-6)).epsilon(1e-14));
  CHECK(clip_factor(4.0, 3.0) == 1.0);
  CHECK(clip_factor(0.0, 1.0) == 1.0);
  CHECK_THROWS_AS(clip_factor(4.0, 0.0), ArgumentError);
  CHECK_THROWS_AS(clip_factor(std::numeric_limits<double>::infinity(), 1.0), NonFiniteError);
  CHECK_THROWS_AS(clip_factor(std::numeric_limits<double>::quiet_NaN(), 1.0), NonFiniteError);
}
