#include "agreement_reference.hpp"

#include "list.hpp"

namespace op_list {

std::vector<device_run::Outcome> outcomes_on_cpu(Index channels, Index n, Phase phase) {
  std::vector<device_run::Outcome> all;
  for_each_op(channels, [&](const Op& op, const auto& declare, const auto& f) {
    all.push_back(device_run::run<double>(Cpu(1), op.inputs, n, op.low, op.high, phase, MemoryPolicy::store,
                                          declare, f));
  });
  return all;
}

}  // namespace op_list
