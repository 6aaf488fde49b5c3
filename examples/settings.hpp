#pragma once

#include <optional>
#include <string>

#include "densenf/app/run_options.hpp"
#include "program.hpp"

// What all trainers can be told on their command lines.
namespace example {

struct Settings {
  densenf::app::RunOptions run;  ///< its steps are 0 where `epochs` says how many there are
  double epochs = 0;
  double last_epochs = 0;  ///< more of them at the end, with last_lr
  double last_lr = 0;
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
  const bool by_epochs = s.epochs > 0;
  auto* const steps = app.add_option("--steps", s.run.steps,
                                     by_epochs ? "Optimizer steps, in the place of --epochs and --last-epochs"
                                               : "Optimizer steps")
                          ->check(number_from(1));
  if (by_epochs) {
    steps->default_str("");
    app.add_option("--epochs", s.epochs, "Times that the training images are seen")->check(more_than_0());
    app.add_option("--last-epochs", s.last_epochs, "Epochs after those, with the learning rate --last-lr")
        ->check(number_from(0));
    app.add_option("--last-lr", s.last_lr, "Learning rate of the last epochs")->check(more_than_0());
  }
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

}  // namespace example
