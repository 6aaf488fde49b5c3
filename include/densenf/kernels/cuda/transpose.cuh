#pragma once

#include "densenf/kernels/cuda/launch.cuh"

namespace densenf::kernels {

namespace detail {

// A block of transpose_kernel transposes a square of transpose_side numbers each way.
inline constexpr int transpose_side = 32, transpose_rows = 8;

template <class T, class Write>
__global__ void __launch_bounds__(transpose_side* transpose_rows)
    transpose_kernel(const T* from, Index image_stride, Index stride, std::uint32_t rows,
                     std::uint32_t columns, Write write) {
  __shared__ T square[transpose_side][transpose_side + 1];  // one more, so that columns are spread over banks
  const std::uint32_t first_row = blockIdx.y * transpose_side, first_column = blockIdx.z * transpose_side;
  const T* const image = from + blockIdx.x * image_stride;
  for (std::uint32_t i = threadIdx.y; i < transpose_side; i += transpose_rows) {
    const std::uint32_t row = first_row + i, column = first_column + threadIdx.x;
    if (row < rows && column < columns) square[i][threadIdx.x] = image[row * stride + column];
  }
  __syncthreads();
  for (std::uint32_t i = threadIdx.y; i < transpose_side; i += transpose_rows) {
    const std::uint32_t row = first_row + threadIdx.x, column = first_column + i;
    if (row < rows && column < columns)
      write(static_cast<Index>(blockIdx.x), static_cast<Index>(row), static_cast<Index>(column),
            square[threadIdx.x][i]);
  }
}

}  // namespace detail

/// Reads matrices along their rows and calls write(n, row, column, value) along their columns: neighboring
/// threads have neighboring rows. Matrices are image_stride numbers apart, their rows `stride`.
template <class T, class Write>
void transpose_images(const Cuda& cuda, const char* what, Index images, const T* from, Index image_stride,
                      Index stride, Index rows, Index columns, const Write& write) {
  if (images == 0) return;
  const auto squares = [](Index n) {
    return detail::narrow((n + detail::transpose_side - 1) / detail::transpose_side);
  };
  detail::launch(cuda, what, dim3(detail::narrow(images), squares(rows), squares(columns)),
                 dim3(detail::transpose_side, detail::transpose_rows), detail::transpose_kernel<T, Write>,
                 from, image_stride, stride, detail::narrow(rows), detail::narrow(columns), write);
}

}  // namespace densenf::kernels
