#pragma once

#include <chrono>
#include <ratio>

#include "densenf/core/precision.hpp"
#include "densenf/densenf.hpp"
#include "densenf/train/run.hpp"
#include "program.hpp"

// What the example trainers share: their options, and a run.
namespace example {

struct Settings {
  densenf::RunOptions run;
  densenf::Index batch = 64;
  double lr = 1e-3;
  densenf::Index warmup = 100;
  double gamma = 1;
  std::uint64_t seed = 0;
  int threads = 0;
  double clip = 0;
  double average = 0;
  bool with_replacement = false;
  std::string optimizer = "adamax";
  std::string memory = "store";
  std::string device = "cpu";
  std::string precision = "float";
  densenf::Index micro_batch = 0;
  double minutes = 0;
};

inline void add_options(CLI::App& app, Settings& s) {
  app.option_defaults()->always_capture_default();
  app.add_option("-o,--output", s.run.folder,
                 "Folder for weights, samples, the learning curve and the checkpoint");
  app.add_flag("--resume", s.run.resume, "Go on with the run whose checkpoint is in the output folder");
  app.add_option("--steps", s.run.steps, "Optimiser steps")->check(CLI::PositiveNumber);
  app.add_option("--minutes", s.minutes,
                 "Stop after this time, as Ctrl-C does: a checkpoint has everything to resume; 0: after the "
                 "steps")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--batch", s.batch, "Images per step")->check(CLI::PositiveNumber);
  app.add_option("--lr", s.lr, "Learning rate")->check(CLI::PositiveNumber);
  app.add_option("--warmup", s.warmup, "Steps of linear warm-up")->check(CLI::NonNegativeNumber);
  app.add_option("--gamma", s.gamma, "Factor on the learning rate after each epoch, in (0, 1]")
      ->check(CLI::Range(1e-9, 1.0));
  app.add_option("--optimizer", s.optimizer, "Optimiser")
      ->check(CLI::IsMember({"adamax", "adam", "adamw", "sgd"}));
  app.add_option("--clip", s.clip, "Largest gradient norm; 0: gradients are not clipped")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--average", s.average,
                 "Decay of the average of weights that is evaluated and saved; 0: none")
      ->check(CLI::Range(0.0, 0.999999));
  app.add_flag("--with-replacement", s.with_replacement,
               "Draw every image at random instead of going through epochs");
  app.add_option("--memory", s.memory,
                 "What the backward pass keeps: store (everything), recompute (module inputs), reverse (unit "
                 "outputs)")
      ->check(CLI::IsMember({"store", "recompute", "reverse"}));
  app.add_option(
         "--micro-batch", s.micro_batch,
         "Images that coupling networks have in work at once, to save memory; the gradient stays that of "
         "the whole batch; 0: all")
      ->check(CLI::NonNegativeNumber);
  add_device(app, s.device);
  app.add_option("--precision", s.precision,
                 "Of matrix products on a card: float, tf32 (11 bits), bf16 (8 bits; sums are floats)")
      ->check(CLI::IsMember({"float", "tf32", "bf16"}));
  app.add_option("--threads", s.threads, "Threads of the CPU; 0: one per core")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seed", s.seed, "Seed of weights, noise and batches");
  app.add_option("--evaluate-every", s.run.evaluate_every,
                 "Steps between evaluations, checkpoints and pictures")
      ->check(CLI::PositiveNumber);
  app.add_option("--evaluation-images", s.run.held_out_images,
                 "Held-out images for each point of the curve, at most")
      ->check(CLI::PositiveNumber);
  app.add_option("--importance-draws", s.run.importance_draws, "Draws of the final importance-weighted bound")
      ->check(CLI::PositiveNumber);
  app.add_option("--importance-images", s.run.importance_images, "Held-out images for that bound, at most")
      ->check(CLI::PositiveNumber);
  app.add_option("--samples", s.run.samples, "Samples in the picture")->check(CLI::PositiveNumber);
  app.add_option("--temperature", s.run.temperature, "Factor on the standard deviations when sampling")
      ->check(CLI::NonNegativeNumber);
}

/// Trains `Model` on a device as the settings say.
template <class Model, class Device>
void train_on(const Device& device, const Settings& s, const densenf::Images& training,
              const densenf::Images& held_out, const densenf::Augmentation& augmentation) {
  using namespace densenf;
  using FlowType = Flow<Model, float, Device>;
  FlowType flow(training.shape, device, s.seed);
  TrainOptions options{.optimizer = make_optimizer(s.optimizer),
                       .policy = make_memory_policy(s.memory),
                       .images_at_once = s.micro_batch,
                       .seed = s.seed};
  const Index steps_per_epoch = std::max<Index>(1, training.count / s.batch);
  options.schedule = {
      .lr = s.lr, .warmup_steps = s.warmup, .gamma = s.gamma, .steps_per_epoch = steps_per_epoch};
  if (s.clip > 0) options.max_gradient_norm = s.clip;
  if (s.average > 0) options.average = WeightAverage{s.average};
  Trainer<FlowType> trainer(flow, options);
  Batches batches(training, {.batch_size = s.batch,
                             .seed = s.seed,
                             .order = s.with_replacement ? Order::with_replacement : Order::shuffled_epochs,
                             .augmentation = augmentation});
  fmt::print("{} parameters, {} training images, {} held out, {}\n", flow.table().parameter_count(),
             training.count, held_out.count, device.describe());
  std::fflush(stdout);
  RunOptions run = s.run;
  if (s.minutes > 0) {
    using Clock = std::chrono::steady_clock;
    run.stop = [start = Clock::now(), most = std::chrono::duration<double, std::ratio<60>>(s.minutes)](
                   Index) { return Clock::now() - start >= most; };
  }
  TrainingRun<FlowType>(trainer, batches, held_out, run).run();
}

/// train_on a card: in the program's .cu file, because that takes nvcc, while what runs on the CPU is
/// compiled best by the host's compiler.
template <class Model>
void train_on_card(const Settings& s, const densenf::Images& training, const densenf::Images& held_out,
                   const densenf::Augmentation& augmentation);

/// Trains `Model` as the settings say.
template <class Model>
void train(const Settings& s, const densenf::Images& training, const densenf::Images& held_out,
           const densenf::Augmentation& augmentation) {
  using namespace densenf;
  if (s.device == "cuda") {
    if constexpr (built_with_cuda)
      return train_on_card<Model>(s, training, held_out, augmentation);
    else
      throw built_without_cuda();
  }
  if (make_precision(s.precision) != Precision::full)
    throw ArgumentError("--precision {} is for cards: leave it out, or use --device cuda.", s.precision);
  train_on<Model>(Cpu(s.threads), s, training, held_out, augmentation);
}

}  // namespace example
