#pragma once

// The part of CUB's BlockReduce that densenf uses, on the host: see cuda_runtime.h. CUB promises no order, so
// here it is one that nobody would write: from the last thread to the first.

#include <cuda_runtime.h>

#include <functional>
#include <limits>

namespace cub {

template <class T, int threads>
class BlockReduce {
public:
  /// What stands in it after a reduction may be needed until the block's next barrier.
  struct TempStorage {
    T said[threads];
  };
  explicit BlockReduce(TempStorage& room) : said_(room.said) {}

  /// In thread 0. What other threads get is undefined; here it is NaN or zero.
  template <class Op>
  T Reduce(T value, Op op) {
    cuda_on_host::require(blockDim.x == unsigned{threads} && blockDim.y == 1 && blockDim.z == 1,
                          "a block has another number of threads than its BlockReduce");
    said_[threadIdx.x] = value;
    __syncthreads();
    if (threadIdx.x != 0) return std::numeric_limits<T>::quiet_NaN();
    T total = said_[threads - 1];
    for (int t = threads - 1; t-- > 0;) total = op(total, said_[t]);
    return total;
  }
  T Sum(T value) { return Reduce(value, std::plus<>()); }

private:
  T* said_;
};

}  // namespace cub
