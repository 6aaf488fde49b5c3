#pragma once

#include <chrono>
#include <limits>
#include <optional>
#include <ratio>
#include <set>
#include <vector>

#include "densenf/app/run.hpp"
#include "densenf/core/precision.hpp"
#include "densenf/densenf.hpp"
#include "program.hpp"

// What the example trainers share: their options, and a run.
namespace example {

struct Settings {
  densenf::app::RunOptions run;
  densenf::Index batch = 64;
  double lr = 1e-3;
  std::optional<densenf::Index> warmup;
  densenf::Index usual_warmup = 100;  ///< steps, where `warmup` is not given and the run is long enough
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
  bool resume_previous = false;
};

inline void add_options(CLI::App& app, Settings& s) {
  app.option_defaults()->always_capture_default();
  app.add_option("-o,--output", s.run.folder,
                 "Folder for weights, checkpoints, and report.html, by which the run can be watched");
  app.add_flag("--resume", s.run.resume,
               "Go on with the run whose checkpoint is in the output folder, as if it had never stopped. The "
               "number of steps, the learning rate's options, clipping, memory, device and evaluation may be "
               "others; the rest must be as it was");
  app.add_flag("--resume-previous", s.resume_previous,
               "The same from checkpoint_previous.safetensors, the last one whose held-out bound is known to "
               "be finite: with a lower --lr, after a run has diverged");
  app.add_option("--steps", s.run.steps, "Optimizer steps")->check(number_from(1));
  app.add_option("--minutes", s.minutes,
                 "Stop after this time: a checkpoint has everything to resume; 0: after the steps")
      ->check(number_from(0));
  app.add_option("--batch", s.batch, "Images per step")->check(number_from(1));
  app.add_option("--lr", s.lr, "Learning rate")->check(more_than_0());
  app.add_option(
         "--warmup", s.warmup,
         fmt::format("Steps of linear warm-up, fewer than --steps; default: {}, or a tenth of --steps where "
                     "that is less",
                     s.usual_warmup))
      ->check(number_from(0));
  app.add_option("--gamma", s.gamma, "Factor on the learning rate after each epoch, in (0, 1]")
      ->check(CLI::Range(1e-9, 1.0));
  app.add_option("--optimizer", s.optimizer, "Optimizer")
      ->check(CLI::IsMember({"adamax", "adam", "adamw", "sgd"}));
  app.add_option("--clip", s.clip, "Largest gradient norm; 0: gradients are not clipped")
      ->check(number_from(0));
  app.add_option("--average", s.average,
                 "Decay of the averages of weights and of BatchNorm's statistics, which are then what is "
                 "evaluated and saved; 0: none")
      ->check(CLI::Range(0.0, 0.999999));
  app.add_flag("--with-replacement", s.with_replacement,
               "Draw every image at random instead of going through epochs");
  app.add_option("--memory", s.memory,
                 "What the backward pass keeps: store (everything), recompute (module inputs), reverse (unit "
                 "outputs)")
      ->check(CLI::IsMember({"store", "recompute", "reverse"}));
  app.add_option(
         "--micro-batch", s.micro_batch,
         "Images that couplings have in work at once, to save memory; the gradient stays that of the whole "
         "batch; 0: all")
      ->check(number_from(0));
  add_device(app, s.device);
  app.add_option("--precision", s.precision,
                 "Of matrix products on a GPU: float, tf32 (11 bits), bf16 (8 bits; sums are floats)")
      ->check(CLI::IsMember({"float", "tf32", "bf16"}));
  app.add_option("--threads", s.threads, "Threads of the CPU; 0: one per core")->check(number_from(0));
  app.add_option("--seed", s.seed, "Seed of weights, noise and batches");
  app.add_option("--evaluate-every", s.run.evaluate_every,
                 "Steps between evaluations, checkpoints and pictures")
      ->check(number_from(1));
  app.add_option("--log-every", s.run.log_every, "Steps between lines of log.csv")->check(number_from(1));
  app.add_option("--keep-checkpoints", s.run.keep_checkpoints,
                 "Checkpoints that are kept: the newest and the good ones before it, from 3 on under the "
                 "numbers of their steps, too")
      ->check(number_from(2));
  app.add_flag("--tensorboard", s.run.tensorboard,
               "Write files for TensorBoard, too, in tensorboard/ of the output folder");
  app.add_option("--evaluation-images", s.run.held_out_images,
                 "Held-out images for each point of the curve, at most")
      ->check(number_from(1));
  app.add_option("--importance-draws", s.run.importance_draws, "Draws of the final importance-weighted bound")
      ->check(number_from(1));
  app.add_option("--importance-images", s.run.importance_images, "Held-out images for that bound, at most")
      ->check(number_from(1));
  app.add_option("--samples", s.run.samples, "Samples in the picture; 0: no picture")->check(number_from(0));
  app.add_option("--temperature", s.run.temperature, "Factor on the standard deviations when sampling")
      ->check(number_from(0));
  app.footer(
      "Ctrl-C, SIGTERM, a closed terminal and a closed pipe save a checkpoint and end the run; a second\n"
      "Ctrl-C ends it at once. Exit status: 0 when all steps are done or --minutes are over, 1 after an\n"
      "error, 128 and the signal's number when interrupted (130 after Ctrl-C).");
}

/// What a program was started with, for the report of its run: each option as given, or its default.
inline densenf::app::Facts option_values(const CLI::App& app) {
  densenf::app::Facts values;
  for (const CLI::Option* option : app.get_options()) {
    if (option == app.get_help_ptr()) continue;
    const bool given = option->count() > 0, flag = option->get_items_expected_max() == 0;
    const std::string usual = option->get_default_str().empty() ? "default" : option->get_default_str();
    values.emplace_back(option->get_name(), flag    ? (given ? "yes" : "no")
                                            : given ? densenf::joined(option->results(), ", ")
                                                    : usual);
  }
  return values;
}

/// Says how many images a flow over images of classes puts into their own class by Bayes' rule, where all
/// classes are as likely as each other: into that in which the image is the likeliest. The noise of an image
/// is the same for each class, so that log-likelihoods of the same numbers are compared.
template <class FlowType>
void tell_accuracy(FlowType& flow, const densenf::Images& images) {
  const std::set<densenf::Label> classes(images.labels.begin(), images.labels.end());
  std::vector<double> best(images.labels.size(), -std::numeric_limits<double>::infinity());
  std::vector<densenf::Label> chosen(best.size(), -1);
  for (const densenf::Label label : classes) {
    const std::vector<double> log_prob = flow.elbo({images, std::vector{label}});
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (!(log_prob[i] > best[i])) continue;
      best[i] = log_prob[i];
      chosen[i] = label;
    }
  }
  std::size_t right = 0;
  for (std::size_t i = 0; i < best.size(); ++i) right += chosen[i] == images.labels[i] ? 1 : 0;
  densenf::app::write_text(
      stdout,
      fmt::format("class by Bayes' rule: {} of {} held-out images right ({:.1f} %)\n", right, best.size(),
                  100.0 * static_cast<double>(right) / static_cast<double>(best.size())));
}

/// Trains `Model` on a device as the settings say; gives the exit status.
template <class Model, class Condition, class Device>
int train_on(const Device& device, const Settings& s, const densenf::Images& training,
             const densenf::Images& held_out, const densenf::Augmentation& augmentation) {
  using namespace densenf;
  using FlowType = Flow<Model, float, Device, BaseOf<Model>, Condition>;
  FlowType flow(training.shape, device, s.seed);
  TrainOptions options{.optimizer = make_optimizer(s.optimizer),
                       .policy = make_memory_policy(s.memory),
                       .slice = s.micro_batch,
                       .seed = s.seed};
  const Index warmup = s.warmup.value_or(std::min(s.usual_warmup, s.run.steps / 10));
  if (warmup >= s.run.steps) {
    throw ArgumentError(
        "A warm-up of {} steps does not end within {} steps: give less of --warmup, or more --steps.", warmup,
        s.run.steps);
  }
  const Index steps_per_epoch = std::max<Index>(1, training.count / s.batch);
  options.schedule = {
      .lr = s.lr, .warmup_steps = warmup, .gamma = s.gamma, .steps_per_epoch = steps_per_epoch};
  if (s.clip > 0) options.max_gradient_norm = s.clip;
  if (s.average > 0) options.average = WeightAverage{s.average};
  Trainer<FlowType> trainer(flow, options);
  DataLoader batches(training,
                     {.batch_size = s.batch,
                      .seed = s.seed,
                      .order = s.with_replacement ? Order::with_replacement : Order::shuffled_epochs,
                      .augmentation = augmentation});
  app::write_text(
      stdout, fmt::format("{} parameters, {} training images, {} held out, {}\n",
                          flow.table().parameter_count(), training.count, held_out.count, device.describe()));
  app::RunOptions run = s.run;
  run.resume = run.resume || s.resume_previous;
  run.resume_previous = s.resume_previous;
  if (s.minutes > 0) {
    using Clock = std::chrono::steady_clock;
    run.stop = [start = Clock::now(), most = std::chrono::duration<double, std::ratio<60>>(s.minutes)](
                   Index) { return Clock::now() - start >= most; };
  }
  const app::RunResult result = app::TrainingRun<FlowType>(trainer, batches, held_out, run).run();
  if constexpr (FlowType::conditional) {
    if (result.finished) trainer.with_average([&] { tell_accuracy(flow, held_out); });
  }
  return result.signal == 0 ? 0 : 128 + result.signal;
}

/// train_on a GPU: in the program's .cu file, because that takes nvcc, while what runs on the CPU is
/// compiled best by the host's compiler.
template <class Model, class Condition>
int train_on_gpu(const Settings& s, const densenf::Images& training, const densenf::Images& held_out,
                 const densenf::Augmentation& augmentation);

/// Trains `Model` as the settings say, with a `Condition` that takes the images' labels where there is one;
/// gives the exit status.
template <class Model, class Condition = densenf::NoCondition>
int train(const Settings& s, const densenf::Images& training, const densenf::Images& held_out,
          const densenf::Augmentation& augmentation) {
  using namespace densenf;
  if (s.device == "cuda") {
    if constexpr (built_with_cuda)
      return train_on_gpu<Model, Condition>(s, training, held_out, augmentation);
    else
      throw built_without_cuda();
  }
  if (make_precision(s.precision) != Precision::full)
    throw ArgumentError("--precision {} is for GPUs: leave it out, or use --device cuda.", s.precision);
  return train_on<Model, Condition>(Cpu(s.threads), s, training, held_out, augmentation);
}

}  // namespace example
