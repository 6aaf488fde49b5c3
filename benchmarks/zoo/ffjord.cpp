#include "densenf/models/ffjord.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::FfjordDigits>(argc, argv); }
