#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

// The memory of the card that is not there: which addresses are whose, and what a program must not do with
// them.
namespace cuda_on_host {

/// With the environment variable DENSENF_CUDA_STRICT set, what a card is free to do is done another way: the
/// last threads and blocks run first, and the host cannot touch the card's memory.
inline const bool strict = std::getenv("DENSENF_CUDA_STRICT") != nullptr;

/// Ends the program where a card's behavior would be undefined.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "A card's behavior would be undefined: %s.\n", what);
  std::abort();
}

/// What the card has; tests lower it to see what happens when it is full.
inline std::size_t memory = std::size_t{64} << 30;
inline std::size_t memory_used = 0;
/// How often memory was taken on the card, for tests of steps that must not.
inline std::size_t allocations = 0;

enum class Owner { card, both, host };  ///< of ordinary, managed and pinned memory

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
inline bool on_card(const void* p, std::size_t bytes = 1) {
  const Block* b = block_of(p, bytes);
  return b != nullptr && b->owner != Owner::host;
}
inline bool on_host(const void* p) {
  const Block* b = block_of(p);
  return b == nullptr || b->owner != Owner::card;
}
inline bool pinned(const void* p, std::size_t bytes) {
  const Block* b = block_of(p, bytes);
  return b != nullptr && b->owner != Owner::card;
}

/// All bits are set at first, also in the margins around a block: floats nobody wrote are NaN.
inline constexpr std::size_t margin = 256;

inline void* take(std::size_t bytes, Owner owner) {
  const std::size_t page = 4096, mapped = (bytes + 2 * margin + page - 1) / page * page;
  void* whole = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
  // Protecting takes as long as there are pages, and happens twice for everything that the card does.
  madvise(whole, mapped, MADV_HUGEPAGE);
#endif
  std::memset(whole, 0xff, mapped);
  auto* const p = static_cast<std::byte*>(whole) + margin;
  if (strict && owner == Owner::card) mprotect(whole, mapped, PROT_NONE);
  blocks()[reinterpret_cast<std::uintptr_t>(p)] = {bytes, mapped, owner};
  return p;
}

/// False if the block is none.
inline bool give_back(void* p) {
  const auto found = blocks().find(reinterpret_cast<std::uintptr_t>(p));
  if (found == blocks().end()) return false;
  const Block block = found->second;
  auto* const whole = static_cast<std::byte*>(p) - margin;
  mprotect(whole, block.mapped, PROT_READ | PROT_WRITE);
  for (std::size_t i = 0; i < block.mapped; ++i) {
    if (i == margin) i += block.bytes;
    if (i < block.mapped)
      require(whole[i] == std::byte{0xff}, "something was written beside a block of memory");
  }
  munmap(whole, block.mapped);
  blocks().erase(found);
  return true;
}

/// While one of these lives, the card works.
class CardWorks {
public:
  CardWorks() {
    if (depth_++ == 0) protect(PROT_READ | PROT_WRITE);
  }
  ~CardWorks() {
    if (--depth_ == 0) protect(PROT_NONE);
  }
  CardWorks(const CardWorks&) = delete;
  CardWorks& operator=(const CardWorks&) = delete;

private:
  static void protect(int how) {
    if (!strict) return;
    for (const auto& [first, block] : blocks()) {
      if (block.owner == Owner::card) mprotect(reinterpret_cast<void*>(first - margin), block.mapped, how);
    }
  }
  static inline int depth_ = 0;
};

}  // namespace cuda_on_host
