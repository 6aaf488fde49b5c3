#pragma once

#include "densenf/densenf.cuh"
#include "training_program.hpp"

namespace example {

template <class Model, class Condition>
int train_on_gpu(const Settings& s, const densenf::Images& training, const densenf::Images& held_out,
                 const densenf::Augmentation& augmentation) {
  const densenf::Cuda device({.precision = densenf::make_precision(s.precision)});
  return train_on<Model, Condition>(device, s, training, held_out, augmentation);
}

}  // namespace example
