#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf {

/// A tensor inside one of a model's flat buffers.
struct Param {
  Index offset = 0;
  Index size = 0;
  Index out =
      1;  ///< outputs of a matrix or a convolution, which have size / out weights each; of a vector, size

  bool operator==(const Param&) const = default;
};

/// A part of the decomposition W = P L U of a matrix: P is a permutation, L unit lower triangular, U upper
/// triangular, of whose diagonal there are the signs and the logarithms. `lower` and `upper` are without
/// their diagonals.
enum class LuPart { permutation, lower, upper, log_diagonal, signs };

/// How a parameter starts.
struct Init {
  enum class Kind { constant, uniform, normal, orthogonal, lu, near_identity, permutation };
  Kind kind = Kind::constant;
  /// The constant, the bound of a uniform distribution in [-value, value], or a standard deviation.
  double value = 0;
  LuPart part = LuPart::lower;
  Index matrix = 0;               ///< which one it is part of
  std::vector<Index> order = {};  ///< of a permutation; empty: a random one

  static Init constant(double v) { return {Kind::constant, v, LuPart::lower, 0}; }
  static Init zeros() { return constant(0); }
  static Init uniform(double bound) { return {Kind::uniform, bound, LuPart::lower, 0}; }
  static Init normal(double deviation) { return {Kind::normal, deviation, LuPart::lower, 0}; }
  static Init orthogonal() { return {Kind::orthogonal, 0, LuPart::lower, 0}; }
  /// A part of a random rotation; parts of the same `matrix`, whatever its number, belong together.
  static Init lu(LuPart part, Index matrix) { return {Kind::lu, 0, part, matrix}; }
  /// The numbers 0, 1, ... in random order.
  static Init permutation() { return {Kind::permutation, 0, LuPart::lower, 0}; }
  /// The same in this order.
  static Init permutation(std::vector<Index> order) {
    return {Kind::permutation, 0, LuPart::lower, 0, std::move(order)};
  }
  /// The identity matrix and normal numbers with this deviation.
  static Init near_identity(double deviation) { return {Kind::near_identity, deviation, LuPart::lower, 0}; }
};

/// One named tensor of a model. Checkpoints hold it row-major in `shape`; the buffer holds matrices and
/// convolution weights as [tap][in][out], the order in which the kernels read them.
struct ParamSpec {
  std::string name;
  std::vector<Index> shape;
  Param place;
  Init init;
  Index out = 1;
  Index in = 1;
  Index taps = 1;
  bool inputs_first =
      false;  ///< the checkpoint's tensor is (in, out, taps), as transposed convolutions have it

  /// Where element `i` of the checkpoint's row-major tensor lies, counted from the parameter's start.
  Index buffer_index(Index i) const {
    const Index tap = i % taps, rest = i / taps;
    if (inputs_first) return tap * in * out + rest;
    return (tap * in + rest % in) * out + rest / in;
  }
};

/// A square matrix among the parameters whose inverse and determinant each pass needs.
struct InvertibleMatrix {
  Param weight;
  Index c = 0;       ///< rows and columns
  Index number = 0;  ///< among the model's matrices, in the order of declaration
  Index kept = 0;    ///< offset of what is kept of it, in a buffer for the numbers of all matrices
};

/// Parameters, and tensors of the state, that take their first values from data, and the flag among the state
/// that says whether they have.
struct DataStart {
  Param flag;
  std::vector<Param> parameters;
  std::vector<Param> state;
};

/// What a model consists of: trained parameters, and state that is kept but not trained (running
/// statistics, flags). Offsets are multiples of 16 elements, so that every tensor starts on a cache line.
struct ParameterTable {
  std::vector<ParamSpec> parameters;
  std::vector<ParamSpec> state;
  std::vector<InvertibleMatrix> matrices;
  std::vector<InvertibleMatrix> state_matrices;  ///< the same among the state, numbered by themselves
  std::vector<DataStart> data_starts;
  Index parameters_size = 0;  ///< elements of the flat buffer, gaps included
  Index state_size = 0;
  Index matrices_size = 0;  ///< numbers of all matrices, gaps included
  Index state_matrices_size = 0;
  Index repeated_draws = 0;
  bool settles = false;  ///< whether numbers of the state follow from the parameters: see Flow::settle

  /// Numbers that are trained, gaps not counted.
  Index parameter_count() const {
    Index total = 0;
    for (const ParamSpec& p : parameters) total += p.place.size;
    return total;
  }
};

/// What a sentence calls the tensor for which is(spec): its name, or `otherwise` where `specs` (null: not
/// known) have none.
template <class Is>
std::string name_in_message(const std::vector<ParamSpec>* specs, const Is& is, const char* otherwise) {
  if (specs != nullptr) {
    for (const ParamSpec& spec : *specs) {
      if (is(spec)) return '\'' + spec.name + '\'';
    }
  }
  return otherwise;
}

/// Collects a model's parameters. Names are dotted paths: each piece opens a scope for its parts.
class Builder {
  /// Where names are declared.
  struct Place {
    std::string path;
    Index* next = nullptr;     ///< the number of the next piece, while they are numbered through
    bool pieces_here = false;  ///< whether a combinator's pieces stand below the path itself
    std::string numbered;  ///< the path of the innermost combinator that numbers its pieces, and the number
    Index number = 0;
  };

public:
  explicit Builder(ParameterTable& table) : table_(table) {}

  class Scope {
  public:
    Scope(Builder& b, Place before) : builder_(b), before_(std::move(before)) {}
    ~Scope() { builder_.at_ = std::move(before_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

  private:
    Builder& builder_;
    Place before_;
  };

  /// Names declared until the returned object goes are below `name`; an empty one changes nothing.
  [[nodiscard]] Scope scope(std::string_view name) { return extended(name, false); }
  [[nodiscard]] Scope scope(Index i) { return scope(std::to_string(i)); }

  /// Where a combinator (Compose, Unit) declares its pieces, "transforms", each of them below piece_scope(i):
  /// "transforms.0", "transforms.1", ... A piece that is such a combinator itself has its own "transforms"
  /// there.
  [[nodiscard]] Scope pieces_scope() {
    return at_.next != nullptr || at_.pieces_here ? Scope(*this, at_) : scope("transforms");
  }
  [[nodiscard]] Scope piece_scope(Index i, bool is_combinator) {
    if (at_.next != nullptr) return is_combinator ? Scope(*this, at_) : scope((*at_.next)++);
    const Place before = at_;
    at_.numbered = before.path;
    at_.number = i;
    return below(before, std::to_string(i), false);
  }
  /// Names of a combinator that is declared until the returned object goes are below `name`, and its pieces
  /// directly there: "name.0", "name.1", ... A name with a '*' stands beside the number of the piece that it
  /// is in instead of below it, with the number for the '*': "a.*" in "steps.3" is "steps.a.3".
  [[nodiscard]] Scope named_scope(std::string_view name) {
    const std::size_t star = name.find('*');
    if (star == std::string_view::npos) return extended(name, true);
    const Place before = at_;
    at_.path = before.numbered;
    std::string numbered(name);
    numbered.replace(star, 1, std::to_string(before.number));
    return below(before, numbered, true);
  }
  /// Pieces that are declared until the returned object goes are numbered through from `next` on, however
  /// deep in combinators they are: "transforms.0", "transforms.1", ..., or with another name in front.
  [[nodiscard]] Scope flat_scope(Index& next, std::string_view name = "transforms") {
    if (at_.next != nullptr) return Scope(*this, at_);
    const Place before = at_;
    if (!at_.path.empty()) at_.path += '.';
    at_.path += name;
    at_.next = &next;
    at_.pieces_here = false;
    return Scope(*this, before);
  }

  const std::string& path() const { return at_.path; }
  /// The offset that the next parameter gets.
  Index parameters_size() const { return table_.parameters_size; }

  /// A vector, kept as it is in `shape` (which may have extents of 1 around it).
  Param vector(std::string_view name, std::vector<Index> shape, Init init) {
    const Index size = product(shape);
    return add(table_.parameters, table_.parameters_size,
               {full(name), std::move(shape), {}, init, size, 1, 1});
  }

  /// A convolution's weight with `shape` (out, in, height, width), or a matrix (out, in).
  Param weight(std::string_view name, std::vector<Index> shape, Init init) {
    const Index taps = shape.size() == 4 ? shape[2] * shape[3] : 1;
    const Index out = shape[0], in = shape[1];
    return add(table_.parameters, table_.parameters_size,
               {full(name), std::move(shape), {}, init, out, in, taps});
  }

  /// The weight of a transposed convolution, with `shape` (in, out, height, width).
  Param transposed_weight(std::string_view name, std::vector<Index> shape, Init init) {
    const Index in = shape[0], out = shape[1], taps = shape[2] * shape[3];
    ParamSpec spec{full(name), std::move(shape), {}, init, out, in, taps};
    spec.inputs_first = true;
    return add(table_.parameters, table_.parameters_size, std::move(spec));
  }

  /// A number for each channel at each place of images of one shape, as (c, h, w).
  Param image(std::string_view name, const Shape& s, Init init) {
    return add(table_.parameters, table_.parameters_size,
               {full(name), {s.c, s.h, s.w}, {}, init, s.c, 1, s.pixels()});
  }

  /// The same where images are sequences of tokens, their pixels: as (1, tokens, width).
  Param tokens(std::string_view name, Index count, Index width, Init init) {
    return rows(name, {1, count, width}, init);
  }

  /// A tensor of any `shape` whose row-major memory is used as it is: as rows of as many numbers as its last
  /// extent says, such as one for each token, or weights (in, out).
  Param rows(std::string_view name, std::vector<Index> shape, Init init) {
    const Index width = shape.back();
    return add(table_.parameters, table_.parameters_size,
               {full(name), std::move(shape), {}, init, width, 1, 1});
  }

  /// A matrix (c, c) whose inverse and determinant are found at the start of each pass: see
  /// Context::inverted.
  InvertibleMatrix invertible_matrix(std::string_view name, Index c, Init init) {
    const InvertibleMatrix made{weight(name, {c, c}, init), c, static_cast<Index>(table_.matrices.size()),
                                table_.matrices_size};
    table_.matrices_size += whole_lines(made.weight.size);
    table_.matrices.push_back(made);
    return made;
  }

  /// A tensor of any `shape` whose row-major memory is used as a matrix (out, everything else).
  Param matrix(std::string_view name, std::vector<Index> shape, Init init) {
    const Index out = shape[0], in = product(shape) / out;
    return add(table_.parameters, table_.parameters_size,
               {full(name), std::move(shape), {}, init, out, in, 1});
  }

  /// A vector that is kept but not trained.
  Param state(std::string_view name, std::vector<Index> shape, Init init) {
    const Index size = product(shape);
    return add(table_.state, table_.state_size, {full(name), std::move(shape), {}, init, size, 1, 1});
  }

  /// An image that is kept but not trained, as (1, c, h, w), or as (1, c) where it has one pixel.
  Param state_image(std::string_view name, const Shape& s, Init init) {
    std::vector<Index> shape{1, s.c, s.h, s.w};
    if (s.pixels() == 1) shape.resize(2);
    return add(table_.state, table_.state_size, {full(name), std::move(shape), {}, init, s.c, 1, s.pixels()});
  }

  /// Says that numbers of the state follow from the parameters: see Flow::settle.
  void settles() { table_.settles = true; }

  /// A convolution's weight or a matrix, as `weight`, that is kept but not trained.
  Param state_weight(std::string_view name, std::vector<Index> shape, Init init) {
    const Index taps = shape.size() == 4 ? shape[2] * shape[3] : 1;
    const Index out = shape[0], in = shape[1];
    return add(table_.state, table_.state_size, {full(name), std::move(shape), {}, init, out, in, taps});
  }

  /// A matrix (c, c) likewise, whose inverse and determinant are found anew where it has changed: see
  /// Context::inverted_state.
  InvertibleMatrix invertible_state(std::string_view name, Index c, Init init) {
    const InvertibleMatrix made{state_weight(name, {c, c}, init), c,
                                static_cast<Index>(table_.state_matrices.size()), table_.state_matrices_size};
    table_.state_matrices_size += whole_lines(made.weight.size);
    table_.state_matrices.push_back(made);
    return made;
  }

  /// A flag among the state, 0 at first: whether `parameters`, and these tensors of the state, have had their
  /// start from data, which is what Flow::initialize gives them.
  Param starts_from_data(std::string_view name, std::vector<Param> parameters,
                         std::vector<Param> of_state = {}) {
    const Param flag = state(name, {1}, Init::zeros());
    table_.data_starts.push_back({flag, std::move(parameters), std::move(of_state)});
    return flag;
  }

  /// The number of a draw that a pass may ask for more than once: see NoiseSource::uniform_again.
  Index repeated_draw() { return table_.repeated_draws++; }

private:
  Scope extended(std::string_view name, bool pieces_here) { return below(at_, name, pieces_here); }
  /// Goes on below `name`, until `before` is put back.
  Scope below(Place before, std::string_view name, bool pieces_here) {
    if (!name.empty()) {
      if (!at_.path.empty()) at_.path += '.';
      at_.path += name;
    }
    at_.next = nullptr;
    at_.pieces_here = pieces_here;
    return Scope(*this, std::move(before));
  }

  static Index product(const std::vector<Index>& shape) {
    constexpr Index most = std::numeric_limits<Index>::max() / 64;  // so that bytes and gaps can be counted
    Index size = 1;
    for (const Index e : shape) {
      if (e > 0 && size > most / e)
        throw ShapeError("A tensor of {} numbers a side has more of them than can be counted.", e);
      size *= e;
    }
    return size;
  }
  static constexpr Index whole_lines(Index size) {
    constexpr Index line = 16;
    return (size + line - 1) / line * line;
  }
  std::string full(std::string_view name) const {
    return at_.path.empty() ? std::string(name) : at_.path + "." + std::string(name);
  }
  static Param add(std::vector<ParamSpec>& list, Index& used, ParamSpec spec) {
    spec.place = {used, product(spec.shape), spec.out};
    used += whole_lines(spec.place.size);
    list.push_back(std::move(spec));
    return list.back().place;
  }

  ParameterTable& table_;
  Place at_;
};

}  // namespace densenf
