#include "densenf/models/i_resnet.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::IResNetDigits>(argc, argv, {.iterations = 20}); }
