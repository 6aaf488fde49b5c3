#pragma once

#include <cmath>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/kernels/cpu/spline.hpp"  // splines of five bins, which densenf::compiled does not have
#include "densenf/nn/batch_norm.hpp"
#include "densenf/nn/conv.hpp"
#include "densenf/nn/weight_norm_conv.hpp"
#include "densenf/ops/attention.hpp"
#include "densenf/ops/bounded.hpp"
#include "densenf/ops/channel_affine.hpp"
#include "densenf/ops/conv.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/elementwise.hpp"
#include "densenf/ops/elu.hpp"
#include "densenf/ops/gelu.hpp"
#include "densenf/ops/layer_norm.hpp"
#include "densenf/ops/layout.hpp"
#include "densenf/ops/linear.hpp"
#include "densenf/ops/lip_swish.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/ops/masked.hpp"
#include "densenf/ops/matrices.hpp"
#include "densenf/ops/mixture.hpp"
#include "densenf/ops/normal_mixture.hpp"
#include "densenf/ops/normalization.hpp"
#include "densenf/ops/position.hpp"
#include "densenf/ops/probability.hpp"
#include "densenf/ops/rearrange.hpp"
#include "densenf/ops/spline.hpp"
#include "densenf/ops/surjections.hpp"
#include "densenf/ops/totals.hpp"
#include "densenf/ops/unfold.hpp"
#include "densenf/ops/units.hpp"
#include "densenf/ops/weights.hpp"
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
inline const std::vector<std::string> not_differentiable = {"actnorm_inverse",
                                                            "linear_flow_inverse",
                                                            "linear_inverse",
                                                            "linear_flow_adjoint",
                                                            "linear_flow_reverse",
                                                            "affine_inverse_into",
                                                            "spline_inverse_into",
                                                            "channel_affine_inverse",
                                                            "linear_flow_inverse_into",
                                                            "mixture_inverse_into",
                                                            "normalize_where_inverse_into",
                                                            "norming_input",
                                                            "norming_output",
                                                            "power_iteration",
                                                            "mark_largest"};

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
  visit(Op{"logistic", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::logistic(ctx, x[0]); });
  visit(Op{"softplus", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::softplus(ctx, x[0]); });
  visit(Op{"sigmoid", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::sigmoid(ctx, x[0]); });
  visit(Op{"map", {s}, -3, 3}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    return ops::map(ctx, x[0], kernels::maps::GeluTanh{});
  });
  visit(Op{"gelu_tanh", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::gelu_tanh(ctx, x[0]); });
  visit(Op{"gelu", {s}, -3, 3}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::gelu(ctx, x[0]); });
  visit(Op{"to_patches", {{c, 6, 3}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::to_patches(ctx, x[0], 3); });
  visit(Op{"from_patches", {{9 * c, 1, 2}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::from_patches(ctx, x[0], 3); });
  for (const Index by : {1, -2, 15})
    visit(Op{"shift_pixels", {s}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) { return ops::shift_pixels(ctx, x[0], by); });
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

  visit(Op{"fold_columns", {{c, 3, 4}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::fold_columns(ctx, x[0]); });
  visit(Op{"unfold_columns", {{2 * c, 3, 2}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::unfold_columns(ctx, x[0]); });
  for (const auto order : {ops::SqueezeOrder::plain, ops::SqueezeOrder::block, ops::SqueezeOrder::diagonal}) {
    visit(Op{"squeeze", {{c, 6, 4}}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) { return ops::squeeze(ctx, x[0], order); });
    visit(Op{"unsqueeze", {{4 * c, 3, 2}}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) { return ops::unsqueeze(ctx, x[0], order); });
  }
  visit(Op{"rotate_channels", {s}}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb) { return ops::rotate_channels(ctx, x[0], c / 3); });
  visit(Op{"deal_channels", {{3 * c, 3, 5}}}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb) { return ops::deal_channels(ctx, x[0], 3); });
  visit(Op{"concat", {s, {c + 1, 3, 5}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::concat(ctx, x[0], x[1]); });

  const auto any_order = [](Builder& b, Index count) {
    return b.state("order", {count}, Init::permutation());
  };
  visit(
      Op{"reorder", {s}}, [=](Builder& b) { return any_order(b, c); },
      [](const auto& ctx, Param order, const auto& x, LogProb) {
        return ops::reorder(ctx, ops::OrderOf::channels, order, x[0]);
      });
  visit(
      Op{"restore_order", {{2 * c, 3, 2}}}, [=](Builder& b) { return any_order(b, 6); },
      [](const auto& ctx, Param order, const auto& x, LogProb) {
        return ops::restore_order(ctx, ops::OrderOf::pixels, order, x[0]);
      });

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
        for (const Activation activation : {Activation::relu, Activation::elu}) {
          visit(Op{"conv_into", {s}}, declare,
                [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
                  const auto y = inside(ctx, x[0], c + 3);
                  ops::conv_into(ctx, x[0], filter(ctx, conv), activation, y);
                  return y;
                });
        }
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
        auto y = ops::conv(ctx, x[0], {constant(f.weight), f.bias, 3}, Activation::relu);
        y = ops::add(ctx, y, ops::conv(ctx, x[0], {constant(f.weight), f.bias, 3}, Activation::elu));
        return ops::add(ctx, y, ops::conv(ctx, x[0], {f.weight, constant(f.bias), 3}, Activation::relu));
      });

  // Weights that are made of others, used by a convolution.
  for (const bool magnitude : {true, false}) {
    visit(
        Op{"weight_norm", {s}},
        [=](Builder& b) {
          nn::WeightNormConv conv;
          conv.declare(b, "conv", c, c + 3, 3, {.magnitude = magnitude});
          return conv;
        },
        [](const auto& ctx, const nn::WeightNormConv& conv, const auto& x, LogProb) {
          return conv.forward(ctx, x[0]);
        });
  }
  visit(
      Op{"scale_channels", {s}}, [=](Builder& b) { return b.vector("scale", {c}, Init::constant(1)); },
      [](const auto& ctx, Param scale, const auto& x, LogProb) {
        return ops::scale_channels(ctx, x[0], ctx.parameter(scale));
      });
  visit(
      Op{"scale_channels", {s}},
      [=](Builder& b) {
        nn::Conv conv;
        conv.declare(b, "conv", c, c + 3, 1);
        return conv;
      },
      [](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
        const auto f = conv.filter(ctx);
        return ops::conv(ctx, x[0], {ops::scale_channels(ctx, f.weight, f.bias)});
      });

  visit(
      Op{"scale_by_number_into", {s}},
      [=](Builder& b) { return b.vector("numbers", {3}, Init::constant(1)); },
      [=](const auto& ctx, Param numbers, const auto& x, LogProb) {
        const auto y = inside(ctx, x[0], c);
        ops::scale_by_number_into(ctx, x[0], ctx.parameter(numbers), 1, y);
        return y;
      });
  const auto steepness = [](Builder& b) { return b.vector("b", {1}, Init::constant(0.5)); };
  visit(Op{"lip_swish", {s}, -3, 3}, steepness, [](const auto& ctx, Param b, const auto& x, LogProb) {
    return ops::lip_swish(ctx, x[0], ctx.parameter(b));
  });
  visit(Op{"lip_swish_slope", {s}, -3, 3}, steepness, [](const auto& ctx, Param b, const auto& x, LogProb) {
    return ops::lip_swish_slope(ctx, x[0], ctx.parameter(b));
  });
  visit(Op{"concat_lip_swish", {s}, -3, 3}, steepness, [](const auto& ctx, Param b, const auto& x, LogProb) {
    return ops::concat_lip_swish(ctx, x[0], ctx.parameter(b));
  });
  // A norm above its ceiling, and one below.
  for (const double ceiling : {0.05, 50.0}) {
    visit(
        Op{"bound_weight", {s}},
        [=](Builder& b) {
          nn::Conv conv;
          conv.declare(b, "conv", c, c + 3, 3, nn::Conv::Start::uniform, false);
          return std::tuple(conv, b.state("u", {15 * (c + 3)}, Init::constant(0.1)),
                            b.state("v", {15 * c}, Init::constant(0.1)));
        },
        [=](const auto& ctx, const std::tuple<nn::Conv, Param, Param>& p, const auto& x, LogProb) {
          using V = typename std::remove_cvref_t<decltype(ctx)>::Value;
          const nn::Conv& conv = std::get<0>(p);
          const auto image = [&](Param numbers, Index channels) {
            return V{make_tensor(ctx.state_value(numbers).value.data, 1, Shape{channels, 3, 5})};
          };
          const V w = ctx.parameter(conv.weight), u = image(std::get<1>(p), c + 3),
                  v = image(std::get<2>(p), c);
          const V wv = ops::conv(ctx, v, ops::Filter<V>{w, {}, 3});
          return ops::conv(ctx, x[0], ops::Filter<V>{ops::bound_weight(ctx, w, u, wv, ceiling, 1e-2), {}, 3});
        });
  }

  // Kernels of other extents, places and strides; the last is a transposed one.
  using ops::Taps;
  struct Window {
    Taps taps;
    int h, w;      // of the kernel
    Index oh, ow;  // of the output
  };
  for (const Window& window :
       {Window{Taps::window(2, 3, -2, -1), 2, 3, 3, 5}, Window{Taps::window(3, 2, -1, 1), 3, 2, 3, 5},
        Window{Taps::window(3, 3, -1, -1, 2), 3, 3, 2, 3},
        Window{Taps::transposed(3, 3, 1, 2), 3, 3, 6, 10}}) {
    for (const Activation activation : {Activation::none, Activation::relu, Activation::elu}) {
      visit(
          Op{"conv_at", {s}},
          [=](Builder& b) {
            nn::Conv conv;
            conv.weight = b.weight("weight", {c + 1, c, window.h, window.w}, Init::zeros());
            conv.bias = b.vector("bias", {c + 1}, Init::zeros());
            return conv;
          },
          [=](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
            return ops::conv_at(ctx, x[0], window.taps, window.oh, window.ow, conv.filter(ctx), activation);
          });
    }
  }
  visit(Op{"elu", {s}, -2, 2}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::elu(ctx, x[0]); });
  visit(Op{"max_pool", {{c, 4, 6}}}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = ops::max_pool(ctx, x[0]);
    return ops::concat(ctx, y.largest, y.below);
  });
  visit(Op{"take_pixels", {s}}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    const auto order = ctx.tensor(x[0].n(), {1, 3, 5});
    sort_pixels(ctx.device(), as_const(x[0].value), 0, order);
    return ops::take_pixels(ctx, x[0], order);
  });

  visit(
      Op{"linear_flow", {s}},
      [=](Builder& b) { return b.invertible_matrix("weight", c, Init::orthogonal()); },
      [](const auto& ctx, const InvertibleMatrix& w, const auto& x, LogProb l) {
        return ops::linear_flow(ctx, x[0], w, l);
      });
  visit(
      Op{"linear_flow_into", {s}},
      [=](Builder& b) { return b.invertible_matrix("weight", c, Init::orthogonal()); },
      [=](const auto& ctx, const InvertibleMatrix& w, const auto& x, LogProb l) {
        const auto z = inside(ctx, x[0], c);
        ops::linear_flow_into(ctx, x[0], w, l, z);
        return z;
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
  visit(
      Op{"lu_product", {s}},
      [=](Builder& b) {
        const Lu made = lu(b);
        return std::pair(made, b.state("sign", {c}, Init::constant(-1)));
      },
      [](const auto& ctx, const std::pair<Lu, Param>& p, const auto& x, LogProb) {
        const Lu& of = p.first;
        return ops::conv(ctx, x[0],
                         {ops::lu_product(ctx, ctx.parameter(of.lower), ctx.parameter(of.upper),
                                          ctx.parameter(of.log_s), ctx.state_value(p.second))});
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
  visit(Op{"channel_affine", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb l) {
    return ops::channel_affine(ctx, x[0], ctx.parameter(p.log_scale), ctx.parameter(p.shift), l);
  });
  for (const Activation activation : {Activation::none, Activation::relu, Activation::elu}) {
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
  affine_maps(kernels::AffineMap<kernels::Sigmoid2>{}, ops::AffineLayout::shifts_first(c));
  affine_maps(kernels::AffineMap<kernels::SoftplusScale>{}, ops::AffineLayout::interleaved());
  affine_maps(kernels::AffineMap<kernels::SoftClip>{}, ops::AffineLayout::interleaved_shifts_first());
  affine_maps(kernels::AffineMap<kernels::AsGiven, true>{}, ops::AffineLayout::shifts_first(c));
  affine_maps(kernels::AffineMap<kernels::NoScale>{}, ops::AffineLayout::only_shifts());
  affine_maps(kernels::StandardizingMap<kernels::AsGiven>{}, ops::AffineLayout::interleaved_shifts_first());
  affine_maps(kernels::StandardizingMap<kernels::Tanh2>{}, ops::AffineLayout::scales_first(c));
  affine_maps(kernels::StandardizingMap<kernels::NoScale>{}, ops::AffineLayout::only_shifts());
  affine_maps(kernels::GateMap{}, ops::AffineLayout::interleaved_shifts_first());
  affine_maps(kernels::AffineMap<kernels::SoftplusAboveFloor>{},
              ops::AffineLayout::interleaved_shifts_first());
  affine_maps(kernels::AffineMap<kernels::Sigmoid2AboveFloor>{}, ops::AffineLayout::interleaved());
  const auto affine_solve = [&]<class Map>(Map, auto where) {
    visit(Op{"affine_solve_into", {s, {Map::parameters * c, 3, 5}}, -2, 2}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) {
            const auto z = inside(ctx, x[0], c);
            ops::affine_solve_into(
                ctx, Map{}, where, x[0], x[1],
                Map::scales ? ops::AffineLayout::interleaved() : ops::AffineLayout::only_shifts(), z);
            return z;
          });
  };
  affine_solve(kernels::GateMap{}, kernels::Everywhere{});
  affine_solve(kernels::AffineMap<kernels::NoScale>{}, kernels::CheckerboardWhere{3, 5, 1});

  // Splines, with bins that some numbers are outside of.
  const auto spline = [&]<int Bins>(kernels::RationalQuadratic<Bins> map, auto where) {
    const Op forward{"spline_into", {s, {map.parameters * c, 3, 5}}, -2, 2};
    visit(forward, nothing, [=](const auto& ctx, int, const auto& x, LogProb l) {
      const auto z = inside(ctx, x[0], c);
      ops::spline_into(ctx, map, where, x[0], x[1], l, z);
      return z;
    });
    const Op back{"spline_solve_into", {s, {map.parameters * c, 3, 5}}, -2, 2};
    visit(back, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
      const auto z = inside(ctx, x[0], c);
      ops::spline_solve_into(ctx, map, where, x[0], x[1], z);
      return z;
    });
  };
  spline(kernels::RationalQuadratic<4>{1.75, 0.5, 0}, kernels::Everywhere{});
  spline(kernels::RationalQuadratic<1>{3, 1, 0}, kernels::Everywhere{});
  spline(kernels::RationalQuadratic<2>{1.5, 1, 0.5}, kernels::CheckerboardWhere{3, 5, 0});

  // Masked networks: of c inputs, 2 units per degree and some more.
  const kernels::Degrees numbered{c, c}, hidden{2 * c + 1, c > 1 ? c - 1 : 1, c > 1 ? 1 : 0};
  struct Layer {
    Param weight, bias;
  };
  const auto layer = [=](Builder& b) {
    return Layer{b.weight("weight", {2 * c + 1, c}, Init::zeros()),
                 b.vector("bias", {2 * c + 1}, Init::zeros())};
  };
  for (const bool strict : {false, true}) {
    visit(Op{"ordered_weight", {s}}, layer, [=](const auto& ctx, const Layer& l, const auto& x, LogProb) {
      const kernels::DegreeMask mask{numbered, hidden, strict};
      const auto weight = ops::ordered_weight(ctx, ctx.parameter(l.weight), mask);
      const auto bias = ops::ordered_weight(ctx, ctx.parameter(l.bias), {{1, 1, 0}, hidden});
      return ops::conv(ctx, x[0], {weight, bias, 1, mask}, Activation::relu);
    });
  }
  visit(Op{"sorted_weight", {s}}, layer, [=](const auto& ctx, const Layer& l, const auto& x, LogProb) {
    const auto bias = ops::sorted_weight(ctx, ctx.parameter(l.bias), kernels::Degrees{1}, hidden);
    const auto weight = ops::sorted_weight(ctx, ctx.parameter(l.weight), numbered, hidden);
    // A pixel for each of 2 c + 1 outputs: so a weight of as many inputs.
    const auto wide = ops::concat(ctx, ops::concat(ctx, x[0], x[0]), x[0].channels(0, 1));
    return ops::concat(ctx, ops::conv(ctx, wide, {weight}), ops::conv(ctx, wide, {bias}));
  });
  for (const Activation activation : {Activation::none, Activation::relu, Activation::elu}) {
    for (const Index seen : {Index{0}, c}) {
      visit(Op{"some_units_into", {s}}, layer, [=](const auto& ctx, const Layer& l, const auto& x, LogProb) {
        const auto weight = ops::sorted_weight(ctx, ctx.parameter(l.weight), numbered, hidden);
        const auto bias = ops::sorted_weight(ctx, ctx.parameter(l.bias), kernels::Degrees{1}, hidden);
        const auto y = inside(ctx, x[0], c);
        ops::some_units_into(ctx, x[0].channels(0, seen), weight, bias, c, activation, y);
        return y;
      });
    }
  }
  visit(Op{"relu", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::relu(ctx, x[0]); });
  visit(Op{"relu_into", {s}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = inside(ctx, x[0], c);
    ops::relu_into(ctx, x[0], y);
    return y;
  });
  visit(Op{"add_into", {s, s}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
    const auto y = inside(ctx, x[0], c);
    ops::add_into(ctx, x[0], x[1], y);
    return y;
  });

  visit(Op{"reverse_channels", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::reverse_channels(ctx, x[0]); });
  visit(Op{"flatten", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::flatten(ctx, x[0]); });
  visit(Op{"unflatten", {{s.size(), 1, 1}}}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb) { return ops::unflatten(ctx, x[0], s); });
  struct Permuted {
    Param weight, permutation, lower, upper;
  };
  const auto permuted = [=](Builder& b) {
    return Permuted{b.weight("weight", {c + 1, c}, Init::zeros()),
                    b.state("permutation", {c}, Init::permutation()),
                    b.vector("lower", {c * (c - 1) / 2}, Init::zeros()),
                    b.vector("upper", {c * (c - 1) / 2}, Init::zeros())};
  };
  visit(Op{"permute_inputs", {s}}, permuted, [](const auto& ctx, const Permuted& p, const auto& x, LogProb) {
    return ops::conv(ctx, x[0], {ops::permute_inputs(ctx, ctx.parameter(p.weight), p.permutation)});
  });
  visit(Op{"triangle_weight", {s}}, permuted,
        [=](const auto& ctx, const Permuted& p, const auto& x, LogProb) {
          const auto lower = ops::triangle_weight(ctx, ctx.parameter(p.lower), {c, false});
          const auto upper = ops::triangle_weight(ctx, ctx.parameter(p.upper), {c, true});
          return ops::conv(ctx, ops::conv(ctx, x[0], {lower}), {upper});
        });
  visit(Op{"hide", {s}}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    return ops::hide(ctx, x[0], kernels::CheckerboardWhere{3, 5, 0});
  });

  // A mixture of each number, everywhere and on a checkerboard.
  for (const bool squashed : {false, true}) {
    const kernels::MixtureMap map{3, squashed};
    const Op op{"mixture_into", {s, {map.parameters() * c, 3, 5}}, -2, 2};
    visit(op, nothing, [=](const auto& ctx, int, const auto& x, LogProb l) {
      const auto z = inside(ctx, x[0], c);
      ops::mixture_into(ctx, map, kernels::Everywhere{}, x[0], x[1], l, z);
      return z;
    });
    visit(op, nothing, [=](const auto& ctx, int, const auto& x, LogProb l) {
      const auto z = inside(ctx, x[0], c);
      ops::mixture_into(ctx, map, kernels::CheckerboardWhere{3, 5, 1}, x[0], x[1], l, z);
      return z;
    });
  }

  visit(
      Op{"sum_of_last_input", {s}},
      [=](Builder& b) {
        nn::Conv conv;
        conv.declare(b, "conv", c, 3, 3);
        return conv;
      },
      [](const auto& ctx, const nn::Conv& conv, const auto& x, LogProb) {
        const auto f = conv.filter(ctx);
        return ops::conv(ctx, x[0], {f.weight, ops::sum_of_last_input(ctx, f.weight, 9), 3});
      });
  visit(
      Op{"log_scale_into", {s}, -2, 2}, [](Builder& b) { return b.vector("a", {1}, Init::constant(1)); },
      [=](const auto& ctx, Param a, const auto& x, LogProb) {
        const auto y = inside(ctx, x[0], c);
        ops::log_scale_into(ctx, x[0], ctx.parameter(a), y);
        return y;
      });
  const auto normalize = [&]<class Where>(Where where) {
    visit(
        Op{"normalize_where_into", {s}},
        [=](Builder& b) {
          return ops::RunningStatistics{b.state("mean", {c}, Init::zeros()),
                                        b.state("var", {c}, Init::constant(1))};
        },
        [=](const auto& ctx, const ops::RunningStatistics& running, const auto& x, LogProb l) {
          const auto z = inside(ctx, x[0], c);
          ops::normalize_where_into(ctx, where, x[0], running, l, z);
          return z;
        });
  };
  normalize(kernels::Everywhere{});
  normalize(kernels::CheckerboardWhere{3, 5, 1});
  for (const auto at :
       {kernels::AffineLayout::shifts_first(c), ops::AffineLayout::interleaved_shifts_first()}) {
    visit(Op{"normal_log_prob", {s, {2 * c, 3, 5}}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb l) {
            ops::normal_log_prob(ctx, x[0], x[1], at, -1.5, l);
          });
    visit(Op{"normal_from_noise", {s, {2 * c, 3, 5}}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) {
            const auto e = ctx.tensor(x[0].n(), x[0].shape());
            ctx.noise().normal(ctx.device(), e);
            return ops::add(ctx, x[0], ops::normal_from_noise(ctx, e, x[1], at, 1));
          });
  }
  visit(Op{"standard_normal_log_prob", {s}}, nothing, [](const auto& ctx, int, const auto& x, LogProb l) {
    ops::standard_normal_log_prob(ctx, x[0], -1.5, l);
  });
  visit(Op{"normal_log_prob", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb l) {
    ops::normal_log_prob(ctx, x[0], ctx.parameter(p.shift), ctx.parameter(p.log_scale), -1.5, l);
  });
  struct Mixture {
    Param logits, loc, log_scale;
  };
  for (const Index count : {Index{1}, Index{3}}) {
    const auto mixture = [=](Builder& b) {
      const std::vector<Index> images{count, s.c, s.h, s.w};
      return Mixture{b.vector("logits", {count}, Init::zeros()), b.vector("loc", images, Init::zeros()),
                     b.vector("log_scale", images, Init::zeros())};
    };
    visit(Op{"normal_mixture_log_prob", {s}}, mixture,
          [](const auto& ctx, const Mixture& p, const auto& x, LogProb l) {
            ops::normal_mixture_log_prob(ctx, x[0], ctx.parameter(p.logits), ctx.parameter(p.loc),
                                         ctx.parameter(p.log_scale), -1.5, l);
          });
  }
  visit(Op{"normal_from_noise", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb) {
    const auto e = ctx.tensor(x[0].n(), x[0].shape());
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, ctx.parameter(p.shift), ctx.parameter(p.log_scale), 1);
  });

  visit(Op{"nystrom_attention", {{3 * c, 3, 4}}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::nystrom_attention(ctx, x[0]); });
  const auto attention = [=](Index heads, Shape q, Shape k, Index values) {
    visit(Op{"softmax_attention",
             {{heads * q.c, q.h, q.w}, {heads * q.c, k.h, k.w}, {heads * values, k.h, k.w}},
             -2,
             2},
          nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
            return ops::softmax_attention(ctx, x[0], x[1], x[2], heads);
          });
  };
  attention(1, {c, 3, 4}, {c, 3, 4}, c);
  attention(3, {c, 1, 2}, {c, 3, 1}, 2);
  attention(2, {c, 5, 14}, {c, 3, 7}, 1);  // more than kernels have at a time
  const auto masked_attention = [=](Shape q, Shape k, ops::AttentionMask mask) {
    visit(Op{"softmax_attention", {{2 * q.c, q.h, q.w}, {2 * q.c, k.h, k.w}, {2, k.h, k.w}}, -2, 2}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) {
            return ops::softmax_attention(ctx, x[0], x[1], x[2], 2, mask);
          });
  };
  for (const auto kind : {ops::AttentionMask::Kind::up_to_own, ops::AttentionMask::Kind::from_own}) {
    masked_attention({c, 3, 4}, {c, 3, 4}, {kind});
    masked_attention({c, 2, 1}, {c, 3, 4}, {kind, 5});
    masked_attention({1, 5, 14}, {1, 5, 16}, {kind, 3});
  }
  visit(Op{"softmax_attention", {{6 * c, 2, 3}}, -2, 2}, nothing,
        [=](const auto& ctx, int, const auto& x, LogProb) {
          return ops::softmax_attention(ctx, x[0].channels(0, 2 * c), x[0].channels(2 * c, 2 * c),
                                        x[0].channels(4 * c, 2 * c), 2);
        });

  const auto product = [=](Shape a, Shape b, ops::MatrixForm form) {
    visit(Op{"matrix_product", {a, b}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
      return ops::matrix_product(ctx, x[0], x[1], form);
    });
    const Index columns = form == ops::MatrixForm::second_transposed ? b.h * b.w : b.c;
    if (form == ops::MatrixForm::first_transposed) return;
    visit(Op{"matrix_product_into", {a, b}}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
      const auto y = inside(ctx, x[0], columns);
      ops::matrix_product_into(ctx, x[0], x[1], form, y);
      return y;
    });
  };
  product(s, {4, c, 1}, ops::MatrixForm::plain);
  product(s, {c, 2, 2}, ops::MatrixForm::second_transposed);
  product(s, {4, 5, 3}, ops::MatrixForm::first_transposed);
  visit(Op{"matrix_product", {{c, c, 1}}}, nothing, [](const auto& ctx, int, const auto& x, LogProb) {
    return ops::matrix_product(ctx, x[0], x[0], ops::MatrixForm::second_transposed);
  });
  visit(Op{"softmax", {s}, -2, 2}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::softmax(ctx, x[0]); });
  for (const auto kind : {ops::AttentionMask::Kind::up_to_own, ops::AttentionMask::Kind::from_own}) {
    visit(Op{"softmax", {{17, 3, 5}}, -2, 2}, nothing, [=](const auto& ctx, int, const auto& x, LogProb) {
      return ops::softmax(ctx, x[0], {kind, 1});
    });
  }
  for (const Index runs : {1, 4})
    visit(Op{"run_means", {{c, 4, 3}}}, nothing,
          [=](const auto& ctx, int, const auto& x, LogProb) { return ops::run_means(ctx, x[0], runs); });
  visit(Op{"planes_as_pixels", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::planes_as_pixels(ctx, x[0]); });
  visit(Op{"pixels_as_planes", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::pixels_as_planes(ctx, x[0]); });
  visit(Op{"total_channels", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::total_channels(ctx, x[0]); });
  visit(Op{"total_pixels", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::total_pixels(ctx, x[0]); });

  visit(Op{"layer_norm", {s}}, affine, [](const auto& ctx, const Affine& p, const auto& x, LogProb) {
    return ops::layer_norm(ctx, x[0], ctx.parameter(p.shift), ctx.parameter(p.log_scale));
  });
  visit(Op{"concat_elu", {s}}, nothing,
        [](const auto& ctx, int, const auto& x, LogProb) { return ops::concat_elu(ctx, x[0]); });
  visit(
      Op{"add_positions", {s}}, [=](Builder& b) { return b.image("v", s, Init::zeros()); },
      [](const auto& ctx, Param v, const auto& x, LogProb) {
        return ops::add_positions(ctx, x[0], ctx.parameter(v));
      });
  visit(
      Op{"position_affine_into", {s}},
      [=](Builder& b) {
        return Affine{b.image("shift", s, Init::zeros()), b.image("log_scale", s, Init::zeros())};
      },
      [=](const auto& ctx, const Affine& p, const auto& x, LogProb l) {
        const auto z = inside(ctx, x[0], c);
        const auto scale = ops::exp(ctx, ctx.parameter(p.log_scale));
        ops::position_affine_into(ctx, x[0], scale, ctx.parameter(p.shift), l, z);
        return z;
      });
}

}  // namespace op_list
