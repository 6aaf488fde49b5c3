#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "densenf/nn/batch_norm.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/normalization.hpp"
#include "densenf/ops/probability.hpp"
#include "scaled_sinh.hpp"

// THE list of differentiable operations: whatever is to hold for each of them is tested over it.
namespace op_list {

using namespace densenf;
using ops::Activation;

/// An operation at one size.
struct Op {
  std::string name;
  std::vector<Shape> inputs;
  double low = -1, high = 1;  ///< range of the inputs
};

/// Operations that are not differentiated themselves: inverses; and adjoints, which the gradients of
/// linear_flow test here and `reverse` of Conv1x1 with the bijectors.
inline const std::vector<std::string> not_differentiable = {"linear_flow_inverse", "linear_inverse",
                                                            "linear_flow_adjoint", "linear_flow_reverse",
                                                            "affine_inverse_into"};

/// Calls visit(op, declare, f) for every operation, at images of about 3x5 with c channels.
/// `declare(builder)` declares the operation's parameters; f(ctx, what declare returned, inputs, log_prob)
/// runs it. `_into` forms write a range of channels.
template <class Visit>
void for_each_op(Index c, const Visit& visit) {
  const Shape s{c, 3, 5};
  const auto nothing = [](Builder&) { return 0; };
  const auto inside = [](const auto& ctx, const auto& like, Index channels) {
    return ctx.output_like(like, channels + 3).channels(2, channels);
  };

  visit(Op{"copy_into", {s}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = inside(ctx, x[0], c);
    ops::copy_into(ctx, x[0], y);
    return y;
  });
  visit(Op{"add", {s, s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::add(ctx, x[0], x[1]); });
  visit(Op{"add", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::add(ctx, x[0], x[0]); });
  visit(Op{"scale_shift_into", {s}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = inside(ctx, x[0], c);
    ops::scale_shift_into(ctx, x[0], -1.5, 0.25, y);
    return y;
  });
  visit(Op{"gate_into", {{3 * c, 3, 5}}, -3, 3}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = inside(ctx, x[0], c);
    ops::gate_into(ctx, x[0], y);
    return y;
  });
  visit(Op{"sigmoid", {s}, -4, 4}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb l) { return ops::sigmoid(ctx, x[0], l); });
  visit(Op{"logit", {s}, 0.1, 0.9}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb l) { return ops::logit(ctx, x[0], l); });

  // Gray levels are data: only the noise has a gradient.
  const auto third_level = [](const auto& ctx, const auto& u) {
    auto level = u;
    level.gradient = nullptr;
    level.value = ctx.tensor(u.n(), u.shape());
    fill_zero(ctx.device(), level.value);
    return ops::scale_shift(ctx.evaluating(), level, 1, 3);
  };
  visit(Op{"dequantize", {s}, 0.1, 0.9}, nothing, [=](const auto& ctx, int, const auto& u, LogProb) {
    return ops::dequantize(ctx, third_level(ctx, u[0]), u[0], 8);
  });
  visit(Op{"dequantized_logit", {s}, 0.1, 0.9}, nothing, [=](const auto& ctx, int, const auto& u, LogProb l) {
    return ops::dequantized_logit(ctx, third_level(ctx, u[0]), u[0], 8, l);
  });

  visit(Op{"scale_shift", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::scale_shift(ctx, x[0], 2, -1); });
  visit(Op{"map", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::map(ctx, x[0], ScaledSinh{2}); });
  visit(Op{"map", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb l) { return ops::map(ctx, x[0], ScaledSinh{2}, l); });
  visit(Op{"exp", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::exp(ctx, x[0]); });
  visit(Op{"log", {s}, 0.5, 2}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::log(ctx, x[0]); });
  visit(Op{"tanh", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::tanh(ctx, x[0]); });
  visit(Op{"softplus", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::softplus(ctx, x[0]); });
  visit(Op{"sigmoid", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::sigmoid(ctx, x[0]); });
  visit(Op{"multiply", {s, s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::multiply(ctx, x[0], x[1]); });
  visit(Op{"multiply", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::multiply(ctx, x[0], x[0]); });
  visit(
      Op{"per_channel", {s}}, [=](Builder& b) { return b.vector("v", {c}, Init::zeros()); },
      [](const auto& ctx, Param v, const auto& x, LogProb) {
        return ops::per_channel(ctx, ctx.parameter(v), x[0]);
      });
  visit(Op{"spread_pixels", {{c, 1, 1}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::spread_pixels(ctx, x[0], 3, 5); });
  visit(Op{"add_to_log_prob", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb l) { ops::add_to_log_prob(ctx, x[0], -1.5, l); });

  visit(Op{"squeeze", {{c, 6, 4}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::squeeze(ctx, x[0]); });
  visit(Op{"unsqueeze", {{4 * c, 3, 2}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::unsqueeze(ctx, x[0]); });
  visit(Op{"rotate_channels", {s}}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb) { return ops::rotate_channels(ctx, x[0], c / 3); });
  visit(Op{"concat", {s, {c + 1, 3, 5}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::concat(ctx, x[0], x[1]); });

  // Weights are parameters, or what other operations have made of parameters.
  for (const int kernel : {1, 3}) {
    for (const bool bias : {false, true}) {
      for (const bool computed : {true, false}) {
        const auto declare = [=](Builder& b) {
          nn::Conv conv;
          conv.declare(b, "conv", c, c + 3, kernel, nn::Conv::Start::uniform, bias);
          return conv;
        };
        const auto filter = [=](const auto& ctx, const nn::Conv& conv) {
          auto f = conv.filter(ctx);
          if (computed) {
            f.weight = ops::tanh(ctx, f.weight);
            if (bias) f.bias = ops::softplus(ctx, f.bias);
          }
          return f;
        };
        visit(Op{"conv_into", {s}}, declare,
              [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
                const auto y = inside(ctx, x[0], c + 3);
                ops::conv_into(ctx, x[0], filter(ctx, conv), Activation::relu, y);
                return y;
              });
        visit(Op{"conv", {s}}, declare, [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
          return ops::conv(ctx, x[0], filter(ctx, conv));
        });
      }
    }
  }
  // As in a dense branch: a layer reads the first columns of the buffer of which it writes the next ones.
  visit(
      Op{"conv_into", {s}},
      [=](Builder& b) {
        nn::Conv conv;
        conv.declare(b, "conv", c, 2, 3, nn::Conv::Start::uniform, false);
        return conv;
      },
      [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
        const auto buffer = ctx.output_like(x[0], c + 2);
        ops::copy_into(ctx, x[0], buffer.channels(0, c));
        ops::conv_into(ctx, buffer.channels(0, c), conv.filter(ctx), Activation::none, buffer.channels(c, 2));
        return buffer;
      });
  // Weights that are not learned, and biases likewise: without a gradient of their own.
  visit(
      Op{"conv", {s}},
      [=](Builder& b) {
        nn::Conv conv;
        conv.declare(b, "conv", c, 3, 3);
        return conv;
      },
      [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
        const auto f = conv.filter(ctx);
        const auto constant = [&](const auto& like) {
          auto made = like;
          made.gradient = nullptr;
          made.value = ctx.tensor(1, {like.c(), like.value.h, 1});
          fill_zero(ctx.device(), made.value);
          return ops::scale_shift(ctx.evaluating(), made, 1, 0.3);
        };
        const auto y = ops::conv(ctx, x[0], {constant(f.weight), f.bias, 3}, Activation::relu);
        return ops::add(ctx, y, ops::conv(ctx, x[0], {f.weight, constant(f.bias), 3}, Activation::relu));
      });

  visit(
      Op{"linear_flow", {s}},
      [=](Builder& b) { return b.invertible_matrix("weight", c, Init::orthogonal()); },
      [](const auto& ctx, const InvertibleMatrix& w, const auto& x, LogProb l) {
        return ops::linear_flow(ctx, x[0], w, l);
      });
  struct Lu {
    Param lower, upper, log_s;
  };
  const auto lu = [=](Builder& b) {
    return Lu{b.weight("lower", {c, c}, Init::zeros()), b.weight("upper", {c, c}, Init::zeros()),
              b.vector("log_s", {c}, Init::zeros())};
  };
  visit(Op{"lu_product", {s}}, lu, [](const auto& ctx, const Lu& p, const auto& x, LogProb) {
    return ops::conv(
        ctx, x[0],
        {ops::lu_product(ctx, ctx.parameter(p.lower), ctx.parameter(p.upper), ctx.parameter(p.log_s))});
  });
  visit(Op{"add_sum_to_log_prob", {s}}, lu, [](const auto& ctx, const Lu& p, const auto& x, LogProb l) {
    ops::add_sum_to_log_prob(ctx, ctx.parameter(p.log_s), -1.5, x[0].n(), l);
  });

  struct Affine {
    Param shift, log_scale;
  };
  const auto affine = [=](Builder& b) {
    return Affine{b.vector("shift", {c}, Init::zeros()), b.vector("log_scale", {c}, Init::zeros())};
  };
  visit(Op{"actnorm", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb l) {
    return ops::actnorm(ctx, x[0], ctx.parameter(p.shift), ctx.parameter(p.log_scale), l);
  });
  for (const Activation activation : {Activation::none, Activation::relu}) {
    visit(
        Op{"batch_norm", {s}},
        [=](Builder& b) {
          nn::BatchNorm norm;
          norm.declare(b, c);
          return norm;
        },
        [=](const auto& ctx, const nn::BatchNorm& norm, const auto& x, LogProb) {
          return norm.forward(ctx, x[0], activation);
        });
  }
  visit(Op{"affine_into", {s, {2 * c, 3, 5}}, -2, 2}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb l) {
          const auto z = inside(ctx, x[0], c);
          ops::affine_into(ctx, x[0], x[1], ops::AffineLayout::interleaved(), l, z);
          return z;
        });
  visit(Op{"affine_into", {s, {2 * c, 3, 5}}, -2, 2}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb l) {
          const auto z = inside(ctx, x[0], c);
          ops::affine_into(ctx, x[0], x[1], ops::AffineLayout::shifts_first(c), l, z);
          return z;
        });

  // The other maps, everywhere and on a checkerboard.
  const auto affine_maps = [&]<class Map>(Map, kernels::AffineLayout at) {
    const Op op{"affine_into", {s, {Map::parameters * c, 3, 5}}, -2, 2};
    visit(op, nothing, [=](const auto& ctx, int, const auto& x, LogProb l) {
      const auto z = inside(ctx, x[0], c);
      ops::affine_into(ctx, Map{}, kernels::Everywhere{}, x[0], x[1], at, l, z);
      return z;
    });
    visit(op, nothing, [=](const auto& ctx, int, const auto& x, LogProb l) {
      const auto z = inside(ctx, x[0], c);
      ops::affine_into(ctx, Map{}, kernels::CheckerboardWhere{3, 5, 1}, x[0], x[1], at, l, z);
      return z;
    });
  };
  affine_maps(kernels::AffineMap<kernels::Sigmoid2, true>{}, ops::AffineLayout::interleaved_shifts_first());
  affine_maps(kernels::AffineMap<kernels::Tanh2>{}, ops::AffineLayout::interleaved());
  affine_maps(kernels::AffineMap<kernels::NoScale>{}, ops::AffineLayout::only_shifts());
  visit(Op{"hide", {s}}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    return ops::hide(ctx, x[0], kernels::CheckerboardWhere{3, 5, 0});
  });

  visit(Op{"standard_normal_log_prob", {s}}, nothing, [](const auto& ctx, int, const auto& x, LogProb l) {
    ops::standard_normal_log_prob(ctx, x[0], -1.5, l);
  });
  visit(Op{"normal_log_prob", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb l) {
    ops::normal_log_prob(ctx, x[0], ctx.parameter(p.shift), ctx.parameter(p.log_scale), -1.5, l);
  });
  visit(Op{"normal_from_noise", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb) {
    const auto e = ctx.tensor(x[0].n(), x[0].shape());
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, ctx.parameter(p.shift), ctx.parameter(p.log_scale), 1);
  });

  visit(Op{"nystrom_attention", {{3 * c, 3, 4}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::nystrom_attention(ctx, x[0]); });
}

}  // namespace op_list
