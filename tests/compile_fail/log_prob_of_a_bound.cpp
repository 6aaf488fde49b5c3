// expect: This model draws noise, so its likelihood is only bounded: use elbo or iwbo instead of log_prob.
#include "densenf/densenf.hpp"

using namespace densenf;

void evaluate(Flow<Compose<Dequantize<8, UniformNoise>, ActNorm>>& flow, const Batch<std::uint8_t>& images) {
  flow.log_prob(images);
}
