#include "densenf/models/macow.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::MaCowDigits>(argc, argv); }
