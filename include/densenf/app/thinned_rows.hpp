#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "densenf/core/error.hpp"

namespace densenf::app {

/// Rows of numbers that a curve is drawn from. They are kept as they came while there are few of them, and
/// later as means of 2, 4, 8, ... neighbors; so a run of any length takes the same memory.
template <std::size_t Columns>
class ThinnedRows {
public:
  using Row = std::array<double, Columns>;

  /// Keeps `most` rows or fewer, and the sum of those that came last. Throws ArgumentError unless that is an
  /// even number from 2 on.
  explicit ThinnedRows(std::size_t most = 512) : most_(most) {
    if (most < 2 || most % 2 != 0)
      throw ArgumentError("Rows are thinned to an even number of them, at least 2, not to {}.", most);
  }

  void add(const Row& row) {
    if (counted_ == 0) sum_ = {};
    for (std::size_t c = 0; c < Columns; ++c) sum_[c] += row[c];
    if (++counted_ < group_) return;
    if (rows_.size() == most_) halve();  // then the sum is half of a group
    if (counted_ < group_) return;
    rows_.push_back(mean(sum_, counted_));
    counted_ = 0;
  }

  /// In the order in which they came; the last one may stand for fewer rows than the others.
  std::vector<Row> rows() const {
    std::vector<Row> all = rows_;
    if (counted_ > 0) all.push_back(mean(sum_, counted_));
    return all;
  }

private:
  static Row mean(Row sum, std::size_t count) {
    for (double& s : sum) s /= static_cast<double>(count);
    return sum;
  }

  void halve() {
    for (std::size_t i = 0; i < rows_.size() / 2; ++i) {
      Row pair = rows_[2 * i];
      for (std::size_t c = 0; c < Columns; ++c) pair[c] += rows_[2 * i + 1][c];
      rows_[i] = mean(pair, 2);
    }
    rows_.resize(rows_.size() / 2);
    group_ *= 2;
  }

  std::size_t most_;
  std::size_t group_ = 1;  ///< how many that came one that is kept stands for
  std::vector<Row> rows_;
  Row sum_{};  ///< of those that came after the last one that is kept
  std::size_t counted_ = 0;
};

}  // namespace densenf::app
