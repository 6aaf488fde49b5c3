// expect: The share of the channels that FactorOut keeps is between 0 and 1.
#include "densenf/densenf.hpp"

densenf::FactorOut<densenf::StandardNormal, std::ratio<1>> piece;
