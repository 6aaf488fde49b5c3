#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "densenf/core/cpu.hpp"

namespace densenf {

namespace detail {
/// Throws ShapeError unless a buffer gets as many numbers as it has.
inline void require_same_size(Index buffer, std::size_t given) {
  if (std::cmp_not_equal(buffer, given))
    throw ShapeError("A buffer of {} numbers takes as many, not {}.", buffer, given);
}
}  // namespace detail

/// A flat run of numbers on a device that owns its memory; all zero at first.
template <class T, class Device>
class Buffer;

template <class T>
class Buffer<T, Cpu> {
public:
  Buffer() : device_(1) {}
  /// `what` the numbers are (plural), for the error when there is no room for them.
  Buffer(Cpu device, Index size, const char* what = "parameters") : device_(std::move(device)), size_(size) {
    if (size == 0) return;
    data_ = static_cast<T*>(device_.allocate(static_cast<std::size_t>(size) * sizeof(T), what));
    std::fill(data_, data_ + size, T(0));
  }
  ~Buffer() {
    if (data_ != nullptr) device_.deallocate(data_, static_cast<std::size_t>(size_) * sizeof(T));
  }
  Buffer(Buffer&& other) noexcept : device_(other.device_) { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  Index size() const { return size_; }
  std::span<T> span() { return {data_, static_cast<std::size_t>(size_)}; }
  std::span<const T> span() const { return {data_, static_cast<std::size_t>(size_)}; }

  void fill_zero() { std::fill(data_, data_ + size_, T(0)); }

  /// Copies from another buffer of the same size; a ShapeError where it has another one.
  void assign(const Buffer& other) { assign(other.span()); }

  /// Copies from and to the host; a ShapeError unless there are size() values.
  void assign(std::span<const T> values) {
    detail::require_same_size(size_, values.size());
    assign_at(0, values);
  }
  std::vector<T> to_host() const { return to_host(0, size_); }

  /// The same for numbers [first, first + how many there are), which must lie within the buffer.
  void assign_at(Index first, std::span<const T> values) {
    std::copy(values.begin(), values.end(), data_ + first);
  }
  std::vector<T> to_host(Index first, Index count) const { return {data_ + first, data_ + first + count}; }

private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Cpu device_;
  T* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace densenf
