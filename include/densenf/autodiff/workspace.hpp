#pragma once

#include <utility>
#include <vector>

#include "densenf/autodiff/inverses.hpp"
#include "densenf/autodiff/pass.hpp"
#include "densenf/autodiff/tape.hpp"
#include "densenf/autodiff/var.hpp"
#include "densenf/core/arena.hpp"

namespace densenf {

template <class T, class Dev, bool Recording>
class Context;

/// The storage of passes over a model, used again by each of them. One caller at a time.
template <class T, class Dev>
struct Workspace {
  explicit Workspace(Dev d) : device(d), memory(d), scratch(d), inverses(d), state_inverses(d) {}

  /// Whether the inverses of all squares are found at the start of a pass with this policy. The cheaper
  /// policies are there so that memory does not grow with a unit's depth; but a device that takes as long for
  /// one matrix as for all of them keeps what is little beside everything else.
  static constexpr bool keeps_inverses(MemoryPolicy policy) {
    return policy == MemoryPolicy::store || requires { requires Dev::inverts_together; };
  }

  /// What the inverses of passes over a model with this table are of.
  void declare(const ParameterTable& table) {
    inverses.declare(table);
    state_inverses.declare(table.state_matrices, table.state_matrices_size);
  }

  /// Gets ready for a pass over the model that was declared.
  void begin(const Pass<T, Dev>& pass) {
    end();
    if (keeps_inverses(pass.policy)) inverses.prepare(memory, pass.weights.parameters, pass.weights.version);
    state_inverses.prepare(memory, pass.weights.state, pass.weights.version);
  }

  /// Gives back all memory of a pass, so that the next one like it allocates nothing.
  void end() {
    memory.reset();
    scratch.reset();
    tape.reset();
    known_values.clear();
  }

  Dev device;
  Arena<Dev> memory;
  Arena<Dev> scratch;  ///< of one operation at a time, so that it lies at the same place and stays in caches
  Tape<Context<T, Dev, true>> tape;
  std::vector<Var<T>> known_values;  ///< of functions that are linearized (autodiff/tangents.hpp)
  Inverses<T, Dev> inverses;         ///< of the parameters' squares
  Inverses<T, Dev> state_inverses;   ///< of the state's, which change seldom, with every policy
};

}  // namespace densenf
