#include "gpu.hpp"

#include <densenf/densenf.cuh>

namespace gpu {

std::optional<double> first_loss(const densenf::Batch<float>& points) try {
  using FlowType = densenf::Flow<Model, float, densenf::Cuda>;
  FlowType flow(points.shape, densenf::Cuda());
  densenf::Trainer<FlowType> trainer(flow, {});
  return trainer.step(points);
} catch (const densenf::DeviceError& e) {
  fmt::print("{}\n", e.what());
  return std::nullopt;
}

}  // namespace gpu
