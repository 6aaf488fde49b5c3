#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "densenf/core/parameters.hpp"
#include "densenf/io/safetensors.hpp"

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

/// What keeps the file from being loaded, one line per tensor.
inline std::vector<std::string> weight_problems(const SafetensorsFile& file, const ParameterTable& table,
                                                const std::string& prefix) {
  std::vector<std::string> problems;
  std::vector<std::string> known;
  for (const auto* specs : {&table.parameters, &table.state}) {
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
          fmt::format("not part of the model: {} {}", name, extents_text(file.info(name).shape)));
    }
  }
  return problems;
}

template <class T>
std::vector<T> gather(const SafetensorsFile& file, const std::vector<ParamSpec>& specs, Index size,
                      const std::string& prefix) {
  std::vector<T> buffer(static_cast<std::size_t>(size));
  for (const ParamSpec& spec : specs) {
    const std::vector<T> values = file.read<T>(prefix + spec.name);
    for (Index i = 0; i < spec.place.size; ++i) {
      buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
          values[static_cast<std::size_t>(i)];
    }
  }
  return buffer;
}

template <class T>
void scatter(SafetensorsWriter& writer, const std::vector<ParamSpec>& specs, const std::vector<T>& buffer,
             const std::string& prefix) {
  for (const ParamSpec& spec : specs) {
    writer.add<T>(prefix + spec.name, spec.shape, [&spec, &buffer](std::span<T> to) {
      for (Index i = 0; i < spec.place.size; ++i) {
        to[static_cast<std::size_t>(i)] =
            buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))];
      }
    });
  }
}

}  // namespace detail

/// Sets a flow's parameters and state from a file whose tensors have the flow's names behind `prefix`. Throws
/// FileError naming every tensor that is missing, superfluous or of the wrong shape; then the flow stays as
/// it was.
template <class FlowType>
void load_weights(FlowType& flow, const std::filesystem::path& path, const std::string& prefix = "") {
  using T = typename FlowType::Scalar;
  const SafetensorsFile file(path);
  const std::vector<std::string> problems = detail::weight_problems(file, flow.table(), prefix);
  if (!problems.empty()) {
    throw FileError("{} does not fit the model ({} tensors differ):\n  {}", path.string(), problems.size(),
                    joined(problems, "\n  "));
  }
  const auto parameters =
      detail::gather<T>(file, flow.table().parameters, flow.table().parameters_size, prefix);
  const auto state = detail::gather<T>(file, flow.table().state, flow.table().state_size, prefix);
  flow.parameters().assign(parameters);
  flow.state().assign(state);
}

/// Writes a flow's parameters and state, in its own precision; an existing file is replaced only by a
/// complete one.
template <class FlowType>
void save_weights(const FlowType& flow, const std::filesystem::path& path) {
  using T = typename FlowType::Scalar;
  const std::vector<T> parameters = flow.parameters().to_host(), state = flow.state().to_host();
  SafetensorsWriter writer;
  detail::scatter<T>(writer, flow.table().parameters, parameters, "");
  detail::scatter<T>(writer, flow.table().state, state, "");
  writer.write(path);
}

}  // namespace densenf
