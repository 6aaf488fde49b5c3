#include "densenf/flow/training_pass.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "densenf/bijectors/leaky.hpp"
#include "small_flows.hpp"

using namespace densenf;

TEST_CASE("training pass: a listener is told of gradients when nothing is added to them any more") {
  using FlowType = Flow<small::Bounded, double>;
  FlowType flow(small::digits, Cpu(1));
  small::scramble(flow, 0.1);
  const auto images = small::images(3);
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    struct Listener : GradientListener {
      explicit Listener(FlowType& f) : flow(f) {}
      void on_final(Index first) override {
        CHECK(first <= last);
        // Only what is new: gradients before were compared then.
        const auto now = flow.gradients().to_host();
        for (Index i = first; i < last; ++i)
          seen[static_cast<std::size_t>(i)] = now[static_cast<std::size_t>(i)];
        last = first;
        ++calls;
      }
      FlowType& flow;
      std::vector<double> seen = std::vector<double>(static_cast<std::size_t>(flow.table().parameters_size));
      Index last = flow.table().parameters_size;
      int calls = 0;
    } listener(flow);
    PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
    flow.loss_and_gradient(images, noise, policy);
    flow.gradients().fill_zero();
    PhiloxNoise<double, Cpu> again(1, Stream::training, 0);
    flow.loss_and_gradient(images, again, policy, 0, &listener);
    CHECK(listener.last == 0);
    CHECK(listener.calls > 20);  // pieces inside of units tell it, too
    // The base's parameters come last and are told of with the last piece of the model.
    CHECK(listener.seen == flow.gradients().to_host());
    flow.gradients().fill_zero();
  }
}

TEST_CASE("training pass: without a place for gradients, parameters are constants") {
  using FlowType = Flow<small::Exact, double>;
  FlowType flow({2, 1, 1}, Cpu(1));
  small::scramble(flow, 0.2);
  TrainingPass<FlowType::SessionType> pass(flow);
  const Batch<double> points{{2, 1, 1}, 3, {0.1, 0.4, -1, 2, 0.5, 0.3}};
  pass.stage(points);
  CHECK(pass.staged() == 3);
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
  double loss = 0;
  pass.differentiate(noise, {}, nullptr, &loss);
  CHECK(loss == doctest::Approx(flow.bits_per_dim(points)).epsilon(1e-14));
}

namespace {
/// The identity, whose backward pass throws.
struct Breaks : Bijector<Breaks> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    ctx.record([](auto&) { throw Error("The backward pass broke."); });
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx&, const V& z) const {
    return z;
  }
};
}  // namespace

TEST_CASE(
    "training pass: a backward pass that throws clears the gradients, where there is a place for them") {
  using FlowType = Flow<Compose<ActNorm, Breaks, Leaky>, double>;
  FlowType flow({2, 1, 1}, Cpu(1));
  small::scramble(flow, 0.2);
  TrainingPass<FlowType::SessionType> pass(flow);
  const Batch<double> points{{2, 1, 1}, 2, {-0.1, 0.4, -1, 2}};
  pass.stage(points);
  PhiloxNoise<double, Cpu> noise(1, Stream::training, 0);
  double loss = 0;
  std::vector<double> gradients(static_cast<std::size_t>(flow.table().parameters_size), 1.0);
  CHECK_THROWS_WITH_AS(pass.differentiate(noise, {}, gradients.data(), &loss), "The backward pass broke.",
                       Error);
  CHECK(gradients == std::vector<double>(gradients.size(), 0.0));
  CHECK_THROWS_WITH_AS(pass.differentiate(noise, {}, nullptr, &loss), "The backward pass broke.", Error);
}
