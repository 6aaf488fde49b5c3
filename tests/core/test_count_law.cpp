#include "densenf/core/count_law.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace densenf;

TEST_CASE("count laws: probabilities are those of the laws") {
  const CountLaw geometric{CountLaw::Kind::geometric, 0.25}, poisson{CountLaw::Kind::poisson, 2};
  CHECK(geometric.tail(0) == 1);
  CHECK(geometric.tail(1) == 1);
  CHECK(geometric.tail(4) == doctest::Approx(0.75 * 0.75 * 0.75).epsilon(1e-15));
  CHECK(poisson.tail(0) == 1);
  double below = 0, term = std::exp(-2.0);
  for (Index j = 1; j <= 8; ++j) {
    below += term;
    term *= 2.0 / static_cast<double>(j);
    CHECK(poisson.tail(j) == doctest::Approx(1 - below).epsilon(1e-12));
  }
  // 1 / P for j = 8 as the literature has it, where 1 less a sum still has digits; and one where it has none.
  CHECK(1 / poisson.tail(8) == doctest::Approx(911.8).epsilon(1e-4));
  CHECK(poisson.tail(40) ==
        doctest::Approx(poisson.tail(41) + std::exp(-2 + 40 * std::log(2) - std::lgamma(41))).epsilon(1e-12));
}

TEST_CASE("count laws: a uniform draw stands for the numbers that it is their probability to exceed") {
  for (const CountLaw& law :
       {CountLaw{CountLaw::Kind::geometric, 0.5}, CountLaw{CountLaw::Kind::poisson, 2}}) {
    for (Index j = 1; j < 12; ++j) {
      CHECK(law.number(law.tail(j) * (1 - 1e-12)) >= j);
      if (law.tail(j) < 1) CHECK(law.number(law.tail(j) * (1 + 1e-12)) < j);
    }
    CHECK(law.number(1 - 1e-9) == (law.kind == CountLaw::Kind::geometric ? 1 : 0));
  }
}

TEST_CASE("count laws: parameters that are none are refused") {
  for (const double p : {0.0, 1.0, -1.0, std::nan("")})
    CHECK_THROWS_AS((CountLaw{CountLaw::Kind::geometric, p}.validate()), ArgumentError);
  for (const double rate : {0.0, -2.0, 1e9, std::nan("")})
    CHECK_THROWS_AS((CountLaw{CountLaw::Kind::poisson, rate}.validate()), ArgumentError);
}
