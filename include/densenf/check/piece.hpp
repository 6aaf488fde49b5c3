#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/check/check_gradient.hpp"
#include "densenf/flow/latents.hpp"

// A piece of a flow as check_bijector handles it.
namespace densenf::detail {

/// The piece under test behind plain calls, so that the check itself is compiled once for a device.
template <class Device>
struct Piece {
  using Evaluating = Context<double, Device, false>;
  using Recording = Context<double, Device, true>;

  Index levels;
  bool takes_context;
  Shape output;
  /// Of x and the context.
  std::function<Var<double>(const Evaluating&, const Inputs&, LogProb)> evaluate;
  std::function<Var<double>(const Recording&, const Inputs&, LogProb)> record;
  /// Of z and the context.
  std::function<Var<double>(const Evaluating&, const Inputs&)> invert;
  /// Of z, and x and the context; empty for pieces whose input cannot be rebuilt from their output alone.
  std::function<void(Recording&, const Var<double>&, const Inputs&, LogProb)> reverse;
};

template <class Device, class B>
Piece<Device> make_piece(const B& piece) {
  const auto apply = [&piece](const auto& ctx, const Inputs& x, LogProb log_prob) {
    if constexpr (B::takes_context)
      return piece.apply(ctx, x[0], log_prob, x[1]);
    else
      return piece.apply(ctx, x[0], log_prob);
  };
  Piece<Device> made{B::levels, B::takes_context, piece.output(), apply, apply, {}, {}};
  made.invert = [&piece](const auto& ctx, const Inputs& z) {
    if constexpr (B::takes_context)
      return piece.invert(ctx, z[0], z[1]);
    else
      return piece.invert(ctx, z[0]);
  };
  if constexpr (B::kind == Kind::bijection) {
    made.reverse = [&piece](auto& ctx, const auto& z, const Inputs& x, LogProb l) {
      if constexpr (B::takes_context)
        piece.rebuild(ctx, z, x[0], l, x[1]);
      else
        piece.rebuild(ctx, z, x[0], l);
    };
  }
  return made;
}

/// What a batch became, on the host.
struct PieceResult {
  Shape shape;
  std::vector<double> z;            ///< channels last
  std::vector<Batch<double>> left;  ///< what left the flow
  /// Of each part that left, the log-density of each image's; empty where the piece does not say it.
  std::vector<std::vector<double>> left_log_density;
  std::vector<double> log_prob;
};

/// Copies what leaves a piece to the host, with the density under which it leaves.
template <class Device>
class LeavingRecorder : public LatentRecorder<double, Device> {
public:
  LeavingRecorder(const Device& device, PieceResult& result)
      : LatentRecorder<double, Device>(device, result.left), device_(device), result_(result) {}

  double* log_density(Index n) override {
    density_.emplace(device_, n, "densities");
    density_->fill_zero();
    return density_->data();
  }
  void keep(Tensor<const double> latent) override {
    LatentRecorder<double, Device>::keep(latent);
    result_.left_log_density.push_back(density_ ? density_->to_host() : std::vector<double>{});
    density_.reset();
  }

private:
  const Device& device_;
  PieceResult& result_;
  std::optional<Buffer<double, Device>> density_;
};

}  // namespace densenf::detail
