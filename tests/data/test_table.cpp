#include "densenf/data/table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "../error_of.hpp"

using namespace densenf;
using test::error_of;

namespace {

/// Rows (r, -r).
Table<double> numbered(Index rows) {
  Table<double> table{{2, 1, 1}, rows, {}, {"up", "down"}};
  for (Index r = 0; r < rows; ++r) {
    table.values.push_back(static_cast<double>(r));
    table.values.push_back(-static_cast<double>(r));
  }
  return table;
}

}  // namespace

TEST_CASE("tables: a share of the rows is held out, each row in one part") {
  const Table<double> table = numbered(50);
  const SplitTable<double> split = hold_out(table, 0.2, 3);
  CHECK(split.held_out.count == 10);
  CHECK(split.training.count == 40);
  CHECK(split.training.names == table.names);
  std::set<double> seen;
  for (const auto* part : {&split.training, &split.held_out}) {
    for (Index r = 0; r < part->count; ++r) {
      CHECK((*part)(r, 1) == -(*part)(r, 0));
      seen.insert((*part)(r, 0));
    }
  }
  CHECK(seen.size() == 50);
  CHECK(hold_out(table, 0.2, 3).held_out.values == split.held_out.values);
  CHECK(hold_out(table, 0.2, 4).held_out.values != split.held_out.values);
  CHECK(hold_out(table, 0.001).held_out.count == 1);
  CHECK(hold_out(table, 0.999).training.count == 1);
  CHECK(error_of([&] { hold_out(table, 1); }).find("between 0 and 1") != std::string::npos);
  CHECK(error_of([&] { hold_out(numbered(1), 0.5); }).find("at least two") != std::string::npos);
}

TEST_CASE("tables: minibatches see every row once an epoch, in an order of its own") {
  const Table<double> table = numbered(10);
  TableLoader<double> loader(table, 4, 7);
  CHECK(loader.steps_per_epoch() == 3);
  Batch<double> batch;
  std::vector<double> rows;
  for (Index step = 0; step < 5; ++step) {  // two epochs
    loader.fill(step, batch);
    CHECK(batch.count == 4);
    CHECK(batch.shape == Shape{2, 1, 1});
    for (std::size_t i = 0; i < 8; i += 2) rows.push_back(batch.values[i]);
  }
  const std::set<double> first(rows.begin(), rows.begin() + 10), second(rows.begin() + 10, rows.end());
  CHECK(first.size() == 10);
  CHECK(second.size() == 10);
  CHECK(!std::equal(rows.begin(), rows.begin() + 10, rows.begin() + 10));
  TableLoader<double> other(table, 4, 7);
  Batch<double> again;
  other.fill(4, again);  // at once
  CHECK(again.values == batch.values);
}

TEST_CASE("tables: sentences speak of rows and columns") {
  Table<double> table = numbered(3);
  table.values[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK(error_of([&] { require_table(table); }) ==
        "Row 2 of the table has nan in column 'down': fill it in or leave the row out.");
  table.names.clear();
  CHECK(error_of([&] { require_table(table); }).find("column 2") != std::string::npos);
  table.values.pop_back();
  CHECK(error_of([&] { require_table(table); }) != "no error");
  table = numbered(3);
  table.names.pop_back();
  CHECK(error_of([&] { require_table(table); }).find("1 names") != std::string::npos);
  const Table<double> empty{{2, 1, 1}, 0, {}, {}};
  CHECK(error_of([&] { TableLoader<double>(empty, 4); }).find("at least one row") != std::string::npos);
  const Table<double> good = numbered(3);
  CHECK(error_of([&] { TableLoader<double>(good, 0); }).find("not 0") != std::string::npos);
}
