#pragma once

#include <vector>

#include "densenf/core/parameters.hpp"
#include "densenf/core/tensor.hpp"

// What operations ask of the sizes that they are given, because kernels do not look at them. A check compares
// a few integers; a sentence is put together only where it is thrown. All of them throw ShapeError.
//
// `specs`, which may be null, is where the names of parameters stand: Context::specs() for parameters,
// Context::state_specs() for state.
namespace densenf::ops {

namespace detail {
[[noreturn]] inline void wrong_input(const std::vector<ParamSpec>* specs, Param p, Index built_for,
                                     Index got) {
  throw ShapeError("{} was built for {} channels, but got {}.", name_in_message(specs, p), built_for, got);
}

[[noreturn]] inline void wrong_output(const std::vector<ParamSpec>* specs, Param p, Index got) {
  throw ShapeError("{} makes {} channels, but was given a place for {}.", name_in_message(specs, p), p.out,
                   got);
}

[[noreturn]] inline void wrong_batch(const char* what, Index n, const Shape& s, Index got_n,
                                     const Shape& got) {
  throw ShapeError("{} must be {} images of {}, not {} of {} (channels x height x width).", what, n,
                   to_string(s), got_n, to_string(got));
}
}  // namespace detail

/// That a parameter, or state, has one number for each channel of a batch.
inline void require_per_channel(const std::vector<ParamSpec>* specs, Param p, Index channels) {
  if (p.size != channels) detail::wrong_input(specs, p, p.size, channels);
}

/// That weights, `taps` of them for each pair of channels, lead from `in` channels to `out`.
inline void require_weights(const std::vector<ParamSpec>* specs, Param weight, Index taps, Index in,
                            Index out) {
  if (weight.size != taps * in * weight.out)
    detail::wrong_input(specs, weight, weight.size / (taps * weight.out), in);
  if (weight.out != out) detail::wrong_output(specs, weight, out);
}

/// That a tensor, called `what` in the sentence, is `n` images of shape `s`.
template <class T>
void require_batch(const char* what, const Tensor<T>& t, Index n, const Shape& s) {
  if (t.n != n || t.shape() != s) detail::wrong_batch(what, n, s, t.n, t.shape());
}

}  // namespace densenf::ops
