#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/core/recorded_pass.hpp"
#include "densenf/flow/input.hpp"
#include "densenf/flow/latents.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/flow/weights.hpp"

namespace densenf {

/// How a set of images is evaluated.
struct EvaluationOptions {
  std::uint64_t seed = 0;  ///< of the noise
  Index batch = 64;        ///< images that are in work at one time: changes memory and time, no number
  /// The number of the call's first image. A model with noise inside draws an image's noise by the image's
  /// number; so an image that is scored alone gets the score that it has among others when it says which one
  /// it is.
  Index first_image = 0;
};

/// How images are drawn.
struct SampleOptions {
  std::uint64_t seed = 0;
  double temperature = 1;  ///< times the standard deviations of the base and of what was factored out
  Index batch = 64;        ///< draws that are in work at one time: changes memory and time, no number
};

/// Draws with the log-probability of each, natural logarithm.
template <class T>
struct ScoredBatch {
  Batch<T> values;
  std::vector<double> log_prob;
};

/// Computes with weights: densities, samples, codes. It only reads them, and has what it computes in for
/// itself; so each thread has a session of its own, and all share the weights.
///
/// Log-probabilities are natural logarithms, one per image. `log_prob` is there for models whose likelihood
/// is exact; models with noise inside (dequantization, cross-unit coupling) have the lower bounds `elbo` and
/// `iwbo`. Images come as N,C,H,W: see view_batch in core/batch.hpp for the types. A flow with a condition
/// gets {images, condition}: a batch with a row for each image, or one row for all; for classes, labels.
/// One caller at a time. A session can be moved; what was moved from may only be assigned to.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Session {
public:
  using Scalar = T;
  using WeightsType = Weights<Model, T, Device, Base, Condition>;
  static constexpr bool exact = Model::kind != Kind::stochastic;
  static constexpr bool conditional = Condition::channels > 0;
  /// Gray levels of the data; 0: any numbers.
  static constexpr Index levels = Model::levels;
  /// What sampling gives.
  using Sample = std::conditional_t<(levels > 0), std::uint8_t, T>;
  using Input = densenf::Input<T, Device, levels, Condition>;
  using GivenType = GivenRef<T, Device, Condition>;
  using ConditionType = Condition;

  /// On the weights' device.
  explicit Session(std::shared_ptr<const WeightsType> weights) : Session(weights, weights->device()) {}
  /// With threads, or a stream, of its own: where several threads compute at the same time.
  Session(std::shared_ptr<const WeightsType> weights, Device device)
      : weights_(std::move(weights)), room_(std::make_unique<Room>(std::move(device))) {
    room_->workspace.declare(weights_->table());
    synchronize(weights_->device());  // another stream may still be writing them
  }

  // ---- densities ------------------------------------------------------------------------------

  /// log p of each image.
  template <bool IsExact = exact>
  std::vector<double> log_prob(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(
        IsExact,
        "This model draws noise, so its likelihood is only bounded: use elbo or iwbo instead of log_prob.");
    return evaluate(input, options, 0);
  }

  /// A lower bound of log p of each image, from one draw of the model's noise: a function of the image, the
  /// seed and the image's number, which is its place in the call (see EvaluationOptions::first_image).
  template <bool IsExact = exact>
  std::vector<double> elbo(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of elbo.");
    return evaluate(input, options, 0);
  }

  /// A tighter lower bound: log mean exp over `draws` draws of the noise.
  template <bool IsExact = exact>
  std::vector<double> iwbo(const Input& input, Index draws, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of iwbo.");
    return importance_weighted(input, draws, options);
  }

  /// The mean of -log p / (C H W ln 2), or of its bound from one draw.
  double bits_per_dim(const Input& input, const EvaluationOptions& options = {}) {
    return bits_per_dim_of(evaluate(input, options, 0));
  }

  /// Log-probabilities or bounds as mean bits per dimension. Throws ArgumentError when there are none.
  double bits_per_dim_of(const std::vector<double>& log_prob) const {
    if (log_prob.empty()) throw ArgumentError("The mean over no images does not exist: give at least one.");
    double total = 0;
    for (double l : log_prob) total += l;
    return -total /
           (std::numbers::ln2 * static_cast<double>(log_prob.size()) * static_cast<double>(shape().size()));
  }

  // ---- sampling and coding ----------------------------------------------------------------------

  /// `count` draws from the model. Integers are floor of the gray level, within the range of the data. Throws
  /// NonFiniteError when the model makes something that is not a number.
  template <bool IsConditional = conditional>
  Batch<Sample> sample(Index count, const SampleOptions& options = {}) {
    static_assert(!IsConditional, "This flow's density is conditional: call sample(count, condition).");
    return draw(count, nullptr, options);
  }
  /// The same given one condition for all, or one for each.
  Batch<Sample> sample(Index count, const GivenType& given,
                       const SampleOptions& options = {}) requires conditional {
    return draw(count, &given, options);
  }

  /// Draws from a model whose likelihood is exact, with the log-probability of each: what a density that is
  /// known up to a factor is integrated with. The temperature must be 1 (ArgumentError).
  template <bool IsExact = exact&& levels == 0>
  ScoredBatch<T> sample_with_log_prob(Index count, const SampleOptions& options = {}) {
    static_assert(IsExact, "Draws have a known log-probability where the model is exact, over real numbers.");
    static_assert(!conditional || !IsExact,
                  "This flow's density is conditional: call sample_with_log_prob(count, condition).");
    return draw_with_log_prob(count, nullptr, options);
  }
  ScoredBatch<T> sample_with_log_prob(
      Index count, const GivenType& given,
      const SampleOptions& options = {}) requires(conditional&& exact&& levels == 0) {
    return draw_with_log_prob(count, &given, options);
  }

  /// Draws before they are rounded to integers, in gray levels, with the given source of noise.
  Batch<T> sample_continuous(Index count, NoiseSource<T, Device>& noise,
                             double temperature = 1) requires(!conditional) {
    require_count(count);
    require_temperature(temperature);
    Pass<T, Device> options = pass(noise);
    options.temperature = temperature;
    const auto ctx = begin(std::as_const(options));
    Batch<T> drawn = to_host(draw_some(ctx, count, {}).value);
    require_finite(drawn, "A sample");
    return drawn;
  }

  /// All that the images become: enough to give them back. The noise of an image is that of elbo with the
  /// same options. Throws NonFiniteError when an image becomes something that is
  /// not a number.
  Latents<T> encode(const Input& input, const EvaluationOptions& options = {}) {
    require_options(options);
    const Index total = input.checked_count(shape());
    Latents<T> latents;
    for (Index first = 0; first == 0 || first < total; first += options.batch) {
      PhiloxNoise<T, Device> noise(options.seed, Stream::evaluation, 0, options.first_image + first);
      latents.append(encode_some(input, first, std::min(options.batch, total - first), noise));
    }
    return latents;
  }
  Latents<T> encode(const Input& input, NoiseSource<T, Device>& noise) {
    return encode_some(input, 0, input.checked_count(shape()), noise);
  }

  /// The images that were encoded, to rounding. At most `batch` images are in work at one time. Throws
  /// NonFiniteError when an image cannot be given back, because its latents are at the end of what T can
  /// hold.
  Batch<T> decode(const Latents<T>& latents, Index batch = 64) requires(!conditional) {
    return decode_all(latents, nullptr, batch);
  }
  /// The same given the condition that they were encoded with.
  Batch<T> decode(const Latents<T>& latents, const GivenType& given, Index batch = 64) requires conditional {
    return decode_all(latents, &given, batch);
  }

  // ---- what it works with --------------------------------------------------------------------------

  const WeightsType& weights() const { return *weights_; }
  const Shape& shape() const { return weights_->shape(); }
  const Model& model() const { return weights_->model(); }
  const Device& device() const { return room_->workspace.device; }
  const ParameterTable& table() const { return weights_->table(); }
  const Buffer<T, Device>& parameters() const { return weights_->parameters(); }
  const Buffer<T, Device>& state() const { return weights_->state(); }
  /// Another one with the same weights, for another thread; they must not be changed while it computes.
  Session session(Device on) const { return Session(weights_, std::move(on)); }

  /// The storage of passes, for those who run passes of their own.
  Workspace<T, Device>& workspace() { return room_->workspace; }

  /// A pass over the model with these weights, for those likewise.
  Pass<T, Device> pass(NoiseSource<T, Device>& noise, Phase phase = Phase::evaluation) const {
    return {.table = &table(),
            .parameters = parameters().data(),
            .version = weights_->version(),
            .state = state().data(),
            .noise = &noise,
            .phase = phase};
  }

  /// Runs the model on x: returns what arrives at the base, and adds each image's log-probability or bound.
  /// `given` is the condition of these images, on the device; unused where there is none.
  template <class Ctx, class V = typename Ctx::Value>
  V run(const Ctx& ctx, const V& x, const V& given, LogProb log_prob) const {
    return with_context(ctx, given, [&](const auto&... context) {
      const V z = model().apply(ctx, x, log_prob, context...);
      weights_->base().log_prob(ctx, z, 1, log_prob, context...);
      return z;
    });
  }

  /// Bytes that passes have taken beside parameters, state and gradients, at the most since the last call of
  /// reset_peak; what lives longer than an operation and what does not are counted by themselves.
  std::size_t peak_bytes() const {
    const Workspace<T, Device>& work = room_->workspace;
    return work.memory.peak_bytes() + work.scratch.peak_bytes() + work.inverses.bytes() +
           work.state_inverses.bytes() + room_->staged_bytes();
  }
  void reset_peak() {
    Workspace<T, Device>& work = room_->workspace;
    work.end();
    work.memory.reset_peak();
    work.scratch.reset_peak();
  }

private:
  using Evaluating = Context<T, Device, false>;

  /// What a recording of a pass is good for: this many images, at these places in memory.
  struct PassKind {
    const T *parameters, *state;
    const T *images, *given, *drawn;
    const double* log_prob;
    Index count;
    std::uint64_t seed;
    double temperature;
    std::uint64_t memory, scratch;
    bool operator==(const PassKind&) const = default;
  };

  /// Where passes take place. What goes in and comes out has a place of its own, so that a device can record
  /// what is between.
  struct Room {
    explicit Room(Device device)
        : workspace(std::move(device)), evaluation(workspace.device), sampling(workspace.device) {}

    std::size_t staged_bytes() const {
      return static_cast<std::size_t>(images.size() + given.size() + drawn.size()) * sizeof(T) +
             static_cast<std::size_t>(log_prob.size()) * sizeof(double);
    }

    Workspace<T, Device> workspace;
    Buffer<T, Device> images, given, drawn;
    Buffer<double, Device> log_prob;
    RecordedPass<Device, PassKind> evaluation, sampling;
  };

  Evaluating begin(const Pass<T, Device>& pass) {
    room_->workspace.begin(pass);
    return Evaluating(pass, room_->workspace);
  }
  Evaluating begin(const Pass<T, Device>&&) = delete;

  /// A pass that may be recorded, and run again with other weights in the same place.
  Pass<T, Device> recordable_pass(NoiseSource<T, Device>& noise) const {
    Pass<T, Device> made = pass(noise);
    if constexpr (!std::is_same_v<Device, Cpu>) made.version = 0;
    return made;
  }
  PassKind kind(Index count, std::uint64_t seed, double temperature) const {
    const Room& r = *room_;
    return {parameters().data(),
            state().data(),
            r.images.data(),
            r.given.data(),
            r.drawn.data(),
            r.log_prob.data(),
            count,
            seed,
            temperature,
            r.workspace.memory.generation(),
            r.workspace.scratch.generation()};
  }

  static void require_batch(Index batch) {
    if (batch < 1) throw ArgumentError("The batch size must be at least 1, not {}.", batch);
  }
  static void require_count(Index count) {
    if (count < 0) throw ArgumentError("The number of samples must be 0 or more, not {}.", count);
  }
  static void require_temperature(double temperature) {
    if (!(temperature >= 0 && std::isfinite(temperature)))
      throw ArgumentError("The temperature must be finite and 0 or more, not {}.", temperature);
  }
  void require_options(const EvaluationOptions& options) const {
    require_batch(options.batch);
    if (options.first_image < 0) {
      throw ArgumentError("Images are numbered from 0: the first one cannot be number {}.",
                          options.first_image);
    }
    value_count("The images up to the first", options.first_image, shape());  // so that draws can be numbered
  }
  void require_given(const GivenType* given, Index count) const {
    if constexpr (conditional) given->require(count);
  }
  static void require_finite(const Batch<T>& images, const char* what) {
    const auto wrong =
        std::find_if(images.values.begin(), images.values.end(), [](T v) { return !std::isfinite(v); });
    if (wrong != images.values.end()) {
      throw NonFiniteError(
          "{} holds {}: a weight is not finite, a matrix is singular, numbers overflow, or latents are at "
          "the end of what a piece such as Sigmoid can take back.",
          what, *wrong);
    }
  }

  template <class U>
  U* room_for(Buffer<U, Device>& buffer, Index numbers, const char* what) {
    if (buffer.size() < numbers) buffer = Buffer<U, Device>(device(), numbers, what);
    return buffer.data();
  }
  /// Images [first, first + count), on the device.
  Var<T> stage(const Input& input, Index first, Index count) {
    T* const place = room_for(room_->images, count * shape().size(), "images");
    const Var<T> x{make_tensor(place, count, shape())};
    input.images().upload(shape(), device(), first, x.value);
    return x;
  }
  /// What was given with images [first, first + count), on the device.
  Var<T> stage_given(const GivenType* given, Index first, Index count) {
    if constexpr (conditional) {
      T* const place = room_for(room_->given, count * Condition::shape.size(), "conditions");
      const Var<T> there{make_tensor(place, count, Condition::shape)};
      given->upload(Condition::shape, device(), first, there.value);
      return there;
    } else {
      return {};
    }
  }

  /// f(context), or f() where there is no condition.
  template <class Ctx, class V, class F>
  auto with_context(const Ctx& ctx, const V& given, const F& f) const {
    if constexpr (conditional)
      return f(weights_->condition().embed(ctx, given));
    else
      return f();
  }

  std::vector<double> evaluate(const Input& input, const EvaluationOptions& options, std::uint64_t draw) {
    require_options(options);
    const Index total = input.checked_count(shape());
    std::vector<double> log_prob(static_cast<std::size_t>(total));
    for (Index first = 0; first < total; first += options.batch) {
      const Index count = std::min(options.batch, total - first);
      const Var<T> x = stage(input, first, count), given = stage_given(&input.given(), first, count);
      double* const there = room_for(room_->log_prob, count, "log-probabilities");
      room_->evaluation.run([&] { return kind(count, options.seed, 1); }, {draw, options.first_image + first},
                            [&](const NoiseShift& at, const NoiseShift* further) {
                              PhiloxNoise<T, Device> noise(options.seed, Stream::evaluation, at.step,
                                                           at.image, further);
                              const Pass<T, Device> pass = recordable_pass(noise);
                              const auto ctx = begin(pass);
                              set_each(device(), 0.0, count, there);
                              run(ctx, x, given, {there, nullptr});
                              room_->workspace.end();  // all memory lies as it will the next time
                            });
      fetch(device(), static_cast<const double*>(there), count, log_prob.data() + first);
    }
    return log_prob;
  }

  std::vector<double> importance_weighted(const Input& input, Index draws, const EvaluationOptions& options) {
    if (draws < 1)
      throw ArgumentError("The importance-weighted bound needs at least one draw, not {}.", draws);
    std::vector<double> bound = evaluate(input, options, 0);
    for (Index k = 1; k < draws; ++k) {
      const std::vector<double> next = evaluate(input, options, static_cast<std::uint64_t>(k));
      for (std::size_t i = 0; i < bound.size(); ++i) {
        const double high = std::max(bound[i], next[i]), low = std::min(bound[i], next[i]);
        // Equal ones may both be minus infinity, of which there is no difference.
        bound[i] = high + (low == high ? std::numbers::ln2 : std::log1p(std::exp(low - high)));
      }
    }
    for (double& b : bound) b -= std::log(static_cast<double>(draws));
    return bound;
  }

  /// Draws from the model, on the device.
  Var<T> draw_some(const Evaluating& ctx, Index count, const Var<T>& given) {
    return with_context(ctx, given, [&](const auto&... context) {
      const Var<T> z = weights_->base().sample(ctx, count, ctx.pass().temperature, context...);
      return model().invert(ctx, z, context...);
    });
  }

  /// Draws number `first` and so on. Throws NonFiniteError for what is no number.
  Batch<T> draw_continuous(Index count, const GivenType* given, Index first, const SampleOptions& options) {
    const Var<T> there = stage_given(given, first, count);
    T* const place = room_for(room_->drawn, count * shape().size(), "samples");
    const Tensor<T> drawn = make_tensor(place, count, shape());
    room_->sampling.run([&] { return kind(count, options.seed, options.temperature); }, {0, first},
                        [&](const NoiseShift& at, const NoiseShift* further) {
                          PhiloxNoise<T, Device> noise(options.seed, Stream::sampling, at.step, at.image,
                                                       further);
                          Pass<T, Device> pass = recordable_pass(noise);
                          pass.temperature = options.temperature;
                          const auto ctx = begin(std::as_const(pass));
                          copy(device(), as_const(draw_some(ctx, count, there).value), drawn);
                          room_->workspace.end();
                        });
    Batch<T> values = to_host(drawn);
    require_finite(values, "A sample");
    return values;
  }

  Batch<Sample> draw(Index count, const GivenType* given, const SampleOptions& options) {
    require_count(count);
    require_batch(options.batch);
    require_temperature(options.temperature);
    require_given(given, count);
    Batch<Sample> out{shape(), count, {}};
    out.values.reserve(static_cast<std::size_t>(value_count("The samples", count, shape())));
    for (Index first = 0; first < count; first += options.batch) {
      for (const T v :
           draw_continuous(std::min(options.batch, count - first), given, first, options).values) {
        if constexpr (levels > 0)
          out.values.push_back(static_cast<Sample>(std::clamp(std::floor(v), T(0), T(levels - 1))));
        else
          out.values.push_back(v);
      }
    }
    return out;
  }

  ScoredBatch<T> draw_with_log_prob(Index count, const GivenType* given, const SampleOptions& options) {
    require_count(count);
    require_batch(options.batch);
    if (options.temperature != 1) {
      throw ArgumentError(
          "A draw's log-probability is that of the model, whose temperature is 1: draw with it, not {}.",
          options.temperature);
    }
    require_given(given, count);
    ScoredBatch<T> out{{shape(), 0, {}}, {}};
    for (Index first = 0; first < count; first += options.batch) {
      const Index some = std::min(options.batch, count - first);
      PhiloxNoise<T, Device> noise(options.seed, Stream::sampling, 0, first);
      const Pass<T, Device> pass = this->pass(noise);
      const auto ctx = begin(pass);
      const Var<T> there = stage_given(given, first, some);
      const Var<T> x = draw_some(ctx, some, there);
      double* const log_prob = room_for(room_->log_prob, some, "log-probabilities");
      set_each(device(), 0.0, some, log_prob);
      run(ctx, x, there, {log_prob, nullptr});
      std::vector<double> host(static_cast<std::size_t>(some));
      fetch(device(), static_cast<const double*>(log_prob), some, host.data());
      out.values.append(to_host(x.value));
      out.log_prob.insert(out.log_prob.end(), host.begin(), host.end());
    }
    require_finite(out.values, "A sample");
    return out;
  }

  Latents<T> encode_some(const Input& input, Index first, Index count, NoiseSource<T, Device>& noise) {
    Latents<T> latents;
    RecordedNoise<T, Device> recorded(noise);
    LatentRecorder<T, Device> recorder(device(), latents.factored);
    Pass<T, Device> options = pass(recorded);
    options.latents = &recorder;
    const Var<T> x = stage(input, first, count), given = stage_given(&input.given(), first, count);
    double* const log_prob = room_for(room_->log_prob, count, "log-probabilities");
    const auto ctx = begin(std::as_const(options));
    set_each(device(), 0.0, count, log_prob);
    latents.base = to_host(run(ctx, x, given, {log_prob, nullptr}).value);
    latents.log_prob.resize(static_cast<std::size_t>(count));
    fetch(device(), static_cast<const double*>(log_prob), count, latents.log_prob.data());
    require_finite(latents.base, "A latent");
    for (const Batch<T>& part : latents.factored) require_finite(part, "A latent");
    latents.noise = std::move(recorded.draws);
    return latents;
  }

  Batch<T> decode_all(const Latents<T>& latents, const GivenType* given, Index batch) {
    require_batch(batch);
    const Index total = view_batch(latents.base, model().output()).count;
    require_given(given, total);
    Batch<T> images{shape(), total, {}};
    for (Index first = 0; first == 0 || first < total; first += batch) {
      const Index count = std::min(batch, total - first);
      const Latents<T> some = latents.images(first, count);
      LatentReplayer<T, Device> replayer(device(), some.factored);
      PhiloxNoise<T, Device> none(0, Stream::sampling, 0);
      Pass<T, Device> options = pass(none);
      options.kept = &replayer;
      const auto ctx = begin(std::as_const(options));
      const Var<T> z{ctx.tensor(count, model().output())};
      from_nchw(device(), some.base.values.data(), z.value);
      images.append(to_host(with_context(ctx, stage_given(given, first, count), [&](const auto&... context) {
                              return model().invert(ctx, z, context...);
                            }).value));
    }
    require_finite(images, "An image that these latents stand for");
    return images;
  }

  Batch<T> to_host(const Tensor<T>& x) const {
    Batch<T> out{x.shape(), x.n, std::vector<T>(static_cast<std::size_t>(x.size()))};
    to_nchw(device(), as_const(x), out.values.data());
    return out;
  }

  std::shared_ptr<const WeightsType> weights_;
  std::unique_ptr<Room> room_;
};

}  // namespace densenf
