#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "densenf/flow/training_pass.hpp"

// Pieces whose parameters start from data (ActNorm): their start, and the way back from it.
namespace densenf {

/// Tensors of a flat buffer as they were, to be put back if what changed them comes to nothing.
template <class T>
class SavedTensors {
public:
  SavedTensors() = default;

  template <class Device>
  SavedTensors(const Buffer<T, Device>& buffer, std::vector<Param> places) : places_(std::move(places)) {
    for (const Param& p : places_) values_.push_back(buffer.to_host(p.offset, p.size));
  }

  template <class Device>
  void put_back(Buffer<T, Device>& buffer) const {
    for (std::size_t i = 0; i < places_.size(); ++i)
      buffer.assign_at(places_[i].offset, std::span<const T>(values_[i]));
  }

  const std::vector<Param>& places() const { return places_; }
  bool empty() const { return places_.empty(); }

private:
  std::vector<Param> places_;
  std::vector<std::vector<T>> values_;
};

/// What data-dependent starts have overwritten.
template <class T>
struct BeforeDataStart {
  SavedTensors<T> parameters, state;
  bool settled = true;                          ///< what Flow::settle is for, before
  bool empty() const { return state.empty(); }  // of which there is a flag wherever something starts
};

/// Puts back what was overwritten.
template <class T, class WeightsType>
void take_back(WeightsType& weights, const BeforeDataStart<T>& before) {
  if (before.empty()) return;
  weights.change([&](auto& parameters, auto& state) {
    before.parameters.put_back(parameters);
    before.state.put_back(state);
  });
  if (!before.settled) weights.unsettle();
}

/// Settles weights that never were (Flow::settle), and gives the pieces that wait for it their start from the
/// images that are staged in `pass`, seen as a training step with this noise sees them. Returns what was
/// there before. Throws NonFiniteError naming the parameter when what the images give is not finite, and what
/// the pieces throw; then everything is as before.
template <class T, class Device, class WeightsType, class SessionType>
BeforeDataStart<T> start_from_data(WeightsType& weights, TrainingPass<SessionType>& pass,
                                   NoiseSource<T, Device>& noise, Index slice) {
  const std::vector<DataStart> missing = weights.missing_starts();
  const bool settles = weights.never_settled();
  if (missing.empty() && !settles) return {};
  std::vector<Param> parameters_started, state_started;
  for (const DataStart& s : missing) {
    state_started.push_back(s.flag);
    parameters_started.insert(parameters_started.end(), s.parameters.begin(), s.parameters.end());
    state_started.insert(state_started.end(), s.state.begin(), s.state.end());
  }
  if (settles) {
    state_started.clear();
    for (const ParamSpec& spec : weights.table().state) state_started.push_back(spec.place);
  }
  const BeforeDataStart<T> before{
      {weights.parameters(), parameters_started}, {weights.state(), state_started}, !settles};
  try {
    pass.settle(weights);
    weights.change([&](auto& parameters, auto& state) {
      pass.run_for_starts(noise, slice, parameters.data(), state.data());
    });
    const auto require_finite = [](const auto& buffer, const std::vector<Param>& places, const auto& specs) {
      for (const Param& p : places) {
        for (const T v : buffer.to_host(p.offset, p.size)) {
          if (!std::isfinite(v)) {
            throw NonFiniteError(
                "The first batch gives {} a start that is not finite: look at its images.",
                name_in_message(
                    &specs, [p](const ParamSpec& spec) { return spec.place == p; }, "a number"));
          }
        }
      }
    };
    require_finite(weights.parameters(), parameters_started, weights.table().parameters);
    require_finite(weights.state(), state_started, weights.table().state);
    static_cast<void>(weights.missing_starts());  // so that later steps need not look at the device
  } catch (...) {
    take_back(weights, before);
    throw;
  }
  return before;
}

}  // namespace densenf
