#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "../fuzz.hpp"

// Looks at each allocation of a harness: libFuzzer's own limit is one for all files, whatever their size.

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DENSENF_FUZZ_SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define DENSENF_FUZZ_SANITIZED
#endif

namespace {

void check(std::size_t size) {
  const std::size_t most = fuzz::largest_allocation;
  if (size <= most) return;
  fuzz::largest_allocation = static_cast<std::size_t>(-1);  // what follows allocates, too
  std::fprintf(stderr, "An allocation of %zu bytes, where the file justifies %zu.\n", size, most);
  fuzz::finding("memory is taken that only the file's claim justifies");
}

}  // namespace

#ifdef DENSENF_FUZZ_SANITIZED

// The sanitizer has its own operator new, by which it knows what is freed in another way: it tells of each
// allocation, those of C libraries too.
#include <sanitizer/allocator_interface.h>

namespace {
const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { check(size); }, [](const volatile void*) {});
}

#else

namespace {

void* allocate(std::size_t size) {
  check(size);
  return std::malloc(size > 0 ? size : 1);
}

void* allocate(std::size_t size, std::align_val_t alignment) {
  check(size);
  const auto a = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(a, (size + a) / a * a);
}

void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// The other forms call these.
void* operator new(std::size_t size) { return or_throw(allocate(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(allocate(size, alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
