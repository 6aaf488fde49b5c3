// headers-only
#include "densenf/kernels/cuda/launch.cuh"

#include <doctest/doctest.h>

#include <vector>

#include "densenf/core/cuda_buffer.cuh"
#include "scratch.hpp"

using namespace densenf;
using testing::OwnScratch;

TEST_CASE("launch: each number, once") {
  const Cuda cuda;
  for (const Index n : {0, 1, 255, 256, 257, 5000}) {
    Buffer<std::int32_t, Cuda> seen(cuda, n);
    std::int32_t* const at = seen.data();
    kernels::for_each_index(cuda, "a test", n, [=] __device__(Index i) { at[i] += 1; });
    CHECK(seen.to_host() == std::vector<std::int32_t>(static_cast<std::size_t>(n), 1));
  }
}

TEST_CASE("launch: sums over images and over pixels, whatever the extents") {
  const Cuda cuda;
  struct Extents {
    Index n, pixels, c;
  };
  for (const Extents e : {Extents{1, 1, 1},
                          {3, 7, 5},
                          {2, 1000, 33},
                          {5, 64, 70},
                          {0, 4, 3},
                          {9000, 1, 1},
                          {1, 65, 32 * Cuda::counters_size + 1}}) {
    Buffer<double, Cuda> images(cuda, e.n), channels(cuda, 2 * e.c);
    double* const by_image = images.data();
    double* const by_channel = channels.data();
    const auto term = [](Index p, Index c) {
      return static_cast<double>(p % 11) + 0.5 * static_cast<double>(c);
    };
    kernels::sum_each_image(
        cuda, "a test", e.n, e.pixels, e.c,
        [=] __device__(Index p, Index c) -> double {
          return static_cast<double>(p % 11) + 0.5 * static_cast<double>(c);
        },
        [=] __device__(Index n, double sum) { by_image[n] += sum; });
    const Index width = e.c;
    const Index bytes = kernels::sum_over_pixels_scratch_bytes<2>(cuda, e.n * e.pixels, e.c);
    OwnScratch scratch(cuda, bytes);
    kernels::sum_over_pixels<2>(
        cuda, "a test", e.n * e.pixels, e.c,
        [=] __device__(Index p, Index c) -> std::array<double, 2> {
          return {static_cast<double>(p % 11) + 0.5 * static_cast<double>(c), 1.0};
        },
        [=] __device__(Index c, const std::array<double, 2>& sums) {
          by_channel[c] += sums[0];
          by_channel[width + c] += sums[1];
        },
        scratch);
    std::vector<double> want_images(static_cast<std::size_t>(e.n)),
        want_channels(static_cast<std::size_t>(2 * e.c));
    for (Index p = 0; p < e.n * e.pixels; ++p) {
      for (Index c = 0; c < e.c; ++c) {
        want_images[static_cast<std::size_t>(p / e.pixels)] += term(p, c);
        want_channels[static_cast<std::size_t>(c)] += term(p, c);
        want_channels[static_cast<std::size_t>(e.c + c)] += 1;
      }
    }
    CHECK(images.to_host() == want_images);  // halves of small integers: exact
    CHECK(channels.to_host() == want_channels);
    // What is not cut into stretches leaves nothing for a last block, and every last block sets its counter
    // back.
    CHECK((bytes > 0) == (e.n * e.pixels > 64 && e.c <= 32 * Cuda::counters_size));
    CHECK(kernels::to_host(cuda, cuda.counters(), Cuda::counters_size) ==
          std::vector<std::uint32_t>(Cuda::counters_size, 0));
  }
}
