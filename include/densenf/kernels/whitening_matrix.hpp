#pragma once

#include "densenf/core/compiled.hpp"
#include "densenf/core/shape.hpp"

namespace densenf::detail {

/// The mean of each channel, and the symmetric (covariance + floor I)^(-1/2), c x c, of pixels whose channels
/// are rows of `count` numbers. Leaves the pixels less their means.
void whiten(double* pixels, Index channels, Index count, double floor, double* mean, double* matrix);

}  // namespace densenf::detail

#ifndef DENSENF_USE_COMPILED
#include "densenf/kernels/whitening_matrix_members.hpp"
#endif
