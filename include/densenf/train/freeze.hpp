#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "densenf/core/parameters.hpp"
#include "densenf/train/options.hpp"

// Parameters that a training leaves as they are.
namespace densenf {

namespace detail {
template <class Piece, class Is>
void find_pieces(const Piece& piece, const Is& is, std::vector<ParameterRange>& found) {
  if (is(piece)) {
    found.push_back({piece.first_parameter(), piece.end_of_parameters()});
  } else {
    piece.for_each_piece([&](const auto& inside) { find_pieces(inside, is, found); });
  }
}
}  // namespace detail

/// The steps of a Trainer with these options do not change the parameters whose name is `path`, or below it:
/// those of a piece ("transforms.3"), of the base ("base_dist"), or a single one, as files of weights name
/// them. They stay to the bit, whatever the weight decay, and their gradients have no part in the norm.
/// Starts from data (ActNorm's) are still made, and running statistics still move. A checkpoint goes on with
/// the same ones only. Throws ArgumentError when there is no such parameter.
template <class FlowType>
void freeze(TrainOptions& options, const FlowType& flow, std::string_view path) {
  const ParameterTable& table = flow.table();
  std::vector<ParameterRange> found;
  for (std::size_t i = 0; i < table.parameters.size(); ++i) {
    const ParamSpec& spec = table.parameters[i];
    const std::string_view name = spec.name;
    if (!name.starts_with(path) || (name.size() > path.size() && name[path.size()] != '.')) continue;
    // With the gap behind it, so that neighbors are one range.
    const bool last = i + 1 == table.parameters.size();
    found.push_back({spec.place.offset, last ? table.parameters_size : table.parameters[i + 1].place.offset});
  }
  if (found.empty()) {
    throw ArgumentError("The flow has no parameter '{}', nor one below that: names are those in its table.",
                        path);
  }
  options.frozen.insert(options.frozen.end(), found.begin(), found.end());
}

/// The same for pieces: is(piece) says of each piece of the model whether it is to stay, with all that is
/// inside of it. Of pieces that are not, those inside are asked.
///
///   freeze(options, flow, []<class Piece>(const Piece&) { return std::is_same_v<Piece, ActNorm>; });
///
/// Throws ArgumentError when no piece with parameters is.
template <class FlowType, class Is>
requires(!std::convertible_to<const Is&, std::string_view>)  //
    void freeze(TrainOptions& options, const FlowType& flow, const Is& is) {
  std::vector<ParameterRange> found;
  detail::find_pieces(flow.model(), is, found);
  std::erase_if(found, [](const ParameterRange& r) { return r.first == r.end; });
  if (found.empty()) throw ArgumentError("The flow has no piece with parameters that is to be frozen.");
  options.frozen.insert(options.frozen.end(), found.begin(), found.end());
}

}  // namespace densenf
