// expect: The modules of a Unit are bijections: noise and factored-out halves belong between units.
#include "densenf/densenf.hpp"

densenf::Unit<2, densenf::Dequantize<>> unit;
