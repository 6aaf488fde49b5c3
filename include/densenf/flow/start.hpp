#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "densenf/core/cpu.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/flow/noise.hpp"

namespace densenf {

namespace detail {
/// A random rotation or reflection, uniformly distributed, column by column: the columns of a normal matrix,
/// made orthonormal one after the other (Gram and Schmidt's Q, whose R has a positive diagonal). Twice is
/// enough to make them orthogonal to rounding.
template <class Host>
std::vector<double> random_orthogonal(const Host& cpu, const NoiseKey& key, Index c) {
  std::vector<double> q(static_cast<std::size_t>(c * c));
  fill_normal(cpu, key, 0, make_tensor(q.data(), 1, Shape{c, c, 1}));
  const auto dot = [c](const double* a, const double* b) { return std::inner_product(a, a + c, b, 0.0); };
  for (Index j = 0; j < c; ++j) {
    double* const column = q.data() + j * c;
    for (int pass = 0; pass < 2; ++pass) {
      for (Index i = 0; i < j; ++i) {
        const double* const other = q.data() + i * c;
        const double share = dot(other, column);
        for (Index k = 0; k < c; ++k) column[k] -= share * other[k];
      }
    }
    const double norm = std::sqrt(dot(column, column));
    for (Index k = 0; k < c; ++k) column[k] /= norm;
  }
  return q;
}

/// The decomposition of a c x c matrix W, of which number (row, column) is at column * c + row, with the
/// largest number of each column as its pivot.
class LuDecomposition {
public:
  LuDecomposition(std::vector<double> w, Index c)
      : w_(std::move(w)), row_of_(static_cast<std::size_t>(c)), c_(c) {
    std::iota(row_of_.begin(), row_of_.end(), Index{0});
    for (Index k = 0; k < c; ++k) {
      Index pivot = k;
      for (Index row = k + 1; row < c; ++row) {
        if (std::abs(at(row, k)) > std::abs(at(pivot, k))) pivot = row;
      }
      for (Index column = 0; column < c; ++column) std::swap(at(k, column), at(pivot, column));
      std::swap(row_of_[static_cast<std::size_t>(k)], row_of_[static_cast<std::size_t>(pivot)]);
      for (Index row = k + 1; row < c; ++row) {
        at(row, k) /= at(k, k);
        for (Index column = k + 1; column < c; ++column) at(row, column) -= at(row, k) * at(k, column);
      }
    }
  }

  /// A part as it lies among the parameters: matrices column by column.
  std::vector<double> part(LuPart which) const {
    const bool is_vector = which == LuPart::log_diagonal || which == LuPart::signs;
    std::vector<double> made(static_cast<std::size_t>(is_vector ? c_ : c_ * c_));
    for (Index column = 0; column < c_; ++column) {
      const double diagonal = at(column, column);
      if (which == LuPart::log_diagonal)
        made[static_cast<std::size_t>(column)] = std::log(std::abs(diagonal));
      if (which == LuPart::signs) made[static_cast<std::size_t>(column)] = diagonal < 0 ? -1 : 1;
      if (which == LuPart::permutation)
        made[static_cast<std::size_t>(column * c_ + row_of_[static_cast<std::size_t>(column)])] = 1;
      if (which != LuPart::lower && which != LuPart::upper) continue;
      for (Index row = 0; row < c_; ++row) {
        if (which == LuPart::lower ? row > column : row < column)
          made[static_cast<std::size_t>(column * c_ + row)] = at(row, column);
      }
    }
    return made;
  }

private:
  double& at(Index row, Index column) { return w_[static_cast<std::size_t>(column * c_ + row)]; }
  double at(Index row, Index column) const { return w_[static_cast<std::size_t>(column * c_ + row)]; }

  std::vector<double> w_;
  std::vector<Index> row_of_;  ///< of W, for each row of L U
  Index c_;
};
/// The numbers 0 ... n - 1 in random order.
template <class Host>
std::vector<Index> random_permutation(const Host& cpu, const NoiseKey& key, Index n) {
  std::vector<double> draws(static_cast<std::size_t>(n));
  fill_uniform(cpu, key, 0, make_tensor(draws.data(), 1, Shape{n, 1, 1}));
  std::vector<Index> order(draws.size());
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(draws[i] * static_cast<double>(i + 1))]);
  return order;
}
}  // namespace detail

/// Sets parameters (or state) on the host as their specifications say. Tensor i draws under its own key, so a
/// start is a function of the seed and the model alone.
template <class T>
void initialize_values(const Cpu& cpu, const std::vector<ParamSpec>& specs, std::uint64_t seed, T* buffer) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const ParamSpec& spec = specs[i];
    const NoiseKey key{seed, static_cast<std::uint32_t>(Stream::start), i, 0};
    T* to = buffer + spec.place.offset;
    const Index size = spec.place.size;
    switch (spec.init.kind) {
      case Init::Kind::constant:
        std::fill(to, to + size, static_cast<T>(spec.init.value));
        break;
      case Init::Kind::uniform: {
        const auto bound = static_cast<T>(spec.init.value);
        fill_uniform(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] = bound * (2 * to[j] - 1);
        break;
      }
      case Init::Kind::normal:
        fill_normal(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] *= static_cast<T>(spec.init.value);
        break;
      case Init::Kind::lu: {
        // All parts of a matrix have its key, which no other tensor has: theirs have draw 0.
        const NoiseKey of_matrix{seed, static_cast<std::uint32_t>(Stream::start),
                                 static_cast<std::uint64_t>(spec.init.matrix), 1};
        const bool is_vector = spec.init.part == LuPart::log_diagonal || spec.init.part == LuPart::signs;
        const Index c = is_vector ? size : spec.out;
        const detail::LuDecomposition lu(detail::random_orthogonal(cpu, of_matrix, c), c);
        const std::vector<double> part = lu.part(spec.init.part);
        std::transform(part.begin(), part.end(), to, [](double v) { return static_cast<T>(v); });
        break;
      }
      case Init::Kind::near_identity: {
        const auto deviation = static_cast<T>(spec.init.value);
        fill_normal(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] = to[j] * deviation + (j % (spec.out + 1) == 0 ? T(1) : T(0));
        break;
      }
      case Init::Kind::orthogonal: {
        const std::vector<double> q = detail::random_orthogonal(cpu, key, spec.out);
        std::transform(q.begin(), q.end(), to, [](double v) { return static_cast<T>(v); });
        break;
      }
      case Init::Kind::permutation: {
        const std::vector<Index> order =
            spec.init.order.empty() ? detail::random_permutation(cpu, key, size) : spec.init.order;
        std::transform(order.begin(), order.end(), to, [](Index v) { return static_cast<T>(v); });
        break;
      }
    }
  }
}

}  // namespace densenf
