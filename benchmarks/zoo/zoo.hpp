#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>
#include <random>
#include <sstream>
#include <string>

#include "../program.hpp"
#include "densenf/data/records.hpp"
#include "densenf/densenf.hpp"

// A small model of the zoo as a program:
//
//   zoo_glow learn DIGITS SEED    trains it as benchmarks/peers/zoo/train_zoo.py trains its twin; prints
//   tests zoo_glow time [THREADS]       answers lines such as "train 32", "log_prob 32", "sample 32" with
//   seconds
//
// scripts/zoo runs them. Digits are 8x8 images of 5 bits; points of the plane are two moons.
namespace zoo {

using namespace densenf;

/// How a model's own recipe trains it, where that differs from the others'.
struct Recipe {
  bool clip = false;            ///< gradients to a norm of 1
  bool start_from_all = false;  ///< data-dependent starts from all training images, not from the first batch
  int iterations = 0;           ///< for norms before a test; 0: as many as it takes
};

constexpr Index batch_size = 64, steps = 600;

/// The digits: batches drawn with replacement from the first 1500 images, the others to test.
struct Digits {
  using Numbers = Batch<std::uint8_t>;
  static constexpr Shape shape{1, 8, 8};
  static constexpr const char* unit = "bits/dim";

  explicit Digits(const std::string& path) {
    const Images all = load_digits(path);
    training = batch_of(all.part(0, 1500));
    test = batch_of(all.part(1500, all.count - 1500));
  }
  static Numbers batch_of(const Images& i) { return {i.shape, i.count, i.values}; }

  template <class Random>
  Numbers batch(Random& random, Index count) const {
    std::uniform_int_distribution<Index> pick(0, training.count - 1);
    Numbers b{shape, 0, {}};
    for (Index i = 0; i < count; ++i) b.append(training.images(pick(random), 1));
    return b;
  }
  template <class FlowType>
  double loss(FlowType& flow, const Numbers& x) const {
    return flow.bits_per_dim(x, {.seed = 123, .batch = 297});
  }

  Numbers training, test;
};

/// Two moons; fresh points for every batch.
struct Moons {
  using Numbers = Batch<float>;
  static constexpr Shape shape{2, 1, 1};
  static constexpr const char* unit = "-log p";

  explicit Moons(const std::string&) {
    std::mt19937_64 random(123);
    test = batch(random, 10'000);
  }

  /// (cos t, sin t) or (1 - cos t, 1/2 - sin t), t uniform in [0, pi], less (1/2, 1/4), plus normal noise of
  /// deviation 0.1.
  template <class Random>
  Numbers batch(Random& random, Index count) const {
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> normal(0, 0.1);
    Numbers b{shape, count, {}};
    for (Index i = 0; i < count; ++i) {
      const double t = std::numbers::pi * uniform(random);
      const bool upper = uniform(random) < 0.5;
      b.values.push_back(static_cast<float>((upper ? std::cos(t) : 1 - std::cos(t)) - 0.5 + normal(random)));
      b.values.push_back(
          static_cast<float>((upper ? std::sin(t) : 0.5 - std::sin(t)) - 0.25 + normal(random)));
    }
    return b;
  }
  template <class FlowType>
  double loss(FlowType& flow, const Numbers& x) const {
    return flow.bits_per_dim(x, {.seed = 123, .batch = 1000}) * 2 * std::numbers::ln2;
  }

  Numbers test;
};

template <class Model, class Data>
class Program {
public:
  explicit Program(const Recipe& recipe) : recipe_(recipe) {}

  int run(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "learn" && argc == 4) return learn(argv[2], std::strtoull(argv[3], nullptr, 10));
    if (what == "time" && argc <= 3) return time(argc == 3 ? std::atoi(argv[2]) : 1);
    std::cerr << "use: " << argv[0] << " learn DIGITS SEED, or time [THREADS]\n";
    return 2;
  }

private:
  using FlowType = Flow<Model>;

  TrainOptions options(std::uint64_t seed) const {
    TrainOptions o{.optimizer = Adam{}, .schedule = {.lr = 1e-3, .warmup_steps = 50}, .seed = seed};
    if (recipe_.clip) o.max_gradient_norm = 1;
    return o;
  }

  int learn(const std::string& digits, std::uint64_t seed) {
    const Data data(digits);
    std::mt19937_64 random(seed);
    FlowType flow(Data::shape, Cpu(1), seed);
    if constexpr (requires { data.training; }) {
      if (recipe_.start_from_all) flow.initialize(data.training, seed);
    }
    Trainer trainer(flow, options(seed));
    double train = 0;
    for (Index step = 1; step <= steps; ++step) {
      const double bits = trainer.step(data.batch(random, batch_size));
      if (step > 400) train += bits / 200;
      if (step != 100 && step != 200 && step != 400 && step != steps) continue;
      flow.settle(recipe_.iterations);
      std::cout << step << ' ' << data.loss(flow, data.test) << std::endl;
    }
    std::cout << "train " << train << ' ' << Data::unit << std::endl;
    return 0;
  }

  int time(int threads) {
    const char* path = std::getenv("DENSENF_DIGITS");
    const Data data(path != nullptr ? path : "examples/data/optdigits.bin.gz");
    std::mt19937_64 random(1);
    FlowType flow(Data::shape, Cpu(threads), 1);
    Trainer trainer(flow, options(1));
    trainer.step(data.batch(random, batch_size));
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string kind;
      Index count = 0;
      words >> kind >> count;
      const auto batch = data.batch(random, std::max<Index>(count, 1));
      std::cout << bench::seconds([&] {
        if (kind == "train")
          trainer.step(batch);
        else if (kind == "log_prob")
          data.loss(flow, batch);
        else if (kind == "sample")
          flow.sample(count);
        else
          throw ArgumentError("'{}' is not a case: use train, log_prob or sample and a batch size.", line);
      }) << std::endl;
    }
    return 0;
  }

  Recipe recipe_;
};

template <class Model, class Data = Digits>
int run(int argc, char** argv, const Recipe& recipe = {}) try {
  return Program<Model, Data>(recipe).run(argc, argv);
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}

}  // namespace zoo
