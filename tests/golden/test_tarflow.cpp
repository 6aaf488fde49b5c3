// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/tarflow.hpp"

#include <nlohmann/json.hpp>

#include "zoo.hpp"

using namespace densenf;

namespace {

using Tiny = tarflow::Model<tarflow::Dequantized<8>, 2, 2, nn::CausalTransformer<16, 8, 2>, 3>;
template <class T>
using TinyCase = golden::ZooCase<Tiny, T, BaseOf<Tiny>, nn::ClassWeights<3>>;

constexpr double unit = 256.0 / 2;  // gray levels for each 1 of images from -1 to 1, less 1

/// The draws of the file's samples, decoded by these options.
template <class T>
Batch<T> drawn(TinyCase<T>& file, const SampleOptions& options) {
  golden::ZooNoise<T> noise(file.draws("sample"));
  return file.flow.sample_continuous(3, file.labels("sample/y"), noise, options);
}

}  // namespace

TEST_CASE_TEMPLATE("golden: TarFlow", T, double, float) {
  TinyCase<T> file("tarflow_tiny");
  file.check_evaluation(true, "eval/block/001/z");
  file.check_sampling(unit, 1);
  file.check_training();
}

TEST_CASE_TEMPLATE("golden: TarFlow with labels that are not known", T, double, float) {
  TinyCase<T> file("tarflow_tiny");
  golden::ZooNoise<T> noise(file.draws("eval"));
  const std::vector<int> unknown(3, -1);
  const auto got = file.flow.encode({file.images("input/x"), unknown}, noise);
  golden::check_values<T>("eval/unconditional/log_prob", got.log_prob,
                          file.file.template read<double>("eval/unconditional/log_prob"), 2e-6);
}

TEST_CASE("golden: TarFlow, three steps of AdamW") {
  TinyCase<double> file("tarflow_tiny");
  file.check_steps(AdamW{.beta2 = 0.95, .weight_decay = 1e-4}, 1e-3);
}

TEST_CASE_TEMPLATE("golden: TarFlow, guided samples, pixel by pixel and by iteration", T, double, float) {
  TinyCase<T> file("tarflow_tiny");
  const auto all = nlohmann::json::parse(file.file.metadata().at("guidance"));
  CHECK(all.size() == 3);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const std::string what = all[k].at("what");
    const Guidance guidance{.weight = all[k].at("weight"),
                            .temperature = all[k].at("temperature"),
                            .annealed = all[k].at("annealed"),
                            .scales = what.find('a') != std::string::npos,
                            .shifts = what.find('b') != std::string::npos};
    const std::string name = fmt::format("guided/{}/continuous", k);
    file.check_samples(name, drawn(file, {.guidance = guidance}), unit, 1);
    file.check_samples(name, drawn(file, {.jacobi = JacobiIteration{}, .guidance = guidance}), unit, 1);
  }
}

TEST_CASE("golden: TarFlow, samples by iteration are those that are found pixel by pixel") {
  TinyCase<double> file("tarflow_tiny");
  file.check_samples("sample/continuous", drawn(file, {.jacobi = JacobiIteration{}}), unit, 1);
  // One round is not enough, and 15 are, for 16 pixels.
  const auto error = [&](Index rounds) {
    const Batch<double> got = drawn(file, {.jacobi = JacobiIteration{.most_rounds = rounds}}),
                        want = drawn(file, {});
    double worst = 0;
    for (std::size_t i = 0; i < want.values.size(); ++i)
      worst = std::max(worst, std::abs(got.values[i] - want.values[i]) / unit);
    return worst;
  };
  CHECK(error(1) > 1e-3);
  CHECK(error(15) < 1e-9);
}

TEST_CASE_TEMPLATE("golden: TarFlow, an image comes back", T, double, float) {
  TinyCase<T> file("tarflow_tiny");
  const auto x = file.images("input/x");
  const std::vector<int> labels = file.labels("input/y");
  const Batch<T> back = file.flow.decode(file.flow.encode({x, labels}), labels);
  double worst = 0;
  for (std::size_t i = 0; i < x.values.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(back.values[i]) - static_cast<double>(x.values[i])));
  CHECK(worst < (sizeof(T) == 8 ? 1e-9 : 1e-2));
}
