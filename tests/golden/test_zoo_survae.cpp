// ctest-labels: golden
// also-on: host
#include <numbers>
#include <vector>

#include "densenf/densenf.hpp"
#include "densenf/models/survae.hpp"
#include "zoo.hpp"

using namespace densenf;
using namespace golden;

namespace {

using Network = SurVaeNetwork<8, 2, 4>;
using Noise = SurVaeNoise<2, "convs.2", Network, 4, 6, 2, 3>;
using MaxTiny = SurVae<MaxPool<>, 5, 2, Network, Noise>;
using SliceTiny = SurVae<SurVaeSlice, 5, 2, Network, Noise>;
using AbsTiny = SurVaeAbs<Abs<>, nn::Perceptron<8, 6>>;

}  // namespace

TEST_CASE_TEMPLATE("zoo: survae_max_tiny", T, double, float) {
  ZooCase<MaxTiny, T> c("survae_max_tiny");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
  CHECK(coding_error(c.flow, c.images("input/x")) < (std::is_same_v<T, double> ? 1e-9 : 1e-2));
}

TEST_CASE_TEMPLATE("zoo: survae_slice_tiny", T, double, float) {
  ZooCase<SliceTiny, T> c("survae_slice_tiny");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
}

TEST_CASE_TEMPLATE("zoo: survae_abs_toy_tiny", T, double, float) {
  ZooCase<AbsTiny, T> c("survae_abs_toy_tiny");
  c.check_evaluation(false);
  c.check_sampling();
  // The file's loss is the mean of -log p, in nats, and not in bits per dimension.
  c.check_gradients(MemoryPolicy::store, "train/loss", 1 / (2 * std::numbers::ln2));
}
