#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "architecture.hpp"
#include "densenf/app/run.hpp"
#include "densenf/data/records.hpp"
#include "densenf/densenf.hpp"
#include "densenf/io/npy.hpp"
#include "neighbors.hpp"
#include "work.hpp"

// A training for a number of seconds, which leaves what scripts/compare_architectures puts together.
namespace architectures {

/// Training and held-out images.
struct ImageSets {
  Images training, held_out;
};

template <class Data>
ImageSets load(const std::filesystem::path& path) {
  if constexpr (std::same_as<Data, Digits>) {
    constexpr Index training = 1500;
    const Images all = load_digits(path);
    if (all.count <= training)
      throw FileError("{} has {} digits, but more than {} are needed.", path.string(), all.count, training);
    return {all.part(0, training), all.part(training, all.count - training)};
  } else {
    return {load_cifar10(path, {"data_batch_1", "data_batch_2"}), load_cifar10(path, {"test_batch"})};
  }
}

/// All architectures are trained by this recipe; what an entry of the list may change is Recipe.
///
/// Seconds are those of steps, with the batches' images and with starts from data, and without evaluation and
/// files. The curve has more points in the beginning, where it is steep.
template <class Entry, class Data, class Device>
class TimedTraining {
public:
  TimedTraining(const TrainingSettings& settings, const Device& device)
      : settings_(settings),
        folder_(settings.folder),
        images_(load<Data>(settings.data)),
        flow_(Data::shape, device, seed),
        trainer_(flow_, options()),
        batches_(images_.training, {.batch_size = Data::batch, .seed = seed}) {
    if (!(settings.seconds > 0 && std::isfinite(settings.seconds)))
      throw ArgumentError("A training takes a positive number of seconds, not {}.", settings.seconds);
    images_.held_out = images_.held_out.part(0, std::min(images_.held_out.count, held_out_images));
    folder_.take();
    batch_settings_ = app::detail::batch_settings(batches_);
    const bool resume = file_exists(folder_.checkpoint());
    const Index step = resume ? load_checkpoint() : -1;
    curve_.emplace(folder_ / "curve.csv", step);
    told("{}: {} parameters, {}, {}\n", Entry::title, flow_.table().parameter_count(), device.describe(),
         resume ? fmt::format("goes on at step {}", step) : "begins");
  }

  /// The signal that interrupted it, or 0. Throws NonFiniteError when the training diverges.
  int run() {
    const app::Interrupt interrupt;
    start_from_all();
    LabeledBatch batch;
    double next = next_point();
    while (seconds_ < settings_.seconds) {
      seconds_ += bench::seconds([&] {
        batches_.fill(trainer_.steps(), batch);
        bits_ += trainer_.step(batch.images);
      });
      ++counted_;
      if (seconds_ >= next) {
        add_point();
        save();
        next = next_point();
      }
      if (seconds_ < settings_.seconds && interrupt.stop()) {
        save();
        told("Interrupted at step {}; {} has everything to resume.\n", trainer_.steps(),
             folder_.checkpoint().string());
        return interrupt.signal();
      }
    }
    finish(interrupt);
    return interrupt.signal();
  }

private:
  using Model = typename Entry::template ModelFor<Data>;
  using FlowType = Flow<Model, float, Device>;
  static constexpr std::uint64_t seed = 0;
  static constexpr int points = 20;
  static constexpr Index held_out_images = 500, curve_images = 100;
  static constexpr Index importance_draws = 8, importance_images = 50;
  static constexpr Index samples = 64;

  static TrainOptions options() {
    return {.optimizer = Adam{},
            .schedule = {.lr = Entry::RecipeType::lr, .warmup_steps = 50},
            .max_gradient_norm = 1,
            .average = WeightAverage{0.99},
            .seed = seed};
  }

  template <class... Arguments>
  static void told(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    app::write_text(stdout, fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  /// When the next point of the curve is due: at (k / points)^1.5 of the time for a whole k.
  double next_point() const {
    double at = 0;
    for (int k = 1; k <= points && at <= seconds_; ++k)
      at = settings_.seconds * std::pow(static_cast<double>(k) / points, 1.5);
    return at > seconds_ ? at : settings_.seconds;
  }

  void start_from_all() {
    if (!Entry::RecipeType::start_from_all || trainer_.steps() > 0) return;
    const BatchView<std::uint8_t> all{images_.training.values.data(), images_.training.count, Data::shape};
    seconds_ += bench::seconds([&] { flow_.initialize(all, seed); });
  }

  // ---- checkpoints ------------------------------------------------------------------------------

  /// The step that it is of.
  Index load_checkpoint() {
    const SafetensorsFile file(folder_.checkpoint());
    densenf::load_checkpoint(trainer_, folder_.checkpoint(), batch_settings_);
    seconds_ = checkpoint_number<double>(file, "run_seconds");
    bits_ = checkpoint_number<double>(file, "run_bits");
    counted_ = checkpoint_number<Index>(file, "run_steps");
    return trainer_.steps();
  }

  void save() {
    CheckpointSettings metadata = batch_settings_;
    metadata.insert({{"run_seconds", fmt::format("{}", seconds_)},
                     {"run_bits", fmt::format("{}", bits_)},
                     {"run_steps", std::to_string(counted_)}});
    save_checkpoint(trainer_, folder_.checkpoint(), metadata);
  }

  // ---- evaluation -------------------------------------------------------------------------------

  BatchView<std::uint8_t> held_out(Index count) const {
    return {images_.held_out.values.data(), std::min(count, images_.held_out.count), Data::shape};
  }

  void add_point() {
    const double bits =
        trainer_.with_average([&] { return flow_.bits_per_dim(held_out(curve_images), evaluation()); });
    const double training = bits_ / static_cast<double>(counted_);
    curve_->append({static_cast<double>(trainer_.steps()), seconds_, training, bits});
    told("step {}, {:.1f} s: training {:.4f}, held out {:.4f} bits/dim\n", trainer_.steps(), seconds_,
         training, bits);
    bits_ = 0;
    counted_ = 0;
  }

  static EvaluationOptions evaluation() { return {.seed = seed, .batch = 50}; }

  /// What the training came to, unless it is interrupted; then it is done anew when resumed.
  void finish(const app::Interrupt& interrupt) {
    nlohmann::ordered_json result{
        {"architecture", std::string(Entry::name)},
        {"title", std::string(Entry::title)},
        {"data", std::string(Data::name)},
        {"device", flow_.device().describe()},
        {"likelihood", word_for(Entry::likelihood)},
        {"parameters", flow_.table().parameter_count()},
        {"batch", Data::batch},
        {"learning_rate", Entry::RecipeType::lr},
        {"seconds", seconds_},
        {"asked_seconds", settings_.seconds},
        {"steps", trainer_.steps()},
    };
    result["held_out"] =
        trainer_.with_average([&] { return flow_.bits_per_dim(held_out(held_out_images), evaluation()); });
    result["held_out_images"] = images_.held_out.count;
    if (interrupt.stop()) return;
    const auto some = held_out(importance_images);
    result["iwbo"] = trainer_.with_average(
        [&] { return flow_.bits_per_dim_of(flow_.iwbo(some, importance_draws, evaluation())); });
    result["iwbo_draws"] = importance_draws;
    result["iwbo_images"] = some.count;
    if (interrupt.stop()) return;
    draw_samples(result);
    if (interrupt.stop()) return;
    time_work(result);
    AtomicFile file(folder_ / "result.json");
    file.write(result.dump(2) + "\n");
    file.commit();
    told("{}: held out {:.4f} bits/dim after {} steps, {:.4f} by {} draws\n", Entry::title,
         result["held_out"].template get<double>(), result["steps"].template get<Index>(),
         result["iwbo"].template get<double>(), importance_draws);
  }

  /// One after the other: an inverse that is far from what the model has seen may go beyond all numbers, and
  /// such a sample stays black.
  void draw_samples(nlohmann::ordered_json& result) {
    Batch<std::uint8_t> drawn{Data::shape, 0, {}}, finite = drawn;
    const Batch<std::uint8_t> black{Data::shape, 1,
                                    std::vector<std::uint8_t>(static_cast<std::size_t>(Data::shape.size()))};
    trainer_.with_average([&] {
      for (std::uint64_t i = 0; i < samples; ++i) {
        try {
          const auto one = flow_.sample(1, {.seed = i});
          finite.append(one);
          drawn.append(one);
        } catch (const NonFiniteError&) {
          drawn.append(black);
        }
      }
    });
    result["samples"] = samples;
    result["samples_beyond_numbers"] = samples - finite.count;
    result["neighbors"] = correlation_of_neighbors(finite);
    result["neighbors_of_data"] =
        correlation_of_neighbors({Data::shape, images_.held_out.count, images_.held_out.values});
    for (std::uint8_t& v : drawn.values)
      v = static_cast<std::uint8_t>(std::min<int>(v, Data::picture_levels - 1));
    save_png(folder_ / "samples.png", drawn.values, drawn.shape, Data::picture_levels,
             {.magnification = Data::shape.h < 16 ? 6 : 2});
    const Table<float> rows(drawn.count, Data::shape.size(), {drawn.values.begin(), drawn.values.end()});
    save_npy(folder_ / "samples.npy", rows);
  }

  /// The last thing that is done, because it trains on.
  void time_work(nlohmann::ordered_json& result) {
    FlowWork<FlowType> work(trainer_, batches_images());
    result["round_trip_error"] = work.round_trip_error();
    nlohmann::ordered_json& seconds = result["seconds_of"];
    const auto time = [&](const char* what, const auto& f) {
      work.reset_peak();
      seconds[what] = median_seconds(f);
      return work.peak_bytes();
    };
    result["evaluation_bytes"] = time("log_likelihood", [&] { work.log_likelihood(); });
    time("invert", [&] { work.invert(); });
    time("sample", [&] { work.sample(); });
    result["training_bytes"] = time("train", [&] { work.train(); });
    // Weights, gradients, Adam's two moments, the average.
    result["weight_bytes"] = 5 * sizeof(float) * static_cast<std::size_t>(flow_.table().parameters_size) +
                             2 * sizeof(float) * static_cast<std::size_t>(flow_.table().state_size);
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    result["process_bytes"] = 1024 * static_cast<std::size_t>(usage.ru_maxrss);
  }

  Batch<std::uint8_t> batches_images() {
    LabeledBatch batch;
    batches_.fill(trainer_.steps(), batch);
    return batch.images;
  }

  TrainingSettings settings_;
  app::RunFolder folder_;
  ImageSets images_;
  FlowType flow_;
  Trainer<FlowType> trainer_;
  DataLoader batches_;
  CheckpointSettings batch_settings_;
  std::optional<app::LearningCurve> curve_;
  double seconds_ = 0;  ///< of training
  double bits_ = 0;     ///< sum over the steps since the last point of the curve
  Index counted_ = 0;   ///< how many those are
};

}  // namespace architectures
