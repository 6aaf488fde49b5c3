#pragma once

#include <ratio>

#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/elementwise.hpp"

namespace densenf {

/// alpha + (1 - 2 alpha) x, which brings numbers between 0 and 1 away from both ends. Alpha is a std::ratio.
template <class Alpha>
using AwayFromEnds =
    ScalarAffine<std::ratio_subtract<std::ratio<1>, std::ratio_multiply<std::ratio<2>, Alpha>>, Alpha>;

/// The logit of that: numbers between 0 and 1, both ends included, become any numbers.
template <class Alpha>
using LogitTransform = Compose<AwayFromEnds<Alpha>, Logit>;

}  // namespace densenf
