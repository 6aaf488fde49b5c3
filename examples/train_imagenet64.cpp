// Trains a flow on ImageNet at 64x64 pixels, from either of its two archives.

#include "imagenet.hpp"

int main(int argc, char** argv) {
  constexpr double epochs = 10, gamma = 0.95, last_epochs = 1;
  return example::train_on_imagenet(
      64, example::paper_settings("imagenet64_output", epochs, gamma, 32, last_epochs, 200), argc, argv);
}
