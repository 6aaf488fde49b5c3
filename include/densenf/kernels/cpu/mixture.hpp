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
    const T top = *std::max_element(logit_, logit_ + size_);
    Pack total(T(0));
    each([&](Index i) {
      const Pack log_scale = max(Pack::load(log_scale_ + i), T(mixture::lowest_log_scale));
      const Pack logit = Pack::load(logit_ + i) - top;
      log_scale.store(log_scale_ + i);
      exp(-log_scale).store(one_over_scale_ + i);
      logit.store(logit_ + i);
      total += exp(logit);
    });
    log_total_ = std::log(sum(total));
  }

  /// log F, log (1 - F) and log f at x.
  mixture::Logs<T> at(T x) {
    // With e = exp(-|z|), sigmoid(z) = exp(min(z, 0)) / (1 + e) and sigmoid(-z) = exp(-max(z, 0)) / (1 + e):
    // what is left to take out of the sums before they are formed is the largest of the exponents.
    Pack top_below(-2 * far), top_above = top_below, top_density = top_below;
    each([&](Index i) {
      const Pack z = (x - Pack::load(mean_ + i)) * Pack::load(one_over_scale_ + i);
      const Pack logit = Pack::load(logit_ + i);
      z.store(z_ + i);
      top_below = max(top_below, logit + min(z, T(0)));
      top_above = max(top_above, logit - max(z, T(0)));
      top_density = max(top_density, logit - Pack::load(log_scale_ + i) - abs(z));
    });
    top_ = {largest(top_below), largest(top_above), largest(top_density)};
    Pack below(T(0)), above = below, density = below;
    each([&](Index i) {
      const Shares s = shares(i);
      below += s.below;
      above += s.above;
      density += s.density;
    });
    sum_ = {sum(below), sum(above), sum(density)};
    return {top_.below + std::log(sum_.below) - log_total_, top_.above + std::log(sum_.above) - log_total_,
            top_.density + std::log(sum_.density) - log_total_};
  }

  /// The gradients of the components' numbers, to `to`, which is as what the mixture was made of; returns
  /// that of the x which `at` was called with last. `d` are the gradients of what it returned.
  T adjoint(const mixture::Logs<T>& d, Write write, T* to) const {
    alignas(64) Row dlogit, dmean, dlog_scale;
    const T all = d.below + d.above + d.density, per_total = std::exp(-log_total_);
    Pack dx(T(0));
    each([&](Index i) {
      const Pack z = Pack::load(z_ + i);
      const Shares s = shares(i);
      const Pack below = s.below * (d.below / sum_.below), above = s.above * (d.above / sum_.above),
                 density = s.density * (d.density / sum_.density);
      const Pack near = s.e * s.r;  // the smaller of sigmoid(z) and sigmoid(-z)
      const auto right = z >= T(0);
      const Pack up = select(right, s.r, near), down = select(right, near, s.r);
      const Pack dz = below * down - above * up + density * (down - up);
      const Pack along_x = dz * Pack::load(one_over_scale_ + i);
      (below + above + density - exp(Pack::load(logit_ + i)) * per_total * all).store(dlogit + i);
      (-along_x).store(dmean + i);
      (-(dz * z) - density).store(dlog_scale + i);
      // A component that is only there to fill up stands as far away as there are numbers.
      dx += along_x;
    });
    const T* const log_scale = numbers_ + 2 * components_;
    for (Index k = 0; k < components_; ++k) {
      put(write, to[k], dlogit[k]);
      put(write, to[components_ + k], dmean[k]);
      put(write, to[2 * components_ + k], log_scale[k] < T(mixture::lowest_log_scale) ? T(0) : dlog_scale[k]);
    }
    return sum(dx);
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
  using Pack = simd::Pack<T>;

  static constexpr T far = T(1e30);

  struct Shares {
    Pack e, r;  ///< exp(-|z|), 1 / (1 + e)
    Pack below, above, density;
  };
  /// The terms of the sums behind log F, log (1 - F) and log f.
  Shares shares(Index i) const {
    const Pack z = Pack::load(z_ + i), logit = Pack::load(logit_ + i);
    Shares s;
    s.e = exp(-abs(z));
    s.r = T(1) / (T(1) + s.e);
    s.below = exp(logit + min(z, T(0)) - top_.below) * s.r;
    s.above = exp(logit - max(z, T(0)) - top_.above) * s.r;
    s.density = exp(logit - Pack::load(log_scale_ + i) - abs(z) - top_.density) * s.r * s.r;
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
        put_channels(Write::assign, x, p, z, p);
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
      put_channels(Write::assign, z, p, x, p);
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
      if (write_draw == Write::assign) zero_channels(draw, p);
      if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
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
