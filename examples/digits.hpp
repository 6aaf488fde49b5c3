#pragma once

#include <string>
#include <utility>

#include "densenf/data/records.hpp"
#include "image_trainer.hpp"

// What the trainers on 8x8 handwritten digits (examples/data) share: settings for minutes on two cores, and
// the digits.
namespace example {

inline Settings digits_settings(const char* folder) {
  Settings settings;
  settings.run.folder = folder;
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

/// A program that trains a model on the digits; gives the exit status.
inline int train_on_digits(const char* description, Settings settings, const char* model, int argc,
                           char** argv) {
  CLI::App app(description);
  std::string data = std::string(DENSENF_EXAMPLE_DATA) + "/optdigits.bin.gz";
  app.add_option("--data", data, "File of digits: records of a label and 64 gray levels, .bin or .bin.gz")
      ->capture_default_str();
  app.add_flag("--demo", settings.run.replace,
               "The settings of scripts/demo: replaces an earlier demo in the output folder");
  constexpr densenf::Index levels = 32;  // of 5 bits
  return train_program(
      app, settings, model, argc, argv,
      [&] {
        constexpr densenf::Index training_images = 1500;
        const densenf::Images digits = densenf::load_digits(data);
        if (digits.count <= training_images) {
          throw densenf::FileError("{} has {} digits, but {} are for training and more must be held out.",
                                   data, digits.count, training_images);
        }
        return DataSet{KeptImages::make(digits.part(0, training_images)),
                       digits.part(training_images, digits.count - training_images)};
      },
      levels);
}

}  // namespace example
