#pragma once

#include "densenf/models/flowpp.hpp"
#include "densenf/models/vflow.hpp"
#include "zoo.hpp"

namespace golden {

using namespace densenf;

/// The models of flowpp_tiny, flowpp_imagenet_tiny and vflow_tiny.
using FlowppTinyNetwork = nn::GatedNetwork<4, 1, 2>;
using FlowppTinyStep = flowpp::Step<FlowppTinyNetwork, LogisticMixture<3>>;
using FlowppTinyNoise =
    flowpp::Conditional<2, flowpp::Step<FlowppTinyNetwork, LogisticMixture<2>, 3>, nn::GatedFeatures<3, 1>>;
using FlowppTiny = flowpp::Model<flowpp::VariationalDequantize<5, FlowppTinyNoise>, InnerLogit,
                                 Named<"flow.layers.0", flowpp::OnColumns<1, FlowppTinyStep>>, BlockSqueeze,
                                 Named<"flow.layers.2", flowpp::OnChannels<2, FlowppTinyStep>>,
                                 Named<"flow.layers.3", flowpp::OnColumns<1, FlowppTinyStep>>>;

inline constexpr nn::GatedOptions normed_weights{.weight_norm = true};
using FlowppImageNetTinyStep =
    flowpp::UnmixedStep<nn::GatedNetwork<4, 1, 2, normed_weights, true>, LogisticMixture<3>>;
using FlowppImageNetTinyNoise =
    flowpp::Conditional<2,
                        flowpp::Step<nn::GatedNetwork<4, 1, 0, normed_weights, true>, LogisticMixture<3>, 4>,
                        nn::GatedFeatures<4, 1, normed_weights, true, 2>>;
using FlowppImageNetTiny =
    flowpp::Model<flowpp::VariationalDequantize<4, FlowppImageNetTinyNoise>, InnerLogit,
                  Named<"flow.layers.0", flowpp::OnColumns<2, FlowppImageNetTinyStep>>, BlockSqueeze,
                  Named<"flow.layers.2", flowpp::OnChannels<1, FlowppImageNetTinyStep>>>;

using VFlowTinyStep = flowpp::Step<FlowppTinyNetwork, SquashedMixture<3>>;
using VFlowTinyNoise =
    flowpp::Conditional<2, flowpp::Step<FlowppTinyNetwork, SquashedMixture<2>, 3>, nn::GatedFeatures<3, 1>>;
using VFlowTiny = flowpp::Model<flowpp::VariationalDequantize<5, VFlowTinyNoise>, InnerLogit,
                                vflow::VariationalAugment<1, VFlowTinyNoise>,
                                Named<"flow.layers.0", flowpp::OnColumns<1, VFlowTinyStep>>,
                                Named<"flow.layers.1", flowpp::OnChannels<1, VFlowTinyStep>>, BlockSqueeze,
                                Named<"flow.layers.3", flowpp::OnColumns<1, VFlowTinyStep>>,
                                Named<"flow.layers.4", flowpp::OnChannels<1, VFlowTinyStep>>>;

/// All that the file says of a model.
template <class Model, class T>
void check_all(const std::string& name) {
  ZooCase<Model, T> c(name);
  c.check_evaluation();
  c.check_sampling();
  c.check_training();
  c.check_start();
  // Images come back, whatever they are: black, white, black beside white, and those of the file.
  Batch<std::uint8_t> x = c.images("input/x");
  const double allowed = Tolerance<T>::exact ? 1e-7 : 0.02;
  CHECK(coding_error(c.flow, x) <= allowed);
  constexpr auto white = static_cast<std::uint8_t>(Model::levels - 1);
  for (const int picture : {0, 1, 2}) {
    for (std::size_t i = 0; i < x.values.size(); ++i)
      x.values[i] = picture == 1 || (picture == 2 && i % 2 == 0) ? white : std::uint8_t{0};
    INFO("picture ", picture);
    CHECK(coding_error(c.flow, x) <= allowed);
  }
}

}  // namespace golden
