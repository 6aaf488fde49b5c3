#pragma once

#include <numeric>
#include <utility>

#include "densenf/data/draws.hpp"
#include "densenf/data/order.hpp"

namespace densenf {

DENSENF_INLINE Index BatchOrder::at(Index step, Index slot) {
  if (order_ == Order::with_replacement)
    return detail::below(count_, detail::data_sequence(seed_, detail::DataStream::choice, step), slot);
  const Index place = step * batch_size_ + slot;
  shuffle(place / count_);
  return permutation_[static_cast<std::size_t>(place % count_)];
}

DENSENF_INLINE void BatchOrder::shuffle(Index epoch) {
  if (epoch == epoch_) return;
  permutation_.resize(static_cast<std::size_t>(count_));
  std::iota(permutation_.begin(), permutation_.end(), Index{0});
  const NoiseSequence sequence = detail::data_sequence(seed_, detail::DataStream::permutation, epoch);
  for (Index i = count_ - 1; i > 0; --i) {
    std::swap(permutation_[static_cast<std::size_t>(i)],
              permutation_[static_cast<std::size_t>(detail::below(i + 1, sequence, i))]);
  }
  epoch_ = epoch;
}

}  // namespace densenf
