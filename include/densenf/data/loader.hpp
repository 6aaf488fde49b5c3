#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/data/augment.hpp"
#include "densenf/data/image_source.hpp"
#include "densenf/data/order.hpp"
#include "densenf/data/read_ahead.hpp"

namespace densenf {

struct BatchOptions {
  Index batch_size = 64;
  std::uint64_t seed = 0;
  Order order = Order::shuffled_epochs;
  Augmentation augmentation = {};
  /// Of images in files: how many batches are read before they are asked for, and by how many threads (0: one
  /// for each processor). Neither changes what a batch holds.
  Index ahead = 2;
  int readers = 0;
};

/// What a training step takes: images and, where they are known, their classes.
struct LabeledBatch {
  Batch<std::uint8_t> images;
  std::vector<Label> labels = {};  ///< one per image; empty where the set has none
};

/// The batches of a training run. The batch at a step is a function of the seed and the step alone, so a run
/// can go on at any step as if it had never stopped. Epochs need not be whole batches: a batch may take
/// the last images of one epoch and the first of the next. Keeps a reference to the images. Those that are in
/// files are read by other threads ahead of the step; what one of them throws, the batch throws that needs
/// its image.
class DataLoader {
public:
  /// Throws ArgumentError when there is no image, the batch size is not in [1, 2^31), or the augmentation or
  /// reading ahead is not valid, and ShapeError unless there are as many values as the images' count and
  /// shape need and a label for each image, or none.
  DataLoader(const Images& images, const BatchOptions& options)
      : DataLoader(std::make_unique<ImagesInMemory>(images), options) {}
  DataLoader(const Images&&, const BatchOptions&) = delete;
  DataLoader(const ImageSource& images, const BatchOptions& options)
      : source_(&images),
        options_(options),
        order_(images.count(), options.batch_size, options.seed, options.order) {
    require_labels(images.count(), images.labels().size());
    if (images.count() < 1) throw ArgumentError("A data loader needs at least one image, and there is none.");
    if (options.batch_size < 1 || options.batch_size > std::numeric_limits<std::int32_t>::max()) {
      throw ArgumentError("A batch must have at least one image and fewer than 2^31, not {}.",
                          options.batch_size);
    }
    static_cast<void>(value_count("A batch", options.batch_size, images.shape()));
    check(options.augmentation);
    constexpr int most_ahead = 1000, most_readers = 1000;
    if (options.ahead < 0 || options.ahead > most_ahead || options.readers < 0 ||
        options.readers > most_readers) {
      throw ArgumentError("From 0 to {} batches can be read ahead, by 0 to {} threads, not {} by {}.",
                          most_ahead, most_readers, options.ahead, options.readers);
    }
    if (!images.in_memory()) read_ahead_ = read_ahead();
  }
  DataLoader(const ImageSource&&, const BatchOptions&) = delete;

  const BatchOptions& options() const { return options_; }
  const ImageSource& source() const { return *source_; }
  Shape shape() const { return source_->shape(); }
  bool has_labels() const { return !source_->labels().empty(); }

  /// Values in one batch: batch_size * C * H * W.
  Index batch_values() const { return options_.batch_size * shape().size(); }

  /// Which images the batch at `step` (from 0) takes. Throws ArgumentError when the step is negative or
  /// beyond what can be counted.
  std::vector<Index> indices(Index step) {
    require_step(step);
    return indices_of(order_, options_, step);
  }

  /// Writes the batch at `step` (from 0), batch_size x C x H x W. Throws ShapeError unless `out` has
  /// batch_values() bytes, ArgumentError as `indices` does, and FileError for a file that cannot be read.
  void fill(Index step, std::span<std::uint8_t> out) {
    require_step(step);
    if (std::ssize(out) != batch_values()) {
      throw ShapeError("A batch of {} images of {} has {} values, but memory for {} was given.",
                       options_.batch_size, to_string(shape()), batch_values(), out.size());
    }
    if (read_ahead_) {
      const auto values = read_ahead_->batch(step, last_ahead(step));
      std::copy(values.begin(), values.end(), out.begin());
      return;
    }
    const auto size = static_cast<std::size_t>(shape().size());
    for (Index slot = 0; slot < options_.batch_size; ++slot) {
      read_placed(*source_, options_, step, slot, order_.at(step, slot),
                  out.subspan(static_cast<std::size_t>(slot) * size, size), stored_);
    }
  }

  /// Writes the labels of the batch at `step`, one for each image that `fill` gives. Throws ArgumentError
  /// when the images have no labels, ShapeError unless `out` has batch_size places, and as `indices` does.
  void fill_labels(Index step, std::span<Label> out) {
    require_step(step);
    const auto labels = source_->labels();
    if (labels.empty())
      throw ArgumentError("The images have no labels, which a batch of them should be filled with.");
    if (std::ssize(out) != options_.batch_size) {
      throw ShapeError("A batch of {} images has as many labels, but memory for {} was given.",
                       options_.batch_size, out.size());
    }
    for (Index slot = 0; slot < options_.batch_size; ++slot)
      out[static_cast<std::size_t>(slot)] = labels[static_cast<std::size_t>(order_.at(step, slot))];
  }

  /// Makes `out` the batch at `step`, with the labels if the images have any; memory that it has is used
  /// again. Throws as the other two do, but for the room that it makes itself.
  void fill(Index step, LabeledBatch& out) {
    require_step(step);
    const bool labeled = has_labels();
    if (read_ahead_) static_cast<void>(read_ahead_->batch(step, last_ahead(step)));  // before `out` changes
    out.images.shape = shape();
    out.images.count = options_.batch_size;
    out.images.values.resize(static_cast<std::size_t>(batch_values()));
    out.labels.resize(labeled ? static_cast<std::size_t>(options_.batch_size) : 0);
    fill(step, out.images.values);
    if (labeled) fill_labels(step, out.labels);
  }

private:
  DataLoader(std::unique_ptr<const ImageSource> own, const BatchOptions& options)
      : DataLoader(*own, options) {
    own_ = std::move(own);
  }

  static std::vector<Index> indices_of(BatchOrder& order, const BatchOptions& options, Index step) {
    std::vector<Index> chosen(static_cast<std::size_t>(options.batch_size));
    for (Index slot = 0; slot < options.batch_size; ++slot)
      chosen[static_cast<std::size_t>(slot)] = order.at(step, slot);
    return chosen;
  }

  /// Writes an image as it stands in place `slot` of the batch at `step`. `stored` is memory to work in.
  static void read_placed(const ImageSource& source, const BatchOptions& options, Index step, Index slot,
                          Index image, std::span<std::uint8_t> out, std::vector<std::uint8_t>& stored) {
    if (options.augmentation.nothing()) {
      source.read(image, out);
      return;
    }
    stored.resize(out.size());
    source.read(image, stored);
    const Shape shape = source.shape();
    place(stored, out, shape, random_placement(options.augmentation, shape, options.seed, step, slot));
  }

  /// With copies of what it needs, so that the loader can be moved. The order has one of its own, because its
  /// permutation is that of the epoch ahead.
  std::unique_ptr<detail::ReadAhead> read_ahead() const {
    const int readers =
        options_.readers > 0 ? options_.readers : static_cast<int>(std::thread::hardware_concurrency());
    return std::make_unique<detail::ReadAhead>(
        [order = order_, options = options_](Index step) mutable { return indices_of(order, options, step); },
        [source = source_, options = options_](Index step, Index slot, Index image,
                                               std::span<std::uint8_t> out) {
          std::vector<std::uint8_t> stored;
          read_placed(*source, options, step, slot, image, out, stored);
        },
        static_cast<std::size_t>(shape().size()), readers);
  }

  /// The first step whose images cannot be counted.
  Index end_of_steps() const { return std::numeric_limits<Index>::max() / options_.batch_size; }

  void require_step(Index step) const {
    if (step < 0 || step >= end_of_steps()) {
      throw ArgumentError("There is no batch at step {}; steps count from 0.", step);
    }
  }

  Index last_ahead(Index step) const { return step + std::min(options_.ahead, end_of_steps() - 1 - step); }

  std::unique_ptr<const ImageSource> own_;  ///< of images in memory
  const ImageSource* source_;
  BatchOptions options_;
  BatchOrder order_;
  std::vector<std::uint8_t> stored_;  ///< an image before its augmentation
  std::unique_ptr<detail::ReadAhead> read_ahead_;
};

}  // namespace densenf
