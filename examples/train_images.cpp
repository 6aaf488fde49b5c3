// Trains a flow on a folder of pictures, cropped and scaled to a size that is chosen when the program is
// built.

#include <cmath>

#include "densenf/data/image_folder.hpp"
#include "image_trainer.hpp"

#ifndef DENSENF_IMAGE_SIDE
#define DENSENF_IMAGE_SIDE 64
#endif

namespace {

constexpr densenf::Index side = DENSENF_IMAGE_SIDE;
static_assert(side >= 8 && side % 8 == 0,
              "DENSENF_IMAGE_SIDE must be a multiple of 8: models halve images three times.");

struct Names {
  std::vector<std::string> training, held_out;
};

/// Every so many of the names is held out, so that folders in folders have their share in both parts.
Names split(const std::vector<std::string>& all, double fraction) {
  const double every = 1 / fraction;
  Names names;
  double next = every / 2;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool out = static_cast<double>(i) >= std::floor(next);
    if (out) next += every;
    (out ? names.held_out : names.training).push_back(all[i]);
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      fmt::format("Trains a flow on PNG, JPEG and WebP files of a folder and those below it, of which the "
                  "middle is scaled to {0}x{0} pixels. "
                  "CMake's DENSENF_IMAGE_SIDE is this size.",
                  side));
  example::Settings settings;
  settings.run.folder = "images_output";
  settings.run.steps = 0;
  settings.run.evaluate_every = 500;
  settings.epochs = 50;
  settings.last_epochs = 5;
  settings.last_lr = 2e-5;
  settings.gamma = 0.95;
  settings.average = 0.999;
  settings.usual_warmup = 2000;
  std::string data;
  double fraction = 0.05;
  bool flip = false;
  app.add_option("--data", data, "Folder with the pictures")->required();
  app.add_option("--held-out", fraction, "Fraction of the pictures that are held out, in (0, 0.5]")
      ->check(CLI::Range(1e-6, 0.5))
      ->capture_default_str();
  app.add_flag("--flip", flip, "Show half of the pictures as in a mirror");
  return example::train_program(app, settings, "DenseFlowNano", argc, argv, [&] {
    const Names names = split(densenf::image_names(data), fraction);
    if (names.training.empty() || names.held_out.empty()) {
      throw densenf::FileError("Folder '{}' has too few pictures: {} to train on and {} that are held out.",
                               data, names.training.size(), names.held_out.size());
    }
    const densenf::FolderOptions options{.shape = {3, side, side}};
    return example::DataSet{std::make_unique<densenf::ImageFolder>(data, names.training, options),
                            densenf::load_images(densenf::ImageFolder(data, names.held_out, options)),
                            {.flip = flip}};
  });
}
