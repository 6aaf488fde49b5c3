#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#include "densenf/core/parameters.hpp"
#include "densenf/flow/noise.hpp"

namespace densenf {

namespace detail {
/// A random rotation or reflection, uniformly distributed: the columns of a normal matrix, made orthonormal
/// one after the other (Gram and Schmidt's Q, whose R has a positive diagonal). Twice is enough to make them
/// orthogonal to rounding.
inline Eigen::MatrixXd random_orthogonal(const Cpu& cpu, const NoiseKey& key, Index c) {
  Eigen::MatrixXd q(c, c);
  kernels::fill_normal(cpu, key, 0, make_tensor(q.data(), 1, Shape{c, c, 1}));
  for (Index j = 0; j < c; ++j) {
    for (int pass = 0; pass < 2; ++pass) {
      for (Index i = 0; i < j; ++i) q.col(j) -= q.col(i).dot(q.col(j)) * q.col(i);
    }
    q.col(j) /= q.col(j).norm();
  }
  return q;
}
}  // namespace detail

/// Sets parameters (or state) on the host as their specifications say. Tensor i draws under its own key, so a
/// start is a function of the seed and the model alone.
template <class T>
void start_values(const Cpu& cpu, const std::vector<ParamSpec>& specs, std::uint64_t seed, T* buffer) {
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
        kernels::fill_uniform(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] = bound * (2 * to[j] - 1);
        break;
      }
      case Init::Kind::orthogonal: {
        const Eigen::MatrixXd q = detail::random_orthogonal(cpu, key, spec.out);
        Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(to, spec.out, spec.out) = q.cast<T>();
        break;
      }
    }
  }
}

}  // namespace densenf
