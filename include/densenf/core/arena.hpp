#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/core/cpu.hpp"
#include "densenf/core/scratch.hpp"

namespace densenf {

/// Memory that is taken in order and given back in the opposite order, in one move.
///
/// The first pass over a model finds out how much is needed, in several blocks if need be; `reset` then
/// replaces them by one block of that size. From the second pass on nothing is allocated and every
/// tensor lies where it lay before.
template <class Device>
class Arena {
public:
  /// A place in the arena to come back to.
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  explicit Arena(Device device) : device_(std::move(device)) {}
  ~Arena() { free_blocks(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Uninitialized memory for `count` values, aligned for the device's vector loads.
  template <class T>
  T* allocate(Index count) {
    static_assert(
        std::is_trivially_destructible_v<T>,
        "The arena forgets what it holds without destroying it: keep only trivially destructible types.");
    return static_cast<T*>(allocate_bytes(static_cast<std::size_t>(count) * sizeof(T)));
  }

  Mark mark() const { return {current_, used_}; }

  /// Gives back everything that was allocated after `m` was taken.
  void release(Mark m) {
    current_ = m.block;
    used_ = m.used;
  }

  /// Gives back what was allocated in its lifetime, also when an exception ends that.
  class Scope {
  public:
    explicit Scope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
    ~Scope() { arena_.release(mark_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

  private:
    Arena& arena_;
    Mark mark_;
  };
  [[nodiscard]] Scope scope() { return Scope(*this); }

  /// Scratch memory that is given back at the end of its lifetime. As an argument it lives as long as the
  /// call:
  ///
  ///   kernel(device, x, y, arena.lend(kernel_scratch_bytes(device, x)));
  class Loan {
  public:
    Loan(Arena& arena, Index bytes)
        : scope_(arena),
          scratch_(bytes > 0 ? arena.allocate_bytes(static_cast<std::size_t>(bytes)) : nullptr, bytes) {}
    operator Scratch() const { return scratch_; }

  private:
    Scope scope_;
    Scratch scratch_;
  };
  [[nodiscard]] Loan lend(Index bytes) { return Loan(*this, bytes); }

  /// Gives back everything and, if several blocks were needed, merges them into one.
  void reset() {
    if (blocks_.size() > 1) {
      free_blocks();
      add_block(peak_);
    }
    current_ = 0;
    used_ = 0;
  }

  /// The most bytes that were in use at one time.
  std::size_t peak_bytes() const { return peak_; }
  void reset_peak() { peak_ = in_use(); }

  /// Changes whenever memory is taken from the device: until then everything lies where it lay.
  std::uint64_t generation() const { return generation_; }

  const Device& device() const { return device_; }

private:
  struct Block {
    std::byte* data;
    std::size_t size;
  };

  void* allocate_bytes(std::size_t bytes) {
    bytes = round_up(bytes);
    // Where nothing is kept, one block takes the place of those that have become too small.
    if (current_ == 0 && used_ == 0 && !blocks_.empty() && bytes > blocks_[0].size) free_blocks();
    while (current_ < blocks_.size() && used_ + bytes > blocks_[current_].size) {
      ++current_;
      used_ = 0;
    }
    if (current_ == blocks_.size()) {
      add_block(std::max(bytes, std::max(smallest_block, capacity() / 2)));
      used_ = 0;
    }
    void* p = blocks_[current_].data + used_;
    used_ += bytes;
    peak_ = std::max(peak_, in_use());
    return p;
  }

  std::size_t in_use() const {
    std::size_t total = used_;
    for (std::size_t i = 0; i < current_ && i < blocks_.size(); ++i) total += blocks_[i].size;
    return total;
  }
  std::size_t capacity() const {
    std::size_t total = 0;
    for (const Block& b : blocks_) total += b.size;
    return total;
  }
  void add_block(std::size_t size) {
    size = round_up(size);
    ++generation_;
    blocks_.reserve(blocks_.size() + 1);
    blocks_.push_back({static_cast<std::byte*>(device_.allocate(size)), size});
  }
  void free_blocks() {
    for (const Block& b : blocks_) device_.deallocate(b.data, b.size);
    blocks_.clear();
  }
  static constexpr std::size_t round_up(std::size_t bytes) {
    return (bytes + Device::alignment - 1) / Device::alignment * Device::alignment;
  }

  static constexpr std::size_t smallest_block = std::size_t{1} << 20;

  Device device_;
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace densenf
