#include "readable_graph.hpp"

#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/core/error.hpp"
#include "fid_graph.pb.h"

namespace {

using densenf::fid::graph::Graph;
using densenf::fid::graph::Node;

// TensorFlow's DT_FLOAT and DT_INT32
constexpr std::int32_t float_type = 1;
constexpr std::int32_t int_type = 3;

class Rewriting {
public:
  Rewriting(const Graph& graph, const std::string& file) : file_(file) {
    for (const Node& node : graph.node()) nodes_.emplace(node.name(), &node);
  }

  Graph part(const Graph& graph) {
    find_needed();
    Graph written;
    for (const Node& node : graph.node()) {
      if (!needed_.contains(node.name())) continue;
      if (node.name() == fid::first_node)
        add_placeholder(written);
      else if (node.op() == "BatchNormWithGlobalNormalization")
        add_batch_norm(node, written);
      else if (node.op() == "Concat")
        add_concat(node, written);
      else
        add_without_waiting(node, written);
    }
    return written;
  }

private:
  template <class... Args>
  [[noreturn]] void fail(const char* format, const Args&... args) const {
    throw densenf::FileError(
        "File '{}' is not the Inception network of 2015, classify_image_graph_def.pb ({}): fetch that.",
        file_, fmt::vformat(format, fmt::make_format_args(args...)));
  }

  const Node& node(std::string_view name) const {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) fail("it has no node '{}'", densenf::detail::printable(name));
    return *found->second;
  }

  /// The node that an input names: "node" or "node:0".
  static std::string_view source(std::string_view input) { return input.substr(0, input.rfind(':')); }

  /// Whether an input carries no numbers and only says that its node comes first.
  static bool waits(std::string_view input) { return input.starts_with('^'); }

  /// Goes from the last node back to the first.
  void find_needed() {
    std::vector<std::string_view> open{fid::last_node};
    while (!open.empty()) {
      const Node& found = node(open.back());
      open.pop_back();
      if (!needed_.insert(found.name()).second || found.name() == fid::first_node) continue;
      for (const std::string& input : found.input()) {
        if (!waits(input)) open.push_back(source(input));
      }
    }
    if (!needed_.contains(std::string_view(fid::first_node)))
      fail("'{}' does not lead to '{}'", fid::first_node, fid::last_node);
  }

  static void add_placeholder(Graph& written) {
    Node& placeholder = *written.add_node();
    placeholder.set_name(fid::first_node);
    placeholder.set_op("Placeholder");
    (*placeholder.mutable_attr())["dtype"].set_type(float_type);
  }

  static void add_without_waiting(const Node& node, Graph& written) {
    Node& copy = *written.add_node();
    copy = node;
    copy.clear_input();
    for (const std::string& input : node.input()) {
      if (!waits(input)) copy.add_input(input);
    }
  }

  /// OpenCV takes the axis as int_val, one of two ways to write a number, and reads beyond its memory where
  /// it is not there.
  void add_concat(const Node& old, Graph& written) const {
    if (old.input_size() < 2) fail("its node '{}' joins nothing", densenf::detail::printable(old.name()));
    const Node& axis = node(source(old.input(0)));
    const auto value = axis.attr().find("value");
    const bool constant = axis.op() == "Const" && value != axis.attr().end();
    std::int32_t number = -1;
    if (constant && value->second.tensor().int_val_size() == 1)
      number = value->second.tensor().int_val(0);
    else if (constant && value->second.tensor().tensor_content().size() == sizeof(number))
      std::memcpy(&number, value->second.tensor().tensor_content().data(), sizeof(number));
    if (number < 0 || number > 3)
      fail("its node '{}' joins along no axis", densenf::detail::printable(old.name()));
    Node& copy = *written.add_node();
    copy.set_name(old.name() + "/axis");
    copy.set_op("Const");
    (*copy.mutable_attr())["dtype"].set_type(int_type);
    auto& tensor = *(*copy.mutable_attr())["value"].mutable_tensor();
    tensor.set_dtype(int_type);
    tensor.mutable_tensor_shape();
    tensor.add_int_val(number);
    add_without_waiting(old, written);
    written.mutable_node()->rbegin()->set_input(0, copy.name());
  }

  /// FusedBatchNorm computes the same with its inputs in another order, and always scales.
  void add_batch_norm(const Node& old, Graph& written) const {
    const auto epsilon = old.attr().find("variance_epsilon"),
               scaled = old.attr().find("scale_after_normalization");
    if (old.input_size() < 5 || epsilon == old.attr().end() || scaled == old.attr().end())
      fail("its node '{}' is no batch normalization", densenf::detail::printable(old.name()));
    const std::string &mean = old.input(1), &variance = old.input(2), &beta = old.input(3);
    std::string gamma = old.input(4);
    if (!scaled->second.b()) {
      gamma = old.name() + "/ones";
      add_ones(gamma, node(source(mean)), written);
    }
    Node& fused = *written.add_node();
    fused.set_name(old.name());
    fused.set_op("FusedBatchNorm");
    for (const std::string& input : {old.input(0), gamma, beta, mean, variance}) fused.add_input(input);
    auto& attributes = *fused.mutable_attr();
    attributes["T"].set_type(float_type);
    attributes["epsilon"].set_f(epsilon->second.f());
    attributes["is_training"].set_b(false);
  }

  /// Adds a constant of ones, as many as `like` has numbers.
  void add_ones(const std::string& name, const Node& like, Graph& written) const {
    const auto value = like.attr().find("value");
    constexpr std::int64_t most = 1 << 16;  // channels; the network has 2048
    if (like.op() != "Const" || value == like.attr().end() ||
        value->second.tensor().tensor_shape().dim_size() != 1)
      fail("its node '{}' is no vector", densenf::detail::printable(like.name()));
    const std::int64_t count = value->second.tensor().tensor_shape().dim(0).size();
    if (count < 1 || count > most)
      fail("its node '{}' has {} numbers", densenf::detail::printable(like.name()), count);
    const std::vector<float> ones(static_cast<std::size_t>(count), 1.0F);
    Node& node = *written.add_node();
    node.set_name(name);
    node.set_op("Const");
    (*node.mutable_attr())["dtype"].set_type(float_type);
    auto& tensor = *(*node.mutable_attr())["value"].mutable_tensor();
    tensor.set_dtype(float_type);
    *tensor.mutable_tensor_shape() = value->second.tensor().tensor_shape();
    tensor.set_tensor_content(ones.data(), ones.size() * sizeof(float));
  }

  std::string file_;
  std::map<std::string, const Node*, std::less<>> nodes_;
  std::set<std::string, std::less<>> needed_;
};

}  // namespace

std::string fid::readable_graph(std::span<const std::byte> bytes, const std::string& file) {
  Graph graph;
  if (std::cmp_greater(bytes.size(), std::numeric_limits<int>::max()) ||
      !graph.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw densenf::FileError(
        "File '{}' is no TensorFlow graph, or cut short: the Inception network of 2015 is expected, "
        "classify_image_graph_def.pb.",
        file);
  }
  return Rewriting(graph, file).part(graph).SerializeAsString();
}
