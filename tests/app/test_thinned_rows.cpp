#include "densenf/app/thinned_rows.hpp"

#include <doctest/doctest.h>

using namespace densenf;
using namespace densenf::app;
using Rows = ThinnedRows<2>;

TEST_CASE("few rows stay as they came") {
  Rows rows(4);
  CHECK(rows.rows().empty());
  for (int i = 0; i < 4; ++i) rows.add({static_cast<double>(i), 1.0 * i * i});
  CHECK(rows.rows() == std::vector<Rows::Row>{{0, 0}, {1, 1}, {2, 4}, {3, 9}});
}

TEST_CASE("many rows become means of as many neighbors each, of which the last may be short") {
  Rows rows(4);
  for (int i = 0; i < 5; ++i) rows.add({static_cast<double>(i), 2});
  CHECK(rows.rows() == std::vector<Rows::Row>{{0.5, 2}, {2.5, 2}, {4, 2}});
  for (int i = 5; i < 10; ++i) rows.add({static_cast<double>(i), 2});
  CHECK(rows.rows() == std::vector<Rows::Row>{{1.5, 2}, {5.5, 2}, {8.5, 2}});
}

TEST_CASE("however many rows there are, their number is bounded and no row is lost") {
  Rows rows(8);
  double sum = 0;
  const int total = 1 << 12;
  for (int i = 0; i < total; ++i) {
    rows.add({static_cast<double>(i), 1});
    CHECK(rows.rows().size() <= 9);
  }
  const auto kept = rows.rows();
  for (const Rows::Row& row : kept) sum += row[0];
  // A power of two in groups of a power of two leaves no remainder; sums of such numbers are exact.
  CHECK(sum / static_cast<double>(kept.size()) == (total - 1) / 2.0);
}

TEST_CASE("rows are thinned to an even number of them") {
  CHECK_THROWS_AS(Rows(0), ArgumentError);
  CHECK_THROWS_AS(Rows(5), ArgumentError);
}
