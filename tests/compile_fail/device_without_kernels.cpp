// expect: The device lacks one of HasNumbers, see densenf/kernels/contract.hpp.
#include <string>

#include "densenf/kernels/contract.hpp"

struct Half : densenf::kernels::DeviceTag {
  void* allocate(std::size_t, const char*) const { return nullptr; }
  void deallocate(void*, std::size_t) const noexcept {}
  std::string describe() const { return "half a device"; }
};
[[maybe_unused]] void synchronize(const Half&) {}

static_assert(densenf::kernels::require_device<Half>());
