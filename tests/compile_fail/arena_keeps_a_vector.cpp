// expect: The arena forgets what it holds without destroying it: keep only trivially destructible types.
#include <vector>

#include "densenf/core/arena.hpp"

std::vector<float>* take(densenf::Arena<densenf::Cpu>& arena) {
  return arena.allocate<std::vector<float>>(1);
}
