#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "densenf/flow/any_flow.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/io/metadata.hpp"
#include "densenf/io/weights.hpp"

namespace densenf {

/// The models that a program can make by name, and open files of. Each is compiled into the program where it
/// is added.
template <class Device = Cpu>
class ModelRegistry {
public:
  /// FlowType is a Flow on this device. Throws ArgumentError when there is a model of that name.
  template <class FlowType>
  void add(const std::string& name) {
    static_assert(std::is_constructible_v<FlowType, Shape, Device>, "A registry takes flows on its device.");
    const auto make = [name](const Shape& shape, const Device& device, const SafetensorsFile* weights) {
      // The shape is the file's claim: its tensors have to confirm it before there is memory for a model.
      if (weights != nullptr) {
        const ParameterTable table = FlowType::WeightsType::table_for(shape);
        detail::require_tensors(*weights, {&table.parameters, &table.state}, "");
      }
      FlowType flow(shape, device);
      if (weights != nullptr) load_weights(flow, weights->path());
      return AnyFlow(name, flow.shared_weights());
    };
    if (!models_.emplace(name, make).second) throw ArgumentError("There is a model '{}' already.", name);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, make] : models_) all.push_back(name);
    return all;
  }

  /// The model of that name for images of that shape, as it starts. Throws ArgumentError for a name that was
  /// not added, ShapeError for images that the model does not take.
  AnyFlow make(const std::string& name, const Shape& shape, const Device& device = Device()) const {
    const auto found = models_.find(name);
    if (found == models_.end()) throw ArgumentError("{}", no_such_model(name));
    return found->second(shape, device, nullptr);
  }

  /// The flow whose weights save_flow wrote. Throws FileError when the file does not name its model and
  /// shape, or one that was not added; and as load_weights does.
  AnyFlow load(const std::filesystem::path& path, const Device& device = Device()) const {
    const SafetensorsFile file(path);
    const auto name = file.metadata().find(model_key);
    const std::optional<Shape> shape = metadata_shape(file);
    if (name == file.metadata().end() || !shape) {
      throw FileError(
          "File '{}' does not say of which model and for images of which shape its weights are: save_flow "
          "writes such files; load_weights reads any into a flow that is there.",
          path.string());
    }
    const auto found = models_.find(name->second);
    if (found == models_.end())
      throw FileError("File '{}' cannot be opened: {}", path.string(), no_such_model(name->second));
    return found->second(*shape, device, &file);
  }

private:
  using Make = std::function<AnyFlow(const Shape&, const Device&, const SafetensorsFile* weights)>;

  std::string no_such_model(const std::string& name) const {
    return fmt::format("There is no model {} in this program; it has {}.", detail::for_message(name),
                       models_.empty() ? "none" : joined(names(), ", "));
  }

  std::map<std::string, Make> models_;
};

}  // namespace densenf
