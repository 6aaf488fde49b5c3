#pragma once

#include <cmath>

#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/optimizer_rules.hpp"

// Passes over the flat buffers of a model.
namespace densenf::kernels {

namespace detail {
/// Applies a rule to parameter i, with its gradient and moments, and sets the gradient to zero.
template <class T, class Rule>
__device__ inline void apply_rule(const Rule& rule, T* parameters, T* gradients, T* moments, Index n,
                                  Index i) {
  static_assert(Rule::moments == 1 || Rule::moments == 2, "An optimiser keeps one or two moments.");
  if constexpr (Rule::moments == 1) {
    rule(parameters[i], gradients[i], moments[i]);
  } else {
    rule(parameters[i], gradients[i], moments[i], moments[n + i]);
  }
  gradients[i] = T(0);
}

inline constexpr Index norm_blocks = 1024;

template <class T>
__global__ void __launch_bounds__(block_threads) squared_norm_kernel(Index n, const T* x, double* partial) {
  __shared__ double room[block_threads];
  double total = 0;
  for (Index i = static_cast<Index>(blockIdx.x) * block_threads + threadIdx.x; i < n;
       i += norm_blocks * block_threads) {
    const auto v = static_cast<double>(x[i]);
    total += v * v;
  }
  total = sum_of_block<block_threads>(total, room);
  if (threadIdx.x == 0) partial[blockIdx.x] = total;
}

/// One block: result = the sum of `count` numbers.
template <Index count>
__global__ void __launch_bounds__(block_threads) add_up_kernel(const double* partial, double* result) {
  __shared__ double room[block_threads];
  double total = 0;
  for (Index i = threadIdx.x; i < count; i += block_threads) total += partial[i];
  total = sum_of_block<block_threads>(total, room);
  if (threadIdx.x == 0) *result = total;
}
}  // namespace detail

/// Applies a rule to n parameters with their gradients and moments (moment k of parameter i is at
/// moments[k * n + i]), and sets the gradients to zero for the next step.
template <class T, class Rule>
void optimizer_pass(const Cuda& cuda, const Rule& rule, T* parameters, T* gradients, T* moments, Index n) {
  for_each_index(cuda, "the optimiser", n,
                 [=] __device__(Index i) { detail::apply_rule(rule, parameters, gradients, moments, n, i); });
}

/// Moves n averages towards the values they follow.
template <class T>
void average_pass(const Cuda& cuda, const AverageRule<T>& rule, T* averages, const T* values, Index n) {
  for_each_index(cuda, "averaging weights", n, [=] __device__(Index i) { rule(averages[i], values[i]); });
}

/// result = the sum of squares of n numbers, in double.
template <class T>
void squared_norm(const Cuda& cuda, const T* x, Index n, double* result) {
  auto* partial = static_cast<double*>(cuda.scratch());
  detail::launch(cuda, "the gradient norm", static_cast<std::uint32_t>(detail::norm_blocks),
                 detail::block_threads, detail::squared_norm_kernel<T>, n, x, partial);
  detail::launch(cuda, "the gradient norm", 1u, detail::block_threads,
                 detail::add_up_kernel<detail::norm_blocks>, static_cast<const double*>(partial), result);
}

/// What the card itself knows of a step when it comes to the optimiser. A step whose loss or gradient is not
/// finite changes no parameter.
struct StepFacts {
  const double* loss;
  const double* squared_norm;
  double max_norm;  ///< gradients with a larger norm are scaled down to it; 0: they are not

  __device__ bool finite() const { return std::isfinite(*loss) && std::isfinite(*squared_norm); }
  /// As densenf::clip_factor.
  __device__ double gradient_scale() const {
    if (max_norm == 0) return 1;
    const double factor = max_norm / (std::sqrt(*squared_norm) + 1e-6);
    return factor < 1 ? factor : 1;
  }
};

/// optimizer_pass with a rule that lies on the card, so that a captured step can be replayed with another
/// one. A step that is not finite only sets the gradients to zero.
template <class T, class Rule>
void optimizer_pass(const Cuda& cuda, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  for_each_index(cuda, "the optimiser", n, [=] __device__(Index i) {
    if (facts.finite()) {
      Rule scaled = *rule;
      scaled.gradient_scale *= static_cast<T>(facts.gradient_scale());
      detail::apply_rule(scaled, parameters, gradients, moments, n, i);
    } else {
      gradients[i] = T(0);
    }
  });
}

/// average_pass, unless the step is not finite.
template <class T>
void average_pass(const Cuda& cuda, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n) {
  for_each_index(cuda, "averaging weights", n, [=] __device__(Index i) {
    if (facts.finite()) rule(averages[i], values[i]);
  });
}

}  // namespace densenf::kernels
