// expect: A scale of 0 has no inverse.
#include "densenf/bijectors/elementwise.hpp"

densenf::ScalarAffine<std::ratio<0>, std::ratio<1>> affine;
