#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "densenf/core/parameters.hpp"

namespace densenf {

/// A string as a template argument.
template <std::size_t N>
struct Name {
  char text[N]{};
  consteval Name(const char (&from)[N]) { std::copy_n(from, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// `Piece` with a name of its own, a dotted path: below it are the names of its parameters, wherever it
/// stands in a Compose, and of a Compose or Unit the pieces directly: Named<"levels.0", Unit<2, Step>> has
/// "levels.0.0" and "levels.0.1". A '*' in the name stands for the number of the module of a Unit that it is
/// in: in Named<"", Unit<2, Compose<Named<"convs.*", Conv1x1>, ...>>> they are "convs.0" and "convs.1". So a
/// model can have the names of published weights. `Piece` may also be the network of a Coupling.
template <Name name, class Piece>
struct Named : Piece {
  static constexpr bool names_itself = true;
  static constexpr std::string_view scope_name = name.view();

  void build(Builder& b, Shape in) {
    const auto scope = b.named_scope(scope_name);
    Piece::build(b, in);
  }
};

namespace detail {
/// The name that Named gives a part, or another.
template <class Part>
constexpr std::string_view scope_name_of(std::string_view otherwise) {
  if constexpr (requires { Part::scope_name; })
    return Part::scope_name;
  else
    return otherwise;
}
}  // namespace detail

}  // namespace densenf
