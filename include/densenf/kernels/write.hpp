#pragma once

namespace densenf::kernels {

/// Whether a kernel overwrites its output or adds to it. What is overwritten may be uninitialized.
enum class Write { assign, accumulate };

namespace detail {
/// Puts a number, or an Eigen array, where the output is.
template <class To, class From>
constexpr void put(Write write, To&& to, const From& from) {
  if (write == Write::assign) {
    to = from;
  } else {
    to += from;
  }
}
}  // namespace detail

}  // namespace densenf::kernels
