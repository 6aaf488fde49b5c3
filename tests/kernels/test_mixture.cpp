// ctest-labels: kernels
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "densenf/kernels/mixture.hpp"

using namespace densenf;
using kernels::MixtureMap;

namespace {

/// One number through one mixture, forward and back.
template <class T>
struct Through {
  T z, back;
  double log_det;
};
template <class T>
Through<T> through(const std::vector<double>& raw, double x, bool squashed = false) {
  const Cpu cpu(1);
  const MixtureMap map{static_cast<Index>(raw.size() - 2) / 3, squashed};
  const std::vector<T> numbers(raw.begin(), raw.end());
  Through<T> result{0, 0, 0};
  const T from = static_cast<T>(x);
  const auto one = [](auto* data) { return make_tensor(data, 1, Shape{1, 1, 1}); };
  const auto of_raw = make_tensor(numbers.data(), 1, Shape{map.parameters(), 1, 1});
  mixture_forward(cpu, map, kernels::Everywhere{}, one(&from), of_raw, one(&result.z), &result.log_det);
  mixture_inverse(cpu, map, kernels::Everywhere{}, as_const(one(&result.z)), of_raw, one(&result.back));
  return result;
}

// s = t = 0, three components.
const std::vector<double> raw_numbers = {0, 0, 0.1, 0.2, 4, -1, 0, 1, -5, 0, 0.2};

struct Row {
  double x, z, log_det;
};
// Computed in arithmetic of 60 digits.
constexpr std::array<Row, 8> table = {{{-30, -25.422162569378393, -0.19995117965411185},
                                       {-3.25, -3.4942230851532784, -0.19468901323187619},
                                       {-1.004, -1.5970795118144873, 1.7063646055431895},
                                       {0, -0.73696539692542122, -0.24035688906772973},
                                       {0.7, -0.18163693103653243, -0.22423581345280836},
                                       {5, 3.3139483006596398, -0.20033605080574163},
                                       {30, 23.78487870579907, -0.19999050388519696},
                                       {60, 48.346844003458316, -0.19999995871049876}}};
constexpr std::array<Row, 5> squashed_table = {{{-30, -2.9444389789939187, -22.68044869692227},
                                                {-1.004, -1.3766275863401002, 1.461937106036724},
                                                {0, -0.65750066571243227, -0.37234674306152619},
                                                {0.7, -0.16338778348072607, -0.3311665277719349},
                                                {30, 2.9444389782794737, -21.043204158292446}}};

}  // namespace

TEST_CASE(
    "mixture: values and log-determinants are those of arithmetic with 60 digits, far into both tails") {
  for (const Row& r : table) {
    INFO("x = ", r.x);
    const auto exact = through<double>(raw_numbers, r.x);
    CHECK(std::abs(exact.z - r.z) <= 1e-14 * (1 + std::abs(r.z)));
    CHECK(std::abs(exact.log_det - r.log_det) <= 3e-14 * (1 + std::abs(r.z)));
    const auto rounded = through<float>(raw_numbers, r.x);
    CHECK(std::abs(static_cast<double>(rounded.z) - r.z) <= 1e-6 * (1 + std::abs(r.x)));
    CHECK(std::abs(rounded.log_det - r.log_det) <= 3e-5 * (1 + std::abs(r.x)));
  }
  for (const Row& r : squashed_table) {
    INFO("squashed, x = ", r.x);
    const auto exact = through<double>(raw_numbers, r.x, true);
    CHECK(std::abs(exact.z - r.z) <= 1e-14 * (1 + std::abs(r.z)));
    CHECK(std::abs(exact.log_det - r.log_det) <= 1e-13 * (1 + std::abs(r.log_det)));
  }
}

TEST_CASE(
    "mixture: the inverse comes back to what the slope allows, from tails, gaps and narrow components") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-1, 1);
  double worst = 0, worst_float = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const int k = 1 + trial % 33;
    std::vector<double> raw = {2 * uniform(random), 3 * uniform(random)};
    for (int i = 0; i < k; ++i) raw.push_back(4 * uniform(random));
    for (int i = 0; i < k; ++i) raw.push_back(5 * uniform(random));
    for (int i = 0; i < k; ++i) raw.push_back(-3 + 5 * uniform(random));
    const double x = (trial % 5 == 0 ? 60 : 6) * uniform(random);
    const auto scaled = [&]<class T>(const Through<T>& t, double from) {
      // z is rounded, and so are the logarithms, in proportion to their size; the slope says what that is in
      // x.
      const double noise =
          std::numeric_limits<T>::epsilon() * (10 + 10 * std::abs(static_cast<double>(t.z)) + std::abs(from));
      return std::abs(static_cast<double>(t.back) - from) / (noise * (1 + 3 * std::exp(-t.log_det)));
    };
    worst = std::max(worst, scaled(through<double>(raw, x), x));
    const double x_float = static_cast<double>(static_cast<float>(x));
    worst_float = std::max(worst_float, scaled(through<float>(raw, x_float), x_float));
  }
  INFO("worst: ", worst, " and in float ", worst_float);
  CHECK(worst <= 10);
  CHECK(worst_float <= 10);
}

TEST_CASE(
    "mixture: what a squashed map does not reach comes back as the edge, and what is no number stays so") {
  const auto inverse = [](double z, bool squashed) {
    const Cpu cpu(1);
    double x = 0;
    const auto one = [](auto* data) { return make_tensor(data, 1, Shape{1, 1, 1}); };
    const auto raw = make_tensor(raw_numbers.data(), 1, Shape{11, 1, 1});
    mixture_inverse(cpu, MixtureMap{3, squashed}, kernels::Everywhere{}, as_const(one(&z)), raw, one(&x));
    return x;
  };
  CHECK(inverse(100, true) == inverse(4, true));
  CHECK(inverse(-100, true) == inverse(-4, true));
  CHECK(through<double>(raw_numbers, inverse(100, true)).z == doctest::Approx(std::log((1 - 1e-5) / 1e-5)));
  CHECK(std::isnan(inverse(std::numeric_limits<double>::quiet_NaN(), false)));
  CHECK(std::isfinite(inverse(1e6, false)));
}

TEST_CASE("mixture: the adjoint has no infinite terms where F rounds to 0 or 1, and passes the floor by") {
  const Cpu cpu(1);
  std::vector<double> numbers = raw_numbers;
  numbers[8] = -9;  // below the floor
  const auto raw = make_tensor(static_cast<const double*>(numbers.data()), 1, Shape{11, 1, 1});
  for (const bool squashed : {false, true}) {
    for (const double x : {-800.0, -60.0, -1.0, 60.0, 800.0}) {
      const double dz = 0.7, g = -1.3;
      double dx = 0;
      std::vector<double> draw(11);
      const auto one = [](auto* data) { return make_tensor(data, 1, Shape{1, 1, 1}); };
      mixture_backward(cpu, MixtureMap{3, squashed}, kernels::Everywhere{}, one(&x), raw, one(&dz), &g,
                       one(&dx), kernels::Write::assign, make_tensor(draw.data(), 1, Shape{11, 1, 1}),
                       kernels::Write::assign);
      CHECK(std::isfinite(dx));
      for (const double d : draw) CHECK(std::isfinite(d));
      CHECK(draw[8] == 0);
    }
  }
}
