#include "densenf/models/macow.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::MaCowUniform>({3, 32, 32}, argc, argv); }
