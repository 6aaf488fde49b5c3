#pragma once

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "densenf/core/cuda_check.cuh"
#include "densenf/core/cuda_staging.cuh"
#include "densenf/core/device.hpp"
#include "densenf/core/precision.hpp"
#include "densenf/core/shape.hpp"

namespace densenf {

namespace kernels::detail {
class MatmulPlans;  // kernels/cuda/matmul.cuh
class Cudnn;        // kernels/cuda/cudnn.cuh
}  // namespace kernels::detail

struct CudaOptions {
  int ordinal = 0;  ///< which GPU, counted as the CUDA runtime counts them
  Precision precision = Precision::full;
  bool host_visible = false;  ///< memory that the host may read and write after synchronize(); for tests
  bool cudnn = true;          ///< 3x3 convolutions by cuDNN, where this program is built with it
};

/// How many convolutions cuDNN has done, and how many it was asked for and left to densenf's own kernels.
struct CudnnUse {
  Index done = 0, left = 0;
};

/// A GPU as a device: its stream, in which everything happens in order, and what its libraries need. Copies
/// share them. Throws DeviceError when there is no such GPU.
class Cuda : public kernels::DeviceTag {
public:
  explicit Cuda(CudaOptions options = {}) : state_(std::make_shared<State>(options)) {}

  static constexpr std::size_t alignment = 256;
  /// The inverse of one matrix keeps one multiprocessor busy.
  static constexpr bool inverts_together = true;

  cudaStream_t stream() const { return state_->stream; }
  cublasLtHandle_t blas() const { return state_->blas; }
  Precision precision() const { return state_->options.precision; }
  /// The same GPU with a stream of its own, to compute beside this one.
  Cuda fresh() const { return Cuda(state_->options); }

  std::string describe() const {
    cudaDeviceProp properties{};
    detail::check_cuda(cudaGetDeviceProperties(&properties, state_->options.ordinal),
                       "asking for a GPU's name");
    return properties.name;
  }

  /// Makes this GPU the one that the calling thread's CUDA calls are for.
  void make_current() const { detail::check_cuda(cudaSetDevice(state_->options.ordinal), "choosing a GPU"); }

  /// Memory for `bytes` bytes, which the error calls `what` (plural) when there is no room: an
  /// OutOfMemoryError, after which everything works as before.
  void* allocate(std::size_t bytes, const char* what = "activations") const {
    make_current();
    cudaStreamCaptureStatus capturing{};
    detail::check_cuda(cudaStreamIsCapturing(stream(), &capturing), "looking at the stream");
    if (capturing != cudaStreamCaptureStatusNone) {
      throw DeviceError("A step that is being recorded asked for {} bytes of {}: run it once before.", bytes,
                        what);
    }
    void* p = nullptr;
    cudaError_t status = take(&p, bytes);
    if (status == cudaErrorMemoryAllocation) {
      // The pool may hold memory that was freed, but in pieces that are too small.
      cudaGetLastError();
      state_->release_freed_memory();
      status = take(&p, bytes);
    }
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // an error that was reported is forgotten
      std::size_t free = 0, total = 0;
      detail::check_cuda(cudaMemGetInfo(&free, &total), "asking for the free memory");
      throw OutOfMemoryError(
          "The GPU has no room for {:.1f} MB of {}: {:.1f} of {:.1f} MB are free. Use a smaller batch (or "
          "micro-batches), or the memory policy reverse.",
          1e-6 * static_cast<double>(bytes), what, 1e-6 * static_cast<double>(free),
          1e-6 * static_cast<double>(total));
    }
    detail::check_cuda(status, "allocating memory");
    return p;
  }
  void deallocate(void* p, std::size_t) const noexcept {
    // Nothing could be done about an error here; a sticky one shows at the next call that is checked.
    if (state_->options.host_visible) {
      cudaStreamSynchronize(stream());
      cudaFree(p);
    } else {
      cudaFreeAsync(p, stream());
    }
  }

  /// Waits until everything that was asked for is done. Throws DeviceError if something went wrong in it.
  void synchronize() const { detail::check_cuda(cudaStreamSynchronize(stream()), "waiting for the GPU"); }

  /// Numbers on the GPU that are 0 between kernels: blocks of one kernel count each other with them, and the
  /// last one sets them back. They are not scratch memory because that is not 0, and setting it to 0 would be
  /// another launch for every sum.
  static constexpr std::uint32_t counters_size = 1024;
  std::uint32_t* counters() const { return state_->counters; }

  /// Where numbers are on their way from and to the host; what it takes is this GPU's.
  CudaStaging& staging() const {
    make_current();
    return state_->staging;
  }

  /// What kernels remember about cuBLASLt's products; null until the first one.
  std::shared_ptr<kernels::detail::MatmulPlans>& matmul_plans() const { return state_->matmul_plans; }

  /// The same of cuDNN, which is used if wants_cudnn().
  std::shared_ptr<kernels::detail::Cudnn>& cudnn() const { return state_->cudnn; }
  bool wants_cudnn() const { return state_->options.cudnn; }
  /// Zeros where this program is built without cuDNN.
  CudnnUse& cudnn_use() const { return state_->cudnn_use; }

private:
  cudaError_t take(void** p, std::size_t bytes) const {
    return state_->options.host_visible ? cudaMallocManaged(p, bytes, cudaMemAttachGlobal)
                                        : cudaMallocAsync(p, bytes, stream());
  }

  struct State {
    explicit State(const CudaOptions& o) : options(o) {
      int gpus = 0;
      const cudaError_t status = cudaGetDeviceCount(&gpus);
      if (status != cudaSuccess || gpus == 0) {
        throw DeviceError("There is no CUDA GPU here ({}): use the device Cpu.", cudaGetErrorString(status));
      }
      if (o.ordinal < 0 || o.ordinal >= gpus) {
        throw DeviceError("There is no CUDA GPU number {}: this machine has {}, counted from 0.", o.ordinal,
                          gpus);
      }
      detail::check_cuda(cudaSetDevice(o.ordinal), "choosing a GPU");
      detail::check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
      counters = zeros<std::uint32_t>(counters_size);
      detail::check_blas(cublasLtCreate(&blas), "starting cuBLASLt");
      if (!o.host_visible) keep_freed_memory();
    }
    ~State() {
      cudaSetDevice(options.ordinal);
      cudaStreamSynchronize(stream);
      staging.free();
      cudnn.reset();  // while its stream is there
      cublasLtDestroy(blas);
      cudaFree(counters);
      cudaStreamDestroy(stream);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    template <class T>
    T* zeros(std::size_t count) const {
      void* p = nullptr;
      detail::check_cuda(cudaMalloc(&p, count * sizeof(T)), "allocating numbers");
      detail::check_cuda(cudaMemsetAsync(p, 0, count * sizeof(T), stream), "setting numbers");
      return static_cast<T*>(p);
    }

    cudaMemPool_t pool() const {
      cudaMemPool_t found = nullptr;
      detail::check_cuda(cudaDeviceGetDefaultMemPool(&found, options.ordinal), "finding the memory pool");
      return found;
    }
    /// By default the runtime gives freed memory back to the system at every synchronization.
    void keep_freed_memory() const {
      std::uint64_t all = UINT64_MAX;
      detail::check_cuda(cudaMemPoolSetAttribute(pool(), cudaMemPoolAttrReleaseThreshold, &all),
                         "setting up the memory pool");
    }
    void release_freed_memory() const {
      detail::check_cuda(cudaStreamSynchronize(stream), "waiting for the GPU");
      detail::check_cuda(cudaMemPoolTrimTo(pool(), 0), "giving back memory");
    }

    CudaOptions options;
    cudaStream_t stream = nullptr;
    cublasLtHandle_t blas = nullptr;
    std::uint32_t* counters = nullptr;
    CudaStaging staging;
    std::shared_ptr<kernels::detail::MatmulPlans> matmul_plans;
    std::shared_ptr<kernels::detail::Cudnn> cudnn;
    CudnnUse cudnn_use;
  };

  std::shared_ptr<State> state_;
};

/// Waits until a GPU has done what it was asked for. Throws DeviceError if something went wrong in it.
inline void synchronize(const Cuda& cuda) { cuda.synchronize(); }

}  // namespace densenf
