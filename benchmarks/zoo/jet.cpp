#include "densenf/models/jet.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::JetDigits>(argc, argv, {.clip = true}); }
