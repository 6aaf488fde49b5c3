#pragma once

#include "densenf/densenf.cuh"
#include "training_program.hpp"

namespace example {

template <class Model, class Condition>
int train_on_gpu(const Job& job) {
  return train_on<Model, Condition>(
      densenf::Cuda({.precision = densenf::make_precision(job.settings.precision)}), job);
}

}  // namespace example
