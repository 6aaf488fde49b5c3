// expect: use of deleted function
#include "densenf/densenf.hpp"

using namespace densenf;

// The context would refer to a pass that is gone.
Index images(Workspace<float, Cpu>& work) {
  return Context<float, Cpu, false>(Pass<float, Cpu>{}, work).pass().slice;
}
