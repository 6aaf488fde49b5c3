#include "densenf/models/glow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::GlowCifar10>({3, 32, 32}, argc, argv); }
