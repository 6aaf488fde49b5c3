// expect: With densenf::compiled include densenf/kernels/cpu/all.hpp
// flags: -DDENSENF_USE_COMPILED
#include "densenf/kernels/cpu/conv.hpp"
