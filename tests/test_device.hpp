#pragma once

// The device that a test is for: tests that say "// also-on: ..." (see CMakeLists.txt) are compiled once more
// with DENSENF_TEST_CUDA.
#ifdef DENSENF_TEST_CUDA
#include "densenf/densenf.cuh"
#else
#include "densenf/densenf.hpp"
#endif

namespace test {

#ifdef DENSENF_TEST_CUDA
using Device = densenf::Cuda;
inline Device device_for_small_work() { return Device(); }
#else
using Device = densenf::Cpu;
inline Device device_for_small_work() { return Device(1); }
#endif

/// Whether small work takes the device long: a GPU starts and waits for kernels in hundreds of times the
/// microsecond that a CPU works, and the host that stands in for one is no faster. Tests then take fewer
/// numbers; the agreement tests compare with the CPU, which takes them all.
#ifdef DENSENF_TEST_CUDA
inline constexpr bool device_is_slow = true;
#else
inline constexpr bool device_is_slow = false;
#endif

}  // namespace test
