#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/nn/data_start.hpp"
#include "densenf/ops/position.hpp"

namespace densenf {

/// z = scale x + shift with numbers of their own for each channel at each place: Flow++'s norm. The batch
/// that Flow::initialize is given sets them so that each number comes out with mean 0 and deviation 1 over
/// the images, of which there must be at least two (ShapeError). Its parameters are tensors for `Parts` equal
/// parts of the channels.
template <int Parts = 2>
class PositionNorm : public Bijector<PositionNorm<Parts>> {
  static_assert(Parts > 0, "A PositionNorm has at least one part.");

public:
  static std::string type_name() { return fmt::format("PositionNorm<{}>", Parts); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % Parts != 0) shape_mismatch("The parts of a PositionNorm must divide the channels.", in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    const Shape part{in.c / Parts, in.h, in.w};
    const auto of_each = [&](const char* name, double start, auto member) {
      const auto scope = b.scope(name);
      for (std::size_t i = 0; i < parts_.size(); ++i)
        parts_[i].*member = b.image(std::to_string(i), part, Init::constant(start));
    };
    of_each("scale", 1, &Part::scale);
    of_each("shift", 0, &Part::shift);
    const auto scope = b.scope("initialized");
    for (std::size_t i = 0; i < parts_.size(); ++i)
      parts_[i].started = b.starts_from_data(std::to_string(i), {parts_[i].scale, parts_[i].shift});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    nn::require_two_to_start(ctx, parts_[0].started, x.n(),
                             "PositionNorm starts from the statistics of at least two images");
    each([&](const Part& part, Index first, Index count) {
      position_affine_start(ctx.device(), as_const(x.value.channels(first, count)),
                            ctx.start_value(part.scale), ctx.start_value(part.shift),
                            ctx.start_state(part.started));
    });
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V z = ctx.output_like(x, x.c());
    each([&](const Part& part, Index first, Index count) {
      ops::position_affine_into(ctx, x.channels(first, count), ctx.parameter(part.scale),
                                ctx.parameter(part.shift), log_prob, z.channels(first, count));
    });
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output_like(z, z.c());
    each([&](const Part& part, Index first, Index count) {
      position_affine_inverse(ctx.device(), as_const(z.value.channels(first, count)), ctx.value(part.scale),
                              ctx.value(part.shift), x.value.channels(first, count));
    });
    return x;
  }

private:
  struct Part {
    Param scale, shift, started;
  };
  template <class F>
  void each(const F& f) const {
    const Index count = this->input().c / Parts;
    Index first = 0;
    for (const Part& part : parts_) {
      f(part, first, count);
      first += count;
    }
  }

  std::array<Part, static_cast<std::size_t>(Parts)> parts_;
};

}  // namespace densenf
