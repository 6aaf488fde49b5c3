#pragma once

#include <functional>
#include <string>

#include "densenf/app/progress.hpp"
#include "densenf/flow/any_flow.hpp"
#include "models.hpp"

// What the commands of the program have in common.
namespace example {

/// What a command does once its options are known; gives the exit status.
using Run = std::function<int()>;

inline void say(const std::string& text) { densenf::app::write_text(stdout, text); }

inline void add_magnification(CLI::App& command, densenf::Index& magnification) {
  command.add_option("--magnification", magnification, "Pixels of the picture for each of an image's")
      ->check(number_from(1))
      ->capture_default_str();
}

/// The model file that a command works on.
struct ModelFile {
  std::string path;
  int threads = 0;

  void add_to(CLI::App& command) {
    command.add_option("model", path, "File of weights that names its model, as trainers leave it")
        ->required();
    command.add_option("--threads", threads, "Threads; 0: one per core")
        ->check(number_from(0))
        ->capture_default_str();
  }
  densenf::AnyFlow open() const { return Models::all().registry().load(path, densenf::Cpu(threads)); }
};

/// Gray levels of pictures: those of the model; 256 where it has none.
inline int levels_of(const densenf::AnyFlow& flow) {
  return flow.levels() > 0 ? static_cast<int>(std::min<densenf::Index>(flow.levels(), 256)) : 256;
}

/// What a flow makes, as the nearest gray level that there is.
inline std::vector<std::uint8_t> gray_levels(const std::vector<double>& values, int levels) {
  std::vector<std::uint8_t> gray;
  gray.reserve(values.size());
  for (const double v : values)
    gray.push_back(static_cast<std::uint8_t>(std::clamp(std::round(v), 0.0, levels - 1.0)));
  return gray;
}

}  // namespace example
