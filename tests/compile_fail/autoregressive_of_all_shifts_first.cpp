// expect: An autoregressive flow needs a transform that takes the raw numbers of each channel beside each
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;

void make() { Flow<MaskedAutoregressive<AffineShiftsSigmoid2, nn::Made<8>>> flow({3, 1, 1}); }
