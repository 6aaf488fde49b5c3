#pragma once

#include <cmath>
#include <cstddef>
#include <cub/device/device_reduce.cuh>
#include <functional>

#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/optimizer_rules.hpp"

// Passes over the flat buffers of a model.
namespace densenf::kernels {

namespace detail {
/// Applies a rule to parameter i, with its gradient and moments, and sets the gradient to zero.
template <class T, class Rule>
__device__ inline void apply_rule(const Rule& rule, T* parameters, T* gradients, T* moments, Index n,
                                  Index i) {
  static_assert(Rule::moments == 1 || Rule::moments == 2, "An optimizer keeps one or two moments.");
  if constexpr (Rule::moments == 1) {
    rule(parameters[i], gradients[i], moments[i]);
  } else {
    rule(parameters[i], gradients[i], moments[i], moments[n + i]);
  }
  gradients[i] = T(0);
}

struct Squared {
  template <class T>
  __device__ double operator()(T x) const {
    const auto v = static_cast<double>(x);
    return v * v;
  }
};
}  // namespace detail

/// Applies a rule to n parameters with their gradients and moments (moment k of parameter i is at
/// moments[k * n + i]), and sets the gradients to zero for the next step.
template <class T, class Rule>
void optimizer_pass(const Cuda& cuda, const Rule& rule, T* parameters, T* gradients, T* moments, Index n) {
  for_each_index(cuda, "the optimizer", n,
                 [=] __device__(Index i) { detail::apply_rule(rule, parameters, gradients, moments, n, i); });
}

/// Moves n averages towards the values they follow.
template <class T>
void average_pass(const Cuda& cuda, const AverageRule<T>& rule, T* averages, const T* values, Index n) {
  for_each_index(cuda, "averaging weights", n, [=] __device__(Index i) { rule(averages[i], values[i]); });
}

namespace detail {
/// Adds up squares in `memory`; without memory it only says how many bytes it needs.
template <class T>
std::size_t reduce_squares(const Cuda& cuda, const T* x, Index n, double* result, void* memory,
                           std::size_t bytes) {
  cuda.make_current();
  densenf::detail::check_cuda(
      cub::DeviceReduce::TransformReduce(memory, bytes, x, result, narrow(n), std::plus<>(), Squared(), 0.0,
                                         cuda.stream()),
      "adding up the gradient norm");
  return bytes;
}
}  // namespace detail

template <class T>
Index squared_norm_scratch_bytes(const Cuda& cuda, const T* x, Index n) {
  return Scratch::bytes_for<std::byte>(
      static_cast<Index>(detail::reduce_squares(cuda, x, n, nullptr, nullptr, 0)));
}

/// result = the sum of squares of n numbers, in double. Repeats to the bit on the same GPU: CUB promises
/// that of DeviceReduce ("run-to-run"), which divides the work by n and the GPU alone and uses no atomics.
template <class T>
void squared_norm(const Cuda& cuda, const T* x, Index n, double* result, Scratch scratch) {
  const Index bytes = squared_norm_scratch_bytes(cuda, x, n);
  detail::reduce_squares(cuda, x, n, result, scratch.take<std::byte>(bytes), static_cast<std::size_t>(bytes));
}

/// optimizer_pass with a rule that lies on the GPU, so that a captured step can be replayed with another
/// one. A step that is not taken only sets the gradients to zero.
template <class T, class Rule>
void optimizer_pass(const Cuda& cuda, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  for_each_index(cuda, "the optimizer", n, [=] __device__(Index i) {
    if (detail::is_taken(facts)) {
      detail::apply_rule(detail::clipped(*rule, facts), parameters, gradients, moments, n, i);
    } else {
      gradients[i] = T(0);
    }
  });
}

/// to = from, n numbers, if the step is taken.
template <class T>
void assign_pass(const Cuda& cuda, const StepFacts& facts, const T* from, T* to, Index n) {
  for_each_index(cuda, "taking over a state", n, [=] __device__(Index i) {
    if (detail::is_taken(facts)) to[i] = from[i];
  });
}

/// average_pass, if the step is taken.
template <class T>
void average_pass(const Cuda& cuda, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n) {
  for_each_index(cuda, "averaging weights", n, [=] __device__(Index i) {
    if (detail::is_taken(facts)) rule(averages[i], values[i]);
  });
}

}  // namespace densenf::kernels
