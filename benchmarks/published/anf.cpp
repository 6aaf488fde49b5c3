#include "densenf/models/anf.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::AnfCifar10>({3, 32, 32}, argc, argv); }
