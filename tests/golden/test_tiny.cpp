// ctest-labels: golden
// also-on: gpu host
#include "tiny.hpp"

using namespace densenf;
using golden::Case, golden::Tiny;

TEST_CASE_TEMPLATE("tiny: values, samples, gradients and optimizer steps of the golden file", T, double,
                   float) {
  Case<Tiny, T> c("tiny");
  c.check_evaluation();
  c.check_sampling();
  if (std::is_same_v<T, float>) c.check_policies();  // double: below
  c.check_steps();
}

TEST_CASE("tiny: the memory policies agree") {
  Case<Tiny, double> c("tiny");
  c.check_policies();
}

#ifdef DENSENF_TEST_CUDA
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
#else
// On the host only: what is tried here is whether the comparison tells.
TEST_CASE_TEMPLATE("tiny: steps that are wrong in one thing do not pass for Adamax's", T, double, float) {
  using C = Case<Tiny, T>;
  C c("tiny");
  using FlowType = decltype(c.flow);
  using Moments = typename C::Moments;
  const auto wrong = [](Adamax optimizer, double lr, Index t) {
    return
        [=](FlowType& flow, Moments& moments, int s) { C::step_with(optimizer, lr, flow, moments, s + t); };
  };
  CHECK(c.wrong_step(&C::adamax_step) == "");
  CHECK(c.wrong_step(wrong({}, 1e-3, 1)) == "");
  CHECK(c.wrong_step(wrong({}, 1.05e-3, 1)) != "");
  CHECK(c.wrong_step(wrong({}, 1.0001e-3, 1)) != "");
  CHECK(c.wrong_step(wrong({.beta1 = 0.91}, 1e-3, 1)) != "");
  CHECK(c.wrong_step(wrong({.beta2 = 0.99}, 1e-3, 1)) != "");
  CHECK(c.wrong_step(wrong({.weight_decay = 1e-2}, 1e-3, 1)) != "");
  CHECK(c.wrong_step(wrong({}, 1e-3, 1000)) != "");  // as good as without bias correction
  CHECK(c.wrong_step(wrong({}, 1e-3, 2)) != "");

  // One thing after (or instead of) the right step.
  CHECK(c.wrong_step([](FlowType& flow, Moments& moments, int s) {
    if (s != 1) C::adamax_step(flow, moments, s);  // left out
  }) != "");
  CHECK(c.wrong_step([](FlowType& flow, Moments& moments, int s) {  // uphill
    const std::vector<T> before = flow.parameters().to_host();
    C::adamax_step(flow, moments, s);
    std::vector<T> after = flow.parameters().to_host();
    for (std::size_t i = 0; i < after.size(); ++i) after[i] = 2 * before[i] - after[i];
    flow.set_parameters(after);
  }) != "");
  CHECK(c.wrong_step([](FlowType& flow, Moments& moments, int s) {  // moments forgotten
    C::adamax_step(flow, moments, s);
    moments.assign(std::vector<T>(static_cast<std::size_t>(moments.size())));
  }) != "");
  CHECK(c.wrong_step([](FlowType& flow, Moments& moments, int s) {  // gradients left in place
    const std::vector<T> gradients = flow.gradients().to_host();
    C::adamax_step(flow, moments, s);
    flow.gradients().assign(gradients);
  }) != "");
  CHECK(c.wrong_step([](FlowType& flow, Moments& moments, int s) {  // one parameter moved by another's rate
    C::adamax_step(flow, moments, s);
    std::vector<T> after = flow.parameters().to_host();
    after[after.size() / 2] += static_cast<T>(1e-3);
    flow.set_parameters(after);
  }) != "");
}
#endif
