// Trains a flow on 8x8 handwritten digits (examples/data) whose density is conditional on the digit, in
// minutes on two cores. samples.png has a row for each digit. At the end it says how many held-out digits the
// densities put into their class.

#include "digits.hpp"

int main(int argc, char** argv) {
  return example::train_on_digits(
      "Trains a flow on 8x8 handwritten digits, with a density for each of the ten.",
      example::digits_settings("digits_by_class_output"), "DigitsByClass", argc, argv);
}
