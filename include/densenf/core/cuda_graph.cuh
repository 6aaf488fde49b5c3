#pragma once

#include <cuda_runtime.h>

#include "densenf/core/cuda.cuh"

namespace densenf {

/// Work for a GPU that is recorded once and then started as one.
class CudaGraph {
public:
  CudaGraph() = default;
  ~CudaGraph() { clear(); }
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  explicit operator bool() const { return graph_ != nullptr; }

  /// Records what work() puts into the device's stream, without running it. work() must not wait for the GPU
  /// nor take memory from it.
  template <class Work>
  void capture(const Cuda& cuda, const Work& work) {
    clear();
    cuda.make_current();
    detail::check_cuda(cudaStreamBeginCapture(cuda.stream(), cudaStreamCaptureModeThreadLocal),
                       "beginning to record a step");
    cudaGraph_t recorded = nullptr;
    try {
      work();
    } catch (...) {
      cudaStreamEndCapture(cuda.stream(), &recorded);
      if (recorded != nullptr) cudaGraphDestroy(recorded);
      cudaGetLastError();
      throw;
    }
    detail::check_cuda(cudaStreamEndCapture(cuda.stream(), &recorded), "recording a step");
    const cudaError_t status = cudaGraphInstantiate(&graph_, recorded, 0);
    cudaGraphDestroy(recorded);
    detail::check_cuda(status, "preparing a recorded step");
  }

  void launch(const Cuda& cuda) const {
    cuda.make_current();
    detail::check_cuda(cudaGraphLaunch(graph_, cuda.stream()), "starting a recorded step");
  }

  void clear() noexcept {
    if (graph_ != nullptr) cudaGraphExecDestroy(graph_);
    graph_ = nullptr;
  }

private:
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace densenf
