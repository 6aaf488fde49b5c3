#include "densenf/models/anf.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::AnfDigits>(argc, argv); }
