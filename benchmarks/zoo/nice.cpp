#include "densenf/models/nice.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) {
  return zoo::run<densenf::NiceDigits>(argc, argv, {.start_from_all = true});
}
