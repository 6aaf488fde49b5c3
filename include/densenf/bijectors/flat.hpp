#pragma once

#include "densenf/bijectors/bijector.hpp"

namespace densenf {

/// A combinator whose pieces have the names that they would have if all of them stood in one Compose:
/// "transforms.0", "transforms.1", ..., however they are put together. So a flow can be made of a Unit, say,
/// and keep the names of published weights.
template <class Model>
struct Flat : Model {
  static_assert(Model::numbers_pieces, "Flat names the pieces of a Compose or a Unit.");

  void build(Builder& b, Shape in) {
    Index next = 0;
    const auto scope = b.flat_scope(next);
    Model::build(b, in);
  }
};

}  // namespace densenf
