#pragma once

#include <cmath>
#include <type_traits>

#include "densenf/core/check_values.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/ops/conv.hpp"

namespace densenf::nn {

/// The condition of a flow over images of classes: a label 0 ... Classes - 1 is given with each image, and
/// its learned vector of `Width` numbers is the context.
template <int Classes, int Width>
class ClassEmbedding {
  static_assert(Classes > 1 && Width > 0, "A ClassEmbedding has at least two classes and a positive width.");

public:
  static constexpr Index channels = Width;
  static constexpr Shape shape{1, 1, 1};

  void declare(Builder& b) {
    const auto scope = b.scope("class_embedding");
    weight_ = b.weight("weight", {Width, Classes}, Init::uniform(1));
  }

  /// Throws ArgumentError for a label that is no class.
  template <class U>
  static void check(const BatchView<U>& labels) {
    densenf::detail::report_first(
        labels,
        [](U v) {
          const auto label = static_cast<double>(v);
          return !(label >= 0 && label < Classes && is_whole(v));
        },
        [](Index image, U v, Index) {
          throw ArgumentError("Image {} of the batch (counted from 0) has the label {}: labels are 0 to {}.",
                              image, v, Classes - 1);
        });
  }

  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx& ctx, const V& labels) const {
    const V one_hot{ctx.tensor(labels.n(), {Classes, 1, 1})};
    fill_one_hot(ctx.device(), as_const(labels.value), one_hot.value);
    return ops::conv(ctx, one_hot, {ctx.parameter(weight_)});
  }

private:
  template <class U>
  static bool is_whole(U v) {
    if constexpr (std::is_floating_point_v<U>)
      return v == std::floor(v);
    else
      return true;
  }

  Param weight_;
};

}  // namespace densenf::nn
