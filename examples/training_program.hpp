#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <ratio>
#include <set>
#include <vector>

#include "densenf/app/run.hpp"
#include "densenf/core/precision.hpp"
#include "densenf/densenf.hpp"
#include "models.hpp"
#include "settings.hpp"

// A training run of any model on any set of images.
namespace example {

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

/// How long to train, and with which learning rate at which step, on so many images.
inline densenf::Schedule make_schedule(const Settings& s, densenf::Index images, densenf::Index& steps) {
  using namespace densenf;
  const Index per_epoch = std::max<Index>(1, images / s.batch);
  const auto steps_of = [&](double epochs) {
    constexpr double most = 1e15;
    const double count = epochs * static_cast<double>(per_epoch);
    if (count > most) throw ArgumentError("{} epochs are more than {} steps.", epochs, most);
    return static_cast<Index>(std::llround(count));
  };
  Schedule schedule{.lr = s.lr, .gamma = s.gamma, .steps_per_epoch = per_epoch};
  if (steps == 0) {
    steps = std::max<Index>(1, steps_of(s.epochs));
    if (s.last_epochs > 0) {
      schedule.last_stage = steps;
      schedule.last_lr = s.last_lr;
      steps += steps_of(s.last_epochs);
    }
  }
  schedule.warmup_steps = s.warmup.value_or(std::min(s.usual_warmup, steps / 10));
  if (schedule.warmup_steps >= steps) {
    throw ArgumentError(
        "A warm-up of {} steps does not end within {} steps: give less of --warmup, or more --steps.",
        schedule.warmup_steps, steps);
  }
  return schedule;
}

/// Trains `Model` on a device as the settings say; gives the exit status.
template <class Model, class Condition, class Device>
int train_on(const Device& device, const Job& job) {
  using namespace densenf;
  using FlowType = Flow<Model, float, Device, BaseOf<Model>, Condition>;
  const Settings& s = job.settings;
  app::RunOptions run = s.run;
  TrainOptions options{.optimizer = make_optimizer(s.optimizer),
                       .schedule = make_schedule(s, job.training.count(), run.steps),
                       .policy = make_memory_policy(s.memory),
                       .slice = s.micro_batch,
                       .seed = s.seed};
  if (s.clip > 0) options.max_gradient_norm = s.clip;
  if (s.average > 0) options.average = WeightAverage{s.average};
  FlowType flow(job.training.shape(), device, s.seed);
  Trainer<FlowType> trainer(flow, options);
  DataLoader batches(job.training,
                     {.batch_size = s.batch,
                      .seed = s.seed,
                      .order = s.with_replacement ? Order::with_replacement : Order::shuffled_epochs,
                      .augmentation = job.augmentation});
  app::write_text(stdout, fmt::format("{} parameters, {} training images, {} held out, {}\n",
                                      flow.table().parameter_count(), job.training.count(),
                                      job.held_out.count, device.describe()));
  run.resume = run.resume || s.resume_previous;
  run.resume_previous = s.resume_previous;
  if (s.minutes > 0) {
    using Clock = std::chrono::steady_clock;
    run.stop = [start = Clock::now(), most = std::chrono::duration<double, std::ratio<60>>(s.minutes)](
                   Index) { return Clock::now() - start >= most; };
  }
  const app::RunResult result = app::TrainingRun<FlowType>(trainer, batches, job.held_out, run).run();
  if constexpr (FlowType::conditional) {
    if (result.finished) trainer.with_average([&] { tell_accuracy(flow, job.held_out); });
  }
  return result.signal == 0 ? 0 : 128 + result.signal;
}

/// train_on a GPU: in a .cu file of the model, because that takes nvcc, while what runs on the CPU is
/// compiled best by the host's compiler.
template <class Model, class Condition>
int train_on_gpu(const Job& job);

/// Trains `Model` as the settings say, with a `Condition` that takes the images' labels where there is one;
/// gives the exit status.
template <class Model, class Condition = densenf::NoCondition>
int train(const Job& job) {
  using namespace densenf;
  if (job.settings.device == "cuda") {
    if constexpr (built_with_cuda)
      return train_on_gpu<Model, Condition>(job);
    else
      throw built_without_cuda();
  }
  if (make_precision(job.settings.precision) != Precision::full) {
    throw ArgumentError("--precision {} is for GPUs: leave it out, or use --device cuda.",
                        job.settings.precision);
  }
  return train_on<Model, Condition>(Cpu(job.settings.threads), job);
}

}  // namespace example
