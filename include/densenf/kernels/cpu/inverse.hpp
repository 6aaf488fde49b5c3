#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <utility>

#include "densenf/core/cpu.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"

// Inverses and determinants by Gauss-Jordan elimination with partial pivoting, in place: columns are
// eliminated in halves of halves, so that nearly all of the work is products of matrices. All in double, for
// every T: the log determinant is multiplied by the number of pixels, the inverse by a chain of inverses.
namespace densenf::kernels {

namespace detail {

class Elimination {
public:
  /// Takes scratch_bytes(c) of scratch, for a matrix of c rows.
  Elimination(std::byte* scratch, Index c)
      : m_{reinterpret_cast<double*>(scratch), stride(c)},
        strip_(m_.data + m_.stride * c),
        pivots_(reinterpret_cast<Index*>(strip_ + left(c) * left(c))),
        c_(c) {}

  static constexpr Index scratch_bytes(Index c) {
    return (stride(c) * c + left(c) * left(c)) * Index{sizeof(double)} + c * Index{sizeof(Index)};
  }

  /// Returns log |det W|, after which column j of the inverse is column order()[j] of m(). Minus infinity
  /// when W is singular; then there is nothing to be read.
  template <class T>
  double run(const T* w) {
    for (Index i = 0; i < c_; ++i) {
      std::copy_n(w + i * c_, c_, m_.row(i));
      std::fill(m_.row(i) + c_, m_.row(i + 1), 0.0);
    }
    if (!eliminate(0, c_)) return -std::numeric_limits<double>::infinity();
    order_columns();
    return log_det_;
  }

  Block<const double> m() const { return {m_.data, m_.stride}; }
  const Index* order() const { return pivots_; }

private:
  static constexpr Index leaf = 8;  // columns that are eliminated one by one

  static constexpr Index leaves(Index count) { return (count + leaf - 1) / leaf; }
  /// Of an odd number of cache lines, so that the rows of a leaf do not fall on each other's lines.
  static constexpr Index stride(Index c) { return (leaves(c) | 1) * leaf; }
  /// How many of `count` columns are the left half: whole leaves.
  static constexpr Index left(Index count) { return leaves((count + 1) / 2) * leaf; }

  // Afterwards M's columns [first, first + count) hold the update factors: other columns += factors * rows
  // [first, first + count). The same numbers are these columns of the inverse.
  bool eliminate(Index first, Index count) {
    if (count <= leaf) return eliminate_leaf(first, count);
    const Index half = left(count), rest = count - half;
    if (!eliminate(first, half)) return false;
    update(first, half, first + half, rest);
    if (!eliminate(first + half, rest)) return false;
    update(first + half, rest, first, half);
    return true;
  }

  /// Brings `columns` others up to date with the elimination of [first, first + count).
  void update(Index first, Index count, Index column, Index columns) {
    const Block<double> strip{strip_, columns};
    for (Index i = 0; i < count; ++i) std::copy_n(m_.row(first + i) + column, columns, strip.row(i));
    const auto rows = [&](Index from, Index to, Into into) {
      multiply<double>({m_.row(from) + first, m_.stride}, {strip.data, strip.stride}, to - from, count,
                       columns, into, m_.from(from, column));
    };
    rows(0, first, Into::add);
    rows(first, first + count, Into::replace);
    rows(first + count, c_, Into::add);
  }

  // Rows are as long as whole leaves, so the last leaf may be worked on as if it were full.
  bool eliminate_leaf(Index first, Index count) {
    using Columns = Eigen::Array<double, 1, leaf>;
    const auto columns = [panel = m_.from(0, first)](Index i) { return Eigen::Map<Columns>(panel.row(i)); };
    for (Index j = 0; j < count; ++j) {
      const Index k = first + j, best = find_pivot(k);
      if (best != k) exchange_rows(k, best);
      pivots_[k] = best;
      const double pivot = columns(k)[j];
      if (pivot == 0) return false;
      log_det_ += std::log(std::abs(pivot));
      // Column j becomes another one by vector operations alone: a vector load waits long for a single number
      // stored just before.
      const Columns unit =
          (Columns::LinSpaced(0, leaf - 1) == static_cast<double>(j)).template cast<double>();
      const Columns others = 1 - unit;
      const Columns row = (columns(k) * others + unit) / pivot;
      const auto eliminate_rows = [&, columns, row, others](Index from, Index to) {
        for (Index i = from; i < to; ++i) {
          auto other = columns(i);
          other = other * others - other[j] * row;
        }
      };
      eliminate_rows(0, k);
      columns(k) = row;
      eliminate_rows(k + 1, c_);
    }
    return true;
  }

  void exchange_rows(Index a, Index b) {
    using Row = Eigen::Map<Eigen::Array<double, 1, Eigen::Dynamic>>;
    Row(m_.row(a), m_.stride).swap(Row(m_.row(b), m_.stride));
  }

  Index find_pivot(Index k) const {
    Index best = k;
    double largest = std::abs(m_.row(k)[k]);
    for (Index i = k + 1; i < c_; ++i) {
      const double size = std::abs(m_.row(i)[k]);
      if (size > largest) {
        largest = size;
        best = i;
      }
    }
    return best;
  }

  // Exchanged rows of a matrix are exchanged columns of its inverse; the exchanges, undone last first, become
  // an order of columns. In place: exchange k is not needed any more once it has been applied.
  void order_columns() {
    for (Index k = c_ - 1; k >= 0; --k) {
      const Index other = std::exchange(pivots_[k], k);
      std::swap(pivots_[k], pivots_[other]);
    }
  }

  Block<double> m_;
  double* strip_;
  Index* pivots_;
  Index c_;
  double log_det_ = 0;
};

}  // namespace detail

inline Index log_abs_det_and_inverse_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<std::byte>(detail::Elimination::scratch_bytes(c));
}

/// Writes W's inverse and log |det W|, for c x c numbers. Of a singular matrix these are NaN and minus
/// infinity.
template <class T>
void log_abs_det_and_inverse(const Cpu&, const T* w, Index c, T* inverse, double* log_det, Scratch scratch) {
  detail::Elimination elimination(scratch.take<std::byte>(detail::Elimination::scratch_bytes(c)), c);
  *log_det = elimination.run(w);
  if (*log_det == -std::numeric_limits<double>::infinity()) {
    std::fill_n(inverse, c * c, std::numeric_limits<T>::quiet_NaN());
    return;
  }
  for (Index i = 0; i < c; ++i) {
    const double* const row = elimination.m().row(i);
    for (Index j = 0; j < c; ++j) inverse[i * c + j] = static_cast<T>(row[elimination.order()[j]]);
  }
}

namespace detail {
// Matrices that are in work at one time at the most, each with scratch of its own.
inline constexpr Index inverse_tasks = 8;
}  // namespace detail

inline Index invert_matrices_scratch_bytes(const Cpu& cpu, const InvertibleMatrix* matrices, Index count) {
  return count == 0 ? 0
                    : std::min(count, detail::inverse_tasks) *
                          log_abs_det_and_inverse_scratch_bytes(cpu, matrices[0].c);
}

/// Inverts those of a model's matrices, the largest first, whose weights in `parameters` are not the ones in
/// `seen`, or all; copies them to `seen`. `seen` and `inverses` are laid out by InvertibleMatrix::kept, log
/// |det| by InvertibleMatrix::number.
template <class T>
void invert_matrices(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                     const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch) {
  if (count == 0) return;
  const Index tasks = std::min(count, detail::inverse_tasks);
  const Index of_each = log_abs_det_and_inverse_scratch_bytes(cpu, matrices[0].c);
  auto* const room = scratch.take<std::byte>(tasks * of_each);
  cpu.parallel_for(tasks, [&](Index task) {
    const Scratch mine(room + task * of_each, of_each);
    for (Index i = task; i < count; i += tasks) {
      const InvertibleMatrix& s = matrices[i];
      const T* const w = parameters + s.weight.offset;
      const auto bytes = static_cast<std::size_t>(s.weight.size) * sizeof(T);
      if (!all && std::memcmp(w, seen + s.kept, bytes) == 0) continue;
      std::memcpy(seen + s.kept, w, bytes);
      log_abs_det_and_inverse(cpu, w, s.c, inverses + s.kept, log_dets + s.number, mine);
    }
  });
}

}  // namespace densenf::kernels
