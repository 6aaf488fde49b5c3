#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace densenf {

/// d outputs / d delta at 0, by central differences with one Richardson step. `outputs(delta)` returns a
/// vector.
///
/// A step that straddles a kink (a relu) gives a wrong slope, and then its half gives another one. So shorter
/// and shorter steps are tried until two agree; without that, the two that agree best count.
template <class Outputs>
std::vector<double> numerical_derivative(const Outputs& outputs) {
  const auto slope = [&](double step) {
    std::vector<double> up = outputs(step);
    const std::vector<double> down = outputs(-step);
    for (std::size_t i = 0; i < up.size(); ++i) up[i] = (up[i] - down[i]) / (2 * step);
    return up;
  };
  constexpr double enough = 1e-7;
  std::vector<double> best;
  double smallest = std::numeric_limits<double>::infinity();
  for (const double step : {1e-3, 1e-4, 1e-5, 1e-6}) {
    const std::vector<double> coarse = slope(step);
    std::vector<double> fine = slope(step / 2);
    double disagreement = 0, size = 1;
    for (std::size_t i = 0; i < fine.size(); ++i) {
      disagreement = std::max(disagreement, std::abs(fine[i] - coarse[i]));
      size = std::max(size, std::abs(fine[i]));
      fine[i] += (fine[i] - coarse[i]) / 3;
    }
    if (best.empty() || disagreement / size < smallest) {
      smallest = disagreement / size;
      best = std::move(fine);
    }
    if (smallest <= enough) break;
  }
  return best;
}

}  // namespace densenf
