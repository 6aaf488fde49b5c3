#pragma once

#include <algorithm>
#include <cstdint>

#include "densenf/kernels/cuda/conv_operands.cuh"
#include "densenf/kernels/cuda/conv_tiles.cuh"
#include "densenf/kernels/cuda/launch.cuh"

// The kernel behind convolutions: a matrix product whose factors are read from where they lie, without a copy
// of every pixel's neighborhood.
namespace densenf::kernels::detail {

/// The matrix that a product goes to, and what is done on the way.
template <class T>
struct Target {
  T* data;
  Index stride;             ///< of rows
  bool aligned;             ///< rows begin at multiples of 16 bytes
  const T* bias = nullptr;  ///< added to every row; may be null
  bool relu = false;
  bool accumulate = false;  ///< adds to what is there

  /// Stores the first `count` of four sums, from a column on that is a multiple of 4.
  __device__ void put(Index row, Index column, std::int32_t count, Quad<T> sums) const {
    T* const p = data + row * stride + column;
    if (bias != nullptr) {
      for (int j = 0; j < 4; ++j) {
        if (j < count) sums.v[j] += bias[column + j];
      }
    }
    if (relu) {
      for (int j = 0; j < 4; ++j) sums.v[j] = sums.v[j] < T(0) ? T(0) : sums.v[j];  // NaN stays
    }
    if (accumulate) {
      const Quad<T> before = load_quad(p, count, aligned);
      for (int j = 0; j < 4; ++j) sums.v[j] = before.v[j] + sums.v[j];
    }
    store_quad(p, count, aligned, sums);
  }
};

/// How a product is cut into blocks: groups of rows begin a tile each, and where tiles are too few to fill a
/// GPU, the depth is cut into parts.
struct ProductCut {
  std::int32_t columns, rows, groups;  ///< rows of each group
  std::int32_t column_tiles, row_tiles;
  std::int32_t steps, steps_per_part, parts;

  /// Depends on the problem alone, and not on the GPU, as must the order of sums.
  ProductCut(Index rows_, Index groups_, Index columns_, Index steps_, int depth)
      : columns(static_cast<std::int32_t>(narrow(columns_))),
        rows(static_cast<std::int32_t>(narrow(rows_))),
        groups(static_cast<std::int32_t>(groups_)),
        column_tiles((columns + tile_side - 1) / tile_side),
        row_tiles((rows + tile_side - 1) / tile_side),
        steps(static_cast<std::int32_t>(narrow(steps_))) {
    constexpr Index enough_blocks = 256, shortest_depth = 64;
    const Index wanted = (enough_blocks + tiles() - 1) / std::max<Index>(1, tiles());
    const Index most = std::max<Index>(1, steps / (shortest_depth / depth));
    const auto pieces = static_cast<std::int32_t>(std::min(wanted, most));
    steps_per_part = std::max(1, (steps + pieces - 1) / pieces);
    parts = std::max(1, (steps + steps_per_part - 1) / steps_per_part);
    // Parts' sums wait in scratch memory: fewer than twice as many tiles as are enough.
    static_assert(2 * enough_blocks * tile_side * tile_side * Index{sizeof(double)} <= scratch_limit);
  }

  /// Sums that wait until all parts are there.
  Index partial_sums() const { return parts > 1 ? Index{parts} * groups * rows * columns : 0; }
  Index tiles() const { return Index{column_tiles} * row_tiles * groups; }
};

/// One block computes a tile of results, or of a part's sums.
template <class Tiles, class Rows, class Columns>
__global__ void __launch_bounds__(product_threads)
    product_kernel(typename Rows::Source row_source, typename Columns::Source column_source, ProductCut cut,
                   Target<typename Tiles::Number> target, typename Tiles::Number* partial) {
  using T = typename Tiles::Number;
  using Stored = typename Tiles::Stored;
  constexpr int rows_size = Tiles::template size<Rows::along_depth>;
  constexpr int columns_size = Tiles::template size<Columns::along_depth>;
  constexpr int factors_size = 2 * (rows_size + columns_size) * static_cast<int>(sizeof(Stored));
  constexpr int room_size = factors_size > Tiles::results_size ? factors_size : Tiles::results_size;
  alignas(32) __shared__ unsigned char room[room_size];
  auto* const factors = reinterpret_cast<Stored*>(room);

  // Neighboring blocks have the same rows, which are the larger factor.
  const auto block = static_cast<std::int32_t>(blockIdx.x), part = static_cast<std::int32_t>(blockIdx.y);
  const std::int32_t first_column = block % cut.column_tiles * tile_side;
  const std::int32_t row_tile = block / cut.column_tiles;
  const std::int32_t group = row_tile / cut.row_tiles, first_row = row_tile % cut.row_tiles * tile_side;
  const std::int32_t first_step = part * cut.steps_per_part;
  const std::int32_t later = first_step + cut.steps_per_part;
  const std::int32_t last_step = later < cut.steps ? later : cut.steps;

  typename Tiles::Sums sums;
  if (first_step < last_step) {
    Rows rows(row_source, first_row, group, first_step);
    Columns columns(column_source, first_column, group, first_step);
    Quad<T> row_quads[Rows::quads], column_quads[Columns::quads];
    rows.read(row_quads);
    columns.read(column_quads);
    for (std::int32_t step = first_step; step < last_step; ++step) {
      // While some threads still multiply the last step's factors, others already write the next one's: there
      // is room for two steps.
      Stored* const row_factors = factors + (step % 2 == 0 ? 0 : rows_size + columns_size);
      Stored* const column_factors = row_factors + rows_size;
      for (int i = 0; i < Rows::quads; ++i)
        Tiles::template put<Rows::along_depth>(row_factors, Rows::depth_of(i), Rows::place_of(i),
                                               row_quads[i]);
      for (int i = 0; i < Columns::quads; ++i)
        Tiles::template put<Columns::along_depth>(column_factors, Columns::depth_of(i), Columns::place_of(i),
                                                  column_quads[i]);
      __syncthreads();
      if (step + 1 < last_step) {  // on their way while this step is multiplied
        rows.read(row_quads);
        columns.read(column_quads);
      }
      sums.template add<Rows::along_depth, Columns::along_depth>(row_factors, column_factors);
    }
  }

  if (cut.parts > 1) {
    const Index numbers = static_cast<Index>(cut.groups) * cut.rows * cut.columns;
    target = {partial + part * numbers, cut.columns, cut.columns % 4 == 0};
  }
  sums.each(room, [&](int row, int column, const Quad<T>& q) {
    const std::int32_t left = cut.columns - first_column - column;
    if (first_row + row < cut.rows && left > 0)
      target.put(static_cast<Index>(group) * cut.rows + first_row + row, first_column + column, left, q);
  });
}

/// Adds up the parts' sums, in their order.
template <class T>
void add_parts(const Cuda& cuda, const char* what, const ProductCut& cut, const T* partial,
               const Target<T>& target) {
  const Index rows = Index{cut.groups} * cut.rows, columns = cut.columns, quads = (columns + 3) / 4;
  const std::int32_t parts = cut.parts;
  for_each_number(cuda, what, rows, quads, [=] __device__(Index row, Index quad) {
    const T* p = partial + row * columns + 4 * quad;
    const auto left = static_cast<std::int32_t>(columns - 4 * quad);
    Quad<T> sums{};
    for (std::int32_t i = 0; i < parts; ++i) {
      const Quad<T> part = load_quad(p + i * rows * columns, left, columns % 4 == 0);
      for (int j = 0; j < 4; ++j) sums.v[j] += part.v[j];
    }
    target.put(row, 4 * quad, left, sums);
  });
}

/// Multiplies rows by columns into the target. `scratch`: a piece for cut.partial_sums() numbers.
template <class Tiles, class Rows, class Columns>
void multiply(const Cuda& cuda, const char* what, const typename Rows::Source& rows,
              const typename Columns::Source& columns, const ProductCut& cut,
              const Target<typename Tiles::Number>& target, Scratch scratch) {
  using T = typename Tiles::Number;
  if (cut.tiles() == 0) return;
  T* const partial = scratch.take<T>(cut.partial_sums());
  launch(cuda, what, dim3(narrow(cut.tiles()), narrow(cut.parts)), product_threads,
         product_kernel<Tiles, Rows, Columns>, rows, columns, cut, target, partial);
  if (cut.parts > 1) add_parts<T>(cuda, what, cut, partial, target);
}

}  // namespace densenf::kernels::detail
