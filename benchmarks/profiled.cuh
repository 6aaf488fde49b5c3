#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "densenf/densenf.cuh"
#include "gpu_clock.cuh"

// A GPU that takes the time of each kernel which a flow asks it for.
namespace bench {

using namespace densenf;

/// Calls of a kernel at one size.
struct Calls {
  Index count = 0;
  double seconds = 0;     ///< of one
  double operations = 0;  ///< of one: products and sums of what is a product of matrices
  double bytes = 0;       ///< of one: every number once that must be read and once that must be written
};

/// A Cuda whose kernels (profiled_kernels.cuh) are timed from `start` on: each at the first call of its size,
/// which is repeated on the same memory. So what a flow computes is then of no use, but it asks for the same
/// work at the same places. Copies share what they know.
class Profiled : public Cuda {
public:
  using Profile = std::map<std::pair<std::string, std::string>, Calls>;  // by kernel and size

  explicit Profiled(const Cuda& cuda) : Cuda(cuda), state_(std::make_shared<State>()) {}

  void start() const { state_->started = true; }
  const Profile& profile() const { return state_->profile; }

  /// Does call(cuda); if it is the first of this kernel and size, does again(cuda) some more times. What is
  /// in `cost`: operations and bytes.
  template <class Call, class Again>
  void time(const char* kernel, const std::string& size, std::pair<double, double> cost, const Call& call,
            const Again& again) const {
    const Cuda& cuda = *this;
    call(cuda);
    if (!state_->started) return;
    Calls& calls = state_->profile[{kernel, size}];
    if (calls.count++ > 0) return;
    std::tie(calls.operations, calls.bytes) = cost;
    calls.seconds = seconds_on_gpu(cuda, 20, [&] { again(cuda); });
  }
  template <class Call>
  void time(const char* kernel, const std::string& size, std::pair<double, double> cost,
            const Call& call) const {
    time(kernel, size, cost, call, call);
  }

private:
  struct State {
    Profile profile;
    bool started = false;
  };
  std::shared_ptr<State> state_;
};

}  // namespace bench

template <class T>
class densenf::Buffer<T, bench::Profiled> : public densenf::Buffer<T, densenf::Cuda> {
public:
  using densenf::Buffer<T, densenf::Cuda>::Buffer;
};
