#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "densenf/core/batch.hpp"

/// The largest error of decode(encode(x)), in gray levels; infinite where a number comes back that is none.
template <class FlowType>
double coding_error(FlowType& flow, const densenf::Batch<std::uint8_t>& x) {
  const auto back = flow.decode(flow.encode(x));
  double worst = 0;
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    const double error = std::abs(static_cast<double>(back.values[i]) - x.values[i]);
    worst = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(worst, error);
  }
  return worst;
}
