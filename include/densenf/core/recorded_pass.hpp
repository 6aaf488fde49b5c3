#pragma once

#include "densenf/core/noise_key.hpp"

namespace densenf {

/// Work that is done again and again, each time with other noise. A device that can records it the second
/// time and starts the recording from then on (core/cuda_recorded_pass.cuh); every other device does the
/// work.
///
///   recorded.run(make_key, at, [&](const NoiseShift& first, const NoiseShift* further) { ... });
///
/// The body's work must be the same for equal keys, but for what it reads from the device's memory. Its noise
/// is that of step `first.step` and image `first.image`, and further on by what `further` holds, which lies
/// on the device or is null.
template <class Device, class Key>
class RecordedPass {
public:
  explicit RecordedPass(const Device&) {}

  template <class MakeKey, class Body>
  void run(const MakeKey&, const NoiseShift& at, const Body& body) {
    body(at, nullptr);
  }
};

}  // namespace densenf
