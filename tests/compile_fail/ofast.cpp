// expect: densenf looks for NaN, which -ffast-math and -Ofast drop: use -O3, or add -fno-finite-math-only.
// flags: -Ofast
#include "densenf/core/batch.hpp"
