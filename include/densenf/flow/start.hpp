#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
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
      case Init::Kind::normal: {
        const auto deviation = static_cast<T>(spec.init.value);
        fill_normal(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] *= deviation;
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
    }
  }
}

}  // namespace densenf
