#pragma once

// The part of the CUDA runtime that densenf uses, on the host: what a program does with a GPU can be tested
// where there is none. Kernels run block by block, each thread of a block as a fiber (fibers.hpp), and
// streams run everything at once; a stream that is being captured keeps it for later. Nothing here is fast.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <source_location>
#include <type_traits>
#include <utility>
#include <vector>

#include "fibers.hpp"
#include "memory.hpp"

// Tells tests that they may look behind the scenes.
#define DENSENF_CUDA_ON_HOST

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
// One block runs at a time, so what its threads share may as well outlive it.
#define __shared__ static
#define __restrict__
#define __align__(n) alignas(n)

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};
struct uint3 {
  unsigned x, y, z;
};
struct float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline constexpr int warpSize = 32;
inline uint3 threadIdx, blockIdx;
inline dim3 blockDim, gridDim;

inline void __syncthreads(const std::source_location& at = std::source_location::current()) {
  cuda_on_host::wait(cuda_on_host::Wait::block, at);
}
inline void __syncwarp(unsigned = 0xffffffffu,
                       const std::source_location& at = std::source_location::current()) {
  cuda_on_host::wait(cuda_on_host::Wait::warp, at);
}

/// Nothing interrupts a thread, and what it writes is there at once.
inline void __threadfence() {}
inline unsigned atomicAdd(unsigned* address, unsigned value) {
  return std::exchange(*address, *address + value);
}

namespace cuda_on_host {
inline int lane() {
  return static_cast<int>((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32);
}
/// Every lane of a warp says a value and hears the one of lane `from`.
template <class T>
T exchange_of(T value, int from, const std::source_location& at) {
  static_assert(sizeof(T) <= 8);
  std::uint64_t said = 0;
  std::memcpy(&said, &value, sizeof value);
  const std::uint64_t bits = exchange(said, from, at);
  T heard;
  std::memcpy(&heard, &bits, sizeof heard);
  return heard;
}
}  // namespace cuda_on_host

template <class T>
T __shfl_sync(unsigned, T value, int from, int = 32,
              const std::source_location& at = std::source_location::current()) {
  return cuda_on_host::exchange_of(value, from, at);
}
template <class T>
T __shfl_xor_sync(unsigned, T value, int mask, int = 32,
                  const std::source_location& at = std::source_location::current()) {
  return cuda_on_host::exchange_of(value, cuda_on_host::lane() ^ mask, at);
}
template <class T>
T __shfl_down_sync(unsigned, T value, unsigned delta, int = 32,
                   const std::source_location& at = std::source_location::current()) {
  const int from = cuda_on_host::lane() + static_cast<int>(delta);
  return cuda_on_host::exchange_of(value, from < 32 ? from : cuda_on_host::lane(), at);
}

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorStreamCaptureUnsupported = 900,
  cudaErrorStreamCaptureInvalidated = 901
};
inline const char* cudaGetErrorName(cudaError_t e) {
  switch (e) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration:
      return "cudaErrorInvalidConfiguration";
    case cudaErrorStreamCaptureUnsupported:
      return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureInvalidated:
      return "cudaErrorStreamCaptureInvalidated";
    default:
      return "cudaErrorInvalidValue";
  }
}
inline const char* cudaGetErrorString(cudaError_t e) {
  switch (e) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorStreamCaptureUnsupported:
      return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureInvalidated:
      return "operation failed due to a previous error during capture";
    default:
      return "invalid argument";
  }
}
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline cudaError_t cudaPeekAtLastError() { return cudaSuccess; }
inline cudaError_t cudaGetDeviceCount(int* n) {
  *n = 1;
  return cudaSuccess;
}
inline cudaError_t cudaSetDevice(int ordinal) { return ordinal == 0 ? cudaSuccess : cudaErrorInvalidValue; }

struct cudaDeviceProp {
  char name[256];
};
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int) {
  std::strcpy(p->name, "no GPU: the host in its place");
  return cudaSuccess;
}

// ---- streams, events, graphs ----

namespace cuda_on_host {
using Work = std::vector<std::function<void()>>;
struct Stream {
  std::shared_ptr<Work> capture;
  bool invalid = false;  ///< something was asked for that cannot be captured
};
/// The stream that this thread captures.
inline thread_local Stream* captured = nullptr;

/// What may not be asked for while this thread captures; spoils what is being captured.
inline bool forbidden() {
  if (captured == nullptr) return false;
  captured->invalid = true;
  return true;
}
/// Does what a stream is asked to do: now, or when the graph being captured runs.
inline cudaError_t submit(Stream* stream, std::function<void()> work) {
  if (stream != nullptr && stream->capture != nullptr) {
    if (stream->invalid) return cudaErrorStreamCaptureInvalidated;
    stream->capture->push_back(std::move(work));
  } else {
    const GpuWorks works;
    work();
  }
  return cudaSuccess;
}
}  // namespace cuda_on_host

using cudaStream_t = cuda_on_host::Stream*;
using cudaGraph_t = std::shared_ptr<cuda_on_host::Work>*;
using cudaGraphExec_t = std::shared_ptr<cuda_on_host::Work>*;
using cudaEvent_t = std::chrono::steady_clock::time_point*;
inline constexpr unsigned cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2, cudaEventDefault = 0;
enum cudaStreamCaptureMode {
  cudaStreamCaptureModeGlobal,
  cudaStreamCaptureModeThreadLocal,
  cudaStreamCaptureModeRelaxed
};
enum cudaStreamCaptureStatus { cudaStreamCaptureStatusNone, cudaStreamCaptureStatusActive };

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  *s = new cuda_on_host::Stream;
  return cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t s) {
  delete s;
  return cudaSuccess;
}
inline cudaError_t cudaStreamSynchronize(cudaStream_t) {
  return cuda_on_host::forbidden() ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}
inline cudaError_t cudaStreamIsCapturing(cudaStream_t s, cudaStreamCaptureStatus* status) {
  *status = s->capture != nullptr ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
inline cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode mode) {
  if (s->capture != nullptr || mode != cudaStreamCaptureModeThreadLocal)
    return cudaErrorStreamCaptureUnsupported;
  *s = {std::make_shared<cuda_on_host::Work>(), false};
  cuda_on_host::captured = s;
  return cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* graph) {
  cuda_on_host::captured = nullptr;
  const cuda_on_host::Stream recorded = std::exchange(*s, {});
  if (recorded.capture == nullptr) return cudaErrorInvalidValue;
  *graph = nullptr;
  if (recorded.invalid) return cudaErrorStreamCaptureInvalidated;
  *graph = new std::shared_ptr<cuda_on_host::Work>(recorded.capture);
  return cudaSuccess;
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long = 0) {
  *exec = new std::shared_ptr<cuda_on_host::Work>(*graph);
  return cudaSuccess;
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t) {
  const cuda_on_host::GpuWorks works;
  for (const auto& work : **exec) work();
  return cudaSuccess;
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t g) {
  delete g;
  return cudaSuccess;
}
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t g) {
  delete g;
  return cudaSuccess;
}
inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  *e = new std::chrono::steady_clock::time_point();
  return cudaSuccess;
}
inline cudaError_t cudaEventDestroy(cudaEvent_t e) {
  delete e;
  return cudaSuccess;
}
inline cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t) {
  *e = std::chrono::steady_clock::now();
  return cudaSuccess;
}
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  *milliseconds = std::chrono::duration<float, std::milli>(*end - *start).count();
  return cudaSuccess;
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t) {
  return cuda_on_host::forbidden() ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

// ---- memory ----

namespace cuda_on_host {
inline cudaError_t allocate(void** p, std::size_t bytes, Owner owner) {
  if (forbidden()) return cudaErrorStreamCaptureUnsupported;
  ++allocations;
  if (memory_used + bytes > memory) return cudaErrorMemoryAllocation;
  memory_used += bytes;
  *p = take(bytes, owner);
  return *p != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}
inline cudaError_t release(void* p, Owner owner) {
  if (forbidden()) return cudaErrorStreamCaptureUnsupported;
  if (p == nullptr) return cudaSuccess;
  const Block* block = block_of(p);
  if (block == nullptr || (block->owner == Owner::host) != (owner == Owner::host))
    return cudaErrorInvalidValue;
  if (owner != Owner::host) memory_used -= block->bytes;
  return give_back(p) ? cudaSuccess : cudaErrorInvalidValue;
}
}  // namespace cuda_on_host

inline constexpr unsigned cudaMemAttachGlobal = 1;
inline cudaError_t cudaMalloc(void** p, std::size_t bytes) {
  return cuda_on_host::allocate(p, bytes, cuda_on_host::Owner::gpu);
}
inline cudaError_t cudaMallocManaged(void** p, std::size_t bytes, unsigned) {
  return cuda_on_host::allocate(p, bytes, cuda_on_host::Owner::both);
}
inline cudaError_t cudaMallocAsync(void** p, std::size_t bytes, cudaStream_t) {
  return cuda_on_host::allocate(p, bytes, cuda_on_host::Owner::gpu);
}
inline cudaError_t cudaMallocHost(void** p, std::size_t bytes) {
  if (cuda_on_host::forbidden()) return cudaErrorStreamCaptureUnsupported;
  *p = cuda_on_host::take(bytes, cuda_on_host::Owner::host);
  return *p != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}
inline cudaError_t cudaFree(void* p) { return cuda_on_host::release(p, cuda_on_host::Owner::gpu); }
inline cudaError_t cudaFreeAsync(void* p, cudaStream_t) {
  return cuda_on_host::release(p, cuda_on_host::Owner::gpu);
}
inline cudaError_t cudaFreeHost(void* p) { return cuda_on_host::release(p, cuda_on_host::Owner::host); }
inline cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *free = cuda_on_host::memory - cuda_on_host::memory_used;
  *total = cuda_on_host::memory;
  return cudaSuccess;
}
using cudaMemPool_t = void*;
enum cudaMemPoolAttr { cudaMemPoolAttrReleaseThreshold };
inline cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t*, int) { return cudaSuccess; }
inline cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, std::size_t) { return cudaSuccess; }
inline cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }

enum cudaMemcpyKind {
  cudaMemcpyHostToHost,
  cudaMemcpyHostToDevice,
  cudaMemcpyDeviceToHost,
  cudaMemcpyDeviceToDevice,
  cudaMemcpyDefault
};
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                                   cudaStream_t s) {
  using namespace cuda_on_host;
  const bool to_gpu = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_gpu = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const auto possible = [=] {
    return (to_gpu ? on_gpu(to, bytes) : on_host(to)) && (from_gpu ? on_gpu(from, bytes) : on_host(from));
  };
  if (!possible()) return cudaErrorInvalidValue;
  // What is copied later must not move meanwhile.
  const auto stays = [=] { return (to_gpu || pinned(to, bytes)) && (from_gpu || pinned(from, bytes)); };
  if (s->capture == nullptr) return submit(s, [=] { std::memcpy(to, from, bytes); });
  if (!stays()) {
    forbidden();
    return cudaErrorStreamCaptureUnsupported;
  }
  return submit(s, [=] {
    require(possible() && stays(), "a recorded copy is of memory that is not there any more");
    std::memcpy(to, from, bytes);
  });
}
inline cudaError_t cudaMemsetAsync(void* p, int value, std::size_t bytes, cudaStream_t s) {
  if (!cuda_on_host::on_gpu(p, bytes)) return cudaErrorInvalidValue;
  return cuda_on_host::submit(s, [=] {
    cuda_on_host::require(cuda_on_host::on_gpu(p, bytes), "memory is set that is not there any more");
    std::memset(p, value, bytes);
  });
}

// ---- kernels ----

struct cudaLaunchAttribute {};
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  std::size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
  cudaLaunchAttribute* attrs = nullptr;
  unsigned numAttrs = 0;
};

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  const dim3 grid = config->gridDim, block = config->blockDim;
  const unsigned threads = block.x * block.y * block.z;
  if (threads == 0 || threads > 1024 || grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 ||
      grid.z > 65535 || grid.x > 2147483647u)
    return cudaErrorInvalidConfiguration;
  const auto run = [=](Parameters... parameters) {
    gridDim = grid;
    blockDim = block;
    const std::size_t blocks = std::size_t{grid.x} * grid.y * grid.z;
    for (std::size_t i = 0; i < blocks; ++i) {
      const std::size_t b = cuda_on_host::strict ? blocks - 1 - i : i;
      blockIdx = {static_cast<unsigned>(b % grid.x), static_cast<unsigned>(b / grid.x % grid.y),
                  static_cast<unsigned>(b / grid.x / grid.y)};
      cuda_on_host::run_block(
          threads,
          [block](unsigned t) {
            threadIdx = {t % block.x, t / block.x % block.y, t / block.x / block.y};
          },
          [&] { kernel(parameters...); });
    }
  };
  return cuda_on_host::submit(config->stream,
                              [run, ... kept = std::decay_t<Parameters>(arguments)] { run(kept...); });
}
