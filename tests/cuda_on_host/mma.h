#pragma once

// The part of mma.h that densenf uses, on the host: see cuda_runtime.h. A fragment belongs to a warp, and
// here its first lane holds all of it and does the work; the others wait.

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "cuda_bf16.h"
#include "cuda_runtime.h"

namespace nvcuda::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
namespace precision {
struct tf32 {};
}  // namespace precision
enum layout_t { mem_row_major, mem_col_major };

inline float __float_to_tf32(float v) { return cuda_on_host::to_tf32(v); }

template <class Use, int m, int n, int k, class T, class Layout = void>
struct fragment {
  static_assert((std::is_same_v<T, precision::tf32> && m == 16 && n == 16 && k == 8) ||
                    (std::is_same_v<T, __nv_bfloat16> && m == 16 && n == 16 && k == 16) ||
                    (std::is_same_v<T, float> && std::is_same_v<Use, accumulator>),
                "There is no such fragment.");
  static constexpr int rows = std::is_same_v<Use, matrix_b> ? k : m;
  static constexpr int columns = std::is_same_v<Use, matrix_a> ? k : n;
  float at[rows][columns];
};

namespace detail {
using cuda_on_host::require;
template <class T>
void require_address(const T* p, unsigned ld) {
  require(reinterpret_cast<std::uintptr_t>(p) % 32 == 0, "a matrix must begin at a multiple of 32 bytes");
  require(ld * sizeof(T) % 16 == 0, "the distance of rows must be a multiple of 16 bytes");
}
template <class F>
void first_lane(const F& f) {
  __syncwarp();
  if (cuda_on_host::lane() == 0) f();
  __syncwarp();
}
inline float widen(float v) { return v; }
inline float widen(__nv_bfloat16 v) { return __bfloat162float(v); }
}  // namespace detail

template <int m, int n, int k>
void fill_fragment(fragment<accumulator, m, n, k, float>& f, float v) {
  for (auto& row : f.at)
    for (float& x : row) x = v;
}

template <class Use, int m, int n, int k, class T, class Layout, class Number>
void load_matrix_sync(fragment<Use, m, n, k, T, Layout>& f, const Number* p, unsigned ld) {
  static_assert(std::is_same_v<Number, T> ||
                (std::is_same_v<Number, float> && std::is_same_v<T, precision::tf32>));
  detail::require_address(p, ld);
  detail::first_lane([&] {
    for (int i = 0; i < f.rows; ++i)
      for (int j = 0; j < f.columns; ++j) {
        const unsigned at = std::is_same_v<Layout, row_major>
                                ? static_cast<unsigned>(i) * ld + static_cast<unsigned>(j)
                                : static_cast<unsigned>(j) * ld + static_cast<unsigned>(i);
        f.at[i][j] = detail::widen(p[at]);
        if constexpr (std::is_same_v<T, precision::tf32>)
          detail::require(std::isnan(f.at[i][j]) || f.at[i][j] == __float_to_tf32(f.at[i][j]),
                          "a factor was not rounded to tf32");
      }
  });
}

template <int m, int n, int k, class T, class LayoutA, class LayoutB>
void mma_sync(fragment<accumulator, m, n, k, float>& d, const fragment<matrix_a, m, n, k, T, LayoutA>& a,
              const fragment<matrix_b, m, n, k, T, LayoutB>& b,
              const fragment<accumulator, m, n, k, float>& c) {
  detail::first_lane([&] {
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        float sum = c.at[i][j];
        for (int l = 0; l < k; ++l) sum += a.at[i][l] * b.at[l][j];
        d.at[i][j] = sum;
      }
  });
}

template <int m, int n, int k>
void store_matrix_sync(float* p, const fragment<accumulator, m, n, k, float>& f, unsigned ld,
                       layout_t layout) {
  detail::require_address(p, ld);
  detail::first_lane([&] {
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j)
        p[layout == mem_row_major ? static_cast<unsigned>(i) * ld + static_cast<unsigned>(j)
                                  : static_cast<unsigned>(j) * ld + static_cast<unsigned>(i)] = f.at[i][j];
  });
}

}  // namespace nvcuda::wmma
