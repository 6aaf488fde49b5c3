#pragma once

#include "densenf/core/parameters.hpp"
#include "densenf/distributions/base_of.hpp"

namespace densenf_test {

/// How many numbers a model and its base distribution train.
template <class Model>
densenf::Index parameters_of(densenf::Shape shape) {
  densenf::ParameterTable table;
  densenf::Builder builder(table);
  Model model;
  model.build(builder, shape);
  densenf::BaseOf<Model>().declare(builder, model.output());
  return table.parameter_count();
}

}  // namespace densenf_test
