// expect: A residual flow's network has a slope between 0 and 1
#include <densenf/bijectors/residual.hpp>
#include <densenf/nn/bounded_networks.hpp>

using namespace densenf;

struct Steep : nn::BoundedNetwork<nn::LipSwish, 4, 3, nn::NormBound{}, true> {
  static constexpr double slope = 2;
};
Residual<Steep, FixedTerms<5, 20>> block;
