#include "densenf/models/i_densenet.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) {
  return zoo::run<densenf::IDenseNetDigits>(argc, argv, {.clip = true, .iterations = 20});
}
