#pragma once

#include "models.hpp"
#include "training_program.hpp"

namespace example {

template <class Model, class Condition>
void Models::add(const std::string& name, const std::string& about) {
  registry_.template add<densenf::Flow<Model, float, densenf::Cpu, densenf::BaseOf<Model>, Condition>>(name);
  models_[name] = {about, Model::levels, &train<Model, Condition>};
}

}  // namespace example
