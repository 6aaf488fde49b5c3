#pragma once

#include <fmt/format.h>

#include "densenf/app/progress.hpp"
#include "densenf/data/imagenet.hpp"
#include "image_trainer.hpp"

// What the trainers on downsampled ImageNet share.
namespace example {

inline int train_on_imagenet(densenf::Index size, Settings settings, int argc, char** argv) {
  CLI::App app(
      fmt::format("Trains a flow on ImageNet at {0}x{0} pixels. The data folder holds what one of the two "
                  "archives unpacks to: "
                  "train_{0}x{0} and valid_{0}x{0} (2016), or train_data_batch_1.npz ... and val_data.npz "
                  "(2017). Figures on one cannot be "
                  "compared with those on the other. The defaults are the paper's.",
                  size));
  std::string data;
  densenf::Index held_out = 5000;
  app.add_option("--data", data, "Folder with the unpacked archive")->required();
  app.add_option("--held-out", held_out, "Validation images that are held in memory, at most")
      ->check(number_from(1))
      ->capture_default_str();
  return train_program(app, std::move(settings), "DenseFlow_74_10", argc, argv, [&] {
    densenf::DownsampledImageNet training =
        densenf::open_imagenet(data, densenf::ImageNetPart::training, size);
    const auto validation = densenf::open_imagenet(data, densenf::ImageNetPart::validation, size);
    if (training.release != validation.release)
      throw densenf::FileError(
          "Training and validation images in '{}' are of different releases: take both from one.", data);
    densenf::app::write_text(stdout, fmt::format("{}\n", densenf::name_of(training.release)));
    return DataSet{
        std::move(training.images),
        densenf::load_images(*validation.images, 0, std::min(held_out, validation.images->count()))};
  });
}

}  // namespace example
