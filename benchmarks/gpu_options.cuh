#pragma once

#include <string>

#include "densenf/densenf.cuh"

namespace bench {

/// The GPU as a program's arguments say: with which precision, and whether 3x3 convolutions are cuDNN's
/// ("cudnn", where the program is built with it) or densenf's ("own"). Throws ArgumentError for other words.
inline densenf::Cuda make_gpu(const std::string& precision, const std::string& convolutions) {
  if (convolutions != "cudnn" && convolutions != "own")
    throw densenf::ArgumentError("3x3 convolutions are cudnn's or our own, not '{}'.", convolutions);
  return densenf::Cuda({.precision = densenf::make_precision(precision), .cudnn = convolutions == "cudnn"});
}

}  // namespace bench
