#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/data/draws.hpp"

namespace densenf {

/// Rows of numbers in memory, row by row, and the names of their columns. It is a batch of images of one
/// pixel with a channel for each column, {columns, 1, 1}, so a flow takes it as it is.
template <class T = float>
struct Table : Batch<T> {
  std::vector<std::string> names = {};  ///< of the columns; empty where they have none

  Table() = default;
  /// Throws ShapeError unless there are rows * columns values, and a name for each column or none.
  Table(Index rows, Index columns, std::vector<T> numbers, std::vector<std::string> column_names = {})
      : Batch<T>{{columns, 1, 1}, rows, std::move(numbers)}, names(std::move(column_names)) {
    if (rows < 0 || columns < 1 || rows > std::ssize(this->values) / columns ||
        rows * columns != std::ssize(this->values)) {
      throw ShapeError("A table of {} rows and {} columns cannot hold {} numbers.", rows, columns,
                       this->values.size());
    }
    if (!names.empty() && std::ssize(names) != columns)
      throw ShapeError("A table of {} columns cannot have {} names for them.", columns, names.size());
  }

  Index rows() const { return this->count; }
  Index columns() const { return this->shape.c; }

  /// Throws ArgumentError unless 0 <= i < rows().
  std::span<const T> row(Index i) const {
    require_images(i, 1, this->count);
    return std::span(this->values)
        .subspan(static_cast<std::size_t>(i * columns()), static_cast<std::size_t>(columns()));
  }

  /// A copy of these rows, in this order. Throws ArgumentError for one that is not there.
  Table rows_at(std::span<const Index> chosen) const {
    std::vector<T> copied;
    copied.reserve(chosen.size() * static_cast<std::size_t>(columns()));
    for (const Index i : chosen) {
      const auto r = row(i);
      copied.insert(copied.end(), r.begin(), r.end());
    }
    return {std::ssize(chosen), columns(), std::move(copied), names};
  }

  /// A copy of these columns, in this order. Throws ArgumentError for one that is not there.
  Table columns_at(std::span<const Index> chosen) const {
    if (chosen.empty()) throw ArgumentError("A table has at least one column: choose one or more.");
    std::vector<std::string> chosen_names;
    for (const Index c : chosen) {
      if (c < 0 || c >= columns())
        throw ArgumentError("There is no column {}: the table has {}, counted from 0.", c, columns());
      if (!names.empty()) chosen_names.push_back(names[static_cast<std::size_t>(c)]);
    }
    std::vector<T> copied;
    copied.reserve(static_cast<std::size_t>(rows()) * chosen.size());
    for (Index i = 0; i < rows(); ++i) {
      for (const Index c : chosen)
        copied.push_back(this->values[static_cast<std::size_t>(i * columns() + c)]);
    }
    return {rows(), std::ssize(chosen), std::move(copied), std::move(chosen_names)};
  }
  Table columns_at(std::initializer_list<Index> chosen) const {
    return columns_at(std::span(chosen.begin(), chosen.size()));
  }

  /// The columns of these names, in this order. Throws ArgumentError for a name that no column has, or
  /// several.
  Table columns_named(std::initializer_list<std::string_view> wanted) const {
    std::vector<Index> chosen;
    for (const std::string_view name : wanted) {
      const auto found = std::count(names.begin(), names.end(), name);
      if (found != 1) {
        std::vector<std::string> shown;  // they may be a file's
        for (const std::string& n : names) shown.push_back(detail::printable(n));
        throw ArgumentError("{} columns are called '{}'; the table's columns are: {}.",
                            found == 0 ? "No" : "Several", name,
                            names.empty() ? "without names" : joined(shown, ", "));
      }
      chosen.push_back(std::find(names.begin(), names.end(), name) - names.begin());
    }
    return columns_at(std::span<const Index>(chosen));
  }
};

/// A table cut in two.
template <class T>
struct SplitTable {
  Table<T> training, held_out;
};

/// Cuts off a fraction of the rows, chosen at random by the seed alone, to be kept out of training: at least
/// one, and at least one stays. Both parts keep the order of their rows. Throws ArgumentError unless the
/// fraction lies in (0, 1) and there are two rows.
template <class T>
SplitTable<T> split_rows(const Table<T>& table, double held_out, std::uint64_t seed = 0) {
  if (!(held_out > 0 && held_out < 1))
    throw ArgumentError("The fraction of rows that is held out lies between 0 and 1, not at {}.", held_out);
  if (table.rows() < 2) throw ArgumentError("A table of {} rows cannot be cut in two.", table.rows());
  const NoiseSequence sequence = detail::data_sequence(seed, detail::DataStream::split, 0);
  std::vector<Index> order(static_cast<std::size_t>(table.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = table.rows() - 1; i > 0; --i) {
    std::swap(order[static_cast<std::size_t>(i)],
              order[static_cast<std::size_t>(detail::below(i + 1, sequence, i))]);
  }
  const auto out = std::clamp(static_cast<Index>(std::llround(held_out * static_cast<double>(table.rows()))),
                              Index{1}, table.rows() - 1);
  const auto cut = order.begin() + out;
  std::sort(order.begin(), cut);
  std::sort(cut, order.end());
  const std::span<const Index> all(order);
  return {table.rows_at(all.subspan(static_cast<std::size_t>(out))),
          table.rows_at(all.first(static_cast<std::size_t>(out)))};
}

}  // namespace densenf
