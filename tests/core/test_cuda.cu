#include <doctest/doctest.h>

#include "densenf/core/arena.hpp"
#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_graph.cuh"
#include "densenf/core/cuda_pinned.cuh"
#include "densenf/kernels/cuda/all.cuh"

using namespace densenf;

TEST_CASE("cuda: a GPU that is not there is one clear sentence") {
  CHECK_THROWS_WITH_AS(Cuda({.ordinal = 99}), doctest::Contains("There is no CUDA GPU number 99"),
                       DeviceError);
  CHECK_THROWS_AS(Cuda({.ordinal = -1}), DeviceError);
}

TEST_CASE("cuda: without room an error says for what, and everything works as before") {
  const Cuda cuda;
  const std::size_t too_much = std::size_t{1} << 50;
  CHECK_THROWS_WITH_AS(cuda.allocate(too_much, "activations"),
                       doctest::Contains("The GPU has no room for 1125899906.8 MB of activations"),
                       OutOfMemoryError);
  CHECK_THROWS_WITH_AS((Buffer<float, Cuda>(cuda, Index{1} << 48, "gradients")),
                       doctest::Contains("MB of gradients"), OutOfMemoryError);
  Arena<Cuda> arena(cuda);
  CHECK_THROWS_AS(arena.allocate<float>(Index{1} << 48), OutOfMemoryError);
  float* const numbers = arena.allocate<float>(100);
  kernels::fill_zero(cuda, make_tensor(numbers, 1, Shape{100, 1, 1}));
  CHECK(kernels::to_host(cuda, static_cast<const float*>(numbers), 100) == std::vector<float>(100, 0.0F));
}

TEST_CASE("cuda: buffers come zero, and go to and from the host") {
  const Cuda cuda;
  Buffer<double, Cuda> a(cuda, 5), b(cuda, 5);
  CHECK(a.to_host() == std::vector<double>(5, 0.0));
  const std::vector<double> values{1, 2, 3, 4, 5};
  a.assign(values);
  b.assign(a);
  a.fill_zero();
  CHECK(b.to_host() == values);
  CHECK(a.to_host() == std::vector<double>(5, 0.0));
  const Buffer<double, Cuda> moved = std::move(b);
  CHECK(moved.to_host() == values);
  CHECK(Buffer<float, Cuda>(cuda, 0).to_host().empty());
  CHECK(Buffer<float, Cuda>().size() == 0);
}

TEST_CASE("cuda: a tensor with too many numbers for a kernel is an error") {
  const Cuda cuda;
  float nothing = 0;
  const Tensor<float> huge = make_tensor(&nothing, 1, Shape{1 << 16, 1 << 16, 1});
  CHECK_THROWS_AS(kernels::fill_zero(cuda, huge), ShapeError);
}

TEST_CASE("cuda: recorded work does not run until it is started, and then on what is there") {
  const Cuda cuda;
  Buffer<double, Cuda> from(cuda, 4), to(cuda, 4);
  CudaPinned<double> in, out;
  from.assign(std::vector<double>{1, 2, 3, 4});
  CudaGraph graph;
  CHECK_FALSE(static_cast<bool>(graph));
  graph.capture(cuda, [&] {
    kernels::copy(cuda, as_const(make_tensor(from.data(), 1, Shape{4, 1, 1})),
                  make_tensor(to.data(), 1, Shape{4, 1, 1}), kernels::Write::accumulate);
    detail::check_cuda(
        cudaMemcpyAsync(from.data(), in.get(), sizeof(double), cudaMemcpyHostToDevice, cuda.stream()),
        "a test");
    detail::check_cuda(
        cudaMemcpyAsync(out.get(), to.data(), sizeof(double), cudaMemcpyDeviceToHost, cuda.stream()),
        "a test");
  });
  CHECK(static_cast<bool>(graph));
  CHECK(to.to_host() == std::vector<double>(4, 0.0));
  for (const double next : {10.0, 100.0}) {
    *in = next;
    graph.launch(cuda);
    cuda.synchronize();
  }
  CHECK(to.to_host() == std::vector<double>{11, 4, 6, 8});
  CHECK(*out == 11);
}

TEST_CASE("cuda: work that waits or takes memory cannot be recorded, and leaves the stream usable") {
  const Cuda cuda;
  CudaGraph graph;
  CHECK_THROWS_AS(graph.capture(cuda, [&] { cuda.synchronize(); }), DeviceError);
  CHECK_THROWS_WITH_AS(graph.capture(cuda, [&] { cuda.allocate(100, "scratch"); }),
                       doctest::Contains("asked for 100 bytes of scratch"), DeviceError);
  CHECK_FALSE(static_cast<bool>(graph));
  CHECK(Buffer<float, Cuda>(cuda, 3).to_host() == std::vector<float>(3, 0.0F));
}
