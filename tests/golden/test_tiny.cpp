// ctest-labels: golden
// also-on: card host
#include "tiny.hpp"

using namespace densenf;
using golden::Case, golden::Tiny;

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
