#pragma once

#include <string>

#include "densenf/core/parameters.hpp"
#include "densenf/core/tensor.hpp"

// What operations ask of the sizes that they are given, because kernels do not look at them. A check compares
// a few integers; a sentence is put together only where it is thrown. All of them throw ShapeError.
namespace densenf::ops {

namespace detail {
[[noreturn]] inline void wrong_input(const std::string& name, Index built_for, Index got) {
  throw ShapeError("{} was built for {} channels, but got {}.", name, built_for, got);
}

[[noreturn]] inline void wrong_output(const std::string& name, Index out, Index got) {
  throw ShapeError("{} makes {} channels, but was given a place for {}.", name, out, got);
}

[[noreturn]] inline void wrong_batch(const char* what, Index n, const Shape& s, Index got_n,
                                     const Shape& got) {
  throw ShapeError("{} must be {} images of {}, not {} of {} (channels x height x width).", what, n,
                   to_string(s), got_n, to_string(got));
}
}  // namespace detail

/// That a vector, such as Context::parameter gives, has one number for each channel of a batch.
template <class Ctx, class V = typename Ctx::Value>
void require_per_channel(const Ctx& ctx, const V& vector, Index channels) {
  if (vector.value.pixels() != 1 || vector.c() != channels)
    detail::wrong_input(ctx.name_in_message(vector), vector.value.size(), channels);
}

/// The same of a tensor of the state.
template <class Ctx>
void require_state_per_channel(const Ctx& ctx, Param kept, Index channels) {
  if (kept.size != channels) detail::wrong_input(ctx.state_name_in_message(kept), kept.size, channels);
}

/// That weights, `taps` of them for each pair of channels, lead from `in` channels to `out`. They have a
/// pixel for each tap and input, and must lie in memory without gaps, as kernels read them.
template <class Ctx, class V = typename Ctx::Value>
void require_weights(const Ctx& ctx, const V& weight, Index taps, Index in, Index out) {
  if (weight.value.pixels() != taps * in)
    detail::wrong_input(ctx.name_in_message(weight), weight.value.pixels() / taps, in);
  if (weight.c() != out) detail::wrong_output(ctx.name_in_message(weight), weight.c(), out);
  if (!weight.value.contiguous())
    throw ShapeError("{} is a range of the channels of another value: copy it first.",
                     ctx.name_in_message(weight));
}

/// That a tensor, called `what` in the sentence, is `n` images of shape `s`.
template <class T>
void require_batch(const char* what, const Tensor<T>& t, Index n, const Shape& s) {
  if (t.n != n || t.shape() != s) detail::wrong_batch(what, n, s, t.n, t.shape());
}

}  // namespace densenf::ops
