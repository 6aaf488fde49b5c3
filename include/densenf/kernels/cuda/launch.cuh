#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cub/block/block_reduce.cuh>
#include <utility>

#include "densenf/core/cuda.cuh"
#include "densenf/core/scratch.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/cuda/fetch.cuh"
#include "densenf/kernels/cuda/scratch_limit.cuh"

// How kernels are started on a GPU, and the loops that most of them are: over numbers, over the numbers of
// each image, over the pixels of each channel. A sum is always added up in the same order, which depends on
// the problem alone.
namespace densenf::kernels {

namespace detail {

/// Threads of a block, unless a kernel needs another number.
inline constexpr int block_threads = 256;

/// Starts a kernel in the device's stream. `what` names it in the error.
template <class... Parameters, class... Arguments>
void launch(const Cuda& cuda, const char* what, dim3 grid, dim3 block, void (*kernel)(Parameters...),
            Arguments&&... arguments) {
  cuda.make_current();
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = cuda.stream();
  densenf::detail::check_cuda(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...),
                              what);
}

/// A size as the 32-bit number that kernels count with, since they divide by extents all the time.
inline std::uint32_t narrow(Index n) {
  if (n > INT32_MAX)
    throw ShapeError("A tensor on a GPU may have at most {} numbers, but {} are needed: use a smaller batch.",
                     INT32_MAX, n);
  return static_cast<std::uint32_t>(n);
}

/// As many blocks as n threads need, but never more than fill the largest GPUs several times over.
inline std::uint32_t blocks_for(Index n) {
  return static_cast<std::uint32_t>(std::min<Index>((n + block_threads - 1) / block_threads, 4096));
}

template <class F>
__global__ void __launch_bounds__(block_threads) for_each_index_kernel(std::uint32_t n, F f) {
  for (std::uint32_t i = blockIdx.x * block_threads + threadIdx.x; i < n; i += gridDim.x * block_threads)
    f(static_cast<Index>(i));
}

template <class F>
__global__ void __launch_bounds__(block_threads)
    for_each_number_kernel(std::uint32_t n, std::uint32_t channels, F f) {
  for (std::uint32_t i = blockIdx.x * block_threads + threadIdx.x; i < n; i += gridDim.x * block_threads) {
    const std::uint32_t pixel = i / channels;
    f(static_cast<Index>(pixel), static_cast<Index>(i - pixel * channels));
  }
}

/// There are no more blocks than images, so they are large.
inline constexpr int image_threads = 512;

template <class Term, class Done>
__global__ void __launch_bounds__(image_threads)
    sum_each_image_kernel(std::uint32_t pixels, std::uint32_t channels, Term term, Done done) {
  using Block = cub::BlockReduce<double, image_threads>;
  __shared__ typename Block::TempStorage room;
  const Index n = blockIdx.x;
  const std::uint32_t numbers = pixels * channels;
  double total = 0;
  for (std::uint32_t i = threadIdx.x; i < numbers; i += image_threads) {
    const std::uint32_t pixel = i / channels;
    total += static_cast<double>(term(n * pixels + pixel, static_cast<Index>(i - pixel * channels)));
  }
  total = Block(room).Sum(total);
  if (threadIdx.x == 0) done(n, total);
}

// A block of sum_pixels_kernel adds up `lanes` channels of a stretch of pixels, `rows` pixels side by side.
inline constexpr int sum_lanes = 32, sum_rows = 8;

/// For each lane, the sums over the block's rows of what their threads have.
template <int sums>
__device__ std::array<double, sums> sum_of_rows(const std::array<double, sums>& mine) {
  __shared__ double room[sums][sum_rows][sum_lanes];
  for (int k = 0; k < sums; ++k) room[k][threadIdx.y][threadIdx.x] = mine[k];
  __syncthreads();
  std::array<double, sums> total{};
  for (int k = 0; k < sums; ++k) {
    for (int row = 0; row < sum_rows; ++row) total[k] += room[k][row][threadIdx.x];
  }
  return total;
}

/// In all threads of a block, whether it is the last of `blocks` to come here with this counter: if so, it
/// sees what all of them have written. The counter is 0 before and after.
__device__ inline bool comes_last(std::uint32_t* counter, std::uint32_t blocks) {
  __shared__ bool last;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    last = atomicAdd(counter, 1u) == blocks - 1;
    if (last) *counter = 0;
  }
  __syncthreads();
  if (last) __threadfence();
  return last;
}

/// The last of the blocks with the same channels adds up what they have found, in the order of the pixels.
template <int sums, class Term, class Done>
__global__ void __launch_bounds__(sum_lanes* sum_rows)
    sum_pixels_kernel(std::uint32_t pixels, std::uint32_t stretch, Index channels, Term term, Done done,
                      double* partial, std::uint32_t* counters) {
  const Index channel = static_cast<Index>(blockIdx.x) * sum_lanes + threadIdx.x;
  const std::uint32_t first = blockIdx.y * stretch;
  const std::uint32_t last = first + stretch < pixels ? first + stretch : pixels;
  std::array<double, sums> total{};
  if (channel < channels) {
    for (std::uint32_t p = first + threadIdx.y; p < last; p += sum_rows) {
      const auto terms = term(static_cast<Index>(p), channel);
      for (int k = 0; k < sums; ++k) total[k] += static_cast<double>(terms[k]);
    }
  }
  total = sum_of_rows<sums>(total);
  const bool mine = threadIdx.y == 0 && channel < channels;
  const std::uint32_t stretches = gridDim.y;
  if (stretches > 1) {
    const auto part = [&](std::uint32_t s, int k) -> double& {
      return partial[(s * sums + k) * channels + channel];
    };
    if (mine) {
      for (int k = 0; k < sums; ++k) part(blockIdx.y, k) = total[k];
    }
    if (!comes_last(counters + blockIdx.x, stretches)) return;
    total = {};
    if (channel < channels) {
      for (std::uint32_t s = threadIdx.y; s < stretches; s += sum_rows) {
        for (int k = 0; k < sums; ++k) total[k] += part(s, k);
      }
    }
    total = sum_of_rows<sums>(total);
  }
  if (mine) done(channel, total);
}

/// How a sum over pixels is cut: blocks add up `lanes` channels of a stretch each.
struct SumCut {
  std::uint32_t columns, stretches, stretch;

  SumCut(int sums, Index pixels, Index channels) : columns(narrow((channels + sum_lanes - 1) / sum_lanes)) {
    // Enough blocks to fill a GPU, of stretches long enough to be worth one.
    constexpr Index shortest = 64, most = 128;
    const Index room = scratch_limit / Index{sizeof(double)} / (sums * channels);
    const Index wanted = columns <= Cuda::counters_size ? (pixels + shortest - 1) / shortest : 1;
    const Index pieces = std::max<Index>(1, std::min({wanted, most, room}));
    stretches = narrow(pieces);
    stretch = narrow((pixels + pieces - 1) / pieces);
  }

  /// What stretches have found waits here for the last block.
  Index partial_sums(int sums, Index channels) const {
    return stretches > 1 ? stretches * sums * channels : 0;
  }
};

}  // namespace detail

/// Calls f(i) for all i in [0, n).
template <class F>
void for_each_index(const Cuda& cuda, const char* what, Index n, const F& f) {
  if (n == 0) return;
  detail::launch(cuda, what, detail::blocks_for(n), detail::block_threads, detail::for_each_index_kernel<F>,
                 detail::narrow(n), f);
}

/// Calls f(p, c) for all channels c of all pixels p.
template <class F>
void for_each_number(const Cuda& cuda, const char* what, Index pixels, Index channels, const F& f) {
  const Index n = pixels * channels;
  if (n == 0) return;
  detail::launch(cuda, what, detail::blocks_for(n), detail::block_threads, detail::for_each_number_kernel<F>,
                 detail::narrow(n), detail::narrow(channels), f);
}

/// Adds up term(p, c) over the pixels p (counted over all images) and channels c of each image, in double,
/// and calls done(n, sum) for image n.
template <class Term, class Done>
void sum_each_image(const Cuda& cuda, const char* what, Index images, Index pixels_per_image, Index channels,
                    const Term& term, const Done& done) {
  if (images == 0) return;
  detail::narrow(images * pixels_per_image * channels);
  detail::launch(cuda, what, detail::narrow(images), detail::image_threads,
                 detail::sum_each_image_kernel<Term, Done>, detail::narrow(pixels_per_image),
                 detail::narrow(channels), term, done);
}

template <int sums>
Index sum_over_pixels_scratch_bytes(const Cuda&, Index pixels, Index channels) {
  if (channels == 0) return 0;
  return Scratch::bytes_for<double>(detail::SumCut(sums, pixels, channels).partial_sums(sums, channels));
}

/// Adds up over all pixels, for each channel, `sums` numbers at once: term(p, c) returns them as an array,
/// and done(c, sums) receives the sums as std::array<double, sums>.
template <int sums, class Term, class Done>
void sum_over_pixels(const Cuda& cuda, const char* what, Index pixels, Index channels, const Term& term,
                     const Done& done, Scratch scratch) {
  if (channels == 0) return;
  const detail::SumCut cut(sums, pixels, channels);
  auto* const partial = scratch.take<double>(cut.partial_sums(sums, channels));
  detail::launch(cuda, what, dim3(cut.columns, cut.stretches), dim3(detail::sum_lanes, detail::sum_rows),
                 detail::sum_pixels_kernel<sums, Term, Done>, detail::narrow(pixels), cut.stretch, channels,
                 term, done, partial, cuda.counters());
}

}  // namespace densenf::kernels
