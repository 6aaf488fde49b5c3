#include <doctest/doctest.h>
#include <ratio>
#include "densenf/densenf.hpp"
#include "densenf/check/check_bijector.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/sort.hpp"
#include "densenf/kernels/cpu/surjections.hpp"
using namespace densenf;
struct Net { nn::Conv conv; void declare(Builder& b, Index in, Index out){ conv.declare(b,"conv",in,out,1);} 
  template<class Ctx, class V=typename Ctx::Value> V forward(const Ctx& c, const V& x) const { return conv.forward(c,x);} };
template<class B> void check(Shape s, BijectorOptions o = {}) {
  const CheckReport r = check_bijector<B>(s, o);
  CHECK_MESSAGE(r.passed(), B::type_name(), " ", to_string(s), ": ", r.sentence, " ", r.worst);
}
TEST_CASE("pieces") {
  check<MaxPool<>>({2,2,4});
  check<Abs<>>({2,3,1});
  check<Abs<Net>>({2,3,1});
  check<Sort<1>>({2,3,2});
  check<StochasticPermutation>({2,5,1});
  check<SoftplusInverse>({2,3,1},{.low=0.05,.high=3});
  check<Coupling<ChannelHalves, AffineSoftplus, Net>>({3,2,1});
  check<Coupling<LastOf<4>, AffineShiftsSigmoid2, Net>>({9,2,1});
}
