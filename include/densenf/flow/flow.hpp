#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/core/batch.hpp"
#include "densenf/core/buffer.hpp"
#include "densenf/distributions/normal.hpp"
#include "densenf/flow/check_images.hpp"
#include "densenf/flow/data_start.hpp"
#include "densenf/flow/latents.hpp"
#include "densenf/flow/noise.hpp"
#include "densenf/flow/start.hpp"

namespace densenf {

namespace detail {
/// Called for an extent of a literal shape that is none. The call itself is the error, and the compiler
/// quotes the line with its sentence.
void not_a_literal(const char* sentence);

/// By reference: a value would be read, and be an error without a sentence, before this is called.
template <class Extent>
constexpr Index literal_extent(const Extent& extent) {
#if defined(__GNUC__) && !defined(__CUDACC__)  // nvcc does not see through the reference
  if (!__builtin_constant_p(extent))
    not_a_literal("For an extent that only the running program knows write Shape{c, h, w}, not {c, h, w}.");
#endif
  return static_cast<Index>(extent);
}
}  // namespace detail

/// The shape of a model's images. A literal, {3, 32, 32}, is checked by the compiler; a Shape when the
/// program runs (ShapeError).
template <class Model>
struct InputShape {
  template <std::integral C, std::integral H, std::integral W>
  consteval InputShape(const C& c, const H& h, const W& w)
      : shape{detail::literal_extent(c), detail::literal_extent(h), detail::literal_extent(w)} {
    static_cast<void>(Model::output_shape(shape));
  }
  InputShape(const Shape& s) : shape(s) {
    value_count("A flow", 1, shape);  // whatever is computed from it can be counted, too
    static_cast<void>(Model::output_shape(shape));
  }
  Shape shape;
};

/// How a set of images is evaluated.
struct EvaluationOptions {
  std::uint64_t seed = 0;  ///< of the noise
  Index batch = 64;        ///< images that are in work at one time: changes memory and time, no number
  /// The number of the call's first image. A model with noise inside draws an image's noise by the image's
  /// number; so an image that is scored alone gets the score that it has among others when it says which one
  /// it is.
  Index first_image = 0;
};

/// A normalizing flow: a model, a base distribution and their parameters, on one device.
///
/// Log-probabilities are natural logarithms, one per image. `log_prob` is there for models whose likelihood
/// is exact; models with noise inside (dequantization, cross-unit coupling) have the lower bounds `elbo` and
/// `iwbo`. Images come as N,C,H,W: see view_batch in core/batch.hpp for the types. One caller at a time.
/// A flow can be moved, but not while a trainer refers to it; what was moved from may only be assigned to.
template <class Model, class T = float, class Device = Cpu, class Base = ChannelNormal>
class Flow {
public:
  using Scalar = T;
  static constexpr bool exact = Model::kind != Kind::stochastic;
  /// Gray levels of the data; 0: any numbers.
  static constexpr Index levels = Model::levels;
  /// What sampling gives.
  using Sample = std::conditional_t<(levels > 0), std::uint8_t, T>;

  explicit Flow(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : shape_(shape.shape), device_(device), work_(std::make_unique<Workspace<T, Device>>(device)) {
    Builder builder(table_);
    model_.build(builder, shape_);
    base_.build(builder, model_.output());
    work_->inverses.declare(table_);
    parameters_ = Buffer<T, Device>(device, table_.parameters_size);
    state_ = Buffer<T, Device>(device, table_.state_size, "state");
    next_state_ = Buffer<T, Device>(device, table_.state_size, "state");
    loss_ = Buffer<double, Device>(device, 1);
    restart(seed);
    bind_own();
  }

  /// Fresh random parameters and state.
  void restart(std::uint64_t seed) {
    std::vector<T> host(static_cast<std::size_t>(table_.parameters_size));
    start_values(Cpu(1), table_.parameters, seed, host.data());
    parameters_.assign(host);
    host.assign(static_cast<std::size_t>(table_.state_size), T(0));
    start_values(Cpu(1), table_.state, seed, host.data());
    state().assign(host);
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

  /// A lower bound of log p of each image, from one draw of the model's noise: a function of the image, the
  /// seed and the image's number, which is its place in the call (see EvaluationOptions::first_image).
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

  /// Log-probabilities or bounds as mean bits per dimension. Throws ArgumentError when there are none.
  double bits_per_dim_of(const std::vector<double>& log_prob) const {
    if (log_prob.empty()) throw ArgumentError("The mean over no images does not exist: give at least one.");
    double total = 0;
    for (double l : log_prob) total += l;
    return -total /
           (std::numbers::ln2 * static_cast<double>(log_prob.size()) * static_cast<double>(shape_.size()));
  }

  // ---- sampling and coding ----------------------------------------------------------------------

  /// `count` draws from the model; the standard deviations of the base and of factored-out halves are
  /// multiplied by `temperature`. Integers are floor of the gray level, within the range of the data. At most
  /// `batch` images are in work at one time, which changes memory and time, no number. Throws NonFiniteError
  /// when the model makes something that is not a number.
  Batch<Sample> sample(Index count, std::uint64_t seed = 0, double temperature = 1, Index batch = 64) {
    require_count(count);
    require_batch(batch);
    require_temperature(temperature);
    Batch<Sample> out{shape_, count, {}};
    out.values.reserve(static_cast<std::size_t>(value_count("The samples", count, shape_)));
    for (Index first = 0; first < count; first += batch) {
      CountedNoise<T, Device> noise(seed, Stream::sampling, 0, first);
      for (const T v : sample_continuous(std::min(batch, count - first), noise, temperature).values) {
        if constexpr (levels > 0)
          out.values.push_back(static_cast<Sample>(std::clamp(std::floor(v), T(0), T(levels - 1))));
        else
          out.values.push_back(v);
      }
    }
    return out;
  }

  /// Draws before they are rounded to integers, in gray levels, with the given source of noise.
  Batch<T> sample_continuous(Index count, NoiseSource<T, Device>& noise, double temperature = 1) {
    require_count(count);
    require_temperature(temperature);
    const auto ctx = begin(Phase::evaluation, noise);
    work_->temperature = temperature;
    Batch<T> drawn = to_host(model_.invert(ctx, base_.sample(ctx, count, temperature)).value);
    require_finite(drawn, "A sample");
    return drawn;
  }

  /// All that the images become: enough to give them back. At most `batch` images are in work at one time.
  /// The noise of an image is drawn by its place in the call, as that of elbo with first_image 0. Throws
  /// NonFiniteError when an image becomes something that is not a number.
  template <class ImagesLike>
  Latents<T> encode(const ImagesLike& images, std::uint64_t seed = 0, Index batch = 64) {
    require_batch(batch);
    const auto view = checked(images);
    Latents<T> latents;
    for (Index first = 0; first == 0 || first < view.count; first += batch) {
      CountedNoise<T, Device> noise(seed, Stream::evaluation, 0, first);
      latents.append(encode(view.images(first, std::min(batch, view.count - first)), noise));
    }
    return latents;
  }
  template <class ImagesLike>
  Latents<T> encode(const ImagesLike& images, NoiseSource<T, Device>& noise) {
    const auto view = checked(images);
    Latents<T> latents;
    RecordedNoise<T, Device> recorded(noise);
    LatentRecorder<T, Device> recorder(device_, latents.left);
    const auto ctx = begin(Phase::evaluation, recorded);
    work_->latents = &recorder;
    latents.log_prob.assign(static_cast<std::size_t>(view.count), 0.0);
    const Var<T> z = run_to_host(ctx, {upload(ctx, view, shape_)}, latents.log_prob.data());
    latents.base = to_host(z.value);
    require_finite(latents.base, "A latent");
    for (const Batch<T>& part : latents.left) require_finite(part, "A latent");
    latents.noise = std::move(recorded.draws);
    return latents;
  }

  /// The images that were encoded, to rounding. At most `batch` images are in work at one time. Throws
  /// NonFiniteError when an image cannot be given back, because its latents are at the end of what T can
  /// hold.
  Batch<T> decode(const Latents<T>& latents, Index batch = 64) {
    require_batch(batch);
    const Index count = view_batch(latents.base, model_.output()).count;
    Batch<T> images{shape_, count, {}};
    for (Index first = 0; first == 0 || first < count; first += batch) {
      const Latents<T> some = latents.images(first, std::min(batch, count - first));
      const auto view = view_batch(some.base, model_.output());
      LatentReplayer<T, Device> replayer(device_, some.left);
      CountedNoise<T, Device> none(0, Stream::sampling, 0);
      const auto ctx = begin(Phase::evaluation, none);
      work_->kept = &replayer;
      images.append(to_host(model_.invert(ctx, Var<T>{upload(ctx, view, model_.output())}).value));
    }
    require_finite(images, "An image that these latents stand for");
    return images;
  }

  // ---- training -----------------------------------------------------------------------------------

  /// Gives pieces whose parameters start from data (ActNorm) their start from these images, seen as a
  /// training step with this noise sees them, unless they have had it. A Trainer does so before its first
  /// step. Returns whether there was anything to start. Throws NonFiniteError naming the parameter when what
  /// the images give is not finite, and what the pieces throw; then everything is as before.
  template <class ImagesLike>
  bool initialize(const ImagesLike& images, NoiseSource<T, Device>& noise, Index images_at_once = 0) {
    stage(images);
    return !start_from_data(noise, images_at_once).empty();
  }
  template <class ImagesLike>
  bool initialize(const ImagesLike& images, std::uint64_t seed = 0, Index images_at_once = 0) {
    CountedNoise<T, Device> noise(seed, Stream::training, 0);
    return initialize(images, noise, images_at_once);
  }

  /// The mean bits per dimension of a batch of at least one image; adds its gradient to gradients(). Draws
  /// noise and uses batch statistics as training does, and moves running ones if the loss is finite. Coupling
  /// networks have at most `images_at_once` images in work (0: all), which saves memory and changes the
  /// gradient only by rounding. A call that throws changes nothing, but for gradients(), which are zero if it
  /// had already begun to add to them.
  template <class ImagesLike>
  double differentiate(const ImagesLike& images, NoiseSource<T, Device>& noise,
                       MemoryPolicy policy = MemoryPolicy::store, Index images_at_once = 0) {
    stage(images);
    if (gradients_.size() == 0) gradients_ = Buffer<T, Device>(device_, table_.parameters_size, "gradients");
    differentiate_staged(noise, policy, images_at_once, gradients_.data());
    const double loss = staged_loss();
    if (std::isfinite(loss)) state_.assign(next_state_);
    return loss;
  }

  /// The parts of a training step, for those who carry out such steps. Brings a batch to the device.
  template <class ImagesLike>
  void stage(const ImagesLike& images) {
    const auto view = checked(images);
    if (view.count == 0) throw ArgumentError("There is nothing to learn from no images: give at least one.");
    const Index numbers = view.count * shape_.size();
    if (staged_.size() != numbers) staged_ = Buffer<T, Device>(device_, numbers, "images");
    from_strided(device_, view.data, view.image_stride, view.value_stride, staged());
  }

  /// initialize on the staged images. Returns what was there before, for take_back.
  BeforeDataStart<T> start_from_data(NoiseSource<T, Device>& noise, Index images_at_once) {
    if (!needs_initialization()) return {};
    std::vector<Param> flags, started;
    for (const DataStart& s : table_.data_starts) {
      if (state_.to_host(s.flag.offset, 1).front() != T(0)) continue;
      flags.push_back(s.flag);
      started.insert(started.end(), s.parameters.begin(), s.parameters.end());
    }
    const BeforeDataStart<T> before{{parameters_, started}, {state_, flags}};
    try {
      work_->begin(Phase::training, parameters_.data(), state_.data(), noise);
      work_->table = &table_;
      work_->images_at_once = images_at_once;
      work_->start_parameters = parameters_.data();
      work_->start_state = state_.data();
      const Context<T, Device, false> ctx(*work_);
      static_cast<void>(model_.apply(ctx, Var<T>{staged()}, ctx.unused_log_prob(staged().n)));
      work_->end();
      for (const Param& p : started) {
        for (const T v : parameters_.to_host(p.offset, p.size)) {
          if (!std::isfinite(v)) {
            throw NonFiniteError("The first batch gives {} a start that is not finite: look at its images.",
                                 name_in_message(&table_.parameters, p));
          }
        }
      }
      data_starts_due_ = true;  // to be looked at again
      static_cast<void>(needs_initialization());
    } catch (...) {
      take_back(before);
      throw;
    }
    return before;
  }
  void take_back(const BeforeDataStart<T>& before) {
    if (before.empty()) return;
    before.parameters.put_back(parameters_);
    before.flags.put_back(state_);
    data_starts_due_ = true;
  }
  /// Whether pieces wait for their start from data.
  bool needs_initialization() const {
    if (data_starts_due_) {
      data_starts_due_ =
          std::any_of(table_.data_starts.begin(), table_.data_starts.end(),
                      [&](const DataStart& s) { return state_.to_host(s.flag.offset, 1).front() == T(0); });
    }
    return data_starts_due_;
  }

  /// The loss of the staged images, for staged_loss; its gradient, added to `gradients`, laid out like
  /// parameters(); and what the state becomes with this step, for commit_state. Without waiting for the
  /// device and at the same places in memory every time. When the backward pass throws, `gradients` are zero.
  void differentiate_staged(NoiseSource<T, Device>& noise, MemoryPolicy policy, Index images_at_once,
                            T* gradients) {
    if (images_at_once < 0)
      throw ArgumentError("The images in work at once must be 0 (all) or more, not {}.", images_at_once);
    const auto evaluation = begin(Phase::training, noise, policy);
    work_->images_at_once = images_at_once;
    work_->gradients = gradients;
    next_state_.assign(state_);
    work_->next_state = next_state_.data();
    auto ctx = evaluation.recording();
    const auto start = work_->tape.mark();
    const Index n = staged().n;
    double* log_prob = work_->memory.template allocate<double>(n);
    double* seeds = work_->memory.template allocate<double>(n);
    const double per_image =
        -1 / (std::numbers::ln2 * static_cast<double>(n) * static_cast<double>(shape_.size()));
    set_each(device_, 0.0, n, log_prob);
    set_each(device_, per_image, n, seeds);
    const LogProb sum{log_prob, seeds};
    const Var<T> z = model_.apply(ctx, Var<T>{staged()}, sum);
    base_.log_prob(ctx, z, 1, sum);
    scaled_sum(device_, per_image, static_cast<const double*>(log_prob), n, loss_.data());
    work_->next_state = nullptr;  // stretches that run again on the way back have said it
    try {
      work_->tape.backward(ctx, start);
    } catch (...) {
      fill_zero(device_, make_tensor(gradients, 1, {table_.parameters_size, 1, 1}));
      throw;
    }
    work_->end();
  }
  double staged_loss() const {
    double loss = 0;
    fetch(device_, loss_.data(), 1, &loss);
    return loss;
  }
  /// Where on the device the loss and the next state are.
  const double* loss() const { return loss_.data(); }
  const T* next_state() const { return next_state_.data(); }
  /// Makes the next state the state; or where the state is, for a device that does so itself.
  void commit_state() { state_.assign(next_state_); }
  T* committed_state() { return state_.data(); }

  /// Where things lie and how many images are staged. While this stays the same, a pass over the staged
  /// images uses the same memory.
  struct Place {
    const T* parameters;
    const T* state;
    const T* images;
    Index numbers;
    std::uint64_t memory, scratch;
    bool operator==(const Place&) const = default;
  };
  Place place() const {
    return {bound_,
            bound_state_,
            staged_.data(),
            staged_.size(),
            work_->memory.generation(),
            work_->scratch.generation()};
  }

  /// Runs a training batch piece by piece, changing nothing, and throws NonFiniteError naming the first piece
  /// whose output is infinite or NaN. Returns when there is none.
  template <class ImagesLike>
  void find_non_finite(const ImagesLike& images, NoiseSource<T, Device>& noise, Index images_at_once = 0) {
    struct Finder : Watcher<T> {
      explicit Finder(const Device& d) : device(d) {}
      void see(const std::string& name, Tensor<const T> output, const double* log_prob) override {
        if (!all_finite(device, output)) throw NonFiniteError("The output of '{}' is not finite.", name);
        std::vector<double> host(static_cast<std::size_t>(output.n));
        fetch(device, log_prob, output.n, host.data());
        for (std::size_t n = 0; n < host.size(); ++n) {
          if (host[n] == -std::numeric_limits<double>::infinity()) {
            throw NonFiniteError(
                "The density of image {} of the batch is 0 from '{}' on: its numbers are outside of what "
                "that "
                "piece takes, or a matrix is singular.",
                n, name);
          }
          if (!std::isfinite(host[n]))
            throw NonFiniteError("The log-determinant of '{}' is not finite.", name);
        }
      }
      const Device& device;
    } finder(device_);
    const auto view = checked(images);
    const auto ctx = begin(Phase::training, noise);
    work_->watcher = &finder;
    work_->images_at_once = images_at_once;
    double* log_prob = work_->memory.template allocate<double>(view.count);
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
  Buffer<T, Device>& state() {
    data_starts_due_ = true;  // whoever asks may set the flags
    return state_;
  }
  const Buffer<T, Device>& parameters() const { return parameters_; }
  const Buffer<T, Device>& state() const { return state_; }

  /// Computes with `parameters`, laid out like parameters(), from now on: an average of weights, for
  /// instance; and with `state`, unless it is null.
  void bind(const T* parameters, const T* state = nullptr) {
    bound_ = parameters;
    bound_state_ = state != nullptr ? state : std::as_const(state_).data();
  }
  void bind_own() { bind(parameters_.data()); }

  /// Bytes that passes have taken beside parameters, state and gradients, at the most since the last call of
  /// reset_peak; what lives longer than an operation and what does not are counted by themselves.
  std::size_t peak_bytes() const {
    return work_->memory.peak_bytes() + work_->scratch.peak_bytes() + work_->inverses.bytes();
  }
  void reset_peak() {
    work_->end();
    work_->memory.reset_peak();
    work_->scratch.reset_peak();
  }

private:
  Context<T, Device, false> begin(Phase phase, NoiseSource<T, Device>& noise,
                                  MemoryPolicy policy = MemoryPolicy::store) {
    work_->begin(phase, bound_, bound_state_, noise, policy);
    work_->table = &table_;
    return Context<T, Device, false>(*work_);
  }

  Tensor<T> staged() { return make_tensor(staged_.data(), staged_.size() / shape_.size(), shape_); }

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
  static void require_finite(const Batch<T>& images, const char* what) {
    const auto wrong =
        std::find_if(images.values.begin(), images.values.end(), [](T v) { return !std::isfinite(v); });
    if (wrong != images.values.end()) {
      throw NonFiniteError(
          "{} holds {}: a weight is not finite, a matrix is singular, numbers overflow, or latents are at "
          "the "
          "end of what a piece such as Sigmoid can take back.",
          what, *wrong);
    }
  }

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
    using U = std::remove_cvref_t<decltype(*view.data)>;
    static_assert(
        levels > 0 || std::is_floating_point_v<U>,
        "This flow has a density over real numbers, and integers have none: make Dequantize its first "
        "piece, or give floating-point numbers.");
    if constexpr (levels > 0)
      detail::require_levels(view, levels);
    else
      detail::require_finite(view);
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
    double* log_prob = work_->memory.template allocate<double>(x.n());
    const Var<T> z = run(ctx, x, log_prob);
    fetch(device_, static_cast<const double*>(log_prob), x.n(), host);
    return z;
  }

  template <class ImagesLike>
  std::vector<double> evaluate(const ImagesLike& images, const EvaluationOptions& options,
                               std::uint64_t draw) {
    require_batch(options.batch);
    if (options.first_image < 0) {
      throw ArgumentError("Images are numbered from 0: the first one cannot be number {}.",
                          options.first_image);
    }
    value_count("The images up to the first", options.first_image, shape_);  // so that draws can be numbered
    const auto view = checked(images);
    std::vector<double> log_prob(static_cast<std::size_t>(view.count));
    for (Index first = 0; first < view.count; first += options.batch) {
      const Index count = std::min(options.batch, view.count - first);
      CountedNoise<T, Device> noise(options.seed, Stream::evaluation, draw, options.first_image + first);
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
  Buffer<T, Device> parameters_, gradients_, state_, next_state_, staged_;
  Buffer<double, Device> loss_;
  const T* bound_ = nullptr;  ///< the parameters to compute with
  const T* bound_state_ = nullptr;
  mutable bool data_starts_due_ = true;  ///< unless this is false, flags on the device say it
  std::unique_ptr<Workspace<T, Device>> work_;
};

}  // namespace densenf
