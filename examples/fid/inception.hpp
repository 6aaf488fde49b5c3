#pragma once

#include <filesystem>
#include <opencv2/dnn.hpp>
#include <span>

#include "densenf/io/picture.hpp"
#include "densenf/metrics/moments.hpp"

namespace fid {

/// The Inception network of 2015 as a source of features (the layer pool_3, 2048 per picture), computed by
/// OpenCV on the CPU.
class Inception {
public:
  /// Reads the network from classify_image_graph_def.pb. Throws densenf::FileError when the file cannot be
  /// read or is not that network.
  explicit Inception(const std::filesystem::path& file);

  /// A row of features for each picture. Throws densenf::ArgumentError for an empty picture,
  /// densenf::FileError when the network cannot be computed.
  densenf::FeatureRows features(std::span<const densenf::Picture> pictures);

private:
  std::filesystem::path file_;
  cv::dnn::Net net_;
};

}  // namespace fid
