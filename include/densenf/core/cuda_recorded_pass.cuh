#pragma once

#include <algorithm>
#include <list>

#include "densenf/core/cuda_graph.cuh"
#include "densenf/core/cuda_mirror.cuh"
#include "densenf/core/recorded_pass.hpp"

namespace densenf {

/// On a GPU: the first work of a key is done call by call and finds out what memory it needs; the second is
/// recorded whole, and from then on the recording is started: the host says once that there is such work.
/// Work that cannot be recorded is done call by call. A few recordings are kept.
template <class Key>
class RecordedPass<Cuda, Key> {
public:
  explicit RecordedPass(const Cuda& cuda) : cuda_(cuda), further_(cuda) {}
  ~RecordedPass() {
    // Work that nobody waited for still reads and writes numbers of the host. Its errors have no reader.
    cudaStreamSynchronize(cuda_.stream());
  }
  RecordedPass(const RecordedPass&) = delete;
  RecordedPass& operator=(const RecordedPass&) = delete;

  /// make_key() is what a recording is good for, places in memory among it. The work before must be done.
  template <class MakeKey, class Body>
  void run(const MakeKey& make_key, const NoiseShift& at, const Body& body) {
    const auto work = [&] {
      further_.to_device();
      body(at, further_.device());
    };
    const auto known = std::find_if(known_.begin(), known_.end(),
                                    [key = make_key()](const Recording& r) { return r.key == key; });
    further_.host() = {};
    if (known == known_.end()) {
      work();
      known_.emplace_front(make_key());  // afterwards: the work has found its places in memory
      if (known_.size() > most) known_.pop_back();
      return;
    }
    if (!known->graph && known->recordable) {
      try {
        known->graph.capture(cuda_, work);
        known->at = at;
      } catch (const DeviceError&) {
        known->recordable = false;  // such as a piece that waits for the GPU
      }
    }
    if (!known->graph) {
      work();
      return;
    }
    further_.host() = {at.step - known->at.step, at.image - known->at.image};
    known->graph.launch(cuda_);
  }

private:
  static constexpr std::size_t most = 4;

  struct Recording {
    explicit Recording(const Key& k) : key(k) {}
    Key key;
    CudaGraph graph;
    NoiseShift at;
    bool recordable = true;
  };

  Cuda cuda_;
  Mirror<NoiseShift, Cuda> further_;
  std::list<Recording> known_;
};

}  // namespace densenf
