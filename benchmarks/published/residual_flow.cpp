#include "densenf/models/residual_flow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) {
  return published::rate<densenf::ResidualFlowCifar10>({3, 32, 32}, argc, argv);
}
