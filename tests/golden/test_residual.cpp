// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/i_densenet.hpp"
#include "densenf/models/i_resnet.hpp"
#include "densenf/models/residual_flow.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

template <class Terms, SeriesGradient gradient, int iterations = 2>
using IResNetOf =
    IResNet2<i_resnet::Config<5, 8, nn::NormBound{.percent = 90, .iterations = iterations, .margin = 10},
                              Terms, gradient>,
             2, 1>;
template <class Terms, SeriesGradient gradient, int iterations = 0>
using ResidualFlowOf = ResidualFlow2<residual_flow::Config<5, Terms, gradient>, 8, 6,
                                     nn::NormBound{.percent = 98, .iterations = iterations}, 2, 1, 1>;
template <class Terms, SeriesGradient gradient, int iterations = 0>
using IDenseNetOf = IDenseNet2<residual_flow::Config<5, Terms, gradient>, 2, 6, 6, 2, 4,
                               nn::NormBound{.percent = 98, .iterations = iterations}, 2, 1, 1>;

using IResNetTerms = FixedTerms<5, 10>;
using Terms = residual_flow::PaperTerms;

template <class Model, class T>
using Case = golden::ZooCase<Model, T>;

/// i-ResNet's base distribution has the numbers of all that leaves, one part behind the other.
template <class Model, class T>
Case<Model, T> i_resnet_file() {
  return Case<Model, T>("i_resnet_tiny", test::Device(),
                        {{"transforms.4.transforms.1.prior.mean", "mean", 0},
                         {"transforms.4.transforms.1.prior.log_std", "log_std", 0},
                         {"mean", "mean", 96},
                         {"log_std", "log_std", 96}});
}

/// The other kind of gradient.
template <class C>
void check_other_gradient(C& file, const char* kind) {
  for (const MemoryPolicy policy : {MemoryPolicy::store, MemoryPolicy::recompute})
    file.check_gradients(policy, "train/bits_per_dim", 1, kind);
}

/// Log-densities with exact determinants, which draw nothing.
template <class C>
void check_exact(C&& file) {
  file.check_log_prob("eval/exact_log_prob", 1e-9, true);
}

/// Power iterations from the vectors u of the file.
template <class C>
void check_iterations(C&& file) {
  const auto& table = file.flow.table();
  std::vector<double> state = file.flow.state().to_host();
  for (const ParamSpec& spec : table.state) {
    const std::string name = "iterate/start/" + spec.name;
    if (!file.file.contains(name)) continue;
    const std::vector<double> u = file.file.template read<double>(name);
    for (Index i = 0; i < spec.place.size; ++i)
      state[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
          u[static_cast<std::size_t>(i)];
  }
  file.flow.set_state(state);
  golden::ZooNoise<double> noise(file.draws("train"));
  static_cast<void>(file.flow.loss_and_gradient(file.images("input/x"), noise));
  state = file.flow.state().to_host();
  int compared = 0;
  for (const ParamSpec& spec : table.state) {
    const std::string name = "iterate/buffer/" + spec.name;
    if (!file.file.contains(name)) continue;
    golden::check_values<double>(name, file.values_of(state, spec), file.file.template read<double>(name),
                                 1e-9);
    ++compared;
  }
  CHECK(compared > 12);
}

}  // namespace

TEST_CASE_TEMPLATE("golden: i-ResNet", T, double, float) {
  auto file = i_resnet_file<IResNetOf<IResNetTerms, SeriesGradient::series>, T>();
  file.check_evaluation();
  file.check_sampling_in_parts({96, 96}, 32);
  file.check_training();
  file.check_start();
}

TEST_CASE_TEMPLATE("golden: Residual Flow", T, double, float) {
  Case<ResidualFlowOf<Terms, SeriesGradient::neumann>, T> file("residual_flow_tiny");
  file.check_evaluation();
  file.check_sampling(32);
  file.check_training();
  file.check_start();
}

TEST_CASE_TEMPLATE("golden: i-DenseNet", T, double, float) {
  Case<IDenseNetOf<Terms, SeriesGradient::neumann>, T> file("i_densenet_tiny");
  file.check_evaluation();
  file.check_sampling(32);
  file.check_training();
  file.check_start();
}

TEST_CASE("golden: the other gradient of residual flows") {
  auto i_resnet = i_resnet_file<IResNetOf<IResNetTerms, SeriesGradient::neumann>, double>();
  check_other_gradient(i_resnet, "train_neumann/grad/");
  Case<ResidualFlowOf<Terms, SeriesGradient::series>, double> residual_flow("residual_flow_tiny");
  check_other_gradient(residual_flow, "train_series/grad/");
  Case<IDenseNetOf<Terms, SeriesGradient::series>, double> i_densenet("i_densenet_tiny");
  check_other_gradient(i_densenet, "train_series/grad/");
}

TEST_CASE("golden: residual flows with exact determinants") {
  check_exact(i_resnet_file<IResNetOf<ExactDeterminant, SeriesGradient::series>, double>());
  check_exact(Case<ResidualFlowOf<ExactDeterminant, SeriesGradient::neumann>, double>("residual_flow_tiny"));
  check_exact(Case<IDenseNetOf<ExactDeterminant, SeriesGradient::neumann>, double>("i_densenet_tiny"));
}

TEST_CASE("golden: power iterations of residual flows") {
  check_iterations(i_resnet_file<IResNetOf<IResNetTerms, SeriesGradient::series, 3>, double>());
  check_iterations(Case<ResidualFlowOf<Terms, SeriesGradient::neumann, 3>, double>("residual_flow_tiny"));
  check_iterations(Case<IDenseNetOf<Terms, SeriesGradient::neumann, 3>, double>("i_densenet_tiny"));
}
