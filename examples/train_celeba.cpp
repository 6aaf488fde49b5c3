// Trains a flow on CelebA at 64x64 pixels, from its aligned JPEG images.

#include "densenf/data/celeba.hpp"
#include "image_trainer.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a flow on CelebA, the middle 148x148 pixels at 64x64. The data folder holds img_align_celeba "
      "with its JPEG "
      "images and, if there, list_eval_partition.txt. The defaults are the paper's.");
  std::string data;
  densenf::Index held_out = 5000;
  bool plain = false;
  app.add_option("--data", data, "Folder with img_align_celeba")->required();
  app.add_option("--held-out", held_out, "Test images that are held in memory, at most")
      ->check(example::number_from(1))
      ->capture_default_str();
  app.add_flag("--no-augmentation", plain, "Train on the images as they are instead of flipping them");
  constexpr double epochs = 50, gamma = 0.95, last_epochs = 5;
  return example::train_program(
      app, example::paper_settings("celeba_output", epochs, gamma, 32, last_epochs, 200), "DenseFlow_74_10",
      argc, argv, [&] {
        const densenf::ImageFolder test = densenf::open_celeba(data, densenf::CelebAPart::test);
        return example::DataSet{
            std::make_unique<densenf::ImageFolder>(densenf::open_celeba(data, densenf::CelebAPart::training)),
            densenf::load_images(test, 0, std::min(held_out, test.count())),
            {.flip = !plain}};
      });
}
