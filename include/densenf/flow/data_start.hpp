#pragma once

#include <span>
#include <utility>
#include <vector>

#include "densenf/core/buffer.hpp"
#include "densenf/core/parameters.hpp"

namespace densenf {

/// Tensors of a flat buffer as they were, to be put back if what changed them comes to nothing.
template <class T>
class SavedTensors {
public:
  SavedTensors() = default;

  template <class Device>
  SavedTensors(const Buffer<T, Device>& buffer, std::vector<Param> places) : places_(std::move(places)) {
    for (const Param& p : places_) values_.push_back(buffer.to_host(p.offset, p.size));
  }

  template <class Device>
  void put_back(Buffer<T, Device>& buffer) const {
    for (std::size_t i = 0; i < places_.size(); ++i)
      buffer.assign_at(places_[i].offset, std::span<const T>(values_[i]));
  }

  const std::vector<Param>& places() const { return places_; }
  bool empty() const { return places_.empty(); }

private:
  std::vector<Param> places_;
  std::vector<std::vector<T>> values_;
};

/// What data-dependent starts have overwritten.
template <class T>
struct BeforeDataStart {
  SavedTensors<T> parameters, flags;
  bool empty() const { return flags.empty(); }
};

}  // namespace densenf
