#pragma once

#include <type_traits>

#include "kernel_table.hpp"

namespace densenf::kernels {

/// The kernels of the level that this process uses; those of the lowest level until a Cpu has been made.
extern constinit const KernelTable* chosen_kernels;

/// Those for numbers T.
template <class T>
const KernelsFor<T>& kernels_for() {
  if constexpr (std::is_same_v<T, float>) {
    return chosen_kernels->with_float;
  } else {
    return chosen_kernels->with_double;
  }
}

}  // namespace densenf::kernels
