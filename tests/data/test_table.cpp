#include "densenf/data/table.hpp"

#include <doctest/doctest.h>

#include <set>

#include "../error_of.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;
using test::error_of;

TEST_CASE("a table: rows, columns, and copies of some of them") {
  const Table<double> t(2, 3, {1, 2, 3, 4, 5, 6}, {"a", "b", "c"});
  CHECK(t.rows() == 2);
  CHECK(t.columns() == 3);
  CHECK(t.row(1)[2] == 6);
  CHECK_THROWS_AS(t.row(2), ArgumentError);
  const Table<double> ca = t.columns_named({"c", "a"});
  CHECK(ca.values == std::vector<double>{3, 1, 6, 4});
  CHECK(ca.names == std::vector<std::string>{"c", "a"});
  CHECK(t.columns_at({1}).values == std::vector<double>{2, 5});
  const std::vector<Index> rows{1, 1};
  CHECK(t.rows_at(rows).values == std::vector<double>{4, 5, 6, 4, 5, 6});
  CHECK(Table<float>(0, 2, {}).rows() == 0);
}

TEST_CASE("a table: what it is not") {
  CHECK_THROWS_WITH_AS(Table<float>(2, 2, {1, 2, 3}),
                       "A table of 2 rows and 2 columns cannot hold 3 numbers.", ShapeError);
  CHECK_THROWS_AS(Table<float>(std::numeric_limits<Index>::max(), 4, {1, 2, 3, 4}), ShapeError);
  CHECK_THROWS_AS(Table<float>(1, 0, {}), ShapeError);
  CHECK_THROWS_WITH_AS(Table<float>(1, 2, {1, 2}, {"a"}),
                       "A table of 2 columns cannot have 1 names for them.", ShapeError);
  const Table<float> t(1, 2, {1, 2}, {"a", "a"});
  CHECK_THROWS_WITH_AS(t.columns_named({"b"}), "No columns are called 'b'; the table's columns are: a, a.",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(t.columns_named({"a"}),
                       "Several columns are called 'a'; the table's columns are: a, a.", ArgumentError);
  CHECK_THROWS_WITH_AS((Table<float>(1, 1, {1}, {"\x1b[2J"}).columns_named({"a"})),
                       "No columns are called 'a'; the table's columns are: \\x1b[2J.", ArgumentError);
  CHECK_THROWS_AS(t.columns_at({2}), ArgumentError);
  CHECK_THROWS_AS(t.columns_at({}), ArgumentError);
}

TEST_CASE("split_rows: every row once, the same ones for the same seed") {
  std::vector<float> values;
  for (int i = 0; i < 50; ++i) values.push_back(static_cast<float>(i));
  const Table<float> t(50, 1, values);
  const auto [training, held_out] = split_rows(t, 0.2, 7);
  CHECK(training.rows() == 40);
  CHECK(held_out.rows() == 10);
  std::set<float> all(training.values.begin(), training.values.end());
  all.insert(held_out.values.begin(), held_out.values.end());
  CHECK(all.size() == 50);
  CHECK(std::is_sorted(training.values.begin(), training.values.end()));
  CHECK(split_rows(t, 0.2, 7).held_out.values == held_out.values);
  CHECK(split_rows(t, 0.2, 8).held_out.values != held_out.values);
  CHECK(split_rows(t, 1e-9).held_out.rows() == 1);
  CHECK(split_rows(t, 1 - 1e-9).training.rows() == 1);
  CHECK_THROWS_AS(split_rows(t, 0), ArgumentError);
  CHECK_THROWS_AS(split_rows(t, std::numeric_limits<double>::quiet_NaN()), ArgumentError);
  CHECK_THROWS_AS(split_rows(Table<float>(1, 1, {1}), 0.5), ArgumentError);
}

TEST_CASE("a flow takes a table as it is, after Standardize in its own units") {
  // Two columns of other units: 1000 +- 10, and 5 +- 0.001.
  Table<double> t(400, 2, std::vector<double>(800));
  kernels::fill_normal(Cpu(1), {1, 1}, 0, make_tensor(t.values.data(), t.rows(), t.shape));
  for (Index i = 0; i < t.rows(); ++i) {
    t.values[static_cast<std::size_t>(2 * i)] = 1000 + 10 * t.values[static_cast<std::size_t>(2 * i)];
    t.values[static_cast<std::size_t>(2 * i + 1)] = 5 + 0.001 * t.values[static_cast<std::size_t>(2 * i + 1)];
  }
  using Model = WithBase<Compose<Standardize>, StandardNormal>;
  Flow<Model, double> flow({2, 1, 1});
  PhiloxNoise<double, Cpu> noise(0, Stream::start, 0);
  CHECK(flow.needs_initialization());
  CHECK(flow.initialize(t, noise));
  CHECK_FALSE(flow.initialize(t, noise));
  // The mean of log p by hand, from the moments of the columns.
  double want = 0;
  for (Index c = 0; c < 2; ++c) {
    double mean = 0, squares = 0;
    for (Index i = 0; i < t.rows(); ++i) mean += t.row(i)[static_cast<std::size_t>(c)] / 400;
    for (Index i = 0; i < t.rows(); ++i) squares += std::pow(t.row(i)[static_cast<std::size_t>(c)] - mean, 2);
    const double deviation = std::sqrt(squares / 399);
    want -= 0.5 * std::log(2 * std::numbers::pi) + std::log(deviation) +
            0.5 * squares / 400 / (deviation * deviation);
  }
  double got = 0;
  for (const double l : flow.log_prob(t)) got += l / 400;
  CHECK(got == doctest::Approx(want).epsilon(1e-9));
  const Batch<double> draws = flow.sample(100, {.seed = 3});
  for (Index i = 0; i < 100; ++i) CHECK(std::abs(draws.values[static_cast<std::size_t>(2 * i)] - 1000) < 60);
  // What is trained leaves it alone, and copies have it.
  CHECK(flow.table().parameters.empty());
  CHECK(Flow<Model, double>(flow.weights()).log_prob(t) == flow.log_prob(t));
}

TEST_CASE(
    "Standardize: a column that does not vary is only shifted, one in small units is scaled like others") {
  const Table<double> t(4, 2, {7, 1e-9, 7, -1e-9, 7, 1e-9, 7, -1e-9});
  Flow<WithBase<Compose<Standardize>, StandardNormal>, double> flow({2, 1, 1});
  PhiloxNoise<double, Cpu> noise(0, Stream::start, 0);
  flow.initialize(t, noise);
  const double deviation = 1e-9 * std::sqrt(4.0 / 3);
  const double want = -std::log(2 * std::numbers::pi) - std::log(deviation) - 0.5 * 3.0 / 4;
  for (const double l : flow.log_prob(t)) CHECK(l == doctest::Approx(want).epsilon(1e-9));
}

TEST_CASE("Standardize needs two rows") {
  Flow<WithBase<Compose<Standardize>, StandardNormal>, double> flow({2, 1, 1});
  PhiloxNoise<double, Cpu> noise(0, Stream::start, 0);
  CHECK_THROWS_WITH_AS(flow.initialize(Table<double>(1, 2, {1, 2}), noise),
                       "Standardize starts from the mean and deviation of at least two rows, not 1.",
                       ShapeError);
  CHECK(flow.needs_initialization());
}

TEST_CASE("messages about tables speak of rows and columns") {
  Flow<WithBase<Compose<Standardize>, StandardNormal>, double> flow({2, 1, 1});
  CHECK(error_of([&] {
          flow.log_prob(Table<double>(1, 3, {1, 2, 3}));
        }) == "The flow takes rows of 2 columns, not of 3.");
  CHECK(error_of([&] {
          flow.log_prob(Table<double>(2, 2, {1, 2, 3, std::nan("")}));
        }) == "Row 1 of the batch (counted from 0) holds nan in column 1: give finite numbers.");
}
