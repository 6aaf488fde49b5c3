// Trains a small DenseFlow on 8x8 handwritten digits (examples/data), in minutes on two cores.

#include "digits.hpp"

int main(int argc, char** argv) {
  return example::train_on_digits("Trains a small DenseFlow on 8x8 handwritten digits.",
                                  example::digits_settings("digits_output"), "DenseFlowDigits", argc, argv);
}
