#pragma once

#include <array>
#include <cstddef>

#include "densenf/bijectors/bijector.hpp"

namespace densenf {

/// `Count` modules of one type, one after the other, none of which changes the shape. The memory policy
/// decides what a unit keeps for its backward pass. In names the modules are counted from `First` on.
template <int Count, class Module, int First = 0>
class Unit : public Bijector<Unit<Count, Module, First>> {
  static_assert(Count > 0 && First >= 0, "A Unit has at least one module, and counts from 0 or more.");
  static_assert(Module::kind == Kind::bijection,
                "The modules of a Unit are bijections: noise and factored-out halves belong between units.");

public:
  static constexpr bool takes_context = Module::takes_context;
  static constexpr bool numbers_pieces = true;

  static std::string type_name() { return fmt::format("Unit<{}>", Count); }

  static constexpr Shape output_shape(Shape in) {
    if (Module::output_shape(in) != in)
      shape_mismatch("The modules of a Unit must keep the shape of their input.", in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    const auto scope = b.pieces_scope();
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      const auto inner = b.piece_scope(First + static_cast<Index>(i), Module::numbers_pieces);
      modules_[i].build(b, in);
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    if constexpr (Ctx::records) {
      switch (ctx.pass().policy) {
        case MemoryPolicy::store:
          break;
        case MemoryPolicy::recompute:
          for (const Module& module : modules_) {
            x = recomputed(
                ctx, x.shape(), log_prob,
                [m = &module, x, context...](const auto& c, LogProb l) {
                  return m->apply(c, x, l, context...);
                },
                x, context...);
          }
          return x;
        case MemoryPolicy::reverse:
          return forward_for_reverse(ctx, x, log_prob, context...);
      }
      for (const Module& module : modules_) {
        x = scoped(
            ctx, x.shape(), [&](const auto& c) { return module.apply(c, x, log_prob, context...); }, x,
            context...);
      }
      return x;
    } else {
      // One place for all: a module has read its input when its output is copied there.
      const V place = ctx.output(x.n(), x.shape());
      for (const Module& module : modules_) {
        detail::evaluate_to(ctx, place.value,
                            [&](const auto& c) { return module.apply(c, x, log_prob, context...); });
        x = place;
      }
      return x;
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    const V place = ctx.output(z.n(), z.shape());
    for (auto module = modules_.rbegin(); module != modules_.rend(); ++module) {
      detail::evaluate_to(ctx, place.value, [&](const auto& c) { return module->invert(c, z, context...); });
      z = place;
    }
    return z;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    for (const Module& module : modules_) f(module);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    for (std::size_t i = modules_.size(); i-- > 0;) f(modules_[i]);
  }

private:
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward_for_reverse(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    const V y = ctx.variable(detail::evaluate_into(ctx, x.n(), x.shape(), [&](const auto& c) {
      return forward(c, V{x.value}, log_prob, V{context.value}...);
    }));
    ctx.record([this, x, y, log_prob, context...](auto& c) {
      detail::hold_gradient(c, x);
      (detail::hold_gradient(c, context), ...);
      const auto mark = c.memory().mark();
      const auto tape = c.tape().mark();
      // Two places take turns: the output of a module and the input that is rebuilt from it.
      const V turns[2] = {c.output(x.n(), x.shape()), c.output(x.n(), x.shape())};
      V z = y;
      for (std::size_t i = modules_.size(); i-- > 0;) {
        V before = turns[i % 2];
        if (i == 0 && x.gradient != nullptr) {
          before = {before.value, x.gradient, x.first_channel};
        } else {
          c.begin_gradient(before);
        }
        modules_[i].rebuild(c, z, before, log_prob, context...);
        z = before;
      }
      c.tape().release(tape);
      c.memory().release(mark);
    });
    return y;
  }

  std::array<Module, static_cast<std::size_t>(Count)> modules_;
};

}  // namespace densenf
