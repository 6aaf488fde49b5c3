#include "densenf/models/denseflow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::DenseFlow_74_10>({3, 32, 32}, argc, argv); }
