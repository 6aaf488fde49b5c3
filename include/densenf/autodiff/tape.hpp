#pragma once

#include <new>
#include <type_traits>

#include "densenf/core/arena.hpp"

namespace densenf {

/// A stack of adjoints: each recorded operation leaves a small functor that, given the context, turns the
/// gradient of its output into gradients of its inputs. The backward pass takes them off again. Context is
/// the type of the recording context; nothing else can run the tape.
///
/// An adjoint may itself record and run a stretch of tape (that is how the memory policies rebuild what
/// they did not keep); it finds the stack as it was when it was recorded and must leave it so.
template <class Context>
class Tape {
public:
  struct Node {
    void (*run)(Node*, Context&);
    Node* previous;
  };

  Tape() : memory_(Cpu(1)) {}

  template <class Adjoint>
  void record(const Adjoint& adjoint) {
    static_assert(
        std::is_trivially_copyable_v<Adjoint> && std::is_trivially_destructible_v<Adjoint>,
        "A tape node is dropped without being destroyed: capture only views, numbers and pointers.");
    struct Recorded : Node {
      Adjoint adjoint;
    };
    auto* node = new (memory_.allocate<Recorded>(1))
        Recorded{{[](Node* self, Context& context) { static_cast<Recorded*>(self)->adjoint(context); }, top_},
                 adjoint};
    top_ = node;
  }

  /// Memory of the host that lives as long as the nodes above it.
  template <class Object>
  Object* make() {
    return new (memory_.allocate<Object>(1)) Object{};
  }

  /// A place on the tape to go back to.
  struct Mark {
    Node* top;
    Arena<Cpu>::Mark memory;
  };
  Mark mark() const { return {top_, memory_.mark()}; }

  /// Runs and removes all adjoints recorded since `m`, last first.
  void backward(Context& context, const Mark& m) {
    while (top_ != m.top) {
      Node* node = top_;
      top_ = node->previous;
      node->run(node, context);
    }
  }

  /// Runs the adjoints recorded between `m` and `end`, last first, and keeps them to be run again.
  void run(Context& context, const Mark& m, const Mark& end) {
    top_ = end.top;
    backward(context, m);
    top_ = end.top;
  }
  /// Forgets the adjoints recorded since `m`, and their memory.
  void forget(const Mark& m) {
    top_ = m.top;
    memory_.release(m.memory);
  }

  /// Forgets the host memory taken since `m`; the adjoints since then have run.
  void release(const Mark& m) { memory_.release(m.memory); }

  void reset() {
    top_ = nullptr;
    memory_.reset();
  }

private:
  Arena<Cpu> memory_;
  Node* top_ = nullptr;
};

}  // namespace densenf
