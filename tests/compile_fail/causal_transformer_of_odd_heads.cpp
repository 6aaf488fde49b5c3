// expect: The heads of a CausalTransformer divide its width.
#include "densenf/nn/causal_transformer.hpp"

densenf::nn::CausalTransformer<32, 12, 1> network;
