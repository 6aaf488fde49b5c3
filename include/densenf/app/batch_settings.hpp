#pragma once

#include <span>
#include <string>

#include "densenf/data/loader.hpp"
#include "densenf/io/checksum.hpp"
#include "densenf/train/checkpoint.hpp"

namespace densenf::app::detail {

/// What the batches of a run must have in common with those before it was interrupted; labels only where they
/// are used.
inline CheckpointSettings batch_settings(const DataLoader& batches, bool labels = false) {
  const BatchOptions& o = batches.options();
  const ImageSource& images = batches.source();
  densenf::detail::Checksum sum;
  images.identify([&](std::span<const std::byte> bytes) { sum.add(bytes); });
  CheckpointSettings settings{
      {"batch size", std::to_string(o.batch_size)},
      {"order of images", o.order == Order::with_replacement ? "with replacement" : "shuffled epochs"},
      {"augmentation", fmt::format("flip {}, shift {}", o.augmentation.flip, o.augmentation.max_shift)},
      {"seed of batches", std::to_string(o.seed)},
      {"training images",
       fmt::format("{} of {}, CRC-32 {}", images.count(), to_string(images.shape()), sum.text())}};
  if (labels) {
    densenf::detail::Checksum of_labels;
    of_labels.add(std::as_bytes(images.labels()));
    settings["labels"] = fmt::format("CRC-32 {}", of_labels.text());
  }
  return settings;
}

}  // namespace densenf::app::detail
