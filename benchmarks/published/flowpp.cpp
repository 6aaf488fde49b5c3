#include "densenf/models/flowpp.hpp"

#include "rate.hpp"

int main(int argc, char** argv) { return published::rate<densenf::FlowPlusPlus>({3, 32, 32}, argc, argv); }
