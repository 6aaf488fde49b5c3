#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "densenf/flow/flow.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/denseflow.hpp"

using namespace densenf;

namespace {
int device_allocations = 0;
}

// Cpu takes all memory with this one.
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  ++device_allocations;
  const auto a = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(a, (bytes + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace {

using Module = GlowModule<nn::ResidualDense<8, 2, 4>>;
template <int Count>
using Deep = Compose<Squeeze, Unit<Count, Module>>;
using TwoUnits = Compose<Squeeze, Unit<2, Module>, Unit<2, Module>>;
using FourUnits = Compose<TwoUnits, Unit<2, Module>, Unit<2, Module>>;

constexpr Shape shape{1, 16, 16};
constexpr std::size_t activation = 4 * 4 * 8 * 8 * sizeof(float);  // of 4 images between modules

template <class Model>
std::size_t peak(MemoryPolicy policy) {
  Flow<Model> flow(shape, Cpu(1));
  const Batch<float> images{shape, 4, std::vector<float>(4 * 256, 0.3f)};
  for (int pass = 0; pass < 3; ++pass) {
    flow.reset_peak();
    PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
    flow.loss_and_gradient(images, noise, policy);
  }
  return flow.peak_bytes();
}

}  // namespace

TEST_CASE("memory policies: what a unit keeps grows with its depth as each policy says") {
  const std::size_t store = peak<Deep<12>>(MemoryPolicy::store) - peak<Deep<4>>(MemoryPolicy::store);
  const std::size_t recompute =
      peak<Deep<12>>(MemoryPolicy::recompute) - peak<Deep<4>>(MemoryPolicy::recompute);
  const std::size_t reverse = peak<Deep<12>>(MemoryPolicy::reverse) - peak<Deep<4>>(MemoryPolicy::reverse);
  CHECK(store > 8 * 8 * activation);  // each module holds many activations
  CHECK(recompute >= 8 * activation);
  CHECK(recompute <= 8 * 2 * activation + 4096);  // a value and a gradient per module
  CHECK(reverse == 0);
}

TEST_CASE(
    "memory policies: a reversed unit keeps its output, and in the backward pass that output's gradient") {
  const std::size_t more = peak<FourUnits>(MemoryPolicy::reverse) - peak<TwoUnits>(MemoryPolicy::reverse);
  CHECK(more >= 2 * activation);
  CHECK(more <= 2 * 2 * activation + 4096);
}

TEST_CASE("memory policies: the cheaper ones need less") {
  CHECK(peak<Deep<12>>(MemoryPolicy::reverse) < peak<Deep<12>>(MemoryPolicy::recompute));
  CHECK(peak<Deep<24>>(MemoryPolicy::recompute) <
        peak<Deep<24>>(MemoryPolicy::store) / 3);  // scratch memory aside
}

TEST_CASE("differentiate: from the second pass on no memory is allocated and everything lies where it lay") {
  struct Places : Observer<float> {
    void on_output(const std::string&, Tensor<const float> output, const double*) override {
      seen.push_back(output.data);
    }
    std::vector<const float*> seen;
  };
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
    Flow<Deep<4>> flow(shape, Cpu(1));
    const Batch<float> images{shape, 256, std::vector<float>(256 * 256, 0.3f)};  // more than a first block
    const auto pass = [&] {
      PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
      flow.loss_and_gradient(images, noise, policy);
    };
    pass();
    const std::size_t peak_bytes = flow.peak_bytes();
    const int before = device_allocations;
    pass();
    pass();
    CHECK(device_allocations == before);
    CHECK(flow.peak_bytes() == peak_bytes);
  }

  // The same on a workspace, where the places can be seen.
  Workspace<float, Cpu> work(Cpu(1));
  ParameterTable table;
  Builder builder(table);
  Deep<4> model;
  model.build(builder, shape);
  std::vector<float> parameters(static_cast<std::size_t>(table.parameters_size)),
      gradients(parameters.size()), state(static_cast<std::size_t>(table.state_size));
  initialize_values(Cpu(1), table.parameters, 1, parameters.data());
  work.inverses.declare(table);
  Places places;
  const auto pass = [&] {
    places.seen.clear();
    PhiloxNoise<float, Cpu> noise(1, Stream::training, 0);
    const Pass<float, Cpu> options{.weights = {nullptr, parameters.data(), state.data()},
                                   .noise = &noise,
                                   .phase = Phase::training,
                                   .gradients = gradients.data(),
                                   .observer = &places};
    work.begin(options);
    Context<float, Cpu, true> ctx(options, work);
    const auto start = work.tape.mark();
    const Var<float> x = ctx.variable(ctx.tensor(256, shape));
    for (Index p = 0; p < x.value.pixels(); ++p) x.value(p, 0) = static_cast<float>(p % 7);
    const std::vector<double> weights(256, 1.0);
    const Var<float> z = model.apply(ctx, x, {work.memory.allocate<double>(256), weights.data()});
    const Tensor<float> dz = ctx.gradient(z);
    for (Index p = 0; p < dz.pixels(); ++p) dz(p, 0) = 1;
    work.tape.backward(ctx, start);
    places.seen.push_back(ctx.gradient(x).data);
    return places.seen;
  };
  pass();
  const std::vector<const float*> second = pass();
  CHECK(second.size() == 4 * 5 + 4);
  CHECK(pass() == second);
}
