// Trains a small DenseFlow on 8x8 handwritten digits (examples/data), in minutes on two cores.

#include "densenf/data/records.hpp"
#include "training_program.hpp"

namespace {

/// The first `count` images and the others.
std::pair<densenf::Images, densenf::Images> split(const densenf::Images& all, densenf::Index count) {
  return {all.part(0, count), all.part(count, all.count - count)};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a small DenseFlow on 8x8 handwritten digits.");
  example::Settings settings;
  settings.run.folder = "digits_output";
  settings.run.model = "DenseFlowDigits";
  settings.run.steps = 1200;
  settings.run.evaluate_every = 200;
  settings.run.importance_images = 297;
  settings.run.samples = 100;
  settings.run.magnification = 6;
  settings.gamma = 0.98;
  settings.average = 0.99;
  settings.run.picture_levels = 17;
  settings.lr = 2e-3;
  std::string data = std::string(DENSENF_EXAMPLE_DATA) + "/optdigits.bin.gz";
  bool demo = false;
  example::add_options(app, settings);
  app.add_option("--data", data, "File of digits: records of a label and 64 gray levels, .bin or .bin.gz");
  app.add_flag("--demo", demo, "The settings of scripts/demo: replaces an earlier demo in the output folder");
  return example::run_program(app, argc, argv, [&] {
    settings.run.replace = demo;
    constexpr densenf::Index training_images = 1500;
    const densenf::Images digits = densenf::load_digits(data);
    if (digits.count <= training_images) {
      throw densenf::FileError("{} has {} digits, but {} are for training and more must be held out.", data,
                               digits.count, training_images);
    }
    const auto [training, held_out] = split(digits, training_images);
    return example::train<densenf::DenseFlowDigits>(settings, training, held_out, {});
  });
}
