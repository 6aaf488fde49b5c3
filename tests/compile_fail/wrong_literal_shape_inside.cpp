// expect: FactorOut needs an even number of channels.
#include "densenf/densenf.hpp"

using namespace densenf;

// The shape fits at first: 3x8x8 -> 12x4x4 -> 6x4x4 -> 3x4x4, and only then does it not.
void build() { Flow<Compose<Squeeze, FactorOut<>, FactorOut<>, FactorOut<>>> flow({3, 8, 8}); }
