// What scripts/check_compile parses.

#include "densenf/densenf.hpp"
