#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>

#include "densenf/core/cpu.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/optimizer_rules.hpp"

// Passes over the flat buffers of a model. None allocates; results do not depend on the number of threads.
namespace densenf::kernels {

namespace detail {
template <class T>
auto stretch(T* data, Index first, Index last) {
  using Array = Eigen::Array<std::remove_const_t<T>, Eigen::Dynamic, 1>;
  return Eigen::Map<std::conditional_t<std::is_const_v<T>, const Array, Array>>(data + first, last - first);
}

/// Calls task(first, last) on stretches of [0, n) short enough that four buffers of them stay in the first
/// cache level while a rule goes over them several times.
template <class T, class Task>
void for_each_stretch(const Cpu& cpu, Index n, const Task& task) {
  constexpr Index length = 4096 / static_cast<Index>(sizeof(T));
  // Of whole stretches, so that a number is at the same place of its stretch for any number of threads.
  cpu.parallel_ranges((n + length - 1) / length, 8, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) task(i * length, std::min((i + 1) * length, n));
  });
}
}  // namespace detail

/// Applies a rule to n parameters with their gradients and moments (moment k of parameter i is at
/// moments[k * n + i]), and sets the gradients to zero for the next step: one pass over memory.
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule& rule, T* parameters, T* gradients, T* moments, Index n) {
  static_assert(Rule::moments == 1 || Rule::moments == 2, "An optimizer keeps one or two moments.");
  detail::for_each_stretch<T>(cpu, n, [&](Index first, Index last) {
    auto p = detail::stretch(parameters, first, last);
    auto g = detail::stretch(gradients, first, last);
    auto m = detail::stretch(moments, first, last);
    if constexpr (Rule::moments == 1) {
      rule(p, g, m);
    } else {
      auto m2 = detail::stretch(moments + n, first, last);
      rule(p, g, m, m2);
    }
    g.setZero();
  });
}

/// Moves n averages towards the values they follow.
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, T* averages, const T* values, Index n) {
  detail::for_each_stretch<T>(cpu, n, [&](Index first, Index last) {
    auto a = detail::stretch(averages, first, last);
    const auto v = detail::stretch(values, first, last);
    rule(a, v);
  });
}

namespace detail {
/// How a reduction over n numbers is cut: by n alone, and never into more than max_chunks, so that partial
/// results have room on the stack.
struct Chunks {
  static constexpr Index max_chunks = 256, smallest = 4096;
  Index length, count;
  explicit constexpr Chunks(Index n)
      : length(std::max(smallest, (n + max_chunks - 1) / max_chunks)), count((n + length - 1) / length) {}
};
}  // namespace detail

/// The sum of squares, accumulated in double. Infinite or NaN when an element is.
template <class T>
double squared_norm(const Cpu& cpu, std::span<T> x) {
  const auto n = static_cast<Index>(x.size());
  const detail::Chunks chunks(n);
  std::array<double, detail::Chunks::max_chunks> partial;
  cpu.parallel_for(chunks.count, [&](Index chunk) {
    const Index first = chunk * chunks.length, last = std::min(first + chunks.length, n);
    // Eight sums side by side, which is an order the compiler may keep and still use vector registers.
    std::array<double, 8> sums{};
    Index i = first;
    for (; i + 8 <= last; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const auto v = static_cast<double>(x[static_cast<std::size_t>(i) + k]);
        sums[k] += v * v;
      }
    }
    for (; i < last; ++i) {
      const auto v = static_cast<double>(x[static_cast<std::size_t>(i)]);
      sums[0] += v * v;
    }
    double total = 0;
    for (double s : sums) total += s;
    partial[static_cast<std::size_t>(chunk)] = total;
  });
  double total = 0;
  for (Index c = 0; c < chunks.count; ++c) total += partial[static_cast<std::size_t>(c)];
  return total;
}

template <class T>
Index squared_norm_scratch_bytes(const Cpu&, const T*, Index) {
  return 0;
}

/// The same of n numbers, to `result`.
template <class T>
void squared_norm(const Cpu& cpu, const T* x, Index n, double* result, Scratch) {
  *result = squared_norm(cpu, std::span<const T>(x, static_cast<std::size_t>(n)));
}

/// optimizer_pass for a step that may not be taken; then it only sets the gradients to zero.
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  if (detail::is_taken(facts))
    optimizer_pass(cpu, detail::clipped(*rule, facts), parameters, gradients, moments, n);
  else
    std::fill_n(gradients, n, T(0));
}

/// to = from, n numbers, if the step is taken.
template <class T>
void assign_pass(const Cpu&, const StepFacts& facts, const T* from, T* to, Index n) {
  if (detail::is_taken(facts)) std::copy_n(from, n, to);
}

/// average_pass, if the step is taken.
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n) {
  if (detail::is_taken(facts)) average_pass(cpu, rule, averages, values, n);
}

/// Whether no element is infinite or NaN.
template <class T>
bool all_finite(const Cpu& cpu, std::span<T> x) {
  const auto n = static_cast<Index>(x.size());
  const detail::Chunks chunks(n);
  std::array<bool, detail::Chunks::max_chunks> finite;
  cpu.parallel_for(chunks.count, [&](Index chunk) {
    const Index first = chunk * chunks.length, last = std::min(first + chunks.length, n);
    int outside = 0;  // an integer sum, because that is vectorized and a loop with an exit is not
    for (Index i = first; i < last; ++i) {
      outside |= !(std::abs(x[static_cast<std::size_t>(i)]) <= std::numeric_limits<T>::max());
    }
    finite[static_cast<std::size_t>(chunk)] = outside == 0;
  });
  return std::all_of(finite.begin(), finite.begin() + chunks.count, [](bool b) { return b; });
}

}  // namespace densenf::kernels
