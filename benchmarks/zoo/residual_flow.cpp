#include "densenf/models/residual_flow.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) {
  return zoo::run<densenf::ResidualFlowDigits>(argc, argv, {.clip = true, .iterations = 20});
}
