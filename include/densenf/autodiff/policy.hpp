#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "densenf/core/error.hpp"

namespace densenf {

/// What a unit keeps for its backward pass.
enum class MemoryPolicy {
  store,      ///< everything
  recompute,  ///< the input of each module; the module runs once more
  reverse,    ///< the unit's output; each module's input is rebuilt through the inverse
};

/// The policy of that name ("store", "recompute", "reverse"). Throws ArgumentError for any other name.
inline MemoryPolicy make_memory_policy(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, MemoryPolicy>, 3> all{
      {{"store", MemoryPolicy::store},
       {"recompute", MemoryPolicy::recompute},
       {"reverse", MemoryPolicy::reverse}}};
  for (const auto& [known, policy] : all) {
    if (known == name) return policy;
  }
  throw ArgumentError("There is no memory policy '{}': choose one of store, recompute, reverse.", name);
}

}  // namespace densenf
