#include "inception.hpp"

#include <opencv2/core/utils/logger.hpp>
#include <string>

#include "densenf/io/file.hpp"
#include "densenf/metrics/inception_input.hpp"
#include "readable_graph.hpp"

using namespace densenf;

namespace {

/// Runs calls of OpenCV, whose exceptions are no sentences about the file, and which writes to the terminal
/// what it throws.
template <class Calls>
auto about(const std::filesystem::path& file, const Calls& calls) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    return calls();
  } catch (const cv::Exception& e) {
    throw FileError("OpenCV cannot compute the network in file '{}': {}.", file.string(),
                    detail::printable(e.err));
  }
}

}  // namespace

fid::Inception::Inception(const std::filesystem::path& file) : file_(file) {
  const std::string graph = readable_graph(read_file(file), file.string());
  net_ = about(file_, [&] { return cv::dnn::readNetFromTensorflow(graph.data(), graph.size()); });
}

FeatureRows fid::Inception::features(std::span<const Picture> pictures) {
  if (pictures.empty()) throw ArgumentError("Features are of one picture or more.");
  const int count = static_cast<int>(pictures.size()), side = static_cast<int>(inception_side);
  const int extents[] = {count, 3, side, side};
  cv::Mat input(4, extents, CV_32F);
  const std::size_t size = input.total() / pictures.size();
  for (std::size_t i = 0; i < pictures.size(); ++i)
    inception_input(pictures[i], std::span(input.ptr<float>(static_cast<int>(i)), size));

  const cv::Mat output = about(file_, [&] {
    net_.setInput(input, first_node);
    return net_.forward(last_node);
  });
  if (output.type() != CV_32F || output.dims < 2 || output.size[0] != count || !output.isContinuous())
    throw FileError("The network in file '{}' does not give a row of numbers for each picture.",
                    file_.string());
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> rows(output.ptr<float>(), count, static_cast<Index>(output.total()) / count);
  return rows.cast<double>();
}
