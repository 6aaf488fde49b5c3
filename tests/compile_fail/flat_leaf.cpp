// expect: Flat names the pieces of a Compose or a Unit.
#include "densenf/densenf.hpp"

densenf::Flat<densenf::ActNorm> piece;
