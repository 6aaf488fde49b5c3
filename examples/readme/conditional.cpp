#include <densenf/data/table.hpp>
#include <densenf/densenf.hpp>

using namespace densenf;
using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<32>, 1>, SwitchHalves>;  // sees 1 number more
using Density = Flow<Compose<Standardize, Unit<4, Step>>, float, Cpu, ChannelNormal, Given<1>>;

/// Rows (c, y1, y2), of which y = (y1, y2) depends on c: around the point (100 c, c^2), within (10, 0.1).
Table<float> measure(Index rows) {
  Table<float> t(rows, 3, std::vector<float>(static_cast<std::size_t>(3 * rows)), {"c", "y1", "y2"});
  kernels::fill_normal(Cpu(1), {1, 1}, 0, make_tensor(t.values.data(), rows, t.shape));
  for (std::size_t i = 0; i < t.values.size(); i += 3) {
    const float c = t.values[i];
    t.values[i + 1] = 100 * c + 10 * t.values[i + 1];
    t.values[i + 2] = c * c + 0.1F * t.values[i + 2];
  }
  return t;
}

int main() {
  const auto [training, held_out] = split_rows(measure(2500), 0.2);  // load_csv("rows.csv") reads a file
  const auto y = [](const Table<float>& t) { return t.columns_named({"y1", "y2"}); };
  const auto c = [](const Table<float>& t) { return t.columns_named({"c"}); };

  Density flow({2, 1, 1});
  const FitReport report = fit(flow, {y(training), c(training)}, {y(held_out), c(held_out)},
                               {.batch_size = 100, .epochs = 40, .lr = 1e-2});
  fmt::print("log p(y | c) of a held-out row: {:.0f} nats on average\n",
             report.best.held_out_nats);  // at most -2.8

  const auto drawn = flow.sample_with_log_prob(1000, Table<float>(1, 1, {0.5F}), {.seed = 1});
  double y1 = 0;
  for (std::size_t i = 0; i < 1000; ++i) y1 += static_cast<double>(drawn.values.values[2 * i]) / 1000;
  fmt::print("given c = 0.5, y1 is about {:.0f}, and every draw has its log p\n", 10 * std::round(y1 / 10));
}
