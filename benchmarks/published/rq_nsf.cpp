#include "densenf/models/rq_nsf.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::RqNsfCifar10>({3, 32, 32}, argc, argv); }
