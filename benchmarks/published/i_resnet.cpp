#include "densenf/models/i_resnet.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::IResNetCifar10>({3, 32, 32}, argc, argv); }
