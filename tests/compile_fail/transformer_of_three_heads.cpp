// expect: The heads of a Transformer divide its width.
#include "densenf/nn/transformer.hpp"

densenf::nn::Transformer<32, 3, 1> network;
