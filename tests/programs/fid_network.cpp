// The network of examples/fid, with a tiny graph in the place of the published one.
#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"
#include "densenf/io/file.hpp"
#include "inception.hpp"
#include "readable_graph.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

const std::filesystem::path data_folder =
    std::filesystem::path(DENSENF_SOURCE_DIR) / "tests" / "metrics" / "data";

std::string tiny_graph() { return get(data_folder / "tiny_graph.pb"); }

/// What is said about a file with this content.
std::string refusal(std::string_view content) {
  const TemporaryFolder folder;
  put(folder / "graph.pb", content);
  return message_of<FileError>([&] { fid::Inception(folder / "graph.pb"); });
}

std::string with(std::string text, std::string_view old, std::string_view other) {
  REQUIRE(old.size() == other.size());  // so that lengths in the file stay right
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), other);
}

}  // namespace

TEST_CASE("a graph of the operations of 2015 is computed") {
  fid::Inception network(data_folder / "tiny_graph.pb");
  const std::vector<Picture> pictures{Picture(1, 1, {10, 200, 90}), Picture(7, 5, {255, 0, 128})};
  const FeatureRows features = network.features(pictures);
  REQUIRE(features.rows() == 2);
  REQUIRE(features.cols() == 12);
  // As make_tiny_graph.py prints them.
  const double expected[2][8] = {{0, 1.1472406, 0, 0, 0, 2.4417217, 0, 0},
                                 {0.4564015, 0, 0.1990693, 0.6539817, 0.6628029, 0, 1.096277, 2.4699083}};
  // Sums of 64 numbers below 3 for each mean, in single precision: up to 3 * 64 * 2^-24, and a few more
  // roundings.
  for (Index i = 0; i < 2; ++i) {
    for (Index k = 0; k < 8; ++k) CHECK(std::abs(features(i, k) - expected[i][k]) < 2e-5);
    CHECK(features.row(i).tail(4) == features.row(i).head(4));
  }
  const FeatureRows alone = network.features(std::span(pictures).last(1));
  CHECK((alone.row(0) - features.row(1)).cwiseAbs().maxCoeff() < 1e-6);
  CHECK_THROWS_AS(network.features({}), ArgumentError);
  CHECK_THROWS_AS(network.features(std::vector<Picture>(1)), ArgumentError);
}

TEST_CASE("a file that is another graph, or none") {
  const std::string graph = tiny_graph();
  CHECK(contains(refusal("no graph at all"), "no TensorFlow graph"));
  CHECK(contains(refusal(""), "has no node 'pool_3'"));
  CHECK(contains(refusal(graph.substr(0, graph.size() - 5)), "no TensorFlow graph, or cut short"));
  CHECK(contains(refusal(with(graph, "pool_3", "pool_4")), "has no node 'pool_3'"));
  CHECK(contains(refusal(with(graph, "variance_epsilon", "variance_epsilom")), "is no batch normalization"));
  CHECK(contains(message_of<FileError>([] { fid::Inception("no_such_file.pb"); }), "no_such_file.pb"));
  // Whatever is damaged, there is a sentence or a network.
  for (std::size_t at = 0; at < graph.size(); at += 5) {
    std::string damaged = graph;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    try {
      fid::readable_graph(std::as_bytes(std::span(damaged)), "graph.pb");
    } catch (const FileError& e) {
      CHECK(contains(e.what(), "graph.pb"));
    }
  }
}
