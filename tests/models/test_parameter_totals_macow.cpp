#include <doctest/doctest.h>

#include "densenf/models/macow.hpp"
#include "densenf/models/survae.hpp"

using namespace densenf;

namespace {

/// What is trained of a model, and of its base distribution.
template <class Model>
Index parameters_of(Shape shape = {3, 32, 32}) {
  ParameterTable table;
  Builder b(table);
  Model model;
  model.build(b, shape);
  BaseOf<Model> base;
  base.declare(b, model.output());
  return table.parameter_count();
}

}  // namespace

TEST_CASE("MaCow: the published configuration has as many parameters as its specification says") {
  CHECK(parameters_of<MaCowUniform>() == 37'197'547);
  CHECK(parameters_of<MaCowVariational>() == 38'403'423);
}

TEST_CASE("MaCow: with the kernel of five pixels that the authors had first") {
  CHECK(parameters_of<MaCow<UniformNoise, MaCowStyle<AffineShiftsSigmoid2, 2, 5>>>() == 42'469'099);
}

TEST_CASE("SurVAE: the published models have as many parameters as their specification says") {
  CHECK(parameters_of<SurVaeMaxPool>() == 105'023'968);
  CHECK(parameters_of<SurVaeSlicing>() == 105'023'968);
}

TEST_CASE("MaCow, SurVAE: the models for digits have as many as their learning curves were made with") {
  CHECK(parameters_of<MaCowDigits>({1, 8, 8}) == 80'434);
  CHECK(parameters_of<SurVaeMaxPoolDigits>({1, 8, 8}) == 125'570);
  CHECK(parameters_of<SurVaeSlicingDigits>({1, 8, 8}) == 125'570);
}
