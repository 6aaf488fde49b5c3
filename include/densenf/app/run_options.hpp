#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>

#include "densenf/app/report.hpp"
#include "densenf/core/check_values.hpp"
#include "densenf/data/loader.hpp"

namespace densenf::app {

/// What a training run on images does, and what it leaves in its folder.
///
/// To look at, while it goes on: report.html, a page with everything that is below it; log.csv, about steps;
/// curve.csv and curve.png, with what evaluations found; samples.png, and earlier samples in samples/; where
/// asked, TensorBoard's files in tensorboard/. To use: weights.safetensors, those of the last step, and
/// weights_best.safetensors, those of the evaluation with the lowest held-out bound. To go on with:
/// checkpoint.safetensors, and checkpoint_previous.safetensors, the last one before it that is known to be
/// good.
struct RunOptions {
  std::filesystem::path folder;
  /// What weights.safetensors calls the model, so that a ModelRegistry which knows the name opens it; empty:
  /// nothing.
  std::string model = {};
  Index steps = 1000;
  Index evaluate_every = 200;     ///< steps between points of the curve, checkpoints and pictures
  Index log_every = 10;           ///< steps between lines of log.csv
  Index held_out_images = 1000;   ///< of the held-out set, at most, for the curve
  Index importance_draws = 32;    ///< of the final importance-weighted bound
  Index importance_images = 100;  ///< of the held-out set, at most, for it
  Index evaluation_batch = 100;
  /// In the picture of samples; 0: there is none. Where the density is conditional on classes, as many of
  /// each class of the training images, one class after the other.
  Index samples = 64;
  double temperature = 1;
  Index magnification = 2;
  int picture_levels = 256;  ///< pictures of samples show gray level picture_levels - 1 and above as white
  /// Checkpoints that are kept, at least 2: the newest and the good ones before it. From 3 on, those are also
  /// there under the numbers of their steps, as checkpoint_000200.safetensors: to go on from one of them,
  /// copy it over checkpoint.safetensors.
  Index keep_checkpoints = 2;
  bool tensorboard = false;  ///< write TensorBoard's files, too
  /// What report.html shows beside the options here: what a program was started with.
  Facts program = {};
  bool resume = false;  ///< go on from the folder's checkpoint
  /// With resume: go on from the one before it, the last one known to be good. So a run that has diverged can
  /// be tried again with a lower learning rate.
  bool resume_previous = false;
  bool replace = false;  ///< remove the checkpoints of an earlier run, if there is one, and begin anew
  /// Asked after each step and between the pieces of an evaluation, with the steps done: end here, as Ctrl-C
  /// would?
  std::function<bool(Index)> stop = {};
};

namespace detail {

/// Throws ArgumentError or ShapeError for images that a flow of `levels` gray levels cannot take.
inline void require_image_set(const ImageSource& images, const Shape& shape, Index levels, const char* what) {
  if (images.count() < 1) throw ArgumentError("A run needs at least one {} image.", what);
  if (images.shape() != shape) {
    shape_mismatch(
        fmt::format("The flow takes images of {}, and the {} ones must be of that.", to_string(shape), what)
            .c_str(),
        images.shape());
  }
  const int largest = images.levels() - 1;
  if (largest >= levels) {
    throw ArgumentError("The model takes images of gray levels 0 to {}, but a {} one {} the value {}.",
                        levels - 1, what, images.in_memory() ? "has" : "may have", largest);
  }
}

/// Throws ShapeError or ArgumentError unless each image has a label that the flow's condition takes.
template <class FlowType>
void require_label_set(const ImageSource& images, const char* what) {
  using Condition = typename FlowType::ConditionType;
  static_assert(Condition::shape == Shape{1, 1, 1},
                "A run gives each image's label to the flow: its condition must be of one number, such as "
                "nn::ClassEmbedding.");
  const std::span<const Label> labels = images.labels();
  if (labels.empty()) {
    throw ArgumentError(
        "The flow's density is conditional on the class of an image, but the {} images have no labels.",
        what);
  }
  Condition::check(BatchView<Label>{labels.data(), images.count(), Condition::shape});
}

inline constexpr Index largest_picture = 999'000;  ///< pixels a side that Picture takes, less a margin

/// Throws ArgumentError or ShapeError for what could not come to a good end.
template <class FlowType>
void require_run(const RunOptions& o, const FlowType& flow, const ImageSource& training,
                 const ImageSource& held_out) {
  const auto at_least = [](Index least, Index value, const char* what) {
    if (value < least) throw ArgumentError("{} must be at least {}, not {}.", what, least, value);
  };
  if (o.folder.empty()) throw ArgumentError("The output folder needs a name; the current one is '.'.");
  if (o.steps < 1) throw ArgumentError("A run needs at least one step, not {}.", o.steps);
  at_least(1, o.evaluate_every, "The steps between evaluations");
  at_least(1, o.log_every, "The steps between lines of the log");
  at_least(2, o.keep_checkpoints, "The number of checkpoints that are kept");
  at_least(1, o.held_out_images, "The number of held-out images for the curve");
  at_least(1, o.importance_draws, "The number of draws of the importance-weighted bound");
  at_least(1, o.importance_images, "The number of images for the importance-weighted bound");
  at_least(1, o.evaluation_batch, "The batch of evaluations");
  at_least(0, o.samples, "The number of samples");
  at_least(1, o.magnification, "The magnification of samples");
  if (o.magnification > largest_picture)
    throw ArgumentError("The magnification of samples must be at most {}, not {}.", largest_picture,
                        o.magnification);
  if (!(o.temperature >= 0 && std::isfinite(o.temperature)))
    throw ArgumentError("The temperature must be 0 or more and finite, not {}.", o.temperature);
  if (o.picture_levels < 2 || o.picture_levels > 256)
    throw ArgumentError("Pictures have from 2 to 256 levels, not {}.", o.picture_levels);
  if (o.resume_previous && !o.resume)
    throw ArgumentError("resume_previous is a way to resume: set resume too.");
  if (o.resume && o.replace) throw ArgumentError("A run can resume an earlier one or replace it, not both.");
  require_image_set(training, flow.shape(), FlowType::levels, "training");
  require_image_set(held_out, flow.shape(), FlowType::levels, "held-out");
  if constexpr (FlowType::conditional) {
    require_label_set<FlowType>(training, "training");
    require_label_set<FlowType>(held_out, "held-out");
  }
  const Shape& shape = flow.shape();
  if (o.samples > 0 && shape.c != 1 && shape.c != 3) {
    throw ArgumentError(
        "A picture of samples is drawn from 1 or 3 channels, and the flow has {}: set samples to 0.",
        shape.c);
  }
  const auto per_row = static_cast<Index>(std::ceil(std::sqrt(static_cast<double>(o.samples))));
  if (o.samples > 0 && largest_picture / per_row - 2 < std::max(shape.h, shape.w) * o.magnification) {
    throw ArgumentError(
        "A picture of {} samples, {} pixels for each of theirs, is larger than {} pixels a side.", o.samples,
        o.magnification, largest_picture);
  }
}

}  // namespace detail

}  // namespace densenf::app
