#include "densenf/models/tabular.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::MafTwoMoons, zoo::Moons>(argc, argv); }
