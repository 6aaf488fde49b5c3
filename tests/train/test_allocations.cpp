#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "densenf/train/trainer.hpp"
#include "small_flow.hpp"

// Counts every allocation of this program, also those of the C library and of threads. Sanitizers bring their
// own allocator, and other C libraries have other names for the one behind: there the test says that it is
// skipped.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 1
#else
#define COUNTS_ALLOCATIONS 0
#endif

namespace {
std::atomic<long> allocations{0};
}

#if COUNTS_ALLOCATIONS
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) {
  ++allocations;
  return __libc_realloc(p, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  *p = memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
}
#endif

using namespace densenf;
using small::Model;
using SmallFlow = Flow<Model, float>;

TEST_CASE("the counter sees allocations" * doctest::skip(!COUNTS_ALLOCATIONS)) {
  const long before = allocations.load();
  delete[] new volatile int[1000];
  Cpu(1).deallocate(Cpu(1).allocate(4096), 4096);
  std::free(std::malloc(10));
  CHECK(allocations.load() >= before + 3);
}

TEST_CASE("from the second training step on nothing is allocated" * doctest::skip(!COUNTS_ALLOCATIONS)) {
  const Images images = small::images();
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    SmallFlow flow({1, 8, 8}, Cpu(2));
    Trainer<SmallFlow> trainer(flow,
                               {.max_gradient_norm = 1.0, .average = WeightAverage{0.9}, .policy = policy});
    trainer.step(images);
    const long before = allocations.load();
    double loss = 0;
    for (int i = 0; i < 3; ++i) loss = trainer.step(images);
    const long after = allocations.load();
    CHECK(after - before == 0);
    CHECK(std::isfinite(loss));
  }
}

TEST_CASE("counting is skipped here" * doctest::skip(COUNTS_ALLOCATIONS)) {
  MESSAGE("Allocations are not counted with this C library or this sanitizer.");
}
