#pragma once

// The part of the CUDA runtime that densenf uses, on the host: what a program does with a card can be tested
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
#include <type_traits>
#include <vector>

#include "fibers.hpp"

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

inline void __syncthreads() { cuda_on_host::wait(cuda_on_host::Wait::block); }
inline void __syncwarp(unsigned = 0xffffffffu) { cuda_on_host::wait(cuda_on_host::Wait::warp); }

namespace cuda_on_host {
inline int lane() {
  return static_cast<int>((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32);
}
/// Every lane of a warp says a value and hears the one of lane `from`.
template <class T>
T exchange(T value, int from) {
  static_assert(sizeof(T) <= 8);
  static std::uint64_t said[32];
  std::memcpy(&said[lane()], &value, sizeof value);
  wait(Wait::warp);
  T heard;
  std::memcpy(&heard, &said[from & 31], sizeof heard);
  wait(Wait::warp);
  return heard;
}
}  // namespace cuda_on_host

template <class T>
T __shfl_sync(unsigned, T value, int from, int = 32) {
  return cuda_on_host::exchange(value, from);
}
template <class T>
T __shfl_xor_sync(unsigned, T value, int mask, int = 32) {
  return cuda_on_host::exchange(value, cuda_on_host::lane() ^ mask);
}
template <class T>
T __shfl_down_sync(unsigned, T value, unsigned delta, int = 32) {
  const int from = cuda_on_host::lane() + static_cast<int>(delta);
  return cuda_on_host::exchange(value, from < 32 ? from : cuda_on_host::lane());
}

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorStreamCaptureUnsupported = 900
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
  std::strcpy(p->name, "no card: the host in its place");
  return cudaSuccess;
}

// ---- streams, events, graphs ----

namespace cuda_on_host {
using Work = std::vector<std::function<void()>>;
struct Stream {
  std::shared_ptr<Work> capture;
};
/// Does what a stream is asked to do: now, or when the graph being captured runs.
inline cudaError_t submit(Stream* stream, std::function<void()> work) {
  if (stream != nullptr && stream->capture != nullptr) {
    stream->capture->push_back(std::move(work));
  } else {
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
inline cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  return s != nullptr && s->capture != nullptr ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}
inline cudaError_t cudaStreamIsCapturing(cudaStream_t s, cudaStreamCaptureStatus* status) {
  *status = s->capture != nullptr ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
inline cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode) {
  if (s->capture != nullptr) return cudaErrorStreamCaptureUnsupported;
  s->capture = std::make_shared<cuda_on_host::Work>();
  return cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* graph) {
  *graph = new std::shared_ptr<cuda_on_host::Work>(std::move(s->capture));
  s->capture = nullptr;
  return cudaSuccess;
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long = 0) {
  *exec = new std::shared_ptr<cuda_on_host::Work>(*graph);
  return cudaSuccess;
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t) {
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
inline cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  *milliseconds = std::chrono::duration<float, std::milli>(*end - *start).count();
  return cudaSuccess;
}

// ---- memory ----

namespace cuda_on_host {
/// What the card has; tests lower it to see what happens when it is full.
inline std::size_t memory = std::size_t{64} << 30;
inline std::size_t memory_used = 0;
/// How often memory was taken on the card, for tests of steps that must not.
inline std::size_t allocations = 0;

inline cudaError_t allocate(void** p, std::size_t bytes) {
  ++allocations;
  if (memory_used + bytes > memory) return cudaErrorMemoryAllocation;
  // The size stands before the block, and all bits are set at first: floats nobody wrote are NaN.
  auto* whole = static_cast<std::byte*>(std::aligned_alloc(256, (bytes + 511) / 256 * 256));
  std::memset(whole, 0xff, (bytes + 511) / 256 * 256);
  std::memcpy(whole, &bytes, sizeof bytes);
  memory_used += bytes;
  *p = whole + 256;
  return cudaSuccess;
}
inline cudaError_t release(void* p) {
  if (p == nullptr) return cudaSuccess;
  auto* whole = static_cast<std::byte*>(p) - 256;
  std::size_t bytes;
  std::memcpy(&bytes, whole, sizeof bytes);
  memory_used -= bytes;
  std::free(whole);
  return cudaSuccess;
}
}  // namespace cuda_on_host

inline constexpr unsigned cudaMemAttachGlobal = 1;
inline cudaError_t cudaMalloc(void** p, std::size_t bytes) { return cuda_on_host::allocate(p, bytes); }
inline cudaError_t cudaMallocManaged(void** p, std::size_t bytes, unsigned) {
  return cuda_on_host::allocate(p, bytes);
}
inline cudaError_t cudaMallocHost(void** p, std::size_t bytes) {
  *p = std::malloc(bytes);
  return cudaSuccess;
}
inline cudaError_t cudaMallocAsync(void** p, std::size_t bytes, cudaStream_t s) {
  if (s->capture != nullptr) return cudaErrorStreamCaptureUnsupported;
  return cuda_on_host::allocate(p, bytes);
}
inline cudaError_t cudaFree(void* p) { return cuda_on_host::release(p); }
inline cudaError_t cudaFreeAsync(void* p, cudaStream_t) { return cuda_on_host::release(p); }
inline cudaError_t cudaFreeHost(void* p) {
  std::free(p);
  return cudaSuccess;
}
inline cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *free = cuda_on_host::memory - cuda_on_host::memory_used;
  *total = cuda_on_host::memory;
  return cudaSuccess;
}
using cudaMemPool_t = void*;
enum cudaMemPoolAttr { cudaMemPoolAttrReleaseThreshold };
inline cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t*, int) { return cudaSuccess; }
inline cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }

enum cudaMemcpyKind {
  cudaMemcpyHostToHost,
  cudaMemcpyHostToDevice,
  cudaMemcpyDeviceToHost,
  cudaMemcpyDeviceToDevice,
  cudaMemcpyDefault
};
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind,
                                   cudaStream_t s) {
  return cuda_on_host::submit(s, [=] { std::memcpy(to, from, bytes); });
}
inline cudaError_t cudaMemsetAsync(void* p, int value, std::size_t bytes, cudaStream_t s) {
  return cuda_on_host::submit(s, [=] { std::memset(p, value, bytes); });
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
  if (threads == 0 || threads > 1024 || grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535)
    return cudaErrorInvalidConfiguration;
  const auto run = [=](Parameters... parameters) {
    gridDim = grid;
    blockDim = block;
    for (unsigned z = 0; z < grid.z; ++z)
      for (unsigned y = 0; y < grid.y; ++y)
        for (unsigned x = 0; x < grid.x; ++x) {
          blockIdx = {x, y, z};
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
