// expect: An Augment adds at least one channel.
#include "densenf/densenf.hpp"

densenf::Augment<0> piece;
