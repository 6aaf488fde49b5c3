#include "agreement_run.hpp"

namespace bijector_list {

std::vector<device_run::Outcome> outcomes_on_cpu(Phase phase) {
  std::vector<device_run::Outcome> all;
  for_each_bijector([&]<class B>(Of<B>, const Case& test) {
    all.push_back(run<B, double>(Cpu(1), test, phase, MemoryPolicy::store));
  });
  return all;
}

}  // namespace bijector_list
