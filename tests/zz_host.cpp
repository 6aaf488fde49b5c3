#include <doctest/doctest.h>
#include "test_device.hpp"
#include "densenf/check/check_bijector.hpp"
#include "densenf/bijectors/masked_conv.hpp"
#include "densenf/bijectors/scaling_actnorm.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/sort.hpp"
using namespace densenf;
struct Net { nn::Conv conv; void declare(Builder& b, Index in, Index out){ conv.declare(b,"conv",in,out,1);} 
  template<class Ctx, class V=typename Ctx::Value> V forward(const Ctx& c, const V& x) const { return conv.forward(c,x);} };
template<class B> void check(Shape s, BijectorOptions o = {}) {
  o.most = 2;
  const CheckReport r = check_bijector<B>(test::device_for_small_work(), s, o);
  CHECK_MESSAGE(r.passed(), B::type_name(), " ", to_string(s), ": ", r.sentence, " ", r.worst);
}
TEST_CASE("pieces") {
  check<ScalingActNorm>({3,2,2});
  check<MaskedConv<LineOrder::downwards, AffineShiftsSigmoid2, 2, 3, 1>>({2,3,2});
  check<MaskedConv<LineOrder::leftwards, AffineShiftsSigmoid2, 1, 3, 1, 1>>({2,2,3},{.context=1});
  check<MaxPool<>>({2,2,2});
  check<Abs<Net>>({2,3,1});
  check<Sort<1>>({2,3,2});
  check<StochasticPermutation>({2,4,1});
}
