// ctest-labels: golden
// also-on: card host
#include "golden.hpp"

namespace {

using golden::Case;
using namespace densenf;

using Module = GlowModule<IntraUnit<8, 2, 4>>;
using Tiny = Compose<Dequantize<4, VariationalNoise<2, 8, 8, 2, 4, 4>>, Shift, Squeeze,  //
                     CrossUnit<2, 2, Unit<1, Module>>, Transition,                       //
                     CrossUnit<1, 2, Unit<2, Module>>>;

}  // namespace

TEST_CASE_TEMPLATE("tiny: values, samples, gradients and optimiser steps of the golden file", T, double,
                   float) {
  Case<Tiny, T> c("tiny");
  c.check_evaluation();
  c.check_sampling();
  c.check_gradients(MemoryPolicy::store);
  c.check_gradients(MemoryPolicy::recompute);
  c.check_gradients(MemoryPolicy::reverse);
  c.check_steps();
}

TEST_CASE("tiny: the memory policies agree") {
  Case<Tiny, double> c("tiny");
  c.check_same_gradients(MemoryPolicy::store, MemoryPolicy::recompute);
  c.check_same_gradients(MemoryPolicy::store, MemoryPolicy::reverse);
}
