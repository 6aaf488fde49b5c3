#pragma once

#include "densenf/core/cpu.hpp"
#include "densenf/core/noise_key.hpp"

namespace densenf {

/// Work that is done again and again, each time with other noise. A device that can records it the second
/// time and starts the recording from then on.
///
///   recorded.run(make_key, at, [&](const NoiseShift& first, const NoiseShift* further) { ... });
///
/// The body's work must be the same for equal keys, but for what it reads from the device's memory. Its noise
/// is that of step `first.step` and image `first.image`, and further on by what `further` holds, which lies
/// on the device or is null.
template <class Device, class Key>
class RecordedPass;

/// The CPU does the work.
template <class Key>
class RecordedPass<Cpu, Key> {
public:
  explicit RecordedPass(const Cpu&) {}

  template <class MakeKey, class Body>
  void run(const MakeKey&, const NoiseShift& at, const Body& body) {
    body(at, nullptr);
  }
};

}  // namespace densenf
