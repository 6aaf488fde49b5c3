#include "densenf/models/flowpp.hpp"
#include "densenf/models/vflow.hpp"
#include "round_trip.hpp"

// Models whose couplings are mixtures, which go back by iteration: small.

using namespace densenf;
using densenf_test::check_round_trips;

namespace {

using Network = nn::GatedNetwork<4, 1, 2, nn::GatedOptions{.dropout = 20}>;
using Step = flowpp::Step<Network, LogisticMixture<3>>;
using Noise = flowpp::Conditional<2, flowpp::Step<Network, LogisticMixture<2>, 3>, nn::GatedFeatures<3, 1>>;
using SmallFlowpp = flowpp::Model<flowpp::VariationalDequantize<8, Noise>, InnerLogit,
                                  Named<"flow.layers.0", flowpp::OnColumns<1, Step>>, BlockSqueeze,
                                  Named<"flow.layers.2", flowpp::OnChannels<2, Step>>,
                                  Named<"flow.layers.3", flowpp::OnColumns<1, Step>>>;

using SquashedStep = flowpp::Step<Network, SquashedMixture<3>>;
using SquashedNoise =
    flowpp::Conditional<2, flowpp::Step<Network, SquashedMixture<2>, 3>, nn::GatedFeatures<3, 1>>;
using SmallVFlow = flowpp::Model<flowpp::VariationalDequantize<8, SquashedNoise>, InnerLogit,
                                 vflow::VariationalAugment<1, SquashedNoise>,
                                 Named<"flow.layers.0", flowpp::OnColumns<1, SquashedStep>>, BlockSqueeze,
                                 Named<"flow.layers.2", flowpp::OnChannels<1, SquashedStep>>>;

constexpr Shape shape{3, 32, 8};

}  // namespace

TEST_CASE("round trips: Flow++") { check_round_trips<SmallFlowpp>(shape); }
TEST_CASE("round trips: VFlow") { check_round_trips<SmallVFlow>(shape); }
