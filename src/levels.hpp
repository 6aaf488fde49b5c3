#pragma once

#include "kernel_table.hpp"

namespace densenf::kernels {

/// The kernels of the level that this process uses; those of the lowest level until a Cpu has been made.
extern constinit const KernelTable* chosen_kernels;

}  // namespace densenf::kernels
