#pragma once

#include "command.hpp"
#include "densenf/io/safetensors.hpp"

namespace example {

/// What a file says of itself, and the pieces of its model if the program has it.
inline Run add_info(CLI::App& command) {
  struct Options {
    std::string path;
    bool tensors = false;
  };
  const auto o = std::make_shared<Options>();
  command.add_option("model", o->path, "File of weights, or a checkpoint")->required();
  command.add_flag("--tensors", o->tensors, "List the tensors, too");
  return [o] {
    using namespace densenf;
    const SafetensorsFile file(o->path);
    std::string text;
    for (const auto& [key, value] : file.metadata())
      text += fmt::format("{}: {}\n", detail::printable(key), detail::printable(value));
    Index numbers = 0;
    for (const std::string& name : file.names()) {
      const TensorInfo& info = file.info(name);
      numbers += static_cast<Index>(info.count);
      if (o->tensors)
        text += fmt::format("{} {} {}\n", detail::printable(name), describe(info.dtype).name,
                            detail::extents_text(info.shape));
    }
    text += fmt::format("{} tensors, {} numbers\n", file.names().size(), numbers);
    const auto model = file.metadata().find(model_key);
    if (model == file.metadata().end()) {
      text += "The file does not name its model, so no command but info and convert can use it.\n";
    } else if (const auto names = Models::all().names();
               std::find(names.begin(), names.end(), model->second) == names.end()) {
      text += fmt::format("This program was built without the model {}; it has {}.\n",
                          detail::for_message(model->second), joined(names, ", "));
    } else {
      const AnyFlow flow = Models::all().registry().load(o->path);
      text +=
          fmt::format("{}: {}; the likelihood is {}\n\n{}", flow.name(), Models::all().at(flow.name()).about,
                      flow.exact() ? "exact" : "bounded (ELBO, IWBO)", flow.describe());
    }
    say(text);
    return 0;
  };
}

}  // namespace example
