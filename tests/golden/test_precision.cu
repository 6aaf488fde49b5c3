// ctest-labels: golden
#include "tiny.hpp"

using namespace densenf;
using golden::Case, golden::Tiny;

TEST_CASE("precision: with tf32 products the golden file's bits per dimension come out within 0.5 %") {
  Case<Tiny, float>("tiny", Cuda({.precision = Precision::tf32})).check_bits(0.005);
}

TEST_CASE("precision: with bf16 products within 2 %") {
  Case<Tiny, float>("tiny", Cuda({.precision = Precision::bf16})).check_bits(0.02);
}

TEST_CASE("precision: products of doubles stay what they are") {
  Case<Tiny, double> c("tiny", Cuda({.precision = Precision::bf16}));
  c.check_evaluation();
  c.check_gradients(MemoryPolicy::store);
}
