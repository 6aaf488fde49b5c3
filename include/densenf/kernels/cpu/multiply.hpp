#pragma once

#include <algorithm>

#include "densenf/kernels/cpu/microkernel.hpp"

namespace densenf::kernels {

/// A row-major matrix inside of a larger one.
template <class T>
struct Block {
  T* data;
  Index stride;  ///< from row to row

  T* row(Index i) const { return data + i * stride; }
  Block from(Index row, Index column) const { return {data + row * stride + column, stride}; }
};

/// What multiply does with what is in the result.
enum class Into { replace, add };

namespace detail {
/// Row i of a begins at a + i * row_stride; steps.a(k) from there is its element k.
template <class T, class Steps>
void multiply_rows(const T* a, Index row_stride, Block<const T> b, const Steps& steps, Index rows,
                   Index columns, Into into, Block<T> result) {
  const tiles::Panels<T> panels(columns);
  // A panel of b stays in the nearest cache while the rows of a go by.
  for (Index p = 0; p < panels.count(); ++p) {
    const Index column = panels.first(p);
    tiles::Segment<T> segment{b.data + column, {}};
    tiles::Tile<T> tile{{},
                        0,
                        panels.vectors(p),
                        panels.last(p),
                        into == Into::replace ? tiles::zeros<T> : nullptr,
                        Activation::none};
    for (Index row = 0; row < rows; row += tile.rows) {
      tile.rows = tiles::next_rows(rows - row);
      for (int i = 0; i < tiles::max_rows; ++i) {
        const Index r = row + std::min(i, tile.rows - 1);
        segment.row[static_cast<std::size_t>(i)] = a + r * row_stride;
        tile.result[static_cast<std::size_t>(i)] = result.row(r) + column;
      }
      tiles::compute(&segment, 1, steps, tile);
    }
  }
}
}  // namespace detail

/// result = a b or result += a b, for a of rows x inner and b of inner x columns numbers. The result may lie
/// among the columns of a, or beside b, but not on them.
template <class T>
void multiply(Block<const T> a, Block<const T> b, Index rows, Index inner, Index columns, Into into,
              Block<T> result) {
  detail::multiply_rows(a.data, a.stride, b, tiles::DenseSteps{inner, b.stride, false, b.data, 0}, rows,
                        columns, into, result);
}

/// Likewise a^T b, for a of inner x rows numbers.
template <class T>
void multiply_transposed(Block<const T> a, Block<const T> b, Index rows, Index inner, Index columns,
                         Into into, Block<T> result) {
  detail::multiply_rows(a.data, 1, b, tiles::StridedSteps{inner, a.stride, b.stride}, rows, columns, into,
                        result);
}

}  // namespace densenf::kernels
