#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "densenf/train/schedule.hpp"

using densenf::ArgumentError;
using densenf::Index;
using densenf::Schedule;

TEST_CASE("warm-up is PyTorch's LambdaLR: the first update has the rate 0") {
  const Schedule s{.lr = 2e-3, .warmup_steps = 4};
  // The rates that torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, s / 4)) gives the first
  // six updates.
  const std::array<double, 6> expected{0.0, 0.0005, 0.001, 0.0015, 0.002, 0.002};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(s.lr_at(static_cast<Index>(i)) - expected[i]) < 1e-18);
  }
  CHECK(s.lr_at(1'000'000) == 2e-3);
}

TEST_CASE("without warm-up the first update has the full rate") {
  CHECK(Schedule{.lr = 0.5}.lr_at(0) == 0.5);
}

TEST_CASE("the rate decays once per epoch, during warm-up too") {
  const Schedule s{.lr = 1, .warmup_steps = 20, .gamma = 0.5, .steps_per_epoch = 10};
  CHECK(s.lr_at(9) == doctest::Approx(0.45).epsilon(1e-14));
  CHECK(s.lr_at(10) == doctest::Approx(0.25).epsilon(1e-14));
  CHECK(s.lr_at(19) == doctest::Approx(0.475).epsilon(1e-14));
  CHECK(s.lr_at(20) == doctest::Approx(0.25).epsilon(1e-14));
  CHECK(s.lr_at(29) == doctest::Approx(0.25).epsilon(1e-14));
  CHECK(s.lr_at(30) == doctest::Approx(0.125).epsilon(1e-14));
}

TEST_CASE("half a cosine leads to 0 and stays there") {
  const Schedule s{.lr = 2, .cosine_steps = 8};
  CHECK(s.lr_at(0) == 2);
  CHECK(s.lr_at(2) == doctest::Approx(1 + std::sqrt(0.5)).epsilon(1e-14));
  CHECK(s.lr_at(4) == doctest::Approx(1).epsilon(1e-14));
  CHECK(std::abs(s.lr_at(8)) < 1e-15);
  CHECK(s.lr_at(100) == s.lr_at(8));
  CHECK((Schedule{.lr = 1, .warmup_steps = 4, .cosine_steps = 4}.lr_at(2)) ==
        doctest::Approx(0.25).epsilon(1e-14));
  CHECK_THROWS_AS((Schedule{.cosine_steps = -1}.validate()), ArgumentError);
}

TEST_CASE("a last stage has a rate of its own, from its first step on") {
  const Schedule s{
      .lr = 1, .warmup_steps = 4, .gamma = 0.5, .steps_per_epoch = 2, .last_stage = 6, .last_lr = 2e-5};
  CHECK(s.lr_at(5) == 0.25);
  CHECK(s.lr_at(6) == 2e-5);
  CHECK(s.lr_at(1000) == 2e-5);
  CHECK_THROWS_AS((Schedule{.last_stage = -1}.lr_at(0)), ArgumentError);
  CHECK_THROWS_AS((Schedule{.last_stage = 3}.lr_at(0)), ArgumentError);
  CHECK_THROWS_AS((Schedule{.last_stage = 3, .last_lr = std::numeric_limits<double>::infinity()}.lr_at(0)),
                  ArgumentError);
}

TEST_CASE("a schedule with a setting out of range is refused") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (double lr : {0.0, -1.0, nan, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(Schedule{.lr = lr}.validate(), ArgumentError);
  }
  CHECK_THROWS_AS(Schedule{.warmup_steps = -1}.validate(), ArgumentError);
  for (double gamma : {0.0, -0.5, 1.001, nan}) {
    CHECK_THROWS_AS((Schedule{.gamma = gamma, .steps_per_epoch = 10}.validate()), ArgumentError);
  }
  CHECK_THROWS_AS((Schedule{.gamma = 0.9, .steps_per_epoch = 0}.validate()), ArgumentError);
  CHECK_THROWS_AS((Schedule{.steps_per_epoch = -1}.validate()), ArgumentError);
  CHECK_THROWS_AS(Schedule{.lr = 0}.lr_at(1), ArgumentError);
  CHECK_THROWS_WITH_AS(Schedule{}.lr_at(-1), "Steps are counted from 0, but got step -1.", ArgumentError);
  CHECK_NOTHROW((Schedule{.gamma = 0.9, .steps_per_epoch = 1}.validate()));
}
