#pragma once

#include <cuda_bf16.h>
#include <mma.h>

#include <type_traits>
#include <utility>

#include "densenf/core/precision.hpp"
#include "densenf/kernels/cuda/conv_operands.cuh"

// How a block multiplies what it has read: tiles of both factors in shared memory, sums of 64 x 64 results in
// registers. A class below says how many numbers of depth a step has, how a factor lies in shared memory, and
// holds one thread's part of the sums.
namespace densenf::kernels::detail {

/// Calls f(0), ..., f(n - 1), surely without a loop: what f indexes stays in registers.
template <int n, class F>
__device__ void unrolled(const F& f) {
  [&]<int... i>(std::integer_sequence<int, i...>) { (f(i), ...); }
  (std::make_integer_sequence<int, n>{});
}

/// Products in the numbers' own type, 8 x 4 results a thread. For floats, tensor cores are below.
template <class T>
struct ScalarTiles {
  using Number = T;
  using Stored = T;
  static constexpr int depth = 16;
  static constexpr int line = tile_side + 4;  ///< so that threads that write down a column meet other banks

  /// Numbers of a factor's tile, which lies across the depth however it was read.
  template <bool along_depth>
  static constexpr int size = depth* line;
  /// Bytes of shared memory that `each` uses.
  static constexpr int results_size = 0;

  /// Puts four numbers in place: from depth k on, or from row (or column) `place` on.
  template <bool along_depth>
  static __device__ void put(T* tile, int k, int place, const Quad<T>& q) {
    if constexpr (along_depth) {
      for (int j = 0; j < 4; ++j) tile[(k + j) * line + place] = q.v[j];
    } else {
      store_quad(tile + k * line + place, 4, true, q);
    }
  }

  class Sums {
  public:
    template <bool rows_along_depth, bool columns_along_depth>
    __device__ void add(const T* rows, const T* columns) {
      unrolled<depth>([&](int k) {
        const Quad<T> a = get_quad(rows + k * line + row()), b = get_quad(rows + k * line + row() + half);
        const Quad<T> c = get_quad(columns + k * line + column());
        for (int i = 0; i < 4; ++i) {
          for (int j = 0; j < 4; ++j) {
            upper_[i].v[j] += a.v[i] * c.v[j];
            lower_[i].v[j] += b.v[i] * c.v[j];
          }
        }
      });
    }

    /// Calls f(row, column, four sums) for all of this thread's.
    template <class F>
    __device__ void each(unsigned char*, const F& f) const {
      unrolled<4>([&](int i) {
        f(row() + i, column(), upper_[i]);
        f(row() + half + i, column(), lower_[i]);
      });
    }

  private:
    static constexpr int half = tile_side / 2;
    static __device__ int row() { return static_cast<int>(threadIdx.x / 16 * 4); }
    static __device__ int column() { return static_cast<int>(threadIdx.x % 16 * 4); }

    Quad<T> upper_[4]{}, lower_[4]{};
  };

private:
  static __device__ Quad<T> get_quad(const T* p) { return load_quad(p, 4, true); }
};

/// Products of the tensor cores: factors are rounded on their way into shared memory, sums are floats. Each
/// of the four warps has 32 x 32 results. Needs compute capability 8.0.
template <Precision precision>
struct TensorTiles {
  static constexpr bool bf16 = precision == Precision::bf16;
  using Number = float;
  using Stored = std::conditional_t<bf16, __nv_bfloat16, float>;
  using Factor = std::conditional_t<bf16, __nv_bfloat16, nvcuda::wmma::precision::tf32>;
  static constexpr int depth = 32;
  static constexpr int fragment_depth = bf16 ? 16 : 8;

  /// Distances that spread a fragment over the banks, and keep fragments at multiples of 32 bytes.
  template <bool along_depth>
  static constexpr int line = along_depth ? depth + (bf16 ? 8 : 4) : tile_side + 8;
  template <bool along_depth>
  static constexpr int size = (along_depth ? tile_side : depth) * line<along_depth>;
  static constexpr int results_line = tile_side + 4;
  static constexpr int results_size = tile_side * results_line * static_cast<int>(sizeof(float));

  template <bool along_depth>
  static __device__ void put(Stored* tile, int k, int place, const Quad<float>& q) {
    constexpr int distance = line<along_depth>;
    Stored* to = tile + (along_depth ? place * distance + k : k * distance + place);
    if constexpr (bf16) {
      struct alignas(8) Pairs {
        __nv_bfloat162 first, second;
      };
      *reinterpret_cast<Pairs*>(to) = {__floats2bfloat162_rn(q.v[0], q.v[1]),
                                       __floats2bfloat162_rn(q.v[2], q.v[3])};
    } else {
      Packet<float> rounded;
      for (int j = 0; j < 4; ++j) rounded.v[j] = nvcuda::wmma::__float_to_tf32(q.v[j]);
      *reinterpret_cast<Packet<float>*>(to) = rounded;
    }
  }

  class Sums {
  public:
    __device__ Sums() {
      for (int i = 0; i < 4; ++i) nvcuda::wmma::fill_fragment(sums_[i], 0.0f);
    }

    template <bool rows_along_depth, bool columns_along_depth>
    __device__ void add(const Stored* rows, const Stored* columns) {
      namespace wmma = nvcuda::wmma;
      using RowLayout = std::conditional_t<rows_along_depth, wmma::row_major, wmma::col_major>;
      using ColumnLayout = std::conditional_t<columns_along_depth, wmma::col_major, wmma::row_major>;
      wmma::fragment<wmma::matrix_a, 16, 16, fragment_depth, Factor, RowLayout> a[2];
      wmma::fragment<wmma::matrix_b, 16, 16, fragment_depth, Factor, ColumnLayout> b[2];
      for (int k = 0; k < depth; k += fragment_depth) {
        for (int i = 0; i < 2; ++i) {
          wmma::load_matrix_sync(a[i], rows + offset<rows_along_depth>(k, row() + 16 * i),
                                 line<rows_along_depth>);
          wmma::load_matrix_sync(b[i], columns + offset<columns_along_depth>(k, column() + 16 * i),
                                 line<columns_along_depth>);
        }
        for (int i = 0; i < 4; ++i) wmma::mma_sync(sums_[i], a[i / 2], b[i % 2], sums_[i]);
      }
    }

    /// Calls f(row, column, four sums) for a share of the block's results, which go through `room` for that.
    /// All threads of the block must come here.
    template <class F>
    __device__ void each(unsigned char* room, const F& f) const {
      auto* results = reinterpret_cast<float*>(room);
      __syncthreads();  // the last step's factors lay there
      for (int i = 0; i < 4; ++i) {
        nvcuda::wmma::store_matrix_sync(results + (row() + i / 2 * 16) * results_line + column() + i % 2 * 16,
                                        sums_[i], results_line, nvcuda::wmma::mem_row_major);
      }
      __syncthreads();
      for (int q = static_cast<int>(threadIdx.x); q < tile_side * tile_side / 4; q += product_threads) {
        const int row = q / (tile_side / 4), column = q % (tile_side / 4) * 4;
        f(row, column, load_quad(results + row * results_line + column, 4, true));
      }
    }

  private:
    template <bool along_depth>
    static constexpr __device__ int offset(int k, int place) {
      return along_depth ? place * line<along_depth> + k : k * line<along_depth> + place;
    }
    static __device__ int row() { return static_cast<int>(threadIdx.x / 64 * 32); }
    static __device__ int column() { return static_cast<int>(threadIdx.x / 32 % 2 * 32); }

    nvcuda::wmma::fragment<nvcuda::wmma::accumulator, 16, 16, fragment_depth, float> sums_[4];
  };
};

}  // namespace densenf::kernels::detail
