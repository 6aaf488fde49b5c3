#include <doctest/doctest.h>

#include <cstdint>
#include <new>
#include <vector>

#include "densenf/core/arena.hpp"

using namespace densenf;

namespace {

/// Counts what is allocated.
struct Counting {
  struct Counts {
    int allocations = 0, living = 0;
  };
  static constexpr std::size_t alignment = 64;
  Counts* counts;
  void* allocate(std::size_t bytes) const {
    ++counts->allocations;
    ++counts->living;
    return ::operator new (bytes, std::align_val_t{alignment});
  }
  void deallocate(void* p, std::size_t) const {
    --counts->living;
    ::operator delete (p, std::align_val_t{alignment});
  }
};

constexpr Index mebi = Index{1} << 20;

}  // namespace

TEST_CASE("Arena: memory is aligned, separate, and reused after a release") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  auto* a = arena.allocate<char>(3);
  const auto mark = arena.mark();
  auto* b = arena.allocate<double>(5);
  CHECK(reinterpret_cast<std::uintptr_t>(a) % 64 == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(b) % 64 == 0);
  CHECK(reinterpret_cast<char*>(b) >= a + 3);
  arena.release(mark);
  CHECK(arena.allocate<double>(1) == b);
}

TEST_CASE("Arena: the second pass allocates nothing and finds everything where it was") {
  Counting::Counts counts;
  {
    Arena<Counting> arena(Counting{&counts});
    const auto pass = [&] {
      arena.reset();
      std::vector<void*> places;
      // Four full blocks, so that a single one must have all of this size.
      for (int i = 0; i < 4; ++i) places.push_back(arena.allocate<char>(mebi));
      arena.release({});
      places.push_back(arena.allocate<char>(mebi / 2));
      const auto mark = arena.mark();
      for (int i = 0; i < 5; ++i) places.push_back(arena.allocate<char>(mebi / 2 + i));
      arena.release(mark);
      places.push_back(arena.allocate<char>(3 * mebi));
      return places;
    };
    pass();
    CHECK(counts.allocations > 1);
    const std::vector<void*> second = pass();
    const int allocations = counts.allocations;
    for (int i = 0; i < 3; ++i) CHECK(pass() == second);
    CHECK(counts.allocations == allocations);
    CHECK(counts.living == 1);
  }
  CHECK(counts.living == 0);
}

TEST_CASE("Arena: a release reaches back over several blocks") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  arena.allocate<char>(10);
  const auto mark = arena.mark();
  auto* first = arena.allocate<char>(10);
  for (int i = 0; i < 4; ++i) arena.allocate<char>(mebi);
  arena.release(mark);
  CHECK(arena.allocate<char>(10) == first);
}

TEST_CASE("Arena: the peak is the most that was in use at one time") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  const auto start = arena.mark();
  arena.allocate<char>(640);
  arena.release(start);
  arena.allocate<char>(64);
  CHECK(arena.peak_bytes() == 640);
  arena.reset_peak();
  CHECK(arena.peak_bytes() == 64);
  arena.allocate<char>(1);
  CHECK(arena.peak_bytes() == 128);
}

TEST_CASE("Arena: one block takes the place of those that are too small, where nothing is kept") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  for (const Index size : {mebi, 2 * mebi, 4 * mebi, mebi}) {
    const auto mark = arena.mark();
    arena.allocate<char>(size);
    arena.release(mark);
    CHECK(counts.living == 1);
  }
  CHECK(counts.allocations == 3);
  CHECK(arena.peak_bytes() == static_cast<std::size_t>(4 * mebi));
}

TEST_CASE("Arena: nothing may be asked for") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  arena.reset();
  CHECK(arena.allocate<double>(0) != nullptr);
  CHECK(arena.peak_bytes() == 0);
}

TEST_CASE("Arena: what is lent is given back after the call, and nothing of no bytes is allocated") {
  Counting::Counts counts;
  Arena<Counting> arena(Counting{&counts});
  const auto first_piece = [](Scratch scratch) { return scratch.take<char>(100); };
  first_piece(arena.lend(Scratch::bytes_for<char>(100)));
  counts.allocations = 0;
  const auto mark = arena.mark();
  auto* const place = first_piece(arena.lend(512));
  CHECK(first_piece(arena.lend(256)) == place);
  CHECK_THROWS_AS(first_piece(arena.lend(0)), ArgumentError);
  CHECK(arena.mark().used == mark.used);
  CHECK(counts.allocations == 0);
  {
    Arena<Counting> empty(Counting{&counts});
    [[maybe_unused]] const auto nothing = empty.lend(0);
  }
  CHECK(counts.allocations == 0);
}

TEST_CASE("Scratch: pieces lie one behind the other, within what there is") {
  alignas(256) char memory[1024];
  Scratch scratch(memory, 1024);
  CHECK(Scratch::bytes_for<double>(0) == 0);
  CHECK(Scratch::bytes_for<double>(32) == 256);
  CHECK(Scratch::bytes_for<double>(33) == 512);
  CHECK(scratch.take<double>(33) == static_cast<void*>(memory));
  CHECK(scratch.take<float>(1) == static_cast<void*>(memory + 512));
  const Scratch of_the_kernel_called = scratch;
  CHECK_THROWS_WITH_AS(
      scratch.take<float>(65),
      "A kernel needs 512 bytes of scratch memory where 256 are left: the function with its name "
      "and _scratch_bytes says how many it takes.",
      ArgumentError);
  CHECK(scratch.take<char>(256) == memory + 768);
  CHECK(scratch.take<char>(0) == memory + 1024);
  Scratch copy = of_the_kernel_called;
  CHECK(copy.take<char>(1) == memory + 768);
}
