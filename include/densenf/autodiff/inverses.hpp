#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "densenf/core/arena.hpp"
#include "densenf/core/buffer.hpp"
#include "densenf/core/parameters.hpp"

namespace densenf {

/// What is known of a square matrix W, on the device.
template <class T>
struct Inverted {
  const T* inverse;       ///< W^-1, laid out like W; NaN if W is singular
  const double* log_det;  ///< log |det W|; minus infinity if W is singular
};

/// Inverts the square whose weights are `w`, in memory that it takes from the arena.
template <class T, class Device>
Inverted<T> invert_now(Arena<Device>& memory, const InvertibleMatrix& s, const T* w) {
  T* inverse = memory.template allocate<T>(s.weight.size);
  double* log_det = memory.template allocate<double>(1);
  log_abs_det_and_inverse(memory.device(), w, s.c, inverse, log_det,
                          memory.lend(log_abs_det_and_inverse_scratch_bytes(memory.device(), s.c)));
  return {inverse, log_det};
}

/// The inverses and determinants of all matrices of a model. They are found together at the start of a pass,
/// and only of matrices whose numbers differ from those at the pass before.
template <class T, class Device>
class Inverses {
public:
  explicit Inverses(Device device) : device_(std::move(device)) {}

  /// Which matrices there are. Nothing is known of them before prepare.
  void declare(const ParameterTable& table) { declare(table.matrices, table.matrices_size); }
  void declare(std::vector<InvertibleMatrix> matrices, Index size) {
    matrices_ = std::move(matrices);
    // The largest first, so that no thread begins a long one when the others have finished.
    std::stable_sort(matrices_.begin(), matrices_.end(),
                     [](const InvertibleMatrix& a, const InvertibleMatrix& b) { return a.c > b.c; });
    size_ = size;
    known_ = false;
  }

  /// Inverts what has changed. Where `parameters` and a `version` other than 0 are those of the last call,
  /// nothing has, and nothing is looked at. Pointers into what is known stay good until the next declare.
  void prepare(Arena<Device>& memory, const T* parameters, std::uint64_t version = 0) {
    if (matrices_.empty()) return;
    if (known_ && version != 0 && version == version_ && parameters == parameters_) return;
    const auto count = static_cast<Index>(matrices_.size());
    if (!known_) {
      seen_ = Buffer<T, Device>(device_, size_);
      inverses_ = Buffer<T, Device>(device_, size_);
      log_dets_ = Buffer<double, Device>(device_, count);
    }
    const InvertibleMatrix* const matrices = matrices_.data();
    invert_matrices(device_, matrices, count, !known_, parameters, seen_.data(), inverses_.data(),
                    log_dets_.data(), memory.lend(invert_matrices_scratch_bytes(device_, matrices, count)));
    known_ = true;
    version_ = version;
    parameters_ = parameters;
  }

  /// As of the last prepare.
  Inverted<T> operator[](const InvertibleMatrix& s) const {
    if (!known_ || s.number >= static_cast<Index>(matrices_.size())) {
      throw ArgumentError(
          "Nothing is known of square matrix number {}: call declare and prepare before a pass.", s.number);
    }
    return {inverses_.data() + s.kept, log_dets_.data() + s.number};
  }

  /// Memory that is held between passes.
  std::size_t bytes() const {
    return static_cast<std::size_t>(seen_.size() + inverses_.size()) * sizeof(T) +
           static_cast<std::size_t>(log_dets_.size()) * sizeof(double);
  }

private:
  Device device_;
  std::vector<InvertibleMatrix> matrices_;
  Index size_ = 0;
  bool known_ = false;
  std::uint64_t version_ = 0;  ///< of what is known, and where it was
  const T* parameters_ = nullptr;
  Buffer<T, Device> seen_, inverses_;
  Buffer<double, Device> log_dets_;
};

}  // namespace densenf
