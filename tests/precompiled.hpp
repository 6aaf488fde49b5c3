#pragma once

// What tests take precompiled, before the library. At -O0 the intrinsics have to be in it: g++ 12 takes those
// that it reads behind a precompiled header for functions that are inlined, as if it optimized, and then
// refuses them.
#if __has_include(<immintrin.h>) && (defined(__x86_64__) || defined(__i386__))
#include <immintrin.h>
#endif

#include <doctest/doctest.h>

#include "instances.hpp"
