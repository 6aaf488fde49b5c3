// expect: This flow's density is conditional: give it {images, condition}.
#include "densenf/densenf.hpp"

using namespace densenf;
using Conditional = Flow<AffineCoupling<nn::Mlp<4>, 2>, float, Cpu, ChannelNormal, Given<2>>;

void evaluate(Conditional& flow, const Batch<float>& x) { flow.log_prob(x); }
