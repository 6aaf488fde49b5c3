// expect: Squeeze needs an even height and an even width.
#include "densenf/densenf.hpp"

using namespace densenf;

void build() { Flow<Compose<Squeeze, ActNorm>> flow({3, 31, 32}); }
