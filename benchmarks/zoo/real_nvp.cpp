#include "densenf/models/real_nvp.hpp"
#include "zoo.hpp"

int main(int argc, char** argv) { return zoo::run<densenf::RealNvpDigits>(argc, argv, {.clip = true}); }
