#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "densenf/core/buffer.hpp"
#include "densenf/core/cuda.cuh"

namespace densenf {

/// A buffer on a GPU. Its pointers and spans are the GPU's: the host must not follow them.
template <class T>
class Buffer<T, Cuda> {
public:
  Buffer() = default;
  Buffer(Cuda device, Index size, const char* what = "parameters") : device_(std::move(device)), size_(size) {
    if (size == 0) return;
    data_ = static_cast<T*>(device_->allocate(bytes(), what));
    fill_zero();
  }
  ~Buffer() {
    if (data_ != nullptr) device_->deallocate(data_, bytes());
  }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  Index size() const { return size_; }
  std::span<T> span() { return {data_, static_cast<std::size_t>(size_)}; }
  std::span<const T> span() const { return {data_, static_cast<std::size_t>(size_)}; }

  void fill_zero() {
    if (size_ == 0) return;
    device_->make_current();
    detail::check_cuda(cudaMemsetAsync(data_, 0, bytes(), device_->stream()), "filling a buffer");
  }

  /// Copies from another buffer of the same size, in the stream; a ShapeError where it has another one.
  void assign(const Buffer& other) {
    detail::require_same_size(size_, other.span().size());
    if (size_ == 0) return;
    detail::check_cuda(
        cudaMemcpyAsync(data_, other.data_, bytes(), cudaMemcpyDeviceToDevice, device_->stream()),
        "copying a buffer");
  }

  /// Copies from and to the host, and waits for the copy; a ShapeError unless there are size() values.
  void assign(std::span<const T> values) {
    detail::require_same_size(size_, values.size());
    assign_at(0, values);
  }
  std::vector<T> to_host() const { return to_host(0, size_); }

  /// The same for numbers [first, first + how many there are), which must lie within the buffer.
  void assign_at(Index first, std::span<const T> values) {
    if (values.empty()) return;
    detail::check_cuda(cudaMemcpyAsync(data_ + first, values.data(), values.size_bytes(),
                                       cudaMemcpyHostToDevice, device_->stream()),
                       "copying to the GPU");
    device_->synchronize();
  }
  std::vector<T> to_host(Index first, Index count) const {
    std::vector<T> values(static_cast<std::size_t>(count));
    if (count == 0) return values;
    detail::check_cuda(cudaMemcpyAsync(values.data(), data_ + first, values.size() * sizeof(T),
                                       cudaMemcpyDeviceToHost, device_->stream()),
                       "copying from the GPU");
    device_->synchronize();
    return values;
  }

private:
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::optional<Cuda> device_;  ///< none in a buffer that was made without one
  T* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace densenf
