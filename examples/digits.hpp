#pragma once

#include <string>
#include <utility>

#include "densenf/data/records.hpp"
#include "training_program.hpp"

// What the trainers on 8x8 handwritten digits (examples/data) share: settings for minutes on two cores, and
// the digits.
namespace example {

inline Settings digits_settings(const char* folder, const char* model) {
  Settings settings;
  settings.run.folder = folder;
  settings.run.model = model;
  settings.run.steps = 1200;
  settings.run.evaluate_every = 200;
  settings.run.importance_images = 297;
  settings.run.samples = 100;
  settings.run.magnification = 6;
  settings.gamma = 0.98;
  settings.average = 0.99;
  settings.run.picture_levels = 17;
  settings.lr = 2e-3;
  return settings;
}

/// The first `count` images and the others.
inline std::pair<densenf::Images, densenf::Images> split(const densenf::Images& all, densenf::Index count) {
  return {all.part(0, count), all.part(count, all.count - count)};
}

/// A program that trains `Model` on the digits, and what `Condition` makes of their labels; gives the exit
/// status.
template <class Model, class Condition = densenf::NoCondition>
int train_on_digits(const char* description, Settings settings, int argc, char** argv) {
  CLI::App app(description);
  std::string data = std::string(DENSENF_EXAMPLE_DATA) + "/optdigits.bin.gz";
  bool demo = false;
  add_options(app, settings);
  app.add_option("--data", data, "File of digits: records of a label and 64 gray levels, .bin or .bin.gz");
  app.add_flag("--demo", demo, "The settings of scripts/demo: replaces an earlier demo in the output folder");
  return run_program(app, argc, argv, [&] {
    settings.run.replace = demo;
    settings.run.program = option_values(app);
    constexpr densenf::Index training_images = 1500;
    const densenf::Images digits = densenf::load_digits(data);
    if (digits.count <= training_images) {
      throw densenf::FileError("{} has {} digits, but {} are for training and more must be held out.", data,
                               digits.count, training_images);
    }
    const auto [training, held_out] = split(digits, training_images);
    return train<Model, Condition>(settings, training, held_out, {});
  });
}

}  // namespace example
