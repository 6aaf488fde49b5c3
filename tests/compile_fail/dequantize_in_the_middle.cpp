// expect: A dequantization takes integers, so it can only be the first piece of a flow.
#include "densenf/densenf.hpp"

densenf::Compose<densenf::ActNorm, densenf::Dequantize<>> model;
