#include "densenf/models/maf.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::MafCifar10>({3, 32, 32}, argc, argv); }
