#pragma once

#include <cstdint>
#include <functional>
#include <source_location>

// The threads of a block as fibers of one thread of the host. A fiber runs until its thread waits for the
// warp or the block, or ends; warps run one after the other.
namespace cuda_on_host {

enum class Wait { none, warp, block, ended };

/// Called by a thread of a kernel: goes on when all threads of its warp or block wait too, or have ended.
void wait(Wait what, const std::source_location& at);

/// Called by all threads of a warp: says a value and hears that of lane `from`.
std::uint64_t exchange(std::uint64_t value, int from, const std::source_location& at);

/// Runs the job once for every thread of a block; select(t) is called whenever thread t runs.
void run_block(unsigned threads, const std::function<void(unsigned)>& select,
               const std::function<void()>& job);

}  // namespace cuda_on_host
