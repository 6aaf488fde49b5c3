#include <doctest/doctest.h>

#include "densenf/models/anf.hpp"
#include "densenf/models/macow.hpp"
#include "densenf/models/survae.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("MaCow: the published configuration has as many parameters as its specification says") {
  CHECK(parameters_of<MaCowUniform>({3, 32, 32}) == 37'197'547);
  CHECK(parameters_of<MaCowVariational>({3, 32, 32}) == 38'403'423);
}

TEST_CASE("MaCow: with the kernel of five pixels that the authors had first") {
  CHECK(parameters_of<MaCow<UniformNoise, MaCowStyle<AffineShiftsSigmoid2, 2, 5>>>({3, 32, 32}) ==
        42'469'099);
}

TEST_CASE("SurVAE: the published models have as many parameters as their specification says") {
  CHECK(parameters_of<SurVaeMaxPool>({3, 32, 32}) == 105'023'968);
  CHECK(parameters_of<SurVaeSlicing>({3, 32, 32}) == 105'023'968);
}

TEST_CASE("ANF: the model for CIFAR-10 has as many parameters as its PyTorch twin") {
  CHECK(parameters_of<AnfCifar10>({3, 32, 32}) == 33'277'254);
}

TEST_CASE("MaCow, SurVAE, ANF: the models for digits have as many as their learning curves were made with") {
  CHECK(parameters_of<MaCowDigits>({1, 8, 8}) == 80'434);
  CHECK(parameters_of<SurVaeMaxPoolDigits>({1, 8, 8}) == 125'570);
  CHECK(parameters_of<SurVaeSlicingDigits>({1, 8, 8}) == 125'570);
  CHECK(parameters_of<AnfDigits>({1, 8, 8}) == 126'860);
}
