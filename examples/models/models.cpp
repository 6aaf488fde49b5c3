#include "models.hpp"

namespace example {

std::vector<std::string> Models::names() const { return registry_.names(); }

std::vector<std::string> Models::names(densenf::Index levels) const {
  std::vector<std::string> some;
  for (const auto& [name, model] : models_) {
    if (model.levels == levels) some.push_back(name);
  }
  return some;
}

const NamedModel& Models::at(const std::string& name) const {
  const auto found = models_.find(name);
  if (found == models_.end()) {
    throw densenf::ArgumentError("There is no model '{}' in this program; it has {}.",
                                 densenf::detail::printable(name), densenf::joined(names(), ", "));
  }
  return found->second;
}

}  // namespace example
