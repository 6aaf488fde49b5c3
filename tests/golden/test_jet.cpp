// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/jet.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

/// Couplings on channels and on pixels in turn: all patterns.
using Tiny = jet::Model<8, jet::Patches2, jet::Cycle<1, nn::Transformer<8, 2, 1>>>;

}  // namespace

TEST_CASE_TEMPLATE("golden: Jet", T, double, float) {
  golden::ZooCase<Tiny, T> file("jet_tiny");
  file.check_evaluation(true, "eval/block/011/z");
  file.check_sampling(255.0 / 2, 1);  // from -1 to 1 there
  file.check_training();
}

TEST_CASE("golden: Jet, three steps of AdamW with gradients of length 1") {
  golden::ZooCase<Tiny, double> file("jet_tiny");
  file.check_steps(AdamW{.beta2 = 0.95, .weight_decay = 1e-2}, 1e-3, 1);
}

TEST_CASE("golden: Jet's patterns of pixels are those of the file, and its channels are shuffled") {
  golden::ZooCase<Tiny, double> file("jet_tiny");
  const typename golden::ZooCase<Tiny, double>::FlowType fresh(file.flow.shape(), file.flow.device(), 1);
  const std::vector<double> state = fresh.state().to_host();
  int patterns = 0;
  for (const ParamSpec& spec : fresh.table().state) {
    std::vector<double> order = file.values_of(state, spec);
    if (spec.place.size == 16) {
      CHECK_MESSAGE(order == file.file.template read<double>("param/" + spec.name), spec.name);
      ++patterns;
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == static_cast<double>(i));
  }
  CHECK(patterns == 6);
}

TEST_CASE_TEMPLATE("golden: Jet, an image comes back", T, double, float) {
  golden::ZooCase<Tiny, T> file("jet_tiny");
  CHECK(coding_error(file.flow, file.images("input/x")) < (sizeof(T) == 8 ? 1e-9 : 1e-2));
}
