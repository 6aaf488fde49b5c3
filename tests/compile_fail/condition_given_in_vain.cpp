// expect: This flow's density is not conditional: give it images alone.
#include "densenf/densenf.hpp"

using namespace densenf;

void evaluate(Flow<ActNorm>& flow, const Batch<float>& x, const Batch<float>& c) { flow.log_prob({x, c}); }
