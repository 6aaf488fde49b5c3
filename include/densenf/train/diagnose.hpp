#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "densenf/flow/training_pass.hpp"

namespace densenf {

/// Runs the staged batch of a training step piece by piece, changing nothing, and throws NonFiniteError
/// naming the first piece whose output is infinite or NaN. Returns when there is none.
template <class SessionType, class T, class Device>
void find_non_finite(TrainingPass<SessionType>& pass, const Device& device, NoiseSource<T, Device>& noise,
                     Index slice = 0) {
  struct Finder : Observer<T> {
    Finder(const Device& d, Arena<Device>& s) : device(d), scratch(s) {}
    void on_output(const std::string& name, Tensor<const T> output, const double* log_prob) override {
      if (!all_finite(device, output, scratch.lend(all_finite_scratch_bytes(device, output))))
        throw NonFiniteError("The output of '{}' is not finite.", name);
      std::vector<double> host(static_cast<std::size_t>(output.n));
      fetch(device, log_prob, output.n, host.data());
      for (std::size_t n = 0; n < host.size(); ++n) {
        if (host[n] == -std::numeric_limits<double>::infinity()) {
          throw NonFiniteError(
              "The density of image {} of the batch is 0 from '{}' on: its numbers are outside of what that "
              "piece takes, or a matrix is singular.",
              n, name);
        }
        if (!std::isfinite(host[n])) throw NonFiniteError("The log-determinant of '{}' is not finite.", name);
      }
    }
    const Device& device;
    Arena<Device>& scratch;
  } finder(device, pass.scratch());
  pass.observe(noise, slice, finder);
}

}  // namespace densenf
