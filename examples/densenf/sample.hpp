#pragma once

#include "command.hpp"
#include "densenf/io/png.hpp"

namespace example {

/// Draws images: a picture with all of them, or one file for each.
inline Run add_sample(CLI::App& command) {
  struct Options {
    ModelFile file;
    densenf::SampleOptions sample;
    densenf::Index count = 64, magnification = 1;
    int levels = 0;
    densenf::Label label = -1;
    std::string out = "samples.png", folder;
  };
  const auto o = std::make_shared<Options>();
  o->file.add_to(command);
  command.add_option("-o,--output", o->out, "Picture (PNG) to write")->capture_default_str();
  command.add_option("--each", o->folder,
                     "Folder to write each image to, as sample_00000.png, in the place of one picture");
  command.add_option("--count", o->count, "Images to draw")->check(number_from(1))->capture_default_str();
  command.add_option("--seed", o->sample.seed, "Seed of the draws")->capture_default_str();
  command.add_option("--temperature", o->sample.temperature, "Factor on the standard deviations")
      ->check(number_from(0))
      ->capture_default_str();
  command.add_option("--batch", o->sample.batch, "Images in work at one time")
      ->check(number_from(1))
      ->capture_default_str();
  command.add_option("--class", o->label, "Class of the images, where the density is conditional");
  command
      .add_option("--levels", o->levels,
                  "Gray levels of the picture; 0: the model's. Of the digits there are 17, the model has 32")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  add_magnification(command, o->magnification);
  return [o] {
    using namespace densenf;
    AnyFlow flow = o->file.open();
    if (flow.condition() && o->label < 0)
      throw ArgumentError("The density of the model '{}' is conditional on a class: give it with --class.",
                          flow.name());
    const std::vector<Label> labels{o->label};
    const Batch<double> drawn =
        flow.condition() ? flow.sample(o->count, labels, o->sample) : flow.sample(o->count, o->sample);
    const int levels = o->levels > 0 ? o->levels : levels_of(flow);
    const std::vector<std::uint8_t> gray = gray_levels(drawn.values, levels);
    if (o->folder.empty()) {
      save_png(o->out, gray, drawn.shape, levels, {.magnification = o->magnification});
      say(fmt::format("{} has {} samples\n", o->out, o->count));
      return 0;
    }
    std::error_code code;
    std::filesystem::create_directories(o->folder, code);
    if (code) throw FileError("The folder '{}' cannot be made: {}.", o->folder, code.message());
    const auto size = static_cast<std::size_t>(drawn.shape.size());
    for (Index i = 0; i < o->count; ++i) {
      const auto image = std::span(gray).subspan(static_cast<std::size_t>(i) * size, size);
      save_png(std::filesystem::path(o->folder) / fmt::format("sample_{:05}.png", i), image, drawn.shape,
               levels, {.magnification = o->magnification, .padding = 0});
    }
    say(fmt::format("{} has {} samples\n", o->folder, o->count));
    return 0;
  };
}

}  // namespace example
