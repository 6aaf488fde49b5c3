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
  static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp, std::log, std::log1p;
    const X far = abs(s);
    const X softplus = T(0.5) * (s + far) + log1p(exp(-far));
    const X scale = softplus + T(1e-3);
    return {log(scale), exp(s - softplus) / scale};
  }
};

/// exp(l) = sigmoid(s + 2) + 1e-3
struct Sigmoid2AboveFloor {
  static constexpr bool scales = true;
  template <class T, class X>
  static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp, std::log, std::log1p;
    const X v = s + T(2), far = abs(v);
    const X log_sigmoid = T(0.5) * (v - far) - log1p(exp(-far));
    const X sigmoid = exp(log_sigmoid);
    const X scale = sigmoid + T(1e-3);
    return {log(scale), sigmoid * exp(log_sigmoid - v) / scale};
  }
};

/// z = g x + (1 - g) m with the gate g = sigmoid(s + 1.5).
struct GateMap {
  static constexpr bool scales = true;
  static constexpr Index parameters = 2;

  template <class T, class X>
  static constexpr X forward(const X& s, const X& m, const X& x, X& l) {
    const Gate<X> g = gate<T, X>(s);
    l = g.log_open;
    return g.open * x + g.closed * m;
  }
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& m, const X& z) {
    const Gate<X> g = gate<T, X>(s);
    return (z - g.closed * m) / g.open;
  }
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& m, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dm) {
    const Gate<X> g = gate<T, X>(s);
    dx = dz * g.open;
    ds = g.closed * (dx * (x - m) + dl);
    dm = dz * g.closed;
  }

private:
  template <class X>
  struct Gate {
    X log_open, open, closed;
  };
  template <class T, class X>
  static constexpr Gate<X> gate(const X& s) {
    using std::abs, std::exp, std::log1p;
    const X v = s + T(1.5), far = abs(v);
    const X log_open = T(0.5) * (v - far) - log1p(exp(-far));
    return {log_open, exp(log_open), exp(log_open - v)};
  }
};

}  // namespace densenf::kernels
