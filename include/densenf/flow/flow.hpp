#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/core/batch.hpp"
#include "densenf/core/buffer.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/flow/latents.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/flow/start.hpp"

namespace densenf {

/// The shape of a model's images. A literal, {3, 32, 32}, is checked by the compiler; a Shape when the
/// program runs (ShapeError).
template <class Model>
struct InputShape {
  consteval InputShape(int c, int h, int w) : shape{c, h, w} {
    static_cast<void>(Model::output_shape(shape));
  }
  InputShape(const Shape& s) : shape(s) { static_cast<void>(Model::output_shape(shape)); }
  Shape shape;
};

/// How a set of images is evaluated.
struct EvaluationOptions {
  std::uint64_t seed = 0;  ///< of the noise
  Index batch = 64;        ///< images that are in work at one time
};

/// A normalizing flow: a model, a base distribution and their parameters, on one device.
///
/// Log-probabilities are natural logarithms, one per image. `log_prob` is there for models whose likelihood
/// is exact; models with noise inside (dequantization, cross-unit coupling) have the lower bounds `elbo` and
/// `iwbo`. Images come as N,C,H,W: see view_batch in core/batch.hpp for the types. One caller at a time.
template <class Model, class T = float, class Device = Cpu, class Base = ChannelNormal>
class Flow {
public:
  using Scalar = T;
  static constexpr bool exact = Model::kind != Kind::stochastic;
  /// Grey levels of the data; 0: any numbers.
  static constexpr Index levels = Model::levels;
  /// What sampling gives.
  using Sample = std::conditional_t<(levels > 0), std::uint8_t, T>;

  explicit Flow(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : shape_(shape.shape), device_(device), work_(device) {
    Builder builder(table_);
    model_.build(builder, shape_);
    base_.build(builder, model_.output());
    work_.inverses.declare(table_);
    parameters_ = Buffer<T, Device>(device, table_.parameters_size);
    state_ = Buffer<T, Device>(device, table_.state_size);
    loss_ = Buffer<double, Device>(device, 1);
    restart(seed);
    bind(parameters_.data());
  }

  /// Fresh random parameters and state.
  void restart(std::uint64_t seed) {
    std::vector<T> host(static_cast<std::size_t>(table_.parameters_size));
    start_values(Cpu(1), table_.parameters, seed, host.data());
    parameters_.assign(host);
    host.assign(static_cast<std::size_t>(table_.state_size), T(0));
    start_values(Cpu(1), table_.state, seed, host.data());
    state_.assign(host);
  }

  // ---- densities ------------------------------------------------------------------------------

  /// log p of each image.
  template <class ImagesLike>
  std::vector<double> log_prob(const ImagesLike& images, EvaluationOptions options = {}) {
    static_assert(
        exact,
        "This model draws noise, so its likelihood is only bounded: use elbo or iwbo instead of log_prob.");
    return evaluate(images, options, 0);
  }

  /// A lower bound of log p of each image, from one draw of the model's noise.
  template <class ImagesLike>
  std::vector<double> elbo(const ImagesLike& images, EvaluationOptions options = {}) {
    static_assert(!exact, "This model's likelihood is exact: use log_prob instead of elbo.");
    return evaluate(images, options, 0);
  }

  /// A tighter lower bound: log mean exp over `draws` draws of the noise.
  template <class ImagesLike>
  std::vector<double> iwbo(const ImagesLike& images, Index draws, EvaluationOptions options = {}) {
    static_assert(!exact, "This model's likelihood is exact: use log_prob instead of iwbo.");
    if (draws < 1)
      throw ArgumentError("The importance-weighted bound needs at least one draw, not {}.", draws);
    std::vector<double> bound = evaluate(images, options, 0);
    for (Index k = 1; k < draws; ++k) {
      const std::vector<double> next = evaluate(images, options, static_cast<std::uint64_t>(k));
      for (std::size_t i = 0; i < bound.size(); ++i) {
        const double high = std::max(bound[i], next[i]), low = std::min(bound[i], next[i]);
        // Equal ones may both be minus infinity, of which there is no difference.
        bound[i] = high + (low == high ? std::numbers::ln2 : std::log1p(std::exp(low - high)));
      }
    }
    for (double& b : bound) b -= std::log(static_cast<double>(draws));
    return bound;
  }

  /// The mean of -log p / (C H W ln 2), or of its bound from one draw.
  template <class ImagesLike>
  double bits_per_dim(const ImagesLike& images, EvaluationOptions options = {}) {
    return bits_per_dim_of(evaluate(images, options, 0));
  }

  /// Log-probabilities or bounds as mean bits per dimension.
  double bits_per_dim_of(const std::vector<double>& log_prob) const {
    double total = 0;
    for (double l : log_prob) total += l;
    return -total /
           (std::numbers::ln2 * static_cast<double>(log_prob.size()) * static_cast<double>(shape_.size()));
  }

  // ---- sampling and coding ----------------------------------------------------------------------

  /// `count` draws from the model; the standard deviations of the base and of factored-out halves are
  /// multiplied by `temperature`. Integers are floor of the grey level, within the range of the data.
  Batch<Sample> sample(Index count, std::uint64_t seed = 0, double temperature = 1) {
    CountedNoise<T, Device> noise(seed, Stream::sampling, 0);
    const Batch<T> drawn = sample_continuous(count, noise, temperature);
    if constexpr (levels > 0) {
      Batch<Sample> out{drawn.shape, drawn.count, std::vector<Sample>(drawn.values.size())};
      for (std::size_t i = 0; i < drawn.values.size(); ++i) {
        out.values[i] =
            static_cast<Sample>(std::clamp(std::floor(drawn.values[i]), T(0), static_cast<T>(levels - 1)));
      }
      return out;
    } else {
      return drawn;
    }
  }

  /// Draws before they are rounded to integers, in grey levels, with the given source of noise.
  Batch<T> sample_continuous(Index count, NoiseSource<T, Device>& noise, double temperature = 1) {
    if (count < 0) throw ArgumentError("The number of samples must be 0 or more, not {}.", count);
    if (!(temperature >= 0)) throw ArgumentError("The temperature must be 0 or more, not {}.", temperature);
    const auto ctx = begin(Phase::evaluation, noise);
    work_.temperature = temperature;
    return to_host(model_.invert(ctx, base_.sample(ctx, count, temperature)).value);
  }

  /// All that the images become: enough to give them back.
  template <class ImagesLike>
  Latents<T> encode(const ImagesLike& images, std::uint64_t seed = 0) {
    CountedNoise<T, Device> noise(seed, Stream::evaluation, 0);
    return encode(images, noise);
  }
  template <class ImagesLike>
  Latents<T> encode(const ImagesLike& images, NoiseSource<T, Device>& noise) {
    const auto view = checked(images);
    Latents<T> latents;
    RecordedNoise<T, Device> recorded(noise);
    LatentRecorder<T, Device> recorder(device_, latents.left);
    const auto ctx = begin(Phase::evaluation, recorded);
    work_.latents = &recorder;
    latents.log_prob.assign(static_cast<std::size_t>(view.count), 0.0);
    const Var<T> z = run_to_host(ctx, {upload(ctx, view, shape_)}, latents.log_prob.data());
    latents.base = to_host(z.value);
    latents.noise = std::move(recorded.draws);
    return latents;
  }

  /// The images that were encoded, to rounding.
  Batch<T> decode(const Latents<T>& latents) {
    const auto view = view_batch(latents.base, model_.output());
    LatentReplayer<T, Device> replayer(device_, latents.left);
    CountedNoise<T, Device> none(0, Stream::sampling, 0);
    const auto ctx = begin(Phase::evaluation, none);
    work_.kept = &replayer;
    return to_host(model_.invert(ctx, Var<T>{upload(ctx, view, model_.output())}).value);
  }

  // ---- training -----------------------------------------------------------------------------------

  /// The mean bits per dimension of a batch; adds its gradient to gradients(). Draws noise and uses and
  /// updates batch statistics as training does. Coupling networks have at most `images_at_once` images in
  /// work (0: all), which saves memory and changes the gradient only by rounding.
  template <class ImagesLike>
  double differentiate(const ImagesLike& images, NoiseSource<T, Device>& noise,
                       MemoryPolicy policy = MemoryPolicy::store, Index images_at_once = 0) {
    stage(images);
    differentiate_staged(noise, policy, images_at_once);
    return staged_loss();
  }

  /// The parts of differentiate: brings a batch to the device; then everything else, without waiting for the
  /// device and at the same places in memory every time; then what the batch's loss was.
  template <class ImagesLike>
  void stage(const ImagesLike& images) {
    const auto view = checked(images);
    if (staged_count_ != view.count)
      staged_ = Buffer<T, Device>(device_, view.count * shape_.size(), "images");
    staged_count_ = view.count;
    from_strided(device_, view.data, view.image_stride, view.value_stride, staged());
    if (gradients_.size() == 0) gradients_ = Buffer<T, Device>(device_, table_.parameters_size, "gradients");
  }
  void differentiate_staged(NoiseSource<T, Device>& noise, MemoryPolicy policy, Index images_at_once) {
    if (images_at_once < 0)
      throw ArgumentError("The images in work at once must be 0 (all) or more, not {}.", images_at_once);
    const auto evaluation = begin(Phase::training, noise, policy);
    work_.images_at_once = images_at_once;
    work_.gradients = gradients_.data();
    auto ctx = evaluation.recording();
    const auto start = work_.tape.mark();
    const Index n = staged_count_;
    double* log_prob = work_.memory.template allocate<double>(n);
    double* seeds = work_.memory.template allocate<double>(n);
    const double per_image =
        -1 / (std::numbers::ln2 * static_cast<double>(n) * static_cast<double>(shape_.size()));
    set_each(device_, 0.0, n, log_prob);
    set_each(device_, per_image, n, seeds);
    const LogProb sum{log_prob, seeds};
    const Var<T> z = model_.apply(ctx, Var<T>{staged()}, sum);
    base_.log_prob(ctx, z, 1, sum);
    scaled_sum(device_, per_image, static_cast<const double*>(log_prob), n, loss_.data());
    work_.tape.backward(ctx, start);
    work_.end();
  }
  double staged_loss() const {
    double loss = 0;
    fetch(device_, loss_.data(), 1, &loss);
    return loss;
  }
  /// Where on the device the loss is.
  const double* loss() const { return loss_.data(); }

  /// Where things lie and how many images are staged. While this stays the same, a pass over the staged
  /// images uses the same memory.
  struct Place {
    const T* parameters;
    const T* gradients;
    const T* images;
    Index count;
    std::uint64_t memory, scratch;
    bool operator==(const Place&) const = default;
  };
  Place place() const {
    return {bound_,        gradients_.data(),         staged_.data(),
            staged_count_, work_.memory.generation(), work_.scratch.generation()};
  }

  /// Runs a training batch piece by piece, changing nothing, and throws NonFiniteError naming the first piece
  /// whose output is infinite or NaN. Returns when there is none.
  template <class ImagesLike>
  void find_non_finite(const ImagesLike& images, NoiseSource<T, Device>& noise) {
    struct Finder : Watcher<T> {
      explicit Finder(const Device& d) : device(d) {}
      void see(const std::string& name, Tensor<const T> output, const double* log_prob) override {
        if (!all_finite(device, output)) throw NonFiniteError("The output of '{}' is not finite.", name);
        std::vector<double> host(static_cast<std::size_t>(output.n));
        fetch(device, log_prob, output.n, host.data());
        for (const double l : host) {
          if (!std::isfinite(l)) throw NonFiniteError("The log-determinant of '{}' is not finite.", name);
        }
      }
      const Device& device;
    } finder(device_);
    const auto view = checked(images);
    const auto ctx = begin(Phase::training, noise);
    work_.replay = true;
    work_.watcher = &finder;
    double* log_prob = work_.memory.template allocate<double>(view.count);
    const Var<T> z = run(ctx, {upload(ctx, view, shape_)}, log_prob);
    finder.see("base_dist", as_const(z.value), log_prob);
  }

  // ---- parameters ---------------------------------------------------------------------------------

  const Shape& shape() const { return shape_; }
  const Model& model() const { return model_; }
  const Device& device() const { return device_; }
  const ParameterTable& table() const { return table_; }
  /// The flat buffers, laid out by table(). gradients() is empty before the first differentiate.
  Buffer<T, Device>& parameters() { return parameters_; }
  Buffer<T, Device>& gradients() { return gradients_; }
  Buffer<T, Device>& state() { return state_; }
  const Buffer<T, Device>& parameters() const { return parameters_; }
  const Buffer<T, Device>& state() const { return state_; }

  /// Uses `parameters`, laid out like parameters(), from now on: an average of weights, for instance.
  void bind(T* parameters) { bound_ = parameters; }
  void bind_own() { bound_ = parameters_.data(); }

  /// Bytes that passes have taken beside parameters, state and gradients, at the most since the last call of
  /// reset_peak; what lives longer than an operation and what does not are counted by themselves.
  std::size_t peak_bytes() const {
    return work_.memory.peak_bytes() + work_.scratch.peak_bytes() + work_.inverses.bytes();
  }
  void reset_peak() {
    work_.end();
    work_.memory.reset_peak();
    work_.scratch.reset_peak();
  }

private:
  Context<T, Device, false> begin(Phase phase, NoiseSource<T, Device>& noise,
                                  MemoryPolicy policy = MemoryPolicy::store) {
    work_.begin(phase, bound_, state_.data(), noise, policy);
    return Context<T, Device, false>(work_);
  }

  Tensor<T> staged() { return make_tensor(staged_.data(), staged_count_, shape_); }

  template <class Ctx, class U>
  Tensor<T> upload(const Ctx& ctx, const BatchView<U>& view, const Shape& shape) {
    const Tensor<T> x = ctx.tensor(view.count, shape);
    from_strided(device_, view.data, view.image_stride, view.value_stride, x);
    return x;
  }

  /// The images as a view, after a look at their values.
  template <class ImagesLike>
  auto checked(const ImagesLike& images) const {
    const auto view = view_batch(images, shape_);
    if constexpr (levels > 0) {
      if (!within(view, levels - 1)) {
        throw ArgumentError("The model takes images of grey levels 0 to {}, but there are values outside.",
                            levels - 1);
      }
    }
    return view;
  }

  /// Writes each image's log-probability or bound to log_prob, on the device.
  template <class Ctx>
  Var<T> run(const Ctx& ctx, const Var<T>& x, double* log_prob) {
    set_each(device_, 0.0, x.n(), log_prob);
    const Var<T> z = model_.apply(ctx, x, LogProb{log_prob, nullptr});
    base_.log_prob(ctx, z, 1, LogProb{log_prob, nullptr});
    return z;
  }

  /// The same, to the host.
  template <class Ctx>
  Var<T> run_to_host(const Ctx& ctx, const Var<T>& x, double* host) {
    double* log_prob = work_.memory.template allocate<double>(x.n());
    const Var<T> z = run(ctx, x, log_prob);
    fetch(device_, static_cast<const double*>(log_prob), x.n(), host);
    return z;
  }

  template <class ImagesLike>
  std::vector<double> evaluate(const ImagesLike& images, const EvaluationOptions& options,
                               std::uint64_t draw) {
    if (options.batch < 1) throw ArgumentError("The batch size must be at least 1, not {}.", options.batch);
    const auto view = checked(images);
    std::vector<double> log_prob(static_cast<std::size_t>(view.count));
    for (Index first = 0; first < view.count; first += options.batch) {
      const Index count = std::min(options.batch, view.count - first);
      CountedNoise<T, Device> noise(options.seed, Stream::evaluation, draw, first);
      const auto ctx = begin(Phase::evaluation, noise);
      run_to_host(ctx, {upload(ctx, view.images(first, count), shape_)}, log_prob.data() + first);
    }
    return log_prob;
  }

  Batch<T> to_host(const Tensor<T>& x) {
    Batch<T> out{x.shape(), x.n, std::vector<T>(static_cast<std::size_t>(x.size()))};
    to_nchw(device_, as_const(x), out.values.data());
    return out;
  }

  Shape shape_;
  Device device_;
  ParameterTable table_;
  Model model_;
  Base base_;
  Buffer<T, Device> parameters_, gradients_, state_, staged_;
  Index staged_count_ = -1;  ///< images in staged_
  Buffer<double, Device> loss_;
  T* bound_ = nullptr;
  Workspace<T, Device> work_;
};

}  // namespace densenf
