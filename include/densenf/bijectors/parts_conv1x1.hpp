#pragma once

#include <array>
#include <cstddef>
#include <ratio>
#include <string>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/ops/linear.hpp"

namespace densenf {

/// An invertible 1x1 convolution for each of `Parts` equal parts of the channels. Starts as the identity and
/// normal numbers with the deviation `Spread`, a std::ratio.
template <int Parts = 2, class Spread = std::milli>
class PartsConv1x1 : public Bijector<PartsConv1x1<Parts, Spread>> {
  static_assert(Parts > 0, "A PartsConv1x1 has at least one part.");

public:
  static std::string type_name() { return fmt::format("PartsConv1x1<{}>", Parts); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % Parts != 0) shape_mismatch("The parts of a PartsConv1x1 must divide the channels.", in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope("weight");
    constexpr double spread = static_cast<double>(Spread::num) / static_cast<double>(Spread::den);
    for (std::size_t i = 0; i < parts_.size(); ++i)
      parts_[i] = b.invertible_matrix(std::to_string(i), in.c / Parts, Init::near_identity(spread));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V z = ctx.output_like(x, x.c());
    each([&](const InvertibleMatrix& matrix, Index first) {
      ops::linear_flow_into(ctx, x.channels(first, matrix.c), matrix, log_prob, z.channels(first, matrix.c));
    });
    return z;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output_like(z, z.c());
    each([&](const InvertibleMatrix& matrix, Index first) {
      ops::linear_flow_inverse_into(ctx, z.channels(first, matrix.c), matrix, x.channels(first, matrix.c));
    });
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    each([&](const InvertibleMatrix& matrix, Index first) {
      ops::linear_flow_reverse(ctx, z.channels(first, matrix.c), x.channels(first, matrix.c), matrix,
                               log_prob);
    });
  }

private:
  template <class F>
  void each(const F& f) const {
    Index first = 0;
    for (const InvertibleMatrix& matrix : parts_) {
      f(matrix, first);
      first += matrix.c;
    }
  }

  std::array<InvertibleMatrix, static_cast<std::size_t>(Parts)> parts_;
};

}  // namespace densenf
