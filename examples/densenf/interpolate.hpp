#pragma once

#include "densenf/flow/interpolate.hpp"
#include "densenf/io/png.hpp"
#include "images.hpp"

namespace example {

/// Images on the way from one to another through the latent space.
inline Run add_interpolate(CLI::App& command) {
  struct Options {
    ModelFile file;
    GivenImages images;
    densenf::EvaluationOptions evaluation;
    densenf::Index steps = 8, magnification = 1;
    std::string out = "interpolated.png";
  };
  const auto o = std::make_shared<Options>();
  o->images.set_usual_count(2);
  o->file.add_to(command);
  o->images.add_to(command);
  command.add_option("-o,--output", o->out, "Picture (PNG) to write: a row for each image and the next one")
      ->capture_default_str();
  command.add_option("--steps", o->steps, "Images in a row, both ends included")
      ->check(number_from(2))
      ->capture_default_str();
  command.add_option("--seed", o->evaluation.seed, "Seed of the noise")->capture_default_str();
  add_magnification(command, o->magnification);
  return [o] {
    using namespace densenf;
    AnyFlow flow = o->file.open();
    const Images images = o->images.load(flow);
    if (images.count < 2)
      throw ArgumentError("Two images are needed to go from one to the other, and there is only one.");
    const Latents<double> latents =
        with_input(flow, images, [&](const AnyInput& input) { return flow.encode(input, o->evaluation); });
    std::vector<double> at;
    for (Index i = 0; i < o->steps; ++i)
      at.push_back(static_cast<double>(i) / static_cast<double>(o->steps - 1));
    const int levels = levels_of(flow);
    std::vector<std::uint8_t> rows;
    for (Index i = 0; i + 1 < images.count; ++i) {
      const Latents<double> way =
          interpolate(latents.images(i, 1), latents.images(i + 1, 1), std::span<const double>(at));
      const std::vector<Label> label =
          flow.condition() ? std::vector{images.labels[static_cast<std::size_t>(i)]} : std::vector<Label>{};
      const Batch<double> drawn = flow.condition() ? flow.decode(way, label) : flow.decode(way);
      const std::vector<std::uint8_t> gray = gray_levels(drawn.values, levels);
      rows.insert(rows.end(), gray.begin(), gray.end());
    }
    save_png(o->out, rows, images.shape, levels, {.columns = o->steps, .magnification = o->magnification});
    say(fmt::format("{} goes from each of {} images to the next one in {} steps\n", o->out, images.count,
                    o->steps));
    return 0;
  };
}

}  // namespace example
