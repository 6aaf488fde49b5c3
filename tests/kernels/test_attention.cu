#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <limits>
#include <utility>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

struct Case {
  Index n, h, w, e;
};
constexpr Case cases[] = {{0, 4, 4, 5},  {1, 2, 2, 1},    {1, 4, 4, 24},   {2, 3, 4, 7},
                          {3, 8, 8, 33}, {1, 6, 10, 100}, {2, 16, 16, 24}, {1, 16, 16, 100}};

template <class T>
std::vector<T> nothing(Index count) {
  return std::vector<T>(static_cast<std::size_t>(count), std::numeric_limits<T>::quiet_NaN());
}

template <class T>
void forward_on_gpu(const Images<T>& qkv, Buffer<T, Cuda>& memory, const Images<T>& out) {
  kernels::nystrom_forward<T>(gpu(), qkv.there, memory.data(), out.there,
                              OwnScratch(gpu(), kernels::nystrom_forward_scratch_bytes<T>(gpu(), qkv.there)));
}

/// The forward pass in both places.
template <class T>
struct Attention {
  Attention(const Case& c, double scale)
      : hw(c.h * c.w),
        qkv(c.n, {3 * c.e, c.h, c.w}, 2, 1, scale),
        out(c.n, {c.e, c.h, c.w}, 3, 2),
        memory(nothing<T>(c.n * 3 * c.e * hw)),
        gpu_memory(on_gpu(memory)) {
    kernels::nystrom_forward<T>(cpu, qkv.here, memory.data(), out.here,
                                OwnScratch(cpu, kernels::nystrom_forward_scratch_bytes<T>(cpu, qkv.here)));
    forward_on_gpu(qkv, gpu_memory, out);
  }

  Index hw;
  Images<T> qkv, out;
  std::vector<T> memory;
  Buffer<T, Cuda> gpu_memory;
};

}  // namespace

TEST_CASE_TEMPLATE("attention on a GPU: the result is the CPU's", T, float, double) {
  for (const Case& c : cases) {
    for (const double scale : {0.5, 3.0}) {
      CAPTURE(c.n);
      CAPTURE(c.h);
      CAPTURE(c.e);
      const Attention<T> a(c, scale);
      CHECK(apart(a.memory, a.gpu_memory) == 0);
      CHECK(apart(a.out) <= tolerance<T>);
    }
  }
}

TEST_CASE_TEMPLATE("attention on a GPU: the adjoint is the CPU's", T, float, double) {
  for (const Case& c : cases) {
    for (const auto& [scale, write] :
         {std::pair{0.5, kernels::Write::assign}, std::pair{0.5, kernels::Write::accumulate},
          std::pair{3.0, kernels::Write::assign}, std::pair{3.0, kernels::Write::accumulate}}) {
      CAPTURE(c.n);
      CAPTURE(c.h);
      CAPTURE(c.e);
      const Attention<T> a(c, scale);
      Images<T> dout(c.n, {c.e, c.h, c.w}, 1, 3), dqkv(c.n, {3 * c.e, c.h, c.w}, 5, 4);
      kernels::nystrom_backward<T>(
          cpu, a.memory.data(), dout.here, dqkv.here, write,
          OwnScratch(cpu, kernels::nystrom_backward_scratch_bytes<T>(cpu, dout.here)));
      kernels::nystrom_backward<T>(
          gpu(), a.gpu_memory.data(), dout.there, dqkv.there, write,
          OwnScratch(gpu(), kernels::nystrom_backward_scratch_bytes<T>(gpu(), dout.there)));
      CHECK(apart(dqkv) <= tolerance<T>);
    }
  }
}

TEST_CASE_TEMPLATE("attention on a GPU: a number that is NaN spoils its own image only", T, float, double) {
  const Index n = 3, hw = 16, e = 5;
  Images<T> qkv(n, {3 * e, 4, 4}, 0, 1), out(n, {e, 4, 4}, 0, 2);
  qkv.numbers[static_cast<std::size_t>(hw * 3 * e + 7)] = std::numeric_limits<T>::quiet_NaN();
  qkv.copies.assign(qkv.numbers);
  auto memory = on_gpu(nothing<T>(n * 3 * e * hw));
  forward_on_gpu(qkv, memory, out);
  const auto numbers = out.copies.to_host();
  Index spoilt[3] = {};
  for (Index i = 0; i < n * hw * e; ++i)
    spoilt[i / (hw * e)] += std::isnan(numbers[static_cast<std::size_t>(i)]);
  CHECK(spoilt[0] == 0);
  CHECK(spoilt[1] > 0);
  CHECK(spoilt[2] == 0);
}
