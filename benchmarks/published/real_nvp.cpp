#include "densenf/models/real_nvp.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::RealNvpCifar10>({3, 32, 32}, argc, argv); }
