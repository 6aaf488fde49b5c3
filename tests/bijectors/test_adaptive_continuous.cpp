#include "densenf/bijectors/adaptive_continuous.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "../error_of.hpp"
#include "densenf/densenf.hpp"
#include "densenf/nn/time_networks.hpp"

using namespace densenf;

namespace {

template <int Digits>
using Adaptive = AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 4>, Digits, Trace::exact>;
template <int Digits>
using AdaptiveFlow = Flow<WithBase<Adaptive<Digits>, StandardNormal>, double>;
using FineFlow =
    Flow<WithBase<ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 4>, 400, Trace::exact>, StandardNormal>,
         double>;

const Shape shape{2, 2, 1};

/// Images of which the last is far larger than the others, so that its way needs other steps.
Batch<double> images(Index count) {
  Batch<double> x{shape, count, std::vector<double>(static_cast<std::size_t>(count * shape.size()))};
  kernels::fill_normal(Cpu(1), NoiseKey{3, 0, 0, 0}, 0, make_tensor(x.values.data(), count, shape));
  for (std::size_t i = x.values.size() - 4; i < x.values.size(); ++i) x.values[i] *= 30;
  return x;
}

/// The same field, strong enough that steps matter.
template <class FlowType>
void set_weights(FlowType& flow, double factor) {
  const AdaptiveFlow<3> from(shape, Cpu(1), 11);
  std::vector<double> parameters = from.parameters().to_host();
  for (const ParamSpec& spec : from.table().parameters) {
    for (Index i = 0; i < spec.place.size; ++i)
      parameters[static_cast<std::size_t>(spec.place.offset + i)] *= spec.name == "tau" ? 1 : factor;
  }
  flow.set_parameters(parameters);
}

}  // namespace

TEST_CASE(
    "adaptive continuous flows: log-densities come to those of the finest steps as the tolerance falls") {
  FineFlow fine(shape, Cpu(1));
  set_weights(fine, 8);
  const Batch<double> x = images(3);
  const std::vector<double> want = fine.log_prob(x);
  const auto error_of = [&](auto flow) {
    set_weights(flow, 8);
    double worst = 0;
    const std::vector<double> got = flow.log_prob(x);
    for (std::size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
    return worst;
  };
  const double coarse = error_of(AdaptiveFlow<2>(shape, Cpu(1))),
               middle = error_of(AdaptiveFlow<5>(shape, Cpu(1))),
               least = error_of(AdaptiveFlow<10>(shape, Cpu(1)));
  INFO(coarse, " ", middle, " ", least);
  CHECK(middle < coarse);
  CHECK(least < middle);
  CHECK(least < 1e-6 * (1 + std::abs(want[2])));
}

TEST_CASE("adaptive continuous flows: an image's result does not depend on the images beside it") {
  AdaptiveFlow<5> flow(shape, Cpu(2));
  set_weights(flow, 8);
  const Batch<double> x = images(5);
  const std::vector<double> together = flow.log_prob(x);
  const Batch<double> back = flow.decode(flow.encode(x));
  for (std::size_t i = 0; i < 5; ++i) {
    const auto first = x.values.begin() + static_cast<std::ptrdiff_t>(4 * i);
    const Batch<double> one{shape, 1, {first, first + 4}};
    CHECK(flow.log_prob(one)[0] == together[i]);
    const Batch<double> alone = flow.decode(flow.encode(one));
    for (std::size_t j = 0; j < 4; ++j) CHECK(alone.values[j] == back.values[4 * i + j]);
  }
}

TEST_CASE("adaptive continuous flows: a field that is no number anywhere is a sentence") {
  AdaptiveFlow<5> flow(shape, Cpu(1));
  std::vector<double> parameters = flow.parameters().to_host();
  for (double& number : parameters) number = std::numeric_limits<double>::quiet_NaN();
  flow.set_parameters(parameters);
  const std::string error = test::error_of([&] { static_cast<void>(flow.log_prob(images(1))); });
  CHECK(error.find("needs steps shorter") != std::string::npos);
}
