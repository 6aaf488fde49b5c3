#pragma once

#include <map>
#include <string>
#include <vector>

#include "densenf/data/augment.hpp"
#include "densenf/data/image_source.hpp"
#include "densenf/io/model_registry.hpp"
#include "settings.hpp"

// The models that trainers take by name and that the program densenf opens. Each is compiled once, in a file
// of its own that CMake makes from model.cpp.in; which, the list in CMakeLists.txt beside this file says.
namespace example {

/// What a model is to be trained on.
struct Job {
  const Settings& settings;
  const densenf::ImageSource& training;
  const densenf::Images& held_out;
  densenf::Augmentation augmentation = {};
};

struct NamedModel {
  std::string about;                   ///< for people who choose among models
  densenf::Index levels = 0;           ///< gray levels of its images
  int (*train)(const Job&) = nullptr;  ///< gives the exit status
};

class Models {
public:
  /// Those that this program was built with.
  static const Models& all();

  std::vector<std::string> names() const;
  /// The same of those whose images have that many gray levels.
  std::vector<std::string> names(densenf::Index levels) const;
  /// Throws ArgumentError for a name that is not there.
  const NamedModel& at(const std::string& name) const;
  const densenf::ModelRegistry<>& registry() const { return registry_; }

  /// Of a model, and of a condition that is made of labels where there is one. model.hpp defines it.
  template <class Model, class Condition = densenf::NoCondition>
  void add(const std::string& name, const std::string& about);

private:
  densenf::ModelRegistry<> registry_;
  std::map<std::string, NamedModel> models_;
};

}  // namespace example
