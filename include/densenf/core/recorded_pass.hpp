#pragma once

#include <cstdint>

#include "densenf/core/cpu.hpp"

namespace densenf {

/// Work that is done again and again, each time for another step. A device that can records it the second
/// time and starts the recording from then on.
///
///   recorded.run(key, step, [&](std::uint64_t at, const std::uint64_t* step_shift) { ... });
///
/// The body's work must be the same for equal keys, but for what it reads from the device's memory; it is for
/// step `at` + *step_shift (null: + 0), where step_shift lies on the device.
template <class Device, class Key>
class RecordedPass;

/// The CPU does the work.
template <class Key>
class RecordedPass<Cpu, Key> {
public:
  explicit RecordedPass(const Cpu&) {}

  template <class MakeKey, class Body>
  void run(const MakeKey&, std::uint64_t step, const Body& body) {
    body(step, nullptr);
  }
};

}  // namespace densenf
