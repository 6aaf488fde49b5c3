#pragma once

// The part of cuda_bf16.h that densenf uses, on the host: see cuda_runtime.h.

#include <cstdint>

#include "rounding.hpp"

struct __nv_bfloat16 {
  std::uint16_t bits;
};
struct __nv_bfloat162 {
  __nv_bfloat16 x, y;
};

inline __nv_bfloat16 __float2bfloat16_rn(float v) { return {cuda_on_host::to_bf16(v)}; }
inline float __bfloat162float(__nv_bfloat16 v) { return cuda_on_host::from_bf16(v.bits); }
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
  return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)};
}
