// expect: Dequantize takes images of 1 to 8 bits.
#include "densenf/densenf.hpp"

densenf::Dequantize<9> dequantize;
