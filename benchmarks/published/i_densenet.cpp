#include "densenf/models/i_densenet.hpp"

#include "rate.hpp"

int main(int argc, char** argv) {
  return published::rate<densenf::IDenseNetCifar10>({3, 32, 32}, argc, argv);
}
