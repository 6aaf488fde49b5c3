#pragma once

#include <cstdint>
#include <vector>

#include "densenf/core/compiled.hpp"
#include "densenf/core/shape.hpp"

namespace densenf {

/// In which order training sees its images or rows.
enum class Order {
  shuffled_epochs,   ///< each once, in a random order, then all again in another
  with_replacement,  ///< each place of each batch draws any of them
};

/// Which of `count` images or rows the batches of a training take: a function of the seed and the step alone.
/// Epochs need not be whole batches: a batch may take the last ones of one epoch and the first of the next.
class BatchOrder {
public:
  /// `count` and `batch_size` are at least 1.
  BatchOrder(Index count, Index batch_size, std::uint64_t seed, Order order)
      : count_(count), batch_size_(batch_size), seed_(seed), order_(order) {}

  /// Number `slot` of the batch at `step`, both from 0.
  Index at(Index step, Index slot);

private:
  /// Makes permutation_ that of an epoch. Kept until another epoch is asked for, which changes how long a
  /// batch takes but never what it holds.
  void shuffle(Index epoch);

  Index count_, batch_size_;
  std::uint64_t seed_;
  Order order_;
  std::vector<Index> permutation_;
  Index epoch_ = -1;
};

}  // namespace densenf

#ifndef DENSENF_USE_COMPILED
#include "densenf/data/order_members.hpp"
#endif
