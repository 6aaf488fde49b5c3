#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "densenf/core/shape.hpp"

// The affine maps of couplings and of noise, written once for every device: for numbers, and for packets of
// them. They are z = t + exp(l) x, z = (x + t) exp(l) where the shift comes first, or the inverse of the
// former; l is made of a raw number s, which no network can push so far that exp(l) is 0 or infinite.
namespace densenf::kernels {

/// l, dl/ds and exp(l). Functions that make one are always part of who calls them, so that what is not used
/// is not computed.
template <class X>
struct LogScale {
  X value, slope, scale;

  constexpr LogScale(const X& l, const X& by_s, const X& exp_l) : value(l), slope(by_s), scale(exp_l) {}
};

namespace detail {
/// a where the condition holds, b elsewhere: of numbers, and of packets of them.
template <class Condition, class X>
constexpr X choose(const Condition& condition, const X& a, const X& b) {
  if constexpr (std::is_same_v<Condition, bool>)
    return condition ? a : b;
  else
    return select(condition, a, b);
}

/// Of log sigmoid(v): without a difference of large numbers, at both ends, and 1 - sigmoid(v) likewise.
template <class T, class X>
[[gnu::always_inline]] constexpr LogScale<X> log_sigmoid(const X& v) {
  using std::abs, std::exp, std::log1p;
  const X far = abs(v), e = exp(-far), larger = T(1) / (T(1) + e), smaller = e * larger;
  const X value = T(0.5) * (v - far) - log1p(e);
  return {value, choose(v < T(0), larger, smaller), choose(v < T(0), smaller, larger)};
}
}  // namespace detail

/// l = 2 tanh(s / 2), between -2 and 2
struct Tanh2 {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::exp, std::tanh;
    const X u = tanh(T(0.5) * s), l = T(2) * u;
    return {l, T(1) - u * u, exp(l)};
  }
};

/// exp(l) = sigmoid(s + 2), below 1
struct Sigmoid2 {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    return detail::log_sigmoid<T>(X(s + T(2)));
  }
};

/// exp(l) = 2 sigmoid(s), below 2, and 1 where s is 0
struct DoubledSigmoid {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    const LogScale<X> half = detail::log_sigmoid<T>(s);
    return {half.value + T(0.693147180559945309417), half.slope, T(2) * half.scale};
  }
};

/// l = s, where s has been bounded before
struct AsGiven {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::exp;
    return {s, s * T(0) + T(1), exp(s)};
  }
};

/// l = s / (1 + |s| / ln 1000), between -ln 1000 and ln 1000: s itself near 0, and no function to compute
struct SoftClip {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp;
    const X part = T(1) / (T(1) + abs(s) * T(1 / 6.907755278982137)), l = s * part;
    return {l, part * part, exp(l)};
  }
};

/// exp(l) = softplus(s)
struct SoftplusScale {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp, std::log, std::log1p;
    const T tiny = std::numeric_limits<T>::min();  // in place of 0, of which there is no quotient
    const X far = abs(s), low = T(0.5) * (s - far), e = exp(-far) + tiny, part = exp(low) + tiny;
    const X scale = T(0.5) * (s + far) + log1p(e);
    // Far below 0, where scale is exp(s), the logarithm is that of a quotient near 1.
    return {low + log(scale / part), part / ((T(1) + e) * scale), scale};
  }
};

/// l = 0, and no raw number
struct NoScale {
  static constexpr bool scales = false;
};

template <class Scale, bool ShiftFirst = false>
struct AffineMap {
  /// Whether there is a scale. Without one, nothing of s is read or written.
  static constexpr bool scales = Scale::scales;
  /// Raw numbers for each one that is mapped.
  static constexpr Index parameters = scales ? 2 : 1;

  /// z from x, and l.
  template <class T, class X>
  static constexpr X forward(const X& s, const X& t, const X& x, X& l) {
    if constexpr (scales) {
      const LogScale<X> by = Scale::template of<T>(s);
      l = by.value;
      if constexpr (ShiftFirst)
        return (x + t) * by.scale;
      else
        return t + by.scale * x;
    } else {
      return x + t;
    }
  }

  /// x from z.
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& t, const X& z) {
    if constexpr (scales) {
      const X scale = Scale::template of<T>(s).scale;
      if constexpr (ShiftFirst)
        return z / scale - t;
      else
        return (z - t) / scale;
    } else {
      return z - t;
    }
  }

  /// The adjoint, where dz is the gradient of z and dl that of l beside z.
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& t, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dt) {
    if constexpr (scales) {
      const LogScale<X> l = Scale::template of<T>(s);
      dx = dz * l.scale;
      if constexpr (ShiftFirst) {
        ds = (dx * (x + t) + dl) * l.slope;
        dt = dx;
      } else {
        ds = (dx * x + dl) * l.slope;
        dt = dz;
      }
    } else {
      dx = dz;
      dt = dz;
    }
  }
};

/// z = (x - m) exp(-l): what makes x standard normal if it is normal with mean m and log-scale l.
template <class Scale>
struct StandardizingMap {
  static constexpr bool scales = Scale::scales;
  static constexpr Index parameters = scales ? 2 : 1;

  template <class T, class X>
  static constexpr X forward(const X& s, const X& m, const X& x, X& l) {
    if constexpr (scales) {
      using std::exp;
      l = -Scale::template of<T>(s).value;
      return (x - m) * exp(l);
    } else {
      return x - m;
    }
  }
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& m, const X& z) {
    if constexpr (scales) {
      using std::exp;
      return m + z * exp(Scale::template of<T>(s).value);
    } else {
      return m + z;
    }
  }
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& m, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dm) {
    if constexpr (scales) {
      using std::exp;
      const LogScale<X> l = Scale::template of<T>(s);
      dx = dz * exp(-l.value);
      ds = -(dx * (x - m) + dl) * l.slope;
    } else {
      dx = dz;
    }
    dm = -dx;
  }
};

}  // namespace densenf::kernels
