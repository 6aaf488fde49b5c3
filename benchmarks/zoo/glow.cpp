#include "densenf/models/glow.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::GlowDigits>(argc, argv); }
