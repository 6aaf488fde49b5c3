#include <ratio>

#include "densenf/io/npy.hpp"
#include "densenf/models/tabular.hpp"
#include "zoo.hpp"

// Flows for tables as the Python packages zuko and nflows make them by default: five layers, each with a
// perceptron of two hidden layers of 64 units; splines of 8 bins on [-5, 5] that start as the identity.
//
//   zoo_tables time KIND COLUMNS [THREADS]       answers lines such as "train 256" with seconds
//   zoo_tables fit KIND TABLE EPOCHS BATCH SEED [THREADS]
//
// `fit` takes the rows of TABLE_training.npy and prints the mean log-likelihood of TABLE_held_out.npy after
// the last epoch. scripts/compare_tables runs it beside benchmarks/peers/zoo/tables.py.
namespace {

using namespace densenf;

constexpr int layers = 5, width = 64, bins = 8;
using Spline = RationalQuadratic<bins, std::ratio<5>, 1, SplineStart::identity>;

template <class Split, class Transform>
using Step = Coupling<Split, Transform, nn::Perceptron<width, width>>;
template <class Transform>
using Couplings = Compose<
    Unit<layers / 2, Compose<Step<ChannelHalves, Transform>, Step<Opposite<ChannelHalves>, Transform>>>,
    Step<ChannelHalves, Transform>>;
template <class Transform>
using Autoregressive =
    Compose<Unit<layers - 1, Compose<MaskedAutoregressive<Transform, nn::Made<width>>, ReverseChannels>>,
            MaskedAutoregressive<Transform, nn::Made<width>>>;

template <class Model>
class Program {
public:
  int time(Index columns, int threads) const {
    std::mt19937_64 random(1);
    const Shape shape{columns, 1, 1};
    FlowType flow(shape, Cpu(threads), 1);
    Trainer trainer(flow, {.optimizer = Adam{}});
    std::normal_distribution<float> normal;
    const auto batch = [&](Index count) {
      Batch<float> b{shape, count, {}};
      for (Index i = 0; i < count * columns; ++i) b.values.push_back(normal(random));
      return b;
    };
    std::cout << "ready " << flow.parameters().size() << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string kind;
      Index count = 0;
      words >> kind >> count;
      if (kind != "train") throw ArgumentError("'{}' is not a case: use train and a batch size.", line);
      const auto b = batch(count);
      std::cout << bench::seconds([&] { trainer.step(b); }) << std::endl;
    }
    return 0;
  }

  int fit(const std::string& table, Index epochs, Index batch, Index seed, int threads) const {
    const auto training = load_npy(table + "_training.npy"), held_out = load_npy(table + "_held_out.npy");
    const auto start = static_cast<std::uint64_t>(seed);
    FlowType flow(training.shape, Cpu(threads), start);
    const FitReport report = densenf::fit(
        flow, training, held_out, {.batch_size = batch, .epochs = epochs, .patience = 0, .seed = start});
    std::cout << report.epochs.back().held_out_nats << std::endl;
    return 0;
  }

private:
  using FlowType = Flow<WithBase<Model, StandardNormal>>;
};

template <class Model>
int run(int argc, char** argv) {
  const std::string what = argv[1];
  const auto threads = [&](int at) { return argc > at ? bench::positive_number<int>(argv[at]) : 1; };
  if (what == "time" && (argc == 4 || argc == 5))
    return Program<Model>().time(bench::positive_number(argv[3]), threads(4));
  if (what == "fit" && (argc == 7 || argc == 8))
    return Program<Model>().fit(argv[3], bench::positive_number(argv[4]), bench::positive_number(argv[5]),
                                bench::positive_number(argv[6]), threads(7));
  throw ArgumentError("use: time KIND COLUMNS [THREADS], or fit KIND TABLE EPOCHS BATCH SEED [THREADS]");
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string kind = argc > 2 ? argv[2] : "";
  if (kind == "affine_coupling") return run<Couplings<AffineSoftClip>>(argc, argv);
  if (kind == "spline_coupling") return run<Couplings<Spline>>(argc, argv);
  if (kind == "affine_autoregressive") return run<Autoregressive<AffineSoftClip>>(argc, argv);
  if (kind == "spline_autoregressive") return run<Autoregressive<Spline>>(argc, argv);
  throw ArgumentError(
      "The kinds are affine_coupling, spline_coupling, affine_autoregressive, spline_autoregressive.");
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
