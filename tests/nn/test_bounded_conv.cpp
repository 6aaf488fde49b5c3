#include "densenf/nn/bounded_conv.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "../error_of.hpp"
#include "densenf/bijectors/residual.hpp"
#include "densenf/densenf.hpp"
#include "densenf/nn/bounded_networks.hpp"

using namespace densenf;

namespace {

constexpr NormOrder one = NormOrder::one(), infinity = NormOrder::infinity(), two{};

/// x -> bounded conv of x, which a flow settles. Not a bijector but in name: it is evaluated alone.
template <int Out, int Side, NormOrder from, NormOrder to>
class Layer : public Bijector<Layer<Out, Side, from, to>> {
public:
  void declare(Builder& b, Shape in) {
    conv_.declare(b, "layer", in, Out, Side, {.percent = 70}, from, to);
    out_ = {Out, in.h, in.w};
  }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx&, const V& x, LogProb) const {
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx&, const V& z) const {
    return z;
  }
  template <class Ctx>
  void settle(const Ctx& ctx, int iterations) const {
    conv_.settle(ctx, iterations);
  }
  const nn::BoundedConv& conv() const { return conv_; }
  const Shape& made() const { return out_; }

private:
  nn::BoundedConv conv_;
  Shape out_;
};

/// The columns of a layer's matrix without its bias, when its weights are `factor` times those of its start.
template <int Out, int Side, NormOrder from, NormOrder to>
std::vector<std::vector<double>> columns_of(const Shape& in, double factor, std::uint64_t seed) {
  using Model = WithBase<Layer<Out, Side, from, to>, StandardNormal>;
  Flow<Model, double> flow(in, Cpu(1), seed);
  std::vector<double> parameters = flow.parameters().to_host();
  for (const ParamSpec& spec : flow.table().parameters) {
    for (Index i = 0; i < spec.place.size; ++i)
      parameters[static_cast<std::size_t>(spec.place.offset + i)] *=
          spec.name.ends_with("weight") ? factor : 0;
  }
  flow.set_parameters(parameters);
  flow.settle();
  const Pass<double, Cpu> pass{.weights = flow.weights().view()};
  Workspace<double, Cpu> work(Cpu(1));
  work.begin(pass);
  const Context<double, Cpu, false> ctx(pass, work);
  std::vector<std::vector<double>> columns;
  const nn::BoundedConv& conv = flow.model().conv();
  for (Index i = 0; i < in.size(); ++i) {
    const auto y = conv.forward(ctx, unit_images(ctx, 1, in, i));
    columns.emplace_back(y.value.data, y.value.data + y.value.size());
  }
  return columns;
}

double norm(const std::vector<double>& x, NormOrder order) {
  double sum = 0, largest = 0;
  for (const double number : x) {
    sum += std::pow(std::abs(number), order.value());
    largest = std::max(largest, std::abs(number));
  }
  return order == infinity ? largest : std::pow(sum, 1 / order.value());
}

std::vector<double> times(const std::vector<std::vector<double>>& columns, const std::vector<double>& x) {
  std::vector<double> y(columns[0].size());
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j) y[j] += columns[i][j] * x[i];
  return y;
}

std::vector<std::vector<double>> transposed(const std::vector<std::vector<double>>& columns) {
  std::vector<std::vector<double>> rows(columns[0].size(), std::vector<double>(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (std::size_t j = 0; j < rows.size(); ++j) rows[j][i] = columns[i][j];
  return rows;
}

/// From order 1: the largest norm of a column, since the unit ball's corners are unit vectors.
double norm_from_one(const std::vector<std::vector<double>>& columns, NormOrder to) {
  double largest = 0;
  for (const auto& column : columns) largest = std::max(largest, norm(column, to));
  return largest;
}

/// From an infinite order: the largest over the corners of the cube, which are vectors of signs.
double norm_from_infinity(const std::vector<std::vector<double>>& columns, NormOrder to) {
  double largest = 0;
  const std::size_t n = columns.size();
  REQUIRE(n <= 16);
  for (std::uint32_t signs = 0; signs < 1u << n; ++signs) {
    std::vector<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = (signs >> i & 1u) != 0 ? 1 : -1;
    largest = std::max(largest, norm(times(columns, x), to));
  }
  return largest;
}

/// The largest that many thousand random vectors are stretched.
double norm_from_below(const std::vector<std::vector<double>>& columns, NormOrder from, NormOrder to) {
  double largest = 0;
  std::vector<double> x(columns.size());
  for (std::uint64_t i = 0; i < 20000; ++i) {
    kernels::fill_normal(Cpu(1), NoiseKey{i, 0, 0, 0}, 0,
                         make_tensor(x.data(), 1, Shape{static_cast<Index>(x.size()), 1, 1}));
    largest = std::max(largest, norm(times(columns, x), to) / norm(x, from));
  }
  return largest;
}

// A norm that is found by iteration is known to about 1e-6 of it.
const auto ceiling = doctest::Approx(0.7).epsilon(1e-4);

}  // namespace

TEST_CASE(
    "bounded convolutions: from order 1 and to an infinite order a large norm is brought to its ceiling") {
  const Shape image{2, 3, 4};
  CHECK(norm_from_one(columns_of<3, 3, one, one>(image, 50, 1), one) == ceiling);
  CHECK(norm_from_one(columns_of<3, 3, one, two>(image, 50, 2), two) == ceiling);
  CHECK(norm_from_one(columns_of<3, 1, one, NormOrder{150}>(image, 50, 3), {150}) == ceiling);
  CHECK(norm_from_one(columns_of<3, 3, one, infinity>(image, 50, 4), infinity) == ceiling);
  // The transpose's norm is from the dual order of the one behind to that of the one before.
  CHECK(norm_from_one(transposed(columns_of<3, 3, infinity, infinity>(image, 50, 5)), one) == ceiling);
  CHECK(norm_from_one(transposed(columns_of<3, 3, two, infinity>(image, 50, 6)), two) == ceiling);
  CHECK(norm_from_one(transposed(columns_of<5, 1, NormOrder{300}, infinity>(image, 50, 7)), {150}) ==
        ceiling);
}

TEST_CASE("bounded convolutions: of other orders the search finds the norm") {
  const Shape image{2, 3, 2};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    CHECK(norm_from_infinity(columns_of<3, 3, infinity, one>(image, 50, seed), one) == ceiling);
    CHECK(norm_from_infinity(columns_of<2, 3, infinity, two>(image, 50, seed), two) == ceiling);
    CHECK(norm_from_infinity(columns_of<3, 1, infinity, NormOrder{400}>(image, 50, seed), {400}) == ceiling);
    // To order 1 it is that of the transpose from an infinite order.
    CHECK(norm_from_infinity(transposed(columns_of<2, 3, two, one>(image, 50, seed)), two) == ceiling);
    CHECK(norm_from_below(columns_of<3, 3, NormOrder{180}, NormOrder{220}>(image, 50, seed), {180}, {220}) <=
          0.7 * (1 + 1e-4));
    CHECK(norm_from_below(columns_of<3, 1, NormOrder{300}, NormOrder{150}>(image, 50, seed), {300}, {150}) <=
          0.7 * (1 + 1e-4));
  }
}

TEST_CASE("bounded convolutions: a norm below the ceiling stays as it is") {
  const Shape image{2, 1, 1};
  const auto as_it_is = columns_of<2, 1, infinity, one>(image, 0.1, 1);
  const auto larger = columns_of<2, 1, infinity, one>(image, 0.2, 1);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j)
      CHECK(larger[i][j] == doctest::Approx(2 * as_it_is[i][j]).epsilon(1e-12));
}

TEST_CASE("bounded convolutions: on images smaller than the kernel the norm is at most the ceiling") {
  const double found = norm_from_one(columns_of<3, 3, one, two>({2, 1, 2}, 50, 1), two);
  CHECK(found <= 0.7 * (1 + 1e-12));
  CHECK(found > 0.1);
}

TEST_CASE("bounded convolutions: an order below 1 is refused") {
  CHECK(test::error_of([] {
          columns_of<2, 1, NormOrder{50}, two>({2, 1, 1}, 1, 1);
        }) == "A norm is of order 1 or more, not of 50 hundredths.");
}

TEST_CASE("bounded convolutions: a weight that is no number is told") {
  using Model = WithBase<Layer<2, 3, one, infinity>, StandardNormal>;
  Flow<Model, double> flow({2, 3, 3}, Cpu(1), 1);
  std::vector<double> parameters = flow.parameters().to_host();
  parameters[0] = std::nan("");
  flow.set_parameters(parameters);
  const std::vector<double> state = flow.state().to_host();
  CHECK_THROWS_AS(flow.settle(), NonFiniteError);
  CHECK(flow.state().to_host() == state);
}

TEST_CASE(
    "residual blocks: bounded in mixed norms, a network's slope keeps its bound, and its inverse its error") {
  constexpr nn::NormBound bound{.percent = 60};
  using Network =
      nn::BoundedNetwork<nn::LipSwish, 5, 3, bound, true, nn::NormOrders{infinity, {300}, infinity}>;
  using Model = WithBase<Residual<Network, ExactDeterminant>, StandardNormal>;
  const Shape image{2, 3, 3};
  Flow<Model, double> flow(image, Cpu(1), 3);
  std::vector<double> parameters = flow.parameters().to_host();
  for (const ParamSpec& spec : flow.table().parameters) {
    if (!spec.name.ends_with("weight")) continue;
    for (Index i = 0; i < spec.place.size; ++i)
      parameters[static_cast<std::size_t>(spec.place.offset + i)] *= 30;
  }
  flow.set_parameters(parameters);
  flow.settle();

  // An image, and the same with one number moved: differences are the Jacobian's columns, and the norm of
  // that from largest to largest number is the largest sum of a row.
  const std::size_t size = 18;
  constexpr double step = 1e-5;
  Batch<double> x{image, 0, {}};
  Batch<double> one_image{image, 1, std::vector<double>(size)};
  kernels::fill_normal(Cpu(1), NoiseKey{7, 0, 0, 0}, 0, make_tensor(one_image.values.data(), 1, image));
  x.append(one_image);
  for (std::size_t i = 0; i < size; ++i) {
    x.append(one_image);
    x.values[(i + 1) * size + i] += step;
  }
  const Latents<double> z = flow.encode(x);
  double slope = 0;
  for (std::size_t row = 0; row < size; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const double column = (z.base.values[(i + 1) * size + row] - z.base.values[row]) / step;
      sum += std::abs(column - (i == row ? 1 : 0));
    }
    slope = std::max(slope, sum);
  }
  CHECK(slope <= Network::slope);
  CHECK(slope > 0.001 * Network::slope);

  const Batch<double> back = flow.decode(z);
  for (std::size_t i = 0; i < x.values.size(); ++i)
    CHECK(std::abs(back.values[i] - x.values[i]) <= 1000 * 2.3e-16 * std::sqrt(18.0) * (1 + 40.0));
}
