#pragma once

#include <cstddef>
#include <vector>

#include "densenf/core/buffer.hpp"
#include "densenf/core/scratch.hpp"

namespace densenf::testing {

/// Scratch memory for one call of a kernel: exactly as many bytes as its f_scratch_bytes says, which read as
/// NaN.
///
///   kernel(device, x, y, OwnScratch(device, kernel_scratch_bytes(device, x)));
template <class Device>
class OwnScratch {
public:
  OwnScratch(const Device& device, Index bytes) : memory_(device, bytes) {
    memory_.assign(std::vector<std::byte>(static_cast<std::size_t>(bytes), std::byte{0xff}));
  }
  operator Scratch() { return {memory_.data(), memory_.size()}; }

private:
  Buffer<std::byte, Device> memory_;
};

}  // namespace densenf::testing
