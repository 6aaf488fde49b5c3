#pragma once

#include <functional>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/check/check_gradient.hpp"

// A piece of a flow as check_bijector handles it.
namespace densenf::detail {

/// The piece under test behind plain calls, so that the check itself is compiled once.
struct Piece {
  Index levels;
  bool takes_context;
  Shape output;
  /// Of x and the context.
  std::function<Var<double>(const Laboratory::Evaluating&, const Inputs&, LogProb)> evaluate;
  std::function<Var<double>(const Laboratory::Recording&, const Inputs&, LogProb)> record;
  /// Of z and the context.
  std::function<Var<double>(const Laboratory::Evaluating&, const Inputs&)> invert;
  /// (ctx, z, x, log_prob); empty for pieces whose input cannot be rebuilt from their output alone.
  std::function<void(Laboratory::Recording&, const Var<double>&, const Var<double>&, LogProb)> reverse;
};

template <class B>
Piece make_piece(const B& piece) {
  const auto apply = [&piece](const auto& ctx, const Inputs& x, LogProb log_prob) {
    if constexpr (B::takes_context)
      return piece.apply(ctx, x[0], log_prob, x[1]);
    else
      return piece.apply(ctx, x[0], log_prob);
  };
  Piece made{B::levels, B::takes_context, piece.output(), apply, apply, {}, {}};
  made.invert = [&piece](const auto& ctx, const Inputs& z) {
    if constexpr (B::takes_context)
      return piece.invert(ctx, z[0], z[1]);
    else
      return piece.invert(ctx, z[0]);
  };
  if constexpr (B::kind == Kind::bijection && !B::takes_context) {
    made.reverse = [&piece](auto& ctx, const auto& z, const auto& x, LogProb l) {
      piece.reverse(ctx, z, x, l);
    };
  }
  return made;
}

/// What a batch became, channels last.
struct PieceResult {
  Shape shape;
  std::vector<double> z;
  std::vector<std::vector<double>> left;
  std::vector<Shape> left_shapes;
  std::vector<double> log_prob;
};

/// Keeps what leaves the flow.
struct LatentKeeper : LatentSink<double> {
  explicit LatentKeeper(PieceResult& r) : result(r) {}
  void keep(Tensor<const double> latent) override {
    result.left.push_back(values_of(latent));
    result.left_shapes.push_back(latent.shape());
  }
  PieceResult& result;
};

/// Gives it back, last first.
struct LatentGiver : LatentSource<double> {
  explicit LatentGiver(const PieceResult& r) : result(r), next(r.left.size()) {}
  void take(Tensor<double> latent) override {
    if (next == 0) throw ArgumentError("The inverse takes more latents than forward has kept.");
    const std::vector<double>& values = result.left[--next];
    kernels::copy(Cpu(1), make_tensor(values.data(), latent.n, latent.shape()), latent);
  }
  const PieceResult& result;
  std::size_t next;
};

}  // namespace densenf::detail
