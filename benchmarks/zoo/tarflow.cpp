#include "densenf/models/tarflow.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::TarFlowDigits>(argc, argv); }
