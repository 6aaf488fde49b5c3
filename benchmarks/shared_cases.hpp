#pragma once

#include "cases.hpp"

namespace bench {

/// The cases of a Google Benchmark program, made when first used; one thread per core.
inline DenseFlowCases<Cpu>& cases() {
  static DenseFlowCases<Cpu> all{Cpu()};
  return all;
}

}  // namespace bench
