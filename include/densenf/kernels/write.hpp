#pragma once

namespace densenf::kernels {

/// Whether a kernel overwrites its output or adds to it.
enum class Write { assign, accumulate };

namespace detail {
template <Write write, class T>
constexpr void put(T& to, T from) {
  if constexpr (write == Write::assign) {
    to = from;
  } else {
    to += from;
  }
}
}  // namespace detail

}  // namespace densenf::kernels
