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

/// Whether the host stands in for a card, which takes it a hundred times as long as a CPU's own work.
#ifdef DENSENF_CUDA_ON_HOST
inline constexpr bool device_is_slow = true;
#else
inline constexpr bool device_is_slow = false;
#endif

}  // namespace test
