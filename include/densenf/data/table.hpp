#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/data/draws.hpp"

// Tables: rows of numbers, which a flow takes as vectors, images of columns x 1 x 1.
namespace densenf {

/// Rows of numbers, row by row. A flow takes it as a batch of as many vectors.
template <class T = float>
struct Table {
  Shape shape{1, 1, 1};  ///< of a row: columns x 1 x 1
  Index count = 0;       ///< rows
  std::vector<T> values;
  std::vector<std::string> names = {};  ///< of the columns; empty where they are not known

  Index columns() const { return shape.c; }
  T operator()(Index row, Index column) const {
    return values[static_cast<std::size_t>(row * columns() + column)];
  }

  /// What a sentence calls a column, counted from 0.
  std::string column_name(Index column) const {
    if (names.empty()) return fmt::format("column {}", column + 1);
    return fmt::format("column '{}'", names[static_cast<std::size_t>(column)]);
  }

  /// The rows with these numbers, in their order. Throws ArgumentError unless all of them exist.
  Table rows(const std::vector<Index>& which) const {
    Table some{shape, static_cast<Index>(which.size()), {}, names};
    some.values.reserve(which.size() * static_cast<std::size_t>(columns()));
    for (const Index row : which) {
      require_images(row, 1, count);
      const auto from = values.begin() + row * columns();
      some.values.insert(some.values.end(), from, from + columns());
    }
    return some;
  }
};

/// Throws ShapeError unless there are as many values as rows and columns need, and as many names as columns
/// or none; ArgumentError naming the row and the column where a number is infinite or NaN.
template <class T>
void require_table(const Table<T>& table) {
  require_values("A table", table.count, table.shape, table.values.size());
  if (!table.names.empty() && std::cmp_not_equal(table.names.size(), table.columns()))
    throw ShapeError("A table of {} columns has {} names of columns.", table.columns(), table.names.size());
  for (Index i = 0; i < std::ssize(table.values); ++i) {
    const T v = table.values[static_cast<std::size_t>(i)];
    if (!std::isfinite(v))
      throw ArgumentError("Row {} of the table has {} in {}: fill it in or leave the row out.",
                          i / table.columns() + 1, v, table.column_name(i % table.columns()));
  }
}

namespace detail {
/// The numbers 0 ... n - 1 in an order that depends on the seed and the round alone.
inline void shuffle_rows(std::uint64_t seed, Index round, std::vector<Index>& order) {
  std::iota(order.begin(), order.end(), Index{0});
  const NoiseSequence sequence = data_sequence(seed, DataStream::permutation, round);
  for (Index i = std::ssize(order) - 1; i > 0; --i)
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(below(i + 1, sequence, i))]);
}
}  // namespace detail

/// A table in two parts: what is trained with, and what is held out to see how well.
template <class T>
struct SplitTable {
  Table<T> training, held_out;
};

/// Holds out a random `share` of the rows, at least one of them and not all. Throws ArgumentError unless the
/// share is between 0 and 1 and there are two rows, and as require_table does.
template <class T>
SplitTable<T> hold_out(const Table<T>& table, double share, std::uint64_t seed = 0) {
  require_table(table);
  if (!(share > 0 && share < 1))
    throw ArgumentError("The share of the rows that is held out is between 0 and 1, not {}.", share);
  if (table.count < 2)
    throw ArgumentError("A table of {} rows cannot be split: at least two are needed.", table.count);
  std::vector<Index> order(static_cast<std::size_t>(table.count));
  // No epoch has this number.
  detail::shuffle_rows(seed, std::numeric_limits<Index>::max(), order);
  const Index wanted = static_cast<Index>(std::lround(share * static_cast<double>(table.count)));
  const auto middle = order.begin() + std::clamp<Index>(wanted, 1, table.count - 1);
  return {table.rows({middle, order.end()}), table.rows({order.begin(), middle})};
}

/// Minibatches of a table in random order: every row once, then all again in another order. The batch at a
/// step is a function of the seed and the step alone, so that a run can go on at any step. A batch may take
/// the last rows of one epoch and the first of the next. Keeps a reference to the table.
template <class T>
class TableLoader {
public:
  /// Throws ArgumentError when there is no row or the batch size is below 1, and as require_table does.
  TableLoader(const Table<T>& table, Index batch_size, std::uint64_t seed = 0)
      : table_(table), batch_size_(batch_size), seed_(seed), order_(static_cast<std::size_t>(table.count)) {
    require_table(table);
    if (table.count < 1) throw ArgumentError("A table loader needs at least one row, and there is none.");
    if (batch_size < 1) throw ArgumentError("A batch has at least one row, not {}.", batch_size);
  }
  TableLoader(const Table<T>&&, Index, std::uint64_t = 0) = delete;

  /// How many steps see about every row once.
  Index steps_per_epoch() const { return (table_.count + batch_size_ - 1) / batch_size_; }

  /// Makes `out` the batch at `step`, from 0; memory that it has is used again. Throws ArgumentError when the
  /// step is negative.
  void fill(Index step, Batch<T>& out) {
    if (step < 0) throw ArgumentError("There is no batch at step {}; steps count from 0.", step);
    out.shape = table_.shape;
    out.count = batch_size_;
    out.values.resize(static_cast<std::size_t>(batch_size_ * table_.columns()));
    auto to = out.values.begin();
    for (Index slot = 0; slot < batch_size_; ++slot) {
      const Index place = step * batch_size_ + slot, epoch = place / table_.count;
      if (epoch != epoch_) {
        detail::shuffle_rows(seed_, epoch, order_);
        epoch_ = epoch;
      }
      const Index row = order_[static_cast<std::size_t>(place % table_.count)];
      to = std::copy_n(table_.values.begin() + row * table_.columns(), table_.columns(), to);
    }
  }

private:
  const Table<T>& table_;
  Index batch_size_;
  std::uint64_t seed_;
  std::vector<Index> order_;
  Index epoch_ = -1;
};

}  // namespace densenf
