#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "densenf/data/loader.hpp"
#include "densenf/io/csv.hpp"
#include "densenf/io/plot.hpp"
#include "densenf/io/png.hpp"
#include "densenf/train/checkpoint.hpp"
#include "densenf/train/interrupt.hpp"
#include "densenf/train/progress.hpp"

namespace densenf {

/// What a training run on images does, and what it leaves in its folder: weights.safetensors,
/// checkpoint.safetensors, samples.png, curve.csv and curve.png.
struct RunOptions {
  std::filesystem::path folder;
  Index steps = 1000;
  Index evaluate_every = 200;     ///< steps between lines of the curve, checkpoints and pictures
  Index held_out_images = 1000;   ///< of the held-out set, at most, for the curve
  Index importance_draws = 32;    ///< of the final importance-weighted bound
  Index importance_images = 100;  ///< of the held-out set, at most, for it
  Index evaluation_batch = 100;
  Index samples = 64;
  double temperature = 1;
  Index magnification = 2;
  int picture_levels = 256;  ///< pictures of samples show grey level picture_levels - 1 and above as white
  bool resume = false;       ///< go on from the folder's checkpoint
  std::function<bool(Index)> stop =
      {};  ///< asked after each step, with the steps done: end here, as Ctrl-C would?
};

/// Mean bits per dimension on held-out images at the end of a run. `finished` is false when it was
/// interrupted.
struct RunResult {
  bool finished = false;
  double elbo = 0;
  double iwbo = 0;
};

/// Trains on batches, shows progress, and leaves weights and pictures. Ctrl-C saves a checkpoint and returns;
/// a run that is resumed goes on as if it had never stopped. Throws NonFiniteError after saving the last good
/// state.
template <class FlowType>
class TrainingRun {
public:
  TrainingRun(Trainer<FlowType>& trainer, Batches& batches, const Images& held_out, RunOptions options)
      : trainer_(trainer), batches_(batches), held_out_(held_out), options_(std::move(options)) {
    if (options_.steps < 1) throw ArgumentError("A run needs at least one step, not {}.", options_.steps);
    if (options_.evaluate_every < 1)
      throw ArgumentError("The steps between evaluations must be at least 1, not {}.",
                          options_.evaluate_every);
    if (held_out.count < 1) throw ArgumentError("A run needs at least one held-out image to be judged by.");
    if (options_.importance_draws < 1 || options_.importance_images < 1 || options_.held_out_images < 1) {
      throw ArgumentError("Evaluation needs at least one image and one draw.");
    }
    const bool there = std::filesystem::exists(checkpoint());
    if (there && !options_.resume) {
      throw ArgumentError("{} holds an earlier run: resume it, or choose another folder.",
                          options_.folder.string());
    }
    if (options_.resume && !there) {
      throw FileError("There is nothing to resume: {} does not exist.", checkpoint().string());
    }
    if (there) restore();
    if (trainer_.steps() > options_.steps) {
      throw ArgumentError("The checkpoint is at step {}, beyond the {} steps asked for.", trainer_.steps(),
                          options_.steps);
    }
    std::filesystem::create_directories(options_.folder);
    restore_curve();
  }

  RunResult run() {
    const Interrupt interrupt;
    CurveFile curve(options_.folder / "curve.csv", columns(), static_cast<double>(trainer_.steps()));
    Progress progress(trainer_.steps(), options_.steps);
    std::vector<std::uint8_t> batch(static_cast<std::size_t>(batches_.batch_values())), next(batch.size());
    const Index size = batches_.options().batch_size;
    if (trainer_.steps() < options_.steps) batches_.fill(trainer_.steps(), batch);
    while (trainer_.steps() < options_.steps) {
      const auto started = clock::now();
      double loss = 0;
      try {
        const BatchView<std::uint8_t> images{batch.data(), size, batches_.shape()};
        trainer_.start_step(images);
        // A device of its own is at work now; meanwhile the host gets the next batch ready.
        if (trainer_.steps() + 1 < options_.steps) batches_.fill(trainer_.steps() + 1, next);
        loss = trainer_.finish_step(images);
        std::swap(batch, next);
      } catch (const NonFiniteError& e) {
        progress.end_line();
        save();
        throw NonFiniteError("{} The state before it is in {}.", e.what(), checkpoint().string());
      }
      seconds_ += std::chrono::duration<double>(clock::now() - started).count();
      bits_ += loss;
      ++counted_;
      progress.update(loss, size);
      const bool last = trainer_.steps() == options_.steps;
      if (trainer_.steps() % options_.evaluate_every == 0 || last) {
        progress.end_line();
        add_point(curve, bits_ / static_cast<double>(counted_));
        bits_ = 0;
        counted_ = 0;
        save();
      }
      if (!last && (interrupt.stop() || (options_.stop && options_.stop(trainer_.steps())))) {
        progress.end_line();
        save();
        fmt::print("Interrupted at step {}; {} has everything to resume.\n", trainer_.steps(),
                   checkpoint().string());
        return {};
      }
    }
    return finish();
  }

private:
  using clock = std::chrono::steady_clock;

  std::filesystem::path checkpoint() const { return options_.folder / "checkpoint.safetensors"; }
  static std::vector<std::string> columns() { return {"step", "seconds", "train", "held_out"}; }

  BatchView<std::uint8_t> held_out(Index most) const {
    return {held_out_.values.data(), std::min(most, held_out_.count), held_out_.shape};
  }

  /// A checkpoint of the trainer, with the sums that the next point of the curve is made of.
  void save() {
    save_checkpoint(trainer_, checkpoint(),
                    {{"run_bits", fmt::format("{}", bits_)},
                     {"run_steps", std::to_string(counted_)},
                     {"run_seconds", fmt::format("{}", seconds_)}});
  }
  void restore() {
    load_checkpoint(trainer_, checkpoint());
    const SafetensorsFile file(checkpoint());
    bits_ = checkpoint_number<double>(file, "run_bits");
    counted_ = checkpoint_number<Index>(file, "run_steps");
    seconds_ = checkpoint_number<double>(file, "run_seconds");
  }

  void add_point(CurveFile& curve, double train_bits) {
    const double held = trainer_.with_average([&] {
      return trainer_.flow().bits_per_dim(held_out(options_.held_out_images),
                                          {.batch = options_.evaluation_batch});
    });
    const auto step = static_cast<double>(trainer_.steps());
    curve.append({step, seconds_, train_bits, held});
    points_[0].push_back(step);
    points_[1].push_back(train_bits);
    points_[2].push_back(held);
    fmt::print("step {}: training {:.4f}, held out {:.4f} bits/dim\n", trainer_.steps(), train_bits, held);
    std::fflush(stdout);
    draw();
  }

  void draw() {
    const std::vector<Series> series{{"training", points_[0], points_[1]},
                                     {"held out (ELBO)", points_[0], points_[2]}};
    save_png(options_.folder / "curve.png",
             line_plot(series, {.title = "Learning curve", .x_label = "step", .y_label = "bits/dim"}));
    auto samples = trainer_.with_average(
        [&] { return trainer_.flow().sample(options_.samples, 0, options_.temperature); });
    for (std::uint8_t& v : samples.values)
      v = static_cast<std::uint8_t>(std::min<int>(v, options_.picture_levels - 1));
    save_png(options_.folder / "samples.png", samples.values, samples.shape, options_.picture_levels,
             {.magnification = options_.magnification});
  }

  RunResult finish() {
    auto& flow = trainer_.flow();
    RunResult result{.finished = true};
    trainer_.with_average([&] {
      const EvaluationOptions options{.batch = options_.evaluation_batch};
      result.elbo = flow.bits_per_dim(held_out(held_out_.count), options);
      result.iwbo = flow.bits_per_dim_of(
          flow.iwbo(held_out(options_.importance_images), options_.importance_draws, options));
    });
    if (trainer_.options().average) flow.parameters().assign(trainer_.average().to_host());
    save_weights(flow, options_.folder / "weights.safetensors");
    fmt::print("held out: ELBO {:.4f} bits/dim ({} images), IWBO {:.4f} bits/dim (k = {}, {} images)\n",
               result.elbo, held_out_.count, result.iwbo, options_.importance_draws,
               std::min(options_.importance_images, held_out_.count));
    fmt::print("{} has weights.safetensors, samples.png, curve.png and curve.csv\n",
               options_.folder.string());
    return result;
  }

  /// The points that an earlier part of the run left.
  void restore_curve() {
    const auto path = options_.folder / "curve.csv";
    if (!std::filesystem::exists(path)) return;
    CurveFile(path, columns(), static_cast<double>(trainer_.steps()));
    for (const std::vector<double>& row : densenf::read_curve(path)) {
      points_[0].push_back(row.at(0));
      points_[1].push_back(row.at(2));
      points_[2].push_back(row.at(3));
    }
  }

  Trainer<FlowType>& trainer_;
  Batches& batches_;
  const Images& held_out_;
  RunOptions options_;
  double seconds_ = 0;  ///< of training
  double bits_ = 0;     ///< sum over the steps since the last point of the curve
  Index counted_ = 0;   ///< how many those are
  std::array<std::vector<double>, 3> points_;
};

}  // namespace densenf
