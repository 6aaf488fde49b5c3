#pragma once

#include "densenf/core/shape.hpp"

namespace densenf::kernels::detail {

/// Where a kernel can be computed in several ways, it takes one that does with so many bytes of scratch
/// memory.
inline constexpr Index scratch_limit = Index{32} << 20;

}  // namespace densenf::kernels::detail
