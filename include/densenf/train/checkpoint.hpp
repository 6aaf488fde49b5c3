#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <filesystem>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "densenf/core/precision.hpp"
#include "densenf/core/version.hpp"
#include "densenf/io/weights.hpp"
#include "densenf/train/trainer.hpp"

// Everything that a training run needs to go on as if it had never stopped, in one safetensors file. Its
// metadata say with which settings and which version of densenf it was written: names and values as text.
//
// Parameters, state, moments, averages and the number of steps are all there is to it. Noise, batches and
// their augmentation are functions of a seed and the step (core/noise_key.hpp, data/order.hpp), so that no
// random number generator and no place in an epoch has to be kept; the learning rate is a function of the
// step and of the options. What steps are computed in is memory that holds nothing from one to the next.
namespace densenf {

/// Names of settings and their values.
using CheckpointSettings = Metadata;

/// A number among a checkpoint's metadata: from 0 to 2^53 if it is a whole one, so that one can count on from
/// it, also in double; any finite one else. Throws FileError when it is not there.
template <class Number>
Number checkpoint_number(const SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found != file.metadata().end()) {
    const std::string& text = found->second;
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool sound = error == std::errc() && end == text.data() + text.size();
    if constexpr (std::floating_point<Number>)
      sound = sound && std::isfinite(value);
    else
      sound = sound && value >= 0 && value <= Number{1} << 53;
    if (sound) return value;
  }
  throw FileError("{} is not a checkpoint of this kind of run: its metadata have no number '{}'.",
                  file.path().string(), key);
}

namespace detail {

inline std::string optimizer_settings(const Optimizer& optimizer) {
  return std::visit(
      [](const auto& o) {
        if constexpr (requires { o.beta1; }) {
          return fmt::format("beta1 {}, beta2 {}, epsilon {}, weight decay {}", o.beta1, o.beta2, o.epsilon,
                             o.weight_decay);
        } else {
          return fmt::format("momentum {}{}, weight decay {}", o.momentum, o.nesterov ? " (Nesterov)" : "",
                             o.weight_decay);
        }
      },
      optimizer);
}

/// What matrices are multiplied in.
template <class T, class Device>
std::string precision_name(const Device& device) {
  if constexpr (requires { device.precision(); }) {
    if (std::is_same_v<T, float> && device.precision() != Precision::full)
      return device.precision() == Precision::tf32 ? "tf32" : "bf16";
  }
  return std::is_same_v<T, float> ? "float" : "double";
}

/// Ranges of parameters, however they were put together.
inline std::string ranges_text(const std::vector<ParameterRange>& ranges, Index size) {
  std::vector<std::string> each;
  for (const ParameterRange& r : outside_of(outside_of(ranges, size), size))
    each.push_back(fmt::format("{} to {}", r.first, r.end));
  return each.empty() ? "none" : joined(each, ", ");
}

/// Where a checkpoint says what training leaves as it is. Older files lack it, and nothing was frozen then.
inline constexpr const char* frozen_key = "frozen parameters";

/// What a trainer must have in common with the checkpoint that it goes on from.
template <class TrainerType>
CheckpointSettings trainer_settings(TrainerType& trainer) {
  const TrainOptions& options = trainer.options();
  return {{"optimizer", std::string(optimizer_name(options.optimizer))},
          {"optimizer settings", optimizer_settings(options.optimizer)},
          {"average of weights", options.average ? fmt::format("decay {}", options.average->decay) : "none"},
          {"precision", precision_name<typename TrainerType::T>(trainer.flow().device())},
          {frozen_key, ranges_text(options.frozen, trainer.flow().table().parameters_size)},
          {"seed", std::to_string(options.seed)}};
}

}  // namespace detail

/// Writes weights, state, moments, their averages if these have begun, and the number of steps. An existing
/// file is replaced only by a complete one. `more` goes into the metadata, which read_metadata gives back
/// with the trainer's settings; it may name the model, too (see io/metadata.hpp). Throws ArgumentError when
/// `more` has a key that the checkpoint itself uses.
template <class TrainerType>
void save_checkpoint(TrainerType& trainer, const std::filesystem::path& path,
                     const CheckpointSettings& more = {}) {
  using T = typename TrainerType::T;
  auto& flow = trainer.flow();
  const auto& table = flow.table();
  const std::vector<T> parameters = flow.parameters().to_host(), state = flow.state().to_host(),
                       moments = trainer.moments().to_host(), average = trainer.average().to_host(),
                       average_state = trainer.average_state().to_host();
  SafetensorsWriter writer;
  writer.add_checksum();
  writer.set_metadata("densenf", "checkpoint");
  writer.set_metadata("densenf.version", library_version);
  writer.set_metadata("steps", std::to_string(trainer.steps()));
  writer.set_metadata(detail::trainer_settings(trainer));
  writer.set_metadata(more);
  detail::scatter<T>(writer, table.parameters, parameters, "model/");
  detail::scatter<T>(writer, table.state, state, "model/");
  writer.add("moments", {static_cast<Index>(moments.size())}, moments);
  if (!average.empty()) {
    detail::scatter<T>(writer, table.parameters, average, "average/");
    detail::scatter<T>(writer, table.state, average_state, "average/");
  }
  writer.write(path);
}

/// What a checkpoint holds, on the host.
template <class T>
struct Checkpoint {
  Index steps = 0;
  std::vector<T> parameters = {}, state = {}, moments = {};
  std::vector<T> average = {}, average_state = {};  ///< empty when none had begun
};

/// Reads a checkpoint that `trainer` can go on from; the trainer stays as it is. Throws FileError when the
/// file is damaged, has a number that is infinite or NaN, or does not fit the model, or was written with
/// another optimizer, average of weights, precision, seed, other frozen parameters, or another value of one
/// of the settings `also`. The learning rate, its schedule, gradient clipping, the policy for memory and the
/// device are not compared: a run may go on with others.
template <class TrainerType>
Checkpoint<typename TrainerType::T> read_checkpoint(TrainerType& trainer, const std::filesystem::path& path,
                                                    const CheckpointSettings& also = {}) {
  using T = typename TrainerType::T;
  const ParameterTable& table = trainer.flow().table();
  const SafetensorsFile file(path);
  Checkpoint<T> read{.steps = checkpoint_number<Index>(file, "steps")};
  CheckpointSettings settings = detail::trainer_settings(trainer);
  settings.insert(also.begin(), also.end());
  for (const auto& [key, want] : settings) {
    const auto found = file.metadata().find(key);
    const bool known = found != file.metadata().end();
    // Files of before there were any do not say so.
    const std::string got = known ? found->second : key == detail::frozen_key ? "none" : "nothing";
    if (got != want) {
      throw FileError("{} was written with {} {}, but this run has '{}': resume with the same settings.",
                      path.string(), key, detail::for_message(got), want);
    }
  }
  detail::require_tensors(file, {&table.parameters, &table.state}, "model/");
  // An average begins with the first step.
  const bool has_average = read.steps > 0 && trainer.options().average;
  if (has_average) detail::require_tensors(file, {&table.parameters, &table.state}, "average/");
  const Index moments = trainer.moments().size();
  if (!file.contains("moments") || file.info("moments").shape != std::vector<Index>{moments}) {
    throw FileError("{} holds {} as 'moments', but this model and optimizer have {}.", path.string(),
                    file.contains("moments") ? fmt::format("a tensor of shape {}",
                                                           detail::extents_text(file.info("moments").shape))
                                             : "nothing",
                    detail::extents_text({moments}));
  }
  file.verify();
  read.parameters = detail::gather<T>(file, table.parameters, table.parameters_size, "model/");
  read.state = detail::gather<T>(file, table.state, table.state_size, "model/");
  read.moments = detail::read_finite<T>(file, "moments");
  if (has_average) {
    read.average = detail::gather<T>(file, table.parameters, table.parameters_size, "average/");
    read.average_state = detail::gather<T>(file, table.state, table.state_size, "average/");
  }
  return read;
}

/// Brings a trainer and its flow to where they were when the checkpoint was written.
template <class TrainerType>
void restore(TrainerType& trainer, const Checkpoint<typename TrainerType::T>& checkpoint) {
  trainer.set_progress(checkpoint.steps, checkpoint.moments, checkpoint.average, checkpoint.average_state);
  trainer.flow().set_parameters(checkpoint.parameters);
  trainer.flow().set_state(checkpoint.state);
}

/// The two together: throws as read_checkpoint does, and then nothing has changed.
template <class TrainerType>
void load_checkpoint(TrainerType& trainer, const std::filesystem::path& path,
                     const CheckpointSettings& also = {}) {
  restore(trainer, read_checkpoint(trainer, path, also));
}

}  // namespace densenf
