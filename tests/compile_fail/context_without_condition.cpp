// expect: A model whose pieces take a context needs a condition that makes it
#include "densenf/densenf.hpp"

densenf::Flow<densenf::AffineCoupling<densenf::nn::Mlp<4>, 2>> flow({4, 1, 1});
