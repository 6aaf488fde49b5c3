#include <densenf/densenf.hpp>

namespace ops = densenf::ops;

/// z = x exp(W c + b) for each channel, where c is a context of `Channels` channels.
template <int Channels>
class GivenScale : public densenf::Bijector<GivenScale<Channels>> {
public:
  static constexpr bool takes_context = true;

  void declare(densenf::Builder& b, densenf::Shape in) {
    log_scale_.declare(b, "log_scale", Channels, in.c, 1, densenf::nn::Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, densenf::LogProb log_prob, const V& context) const {
    const V l = log_scale(ctx, x, context);
    ops::add_to_log_prob(ctx, l, 1, log_prob);
    return ops::multiply(ctx, x, ops::exp(ctx, l));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z, const V& context) const {
    const V l = log_scale(ctx, z, context);
    return ops::multiply(ctx, z, ops::exp(ctx, ops::scale_shift(ctx, l, -1, 0)));
  }

private:
  /// A context is of the images' height and width, or of one pixel, which then counts everywhere.
  template <class Ctx, class V>
  V log_scale(const Ctx& ctx, const V& x, const V& context) const {
    return densenf::nn::over_pixels(ctx, log_scale_.forward(ctx, context), x.value.h, x.value.w);
  }

  densenf::nn::Conv log_scale_;
};

using GivenOneNumber = densenf::Flow<densenf::Compose<densenf::ActNorm, GivenScale<1>>, float, densenf::Cpu,
                                     densenf::ChannelNormal, densenf::Given<1>>;
