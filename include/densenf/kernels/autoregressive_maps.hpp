#pragma once

#include <cmath>

#include "densenf/kernels/affine_maps.hpp"

// The affine maps of autoregressive flows, in the form that affine_maps.hpp says: of a shift m and a raw
// number s for each number x.
namespace densenf::kernels {

/// exp(l) = softplus(s) + 1e-3
struct SoftplusAboveFloor {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp, std::log, std::log1p;
    const X far = abs(s);
    const X softplus = T(0.5) * (s + far) + log1p(exp(-far));
    const X scale = softplus + T(1e-3);
    return {log(scale), exp(s - softplus) / scale, scale};
  }
};

/// exp(l) = sigmoid(s + 2) + 1e-3
struct Sigmoid2AboveFloor {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::log;
    const LogScale<X> sigmoid = detail::log_sigmoid<T>(X(s + T(2)));
    const X scale = sigmoid.scale + T(1e-3);
    return {log(scale), sigmoid.scale * sigmoid.slope / scale, scale};
  }
};

/// z = g x + (1 - g) m with the gate g = sigmoid(s + 1.5).
struct GateMap {
  static constexpr bool scales = true;
  static constexpr Index parameters = 2;

  template <class T, class X>
  static constexpr X forward(const X& s, const X& m, const X& x, X& l) {
    const LogScale<X> g = gate<T, X>(s);
    l = g.value;
    return g.scale * x + g.slope * m;
  }
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& m, const X& z) {
    const LogScale<X> g = gate<T, X>(s);
    return (z - g.slope * m) / g.scale;
  }
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& m, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dm) {
    const LogScale<X> g = gate<T, X>(s);
    dx = dz * g.scale;
    ds = g.slope * (dx * (x - m) + dl);
    dm = dz * g.slope;
  }

private:
  /// Of log g, whose derivative is 1 - g.
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> gate(const X& s) {
    return detail::log_sigmoid<T>(X(s + T(1.5)));
  }
};

}  // namespace densenf::kernels
