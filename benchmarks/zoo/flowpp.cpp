#include "densenf/models/flowpp.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::FlowPlusPlusDigits>(argc, argv, {.clip = true}); }
