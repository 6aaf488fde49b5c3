// ctest-labels: golden
// also-on: gpu host
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
  c.check_sampling_in_parts({32, 32}, 32);
}
