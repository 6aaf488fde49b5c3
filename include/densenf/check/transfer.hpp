#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "densenf/core/buffer.hpp"
#include "densenf/core/tensor.hpp"

// Numbers on their way between the host, where they are checked, and the device, where they are computed.
namespace densenf {

/// The numbers of a view on the device, channels last.
template <class T, class Device>
std::vector<T> values_of(const Device& device, const Tensor<const T>& x) {
  Buffer<T, Device> whole(device, x.size(), "numbers to look at");
  copy(device, x, make_tensor(whole.data(), x.n, x.shape()));
  return whole.to_host();
}

/// Sets the numbers of a view on the device from as many of the host, channels last.
template <class T, class Device>
void set_values(const Device& device, const std::type_identity_t<T>* values, const Tensor<T>& x) {
  Buffer<T, Device> whole(device, x.size(), "numbers to start from");
  whole.assign(std::span<const T>(values, static_cast<std::size_t>(x.size())));
  copy(device, as_const(make_tensor(whole.data(), x.n, x.shape())), x);
}

/// A buffer of the device with these numbers.
template <class T, class Device>
Buffer<T, Device> make_buffer(const Device& device, const std::vector<T>& values) {
  Buffer<T, Device> buffer(device, static_cast<Index>(values.size()), "numbers to start from");
  buffer.assign(values);
  return buffer;
}

}  // namespace densenf
