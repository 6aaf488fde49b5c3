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
#else
using Device = densenf::Cpu;
#endif

}  // namespace test
