#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/data/augment.hpp"
#include "densenf/data/images.hpp"
#include "densenf/data/order.hpp"

namespace densenf {

struct BatchOptions {
  Index batch_size = 64;
  std::uint64_t seed = 0;
  Order order = Order::shuffled_epochs;
  Augmentation augmentation = {};
};

/// What a training step takes: images and, where they are known, their classes.
struct LabeledBatch {
  Batch<std::uint8_t> images;
  std::vector<Label> labels = {};  ///< one per image; empty where the set has none
};

/// The batches of a training run. The batch at a step is a function of the seed and the step alone, so a run
/// can go on at any step as if it had never stopped. Epochs need not be whole batches: a batch may take
/// the last images of one epoch and the first of the next. Keeps a reference to the images.
class DataLoader {
public:
  /// Throws ArgumentError when there is no image, the batch size is not in [1, 2^31) or the augmentation is
  /// not valid, and ShapeError unless there are as many values as the images' count and shape need and a
  /// label for each image, or none.
  DataLoader(const Images& images, const BatchOptions& options)
      : images_(images),
        options_(options),
        order_(images.count, options.batch_size, options.seed, options.order) {
    require_whole(images);
    if (images.count < 1) throw ArgumentError("A data loader needs at least one image, and there is none.");
    if (options.batch_size < 1 || options.batch_size > std::numeric_limits<std::int32_t>::max()) {
      throw ArgumentError("A batch must have at least one image and fewer than 2^31, not {}.",
                          options.batch_size);
    }
    static_cast<void>(value_count("A batch", options.batch_size, images.shape));
    check(options.augmentation);
  }
  DataLoader(const Images&&, const BatchOptions&) = delete;

  const BatchOptions& options() const { return options_; }
  const Images& images() const { return images_; }
  const Shape& shape() const { return images_.shape; }
  bool has_labels() const { return !images_.labels.empty(); }

  /// Values in one batch: batch_size * C * H * W.
  Index batch_values() const { return options_.batch_size * images_.shape.size(); }

  /// Which images the batch at `step` (from 0) takes. Throws ArgumentError when the step is negative or
  /// beyond what can be counted.
  std::vector<Index> indices(Index step) {
    require_step(step);
    std::vector<Index> chosen(static_cast<std::size_t>(options_.batch_size));
    for (Index slot = 0; slot < options_.batch_size; ++slot)
      chosen[static_cast<std::size_t>(slot)] = order_.at(step, slot);
    return chosen;
  }

  /// Writes the batch at `step` (from 0), batch_size x C x H x W. Throws ShapeError unless `out` has
  /// batch_values() bytes, ArgumentError as `indices` does.
  void fill(Index step, std::span<std::uint8_t> out) {
    require_step(step);
    if (std::ssize(out) != batch_values()) {
      throw ShapeError("A batch of {} images of {} has {} values, but memory for {} was given.",
                       options_.batch_size, to_string(shape()), batch_values(), out.size());
    }
    const auto size = static_cast<std::size_t>(shape().size());
    for (Index slot = 0; slot < options_.batch_size; ++slot) {
      const auto from = images_.image(order_.at(step, slot));
      const auto to = out.subspan(static_cast<std::size_t>(slot) * size, size);
      if (options_.augmentation.nothing()) {
        std::copy(from.begin(), from.end(), to.begin());
      } else {
        place(from, to, shape(), random_placement(options_.augmentation, shape(), options_.seed, step, slot));
      }
    }
  }

  /// Writes the labels of the batch at `step`, one for each image that `fill` gives. Throws ArgumentError
  /// when the images have no labels, ShapeError unless `out` has batch_size places, and as `indices` does.
  void fill_labels(Index step, std::span<Label> out) {
    require_step(step);
    require_whole(images_);
    if (!has_labels())
      throw ArgumentError("The images have no labels, which a batch of them should be filled with.");
    if (std::ssize(out) != options_.batch_size) {
      throw ShapeError("A batch of {} images has as many labels, but memory for {} was given.",
                       options_.batch_size, out.size());
    }
    for (Index slot = 0; slot < options_.batch_size; ++slot) {
      out[static_cast<std::size_t>(slot)] = images_.labels[static_cast<std::size_t>(order_.at(step, slot))];
    }
  }

  /// Makes `out` the batch at `step`, with the labels if the images have any; memory that it has is used
  /// again. Throws ArgumentError as `indices` does.
  void fill(Index step, LabeledBatch& out) {
    require_step(step);
    require_whole(images_);
    out.images.shape = shape();
    out.images.count = options_.batch_size;
    out.images.values.resize(static_cast<std::size_t>(batch_values()));
    out.labels.resize(has_labels() ? static_cast<std::size_t>(options_.batch_size) : 0);
    fill(step, out.images.values);
    if (has_labels()) fill_labels(step, out.labels);
  }

private:
  static void require_whole(const Images& images) {
    require_values("A set", images.count, images.shape, images.values.size());
    require_labels(images);
  }

  void require_step(Index step) const {
    if (step < 0 || step >= std::numeric_limits<Index>::max() / options_.batch_size) {
      throw ArgumentError("There is no batch at step {}; steps count from 0.", step);
    }
  }

  const Images& images_;
  BatchOptions options_;
  BatchOrder order_;
};

}  // namespace densenf
