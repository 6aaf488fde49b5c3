#pragma once

#include <charconv>
#include <filesystem>
#include <map>
#include <string>

#include "densenf/io/weights.hpp"
#include "densenf/train/trainer.hpp"

// Everything that a training run needs to go on as if it had never stopped, in one safetensors file.
namespace densenf {

/// A number among a checkpoint's metadata. Throws FileError when it is not there.
template <class Number>
Number checkpoint_number(const SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found != file.metadata().end()) {
    const std::string& text = found->second;
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= 0) return value;
  }
  throw FileError("{} is not a checkpoint of this kind of run: its metadata have no number '{}'.",
                  file.path().string(), key);
}

/// Writes weights, state, moments, the weights' average and the number of steps. An existing file is replaced
/// only by a complete one. `more` goes into the metadata.
template <class TrainerType>
void save_checkpoint(TrainerType& trainer, const std::filesystem::path& path,
                     const std::map<std::string, std::string>& more = {}) {
  using T = typename TrainerType::T;
  auto& flow = trainer.flow();
  const auto& table = flow.table();
  const std::vector<T> parameters = flow.parameters().to_host(), state = flow.state().to_host(),
                       moments = trainer.moments().to_host(), average = trainer.average().to_host(),
                       average_state = trainer.average_state().to_host();
  SafetensorsWriter writer;
  writer.set_metadata("densenf", "checkpoint");
  writer.set_metadata("steps", std::to_string(trainer.steps()));
  writer.set_metadata("optimizer", std::string(optimizer_name(trainer.options().optimizer)));
  writer.set_metadata("seed", std::to_string(trainer.options().seed));
  for (const auto& [key, value] : more) writer.set_metadata(key, value);
  detail::scatter<T>(writer, table.parameters, parameters, "model/");
  detail::scatter<T>(writer, table.state, state, "model/");
  writer.add("moments", {static_cast<Index>(moments.size())}, moments);
  if (!average.empty()) {
    detail::scatter<T>(writer, table.parameters, average, "average/");
    detail::scatter<T>(writer, table.state, average_state, "average/");
  }
  writer.write(path);
}

/// Brings a trainer and its flow to where save_checkpoint left them. Throws FileError, and changes nothing,
/// when the file does not fit the model, the optimiser, the seed or the choice of an average.
template <class TrainerType>
void load_checkpoint(TrainerType& trainer, const std::filesystem::path& path) {
  using T = typename TrainerType::T;
  auto& flow = trainer.flow();
  const SafetensorsFile file(path);
  const Index steps = checkpoint_number<Index>(file, "steps");
  const auto expect = [&](const std::string& key, const std::string& want) {
    const auto found = file.metadata().find(key);
    const std::string got = found == file.metadata().end() ? "nothing" : found->second;
    if (got != want) {
      throw FileError("{} was written with {} '{}', but this run has '{}': resume with the same settings.",
                      path.string(), key, got, want);
    }
  };
  expect("optimizer", std::string(optimizer_name(trainer.options().optimizer)));
  expect("seed", std::to_string(trainer.options().seed));
  const bool wants_average = trainer.options().average.has_value();
  bool has_average = false;
  for (const std::string& name : file.names()) has_average = has_average || name.starts_with("average/");
  if (wants_average != has_average) {
    throw FileError(
        "{} was written {} an average of the weights, but this run is {} one: resume with the same settings.",
        path.string(), has_average ? "with" : "without", wants_average ? "with" : "without");
  }
  const Index moment_size = trainer.moments().size();
  if (!file.contains("moments") || file.info("moments").shape != std::vector<Index>{moment_size}) {
    throw FileError("{} does not hold the {} moments of this model and optimiser.", path.string(),
                    moment_size);
  }
  const std::vector<T> moments = file.read<T>("moments");
  std::vector<T> average, average_state;
  if (has_average) {
    average = detail::gather<T>(file, flow.table().parameters, flow.table().parameters_size, "average/");
    average_state = detail::gather<T>(file, flow.table().state, flow.table().state_size, "average/");
  }
  load_weights(flow, path, "model/");
  trainer.set_progress(steps, moments, average, average_state);
}

}  // namespace densenf
