#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "densenf/flow/evaluate.hpp"
#include "densenf/flow/latents.hpp"

// All that images become, and the way back.
namespace densenf::detail {

/// Images [first, first + count) with this noise.
template <class RoomType, class T = typename RoomType::Scalar, class Device = typename RoomType::Device>
Latents<T> encode_some(RoomType& room, const typename RoomType::Input& input, Index first, Index count,
                       NoiseSource<T, Device>& noise) {
  Latents<T> latents;
  RecordedNoise<T, Device> recorded(noise);
  LatentRecorder<T, Device> recorder(room.device(), latents.factored);
  room.settle();
  const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &recorded, .latents = &recorder};
  room.staged.stage(input, first, count);
  const Var<T> z = run_staged(*room.weights, room.begin(pass), room.staged);
  latents.base = to_host(room.device(), as_const(z.value));
  latents.log_prob.resize(static_cast<std::size_t>(count));
  fetch(room.device(), std::as_const(room.staged).log_prob(), count, latents.log_prob.data());
  require_finite_result(latents.base, "A latent");
  for (const Batch<T>& part : latents.factored) require_finite_result(part, "A latent");
  latents.noise = std::move(recorded.draws);
  return latents;
}

/// All images, with the noise that evaluate has with the same options.
template <class RoomType, class T = typename RoomType::Scalar>
Latents<T> encode(RoomType& room, const typename RoomType::Input& input, const EvaluationOptions& options) {
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  Latents<T> latents;
  for (Index first = 0; first == 0 || first < total; first += options.batch) {
    PhiloxNoise<T, typename RoomType::Device> noise(options.seed, Stream::evaluation, 0,
                                                    options.first_image + first);
    latents.append(encode_some(room, input, first, std::min(options.batch, total - first), noise));
  }
  return latents;
}

/// The images as they are computed. Nothing is moved into a range: gray levels come back to rounding, which
/// may be beyond the first or the last one.
template <class RoomType, class T = typename RoomType::Scalar, class Device = typename RoomType::Device>
Batch<T> decode(RoomType& room, const Latents<T>& latents, const typename RoomType::Given* given,
                Index batch) {
  require_batch_size(batch);
  const Shape& base = room.weights->model().output();
  room.settle();
  const Index total = view_batch(latents.base, base).count;
  RoomType::require_given(given, total);
  Batch<T> images{room.shape(), 0, {}};
  for (Index first = 0; first == 0 || first < total; first += batch) {
    const Index count = std::min(batch, total - first);
    const Latents<T> some = latents.images(first, count);
    LatentReplayer<T, Device> replayer(room.device(), some.factored);
    PhiloxNoise<T, Device> none(0, Stream::sampling, 0);
    const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &none, .kept = &replayer};
    room.staged.make_room(count);
    room.staged.stage_given(given, first);
    const auto ctx = room.begin(pass);
    const Var<T> z{ctx.tensor(count, base)};
    from_nchw(room.device(), some.base.values.data(), z.value);
    const Var<T> x = room.weights->invert(ctx, z, room.staged.given());
    images.append(to_host(room.device(), as_const(x.value)));
  }
  require_finite_result(images, "An image that these latents stand for");
  return images;
}

}  // namespace densenf::detail
