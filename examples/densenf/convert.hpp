#pragma once

#include <map>

#include "command.hpp"
#include "densenf/io/safetensors.hpp"

namespace example {

/// Writes a file's tensors in another floating-point type, or names its model where it does not yet.
inline Run add_convert(CLI::App& command) {
  struct Options {
    std::string in, out, type = "float", model, shape;
  };
  const auto o = std::make_shared<Options>();
  command.add_option("model", o->in, "File of weights (.safetensors)")->required();
  command.add_option("-o,--output", o->out, "File to write")->required();
  command.add_option("--type", o->type, "Of the numbers in it: float or double")
      ->check(CLI::IsMember({"float", "double"}))
      ->capture_default_str();
  command.add_option("--name", o->model, "Name of the model, for a file that does not say it");
  command.add_option("--shape", o->shape, "Shape of its images, such as 3x32x32, likewise");
  return [o] {
    using namespace densenf;
    const SafetensorsFile file(o->in);
    file.verify();
    Metadata metadata = file.metadata();
    metadata.erase(detail::checksum_key);
    if (!o->model.empty()) metadata[model_key] = o->model;
    if (!o->shape.empty()) metadata[shape_key] = o->shape;
    std::map<std::string, std::vector<float>> floats;
    std::map<std::string, std::vector<double>> doubles;
    SafetensorsWriter writer;
    writer.add_checksum();
    writer.set_metadata(metadata);
    for (const std::string& name : file.names()) {
      const std::vector<Index>& shape = file.info(name).shape;
      if (o->type == "float")
        writer.add(name, shape, floats[name] = file.read<float>(name));
      else
        writer.add(name, shape, doubles[name] = file.read<double>(name));
    }
    writer.write(o->out);
    say(fmt::format("{} has {} tensors of {}\n", o->out, file.names().size(), o->type));
    return 0;
  };
}

}  // namespace example
