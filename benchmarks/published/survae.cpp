#include "densenf/models/survae.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::SurVaeMaxPool>({3, 32, 32}, argc, argv); }
