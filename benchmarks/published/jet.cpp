#include "densenf/models/jet.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::JetCifar10Small>({3, 32, 32}, argc, argv); }
