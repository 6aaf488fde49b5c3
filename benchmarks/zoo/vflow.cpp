#include "densenf/models/vflow.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::VFlowDigits>(argc, argv, {.clip = true}); }
