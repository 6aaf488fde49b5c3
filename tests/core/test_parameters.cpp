#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "densenf/core/parameters.hpp"

using namespace densenf;

namespace {
std::vector<Index> buffer_indices(const ParamSpec& spec) {
  std::vector<Index> all;
  for (Index i = 0; i < spec.place.size; ++i) all.push_back(spec.buffer_index(i));
  return all;
}
}  // namespace

TEST_CASE("Builder: names are dotted paths that end with their scope") {
  ParameterTable table;
  Builder b(table);
  b.vector("top", {1}, Init::zeros());
  {
    const auto outer = b.scope("transforms");
    const auto inner = b.scope(3);
    CHECK(b.path() == "transforms.3");
    b.vector("shift", {2}, Init::zeros());
  }
  CHECK(b.path().empty());
  b.state("flag", {1}, Init::zeros());
  REQUIRE(table.parameters.size() == 2);
  CHECK(table.parameters[0].name == "top");
  CHECK(table.parameters[1].name == "transforms.3.shift");
  REQUIRE(table.state.size() == 1);
  CHECK(table.state[0].name == "flag");
}

TEST_CASE("Builder: tensors start on cache lines and gaps are not counted") {
  ParameterTable table;
  Builder b(table);
  const Param first = b.vector("a", {1, 3, 1, 1}, Init::zeros());
  const Param second = b.weight("b", {4, 5}, Init::zeros());
  const Param third = b.vector("c", {1}, Init::zeros());
  CHECK(first.offset == 0);
  CHECK(second.offset == 16);
  CHECK(third.offset == 48);
  CHECK(table.parameters_size == 64);
  CHECK(table.parameter_count() == 3 + 20 + 1);
  CHECK(table.state_size == 0);
}

TEST_CASE("ParamSpec: weights lie as [tap][in][out] in the buffer") {
  ParameterTable table;
  Builder b(table);
  b.weight("conv", {2, 3, 3, 3}, Init::zeros());
  b.weight("matrix", {2, 3}, Init::zeros());
  b.matrix("halving", {2, 3, 2, 2}, Init::zeros());
  b.vector("vector", {1, 4, 1, 1}, Init::zeros());
  b.tokens("tokens", 3, 2, Init::zeros());
  const ParamSpec& conv = table.parameters[0];
  Index i = 0;
  for (Index out = 0; out < 2; ++out) {
    for (Index in = 0; in < 3; ++in) {
      for (Index tap = 0; tap < 9; ++tap) CHECK(conv.buffer_index(i++) == (tap * 3 + in) * 2 + out);
    }
  }
  CHECK(buffer_indices(table.parameters[1]) == std::vector<Index>{0, 2, 4, 1, 3, 5});
  // Inputs of `halving` are (in, row, column) together: twelve of them.
  const std::vector<Index> halving = buffer_indices(table.parameters[2]);
  for (Index k = 0; k < 12; ++k) {
    CHECK(halving[static_cast<std::size_t>(k)] == 2 * k);
    CHECK(halving[static_cast<std::size_t>(12 + k)] == 2 * k + 1);
  }
  CHECK(buffer_indices(table.parameters[3]) == std::vector<Index>{0, 1, 2, 3});
  // A number for each channel of each token, as both have it.
  CHECK(buffer_indices(table.parameters[4]) == std::vector<Index>{0, 1, 2, 3, 4, 5});
  CHECK(table.parameters[4].shape == std::vector<Index>{1, 3, 2});
  CHECK(table.parameters[4].place.out == 2);
  for (const ParamSpec& spec : table.parameters) {
    const std::vector<Index> all = buffer_indices(spec);
    CHECK(std::set<Index>(all.begin(), all.end()).size() == all.size());
  }
}

TEST_CASE("ParamSpec: a transposed convolution's tensor has its inputs first, its memory is as others'") {
  ParameterTable table;
  Builder b(table);
  b.transposed_weight("up", {3, 2, 3, 3}, Init::zeros());
  const ParamSpec& up = table.parameters.at(0);
  CHECK(up.out == 2);
  CHECK(up.in == 3);
  Index i = 0;
  for (Index in = 0; in < 3; ++in) {
    for (Index out = 0; out < 2; ++out) {
      for (Index tap = 0; tap < 9; ++tap) CHECK(up.buffer_index(i++) == (tap * 3 + in) * 2 + out);
    }
  }
}

TEST_CASE("parameters: matrices are weights that are also listed, each with a place for what is kept") {
  ParameterTable table;
  Builder b(table);
  b.vector("before", {3}, Init::zeros());
  const InvertibleMatrix first = b.invertible_matrix("first", 5, Init::orthogonal());
  const InvertibleMatrix second = b.invertible_matrix("second", 2, Init::orthogonal());
  REQUIRE(table.matrices.size() == 2);
  CHECK(table.parameters[1].name == "first");
  CHECK(table.parameters[1].shape == std::vector<Index>{5, 5});
  CHECK(first.weight.offset == table.parameters[1].place.offset);
  CHECK(second.weight.offset == table.parameters[2].place.offset);
  CHECK(second.weight.size == 4);
  CHECK(second.c == 2);
  CHECK(first.number == 0);
  CHECK(second.number == 1);
  CHECK(first.kept == 0);
  CHECK(second.kept == 32);
  CHECK(table.matrices_size == 48);
  CHECK(table.matrices[1].kept == second.kept);
}
