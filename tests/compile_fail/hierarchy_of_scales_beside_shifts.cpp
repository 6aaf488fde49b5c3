// expect: A HierarchicalCoupling needs a transform that takes all scales before or behind all shifts
#include "densenf/bijectors/hierarchical_coupling.hpp"
#include "densenf/densenf.hpp"
#include "densenf/nn/bottom_up.hpp"

using namespace densenf;

void make() {
  Flow<HierarchicalCoupling<LatentLevels<1>, AffineTanh2, nn::BottomUp<8, 1>, Sees::after>> flow({5, 1, 1});
}
