#include "densenf/models/vflow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::VFlow>({3, 32, 32}, argc, argv); }
