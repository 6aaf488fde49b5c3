// Trains a flow on ImageNet at 32x32 pixels, from either of its two archives.

#include "imagenet.hpp"

int main(int argc, char** argv) {
  constexpr double epochs = 20, gamma = 0.95, last_epochs = 2;
  return example::train_on_imagenet(
      32, example::paper_settings("imagenet32_output", epochs, gamma, 64, last_epochs, 200), argc, argv);
}
