#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "densenf/flow/evaluate.hpp"

namespace densenf {

/// How images are drawn.
struct SampleOptions {
  std::uint64_t seed = 0;
  double temperature = 1;  ///< times the standard deviations of the base and of what was factored out
  Index batch = 64;        ///< draws that are in work at one time: changes memory and time, no number
  /// Of models whose pixels depend on the pixels before them (PixelAutoregressive), which else are found one
  /// after the other. Other models do not look at it.
  std::optional<JacobiIteration> jacobi = {};
  Guidance guidance = {};  ///< likewise

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_batch_size(batch);
    if (!(temperature >= 0 && std::isfinite(temperature)))
      throw ArgumentError("The temperature must be finite and 0 or more, not {}.", temperature);
    if (jacobi) jacobi->validate();
    guidance.validate();
  }
};

/// Draws with the log-probability of each, natural logarithm.
template <class T>
struct ScoredBatch {
  Batch<T> values;
  std::vector<double> log_prob;
};

namespace detail {

inline void require_sample_count(Index count) {
  if (count < 0) throw ArgumentError("The number of samples must be 0 or more, not {}.", count);
}

/// Draws take the place of the staged images.
template <class RoomType>
void draw_staged(RoomType& room, const Pass<typename RoomType::Scalar, typename RoomType::Device>& pass) {
  const auto ctx = room.begin(pass);
  const auto drawn = room.weights->draw(ctx, room.staged.count(), room.staged.given());
  copy(room.device(), as_const(drawn.value), room.staged.images().value);
  room.workspace.end();
}

/// What is staged, on the host. Throws NonFiniteError for what is no number.
template <class RoomType>
Batch<typename RoomType::Scalar> drawn_on_host(RoomType& room) {
  const auto values = to_host(room.device(), as_const(room.staged.images().value));
  require_finite_result(values, "A sample");
  return values;
}

/// All draws at once, from this source of noise.
template <class RoomType>
Batch<typename RoomType::Scalar> draw_with(
    RoomType& room, Index count, const typename RoomType::Given* given,
    NoiseSource<typename RoomType::Scalar, typename RoomType::Device>& noise, const SampleOptions& options) {
  require_sample_count(count);
  value_count("The samples", count, room.shape());
  options.validate();
  RoomType::require_given(given, count);
  room.staged.make_room(count);
  room.staged.stage_given(given, 0);
  room.settle();
  const Pass<typename RoomType::Scalar, typename RoomType::Device> pass{.weights = room.weights->view(),
                                                                        .noise = &noise,
                                                                        .temperature = options.temperature,
                                                                        .jacobi = options.jacobi,
                                                                        .guidance = options.guidance};
  draw_staged(room, pass);
  return drawn_on_host(room);
}

/// Calls each(first, values) for the draws, a batch at a time: those from number `first` on, which are still
/// staged.
template <class RoomType, class Each>
void draw(RoomType& room, Index count, const typename RoomType::Given* given, const SampleOptions& options,
          const Each& each) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  require_sample_count(count);
  options.validate();
  RoomType::require_given(given, count);
  value_count("The samples", count, room.shape());
  room.settle();
  for (Index first = 0; first < count; first += options.batch) {
    room.staged.make_room(std::min(options.batch, count - first));
    room.staged.stage_given(given, first);
    const auto body = [&](const NoiseShift& at, const NoiseShift* further) {
      PhiloxNoise<T, Device> noise(options.seed, Stream::sampling, at.step, at.image, further);
      const Pass<T, Device> pass{.weights = room.recordable_weights(),
                                 .noise = &noise,
                                 .temperature = options.temperature,
                                 .jacobi = options.jacobi,
                                 .guidance = options.guidance};
      draw_staged(room, pass);
    };
    const NoiseShift at{0, first};
    if (options.jacobi || options.guidance.on()) {
      body(at, nullptr);  // how much work it is depends on the numbers, or on more than a recording knows
    } else {
      room.sampling.run([&] { return room.kind(options.seed, options.temperature); }, at, body);
    }
    each(first, drawn_on_host(room));
  }
}

/// Gray levels are whole numbers within the range of the data: a model may reach beyond it, and then the
/// nearest one is drawn. What is not finite is an error before that.
template <class Sample, class RoomType>
Batch<Sample> sample(RoomType& room, Index count, const typename RoomType::Given* given,
                     const SampleOptions& options) {
  using T = typename RoomType::Scalar;
  Batch<Sample> out{room.shape(), 0, {}};
  draw(room, count, given, options, [&](Index, const Batch<T>& drawn) {
    if constexpr (RoomType::levels > 0) {
      constexpr T most = static_cast<T>(RoomType::levels - 1);
      for (const T v : drawn.values)
        out.values.push_back(static_cast<Sample>(std::clamp(std::floor(v), T(0), most)));
      out.count += drawn.count;
    } else {
      out.append(drawn);
    }
  });
  return out;
}

template <class RoomType>
ScoredBatch<typename RoomType::Scalar> sample_with_log_prob(RoomType& room, Index count,
                                                            const typename RoomType::Given* given,
                                                            const SampleOptions& options) {
  using T = typename RoomType::Scalar;
  if (options.temperature != 1) {
    throw ArgumentError(
        "A draw's log-probability is that of the model, whose temperature is 1: draw with it, not {}.",
        options.temperature);
  }
  ScoredBatch<T> out{{room.shape(), 0, {}}, {}};
  draw(room, count, given, options, [&](Index first, const Batch<T>& drawn) {
    out.values.append(drawn);
    out.log_prob.resize(static_cast<std::size_t>(first + drawn.count));
    evaluate_staged(room, options.seed, {0, first}, out.log_prob.data() + first);
  });
  return out;
}

}  // namespace detail

}  // namespace densenf
