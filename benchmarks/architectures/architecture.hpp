#pragma once

#include <concepts>
#include <ratio>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "densenf/bijectors/named.hpp"
#include "densenf/core/shape.hpp"

// What an entry of the list of architectures consists of.
namespace architectures {

using densenf::Index;
using densenf::Name;
using densenf::Shape;

/// 8x8 digits of 17 gray levels, which the models take as 5 bits.
struct Digits {
  static constexpr std::string_view name = "digits";
  static constexpr Shape shape{1, 8, 8};
  static constexpr Index budget = 100'000;  ///< parameters of a model, to a tenth
  static constexpr Index batch = 64;
  static constexpr int picture_levels = 17;
};

/// Color photographs of 32x32 pixels, 8 bits.
struct Cifar10 {
  static constexpr std::string_view name = "cifar10";
  static constexpr Shape shape{3, 32, 32};
  static constexpr Index budget = 250'000;  ///< so that minutes on two cores are hundreds of steps
  static constexpr Index batch = 16;
  static constexpr int picture_levels = 256;
};

/// What is known of a model's likelihood, beside the noise of its dequantization: itself; a lower bound,
/// because the model draws more noise; or an estimate by random vectors, which has no bias, or little.
enum class Likelihood { exact, bound, estimate };

/// The word for it.
constexpr const char* word_for(Likelihood l) {
  return l == Likelihood::exact ? "exact" : l == Likelihood::bound ? "bound" : "estimate";
}

/// How a model is trained. `Rate` is Adam's learning rate, a std::ratio. Pieces that start from data see the
/// first batch, or all training images.
template <class Rate = std::ratio<1, 1000>, bool FromAll = false>
struct Recipe {
  static constexpr double lr = static_cast<double>(Rate::num) / static_cast<double>(Rate::den);
  static constexpr bool start_from_all = FromAll;
};

/// In the place of a model: of this size, or for these images, the architecture makes no sense.
template <class Data>
struct None {};

/// An architecture: its name in files, its name for readers, and a small model for each data set.
template <Name FileName, Name Title, Likelihood Kind, class DigitsModel, class Cifar10Model,
          class TrainedBy = Recipe<>>
struct Architecture {
  static constexpr std::string_view name = FileName.view(), title = Title.view();
  static constexpr Likelihood likelihood = Kind;
  using RecipeType = TrainedBy;
  template <class Data>
  using ModelFor = std::conditional_t<std::same_as<Data, Digits>, DigitsModel, Cifar10Model>;
  template <class Data>
  static constexpr bool has = !std::same_as<ModelFor<Data>, None<Data>>;
};

/// The entry of a list, a std::tuple, that has the name.
template <Name name, class List>
struct Find;
template <Name name, class First, class... Rest>
struct Find<name, std::tuple<First, Rest...>> {
  static constexpr bool is_first = First::name == name.view();
  static_assert(is_first || sizeof...(Rest) > 0, "The list has no architecture of this name.");
  using type =
      typename std::conditional_t<is_first, std::type_identity<First>, Find<name, std::tuple<Rest...>>>::type;
};

}  // namespace architectures
