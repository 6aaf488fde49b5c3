#include "densenf/models/survae.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::SurVaeMaxPoolDigits>(argc, argv); }
