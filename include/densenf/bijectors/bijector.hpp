#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "densenf/autodiff/slices.hpp"
#include "densenf/bijectors/type_name.hpp"

namespace densenf {

/// What a piece of a flow does to the likelihood: a bijection maps densities exactly; a surjection lets part
/// of its input leave under a known density and is exact too; a stochastic step draws noise and makes the
/// likelihood a lower bound.
///
/// The kinds are ordered, and a model's is the largest of its pieces'. Whether a likelihood is exact is all
/// but the last; whether a piece's input can be rebuilt from its output alone, so that its pass can be run
/// backwards, is the first alone: what draws noise would draw it anew.
enum class Kind { bijection, surjection, stochastic };

constexpr Kind combine(Kind a, Kind b) { return a > b ? a : b; }

/// Whether a part of a piece (noise, features, a distribution) looks at the flow's context: it says so by
/// `static constexpr bool takes_context = true`, and takes one more value then.
template <class Part>
inline constexpr bool takes_context_of = requires {
  requires Part::takes_context;
};

/// Base of every piece of a flow (CRTP). A piece is a struct with
///
///   static constexpr Kind kind;                           // if it is not a bijection
///   static constexpr Shape output_shape(Shape in);        // if it changes the shape, or takes only some
///   void declare(Builder&, Shape in);                     // if it has parameters
///   Var<T> forward(const Ctx&, const Var<T>& x, LogProb) const;
///   Var<T> inverse(const Ctx&, const Var<T>& z) const;
///   void start(const Ctx&, const Var<T>& x) const;        // if its parameters start from data
///   static std::string type_name();                       // if the class's name does not say enough
///   void for_each_piece(const F& f) const;                // if there are pieces inside of it;
///   void for_each_piece_backwards(const F& f) const;      //   last first
///
/// forward returns the batch after the step and adds the step's contribution to log p of each image; written
/// with densenf::ops it evaluates on one kind of context and records its adjoints on the other. inverse goes
/// back and only ever evaluates. Both, and a `reverse` of the piece's own, take one more value, a context,
/// when `takes_context` is true. start is called before forward in the one pass that Flow::initialize makes;
/// it may write the parameters that were declared with Builder::starts_from_data, unless their flag says that
/// it has been. bijectors/leaky.hpp is an example that explains every line.
///
/// for_each_piece calls f(piece) for the pieces directly inside, in the order in which the forward pass meets
/// them. So functions that look at a model (describe it, count it) need no member in each of its pieces.
template <class Derived>
class Bijector {
public:
  static constexpr Kind kind = Kind::bijection;
  static constexpr bool takes_context = false;
  /// Gray levels of the data that the piece accepts; 0: any numbers.
  static constexpr Index levels = 0;
  /// Whether it declares pieces of its own below Builder::pieces_scope.
  static constexpr bool numbers_pieces = false;
  /// Whether the pieces inside of it make noise that enters in it, and the image does not go through them.
  static constexpr bool pieces_make_noise = false;
  /// Whether its names do not depend on its number among the pieces: see Named.
  static constexpr bool names_itself = false;
  /// Whether it treats images independently, and takes enough memory for it that Pass::slice is for it.
  static constexpr bool images_apart = false;

  /// For messages and descriptions: "Unit<5>".
  static std::string type_name() { return std::string(detail::short_type_name<Derived>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return in;
  }
  /// The shape of which output_shape makes `out`, for bijections.
  static constexpr Shape input_shape(Shape out) { return out; }

  template <class F>
  void for_each_piece(const F&) const {}
  template <class F>
  void for_each_piece_backwards(const F&) const {}

  /// Fixes the input's shape and declares the parameters. Throws ShapeError if the shape does not fit.
  void build(Builder& b, Shape in) {
    output_ = Derived::output_shape(in);
    input_ = in;
    name_ = b.path();
    first_parameter_ = b.parameters_size();
    if constexpr (requires { self().declare(b, in); }) self().declare(b, in);
    end_of_parameters_ = b.parameters_size();
  }

  /// forward, checked: throws ShapeError if x does not have the shape that the piece was built for.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V apply(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    check(x.shape(), input_, "forward");
    if constexpr (requires(const Derived& piece) { piece.start(ctx, x); }) {
      if (ctx.starts()) self().start(ctx, x);
    }
    // Recorded before what forward records, so that it runs when all of that has run.
    if (ctx.pass().gradient_listener != nullptr)
      ctx.record([first = first_parameter_](auto& c) { c.pass().gradient_listener->on_final(first); });
    return observed(ctx, log_prob, [&] { return run_forward(ctx, x, log_prob, context...); });
  }

  /// What run() makes of an image as this piece, seen by the pass's observer.
  template <class Ctx, class Run, class V = typename Ctx::Value>
  V observed(const Ctx& ctx, LogProb log_prob, const Run& run) const {
    if (ctx.pass().observer == nullptr) return run();
    ctx.pass().observer->on_begin(name_);
    const V z = run();
    ctx.pass().observer->on_output(name_, as_const(z.value), log_prob.value);
    return z;
  }

  /// inverse, checked likewise.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V invert(const Ctx& ctx, const V& z, const Context&... context) const {
    static_assert(!Ctx::records, "Inverses only evaluate: call invert(ctx.evaluating(), z).");
    check(z.shape(), output_, "inverse");
    if constexpr (Derived::takes_context || sizeof...(Context) == 0) {
      return self().inverse(ctx, z, context...);
    } else {
      return self().inverse(ctx, z);
    }
  }

  /// reverse, which a piece may have of its own, checked likewise: the backward pass of a bijection that kept
  /// nothing but its output. Rebuilds x from z in x.value and adds to the gradients of x, the context and the
  /// parameters. z has its gradient; x has memory for both, and a context that is no constant for its own.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void rebuild(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    static_assert(Derived::kind == Kind::bijection,
                  "Only a bijection's input can be rebuilt from its output.");
    check(z.shape(), output_, "backward");
    if constexpr (Derived::takes_context)
      run_reverse(ctx, z, x, log_prob, context...);
    else
      run_reverse(ctx, z, x, log_prob);
    if (ctx.pass().gradient_listener != nullptr) ctx.pass().gradient_listener->on_final(first_parameter_);
  }

  /// For any bijection: its inverse, then its forward pass recorded.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    const auto mark = ctx.memory().mark();
    copy(ctx.device(), as_const(invert(ctx.evaluating(), z, context...).value), x.value);
    ctx.memory().release(mark);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob,
                        [&](const auto& c, LogProb unused) { return run_forward(c, x, unused, context...); });
  }

  const Shape& input() const { return input_; }
  const Shape& output() const { return output_; }
  /// The dotted path under which the piece's parameters stand in checkpoints.
  const std::string& name() const { return name_; }

  /// The piece's parameters are those with offsets in [first_parameter(), end_of_parameters()).
  Index first_parameter() const { return first_parameter_; }
  Index end_of_parameters() const { return end_of_parameters_; }

protected:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
  Derived& self() { return static_cast<Derived&>(*this); }

private:
  template <class Ctx, class V, class... Context>
  V run_forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    if constexpr (!Derived::takes_context && sizeof...(Context) > 0) {
      return run_forward(ctx, x, log_prob);
    } else if constexpr (Derived::images_apart) {
      if (ctx.starts())
        return self().forward(ctx, x, log_prob, context...);  // layers of it may see all images
      return in_slices(
          ctx, output_, log_prob,
          [this](const auto& c, LogProb l, const auto& slice, const auto&... given) {
            return self().forward(c, slice, l, given...);
          },
          x, context...);
    } else {
      return self().forward(ctx, x, log_prob, context...);
    }
  }

  /// `reverse`, in slices where forward is.
  template <class Ctx, class V, class... Context>
  void run_reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    static_assert(
        requires(const Derived& piece) { piece.reverse(ctx, z, x, log_prob, context...); },
        "A piece that takes a context and has a reverse of its own takes the context there too.");
    const Index n = z.n(), most = detail::slice_of(ctx, n);
    if (!Derived::images_apart || most == n) return self().reverse(ctx, z, x, log_prob, context...);
    const auto tape = ctx.tape().mark();
    detail::for_each_slice(ctx, n, most, [&](auto& slice, Index first, Index count) {
      const auto part = [&](const V& v) { return detail::slice_with_gradient(slice, v, first, count); };
      self().reverse(slice, part(z), part(x), log_prob.from(first), part(context)...);
    });
    ctx.tape().release(tape);
  }

  void check(const Shape& got, const Shape& expected, const char* direction) const {
    if (got != expected) {
      throw ShapeError(
          "The {} pass of {} was built for images of {}, but got {} (channels x height x width).", direction,
          name_.empty() ? "the flow" : name_, to_string(expected), to_string(got));
    }
  }

  Shape input_, output_;
  std::string name_;
  Index first_parameter_ = 0, end_of_parameters_ = 0;
};

}  // namespace densenf
