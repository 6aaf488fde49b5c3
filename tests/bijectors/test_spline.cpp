// ctest-labels: golden
// also-on: host
// own-kernels: bijectors/own_kernels.cu
#include "densenf/bijectors/spline.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "../golden/golden.hpp"
#include "../test_device.hpp"

using namespace densenf;

namespace {

template <class T>
Buffer<T, test::Device> on(const test::Device& device, const std::vector<T>& values) {
  Buffer<T, test::Device> made(device, static_cast<Index>(values.size()));
  made.assign(values);
  return made;
}

/// A spline of each channel of a batch, whose raw numbers are given.
template <int Bins, class T>
struct Splines {
  kernels::RationalQuadratic<Bins> spline;
  std::vector<T> raw;
  test::Device device{};

  std::vector<T> map(const std::vector<T>& x, std::vector<double>& log_slopes, bool inverse = false) const {
    const auto n = static_cast<Index>(x.size());
    auto on_device = on(device, raw), numbers = on(device, x);
    Buffer<T, test::Device> result(device, n);
    Buffer<double, test::Device> logs(device, n);
    constexpr Index each = kernels::RationalQuadratic<Bins>::parameters;
    const auto from = as_const(make_tensor(numbers.data(), n, Shape{1, 1, 1}));
    const auto made_from = as_const(make_tensor(on_device.data(), n, Shape{each, 1, 1}));
    const auto to = make_tensor(result.data(), n, Shape{1, 1, 1});
    if (inverse)
      spline_inverse(device, spline, kernels::Everywhere{}, from, made_from, to);
    else
      spline_forward(device, spline, kernels::Everywhere{}, from, made_from, to, logs.data());
    log_slopes = logs.to_host();
    return result.to_host();
  }
};

template <class T>
std::vector<T> repeated(const std::vector<T>& v, std::size_t times) {
  std::vector<T> all;
  for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), v.begin(), v.end());
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("spline: the published table", T, double, float) {
  const std::vector<T> raw{T(.5), T(-.3), T(.2), T(1), T(-.4), T(.6), T(.1), T(-.2), T(.3), T(-1), T(.7)};
  const std::vector<T> x{-2, -0.5, 0, 0.75, T(2.9), -3.5, -3, 3, T(3.1)};
  const std::vector<double> y{-2.4224629960835,
                              0.5230142865909,
                              1.2501148991820,
                              2.1366090440468,
                              2.9116443200427,
                              -3.5,
                              -3,
                              3,
                              static_cast<double>(T(3.1))};
  const std::vector<double> log_slope{
      -0.7681643194848, -0.1031767273640, 0.5552617002766, -0.5912877092899, -0.2461521560734, 0, 0, 0, 0};
  const Splines<4, T> splines{{3, 1, 0}, repeated(raw, x.size())};
  std::vector<double> logs;
  const std::vector<T> got = splines.map(x, logs), back = splines.map(got, logs, true);
  splines.map(x, logs);
  const double allowed = std::is_same_v<T, double> ? 1e-12 : 2e-6;
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(std::abs(static_cast<double>(got[i]) - y[i]) <= allowed);
    CHECK(std::abs(logs[i] - log_slope[i]) <= 4 * allowed);
    CHECK(std::abs(static_cast<double>(back[i] - x[i])) <= 4 * allowed);
  }
}

TEST_CASE("spline: raw numbers of 0 are the identity where it is to start as that") {
  const std::vector<double> x{-4, -3, -2.9, -1, 0, 0.1, 1.5, 2, 3, 7};
  const Splines<4, double> identity{{3, 1, kernels::RationalQuadratic<4>::identity_shift},
                                    std::vector<double>(11 * x.size())};
  std::vector<double> logs;
  const std::vector<double> y = identity.map(x, logs);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(y[i] == doctest::Approx(x[i]).epsilon(1e-14));
    CHECK(std::abs(logs[i]) < 1e-14);
  }
  const Splines<4, double> paper{{3, 1, 0}, std::vector<double>(11 * x.size())};
  CHECK(paper.map(x, logs)[5] != doctest::Approx(0.1).epsilon(1e-3));
}

TEST_CASE_TEMPLATE("spline: steep and flat bins come back, at their ends too", T, double, float) {
  // Widths and heights from one end of what softmax gives to the other, and slopes that do not fit them.
  const std::vector<T> raw{T(9), T(-9), T(0), T(-9), T(9), T(0), T(-20), T(20), T(3), T(-5), T(12), T(-9)};
  std::vector<T> x, all;
  for (int shift = 0; shift < 12; ++shift) {
    for (double v = -2.5; v <= 2.5; v += 0.03125) {
      x.push_back(static_cast<T>(v));
      for (std::size_t i = 0; i < 8; ++i) all.push_back(raw[(i + static_cast<std::size_t>(shift)) % 12]);
    }
  }
  const Splines<3, T> splines{{2.5, 1, 0}, all};
  std::vector<double> log_slopes, unused;
  const std::vector<T> y = splines.map(x, log_slopes), back = splines.map(y, unused, true),
                       again = splines.map(back, unused);
  constexpr double epsilon = std::numeric_limits<T>::epsilon();
  for (std::size_t i = 0; i < x.size(); ++i) {
    REQUIRE(std::isfinite(log_slopes[i]));
    // y is rounded, and so is every knot: an error of a few 2.5 epsilon in either moves x by as much over the
    // slope, which near x is anything between the least and the largest of its bin.
    CHECK(std::abs(static_cast<double>(again[i] - y[i])) <= 64 * epsilon * (1 + std::exp(log_slopes[i])));
    CHECK(std::abs(static_cast<double>(back[i])) <= 2.5 * (1 + 16 * epsilon));
  }
}

TEST_CASE_TEMPLATE("spline: numbers and gradients of the golden file", T, double, float) {
  const SafetensorsFile file(std::string(DENSENF_SOURCE_DIR) +
                             "/tests/golden/data/zoo/layers_tiny.safetensors");
  const auto read = [&](const std::string& name) { return file.read<double>("spline/" + name); };
  const std::vector<double> x = read("x"), w = read("raw_w"), h = read("raw_h"), d = read("raw_d");
  const auto n = static_cast<Index>(x.size());
  const auto narrowed = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
  const auto joined_raw = [](const std::vector<double>& a, const std::vector<double>& b,
                             const std::vector<double>& c) {
    std::vector<double> all;
    for (std::size_t i = 0; i < a.size() / 4; ++i) {
      all.insert(all.end(), a.begin() + static_cast<std::ptrdiff_t>(4 * i),
                 a.begin() + static_cast<std::ptrdiff_t>(4 * i + 4));
      all.insert(all.end(), b.begin() + static_cast<std::ptrdiff_t>(4 * i),
                 b.begin() + static_cast<std::ptrdiff_t>(4 * i + 4));
      all.insert(all.end(), c.begin() + static_cast<std::ptrdiff_t>(3 * i),
                 c.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
    }
    return all;
  };
  const Splines<4, T> splines{{3, 1, 0}, narrowed(joined_raw(w, h, d))};
  std::vector<double> logs;
  const std::vector<T> y = splines.map(narrowed(x), logs);
  golden::check_values<T>("y", {y.begin(), y.end()}, read("y"));
  golden::check_values<T>("ldj", logs, read("ldj"));

  const test::Device device;
  auto x_at = on(device, narrowed(x)), raw_at = on(device, narrowed(joined_raw(w, h, d))),
       dy = on(device, narrowed(read("cotangent_y")));
  auto dl = on(device, read("cotangent_ldj"));
  Buffer<T, test::Device> dx(device, n), draw(device, 11 * n);
  const Shape one{1, 1, 1}, eleven{11, 1, 1};
  spline_backward(device, splines.spline, kernels::Everywhere{}, as_const(make_tensor(x_at.data(), n, one)),
                  as_const(make_tensor(raw_at.data(), n, eleven)), as_const(make_tensor(dy.data(), n, one)),
                  dl.data(), make_tensor(dx.data(), n, one), kernels::Write::assign,
                  make_tensor(draw.data(), n, eleven), kernels::Write::assign);
  const std::vector<T> got_x = dx.to_host(), got_raw = draw.to_host();
  // At both ends of the interval, the file's first two numbers, the slope is 1 from both sides; the peer,
  // which clamps there, has 0.
  std::vector<double> want_x = read("grad/x");
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(std::abs(x[i]) == 3);
    want_x[i] = read("cotangent_y")[i];
  }
  golden::check_values<T>("gradient of x", {got_x.begin(), got_x.end()}, want_x);
  golden::check_values<T>("gradients of the raw numbers", {got_raw.begin(), got_raw.end()},
                          joined_raw(read("grad/raw_w"), read("grad/raw_h"), read("grad/raw_d")));
}
