#pragma once

#include <algorithm>
#include <cmath>

#include "densenf/io/png.hpp"
#include "images.hpp"

namespace example {

/// Encodes images and decodes them again: how far off they come back, as a number and as a picture.
inline Run add_reconstruct(CLI::App& command) {
  struct Options {
    ModelFile file;
    GivenImages images;
    densenf::EvaluationOptions evaluation;
    densenf::Index magnification = 1;
    std::string out = "reconstructed.png";
  };
  const auto o = std::make_shared<Options>();
  o->images.set_usual_count(8);
  o->file.add_to(command);
  o->images.add_to(command);
  command
      .add_option("-o,--output", o->out,
                  "Picture (PNG) to write: images, what came back, and 32 times the difference")
      ->capture_default_str();
  command.add_option("--seed", o->evaluation.seed, "Seed of the noise")->capture_default_str();
  add_magnification(command, o->magnification);
  return [o] {
    using namespace densenf;
    AnyFlow flow = o->file.open();
    const Images images = o->images.load(flow);
    const Batch<double> back = with_input(flow, images, [&](const AnyInput& input) {
      const Latents<double> latents = flow.encode(input, o->evaluation);
      return flow.condition() ? flow.decode(latents, images.labels) : flow.decode(latents);
    });
    const int levels = levels_of(flow);
    double worst = 0;
    std::vector<double> difference;
    const std::vector<std::uint8_t> nearest = gray_levels(back.values, levels);
    Index wrong = 0;
    for (std::size_t i = 0; i < back.values.size(); ++i) {
      const double off = std::abs(back.values[i] - static_cast<double>(images.values[i]));
      worst = std::max(worst, off);
      wrong += nearest[i] != images.values[i] ? 1 : 0;
      constexpr double times = 32;
      difference.push_back(times * off);
    }
    std::vector<std::uint8_t> rows = images.values;
    rows.insert(rows.end(), nearest.begin(), nearest.end());
    const std::vector<std::uint8_t> shown = gray_levels(difference, levels);
    rows.insert(rows.end(), shown.begin(), shown.end());
    save_png(o->out, rows, images.shape, levels,
             {.columns = images.count, .magnification = o->magnification});
    say(
        fmt::format("{} images: {} of {} numbers come back as another gray level, at most {:.3g} gray levels "
                    "off; {} shows them\n",
                    images.count, wrong, back.values.size(), worst, o->out));
    return 0;
  };
}

}  // namespace example
