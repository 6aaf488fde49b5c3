#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "densenf/core/philox.hpp"
#include "densenf/kernels/cpu/all.hpp"

using densenf::ArgumentError;
using densenf::Cpu;
using densenf::Index;
using densenf::make_tensor;
using densenf::NoiseKey;
using densenf::NoiseSequence;
using densenf::Tensor;
namespace kernels = densenf::kernels;

namespace {

constexpr NoiseKey key{.seed = 7, .stream = 1, .step = 42, .draw = 3};

template <class T>
std::vector<T> normals(const NoiseKey& k, Index n, Index first = 0) {
  std::vector<T> x(static_cast<std::size_t>(n));
  kernels::fill_normal(Cpu(1), k, first, make_tensor(x.data(), 1, {n, 1, 1}));
  return x;
}
template <class T>
std::vector<T> uniforms(const NoiseKey& k, Index n, Index first = 0) {
  std::vector<T> x(static_cast<std::size_t>(n));
  kernels::fill_uniform(Cpu(1), k, first, make_tensor(x.data(), 1, {n, 1, 1}));
  return x;
}

double mean_of_power(const std::vector<double>& x, int power) {
  double total = 0;
  for (double v : x) total += std::pow(v, power);
  return total / static_cast<double>(x.size());
}

/// Mean of f(x[i]) * f(x[i + lag]).
template <class F>
double correlation(const std::vector<double>& x, std::size_t lag, const F& f) {
  double total = 0;
  for (std::size_t i = 0; i + lag < x.size(); ++i) total += f(x[i]) * f(x[i + lag]);
  return total / static_cast<double>(x.size() - lag);
}

/// The largest distance between the distribution of the sample and a cumulative distribution, times
/// sqrt(n): above 1.95 for one sample in a thousand.
template <class Cdf>
double kolmogorov_smirnov(std::vector<double> x, const Cdf& cdf) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double f = cdf(x[i]), below = static_cast<double>(i) / n;
    worst = std::max({worst, f - below, below + 1 / n - f});
  }
  return worst * std::sqrt(n);
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

std::array<std::uint32_t, 4> words(const NoiseSequence& s, std::uint64_t block) {
  const auto w = densenf::words_of_block(s, block);
  return {w.v[0], w.v[1], w.v[2], w.v[3]};
}
using Words = std::array<std::uint32_t, 4>;

}  // namespace

// The generator's published test vectors.
TEST_CASE("blocks are Philox 4x32-10") {
  CHECK(words({}, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(words({{ones, ones}, {ones, ones}}, ~std::uint64_t{0}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(words({{0xa4093822, 0x299f31d0}, {0x13198a2e, 0x03707344}}, 0x85a308d3243f6a88) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a key goes through the generator with every bit of it") {
  const NoiseKey k{
      .seed = 0x299f31d0a4093822, .stream = 0x13198a2e, .step = 0x85a308d3243f6a88, .draw = 0x03707344};
  const NoiseSequence s = densenf::noise_sequence(k);
  CHECK(s.key == std::array<std::uint32_t, 2>{0xd16cfe09, 0x94fdcceb});
  CHECK(s.high == std::array<std::uint32_t, 2>{0x5001e420, 0x24126ea1});
}

TEST_CASE("the numbers of a block follow from its words as documented") {
  // Computed in Python from the words of block 0 of the all-zero sequence.
  const std::array<double, 4> normal{0.9911376799303858, -0.9246625876655349, -0.6176089594591906,
                                     -0.4820685874871796};
  const auto got = densenf::normals_of_block<double>({}, 0);
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(got[i] - normal[i]) < 1e-14);
  const std::array<double, 4> uniform{0.39904648065567017, 0.8805201649665833, 0.7357128262519836,
                                      0.6054818034172058};
  CHECK(densenf::uniforms_of_block<double>({}, 0) == uniform);
}

TEST_CASE("no word gives a normal number that is infinite or NaN") {
  const std::array<std::uint32_t, 7> extremes{0,          1,          0x7fffffff, 0x80000000,
                                              0x80000001, 0xfffffffe, 0xffffffff};
  double largest = 0;
  for (std::uint32_t radius : extremes) {
    for (std::uint32_t angle : extremes) {
      float a = 0, b = 0;
      densenf::normal_pair(radius, angle, a, b);
      CHECK(std::isfinite(a));
      CHECK(std::isfinite(b));
      largest = std::max({largest, std::abs(static_cast<double>(a)), std::abs(static_cast<double>(b))});
    }
  }
  CHECK(largest > 6.7);
  CHECK(largest < 6.77);
}

TEST_CASE("no word gives a uniform number that is 0 or 1, not even as a float") {
  CHECK(densenf::uniform_of_word<float>(0) == 0x1p-24f);
  CHECK(densenf::uniform_of_word<float>(0xffffffff) == 1 - 0x1p-24f);
  CHECK(densenf::uniform_of_word<double>(0xffffffff) == 1 - 0x1p-24);
}

TEST_CASE("normal numbers have the moments and the distribution of the standard normal") {
  const std::vector<double> x = normals<double>(key, 1'000'000);
  CHECK(std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); }));
  // Bounds are four standard errors.
  CHECK(std::abs(mean_of_power(x, 1)) < 0.004);
  CHECK(std::abs(mean_of_power(x, 2) - 1) < 4 * std::sqrt(2.0) / 1000);
  CHECK(std::abs(mean_of_power(x, 3)) < 4 * std::sqrt(15.0) / 1000);
  CHECK(std::abs(mean_of_power(x, 4) - 3) < 4 * std::sqrt(96.0) / 1000);
  CHECK(kolmogorov_smirnov(x, normal_cdf) < 1.95);
  for (std::size_t lag = 1; lag <= 8; ++lag) {
    CAPTURE(lag);
    CHECK(std::abs(correlation(x, lag, [](double v) { return v; })) < 0.004);
    CHECK(std::abs(correlation(x, lag, [](double v) { return v * v - 1; })) < 4 * 2.0 / 1000);
  }
}

TEST_CASE("uniform numbers fill (0, 1) evenly, both ends excluded") {
  const std::vector<double> x = uniforms<double>(key, 1'000'000);
  CHECK(std::all_of(x.begin(), x.end(), [](double v) { return v > 0 && v < 1; }));
  CHECK(std::abs(mean_of_power(x, 1) - 0.5) < 4 * std::sqrt(1.0 / 12) / 1000);
  CHECK(kolmogorov_smirnov(x, [](double v) { return v; }) < 1.95);
  for (std::size_t lag = 1; lag <= 8; ++lag) {
    CAPTURE(lag);
    CHECK(std::abs(correlation(x, lag, [](double v) { return v - 0.5; })) < 4.0 / 12 / 1000);
  }
}

TEST_CASE("float and double models get the same numbers") {
  const auto n = normals<double>(key, 10'001);
  const auto nf = normals<float>(key, 10'001);
  const auto u = uniforms<double>(key, 10'001);
  const auto uf = uniforms<float>(key, 10'001);
  for (std::size_t i = 0; i < n.size(); ++i) {
    REQUIRE(nf[i] == static_cast<float>(n[i]));
    REQUIRE(static_cast<double>(uf[i]) == u[i]);
  }
}

TEST_CASE("the numbers do not depend on the number of threads") {
  const Index n = 3, h = 17, w = 29, c = 11;  // several tasks, none of them full
  std::vector<float> one(static_cast<std::size_t>(n * h * w * c));
  kernels::fill_normal(Cpu(1), key, 5, make_tensor(one.data(), n, {c, h, w}));
  for (int threads : {2, 3}) {
    std::vector<float> many(one.size());
    kernels::fill_normal(Cpu(threads), key, 5, make_tensor(many.data(), n, {c, h, w}));
    CHECK(many == one);
    kernels::fill_uniform(Cpu(threads), key, 5, make_tensor(many.data(), n, {c, h, w}));
    CHECK(many == uniforms<float>(key, n * h * w * c, 5));
  }
}

TEST_CASE("a batch may be filled in parts that begin anywhere") {
  const Index total = 9001;
  const auto whole_normal = normals<double>(key, total);
  const auto whole_uniform = uniforms<double>(key, total);
  for (Index split : {1, 2, 3, 4, 5, 4095, 4096, 4099, 9000}) {
    CAPTURE(split);
    auto parts = normals<double>(key, split);
    const auto rest = normals<double>(key, total - split, split);
    parts.insert(parts.end(), rest.begin(), rest.end());
    CHECK(parts == whole_normal);
    parts = uniforms<double>(key, split);
    const auto rest_uniform = uniforms<double>(key, total - split, split);
    parts.insert(parts.end(), rest_uniform.begin(), rest_uniform.end());
    CHECK(parts == whole_uniform);
  }
}

TEST_CASE("numbering ignores the stride, and nothing outside the view is written") {
  const Index n = 2, h = 40, w = 25, c = 6, stride = 10;
  const float untouched = -1234;
  std::vector<float> memory(static_cast<std::size_t>(n * h * w * stride), untouched);
  const auto view = make_tensor(memory.data(), n, {stride, h, w}).channels(3, c);
  kernels::fill_normal(Cpu(3), key, 0, view);
  const auto expected = normals<float>(key, n * h * w * c);
  for (Index p = 0; p < n * h * w; ++p) {
    for (Index i = 0; i < stride; ++i) {
      const float got = memory[static_cast<std::size_t>(p * stride + i)];
      const bool inside = i >= 3 && i < 3 + c;
      REQUIRE(got == (inside ? expected[static_cast<std::size_t>(p * c + i - 3)] : untouched));
    }
  }
}

TEST_CASE("every part of a key matters") {
  const auto x = normals<double>(key, 1000);
  CHECK(normals<double>(key, 1000) == x);
  const auto differs = [&](NoiseKey other) {
    // Nothing in common at the same place, which a shifted or partly equal sequence would have.
    const auto y = normals<double>(other, 1000);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] == y[i]) return false;
    }
    return true;
  };
  NoiseKey k = key;
  k.seed += 1;
  CHECK(differs(k));
  k.seed = key.seed + (std::uint64_t{1} << 32);
  CHECK(differs(k));
  k = key;
  k.stream += 1;
  CHECK(differs(k));
  k = key;
  k.step += 1;
  CHECK(differs(k));
  k.step = key.step + (std::uint64_t{1} << 32);
  CHECK(differs(k));
  k = key;
  k.draw += 1;
  CHECK(differs(k));
}

TEST_CASE("an empty batch is filled, a negative place in the sequence refused") {
  CHECK_NOTHROW(kernels::fill_normal(Cpu(2), key, 0, Tensor<float>{}));
  std::vector<float> x(4, 1.5f);
  CHECK_THROWS_WITH_AS(kernels::fill_normal(Cpu(1), key, -1, make_tensor(x.data(), 1, {4, 1, 1})),
                       "The first element of a random sequence must be 0 or more, not -1.", ArgumentError);
  CHECK(x == std::vector<float>(4, 1.5f));
}
