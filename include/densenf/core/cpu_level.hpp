#pragma once

#include <string_view>

#include "densenf/core/compiled.hpp"

namespace densenf::detail {

/// The vector instructions of the CPU's kernels, as compilers call them: x86-64-v3, say. In headers those
/// that this file is compiled for. densenf::compiled has kernels for several levels and chooses, when this is
/// called for the first time, the highest one that the processor has, or the lower one that the environment
/// variable DENSENF_CPU_LEVEL names (v2, v3, v4); throws ArgumentError for a name that is none, DeviceError
/// for a level that the processor lacks.
#ifdef DENSENF_USE_COMPILED
std::string_view cpu_level();
#else
constexpr std::string_view cpu_level() {
#if !defined(__x86_64__)
  return "instructions as compiled";
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI2__)
  return "x86-64-v3";
#elif defined(__SSE4_2__) && defined(__POPCNT__)
  return "x86-64-v2";
#else
  return "x86-64";
#endif
}
#endif

}  // namespace densenf::detail
