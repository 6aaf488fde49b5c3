// The CPU kernels one by one, at the sizes that DenseFlow-74-10 has at batch 8. GFLOP/s counts the products
// and sums of convolutions and attention. GB/s counts every number once that must be read and once that must
// be written: what is found in a cache may come faster than memory could bring it.

#include <benchmark/benchmark.h>

#include "densenf/densenf.hpp"

namespace {

using namespace densenf;
using benchmark::State;
using kernels::Activation;

constexpr Index batch = 8;

const Cpu& device() {
  static const Cpu all_cores;
  return all_cores;
}

/// Scratch memory of one kernel at a time.
Arena<Cpu>& arena() {
  static Arena<Cpu> memory(device());
  return memory;
}

/// Numbers in memory of their own, as a kernel's images (N, side, side, C) or vectors; at first normal noise.
class Numbers {
public:
  explicit Numbers(Index channels) : Numbers(1, 1, channels) {}
  Numbers(Index side, Index channels) : Numbers(batch, side, channels) {}
  Numbers(Index n, Index side, Index channels)
      : memory_(device(), n * side * side * channels),
        view_(make_tensor(memory_.data(), n, Shape{channels, side, side})) {
    kernels::fill_normal(device(), NoiseKey{}, 0, view_);
  }
  Tensor<float> out() const { return view_; }
  Tensor<const float> in() const { return view_; }
  float* data() const { return view_.data; }
  const float* values() const { return view_.data; }
  Index size() const { return view_.size(); }

private:
  Buffer<float, Cpu> memory_;
  Tensor<float> view_;
};

using Counter = benchmark::Counter;
void count_operations(State& state, Index operations) {
  state.counters["GFLOP/s"] =
      Counter(static_cast<double>(operations) / 1e9, Counter::kIsIterationInvariantRate);
}
void count_numbers(State& state, Index numbers) {
  state.counters["GB/s"] =
      Counter(static_cast<double>(numbers) * sizeof(float) / 1e9, Counter::kIsIterationInvariantRate);
}

// ---- convolutions ---------------------------------------------------------------------------

struct Conv {
  explicit Conv(const State& state)
      : side(state.range(0)),
        kernel(static_cast<int>(state.range(1))),
        x(side, state.range(2)),
        y(side, state.range(3)),
        weight(kernel * kernel * x.out().c * y.out().c),
        bias(y.out().c) {}
  void count(State& state) const {
    count_operations(state, 2 * y.size() * x.out().c * kernel * kernel);
    count_numbers(state, x.size() + y.size() + weight.size());
  }
  Index side;
  int kernel;
  Numbers x, y, weight, bias;
};

void conv_forward(State& state) {
  const Conv c(state);
  const auto scratch = arena().lend(kernels::conv_forward_scratch_bytes(
      device(), c.x.in(), c.weight.values(), c.bias.values(), c.kernel, Activation::relu, c.y.out()));
  for (auto _ : state) {
    kernels::conv_forward(device(), c.x.in(), c.weight.values(), c.bias.values(), c.kernel, Activation::relu,
                          c.y.out(), scratch);
  }
  c.count(state);
}

void conv_backward_data(State& state) {
  const Conv c(state);
  const auto scratch = arena().lend(
      kernels::conv_backward_data_scratch_bytes(device(), c.y.in(), c.weight.values(), c.kernel, c.x.out()));
  for (auto _ : state) {
    kernels::conv_backward_data(device(), c.y.in(), c.weight.values(), c.kernel, c.x.out(),
                                kernels::Write::assign, scratch);
  }
  c.count(state);
}

void conv_backward_weights(State& state) {
  const Conv c(state);
  const auto scratch = arena().lend(kernels::conv_backward_weights_scratch_bytes(
      device(), c.x.in(), c.y.in(), c.kernel, c.weight.data(), c.bias.data()));
  for (auto _ : state) {
    kernels::conv_backward_weights(device(), c.x.in(), c.y.in(), c.kernel, c.weight.data(), c.bias.data(),
                                   scratch);
  }
  c.count(state);
}

// A layer in the middle of a dense branch and the branch's gated end, at the three scales; the last scale's
// 1x1 flow.
void conv_sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"side", "kernel", "in", "out"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (Index side : {16, 8, 4}) {
    b->Args({side, 1, 240, 240})->Args({side, 3, 240, 64})->Args({side, 1, 496, 144});
  }
  b->Args({4, 1, 308, 308});
}
BENCHMARK(conv_forward)->Apply(conv_sizes);
BENCHMARK(conv_backward_data)->Apply(conv_sizes);
BENCHMARK(conv_backward_weights)->Apply(conv_sizes);

// ---- attention and normalization, of networks 48 channels wide --------------------------------

constexpr Index embed = 24;
/// Products of queries and keys with four landmarks, of values with k3, of k1 with the mix: 2 HW 4 E each.
Index attention_operations(Index side) {
  return 4 * 2 * batch * side * side * kernels::nystrom::landmarks * embed;
}

void nystrom_forward(State& state) {
  const Index side = state.range(0);
  const Numbers qkv(side, 3 * embed), memory(side, 3 * embed), out(side, embed);
  const auto scratch = arena().lend(kernels::nystrom_forward_scratch_bytes(device(), qkv.in()));
  for (auto _ : state) kernels::nystrom_forward(device(), qkv.in(), memory.data(), out.out(), scratch);
  count_operations(state, attention_operations(side));
  count_numbers(state, qkv.size() + memory.size() + out.size());
}

void nystrom_backward(State& state) {
  const Index side = state.range(0);
  const Numbers memory(side, 3 * embed), dout(side, embed), dqkv(side, 3 * embed);
  const auto scratch = arena().lend(kernels::nystrom_backward_scratch_bytes(device(), dout.in()));
  for (auto _ : state)
    kernels::nystrom_backward(device(), memory.values(), dout.in(), dqkv.out(), kernels::Write::assign,
                              scratch);
  count_operations(state, 3 * attention_operations(side));
  count_numbers(state, memory.size() + dout.size() + dqkv.size());
}

void channel_statistics(State& state) {
  const Numbers x(state.range(0), 4 * embed), mean(4 * embed), variance(4 * embed);
  const auto scratch = arena().lend(kernels::channel_statistics_scratch_bytes(device(), x.in()));
  for (auto _ : state) kernels::channel_statistics(device(), x.in(), mean.data(), variance.data(), scratch);
  count_numbers(state, x.size());
}

struct BatchNorm {
  explicit BatchNorm(const State& state)
      : x(state.range(0), channels),
        y(state.range(0), channels),
        mean(channels),
        variance(channels),
        weight(channels),
        bias(channels) {
    kernels::channel_statistics(device(), x.in(), mean.data(), variance.data(),
                                arena().lend(kernels::channel_statistics_scratch_bytes(device(), x.in())));
  }
  static constexpr Index channels = 4 * embed;
  static constexpr float eps = 1e-5f;
  Numbers x, y, mean, variance, weight, bias;
};

void batch_norm_forward(State& state) {
  const BatchNorm b(state);
  for (auto _ : state) {
    kernels::batch_norm_forward(device(), b.x.in(), b.mean.values(), b.variance.values(), b.eps,
                                b.weight.values(), b.bias.values(), Activation::relu, b.y.out());
  }
  count_numbers(state, b.x.size() + b.y.size());
}

void batch_norm_backward(State& state) {
  const BatchNorm b(state);
  const Numbers dx(state.range(0), b.channels), dweight(b.channels), dbias(b.channels);
  const auto scratch = arena().lend(kernels::batch_norm_backward_scratch_bytes(device(), b.x.in()));
  for (auto _ : state) {
    kernels::batch_norm_backward(device(), b.x.in(), b.mean.values(), b.variance.values(), b.eps,
                                 b.weight.values(), true, b.y.in(), dx.out(), kernels::Write::assign,
                                 dweight.data(), dbias.data(), scratch);
  }
  count_numbers(state, b.x.size() + b.y.size() + dx.size());
}

void at_three_scales(benchmark::internal::Benchmark* b) {
  b->ArgName("side")->UseRealTime()->Unit(benchmark::kMicrosecond)->Arg(16)->Arg(8)->Arg(4);
}
BENCHMARK(nystrom_forward)->Apply(at_three_scales);
BENCHMARK(nystrom_backward)->Apply(at_three_scales);
BENCHMARK(channel_statistics)->Apply(at_three_scales);
BENCHMARK(batch_norm_forward)->Apply(at_three_scales);
BENCHMARK(batch_norm_backward)->Apply(at_three_scales);

// ---- what remains of a network: relu, gate ------------------------------------------------------

void relu_backward(State& state) {
  const Numbers y(state.range(0), 240), dy(state.range(0), 240);
  for (auto _ : state) kernels::relu_backward(device(), y.in(), dy.out());
  count_numbers(state, y.size() + 2 * dy.size());
}

void gate_forward(State& state) {
  const Numbers abc(state.range(0), 144), y(state.range(0), 48);
  for (auto _ : state) kernels::gate_forward(device(), abc.in(), y.out());
  count_numbers(state, abc.size() + y.size());
}

void gate_backward(State& state) {
  const Numbers abc(state.range(0), 144), dy(state.range(0), 48), dabc(state.range(0), 144);
  for (auto _ : state)
    kernels::gate_backward(device(), abc.in(), dy.in(), dabc.out(), kernels::Write::assign);
  count_numbers(state, abc.size() + dy.size() + dabc.size());
}

BENCHMARK(relu_backward)->Apply(at_three_scales);
BENCHMARK(gate_forward)->Apply(at_three_scales);
BENCHMARK(gate_backward)->Apply(at_three_scales);

// ---- bijectors, at the widths of the last unit of each scale --------------------------------------

void actnorm_forward(State& state) {
  const Index c = state.range(1);
  const Numbers x(state.range(0), c), z(state.range(0), c), shift(c), log_scale(c);
  std::vector<double> log_prob(batch);
  for (auto _ : state) {
    kernels::actnorm_forward(device(), x.in(), shift.values(), log_scale.values(), z.out(), log_prob.data());
  }
  count_numbers(state, x.size() + z.size());
}

void actnorm_backward(State& state) {
  const Index c = state.range(1);
  const Numbers z(state.range(0), c), dz(state.range(0), c), dx(state.range(0), c);
  const Numbers log_scale(c), dshift(c), dlog_scale(c);
  const std::vector<double> dlog_prob(batch);
  const auto scratch = arena().lend(kernels::actnorm_backward_scratch_bytes(device(), z.in()));
  for (auto _ : state) {
    kernels::actnorm_backward(device(), z.in(), log_scale.values(), dz.in(), dlog_prob.data(), dx.out(),
                              kernels::Write::assign, dshift.data(), dlog_scale.data(), scratch);
  }
  count_numbers(state, z.size() + dz.size() + dx.size());
}

// A coupling changes half of the channels.
constexpr kernels::AffineLayout interleaved = kernels::AffineLayout::interleaved();

void affine_forward(State& state) {
  const Index side = state.range(0), c = state.range(1) / 2;
  const Numbers x(side, c), raw(side, 2 * c), z(side, c);
  std::vector<double> log_prob(batch);
  for (auto _ : state)
    kernels::affine_forward(device(), x.in(), raw.in(), interleaved, z.out(), log_prob.data());
  count_numbers(state, x.size() + raw.size() + z.size());
}

void affine_inverse(State& state) {
  const Index side = state.range(0), c = state.range(1) / 2;
  const Numbers z(side, c), raw(side, 2 * c), x(side, c);
  for (auto _ : state) kernels::affine_inverse(device(), z.in(), raw.in(), interleaved, x.out());
  count_numbers(state, z.size() + raw.size() + x.size());
}

void affine_backward(State& state) {
  const Index side = state.range(0), c = state.range(1) / 2;
  const Numbers x(side, c), raw(side, 2 * c), dz(side, c), dx(side, c), draw(side, 2 * c);
  const std::vector<double> dlog_prob(batch);
  for (auto _ : state) {
    kernels::affine_backward(device(), x.in(), raw.in(), interleaved, dz.in(), dlog_prob.data(), dx.out(),
                             kernels::Write::accumulate, draw.out(), kernels::Write::assign);
  }
  count_numbers(state, x.size() + raw.size() + dz.size() + 2 * dx.size() + draw.size());
}

void at_last_units(benchmark::internal::Benchmark* b) {
  b->ArgNames({"side", "channels"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  b->Args({16, 62})->Args({8, 154})->Args({4, 308});
}
BENCHMARK(actnorm_forward)->Apply(at_last_units);
BENCHMARK(actnorm_backward)->Apply(at_last_units);
BENCHMARK(affine_forward)->Apply(at_last_units);
BENCHMARK(affine_inverse)->Apply(at_last_units);
BENCHMARK(affine_backward)->Apply(at_last_units);

void squeeze(State& state) {
  const Index side = state.range(0), c = state.range(1);
  const Numbers x(side, c), z(side / 2, 4 * c);
  for (auto _ : state) kernels::squeeze(device(), x.in(), z.out());
  count_numbers(state, x.size() + z.size());
}
BENCHMARK(squeeze)
    ->ArgNames({"side", "channels"})
    ->Args({32, 3})
    ->Args({16, 62})
    ->Args({8, 154})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void log_abs_det_and_inverse(State& state) {
  const Index c = state.range(0);
  const Numbers w(c * c), inverse(c * c);
  const auto scratch = arena().lend(kernels::log_abs_det_and_inverse_scratch_bytes(device(), c));
  double log_det = 0;
  for (auto _ : state) {
    kernels::log_abs_det_and_inverse(device(), w.values(), c, inverse.data(), &log_det, scratch);
    benchmark::DoNotOptimize(log_det);
  }
  count_operations(state, 2 * c * c * c);
}
BENCHMARK(log_abs_det_and_inverse)
    ->ArgName("channels")
    ->Arg(62)
    ->Arg(154)
    ->Arg(308)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

// ---- passes over noise and parameters -----------------------------------------------------------

void fill_normal(State& state) {
  const Numbers out(state.range(0));
  for (auto _ : state) kernels::fill_normal(device(), NoiseKey{}, 0, out.out());
  count_numbers(state, out.size());
}
BENCHMARK(fill_normal)
    ->ArgName("numbers")
    ->Arg(batch * 3 * 32 * 32)
    ->Arg(1 << 20)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void adamax_pass(State& state) {
  const Numbers parameters(state.range(0)), gradients(state.range(0)), moments(2 * state.range(0));
  // The pass leaves gradients of zero: without decay the moments would fade into numbers too small for fast
  // arithmetic.
  const kernels::AdamaxRule<float> rule{.gradient_scale = 1,
                                        .weight_decay = 0.01f,
                                        .one_minus_beta1 = 0.1f,
                                        .beta2 = 0.999f,
                                        .epsilon = 1e-8f,
                                        .step_size = 1e-4f};
  for (auto _ : state) {
    kernels::optimizer_pass(device(), rule, parameters.data(), gradients.data(), moments.data(),
                            state.range(0));
  }
  count_numbers(state, 2 * (parameters.size() + gradients.size() + moments.size()));
}
BENCHMARK(adamax_pass)->ArgName("parameters")->Arg(10'000'000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
