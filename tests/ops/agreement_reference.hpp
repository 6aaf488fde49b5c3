#pragma once

#include <vector>

#include "../device_run.hpp"

namespace op_list {

/// What every operation of the list comes to on the CPU in double precision, in the order of the list.
std::vector<device_run::Outcome> outcomes_on_cpu(densenf::Index channels, densenf::Index n,
                                                 densenf::Phase phase);

}  // namespace op_list
