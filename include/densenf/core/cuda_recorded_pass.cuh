#pragma once

#include <optional>

#include "densenf/core/cuda_graph.cuh"
#include "densenf/core/cuda_mirror.cuh"
#include "densenf/core/recorded_pass.hpp"

namespace densenf {

/// On a card: the first work of a key is done call by call and finds out what memory it needs; the second is
/// recorded whole, and from then on the recording is started: the host says once that there is such work.
template <class Key>
class RecordedPass<Cuda, Key> {
public:
  explicit RecordedPass(const Cuda& cuda) : cuda_(cuda), step_shift_(cuda) {}
  ~RecordedPass() {
    // Work that nobody waited for still reads and writes numbers of the host. Its errors have no reader.
    cudaStreamSynchronize(cuda_.stream());
  }
  RecordedPass(const RecordedPass&) = delete;
  RecordedPass& operator=(const RecordedPass&) = delete;

  /// make_key() is what a recording is good for, places in memory among it. The work before must be done.
  template <class MakeKey, class Body>
  void run(const MakeKey& make_key, std::uint64_t step, const Body& body) {
    if (graph_ && recorded_ == make_key()) {
      step_shift_.host() = step - recorded_step_;
      graph_.launch(cuda_);
      return;
    }
    step_shift_.host() = 0;
    const auto work = [&] {
      step_shift_.to_device();
      body(step, step_shift_.device());
    };
    graph_.clear();
    if (tried_ != make_key()) {
      work();
      tried_ = make_key();  // afterwards: the work has found its places in memory
      return;
    }
    graph_.capture(cuda_, work);
    recorded_ = make_key();
    recorded_step_ = step;
    graph_.launch(cuda_);
  }

private:
  Cuda cuda_;
  Mirror<std::uint64_t, Cuda> step_shift_;
  CudaGraph graph_;
  std::optional<Key> tried_, recorded_;
  std::uint64_t recorded_step_ = 0;
};

}  // namespace densenf
