// expect: IntraUnit's width must be even: attention works on half of it.
#include "densenf/densenf.hpp"

densenf::AffineCoupling<densenf::IntraUnit<5>> coupling;
