#pragma once

#include "densenf/distributions/normal.hpp"

namespace densenf {

/// A model that says what base distribution belongs to it: Flow<WithBase<Model, B>> has the base B.
template <class Model, class BaseDistribution>
struct WithBase : Model {
  using Base = BaseDistribution;
};

namespace detail {
template <class Model>
struct BaseOf {
  using type = ChannelNormal;
};
template <class Model>
requires requires { typename Model::Base; }
struct BaseOf<Model> {
  using type = typename Model::Base;
};
}  // namespace detail

/// The base distribution that a model has where none is given: its own, or ChannelNormal.
template <class Model>
using BaseOf = typename detail::BaseOf<Model>::type;

}  // namespace densenf
