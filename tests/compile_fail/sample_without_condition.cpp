// expect: This flow's density is conditional: call sample(count, condition).
#include "densenf/densenf.hpp"

using namespace densenf;
using Conditional = Flow<AffineCoupling<nn::Mlp<4>, 2>, float, Cpu, ChannelNormal, Given<2>>;

void draw(Conditional& flow) { flow.sample(3); }
