#include <doctest/doctest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "../error_of.hpp"
#include "densenf/train/diagnose.hpp"
#include "small_flows.hpp"

using namespace densenf;
using test::error_of;

namespace {

struct ExactFlow : Flow<small::Exact, double> {
  ExactFlow() : Flow({2, 1, 1}, Cpu(1)) { small::scramble(*this, 0.4); }
};

using Bounded = Flow<small::Bounded, double>;

struct BoundedFlow : Bounded {
  BoundedFlow() : Bounded({1, 8, 8}, Cpu(1)) { small::scramble(*this, 0.2); }
};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

}  // namespace

TEST_CASE("Flow: an exact model's density integrates to 1") {
  ExactFlow flow;
  constexpr Index side = 500;
  constexpr double half = 20, step = 2 * half / side;
  Eigen::Matrix<double, Eigen::Dynamic, 2> grid(side * side, 2);
  for (Index i = 0; i < side * side; ++i) {
    grid(i, 0) = -half + (static_cast<double>(i % side) + 0.5) * step;
    grid(i, 1) = -half + (static_cast<double>(i / side) + 0.5) * step;
  }
  const std::vector<double> log_prob = flow.log_prob(grid, {.batch = 10000});
  double total = 0, highest = 0, border = 0;
  for (Index i = 0; i < side * side; ++i) {
    const double p = std::exp(log_prob[static_cast<std::size_t>(i)]);
    total += p * step * step;
    highest = std::max(highest, p);
    if (i % side == 0 || i / side == 0 || i % side == side - 1 || i / side == side - 1)
      border = std::max(border, p);
  }
  CHECK(total == doctest::Approx(1).epsilon(2e-3));
  CHECK(border < 1e-6);
  CHECK(highest > 0.02);  // all of it is well inside of the grid, and none of it falls between its points
  CHECK(highest < 2);
}

TEST_CASE("Flow: samples have the density that log_prob says") {
  ExactFlow flow;
  constexpr Index count = 20000;
  const Batch<double> samples = flow.sample(count, {.seed = 3});
  // For the density p of what was drawn, E[(1 if |x|, |y| <= 1) / p(x, y)] is the area of the square.
  const std::vector<double> log_prob = flow.log_prob(samples);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const bool inside = std::abs(samples.values[2 * i]) <= 1 && std::abs(samples.values[2 * i + 1]) <= 1;
    const double term = inside ? std::exp(-log_prob[i]) : 0;
    mean += term / count;
    square += term * term / count;
  }
  const double error = std::sqrt((square - mean * mean) / count);
  CHECK(error < 0.2);
  CHECK(std::abs(mean - 4) < 4 * error);
}

TEST_CASE("Flow: encode and decode give back what went in, to rounding") {
  ExactFlow exact;
  const Batch<double> points{{2, 1, 1}, 3, {0.1, -2, 3, 0.5, 7, -0.25}};
  const auto latents = exact.encode(points);
  CHECK(largest_difference(exact.decode(latents).values, points.values) < 1e-12);
  CHECK(largest_difference(latents.log_prob, exact.log_prob(points)) < 1e-12);
  CHECK(latents.factored.empty());
  CHECK(latents.noise.empty());

  BoundedFlow bounded;
  const Batch<std::uint8_t> images = small::images(3);
  const auto kept = bounded.encode(images, {.seed = 5});
  CHECK(kept.factored.size() == 2);  // the dequantization's u and a half
  CHECK(kept.noise.size() == 2);     // the dequantization's and the cross-unit coupling's
  const Batch<double> back = bounded.decode(kept);
  CHECK(largest_difference(back.values, std::vector<double>(images.values.begin(), images.values.end())) <
        1e-9);
  CHECK(largest_difference(kept.log_prob, bounded.elbo(images, {.seed = 5})) < 1e-12);
}

TEST_CASE("Flow: latents that belong to another flow are refused") {
  BoundedFlow flow;
  const auto latents = flow.encode(small::images(2));
  auto fewer = latents;
  fewer.factored.pop_back();
  CHECK(error_of([&] {
          flow.decode(fewer);
        }).starts_with("Part 0 of the latents should be 2 images of 12x2x2, but is 2 of 1x8x8."));
  fewer.factored.clear();
  CHECK(error_of([&] { flow.decode(fewer); }) ==
        "The latents hold fewer parts than the flow has factored out: decode what this flow's encode "
        "returned.");
}

TEST_CASE("Flow: values that are fewer than count and shape say are refused at every door") {
  BoundedFlow flow;
  Batch<std::uint8_t> images = small::images(1);
  images.count = 8;
  const std::string sentence = "A batch needs 512 values for 8 images of 1x8x8, but has 64.";
  CHECK(error_of([&] { flow.bits_per_dim(images); }) == sentence);
  CHECK(error_of([&] { flow.elbo(images); }) == sentence);
  CHECK(error_of([&] { flow.encode(images); }) == sentence);
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
  CHECK(error_of([&] { flow.loss_and_gradient(images, noise); }) == sentence);
  images.count = -1;
  CHECK(error_of([&] { flow.elbo(images); }).starts_with("A batch cannot have -1 images of 1x8x8"));

  const auto latents = flow.encode(small::images(2));
  auto few = latents;
  few.factored[1].values.pop_back();
  CHECK(error_of([&] { flow.decode(few); }) ==
        "Part 1 of the latents needs 96 values for 2 images of 12x2x2, but has 95.");
  few = latents;
  few.base.values.clear();
  CHECK(error_of([&] { flow.decode(few); }) == "A batch needs 96 values for 2 images of 12x2x2, but has 0.");
}

TEST_CASE("Flow: a block of a matrix's rows has the densities of a matrix of its own") {
  ExactFlow flow;
  const Eigen::MatrixXd points{{0.1, -2}, {3, 0.5}, {7, -0.25}, {1, 1}};
  const std::vector<double> all = flow.log_prob(points);
  CHECK(flow.log_prob(points.topRows(3)) == std::vector<double>(all.begin(), all.begin() + 3));
  const std::vector<double> rows{3, 0.5, 7, -0.25};
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  CHECK(flow.log_prob(Eigen::Map<const Rows>(rows.data(), 2, 2)) ==
        std::vector<double>(all.begin() + 1, all.begin() + 3));
}

TEST_CASE("Flow: the importance-weighted bound is the log of a mean of densities") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(4);
  const std::vector<double> elbo = flow.elbo(images, {.seed = 2});
  CHECK(flow.iwbo(images, 1, {.seed = 2}) == elbo);
  constexpr int draws = 5;
  const std::vector<double> iwbo = flow.iwbo(images, draws, {.seed = 2});
  std::vector<double> sum(4, 0.0), mean(4, 0.0);
  for (int k = 0; k < draws; ++k) {
    PhiloxNoise<double, Cpu> noise(2, Stream::evaluation, static_cast<std::uint64_t>(k));
    const std::vector<double> one = flow.encode(images, noise).log_prob;
    if (k == 0) CHECK(largest_difference(one, elbo) < 1e-12);
    if (k > 0) CHECK(largest_difference(one, elbo) > 1e-3);
    for (std::size_t i = 0; i < 4; ++i) {
      sum[i] += std::exp(one[i] - elbo[i]) / draws;
      mean[i] += one[i] / draws;
    }
  }
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(iwbo[i] == doctest::Approx(elbo[i] + std::log(sum[i])).epsilon(1e-10));
    CHECK(iwbo[i] >= mean[i]);
  }
}

TEST_CASE("Flow: an image's bound does not depend on how images are put into batches") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(5);
  const std::vector<double> whole = flow.elbo(images, {.seed = 1, .batch = 64});
  for (const Index batch : {1, 2, 4}) CHECK(flow.elbo(images, {.seed = 1, .batch = batch}) == whole);
  CHECK(flow.elbo(images, {.seed = 2}) != whole);
  CHECK(flow.elbo(small::images(0)).empty());
}

TEST_CASE("Flow: bits per dimension are the mean negative log-probability in bits, per number") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(3);
  double total = 0;
  for (const double l : flow.elbo(images)) total -= l;
  CHECK(flow.bits_per_dim(images) == doctest::Approx(total / (3 * 64 * std::numbers::ln2)).epsilon(1e-12));
}

TEST_CASE("Flow: samples are a function of seed and temperature") {
  BoundedFlow flow;
  const auto first = flow.sample(4, {.seed = 1}), second = flow.sample(4, {.seed = 2});
  CHECK(first.shape == Shape{1, 8, 8});
  CHECK(first.count == 4);
  CHECK(first.values.size() == 4 * 64);
  CHECK(flow.sample(4, {.seed = 1}).values == first.values);
  CHECK(second.values != first.values);
  CHECK(*std::max_element(first.values.begin(), first.values.end()) <= 7);
  CHECK(flow.sample(0).values.empty());

  // Nothing is left to chance at temperature 0: every image is the same one, whatever the seed.
  const auto coldest = flow.sample(2, {.seed = 1, .temperature = 0.0});
  CHECK(flow.sample(2, {.seed = 9, .temperature = 0.0}).values == coldest.values);
  CHECK(std::equal(coldest.values.begin(), coldest.values.begin() + 64, coldest.values.begin() + 64));

  ExactFlow exact;
  const auto center = exact.sample(1, {.seed = 1, .temperature = 0.0}).values,
             near = exact.sample(1, {.seed = 1, .temperature = 0.01}).values;
  CHECK(largest_difference(center, near) < 0.5);
  CHECK(center != near);
}

TEST_CASE("Flow: differentiate gives the gradient of the loss that it returns") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(3);
  const std::vector<double> start = flow.parameters().to_host(), state = flow.state().to_host();
  const auto loss = [&] {
    flow.set_state(state);
    PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
    return flow.loss_and_gradient(images, noise);
  };
  const double first = loss();
  const std::vector<double> gradient = flow.gradients().to_host();
  CHECK(flow.state().to_host() != state);  // running statistics have moved

  // Once more: gradients add up, and nothing else has changed.
  CHECK(loss() == first);
  std::vector<double> twice = gradient;
  for (double& g : twice) g *= 2;
  CHECK(largest_difference(flow.gradients().to_host(), twice) < 1e-14);

  // Along a direction that moves every parameter.
  std::vector<double> direction(start.size());
  for (std::size_t i = 0; i < direction.size(); ++i) direction[i] = std::sin(static_cast<double>(i * i));
  double want = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) want += gradient[i] * direction[i];
  const auto moved = [&](double by) {
    std::vector<double> values = start;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += by * direction[i];
    flow.set_parameters(values);
    return loss();
  };
  constexpr double step = 1e-6;
  CHECK((moved(step) - moved(-step)) / (2 * step) == doctest::Approx(want).epsilon(1e-5));
}

TEST_CASE("Flow: the memory policies give one loss, one gradient and one state") {
  const Batch<std::uint8_t> images = small::images(3);
  BoundedFlow flow;
  const std::vector<double> state = flow.state().to_host();
  const auto run = [&](MemoryPolicy policy) {
    flow.set_state(state);
    if (flow.gradients().size() > 0)
      flow.gradients().assign(std::vector<double>(flow.parameters().to_host().size()));
    PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
    std::vector<double> all{flow.loss_and_gradient(images, noise, policy)};
    for (const auto& buffer : {flow.gradients().to_host(), flow.state().to_host()})
      all.insert(all.end(), buffer.begin(), buffer.end());
    return all;
  };
  const std::vector<double> store = run(MemoryPolicy::store);
  CHECK(largest_difference(run(MemoryPolicy::recompute), store) < 1e-12);
  CHECK(largest_difference(run(MemoryPolicy::reverse), store) < 1e-9);
}

TEST_CASE("Flow: a start is a function of the seed, and other weights give other numbers") {
  Bounded flow({1, 8, 8}, Cpu(1), 1);
  const std::vector<double> first = flow.parameters().to_host();
  CHECK(Bounded({1, 8, 8}, Cpu(1), 1).parameters().to_host() == first);
  flow.initialize(2);
  CHECK(flow.parameters().to_host() != first);
  flow.initialize(1);
  CHECK(flow.parameters().to_host() == first);

  const Batch<std::uint8_t> images = small::images(2);
  const std::vector<double> own = flow.elbo(images);
  std::vector<double> average = first;
  for (double& a : average) a *= 1.1;
  flow.set_parameters(average);
  CHECK(flow.elbo(images) != own);
  flow.set_parameters(first);
  CHECK(flow.elbo(images) == own);
}

TEST_CASE("Flow: find_non_finite names the first piece whose output is not finite, and changes nothing") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(2);
  const std::vector<double> state = flow.state().to_host();
  const auto find = [&] {
    PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
    TrainingPass<BoundedFlow::SessionType> pass(flow);
    pass.stage(images);
    return error_of([&] { find_non_finite(pass, flow.device(), noise); });
  };
  CHECK(find() == "no error");
  CHECK(flow.state().to_host() == state);
  const auto spoil = [&](const std::string& name, double value) {
    BoundedFlow fresh;
    std::vector<double> values = fresh.parameters().to_host();
    bool found = false;
    for (const ParamSpec& spec : flow.table().parameters) {
      if (spec.name != name) continue;
      found = true;
      values[static_cast<std::size_t>(spec.place.offset)] = value;
    }
    REQUIRE_MESSAGE(found, name);
    flow.set_parameters(values);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  spoil("transforms.3.blocks.1.transforms.0.transforms.0.shift", nan);
  CHECK(find() == "The output of 'transforms.3.blocks.1.transforms.0.transforms.0' is not finite.");
  spoil("transforms.5.blocks.0.transforms.1.transforms.0.log_scale", -1000);
  CHECK(find() == "The output of 'transforms.5.blocks.0.transforms.1.transforms.0' is not finite.");
  spoil("base_dist.loc", nan);
  CHECK(find() == "The log-determinant of 'base_dist' is not finite.");
}

TEST_CASE("Flow: what does not make sense is an error in one sentence") {
  BoundedFlow flow;
  const Batch<std::uint8_t> images = small::images(1);
  CHECK(error_of([&] {
          Bounded(Shape{1, 7, 8});
        }) == "Squeeze needs an even height and an even width. Got 1x7x8 (channels x height x width).");
  CHECK(error_of([&] {
          flow.elbo(Batch<std::uint8_t>{{1, 4, 8}, 1, std::vector<std::uint8_t>(32)});
        }) == "The flow takes images of 1x8x8. Got 1x4x8 (channels x height x width).");
  Batch<std::uint8_t> bright = images;
  bright.values[5] = 8;
  CHECK(error_of([&] { flow.elbo(bright); }) ==
        "The model takes images of gray levels 0 to 7, but there are values outside.");
  CHECK(error_of([&] { flow.elbo(images, {.batch = 0}); }) == "The batch size must be at least 1, not 0.");
  CHECK(error_of([&] { flow.iwbo(images, 0); }) ==
        "The importance-weighted bound needs at least one draw, not 0.");
  CHECK(error_of([&] { flow.sample(-1); }) == "The number of samples must be 0 or more, not -1.");
  CHECK(error_of([&] { flow.sample(1, {.temperature = -0.5}); }) ==
        "The temperature must be finite and 0 or more, not -0.5.");
  CHECK(error_of([&] { flow.sample(1, {.temperature = std::numeric_limits<double>::quiet_NaN()}); }) ==
        "The temperature must be finite and 0 or more, not nan.");
}
