#include "densenf/train/fit.hpp"

#include <doctest/doctest.h>

#include "../error_of.hpp"
#include "densenf/bijectors/standardize.hpp"
#include "densenf/data/table.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;
using test::error_of;

namespace {

using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<16>>>;
using Model = WithBase<Compose<Standardize, Unit<2, Step>>, StandardNormal>;
using ConditionalStep = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<16>, 1>, SwitchHalves>;
using Conditional = Flow<WithBase<Compose<Standardize, Unit<2, ConditionalStep>>, StandardNormal>, float, Cpu,
                         StandardNormal, Given<1>>;

/// (a, a^2 + b / 4) around (50, 0), whose log-density has the mean -1/2 log((2 pi e)^2 / 16).
Table<float> parabola(Index rows, std::uint64_t seed) {
  Table<float> t(rows, 2, std::vector<float>(static_cast<std::size_t>(2 * rows)), {"x", "y"});
  kernels::fill_normal(Cpu(1), {seed, 1}, 0, make_tensor(t.values.data(), rows, t.shape));
  for (std::size_t i = 0; i < t.values.size(); i += 2) {
    t.values[i + 1] = t.values[i] * t.values[i] + t.values[i + 1] / 4;
    t.values[i] += 50;
  }
  return t;
}

}  // namespace

TEST_CASE("fit: the held-out rows come near the best that any density can give them") {
  const Table<float> rows = parabola(2000, 1);
  const auto [training, held_out] = split_rows(rows, 0.25);
  Flow<Model> flow({2, 1, 1}, Cpu(1));
  std::vector<FitEpoch> seen;
  const FitReport report =
      fit(flow, training, held_out,
          {.batch_size = 100, .epochs = 25, .lr = 1e-2, .after_epoch = [&](const FitEpoch& e) {
             seen.push_back(e);
             return true;
           }});
  CHECK(seen.size() == report.epochs.size());
  CHECK(report.epochs.front().steps == 15);
  // Of 500 rows the mean has a standard error of 1 / sqrt(500); a flow that was not fitted is nats away.
  const double truth = -std::log(2 * std::numbers::pi) - 1 + std::log(4.0);
  CHECK(report.best.held_out_nats > truth - 0.35);
  CHECK(report.best.held_out_nats < truth + 0.2);
  CHECK(report.epochs.front().held_out_nats < report.best.held_out_nats - 0.3);
  // The flow has the weights of the best epoch.
  double mean = 0;
  for (const double l : flow.log_prob(held_out)) mean += l / static_cast<double>(held_out.rows());
  CHECK(mean == doctest::Approx(report.best.held_out_nats).epsilon(1e-6));
  Index best = 0;
  for (const FitEpoch& e : report.epochs) {
    if (e.held_out_nats == report.best.held_out_nats) best = e.epoch;
  }
  CHECK(best == report.best.epoch);
}

TEST_CASE("fit: p(y | c), which may be asked to end, and is the same again") {
  const Table<float> rows = parabola(600, 3), others = parabola(200, 4);
  const Table<float> y = rows.columns_named({"y", "x"}), c = rows.columns_named({"x"});
  const Table<float> y_out = others.columns_named({"y", "x"}), c_out = others.columns_named({"x"});
  const auto run = [&](Index epochs) {
    Conditional flow({2, 1, 1}, Cpu(1));
    const FitReport report = fit(
        flow, {y, c}, {y_out, c_out},
        {.batch_size = 64, .epochs = 8, .after_epoch = [&](const FitEpoch& e) { return e.epoch < epochs; }});
    CHECK(static_cast<Index>(report.epochs.size()) == epochs);
    return flow.parameters().to_host();
  };
  CHECK(run(3) == run(3));
  CHECK(run(2) != run(3));
}

TEST_CASE("fit: ends when the held-out rows get no better, and gives the best weights back") {
  const Table<float> rows = parabola(256, 5);
  Flow<Model> flow({2, 1, 1}, Cpu(1));
  const FitReport report = fit(flow, rows, rows, {.batch_size = 128, .epochs = 100, .patience = 3, .lr = 1});
  CHECK(report.epochs.size() == static_cast<std::size_t>(report.best.epoch + 3));
  CHECK(report.epochs.size() < 100);
  double mean = 0;
  for (const double l : flow.log_prob(rows)) mean += l / static_cast<double>(rows.rows());
  CHECK(mean == doctest::Approx(report.best.held_out_nats).epsilon(1e-6));
}

TEST_CASE("fit: a call that throws leaves the weights as they were") {
  const Table<float> rows = parabola(256, 6);
  Flow<Model> flow({2, 1, 1}, Cpu(1));
  const std::vector<float> parameters = flow.parameters().to_host(), state = flow.state().to_host();
  CHECK_THROWS_AS(fit(flow, rows, rows, {.batch_size = 64, .lr = 1e30}), NonFiniteError);
  CHECK(flow.parameters().to_host() == parameters);
  CHECK(flow.state().to_host() == state);
  CHECK(flow.needs_initialization());
  CHECK(error_of([&] { fit(flow, Table<float>(0, 2, {}), rows); }) ==
        "There are no training rows: give at least one.");
  CHECK(error_of([&] {
          fit(flow, rows, {rows, rows});
        }) == "This flow's density is not conditional: give the held-out rows alone.");
  CHECK_THROWS_AS(fit(flow, Table<float>(1, 3, {1, 2, 3}), rows), ShapeError);
  CHECK_THROWS_AS(fit(flow, rows, rows, {.batch_size = 0}), ArgumentError);
  CHECK_THROWS_AS(fit(flow, rows, rows, {.epochs = 0}), ArgumentError);
  CHECK_THROWS_AS(fit(flow, rows, rows, {.patience = -1}), ArgumentError);
  CHECK_THROWS_AS(fit(flow, rows, rows, {.lr = -1}), ArgumentError);
  Conditional conditional({2, 1, 1}, Cpu(1));
  CHECK(error_of([&] { fit(conditional, rows, rows); }) ==
        "This flow's density is conditional: give {rows, condition} as the training rows.");
  const Table<float> few(1, 1, {1});
  CHECK(error_of([&] {
          fit(conditional, {rows, few}, {rows, few});
        }) == "There are 256 training rows, but 1 conditions for them.");
}
