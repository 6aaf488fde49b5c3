#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "densenf/app/attempts.hpp"
#include "densenf/app/batch_settings.hpp"
#include "densenf/app/interrupt.hpp"
#include "densenf/app/progress.hpp"
#include "densenf/app/run_facts.hpp"
#include "densenf/app/run_folder.hpp"
#include "densenf/app/run_options.hpp"
#include "densenf/app/run_record.hpp"
#include "densenf/train/checkpoint.hpp"

namespace densenf::app {

namespace detail {

/// As many of each class of these labels as of another, one class after the other: `count` in all. None of no
/// labels.
inline std::vector<Label> spread_classes(std::vector<Label> labels, Index count) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  std::vector<Label> spread;
  for (Index i = 0; i < count && !labels.empty(); ++i)
    spread.push_back(labels[static_cast<std::size_t>(i * std::ssize(labels) / count)]);
  return spread;
}

}  // namespace detail

/// Mean bits per dimension on held-out images at the end of a run.
struct RunResult {
  bool finished = false;  ///< false when the run was interrupted: it has saved what it takes to go on
  int signal = 0;         ///< that interrupted it; 0 when none did
  double elbo = 0;
  double iwbo = 0;
};

/// Trains on batches, shows progress, and leaves weights and what RunOptions says, to watch it by. A flow
/// whose density is conditional on the class of an image is given the labels that the images have. What
/// interrupts it (see Interrupt, and RunOptions::stop) makes it save a checkpoint and return; a run that is
/// resumed goes on as if it had never stopped.
///
/// The flow's parameters and state are those of the last step, also when an average of weights is kept: the
/// average is what is evaluated, sampled from and written to weights.safetensors, with the average of the
/// running statistics (see WeightAverage).
///
/// Each checkpoint is written before anything that might fail after it. One whose held-out bound turned out
/// to be finite stays, as checkpoint_previous.safetensors, until a newer one is known to be as good: so a run
/// that diverges, which throws NonFiniteError, can go on from it with a lower learning rate. A checkpoint
/// that cannot be written, because the disk is full, ends the run with a FileError, and the one before it
/// stays: make room, or copy it into another folder, and resume there.
///
/// weights_best.safetensors has the averaged weights, if there is an average, of the evaluation with the
/// lowest held-out bound that any run in the folder has found; its metadata say of which step.
template <class FlowType>
class TrainingRun {
public:
  /// Takes the folder, and reads the checkpoint if the run is to be resumed. Throws ArgumentError or
  /// ShapeError for options and images that could not come to a good end, FileError when the folder cannot be
  /// used or its checkpoint does not fit; then the trainer and the checkpoints of an earlier run are as
  /// before.
  TrainingRun(Trainer<FlowType>& trainer, DataLoader& batches, const Images& held_out, RunOptions options)
      : trainer_(trainer),
        batches_(batches),
        held_out_(held_out),
        options_(std::move(options)),
        folder_(options_.folder) {
    detail::require_run(options_, trainer.flow(), batches.source(), ImagesInMemory(held_out));
    const auto from = options_.resume_previous ? folder_.previous() : folder_.checkpoint();
    if (options_.resume && !file_exists(from))
      throw FileError("There is nothing to resume: {} does not exist.", from.string());
    folder_.take();
    const bool there = file_exists(folder_.checkpoint()) || file_exists(folder_.previous());
    if (there && !options_.resume && !options_.replace) {
      throw ArgumentError("{} holds an earlier run: resume it, or choose another folder.", folder_.name());
    }
    settings_ = detail::batch_settings(batches, FlowType::conditional);
    if (options_.resume) {
      resume(from);
    } else {
      require_steps(trainer_.steps());
      constexpr Index none = -1;  // what another run left in the files is no part of this one
      record_.emplace(folder_, options_, none, LogSums{}, detail::now());
      if (options_.replace) folder_.remove_checkpoints();
    }
    record_->set_tables(tables());
  }
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;
  TrainingRun(Trainer<FlowType>&, DataLoader&, const Images&&, RunOptions) = delete;

  RunResult run() {
    const Interrupt interrupt;
    if (trainer_.steps() < options_.steps) begin();
    record_->begin();
    if (!complete_curve(interrupt)) return interrupted(interrupt);
    Progress progress(trainer_.steps(), options_.steps);
    LabeledBatch batch, next;
    if (trainer_.steps() < options_.steps) batches_.fill(trainer_.steps(), batch);
    while (trainer_.steps() < options_.steps) {
      const auto started = clock::now();
      double loss = 0;
      try {
        with_input(batch.images, batch.labels, [&](const auto& input) { trainer_.start_step(input); });
        // A device of its own is at work now; meanwhile the host gets the next batch ready.
        if (trainer_.steps() + 1 < options_.steps) batches_.fill(trainer_.steps() + 1, next);
        loss = trainer_.finish_step();
        std::swap(batch, next);
      } catch (const NonFiniteError& e) {
        progress.end_line();
        record_->write_report("stopped, because loss or gradient is not finite");
        throw NonFiniteError("{} {}", e.what(), way_back());
      }
      count_step(loss, std::chrono::duration<double>(clock::now() - started).count());
      progress.update(loss, batches_.options().batch_size);
      if (progress.reader_gone()) interrupt.request(SIGPIPE);
      if (trainer_.steps() % options_.evaluate_every == 0 || trainer_.steps() == options_.steps) {
        progress.end_line();
        settle();
        save();
        if (!complete_curve(interrupt)) return interrupted(interrupt);
      }
      if (trainer_.steps() < options_.steps && stop(interrupt)) {
        progress.end_line();
        return interrupted(interrupt);
      }
    }
    return finish(interrupt);
  }

private:
  using clock = std::chrono::steady_clock;

  /// f(input) with these images as the flow takes them.
  template <class ImagesLike, class F>
  static auto with_input(const ImagesLike& images, [[maybe_unused]] std::span<const Label> labels,
                         const F& f) {
    if constexpr (FlowType::conditional)
      return f(typename FlowType::Input(images, labels));
    else
      return f(typename FlowType::Input(images));
  }

  bool stop(const Interrupt& interrupt) const {
    return interrupt.stop() || (options_.stop && options_.stop(trainer_.steps()));
  }

  void require_steps(Index done) const {
    if (done > options_.steps)
      throw ArgumentError("The run is at step {}, beyond the {} steps asked for.", done, options_.steps);
  }

  void count_step(double loss, double seconds) {
    seconds_ += seconds;
    bits_ += loss;
    ++counted_;
    const Index step = trainer_.steps(), images = batches_.options().batch_size;
    record_->add_step({.step = step,
                       .epoch = static_cast<double>(step) * static_cast<double>(images) /
                                static_cast<double>(batches_.source().count()),
                       .bits = loss,
                       .gradient_norm = trainer_.gradient_norm(),
                       .learning_rate = trainer_.options().schedule.lr_at(step - 1),
                       .images = images,
                       .step_seconds = seconds,
                       .seconds = seconds_});
  }

  // ---- checkpoints ------------------------------------------------------------------------------

  void resume(const std::filesystem::path& from) {
    const SafetensorsFile file(from);
    const auto steps = checkpoint_number<Index>(file, "steps");
    require_steps(steps);
    const auto bits = checkpoint_number<double>(file, "run_bits");
    const auto counted = checkpoint_number<Index>(file, "run_steps");
    const auto seconds = checkpoint_number<double>(file, "run_seconds");
    const auto checkpoint = read_checkpoint(trainer_, from, settings_);
    best_ = best_bound();
    LogSums sums;
    double started = detail::now();
    if (file.metadata().contains("run_started")) {  // runs before there was a log did not say any of these
      started = checkpoint_number<double>(file, "run_started");
      sums = {.bits = checkpoint_number<double>(file, "run_log_bits"),
              .seconds = checkpoint_number<double>(file, "run_log_seconds"),
              .steps = checkpoint_number<Index>(file, "run_log_steps"),
              .images = checkpoint_number<Index>(file, "run_log_images")};
    }
    record_.emplace(folder_, options_, steps, sums, started);
    restore(trainer_, checkpoint);
    seconds_ = seconds;
    saved_at_ = steps;
    if (const auto* point = record_->curve().last(steps)) {
      good_ = std::isfinite(point->held_out);  // these sums are in the curve already
    } else {
      bits_ = bits;
      counted_ = counted;
    }
  }

  /// Finds out before the first step whether the disk takes what the run will leave there: by asking how much
  /// room there is, and by writing a checkpoint.
  void begin() {
    const ParameterTable& table = trainer_.flow().table();
    const auto numbers = [](Index count) {
      return static_cast<std::uintmax_t>(count) * sizeof(typename Trainer<FlowType>::T);
    };
    const std::uintmax_t model = numbers(table.parameters_size + table.state_size);
    const std::uintmax_t one =
        numbers(trainer_.moments().size()) + (trainer_.options().average ? 2 : 1) * model;
    // At the worst there is one checkpoint more, unfinished, and the weights twice, beside smaller files. Of
    // those that have numbers one is the previous one, too.
    const Index checkpoints =
        options_.keep_checkpoints + 1 - std::max<Index>(0, folder_.numbered_checkpoints() - 1);
    folder_.require_room(
        static_cast<std::uintmax_t>(std::max<Index>(3, checkpoints)) * one + 2 * model + 10'000'000,
        {folder_.checkpoint(), folder_.previous(), folder_.weights(), folder_.best_weights()});
    if (trainer_.steps() == 0) settle();  // else what was resumed is as it is
    write_checkpoint();
  }

  /// Saves, once a step, and lets a good checkpoint become the previous one.
  void save() {
    if (saved_at_ == trainer_.steps()) return;
    if (good_ && options_.keep_checkpoints > 2)
      folder_.keep_checkpoint(saved_at_, options_.keep_checkpoints - 2);
    else if (good_)
      folder_.keep_checkpoint();
    good_ = false;
    record_->sync();
    write_checkpoint();
  }

  /// An evaluation settles weights and averages (Flow::settle), which steps go on from. Done before the
  /// checkpoint that it belongs to, a run that is resumed there takes the same steps, whether it evaluates
  /// once more or not.
  void settle() {
    attempt_("The flow could not be settled", [&] {
      trainer_.flow().settle();
      trainer_.with_average([&] { trainer_.flow().settle(); });
    });
  }

  /// A checkpoint of the trainer, with the sums that the next point of the curve and the next line of the log
  /// are made of.
  void write_checkpoint() {
    CheckpointSettings metadata = settings_;
    metadata.insert({{"run_bits", fmt::format("{}", bits_)},
                     {"run_steps", std::to_string(counted_)},
                     {"run_seconds", fmt::format("{}", seconds_)},
                     {"run_started", fmt::format("{}", record_->started())}});
    const LogSums& sums = record_->log().sums();
    metadata.insert({{"run_log_bits", fmt::format("{}", sums.bits)},
                     {"run_log_seconds", fmt::format("{}", sums.seconds)},
                     {"run_log_steps", std::to_string(sums.steps)},
                     {"run_log_images", std::to_string(sums.images)}});
    save_checkpoint(trainer_, folder_.checkpoint(), metadata);
    saved_at_ = trainer_.steps();
  }

  /// What to do when the run has diverged.
  std::string way_back() const {
    const bool older = file_exists(folder_.previous());
    const std::string previous = folder_.previous().string();
    if (good_) {
      return fmt::format("{} holds step {}: resume it with a lower learning rate{}.",
                         folder_.checkpoint().string(), saved_at_,
                         older ? fmt::format(", or the previous one, {}", previous) : std::string());
    }
    if (older)
      return fmt::format(
          "{} is the last good checkpoint: resume from the previous one with a lower learning rate.",
          previous);
    return "No checkpoint is known to be good: begin anew with a lower learning rate.";
  }

  RunResult interrupted(const Interrupt& interrupt) {
    save();
    record_->write_report("interrupted");
    say(fmt::format("Interrupted at step {}; {} has everything to resume.\n", trainer_.steps(),
                    folder_.checkpoint().string()),
        interrupt);
    return {.signal = interrupt.signal()};
  }

  // ---- evaluation -------------------------------------------------------------------------------

  /// Log-probabilities of the first held-out images, a piece at a time, with progress; nothing when it was
  /// to stop. `evaluate` gets a piece, as the flow takes it, and the number of its first image. The weights
  /// are the averaged ones, if there is an average.
  template <class Evaluate>
  std::optional<std::vector<double>> evaluate_pieces(const char* what, Index images, Index piece,
                                                     bool keep_last, const Interrupt& interrupt,
                                                     const Evaluate& evaluate) {
    const BatchView<std::uint8_t> all{held_out_.values.data(), held_out_.count, held_out_.shape};
    images = std::min(images, held_out_.count);
    Progress::Settings settings;
    settings.what = fmt::format("{}, part", what);
    settings.keep_last = keep_last;
    Progress progress(0, (images + piece - 1) / piece, settings);
    std::vector<double> log_prob;
    for (Index first = 0; first < images; first += piece) {
      if (stop(interrupt)) return std::nullopt;
      const Index count = std::min(piece, images - first);
      const std::vector<double> next = with_input(
          all.images(first, count), labels_of_held_out(first, count),
          [&](const auto& input) { return trainer_.with_average([&] { return evaluate(input, first); }); });
      log_prob.insert(log_prob.end(), next.begin(), next.end());
      progress.update(trainer_.flow().bits_per_dim_of(next), count);
      if (progress.reader_gone()) interrupt.request(SIGPIPE);
    }
    return log_prob;
  }

  std::optional<std::vector<double>> elbo(const char* what, Index images, bool keep_last,
                                          const Interrupt& interrupt) {
    return evaluate_pieces(
        what, images, options_.evaluation_batch, keep_last, interrupt, [&](const auto& piece, Index first) {
          return trainer_.flow().elbo(piece, {.batch = options_.evaluation_batch, .first_image = first});
        });
  }

  /// None where they are not used.
  std::span<const Label> labels_of_held_out(Index first, Index count) const {
    if (!FlowType::conditional) return {};
    return std::span(held_out_.labels)
        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }

  /// The curve's point at this step, if one is due; the checkpoint has been saved. False when the evaluation
  /// was to stop; then a run that is resumed makes the point.
  bool complete_curve(const Interrupt& interrupt) {
    const Index step = trainer_.steps();
    const bool due = step % options_.evaluate_every == 0 || step == options_.steps;
    if (counted_ == 0 || !due) return true;
    double held_out = std::numeric_limits<double>::quiet_NaN();
    bool complete = true;
    attempt_("The held-out images could not be evaluated", [&] {
      const auto log_prob = elbo("held out", options_.held_out_images, false, interrupt);
      complete = log_prob.has_value();
      if (complete) held_out = trainer_.flow().bits_per_dim_of(*log_prob);
    });
    if (!complete) return false;
    const double training = bits_ / static_cast<double>(counted_);
    good_ = std::isfinite(held_out);
    attempt_("The best weights could not be saved", [&] { save_best(held_out); });
    if (options_.samples > 0) attempt_("Samples could not be drawn", [&] { draw_samples(); });
    // The point is last: a run that is killed before it does all of this again when it is resumed.
    record_->add_point({static_cast<double>(step), seconds_, training, held_out});
    bits_ = 0;
    counted_ = 0;
    say(fmt::format("step {}: training {:.4f}, held out {:.4f} bits/dim\n", step, training, held_out),
        interrupt);
    return true;
  }

  void draw_samples() {
    auto samples = trainer_.with_average([&] {
      const SampleOptions options{.temperature = options_.temperature};
      if constexpr (FlowType::conditional) {
        const auto labels = batches_.source().labels();
        return trainer_.flow().sample(
            options_.samples, detail::spread_classes({labels.begin(), labels.end()}, options_.samples),
            options);
      } else {
        return trainer_.flow().sample(options_.samples, options);
      }
    });
    for (std::uint8_t& v : samples.values)
      v = static_cast<std::uint8_t>(std::min<int>(v, options_.picture_levels - 1));
    record_->add_samples(samples.values, samples.shape);
  }

  // ---- weights ----------------------------------------------------------------------------------

  /// What weights_best.safetensors calls the bound that it has, on the held-out images of the curve.
  static constexpr const char* best_key = "held_out_bits_per_dim";

  /// The bound of the best weights in the folder; infinity where there are none, or what is there is no file
  /// of them, which is told and replaced by the next evaluation.
  double best_bound() {
    double bound = std::numeric_limits<double>::infinity();
    if (!file_exists(folder_.best_weights())) return bound;
    attempt_("The best weights so far could not be read",
             [&] { bound = checkpoint_number<double>(SafetensorsFile(folder_.best_weights()), best_key); });
    return bound;
  }

  void save_best(double held_out) {
    if (!(held_out < best_)) return;
    Metadata metadata = weights_metadata();
    metadata.insert({{"step", std::to_string(trainer_.steps())}, {best_key, fmt::format("{}", held_out)}});
    trainer_.with_average([&] { save_weights(trainer_.flow(), folder_.best_weights(), metadata); });
    best_ = held_out;
  }

  Metadata weights_metadata() const {
    return options_.model.empty() ? Metadata{} : model_metadata(trainer_.flow(), options_.model);
  }

  /// Weights, and then how good they are.
  RunResult finish(const Interrupt& interrupt) {
    auto& flow = trainer_.flow();
    trainer_.with_average([&] { save_weights(flow, folder_.weights(), weights_metadata()); });
    // A piece of the importance-weighted bound takes as long as one of the other.
    const Index draws = options_.importance_draws;
    const Index piece = std::max<Index>(1, options_.evaluation_batch / draws);
    const auto elbos = elbo("ELBO", held_out_.count, true, interrupt);
    const auto iwbos =
        !elbos
            ? std::nullopt
            : evaluate_pieces("IWBO", options_.importance_images, piece, true, interrupt,
                              [&](const auto& images, Index first) {
                                return flow.iwbo(images, draws,
                                                 {.batch = options_.evaluation_batch, .first_image = first});
                              });
    if (!iwbos) {
      say(fmt::format("Interrupted in the last evaluation; {} has the weights.\n",
                      folder_.weights().string()),
          interrupt);
      record_->write_report("interrupted in the last evaluation");
      return {.signal = interrupt.signal()};
    }
    const RunResult result{
        .finished = true, .elbo = flow.bits_per_dim_of(*elbos), .iwbo = flow.bits_per_dim_of(*iwbos)};
    record_->write_report(
        "finished",
        {{fmt::format("ELBO, bits/dim, {} images", elbos->size()), fmt::format("{:.4f}", result.elbo)},
         {fmt::format("IWBO, bits/dim, k = {}, {} images", draws, iwbos->size()),
          fmt::format("{:.4f}", result.iwbo)}});
    say(fmt::format("held out: ELBO {:.4f} bits/dim ({} images), IWBO {:.4f} bits/dim (k = {}, {} images)\n"
                    "{} has weights.safetensors, and report.html to look at\n",
                    result.elbo, elbos->size(), result.iwbo, draws, iwbos->size(), folder_.name()),
        interrupt);
    return result;
  }

  // ---- what is said -----------------------------------------------------------------------------

  void say(const std::string& text, const Interrupt& interrupt) const {
    if (!write_text(stdout, text)) interrupt.request(SIGPIPE);
  }

  std::vector<ReportTable> tables() const {
    const FlowType& flow = trainer_.flow();
    Facts model{{"name", options_.model.empty() ? "none" : options_.model},
                {"images", to_string(flow.shape())},
                {"gray levels", std::to_string(FlowType::levels)},
                {"parameters", std::to_string(flow.table().parameter_count())},
                {"conditional on classes", FlowType::conditional ? "yes" : "no"}};
    Facts data(settings_.begin(), settings_.end());
    data.emplace_back("held-out images", std::to_string(held_out_.count));
    return {
        {"Model", std::move(model)},
        {"Training", detail::training_facts(trainer_.options(), densenf::detail::trainer_settings(trainer_))},
        {"Data", std::move(data)},
        {"Run", detail::option_facts(options_)},
        {"Program", options_.program},
        {"Versions and machine", detail::machine_facts(flow.device().describe())}};
  }

  Trainer<FlowType>& trainer_;
  DataLoader& batches_;
  const Images& held_out_;
  RunOptions options_;
  RunFolder folder_;
  CheckpointSettings settings_;  ///< of the batches
  Attempts attempt_;
  std::optional<RunRecord> record_;
  double seconds_ = 0;   ///< of training
  double bits_ = 0;      ///< sum over the steps since the last point of the curve
  Index counted_ = 0;    ///< how many those are
  Index saved_at_ = -1;  ///< the step of the checkpoint
  bool good_ = false;    ///< the checkpoint's held-out bound is known and finite
  double best_ = std::numeric_limits<double>::infinity();  ///< held-out bound
};

}  // namespace densenf::app
