#include "densenf/models/tarflow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::TarFlowCifar10>({3, 32, 32}, argc, argv); }
