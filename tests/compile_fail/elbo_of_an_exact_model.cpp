// expect: This model's likelihood is exact: use log_prob instead of elbo.
#include "densenf/densenf.hpp"

using namespace densenf;

void evaluate(Flow<Compose<ActNorm, Conv1x1>>& flow, const Batch<float>& images) { flow.elbo(images); }
