// Trains a flow on MNIST, Fashion-MNIST or another set in idx files, padded to 32x32 pixels.

#include "densenf/data/idx.hpp"
#include "densenf/data/pad.hpp"
#include "image_trainer.hpp"

namespace {

constexpr densenf::Index side = 32;  // halved again and again by models

/// A file of that name, or packed as name.gz.
std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path plain = folder / name, packed = folder / (name + ".gz");
  if (densenf::file_exists(plain)) return plain;
  if (densenf::file_exists(packed)) return packed;
  throw densenf::FileError("'{}' holds neither {} nor {}.gz, of which it needs one.", folder.string(), name,
                           name);
}

densenf::Images load(const std::filesystem::path& folder, const std::string& part) {
  const densenf::Images images = densenf::load_idx(file_in(folder, part + "-images-idx3-ubyte"),
                                                   file_in(folder, part + "-labels-idx1-ubyte"));
  return densenf::pad(images, side, side);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a flow on MNIST or a set of its format, padded to 32x32 pixels. The data folder holds the idx "
      "files of train and "
      "t10k, images and labels, as they are or with .gz behind.");
  example::Settings settings;
  settings.run.folder = "mnist_output";
  settings.run.steps = 0;
  settings.run.evaluate_every = 500;
  settings.epochs = 20;
  settings.last_epochs = 2;
  settings.last_lr = 5e-5;
  settings.gamma = 0.9;
  settings.average = 0.999;
  settings.usual_warmup = 1000;
  std::string data;
  app.add_option("--data", data, "Folder with the idx files")->required();
  return example::train_program(app, settings, "DenseFlowNano", argc, argv, [&] {
    return example::DataSet{example::KeptImages::make(load(data, "train")), load(data, "t10k")};
  });
}
