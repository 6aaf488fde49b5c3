#pragma once

#include "densenf/core/batch.hpp"
#include "densenf/core/check_values.hpp"
#include "densenf/core/parameters.hpp"

// What a density is conditional on. A condition is a type with
//
//   static constexpr Index channels;              // of the context that the model's pieces see
//   static constexpr Shape shape;                 // of what is given with each image
//   void declare(Builder&);                         // if it has parameters
//   static void check(const BatchView<U>&);       // throws for what cannot be given
//   Var<T> embed(const Ctx&, const Var<T>&) const;  // makes the context of what is given
//
// nn::ClassEmbedding, in nn/class_embedding.hpp, is one for labels.
namespace densenf {

/// Of a flow whose density is not conditional.
struct NoCondition {
  static constexpr Index channels = 0;
};

/// Numbers that are given as they are: a vector of `Channels`, or images of Channels x Height x Width.
template <int Channels, int Height = 1, int Width = 1>
struct Given {
  static_assert(Channels > 0 && Height > 0 && Width > 0, "Every extent of a condition must be at least 1.");
  static constexpr Index channels = Channels;
  static constexpr Shape shape{Channels, Height, Width};

  void declare(Builder&) {}

  /// Throws ArgumentError for a number that is infinite or NaN.
  template <class U>
  static void check(const BatchView<U>& given) {
    detail::require_finite(given, "of the condition");
  }

  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx&, const V& given) const {
    return given;
  }
};

}  // namespace densenf
