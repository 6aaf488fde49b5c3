#pragma once

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/named.hpp"

namespace densenf {

/// A combinator whose pieces have the names that they would have if all of them stood in one Compose:
/// "transforms.0", "transforms.1", ..., however they are put together. So a flow can be made of a Unit, say,
/// and keep the names of published weights. With a `name` these are "name.0", "name.1", ..., below the name
/// that the whole has: those of Named<"", Flat<Model, "blocks">> in a flow are "blocks.0", "blocks.1", ...
template <class Model, Name name = "transforms">
struct Flat : Model {
  static_assert(Model::numbers_pieces, "Flat names the pieces of a Compose or a Unit.");

  void build(Builder& b, Shape in) {
    Index next = 0;
    const auto scope = b.flat_scope(next, name.view());
    Model::build(b, in);
  }
};

}  // namespace densenf
