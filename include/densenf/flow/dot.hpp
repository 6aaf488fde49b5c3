#pragma once

#include <string>

#include "densenf/flow/describe.hpp"

// A picture of a flow, as text that Graphviz draws: dot -Tsvg flow.dot > flow.svg
namespace densenf {

namespace detail {

/// Nodes and edges of a graph while it is written.
class DotText {
public:
  /// A node in the group that is open; returns its name.
  std::string node(const std::string& label, const char* more = "") {
    const std::string name = fmt::format("n{}", count_++);
    groups_ += fmt::format("{}{} [label=\"{}\"{}];\n", indent(), name, label, more);
    return name;
  }
  void edge(const std::string& from, const std::string& to, const Shape& shape, const char* more = "") {
    edges_ += fmt::format("  {} -> {} [label=\"{}\"{}];\n", from, to, to_string(shape), more);
  }
  void open(const std::string& label) {
    groups_ += fmt::format("{}subgraph cluster{} {{ label=\"{}\";\n", indent(), count_++, label);
    ++depth_;
  }
  void close() {
    --depth_;
    groups_ += indent() + "}\n";
  }

  /// The graph.
  std::string text() const {
    return fmt::format("digraph flow {{\n  node [shape=box];\n{}{}}}\n", groups_, edges_);
  }

private:
  std::string indent() const { return std::string(static_cast<std::size_t>(2 * depth_), ' '); }

  std::string groups_, edges_;
  int count_ = 0, depth_ = 1;
};

inline std::string dot_label(const Description& d) {
  std::string label = d.name.empty() ? d.type : fmt::format("{}\\n{}", d.type, d.name);
  if (d.parameters > 0) label += fmt::format("\\n{} parameters", d.parameters);
  return label;
}

/// Draws a piece behind the node `last`, which makes images of d.input; returns the node that makes d.output.
inline std::string draw_piece(DotText& dot, const Description& d, std::string last) {
  if (d.pieces.empty() || d.pieces_make_noise) {
    const std::string piece = dot.node(dot_label(d));
    dot.edge(last, piece, d.input);
    if (d.pieces.empty()) return piece;
    dot.open("noise");
    std::string noise = dot.node("", ", shape=point");
    for (const Description& inside : d.pieces) noise = draw_piece(dot, inside, noise);
    dot.close();
    dot.edge(noise, piece, d.pieces.back().output, ", style=dashed");
    return piece;
  }
  dot.open(dot_label(d));
  for (const Description& inside : d.pieces) last = draw_piece(dot, inside, last);
  dot.close();
  return last;
}

}  // namespace detail

/// A flow's pieces as a Graphviz graph: the way of an image to the base, with shapes; combinators are boxes
/// around their pieces, and each says its name in files and its number of parameters. Runs one image of
/// zeros, as describe does.
template <class Model, class T, class Device, class Base, class Condition>
std::string to_dot(Session<Model, T, Device, Base, Condition>& session) {
  const Description model = describe_pieces(session);
  detail::DotText dot;
  const std::string last = detail::draw_piece(dot, model, dot.node("image", ", shape=plain"));
  dot.edge(last, dot.node(detail::type_name_of<Base>(), ", shape=ellipse"), model.output);
  return dot.text();
}

}  // namespace densenf
