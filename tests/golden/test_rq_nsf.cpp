// ctest-labels: golden
// also-on: card host
#include "densenf/models/rq_nsf.hpp"

#include "zoo.hpp"

using namespace densenf;
using golden::ZooCase, golden::ZooNoise;

namespace {

using TinyConfig = rq_nsf::Config<6, 4, std::ratio<1, 5>, 1>;
using Tiny = RqNsf2<5, 1, TinyConfig>;

using FactorConfig = rq_nsf::Config<4, 3, std::ratio<0>, 1, std::ratio<5, 2>>;
using TinyFactor =
    WithBase<Compose<Dequantize<5, UniformNoise>, Center, Squeeze,
                     Named<"steps.0", Unit<1, rq_nsf::Step<FactorConfig>>>, Named<"convs.0", PermutedLu>,
                     rq_nsf::FirstHalfLeaves, Squeeze, Named<"steps.1", Unit<1, rq_nsf::Step<FactorConfig>>>,
                     Named<"convs.1", PermutedLu>>,
             StandardNormal>;

}  // namespace

TEST_CASE_TEMPLATE("rq_nsf: values, samples, gradients and starts of the golden file", T, double, float) {
  ZooCase<Tiny, T> c("rq_nsf_tiny");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
  c.check_start();
}

TEST_CASE_TEMPLATE("rq_nsf with parts that leave: the golden file", T, double, float) {
  ZooCase<TinyFactor, T> c("rq_nsf_tiny_factor");
  c.check_evaluation();
  c.check_training();
  c.check_start();

  // The file has one draw for all, parts that leave first in front; this library draws the base first.
  const auto whole = c.draws("sample").at(0);
  const std::size_t each = whole.values.size() / 4;  // two images of two halves
  std::vector<typename ZooNoise<T>::Draw> draws(2, {"normal", 2, {}});
  for (std::size_t part = 0; part < 4; ++part) {
    auto& to = draws[1 - part % 2].values;
    to.insert(to.end(), whole.values.begin() + static_cast<std::ptrdiff_t>(part * each),
              whole.values.begin() + static_cast<std::ptrdiff_t>((part + 1) * each));
  }
  ZooNoise<T> noise(draws);
  std::vector<double> values;
  for (const T v : c.flow.sample_continuous(2, noise).values) values.push_back(static_cast<double>(v) / 32);
  golden::check_values<T>("sample/continuous", values, c.file.template read<double>("sample/continuous"));
}
