#include <densenf/data/table.hpp>
#include <densenf/densenf.hpp>
#include <densenf/io/csv_table.hpp>
#include <densenf/io/weights.hpp>
#include <string>

using namespace densenf;

using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<32>, 2>, SwitchHalves>;  // sees 2 numbers more
using Density = Flow<Compose<Standardize, Unit<4, Step>>, float, Cpu, ChannelNormal, Given<2>>;

/// p(price, days | size, age) from a file whose first line names its columns.
FitReport fit_prices(Density& flow, const std::string& csv, Index epochs) {
  const auto [training, held_out] = split_rows(load_csv(csv), 0.2);
  const auto y = [](const Table<float>& t) { return t.columns_named({"price", "days"}); };
  const auto given = [](const Table<float>& t) { return t.columns_named({"size", "age"}); };
  const Table<float> y_training = y(training), given_training = given(training);
  const Table<float> y_held_out = y(held_out), given_held_out = given(held_out);
  return fit(flow, {y_training, given_training}, {y_held_out, given_held_out},
             {.batch_size = 64, .epochs = epochs, .patience = 10, .lr = 5e-3});
}

/// Draws of (price, days) of a house of 80 square meters that is 10 years old, each with its log p.
ScoredBatch<float> draw_prices(Density& flow, Index count) {
  const Table<float> house(1, 2, {80, 10}, {"size", "age"});  // one row for all draws
  return flow.sample_with_log_prob(count, house, {.seed = 1});
}

/// A flow with the same weights. Those of Standardize, mean and deviation, are in the file, too.
Density saved_and_loaded(const Density& flow, const std::string& path) {
  save_weights(flow, path);
  Density again({2, 1, 1});
  load_weights(again, path);
  return again;
}
