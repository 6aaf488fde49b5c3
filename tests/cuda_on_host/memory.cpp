#include "memory.hpp"

#include <sys/mman.h>

#include <cstring>

namespace cuda_on_host {
namespace {

constexpr std::size_t margin = 256;
constexpr int open = PROT_READ | PROT_WRITE;

/// The key to the GPU's memory, where the processor and the system have such: which thread may use it is a
/// register of the processor. Else -1, and the pages of all blocks are protected, one by one, whenever the
/// GPU begins and ends to work.
int new_key() {
#ifdef PKEY_DISABLE_ACCESS
  if (strict) return pkey_alloc(0, PKEY_DISABLE_ACCESS);
#endif
  return -1;
}
const int key = new_key();

void protect(void* whole, std::size_t mapped) {
#ifdef PKEY_DISABLE_ACCESS
  if (key >= 0) {
    require(pkey_mprotect(whole, mapped, open, key) == 0, "its memory cannot be protected");
    return;
  }
#endif
  mprotect(whole, mapped, PROT_NONE);
}

/// Whether this thread may touch the GPU's memory.
void allow(bool allowed) {
  if (!strict) return;
#ifdef PKEY_DISABLE_ACCESS
  if (key >= 0) {
    pkey_set(key, allowed ? 0 : PKEY_DISABLE_ACCESS);
    return;
  }
#endif
  for (const auto& [first, block] : blocks()) {
    if (block.owner == Owner::gpu)
      mprotect(reinterpret_cast<void*>(first - margin), block.mapped, allowed ? open : PROT_NONE);
  }
}

int works = 0;

}  // namespace

void* take(std::size_t bytes, Owner owner) {
  const std::size_t page = 4096, mapped = (bytes + 2 * margin + page - 1) / page * page;
  void* whole = mmap(nullptr, mapped, open, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
  // Protecting takes as long as there are pages.
  madvise(whole, mapped, MADV_HUGEPAGE);
#endif
  std::memset(whole, 0xff, mapped);
  auto* const p = static_cast<std::byte*>(whole) + margin;
  if (strict && owner == Owner::gpu) protect(whole, mapped);
  blocks()[reinterpret_cast<std::uintptr_t>(p)] = {bytes, mapped, owner};
  return p;
}

bool give_back(void* p) {
  const auto found = blocks().find(reinterpret_cast<std::uintptr_t>(p));
  if (found == blocks().end()) return false;
  const GpuWorks looks;
  const Block block = found->second;
  auto* const whole = static_cast<std::byte*>(p) - margin;
  for (std::size_t i = 0; i < block.mapped; ++i) {
    if (i == margin) i += block.bytes;
    if (i < block.mapped)
      require(whole[i] == std::byte{0xff}, "something was written beside a block of memory");
  }
  munmap(whole, block.mapped);
  blocks().erase(found);
  return true;
}

GpuWorks::GpuWorks() {
  if (works++ == 0) allow(true);
}
GpuWorks::~GpuWorks() {
  if (--works == 0) allow(false);
}

}  // namespace cuda_on_host
