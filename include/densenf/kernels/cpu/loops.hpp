#pragma once

#include <algorithm>

#include "densenf/core/cpu.hpp"
#include "densenf/core/tensor.hpp"

// Loops over the pixels and images of a batch. None of them allocates; a piece of work too small to be worth
// waking a thread for is done by the caller in one go.
namespace densenf::kernels {

/// How many numbers a task should have when each costs about an addition.
inline constexpr Index task_size = 8192;
/// What a number costs, in additions, for which an exponential or the like is computed.
inline constexpr Index cost_of_exp = 8;

/// Calls f(p) for every pixel of a batch; a call costs about as much as `cost` additions.
template <class F>
void for_each_pixel(const Cpu& cpu, Index pixels, Index cost, const F& f) {
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, cost));
  cpu.parallel_ranges(pixels, grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) f(p);
  });
}

/// Calls f(n, first pixel, last pixel) for every image, so that a sum over an image has one fixed order.
template <class F>
void for_each_image(const Cpu& cpu, Index n, Index pixels_per_image, const F& f) {
  constexpr Index pixels = 64;  // of a task, where images are small
  cpu.parallel_ranges(n, std::max<Index>(1, pixels / std::max<Index>(1, pixels_per_image)),
                      [&](Index first, Index last) {
                        for (Index i = first; i < last; ++i)
                          f(i, i * pixels_per_image, (i + 1) * pixels_per_image);
                      });
}

}  // namespace densenf::kernels
