// Trains a DenseFlow on CIFAR-10 from its binary files: the paper's DenseFlow-74-10 or a small one.

#include "densenf/data/records.hpp"
#include "training_program.hpp"

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
      "Trains a DenseFlow on CIFAR-10. The data folder holds data_batch_1.bin ... and test_batch.bin, or the "
      "same with .gz behind.");
  example::Settings settings;
  settings.run.folder = "cifar10_output";
  settings.run.steps = 100'000;
  settings.run.evaluate_every = 1000;
  settings.usual_warmup = 5000;
  settings.gamma = 0.9975;
  std::string data, model = "74-10";
  std::vector<std::string> files{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                                 "data_batch_5"};
  bool plain = false;
  example::add_options(app, settings);
  app.add_option("--data", data, "Folder with the binary files")->required();
  app.add_option("--model", model, "74-10: the paper's, 130.6 M parameters; nano: 0.4 M")
      ->check(CLI::IsMember({"74-10", "nano"}));
  app.add_option("--files", files, "Training files, without .bin or .bin.gz")->delimiter(',');
  app.add_flag("--no-augmentation", plain,
               "Train on the images as they are instead of flipping and shifting them");
  return example::run_program(app, argc, argv, [&] {
    const densenf::Images training = load_training(data, files);
    const densenf::Images held_out = densenf::load_cifar10(data, {"test_batch"});
    const densenf::Augmentation augmentation =
        plain ? densenf::Augmentation{} : densenf::Augmentation{.flip = true, .max_shift = 0.04};
    settings.run.program = example::option_values(app);
    settings.run.model = model == "nano" ? "DenseFlowNano" : "DenseFlow_74_10";
    return model == "nano"
               ? example::train<densenf::DenseFlowNano>(settings, training, held_out, augmentation)
               : example::train<densenf::DenseFlow_74_10>(settings, training, held_out, augmentation);
  });
}
