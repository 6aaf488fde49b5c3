#include "densenf/models/ffjord.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::FfjordCifar10>({3, 32, 32}, argc, argv); }
