// expect: For an extent that only the running program knows write Shape{c, h, w}, not {c, h, w}.
#include "densenf/densenf.hpp"

using namespace densenf;

void build(Index channels) { Flow<ActNorm> flow({channels, 16, 16}); }
