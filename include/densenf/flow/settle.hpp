#pragma once

#include "densenf/core/buffer.hpp"
#include "densenf/flow/weights.hpp"

namespace densenf {

namespace detail {
/// Calls settle(ctx, iterations) of all pieces that have it, those inside of others too.
template <class Ctx, class Piece>
void settle_pieces(const Ctx& ctx, const Piece& piece, int iterations) {
  if constexpr (requires { piece.settle(ctx, iterations); }) piece.settle(ctx, iterations);
  piece.for_each_piece([&](const auto& inner) { settle_pieces(ctx, inner, iterations); });
}
}  // namespace detail

/// Brings the numbers of the state that follow from the parameters to where they belong: the singular vectors
/// by which norms are bounded (nn/bounded_conv.hpp). Nothing happens where there are none, or where they are
/// there already. `iterations` of an iteration that leads there are enough; 0: as many as it takes. Throws
/// what pieces throw; then nothing has changed.
template <class WeightsType, class T, class Device>
void settle(WeightsType& weights, Workspace<T, Device>& workspace, int iterations = 0) {
  if (weights.settled()) return;
  Buffer<T, Device> next(workspace.device, weights.table().state_size, "state");
  next.assign(weights.state());
  const Pass<T, Device> pass{.weights = weights.view(), .next_state = next.data()};
  workspace.begin(pass);
  detail::settle_pieces(Context<T, Device, false>(pass, workspace), weights.model(), iterations);
  workspace.end();
  weights.settle([&](auto& state) { state.assign(next); });
  synchronize(workspace.device);
}

}  // namespace densenf
