#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/mixture.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Couplings by mixtures of logistics, see kernels/mixture.hpp; where they are not to map, z = x.
namespace densenf::kernels {

namespace detail {

/// The mixture of one number: its components side by side, filled up to whole packets with such as weigh
/// nothing.
template <class T>
class LogisticMixture {
public:
  static constexpr Index most = MixtureMap::most_components;
  using Row = T[most];

  /// `numbers`: logits, means and logarithms of scales.
  LogisticMixture(const T* numbers, Index components)
      : numbers_(numbers), components_(components), size_(simd::whole_packets<T>(components)) {
    fill(numbers, -far, logit_);
    fill(numbers + components, T(0), mean_);
    fill(numbers + 2 * components, T(0), log_scale_);
    const T top = vector(logit_, size_).maxCoeff();
    Lanes<T> sum;
    sum.setZero();
    each([&](Index i) {
      const Lanes<T> scale = lanes_at(log_scale_ + i).max(T(mixture::lowest_log_scale));
      lanes_at(log_scale_ + i) = scale;
      lanes_at(one_over_scale_ + i) = (-scale).exp();
      lanes_at(logit_ + i) -= top;
      sum += lanes_at(logit_ + i).exp();
    });
    log_total_ = std::log(sum.sum());
  }

  /// log F, log (1 - F) and log f at x.
  mixture::Logs<T> at(T x) {
    // With e = exp(-|z|), sigmoid(z) = exp(min(z, 0)) / (1 + e) and sigmoid(-z) = exp(-max(z, 0)) / (1 + e):
    // what is left to take out of the sums before they are formed is the largest of the exponents.
    Lanes<T> top_below = Lanes<T>::Constant(-2 * far), top_above = top_below, top_density = top_below;
    each([&](Index i) {
      const Lanes<T> z = (x - lanes_at(mean_ + i)) * lanes_at(one_over_scale_ + i);
      const Lanes<T> logit = lanes_at(logit_ + i);
      lanes_at(z_ + i) = z;
      top_below = top_below.max(logit + z.min(T(0)));
      top_above = top_above.max(logit - z.max(T(0)));
      top_density = top_density.max(logit - lanes_at(log_scale_ + i) - z.abs());
    });
    top_ = {top_below.maxCoeff(), top_above.maxCoeff(), top_density.maxCoeff()};
    Lanes<T> below = Lanes<T>::Zero(), above = below, density = below;
    each([&](Index i) {
      const Shares s = shares(i);
      below += s.below;
      above += s.above;
      density += s.density;
    });
    sum_ = {below.sum(), above.sum(), density.sum()};
    return {top_.below + std::log(sum_.below) - log_total_, top_.above + std::log(sum_.above) - log_total_,
            top_.density + std::log(sum_.density) - log_total_};
  }

  /// The gradients of the components' numbers, to `to`, which is as what the mixture was made of; returns
  /// that of the x which `at` was called with last. `d` are the gradients of what it returned.
  T adjoint(const mixture::Logs<T>& d, Write write, T* to) const {
    alignas(64) Row dlogit, dmean, dlog_scale;
    const T all = d.below + d.above + d.density, per_total = std::exp(-log_total_);
    Lanes<T> dx = Lanes<T>::Zero();
    each([&](Index i) {
      const Lanes<T> z = lanes_at(z_ + i);
      const Shares s = shares(i);
      const Lanes<T> below = s.below * (d.below / sum_.below), above = s.above * (d.above / sum_.above),
                     density = s.density * (d.density / sum_.density);
      const Lanes<T> near = s.e * s.r;  // the smaller of sigmoid(z) and sigmoid(-z)
      const auto right = z >= T(0);
      const Lanes<T> up = right.select(s.r, near), down = right.select(near, s.r);
      const Lanes<T> dz = below * down - above * up + density * (down - up);
      const Lanes<T> along_x = dz * lanes_at(one_over_scale_ + i);
      lanes_at(dlogit + i) = below + above + density - (lanes_at(logit_ + i).exp() * per_total) * all;
      lanes_at(dmean + i) = -along_x;
      lanes_at(dlog_scale + i) = -(dz * z) - density;
      // A component that is only there to fill up stands as far away as there are numbers.
      dx += along_x;
    });
    const T* const log_scale = numbers_ + 2 * components_;
    for (Index k = 0; k < components_; ++k) {
      put(write, to[k], dlogit[k]);
      put(write, to[components_ + k], dmean[k]);
      put(write, to[2 * components_ + k], log_scale[k] < T(mixture::lowest_log_scale) ? T(0) : dlog_scale[k]);
    }
    return dx.sum();
  }

  /// x with logit F(x) = v
  T solve(T v) {
    T low = 0, high = 0, middle = 0;
    for (Index k = 0; k < components_; ++k) {
      const T root = mean_[k] + v / one_over_scale_[k];
      low = k == 0 ? root : std::min(low, root);
      high = k == 0 ? root : std::max(high, root);
      middle += std::exp(logit_[k] - log_total_) * root;
    }
    return mixture::solve(v, low, high, std::clamp(middle, low, high), [this](T x) { return at(x); });
  }

private:
  static constexpr T far = T(1e30);

  struct Shares {
    Lanes<T> e, r;  ///< exp(-|z|), 1 / (1 + e)
    Lanes<T> below, above, density;
  };
  /// The terms of the sums behind log F, log (1 - F) and log f.
  Shares shares(Index i) const {
    const Lanes<T> z = lanes_at(z_ + i), logit = lanes_at(logit_ + i);
    Shares s;
    s.e = (-z.abs()).exp();
    s.r = T(1) / (T(1) + s.e);
    s.below = (logit + z.min(T(0)) - top_.below).exp() * s.r;
    s.above = (logit - z.max(T(0)) - top_.above).exp() * s.r;
    s.density = (logit - lanes_at(log_scale_ + i) - z.abs() - top_.density).exp() * s.r * s.r;
    return s;
  }

  template <class F>
  void each(const F& f) const {
    for (Index i = 0; i < size_; i += simd::lanes<T>) f(i);
  }
  void fill(const T* from, T rest, Row& to) const {
    std::copy_n(from, components_, to);
    std::fill(to + components_, to + size_, rest);
  }

  const T* numbers_;
  Index components_, size_;
  T log_total_;
  mixture::Logs<T> top_, sum_;
  alignas(64) Row logit_, mean_, log_scale_, one_over_scale_, z_;
};

/// What a number costs, in additions.
inline Index cost_of_mixture(const MixtureMap& map) { return 6 * cost_of_exp * map.components; }

}  // namespace detail

/// z = t + exp(tanh(s)) u from x, u as kernels/mixture.hpp says; log_prob[n] += sum of log |dz/dx|. raw has
/// map.parameters() * x.c channels.
template <class T>
void mixture_forward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                     Tensor<T> z, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      if (!where(p)) {
        row(z, p) = row(x, p);
        continue;
      }
      for (Index c = 0; c < x.c; ++c) {
        const T* const numbers = raw.pixel(p) + c * map.parameters();
        detail::LogisticMixture<T> mix(numbers + 2, map.components);
        const auto u = mixture::mapped(mix.at(x(p, c)), map.squashed);
        const T log_scale = std::tanh(numbers[0]);
        z(p, c) = numbers[1] + std::exp(log_scale) * u.value;
        total += static_cast<double>(u.log_slope + log_scale);
      }
    }
    log_prob[n] += total;
  });
}

/// x from z. What a squashed map reaches for no x comes back as the x next to which it does.
template <class T>
void mixture_inverse(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> z, Tensor<const T> raw,
                     Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), 5 * detail::cost_of_mixture(map) * x.c, [&](Index p) {
    if (!where(p)) {
      row(x, p) = row(z, p);
      return;
    }
    for (Index c = 0; c < x.c; ++c) {
      const T* const numbers = raw.pixel(p) + c * map.parameters();
      detail::LogisticMixture<T> mix(numbers + 2, map.components);
      const T u = (z(p, c) - numbers[1]) * std::exp(-std::tanh(numbers[0]));
      x(p, c) = mix.solve(mixture::logit_of_cdf(u, map.squashed));
    }
  });
}

/// dx = or +=, draw = or += adjoint of mixture_forward. dx.data may be null when x is data.
template <class T>
void mixture_backward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                      Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                      Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), 2 * detail::cost_of_mixture(map) * x.c, [&](Index p) {
    if (!where(p)) {
      if (write_draw == Write::assign) row(draw, p).setZero();
      if (dx.data != nullptr) detail::put(write_dx, row(dx, p), row(dz, p));
      return;
    }
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index c = 0; c < x.c; ++c) {
      const T* const numbers = raw.pixel(p) + c * map.parameters();
      T* const dnumbers = draw.pixel(p) + c * map.parameters();
      detail::LogisticMixture<T> mix(numbers + 2, map.components);
      const auto logs = mix.at(x(p, c));
      const T log_scale = std::tanh(numbers[0]), du = dz(p, c) * std::exp(log_scale);
      const T u = mixture::mapped(logs, map.squashed).value;
      detail::put(write_draw, dnumbers[0], (du * u + g) * (T(1) - log_scale * log_scale));
      detail::put(write_draw, dnumbers[1], dz(p, c));
      const T through =
          mix.adjoint(mixture::mapped_adjoint(logs, map.squashed, du, g), write_draw, dnumbers + 2);
      if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
    }
  });
}

}  // namespace densenf::kernels
