// expect: The model of a Sampler is a bijection: then the density of its draws is known.
#include "densenf/densenf.hpp"

densenf::Sampler<densenf::StandardNormal, densenf::FactorOut<>> sampler;
