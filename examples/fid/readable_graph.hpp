#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace fid {

/// Names of the two nodes between which the features are computed, in the file that is known as
/// classify_image_graph_def.pb.
inline constexpr const char* first_node = "Mul";    ///< gives the picture, scaled and centered
inline constexpr const char* last_node = "pool_3";  ///< gives the features

/// The part of a TensorFlow graph between these nodes, with operations of today in the place of those of 2015
/// that OpenCV does not know, as the bytes of a graph file. Its input is a placeholder called first_node.
/// Throws densenf::FileError, which names `file`, when `bytes` are no such graph.
std::string readable_graph(std::span<const std::byte> bytes, const std::string& file);

}  // namespace fid
