#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "densenf/core/parameters.hpp"
#include "densenf/io/metadata.hpp"

// A flow's parameters and state as safetensors, under the names of the published checkpoints.
namespace densenf {

namespace detail {

/// Constants that published checkpoints carry and that follow from the model.
inline bool is_published_constant(std::string_view name) {
  constexpr std::array<std::string_view, 6> constants{"ldj_per_dim", "temperature", "_shift",
                                                      "_scale",      "buffer",      "num_batches_tracked"};
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  return std::find(constants.begin(), constants.end(), last) != constants.end();
}

/// Throws FileError naming every tensor behind `prefix` that is missing, superfluous or of another shape than
/// `groups` of tensors say.
inline void require_tensors(const SafetensorsFile& file,
                            std::initializer_list<const std::vector<ParamSpec>*> groups,
                            const std::string& prefix) {
  std::vector<std::string> problems;
  std::vector<std::string> known;
  for (const auto* specs : groups) {
    for (const ParamSpec& spec : *specs) {
      const std::string name = prefix + spec.name;
      known.push_back(name);
      if (!file.contains(name)) {
        problems.push_back(fmt::format("missing: {} {}", name, extents_text(spec.shape)));
      } else if (file.info(name).shape != spec.shape) {
        problems.push_back(fmt::format("wrong shape: {} is {}, the model needs {}", name,
                                       extents_text(file.info(name).shape), extents_text(spec.shape)));
      }
    }
  }
  std::sort(known.begin(), known.end());
  for (const std::string& name : file.names()) {
    if (name.starts_with(prefix) && !std::binary_search(known.begin(), known.end(), name) &&
        !is_published_constant(name)) {
      problems.push_back(
          fmt::format("not part of the model: {} {}", printable(name), extents_text(file.info(name).shape)));
    }
  }
  if (!problems.empty()) {
    throw FileError("{} does not fit the model ({} tensors differ):\n  {}", file.path().string(),
                    problems.size(), joined(problems, "\n  "));
  }
}

/// Throws FileError unless the numbers are 0, 1, ... in some order.
template <class T>
void require_permutation(const std::vector<T>& values, const SafetensorsFile& file, const std::string& name) {
  std::vector<T> sorted(values);
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (!(sorted[i] == static_cast<T>(i))) {
      throw FileError("Tensor {} of file '{}' is no permutation: it needs each of 0 ... {} once.", name,
                      file.path().string(), sorted.size() - 1);
    }
  }
}

/// Reads numbers to compute with. Throws FileError for one that is infinite or NaN.
template <class T>
std::vector<T> read_finite(const SafetensorsFile& file, const std::string& name) {
  std::vector<T> values = file.read<T>(name);
  const auto found = std::find_if_not(values.begin(), values.end(), [](T v) { return std::isfinite(v); });
  if (found != values.end()) {
    throw FileError(
        "Number {} of tensor {} in file '{}' is {}, with which nothing can be computed: use "
        "another file, of an earlier step for instance.",
        found - values.begin(), name, file.path().string(), *found);
  }
  return values;
}

/// Reads tensors that require_tensors has found to be there into one buffer.
template <class T>
std::vector<T> gather(const SafetensorsFile& file, const std::vector<ParamSpec>& specs, Index size,
                      const std::string& prefix) {
  std::vector<T> buffer(static_cast<std::size_t>(size));
  for (const ParamSpec& spec : specs) {
    const std::vector<T> values = read_finite<T>(file, prefix + spec.name);
    if (spec.init.kind == Init::Kind::permutation) require_permutation(values, file, prefix + spec.name);
    for (Index i = 0; i < spec.place.size; ++i) {
      buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
          values[static_cast<std::size_t>(i)];
    }
  }
  return buffer;
}

/// Adds the tensors of one buffer, which must live until the file is written.
template <class T>
void scatter(SafetensorsWriter& writer, const std::vector<ParamSpec>& specs,
             std::type_identity_t<std::span<const T>> buffer, const std::string& prefix) {
  for (const ParamSpec& spec : specs) {
    writer.add<T>(prefix + spec.name, spec.shape, [&spec, buffer](std::span<T> to) {
      for (Index i = 0; i < spec.place.size; ++i) {
        to[static_cast<std::size_t>(i)] =
            buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))];
      }
    });
  }
}

}  // namespace detail

/// Sets a flow's parameters and state from a file whose tensors have the flow's names behind `prefix`. Throws
/// FileError naming every tensor that is missing, superfluous or of the wrong shape, when a number is
/// infinite or NaN, or when the file has a checksum and is damaged; then the flow stays as it was. Metadata
/// are not looked at.
template <class FlowType>
void load_weights(FlowType& flow, const std::filesystem::path& path, const std::string& prefix = "") {
  using T = typename FlowType::Scalar;
  const SafetensorsFile file(path);
  detail::require_tensors(file, {&flow.table().parameters, &flow.table().state}, prefix);
  file.verify();
  const auto parameters =
      detail::gather<T>(file, flow.table().parameters, flow.table().parameters_size, prefix);
  const auto state = detail::gather<T>(file, flow.table().state, flow.table().state_size, prefix);
  // In this order a flow does not take the state for settled (Flow::settle): whoever wrote it may not have.
  flow.set_state(state);
  flow.set_parameters(parameters);
}

/// Writes `parameters` and `state`, laid out as the flow's own are, with a checksum; an existing file is
/// replaced only by a complete one. So averages are saved without becoming the flow's. The file carries
/// `metadata`, which read_metadata gives back. Throws ShapeError when there are not as many numbers as the
/// flow has, ArgumentError when the metadata are not UTF-8.
template <class FlowType>
void save_weights(const FlowType& flow, const std::vector<typename FlowType::Scalar>& parameters,
                  const std::vector<typename FlowType::Scalar>& state, const std::filesystem::path& path,
                  const Metadata& metadata = {}) {
  using T = typename FlowType::Scalar;
  if (std::ssize(parameters) != flow.table().parameters_size ||
      std::ssize(state) != flow.table().state_size) {
    throw ShapeError(
        "The flow has {} parameters and {} numbers of state, so {} and {} cannot be saved as its own.",
        flow.table().parameters_size, flow.table().state_size, parameters.size(), state.size());
  }
  SafetensorsWriter writer;
  writer.add_checksum();
  writer.set_metadata(metadata);
  detail::scatter<T>(writer, flow.table().parameters, parameters, "");
  detail::scatter<T>(writer, flow.table().state, state, "");
  writer.write(path);
}

/// The same with the flow's own parameters and state, in its own precision. A flow that is not constant is
/// settled before; see Flow::settle, also for what it throws.
template <class FlowType>
void save_weights(FlowType& flow, const std::filesystem::path& path, const Metadata& metadata = {}) {
  if constexpr (requires { flow.settle(); }) flow.settle();
  save_weights(flow, flow.parameters().to_host(), flow.state().to_host(), path, metadata);
}

/// What a file of weights says of its model: the name, the shape of its images, and that of its condition.
template <class FlowType>
Metadata model_metadata(const FlowType& flow, const std::string& name) {
  Metadata metadata{{model_key, name}, {shape_key, to_string(flow.shape())}};
  if constexpr (FlowType::conditional) metadata[condition_key] = to_string(FlowType::ConditionType::shape);
  return metadata;
}

/// Writes weights so that a ModelRegistry which knows the model's name can open the file. Throws as
/// save_weights does.
template <class FlowType>
void save_flow(FlowType& flow, const std::string& name, const std::filesystem::path& path) {
  save_weights(flow, path, model_metadata(flow, name));
}

}  // namespace densenf
