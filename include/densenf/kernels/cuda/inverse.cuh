#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "densenf/core/parameters.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/elimination.cuh"
#include "densenf/kernels/cuda/launch.cuh"

// Inverses and determinants, one block of threads for each matrix.
namespace densenf::kernels {

inline Index log_abs_det_and_inverse_scratch_bytes(const Cuda&, Index c) {
  return Scratch::bytes_for<std::byte>(detail::BlockElimination::scratch_bytes(c));
}

namespace detail {

/// Squares that are in work at one time, each with scratch of its own; as arguments of a kernel they need no
/// list on the GPU.
inline constexpr Index matrices_at_once = 64;
struct SquaresAtOnce {
  InvertibleMatrix list[matrices_at_once];
};

template <class T>
__device__ bool same_bits(T a, T b) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

template <class T>
__global__ void __launch_bounds__(BlockElimination::threads)
    log_abs_det_and_inverse_kernel(const T* w, int c, std::byte* scratch, T* inverse, double* log_det) {
  BlockElimination(scratch, c).run(w, inverse, log_det);
}

template <class T>
__global__ void __launch_bounds__(BlockElimination::threads)
    invert_matrices_kernel(SquaresAtOnce matrices, bool all, const T* parameters, T* seen, T* inverses,
                           double* log_dets, std::byte* scratch, Index scratch_bytes) {
  __shared__ bool changed;
  const InvertibleMatrix& s = matrices.list[blockIdx.x];
  const T* const w = parameters + s.weight.offset;
  if (threadIdx.x == 0) changed = all;
  __syncthreads();
  for (Index i = threadIdx.x; i < s.weight.size; i += BlockElimination::threads) {
    if (!all && same_bits(w[i], seen[s.kept + i])) continue;
    seen[s.kept + i] = w[i];
    changed = true;
  }
  __syncthreads();
  if (!changed) return;
  BlockElimination(scratch + blockIdx.x * scratch_bytes, static_cast<int>(s.c))
      .run(w, inverses + s.kept, log_dets + s.number);
}

}  // namespace detail

/// Writes W's inverse and log |det W|, for c x c numbers. Of a singular matrix these are NaN and minus
/// infinity.
template <class T>
void log_abs_det_and_inverse(const Cuda& cuda, const T* w, Index c, T* inverse, double* log_det,
                             Scratch scratch) {
  const Index bytes = log_abs_det_and_inverse_scratch_bytes(cuda, c);
  detail::narrow(bytes);
  detail::launch(cuda, "inverting a matrix", 1, detail::BlockElimination::threads,
                 detail::log_abs_det_and_inverse_kernel<T>, w, static_cast<int>(c),
                 scratch.take<std::byte>(bytes), inverse, log_det);
}

inline Index invert_matrices_scratch_bytes(const Cuda& cuda, const InvertibleMatrix* matrices, Index count) {
  return count == 0 ? 0
                    : std::min(count, detail::matrices_at_once) *
                          log_abs_det_and_inverse_scratch_bytes(cuda, matrices[0].c);
}

/// Inverts those of a model's matrices, the largest first, whose weights in `parameters` are not the ones in
/// `seen`, or all; copies them to `seen`. `seen` and `inverses` are laid out by InvertibleMatrix::kept, log
/// |det| by InvertibleMatrix::number. `matrices` lies on the host.
template <class T>
void invert_matrices(const Cuda& cuda, const InvertibleMatrix* matrices, Index count, bool all,
                     const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch) {
  if (count == 0) return;
  const Index of_each = log_abs_det_and_inverse_scratch_bytes(cuda, matrices[0].c);
  detail::narrow(of_each);
  auto* const room = scratch.take<std::byte>(std::min(count, detail::matrices_at_once) * of_each);
  for (Index first = 0; first < count; first += detail::matrices_at_once) {
    const Index now = std::min(count - first, detail::matrices_at_once);
    detail::SquaresAtOnce some;
    std::copy_n(matrices + first, now, some.list);
    detail::launch(cuda, "inverting matrices", detail::narrow(now), detail::BlockElimination::threads,
                   detail::invert_matrices_kernel<T>, some, all, parameters, seen, inverses, log_dets, room,
                   of_each);
  }
}

}  // namespace densenf::kernels
