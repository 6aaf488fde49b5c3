// expect: A ConditionalNormal is given something to look at.
#include "densenf/densenf.hpp"
#include "densenf/distributions/conditional_normal.hpp"

using namespace densenf;

void draw(const ConditionalNormal<nn::ResidualDense<4>, 2>& normal, const Context<float, Cpu, false>& ctx) {
  normal.sample(ctx, 1, 1.0);
}
