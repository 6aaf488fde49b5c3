#pragma once

#include <cmath>
#include <ratio>

#include "densenf/autodiff/context.hpp"
#include "densenf/core/check_values.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/kernels/contract.hpp"
#include "densenf/kernels/maps.hpp"

namespace densenf::nn {

/// The condition of a flow over images of classes whose pieces have an embedding of the classes each: a label
/// 0 ... Classes - 1 is given with each image, or -1 where it is not known. The context has a weight for each
/// class: 1 for that of the image and 0 for the others, or 1 / Classes for all of them where it is not known.
/// So a linear map of the context is an embedding, or the mean of all.
///
/// In training a label is taken for unknown with the probability `Dropped`.
template <int Classes, class Dropped = std::ratio<0>>
class ClassWeights {
  static_assert(Classes > 1, "ClassWeights are of at least two classes.");
  static_assert(Dropped::num >= 0 && Dropped::num <= Dropped::den, "A probability is from 0 to 1.");

public:
  static constexpr Index channels = Classes;
  static constexpr Shape shape{1, 1, 1};

  void declare(Builder&) {}

  /// Throws ArgumentError for a label that is neither a class nor -1.
  template <class U>
  static void check(const BatchView<U>& labels) {
    densenf::detail::report_first(
        labels,
        [](U v) {
          const auto label = static_cast<double>(v);
          return !(label >= -1 && label < Classes && label == std::floor(label));
        },
        [](Index image, U v, Index) {
          throw ArgumentError(
              "Image {} of the batch (counted from 0) has the label {}: labels are 0 to {}, or -1 where the "
              "class is "
              "not known.",
              image, v, Classes - 1);
        });
  }

  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx& ctx, const V& labels) const {
    const V weights{ctx.tensor(labels.n(), {Classes, 1, 1})};
    fill_one_hot(ctx.device(), as_const(some_dropped(ctx, labels).value), weights.value);
    return weights;
  }

private:
  static constexpr double dropped = static_cast<double>(Dropped::num) / static_cast<double>(Dropped::den);

  template <class Ctx, class V>
  static V some_dropped(const Ctx& ctx, const V& labels) {
    using T = typename Ctx::Scalar;
    if (Dropped::num == 0 || !ctx.training()) return labels;
    const auto& device = ctx.device();
    const Tensor<T> kept = ctx.tensor(labels.n(), shape), known = ctx.tensor(labels.n(), shape);
    ctx.noise().uniform(device, kept);
    scale_shift(device, as_const(kept), T(1), static_cast<T>(-dropped), kept);
    map_forward(device, kernels::maps::SignAbove0{}, as_const(kept), kept);
    scale_shift(device, as_const(kept), T(0.5), T(0.5), kept);  // 1 or 0
    // (label + 1) kept - 1, which is the label or -1 without rounding.
    scale_shift(device, as_const(labels.value), T(1), T(1), known);
    multiply_numbers(device, as_const(known), as_const(kept), known);
    scale_shift(device, as_const(known), T(1), T(-1), known);
    return V{known};
  }
};

}  // namespace densenf::nn
