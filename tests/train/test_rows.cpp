// The program of docs/tables.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "../io/temporary_folder.hpp"
#include "../source_scan.hpp"
#include "rows.hpp"

namespace {

/// Houses, of which the price is 3 for a square meter less 2 for each year, within 10, and the days on sale
/// are 50, within 5.
Table<float> houses(Index rows) {
  Table<float> t(rows, 4, std::vector<float>(static_cast<std::size_t>(4 * rows)),
                 {"size", "age", "price", "days"});
  kernels::fill_normal(Cpu(1), {1, 1}, 0, make_tensor(t.values.data(), rows, t.shape));
  for (std::size_t i = 0; i < t.values.size(); i += 4) {
    t.values[i] = 80 + 20 * t.values[i];
    t.values[i + 1] = 10 + 3 * t.values[i + 1];
    t.values[i + 2] = 3 * t.values[i] - 2 * t.values[i + 1] + 10 * t.values[i + 2];
    t.values[i + 3] = 50 + 5 * t.values[i + 3];
  }
  return t;
}

}  // namespace

TEST_CASE("rows: from a file to p(y | x), draws of it, and weights in a file") {
  const densenf_test::TemporaryFolder folder;
  save_csv(folder / "houses.csv", houses(1000));
  Density flow({2, 1, 1}, Cpu(1));
  const FitReport report = fit_prices(flow, folder / "houses.csv", 15);
  CHECK(report.best.held_out_nats > report.epochs.front().held_out_nats);

  // The mean of 400 draws is that of the rows, 220, within a part of what prices differ by, which is 60.
  const ScoredBatch<float> drawn = draw_prices(flow, 400);
  REQUIRE(drawn.log_prob.size() == 400);
  double price = 0;
  for (std::size_t i = 0; i < 400; ++i) price += static_cast<double>(drawn.values.values[2 * i]) / 400;
  CHECK(std::abs(price - 220) < 20);

  Density again = saved_and_loaded(flow, folder / "weights.safetensors");
  CHECK(draw_prices(again, 20).log_prob == draw_prices(flow, 20).log_prob);
}

TEST_CASE("rows: the documentation quotes the program") {
  CHECK_MESSAGE(
      scan::text_of("docs/tables.md").find("```cpp\n" + scan::text_of("tests/train/rows.hpp") + "```\n") !=
          std::string::npos,
      "docs/tables.md does not quote tests/train/rows.hpp as it is");
}
