// Trains a flow on CIFAR-10 from its binary files: the paper's DenseFlow-74-10 or another model.

#include "densenf/data/records.hpp"
#include "image_trainer.hpp"

namespace {

densenf::Images load_training(const std::string& folder, const std::vector<std::string>& files) {
  try {
    return densenf::load_cifar10(folder, files);
  } catch (const densenf::FileError& e) {
    throw densenf::FileError("{} (--files names the training files; to train on fewer, leave some out.)",
                             e.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a flow on CIFAR-10. The data folder holds data_batch_1.bin ... and test_batch.bin, or the same "
      "with .gz "
      "behind. The defaults are the paper's.");
  std::string data;
  std::vector<std::string> files{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                                 "data_batch_5"};
  bool plain = false;
  app.add_option("--data", data, "Folder with the binary files")->required();
  app.add_option("--files", files, "Training files, without .bin or .bin.gz")
      ->delimiter(',')
      ->capture_default_str();
  app.add_flag("--no-augmentation", plain,
               "Train on the images as they are instead of flipping and shifting them");
  constexpr double epochs = 400, gamma = 0.9975, last_epochs = 20;
  return example::train_program(
      app, example::paper_settings("cifar10_output", epochs, gamma, 64, last_epochs, 1000), "DenseFlow_74_10",
      argc, argv, [&] {
        constexpr densenf::Augmentation flips_and_shifts{.flip = true, .max_shift = 0.04};
        return example::DataSet{example::KeptImages::make(load_training(data, files)),
                                densenf::load_cifar10(data, {"test_batch"}),
                                plain ? densenf::Augmentation{} : flips_and_shifts};
      });
}
