#include "densenf/models/nice.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::NiceCifar10>({3, 32, 32}, argc, argv); }
