#include <doctest/doctest.h>

#include "../device_run.hpp"
#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_mirror.cuh"
#include "densenf/kernels/cuda/all.cuh"

using namespace densenf;

namespace {

template <class T, class Device>
std::vector<double> drawn(const Device& device, const NoiseKey& key, Index first, bool normal, Index n,
                          const Shape& s, Index stride) {
  Buffer<T, Device> memory(device, n * s.h * s.w * stride);
  const Tensor<T> out{memory.data(), n, s.h, s.w, s.c, stride};
  normal ? fill_normal(device, key, first, out) : fill_uniform(device, key, first, out);
  return device_run::numbers_of(device, out);
}

}  // namespace

TEST_CASE_TEMPLATE("random: the GPU draws the CPU's numbers", T, double, float) {
  const Cuda cuda;
  const Cpu cpu(1);
  // Logarithm and cosine may differ in a last bit of double.
  const double tolerance = std::is_same_v<T, double> ? 1e-14 : 1e-7;
  for (const bool normal : {true, false}) {
    for (const Index first : {0, 1, 6, 1000003}) {
      for (const Index n : {0, 1, 3}) {
        const NoiseKey key{42, 2, (std::uint64_t{1} << 40) + 7, 3};
        const auto want = drawn<T>(cpu, key, first, normal, n, {5, 3, 7}, 8);
        const auto got = drawn<T>(cuda, key, first, normal, n, {5, 3, 7}, 8);
        CHECK(device_run::difference(got, want) <= tolerance);
      }
    }
  }
}

TEST_CASE("random: a pass that is replayed draws the numbers of a later step, and of images further on") {
  const Cuda cuda;
  Buffer<float, Cuda> numbers(cuda, 2 * 15, "numbers");
  const Tensor<float> out = make_tensor(numbers.data(), 2, Shape{5, 3, 1});
  Mirror<NoiseShift, Cuda> shift(cuda);
  for (const bool normal : {true, false}) {
    const auto draw = [&](const NoiseKey& key, Index first, const NoiseShift* by) {
      if (normal)
        kernels::fill_normal(cuda, key, first, out, by);
      else
        kernels::fill_uniform(cuda, key, first, out, by);
      return numbers.to_host();
    };
    for (const NoiseShift by : {NoiseShift{5, 0}, NoiseShift{0, 3}, NoiseShift{2, 7}, NoiseShift{}}) {
      shift.host() = by;
      shift.to_device();
      const auto shifted = draw({1, 0, 10, 0}, 30, shift.device());
      CHECK(shifted == draw({1, 0, 10 + by.step, 0}, 30 + 15 * by.image, nullptr));
      CHECK((shifted == draw({1, 0, 10, 0}, 30, nullptr)) == (by.step == 0 && by.image == 0));
    }
  }
}

TEST_CASE("random: a negative first element is an error") {
  CHECK_THROWS_AS(kernels::fill_normal(Cuda(), {}, -1, Tensor<float>{}), ArgumentError);
}
