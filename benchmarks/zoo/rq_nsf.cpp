#include "densenf/models/rq_nsf.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::RqNsfDigits>(argc, argv); }
