// expect: densenf looks for NaN, which -ffast-math and -Ofast drop: use -O3, or add -fno-finite-math-only.
// flags: -ffast-math
#include "densenf/densenf.hpp"
