#pragma once

#include <algorithm>

#include "densenf/flow/evaluate.hpp"

namespace densenf::detail {

/// The gradient of log p of each image with respect to its numbers; of the log p that these options give,
/// where it is estimated with noise.
template <class RoomType>
Batch<typename RoomType::Scalar> score(RoomType& room, const typename RoomType::Input& input,
                                       const EvaluationOptions& options) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  room.settle();
  Batch<T> all{room.shape(), 0, {}};
  for (Index first = 0; first < total; first += options.batch) {
    const Index n = std::min(options.batch, total - first);
    room.staged.stage(input, first, n);
    PhiloxNoise<T, Device> noise(options.seed, Stream::evaluation, 0, options.first_image + first);
    const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &noise};
    room.workspace.begin(pass);
    Context<T, Device, true> ctx(pass, room.workspace);
    const auto start = ctx.tape().mark();
    double* const ones = ctx.memory().template allocate<double>(n);
    set_each(room.device(), 1.0, n, ones);
    const Var<T> x = ctx.variable(room.staged.images().value);
    ctx.hold_gradient(x);
    set_each(room.device(), 0.0, n, room.staged.log_prob());
    room.weights->run(ctx, x, room.staged.given(), {room.staged.log_prob(), ones});
    ctx.tape().backward(ctx, start);
    all.append(to_host(room.device(), as_const(ctx.gradient(x))));
    room.workspace.end();
  }
  require_finite_result(all, "A gradient");
  return all;
}

}  // namespace densenf::detail
