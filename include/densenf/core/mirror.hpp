#pragma once

#include <type_traits>

#include "densenf/core/cpu.hpp"

namespace densenf {

/// One value that both the host and the device have: a copy goes from one to the other when it is asked for,
/// in order with the device's work.
template <class T, class Device>
class Mirror;

/// On the CPU both are the same.
template <class T>
class Mirror<T, Cpu> {
public:
  explicit Mirror(const Cpu&) {}

  T& host() { return value_; }
  T* device() { return &value_; }
  void to_device() {}
  void to_host() {}

private:
  static_assert(std::is_trivially_copyable_v<T>, "A value is copied to a device byte by byte.");
  T value_{};
};

}  // namespace densenf
