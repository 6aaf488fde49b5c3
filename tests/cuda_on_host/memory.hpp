#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>

// The memory of the GPU that is not there: which addresses are whose, and what a program must not do with
// them.
namespace cuda_on_host {

/// With the environment variable DENSENF_CUDA_STRICT set, what a GPU is free to do is done another way: the
/// last threads and blocks run first, and the host cannot touch the GPU's memory.
inline const bool strict = std::getenv("DENSENF_CUDA_STRICT") != nullptr;

/// Ends the program where a GPU's behavior would be undefined.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "A GPU's behavior would be undefined: %s.\n", what);
  std::abort();
}

/// What the GPU has; tests lower it to see what happens when it is full.
inline std::size_t memory = std::size_t{64} << 30;
inline std::size_t memory_used = 0;
/// How often memory was taken on the GPU, for tests of steps that must not.
inline std::size_t allocations = 0;

enum class Owner { gpu, both, host };  ///< of ordinary, managed and pinned memory

struct Block {
  std::size_t bytes, mapped;
  Owner owner;
};

/// All blocks that are in use, by their first byte.
inline std::map<std::uintptr_t, Block>& blocks() {
  static auto* all = new std::map<std::uintptr_t, Block>;  // for those who give memory back at the very end
  return *all;
}

/// The block in which all of these bytes lie; null when they lie in none.
inline const Block* block_of(const void* p, std::size_t bytes = 1) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  auto next = blocks().upper_bound(address);
  if (next == blocks().begin()) return nullptr;
  const auto& [first, block] = *--next;
  return address - first + bytes <= block.bytes ? &block : nullptr;
}
inline bool on_gpu(const void* p, std::size_t bytes = 1) {
  const Block* b = block_of(p, bytes);
  return b != nullptr && b->owner != Owner::host;
}
inline bool on_host(const void* p) {
  const Block* b = block_of(p);
  return b == nullptr || b->owner != Owner::gpu;
}
inline bool pinned(const void* p, std::size_t bytes) {
  const Block* b = block_of(p, bytes);
  return b != nullptr && b->owner != Owner::gpu;
}

/// All bits of a new block are set, also in the margins around it: floats nobody wrote are NaN. Null where
/// the system has no memory.
void* take(std::size_t bytes, Owner owner);

/// False if the block is none.
bool give_back(void* p);

/// While one of these lives, the GPU works, and this thread may touch its memory.
class GpuWorks {
public:
  GpuWorks();
  ~GpuWorks();
  GpuWorks(const GpuWorks&) = delete;
  GpuWorks& operator=(const GpuWorks&) = delete;
};

}  // namespace cuda_on_host
