#pragma once

#include <cmath>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/mixture.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/kernels/write.hpp"

// Couplings by mixtures of logistics, see kernels/mixture.hpp; where they are not to map, z = x. One thread
// for each number that changes.
namespace densenf::kernels {

namespace detail {

/// The mixture of one number.
template <class T>
class ComponentsOfMixture {
public:
  /// `numbers`: logits, means and logarithms of scales.
  __device__ ComponentsOfMixture(const T* numbers, Index components)
      : logit_(numbers), count_(static_cast<int>(components)) {
    top_ = logit_[0];
    for (int k = 1; k < count_; ++k) top_ = logit_[k] > top_ ? logit_[k] : top_;
    T total = 0;
    for (int k = 0; k < count_; ++k) total += std::exp(logit_[k] - top_);
    log_total_ = std::log(total);
  }

  /// log F, log (1 - F) and log f at x.
  __device__ mixture::Logs<T> at(T x) {
    largest_ = {-infinity, -infinity, -infinity};
    for (int k = 0; k < count_; ++k) {
      const Exponents e = exponents(k, x);
      largest_ = {larger(largest_.below, e.below), larger(largest_.above, e.above),
                  larger(largest_.density, e.density)};
    }
    sum_ = {0, 0, 0};
    for (int k = 0; k < count_; ++k) {
      const Shares s = shares(k, x);
      sum_ = {sum_.below + s.below, sum_.above + s.above, sum_.density + s.density};
    }
    return {largest_.below + std::log(sum_.below) - log_total_,
            largest_.above + std::log(sum_.above) - log_total_,
            largest_.density + std::log(sum_.density) - log_total_};
  }

  /// As LogisticMixture::adjoint of the CPU has it.
  __device__ T adjoint(T x, const mixture::Logs<T>& d, Write write, T* to) const {
    const T all = d.below + d.above + d.density;
    T dx = 0;
    for (int k = 0; k < count_; ++k) {
      const Shares s = shares(k, x);
      const T below = s.below * (d.below / sum_.below), above = s.above * (d.above / sum_.above),
              density = s.density * (d.density / sum_.density);
      const T near = s.e * s.r, up = s.z >= T(0) ? s.r : near, down = s.z >= T(0) ? near : s.r;
      const T dz = below * down - above * up + density * (down - up);
      const T along_x = dz * std::exp(-log_scale(k));
      put(write, to[k], below + above + density - std::exp(logit_[k] - top_ - log_total_) * all);
      put(write, to[count_ + k], -along_x);
      put(write, to[2 * count_ + k],
          logit_[2 * count_ + k] < T(mixture::lowest_log_scale) ? T(0) : -(dz * s.z) - density);
      dx += along_x;
    }
    return dx;
  }

  /// x with logit F(x) = v
  __device__ T solve(T v) {
    T low = infinity, high = -infinity, middle = 0;
    for (int k = 0; k < count_; ++k) {
      const T root = logit_[count_ + k] + v * std::exp(log_scale(k));
      low = root < low ? root : low;
      high = root > high ? root : high;
      middle += std::exp(logit_[k] - top_ - log_total_) * root;
    }
    middle = middle < low ? low : middle > high ? high : middle;
    return mixture::solve(v, low, high, middle, [this](T x) { return at(x); });
  }

private:
  static constexpr T infinity = std::numeric_limits<T>::infinity();
  static __device__ T larger(T a, T b) { return a > b ? a : b; }

  struct Exponents {
    T z, below, above, density;
  };
  struct Shares {
    T z, e, r;  ///< e = exp(-|z|), r = 1 / (1 + e)
    T below, above, density;
  };

  __device__ T log_scale(int k) const { return larger(logit_[2 * count_ + k], T(mixture::lowest_log_scale)); }
  __device__ Exponents exponents(int k, T x) const {
    const T scale = log_scale(k), z = (x - logit_[count_ + k]) * std::exp(-scale), logit = logit_[k] - top_;
    return {z, logit + (z < T(0) ? z : T(0)), logit - (z > T(0) ? z : T(0)), logit - scale - std::abs(z)};
  }
  /// The terms of the sums behind log F, log (1 - F) and log f.
  __device__ Shares shares(int k, T x) const {
    const Exponents of = exponents(k, x);
    const T e = std::exp(-std::abs(of.z)), r = T(1) / (T(1) + e);
    return {of.z,
            e,
            r,
            std::exp(of.below - largest_.below) * r,
            std::exp(of.above - largest_.above) * r,
            std::exp(of.density - largest_.density) * r * r};
  }

  const T* logit_;
  int count_;
  T top_, log_total_;
  mixture::Logs<T> largest_, sum_;
};

}  // namespace detail

/// z = t + exp(tanh(s)) u from x; log_prob[n] += sum of log |dz/dx|. raw has map.parameters() * x.c channels.
template <class T>
void mixture_forward(const Cuda& cuda, MixtureMap map, SomeWhere where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<T> z, double* log_prob) {
  sum_each_image(
      cuda, "the mixture map", x.n, x.h * x.w, x.c,
      [=] __device__(Index p, Index c) -> T {
        if (!where(p)) {
          z(p, c) = x(p, c);
          return T(0);
        }
        const T* const numbers = raw.pixel(p) + c * map.parameters();
        detail::ComponentsOfMixture<T> mix(numbers + 2, map.components);
        const auto u = mixture::mapped(mix.at(x(p, c)), map.squashed);
        const T log_scale = std::tanh(numbers[0]);
        z(p, c) = numbers[1] + std::exp(log_scale) * u.value;
        return u.log_slope + log_scale;
      },
      [=] __device__(Index n, double sum) { log_prob[n] += sum; });
}

/// x from z. What a squashed map reaches for no x comes back as the x next to which it does.
template <class T>
void mixture_inverse(const Cuda& cuda, MixtureMap map, SomeWhere where, Tensor<const T> z,
                     Tensor<const T> raw, Tensor<T> x) {
  for_each_number(cuda, "the mixture map's inverse", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    if (!where(p)) {
      x(p, c) = z(p, c);
      return;
    }
    const T* const numbers = raw.pixel(p) + c * map.parameters();
    detail::ComponentsOfMixture<T> mix(numbers + 2, map.components);
    const T u = (z(p, c) - numbers[1]) * std::exp(-std::tanh(numbers[0]));
    x(p, c) = mix.solve(mixture::logit_of_cdf(u, map.squashed));
  });
}

/// dx = or +=, draw = or += adjoint of mixture_forward. dx.data may be null when x is data.
template <class T>
void mixture_backward(const Cuda& cuda, MixtureMap map, SomeWhere where, Tensor<const T> x,
                      Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                      Write write_dx, Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_number(cuda, "the mixture map's adjoint", x.pixels(), x.c, [=] __device__(Index p, Index c) {
    T* const dnumbers = draw.pixel(p) + c * map.parameters();
    T through = dz(p, c);
    if (where(p)) {
      const T* const numbers = raw.pixel(p) + c * map.parameters();
      const T g = static_cast<T>(dlog_prob[p / per_image]);
      detail::ComponentsOfMixture<T> mix(numbers + 2, map.components);
      const auto logs = mix.at(x(p, c));
      const T log_scale = std::tanh(numbers[0]), du = dz(p, c) * std::exp(log_scale);
      const T u = mixture::mapped(logs, map.squashed).value;
      detail::put(write_draw, dnumbers[0], (du * u + g) * (T(1) - log_scale * log_scale));
      detail::put(write_draw, dnumbers[1], dz(p, c));
      through =
          mix.adjoint(x(p, c), mixture::mapped_adjoint(logs, map.squashed, du, g), write_draw, dnumbers + 2);
    } else if (write_draw == Write::assign) {
      for (Index i = 0; i < map.parameters(); ++i) dnumbers[i] = T(0);
    }
    if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
  });
}

}  // namespace densenf::kernels
