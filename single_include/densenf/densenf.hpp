// densenf in one file, made by scripts/make_single_header: change the headers in include/ instead.
// Models, training and evaluation in memory. What reads or writes files, draws, or checks pieces of one's own is
// not in here: it is in the folder include/, whose headers are to be used instead of this file and not beside it.
// SPDX-License-Identifier: Apache-2.0
#pragma once


// densenf: densely connected normalizing flows. Everything for the host that needs no library beyond Eigen,
// fmt and Random123; files, images and data sets come with the headers in densenf/io and densenf/data.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

// Whether a number is finite decides about training steps, samples and files, all of it in headers.
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ != 0
#error "densenf looks for NaN, which -ffast-math and -Ofast drop: use -O3, or add -fno-finite-math-only."
#endif

// fmt 9 takes nvcc for a compiler without constexpr, and then does not compile as C++20.
#if defined(__NVCC__) && !defined(FMT_USE_CONSTEXPR)
#define FMT_USE_CONSTEXPR 1
#endif
#include <fmt/core.h>

#include <stdexcept>

// DENSENF_USE_COMPILED is defined in programs that link densenf::compiled, by that target and for all of
// their files: these headers then only declare what the library holds.
/// Stands before what is defined in a header, and with densenf::compiled in the library alone.
#define DENSENF_INLINE inline

// The same for what needs the libraries of densenf::io, which densenf::compiled has where it was built with
// them.
#ifdef DENSENF_USE_COMPILED_IO
#define DENSENF_INLINE_IO
#else
#define DENSENF_INLINE_IO inline
#endif

// Every exception that densenf throws derives from densenf::Error; its text is one sentence that says
// what was expected, what came, and what to do. Destructors are not defined in the classes: with
// densenf::compiled they are in the library, and with them the one description of each type by which what
// is thrown in one part of a program is caught in another.
namespace densenf {

template <class... Args>
using MessageFormat = fmt::format_string<const Args&...>;

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;
  ~Error() override;

  template <class... Args>
  explicit Error(MessageFormat<Args...> format, const Args&... args) requires(sizeof...(Args) > 0)
      : std::runtime_error(fmt::vformat(format, fmt::make_format_args(args...))) {}
};

/// The items of a range with `between` between them. In the place of fmt::join, about whose inside g++ 12
/// warns at -O3 in the programs of those who include it.
template <class Items>
std::string joined(const Items& items, std::string_view between) {
  std::string text;
  std::string_view before;
  for (const auto& item : items) {
    // Not fmt::format_to, for which nvcc compiles long double for the GPU, and warns.
    text += fmt::vformat("{}{}", fmt::make_format_args(before, item));
    before = between;
  }
  return text;
}

namespace detail {
/// Text from a file for a message: what is no printable ASCII character becomes \xNN, so that no byte of a
/// foreign file reaches a terminal, and what is long is cut.
std::string printable(std::string_view text);
/// The same between quotes.
std::string for_message(std::string_view text);
}  // namespace detail

/// A batch, a tensor or a parameter does not have the extents that are needed.
class ShapeError : public Error {
public:
  using Error::Error;
  ShapeError(const ShapeError&) = default;
  ShapeError& operator=(const ShapeError&) = default;
  ~ShapeError() override;
};

/// An option, a name or a value is not one that the call accepts.
class ArgumentError : public Error {
public:
  using Error::Error;
  ArgumentError(const ArgumentError&) = default;
  ArgumentError& operator=(const ArgumentError&) = default;
  ~ArgumentError() override;
};

/// A file is missing, cut short, not what it claims to be, or cannot be written.
class FileError : public Error {
public:
  using Error::Error;
  FileError(const FileError&) = default;
  FileError& operator=(const FileError&) = default;
  ~FileError() override;
};

/// A device has too little memory left. It can still be used: nothing was taken.
class OutOfMemoryError : public Error {
public:
  using Error::Error;
  OutOfMemoryError(const OutOfMemoryError&) = default;
  OutOfMemoryError& operator=(const OutOfMemoryError&) = default;
  ~OutOfMemoryError() override;
};

/// A device is missing or does not do what it is asked to.
class DeviceError : public Error {
public:
  using Error::Error;
  DeviceError(const DeviceError&) = default;
  DeviceError& operator=(const DeviceError&) = default;
  ~DeviceError() override;
};

/// A loss or an activation became infinite or NaN.
class NonFiniteError : public Error {
public:
  using Error::Error;
  NonFiniteError(const NonFiniteError&) = default;
  NonFiniteError& operator=(const NonFiniteError&) = default;
  ~NonFiniteError() override;
};

/// An iteration that should come to rest does not.
class ConvergenceError : public Error {
public:
  using Error::Error;
  ConvergenceError(const ConvergenceError&) = default;
  ConvergenceError& operator=(const ConvergenceError&) = default;
  ~ConvergenceError() override;
};

}  // namespace densenf

namespace densenf {

DENSENF_INLINE Error::~Error() = default;
DENSENF_INLINE ShapeError::~ShapeError() = default;
DENSENF_INLINE ArgumentError::~ArgumentError() = default;
DENSENF_INLINE FileError::~FileError() = default;
DENSENF_INLINE OutOfMemoryError::~OutOfMemoryError() = default;
DENSENF_INLINE DeviceError::~DeviceError() = default;
DENSENF_INLINE NonFiniteError::~NonFiniteError() = default;
DENSENF_INLINE ConvergenceError::~ConvergenceError() = default;

namespace detail {

DENSENF_INLINE std::string printable(std::string_view text) {
  constexpr std::size_t longest = 120;
  std::string shown;
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e)
      shown += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
    else
      shown += c;
  }
  return text.size() > longest ? shown + "..." : shown;
}

DENSENF_INLINE std::string for_message(std::string_view text) { return '\'' + printable(text) + '\''; }

}  // namespace detail
}  // namespace densenf

namespace densenf {

/// Extents, strides and offsets. Signed, so that differences are safe.
using Index = std::ptrdiff_t;

/// The extents of one image: channels, height, width. A vector of D numbers is {D, 1, 1}.
struct Shape {
  Index c = 0;
  Index h = 1;
  Index w = 1;

  constexpr Index pixels() const { return h * w; }
  constexpr Index size() const { return c * h * w; }
  constexpr bool operator==(const Shape&) const = default;
};

inline std::string to_string(const Shape& s) {
  return std::to_string(s.c) + 'x' + std::to_string(s.h) + 'x' + std::to_string(s.w);
}

/// Called where a bijector cannot take a shape. In a constant expression the call itself is the error,
/// and the compiler quotes the line with its sentence; at run time it throws that sentence.
[[noreturn]] inline void shape_mismatch(const char* sentence, const Shape& got) {
  throw ShapeError("{} Got {} (channels x height x width).", sentence, to_string(got));
}

/// What every output_shape begins with.
constexpr void require_positive(const Shape& s) {
  if (s.c < 1 || s.h < 1 || s.w < 1) shape_mismatch("Every extent of an image must be at least 1.", s);
}

/// What a part that only works on some images says to images of shape `s`: calls the static Part::require(s),
/// if there is one, which calls shape_mismatch. A part without it takes any images.
template <class Part>
constexpr void require_of(const Shape& s) {
  if constexpr (requires(const Part& part) { part.require(s); }) Part::require(s);
}

/// How many values `count` images have. Throws ShapeError, whose sentence begins with `what` they are the
/// values of ("A batch"), when the count is negative, an extent is not at least 1, or memory cannot hold so
/// many.
inline Index value_count(std::string_view what, Index count, const Shape& s) {
  if (count < 0 || s.c < 1 || s.h < 1 || s.w < 1) {
    throw ShapeError(
        "{} cannot have {} images of {}: the count must be at least 0 and every extent at least 1.", what,
        count, to_string(s));
  }
  constexpr Index most = std::numeric_limits<Index>::max() / 16;  // so that their bytes can be counted too
  if (s.h > most / s.c || s.w > most / (s.c * s.h) || count > most / s.size()) {
    throw ShapeError("{} cannot have {} images of {}: those are more values than can be counted.", what,
                     count, to_string(s));
  }
  return count * s.size();
}

/// Throws ShapeError unless `held` values are what `count` images have. Whatever is made of values, a count
/// and a shape that somebody else has put together goes through here.
inline void require_values(std::string_view what, Index count, const Shape& s, std::size_t held) {
  const Index needed = value_count(what, count, s);
  if (std::cmp_not_equal(needed, held)) {
    throw ShapeError("{} needs {} values for {} image{} of {}, but has {}.", what, needed, count,
                     count == 1 ? "" : "s", to_string(s), held);
  }
}

/// Throws ArgumentError unless images [first, first + how_many) are among `count`.
inline void require_images(Index first, Index how_many, Index count) {
  if (first < 0 || how_many < 0 || first > count - how_many) {
    throw ArgumentError("{} images from number {} on were asked for, but there are {}.", how_many, first,
                        count);
  }
}

}  // namespace densenf

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

namespace densenf {

/// A string as a template argument.
template <std::size_t N>
struct Name {
  char text[N]{};
  consteval Name(const char (&from)[N]) { std::copy_n(from, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// `Piece` with a name of its own, a dotted path: below it are the names of its parameters, wherever it
/// stands in a Compose, and of a Compose or Unit the pieces directly: Named<"levels.0", Unit<2, Step>> has
/// "levels.0.0" and "levels.0.1". A '*' in the name stands for the number of the module of a Unit that it is
/// in: in Named<"", Unit<2, Compose<Named<"convs.*", Conv1x1>, ...>>> they are "convs.0" and "convs.1". So a
/// model can have the names of published weights. `Piece` may also be the network of a Coupling.
template <Name name, class Piece>
struct Named : Piece {
  static constexpr bool names_itself = true;
  static constexpr std::string_view scope_name = name.view();

  void build(Builder& b, Shape in) {
    const auto scope = b.named_scope(scope_name);
    Piece::build(b, in);
  }
};

namespace detail {
/// The name that Named gives a part, or another.
template <class Part>
constexpr std::string_view scope_name_of(std::string_view otherwise) {
  if constexpr (requires { Part::scope_name; })
    return Part::scope_name;
  else
    return otherwise;
}
}  // namespace detail

}  // namespace densenf

#include <type_traits>

#include <cstdint>

#include <optional>

// How images are drawn by pieces of which a pixel depends on the pixels before it (PixelAutoregressive).
namespace densenf {

/// All pixels at once, again and again, instead of one pixel after the other: x = inverse(z; network(x)),
/// from x = z on, until nothing changes any more. If all pixels up to one are right, then the next round
/// makes the next one right; so as many rounds as there are pixels, less one, always are enough, and the
/// result is that of pixel by pixel. An image is done when a round has moved its numbers by at most
/// `tolerance`, as a Euclidean norm: so it does not depend on the other images.
struct JacobiIteration {
  double tolerance = 0;   ///< 0: until nothing moves
  Index most_rounds = 0;  ///< 0: as many as are always enough

  bool operator==(const JacobiIteration&) const = default;

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    if (!(tolerance >= 0 && std::isfinite(tolerance)))
      throw ArgumentError("The tolerance of an iteration must be finite and 0 or more, not {}.", tolerance);
    if (most_rounds < 0)
      throw ArgumentError("The rounds of an iteration must be 0 (as many as are enough) or more, not {}.",
                          most_rounds);
  }
};

/// Classifier-free guidance of the raw numbers by which pixels change (TarFlow, section 3.5): r + g (r -
/// free), where `free` are those without the condition, and with the scores of attention divided by a
/// temperature. What is drawn so is no draw from the model's density.
struct Guidance {
  double weight = 0;       ///< g; 0: off
  double temperature = 1;  ///< of what is free; without a condition, all that tells it apart
  bool annealed = true;    ///< g grows along the pixels, from 0 at the first to `weight` at the last
  bool scales = true, shifts = true;  ///< which of the raw numbers are guided

  bool on() const { return weight != 0; }
  /// That of pixel number `place` in the order in which they are known, of `pixels`.
  double weight_at(Index place, Index pixels) const {
    if (!annealed) return weight;
    return pixels > 1 ? weight * static_cast<double>(place) / static_cast<double>(pixels - 1) : 0;
  }
  bool operator==(const Guidance&) const = default;

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    if (!std::isfinite(weight))
      throw ArgumentError("The weight of a guidance must be finite, not {}.", weight);
    if (!(temperature > 0 && std::isfinite(temperature)))
      throw ArgumentError("The temperature of a guidance must be finite and above 0, not {}.", temperature);
  }
};

}  // namespace densenf

#include <array>

namespace densenf {

/// What a unit keeps for its backward pass.
enum class MemoryPolicy {
  store,      ///< everything
  recompute,  ///< the input of each module; the module runs once more
  reverse,    ///< the unit's output; each module's input is rebuilt through the inverse
};

/// The policy of that name ("store", "recompute", "reverse"). Throws ArgumentError for any other name.
inline MemoryPolicy make_memory_policy(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, MemoryPolicy>, 3> all{
      {{"store", MemoryPolicy::store},
       {"recompute", MemoryPolicy::recompute},
       {"reverse", MemoryPolicy::reverse}}};
  for (const auto& [known, policy] : all) {
    if (known == name) return policy;
  }
  throw ArgumentError("There is no memory policy '{}': choose one of store, recompute, reverse.", name);
}

}  // namespace densenf

namespace densenf {

/// A distribution of whole numbers: geometric on 1, 2, ... with a probability of success, or Poisson on 0, 1,
/// ... with a rate.
struct CountLaw {
  enum class Kind { geometric, poisson };
  Kind kind = Kind::poisson;
  double parameter = 1;

  /// Throws ArgumentError for a probability outside of (0, 1), and a rate outside of (0, 100].
  void validate() const {
    if (kind == Kind::geometric && !(parameter > 0 && parameter < 1))
      throw ArgumentError("A geometric law has a probability between 0 and 1, not {}.", parameter);
    if (kind == Kind::poisson && !(parameter > 0 && parameter <= 100))
      throw ArgumentError("A Poisson law has a rate above 0 and up to 100 here, not {}.", parameter);
  }

  /// P(n >= j)
  double tail(Index j) const {
    if (kind == Kind::geometric) return j <= 1 ? 1 : std::pow(1 - parameter, static_cast<double>(j - 1));
    if (j <= 0) return 1;
    // The upper tail itself, largest terms first or nearly so: 1 less the lower sum would lose its digits.
    double term = std::exp(-parameter), sum = 0;
    for (Index i = 1; i <= j; ++i) term *= parameter / static_cast<double>(i);
    for (Index i = j; term > 0 && term > 1e-18 * sum; ++i) {
      sum += term;
      term *= parameter / static_cast<double>(i + 1);
    }
    return sum;
  }

  /// The number that a draw u, uniform in (0, 1), stands for: the largest n with P(N >= n) >= u.
  Index number(double u) const {
    Index n = kind == Kind::geometric ? 1 : 0;
    while (tail(n + 1) >= u) ++n;
    return n;
  }
};

}  // namespace densenf

namespace densenf {

/// A view of a batch of images, channels last: element (n, y, x, c) is at
/// data[((n * h + y) * w + x) * stride + c]. `stride` is the distance between neighboring pixels and
/// is at least `c`, so a range of channels is a view too. Does not own its memory.
template <class T>
struct Tensor {
  T* data = nullptr;
  Index n = 0;
  Index h = 0;
  Index w = 0;
  Index c = 0;
  Index stride = 0;

  constexpr Shape shape() const { return {c, h, w}; }
  constexpr Index pixels() const { return n * h * w; }
  constexpr Index size() const { return n * h * w * c; }
  constexpr bool contiguous() const { return stride == c; }

  constexpr T* pixel(Index p) const { return data + p * stride; }
  constexpr T& operator()(Index p, Index channel) const { return data[p * stride + channel]; }

  /// Channels [first, first + count) of every pixel.
  constexpr Tensor channels(Index first, Index count) const { return {data + first, n, h, w, count, stride}; }

  /// Images [first, first + count).
  constexpr Tensor images(Index first, Index count) const {
    return {data + first * h * w * stride, count, h, w, c, stride};
  }

  template <class U>
  requires(std::is_same_v<U, const T> && !std::is_const_v<T>) constexpr operator Tensor<U>() const {
    return {data, n, h, w, c, stride};
  }
};

/// The same view, read only; spells out the conversion where a template must deduce T.
template <class T>
constexpr Tensor<const T> as_const(const Tensor<T>& t) {
  return {t.data, t.n, t.h, t.w, t.c, t.stride};
}

/// A view of contiguous memory as a batch.
template <class T>
constexpr Tensor<T> make_tensor(T* data, Index n, const Shape& s) {
  return {data, n, s.h, s.w, s.c, s.c};
}

}  // namespace densenf

namespace densenf {

/// Where a model's random numbers come from. A model asks for its draws in a fixed order, so a source may
/// compute them (flow/noise.hpp), replay recorded ones, or record what it hands out.
template <class T, class Device>
class NoiseSource {
public:
  virtual ~NoiseSource() = default;
  /// Fills `out` with independent standard normal numbers.
  virtual void normal(const Device& device, Tensor<T> out) = 0;
  /// Fills `out` with independent numbers, uniform in (0, 1).
  virtual void uniform(const Device& device, Tensor<T> out) = 0;
  /// The same for a part of a model that a pass may run more than once: with the same `number`, which the
  /// part has from Builder::repeated_draw, it gets the same numbers within a pass. `out` is for the images of
  /// the batch from `first` on, which is Pass::first_image.
  virtual void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) = 0;
  /// The same with standard normal numbers.
  virtual void normal_again(const Device& device, Index number, Index first, Tensor<T> out) = 0;
  /// A whole number for the host, one for all images, likewise.
  virtual Index count_again(const Device& device, Index number, const CountLaw& law) = 0;
};

}  // namespace densenf

namespace densenf {

/// Whether statistics (BatchNorm's) are taken from the batch, or those that training has left are used.
enum class Phase { training, evaluation };

/// Receives what leaves the flow on the way forward, in order.
template <class T>
class LatentSink {
public:
  virtual ~LatentSink() = default;
  virtual void keep(Tensor<const T> latent) = 0;
  /// Where the log-density is added under which each of n images' part leaves that is kept next, on the
  /// device; null: not wanted.
  virtual double* log_density(Index /*n*/) { return nullptr; }
};

/// What a part that left the flow consists of where a piece has chosen it: numbers from `first` to `last` in
/// steps of `step`; with `each_once`, every one of them once in each image.
struct LatentChoices {
  Index first = 0, last = 0, step = 1;
  bool each_once = false;
};

/// Gives back on the way back what left the flow, last first.
template <class T>
class LatentSource {
public:
  virtual ~LatentSource() = default;
  /// Throws ArgumentError where the part is none of the choices that are possible.
  virtual void take(Tensor<T> latent, const std::optional<LatentChoices>& choices = {}) = 0;
};

/// Sees the output of each piece of a flow as it is computed, that of pieces inside of others first; used to
/// find where a number stopped being finite.
template <class T>
class Observer {
public:
  virtual ~Observer() = default;
  /// A piece is about to be computed.
  virtual void on_begin(const std::string&) {}
  virtual void on_output(const std::string& name, Tensor<const T> output, const double* log_prob) = 0;
};

/// Is told in the backward pass which gradients nothing will be added to any more.
class GradientListener {
public:
  virtual ~GradientListener() = default;
  /// The gradients of all parameters whose offset is `first` or more are final. Called with offsets that do
  /// not grow, because the backward pass meets parameters in the opposite order of their declaration.
  virtual void on_final(Index first) = 0;
};

/// The numbers of a model, as passes see them: no pass changes them.
template <class T>
struct WeightsView {
  const ParameterTable* table = nullptr;  ///< of the model, for names in messages; null: not known
  const T* parameters = nullptr;          ///< flat buffer, laid out by the table
  const T* state = nullptr;               ///< likewise
  /// Of the parameters: those of a version that is not 0 are the same at each pass.
  std::uint64_t version = 0;

  /// For a pass that runs while the numbers change, or again when they have changed.
  WeightsView of_any_version() const { return {table, parameters, state, 0}; }
};

/// Multiplications and additions of products with weights, and of attention.
struct OperationCount {
  double defined = 0;  ///< as the definitions of convolutions have them
  double on_cpu = 0;   ///< as the CPU computes them: fewer where it takes Winograd's algorithm
};

/// What one pass over a model computes with and what it is for. A pass is a constant: it is made in one
/// expression, and nothing changes it while it runs.
///
///   const Pass<T, Device> pass{.weights = weights.view(), .noise = &noise, .temperature = 0.7};
template <class T, class Device>
struct Pass {
  WeightsView<T> weights = {};
  NoiseSource<T, Device>* noise = nullptr;

  Phase phase = Phase::evaluation;
  MemoryPolicy policy = MemoryPolicy::store;
  Index slice = 0;         ///< images in work at once inside of couplings; 0: all (autodiff/slices.hpp)
  double temperature = 1;  ///< of the base distributions when sampling

  T* gradients = nullptr;   ///< like parameters; added to by the backward pass. null: they are constants
  T* next_state = nullptr;  ///< like state: what it becomes if the step is taken; null: not wanted
  T* start_parameters = nullptr;  ///< parameters, for data-dependent starts alone; null in every other pass
  T* start_state = nullptr;       ///< state likewise

  LatentSink<T>* latents = nullptr;  ///< when encoding
  LatentSource<T>* kept = nullptr;   ///< when decoding
  Observer<T>* observer = nullptr;
  GradientListener* gradient_listener = nullptr;
  OperationCount* operations = nullptr;  ///< what the pass computes is added here
  /// Whether what the pass records is run more than once: gradients are forgotten after each time.
  bool repeats_adjoints = false;
  Index first_image = 0;  ///< the number in the batch of the first one that is worked on: 0, but in slices

  std::optional<JacobiIteration> jacobi = {};  ///< of inverses that otherwise go pixel by pixel
  Guidance guidance = {};                      ///< of the same, when sampling

  /// The same on the way back, where stretches that run again say no more what the state becomes.
  Pass backward() const {
    Pass back = *this;
    back.next_state = nullptr;
    return back;
  }
};

}  // namespace densenf

namespace densenf::kernels {

/// Whether a kernel overwrites its output or adds to it. What is overwritten may be uninitialized.
enum class Write { assign, accumulate };

namespace detail {
/// Puts a number, or an Eigen array, where the output is.
template <class To, class From>
constexpr void put(Write write, To&& to, const From& from) {
  if (write == Write::assign) {
    to = from;
  } else {
    to += from;
  }
}
}  // namespace detail

}  // namespace densenf::kernels

namespace densenf {

/// The gradient of the loss with respect to one tensor. Its memory is taken when the backward pass first
/// asks for it, so that gradients live only as long as the part of the model that is being differentiated.
template <class T>
struct Gradient {
  Tensor<T> tensor;
  bool written = false;  ///< whether the memory holds a gradient, if only zeros
};

/// Where an adjoint puts a gradient, and whether it is the first to do so.
template <class T>
struct GradientTarget {
  Tensor<T> tensor;
  kernels::Write write = kernels::Write::accumulate;
};

/// A value in a computation, and the place where its gradient will be. Copies refer to the same value.
/// Without a gradient (nothing is recorded, or the value is data) it is a constant.
template <class T>
struct Var {
  Tensor<T> value;
  Gradient<T>* gradient = nullptr;
  Index first_channel = 0;  ///< where `value` begins among the channels of the gradient's tensor

  constexpr Index n() const { return value.n; }
  constexpr Index c() const { return value.c; }
  constexpr Shape shape() const { return value.shape(); }

  /// A range of channels; its gradient is the same range of this one's gradient.
  constexpr Var channels(Index first, Index count) const {
    return {value.channels(first, count), gradient, first_channel + first};
  }
};

/// Per-image log-probabilities (natural logarithm) that the pieces of a flow add to, in double for every
/// scalar type, because a flow sums thousands of terms.
struct LogProb {
  double* value = nullptr;           ///< N numbers, added to
  const double* gradient = nullptr;  ///< N numbers: d loss / d value, when recording

  /// Those of the images from `first` on.
  constexpr LogProb from(Index first) const {
    return {value == nullptr ? nullptr : value + first, gradient == nullptr ? nullptr : gradient + first};
  }
};

}  // namespace densenf

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <memory>
#include <new>

namespace densenf::detail {

/// The vector instructions of the CPU's kernels, as compilers call them: x86-64-v3, say. In headers those
/// that this file is compiled for. densenf::compiled has kernels for several levels and chooses, when this is
/// called for the first time, the highest one that the processor has, or the lower one that the environment
/// variable DENSENF_CPU_LEVEL names (v2, v3, v4); throws ArgumentError for a name that is none, DeviceError
/// for a level that the processor lacks.
constexpr std::string_view cpu_level() {
#if !defined(__x86_64__)
  return "instructions as compiled";
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI2__)
  return "x86-64-v3";
#elif defined(__SSE4_2__) && defined(__POPCNT__)
  return "x86-64-v2";
#else
  return "x86-64";
#endif
}

}  // namespace densenf::detail

namespace densenf::kernels {

/// Base of every device, so that an unqualified call with a device as its argument finds the kernels.
struct DeviceTag {};

}  // namespace densenf::kernels

#include <atomic>
#include <mutex>
#include <thread>

namespace densenf::detail {

/// The threads of a Cpu, which wait for loops and share their tasks. What is longer than a line is in
/// thread_pool_members.hpp, and with densenf::compiled in the library: a program has one such code, whatever
/// instructions its kernels are compiled for.
class ThreadPool {
public:
  using Call = void (*)(const void* task, Index i, int worker);

  /// `threads` 0 means one per core. Throws as Cpu's constructor does.
  explicit ThreadPool(int threads);
  ~ThreadPool() { stop(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }
  Index first_of_share(Index worker, Index count) const { return count * worker / threads(); }
  /// Whether the calling thread is at a loop's task.
  static bool& inside_task();

  /// Calls call(task, i, worker) for every i in [0, count), on all threads.
  void run(Index count, Call call, const void* task);

private:
  static constexpr std::size_t cache_line = 64;

  /// Tasks of a loop that one thread begins with: neighbors, because loops follow each other over the same
  /// pixels, which are then in that thread's cache. Who has none left takes others'.
  struct alignas(cache_line) Share {
    std::atomic<Index> next{0};
    Index end = 0;
  };

  static int resolve(int threads);
  void work(int worker);
  /// Lets the workers end, and waits until they have.
  void stop();
  void serve(int worker);

  const int threads_;
  std::unique_ptr<Share[]> shares_;
  std::vector<std::thread> workers_;

  // A line travels between cores for each hundred nanoseconds or so of a small loop. So what a caller writes
  // for a loop is in one line, which a worker fetches when it comes in, and what workers look at meanwhile is
  // in another.
  alignas(cache_line) std::mutex one_caller_;
  /// 1 while a loop lets workers in, and 2 for each that is in it, or looks whether it may.
  std::atomic<std::uint32_t> inside_{0};
  Call call_ = nullptr;
  const void* task_ = nullptr;

  alignas(cache_line) std::atomic<std::uint32_t> generation_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace densenf::detail

#include <exception>

namespace densenf::detail {

DENSENF_INLINE int ThreadPool::resolve(int threads) {
  if (threads < 0)
    throw ArgumentError("The number of threads must be 0 (all cores) or more, not {}.", threads);
  if (threads > 0) return threads;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<int>(cores) : 1;
}

DENSENF_INLINE ThreadPool::ThreadPool(int threads) : threads_(resolve(threads)) {
  try {
    for (int i = 1; i < threads_; ++i) workers_.emplace_back([this, i] { serve(i); });
    // Afterwards, so that memory is taken for threads that there are; none looks at it before a loop.
    shares_ = std::make_unique<Share[]>(static_cast<std::size_t>(threads_));
  } catch (const std::exception& refusal) {  // of a thread, or of the memory for its description
    const std::size_t started = workers_.size() + 1;
    stop();
    throw DeviceError(
        "{} threads were asked for, but the system let only {} run ({}): ask for fewer, or raise its "
        "limits on memory and processes.",
        threads_, started, refusal.what());
  }
}

DENSENF_INLINE bool& ThreadPool::inside_task() {
  thread_local bool inside = false;
  return inside;
}

DENSENF_INLINE void ThreadPool::run(Index count, Call call, const void* task) {
  const std::lock_guard lock(one_caller_);
  call_ = call;
  task_ = task;
  for (Index w = 0; w < threads(); ++w) {
    Share& share = shares_[static_cast<std::size_t>(w)];
    share.next.store(first_of_share(w, count), std::memory_order_relaxed);
    share.end = first_of_share(w + 1, count);
  }
  inside_.fetch_add(1, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  work(0);
  // Close the loop: workers that have not come in skip it, and those that have are waited for.
  inside_.fetch_sub(1, std::memory_order_relaxed);
  for (int spins = 0; inside_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins > 4096) std::this_thread::yield();
  }
}

DENSENF_INLINE void ThreadPool::work(int worker) {
  inside_task() = true;
  for (int w = worker; w < worker + threads(); ++w) {
    Share& share = shares_[static_cast<std::size_t>(w % threads())];
    // A look first: it leaves the line where it is, if nothing is left.
    while (share.next.load(std::memory_order_relaxed) < share.end) {
      const Index i = share.next.fetch_add(1, std::memory_order_relaxed);
      if (i < share.end) call_(task_, i, worker);
    }
  }
  inside_task() = false;
}

DENSENF_INLINE void ThreadPool::stop() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (auto& w : workers_) w.join();
}

DENSENF_INLINE void ThreadPool::serve(int worker) {
  const auto pause = [] {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  };
  std::uint32_t seen = 0;
  for (;;) {
    // Kernels follow each other closely: look for the next one before going to sleep.
    for (int spins = 0; spins < 20000 && generation_.load(std::memory_order_acquire) == seen; ++spins)
      pause();
    generation_.wait(seen, std::memory_order_acquire);
    seen = generation_.load(std::memory_order_acquire);
    if (stop_.load()) return;
    if ((inside_.fetch_add(2, std::memory_order_acquire) & 1) != 0) work(worker);
    inside_.fetch_sub(2, std::memory_order_release);
  }
}

}  // namespace densenf::detail

namespace densenf {

/// The host as a device: a number of threads that share loops. Copies of a Cpu share one set of threads.
///
/// No two tasks of a loop write the same number, and in which order the terms of a sum are added depends on
/// the problem, never on the number of threads; so results are the same to the bit for any thread count.
class Cpu : public kernels::DeviceTag {
public:
  /// `threads` 0 means one per core. Throws ArgumentError when negative, and DeviceError when the system
  /// refuses to start so many; those that were started have ended then. With densenf::compiled also as
  /// detail::cpu_level does.
  explicit Cpu(int threads = 0) : pool_(std::make_shared<detail::ThreadPool>(threads)) {}

  int threads() const { return pool_->threads(); }
  /// As many threads of its own, to compute beside this one.
  Cpu fresh() const { return Cpu(threads()); }
  /// How many threads, and the vector instructions that the kernels use.
  std::string describe() const { return std::to_string(threads()) + " threads, " + std::string(level_); }

  /// Calls task(i) for every i in [0, count), on all threads, and returns when all are done. Never
  /// allocates. A task must not throw; inside a task a nested call runs on the calling thread alone.
  template <class Task>
  void parallel_for(Index count, const Task& task) const {
    parallel_for_workers(count, [&](Index i, int) { task(i); });
  }

  /// Likewise, but calls task(i, worker): tasks that run at the same time see different workers in
  /// [0, threads()), so that each worker can have its own scratch memory.
  template <class Task>
  void parallel_for_workers(Index count, const Task& task) const {
    if (count <= 1 || pool_->threads() == 1 || detail::ThreadPool::inside_task()) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    pool_->run(
        count, [](const void* t, Index i, int worker) { (*static_cast<const Task*>(t))(i, worker); }, &task);
  }

  /// The first of a loop's `count` tasks that a worker begins with; those of the next worker follow. (A loop
  /// of one task runs on its caller alone.)
  Index first_of_share(Index worker, Index count) const { return pool_->first_of_share(worker, count); }

  /// Calls task(first, last) on consecutive ranges of at most `grain` items. Each thread begins with as many
  /// ranges of one length, so that loops over the same items, one after the other, find them in their core's
  /// cache. Ranges begin at multiples of 16, where the grain is one.
  template <class Task>
  void parallel_ranges(Index count, Index grain, const Task& task) const {
    const auto pieces = [](Index items, Index of) { return (items + of - 1) / of; };
    Index length = grain;
    if (count > grain) {
      length = pieces(count, pieces(pieces(count, grain), threads()) * threads());
      if (grain % 16 == 0) length = pieces(length, 16) * 16;
    }
    parallel_for(pieces(count, length), [&](Index t) {
      const Index first = t * length;
      task(first, first + length < count ? first + length : count);
    });
  }

  static constexpr std::size_t alignment = 64;

  /// Memory for `bytes` bytes; large blocks ask for large pages, because weights and activations are read
  /// from end to end at every pass and would otherwise miss the translation buffer all along.
  /// Throws OutOfMemoryError, which calls it `what` (plural), when there is no room; nothing is changed then.
  void* allocate(std::size_t bytes, const char* what = "activations") const {
    void* const p = ::operator new(bytes, alignment_of(bytes), std::nothrow);
    if (p == nullptr) {
      throw OutOfMemoryError(
          "There is no room for {:.1f} MB of {}: use a smaller batch (or fewer images at once), or the "
          "memory "
          "policy reverse.",
          1e-6 * static_cast<double>(bytes), what);
    }
#if defined(__linux__)
    // A hint: where there are no large pages, or none for us, everything works the same.
    if (bytes >= large_page) madvise(p, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
    return p;
  }
  /// `bytes` as it was for allocate.
  void deallocate(void* p, std::size_t bytes) const noexcept { ::operator delete(p, alignment_of(bytes)); }

private:
  static constexpr std::size_t large_page = std::size_t{2} << 20;
  static constexpr std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t{bytes >= large_page ? large_page : alignment};
  }

  std::string_view level_ = detail::cpu_level();
  std::shared_ptr<detail::ThreadPool> pool_;
};

/// Waits until a device has done what it was asked for; the CPU has.
inline void synchronize(const Cpu&) {}

}  // namespace densenf

namespace densenf {

/// Memory of a device that a kernel works in while it runs, and whose content is lost. The kernel takes
/// pieces of it; passed by value, so that what is taken does not concern the caller.
class Scratch {
public:
  /// Pieces begin at multiples of this, counted from where the memory begins.
  static constexpr Index alignment = 256;

  /// None, for kernels that need none.
  Scratch() = default;
  Scratch(void* data, Index bytes) : data_(static_cast<std::byte*>(data)), left_(bytes) {}

  /// Bytes of a piece for `count` numbers.
  template <class T>
  static constexpr Index bytes_for(Index count) {
    return (count * static_cast<Index>(sizeof(T)) + alignment - 1) / alignment * alignment;
  }

  /// The next piece, for `count` numbers. Throws ArgumentError when the memory is too small for it.
  template <class T>
  T* take(Index count) {
    const Index bytes = bytes_for<T>(count);
    if (bytes > left_) {
      throw ArgumentError(
          "A kernel needs {} bytes of scratch memory where {} are left: the function with its name and "
          "_scratch_bytes says how many it takes.",
          bytes, left_);
    }
    T* const piece = reinterpret_cast<T*>(data_);
    data_ += bytes;
    left_ -= bytes;
    return piece;
  }

private:
  std::byte* data_ = nullptr;
  Index left_ = 0;
};

}  // namespace densenf

namespace densenf {

/// Memory that is taken in order and given back in the opposite order, in one move.
///
/// The first pass over a model finds out how much is needed, in several blocks if need be; `reset` then
/// replaces them by one block of that size. From the second pass on nothing is allocated and every
/// tensor lies where it lay before.
template <class Device>
class Arena {
public:
  /// A place in the arena to come back to.
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  explicit Arena(Device device) : device_(std::move(device)) {}
  ~Arena() { free_blocks(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Uninitialized memory for `count` values, aligned for the device's vector loads.
  template <class T>
  T* allocate(Index count) {
    static_assert(
        std::is_trivially_destructible_v<T>,
        "The arena forgets what it holds without destroying it: keep only trivially destructible types.");
    return static_cast<T*>(allocate_bytes(static_cast<std::size_t>(count) * sizeof(T)));
  }

  Mark mark() const { return {current_, used_}; }

  /// Gives back everything that was allocated after `m` was taken.
  void release(Mark m) {
    current_ = m.block;
    used_ = m.used;
  }

  /// Gives back what was allocated in its lifetime, also when an exception ends that.
  class Scope {
  public:
    explicit Scope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
    ~Scope() { arena_.release(mark_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

  private:
    Arena& arena_;
    Mark mark_;
  };
  [[nodiscard]] Scope scope() { return Scope(*this); }

  /// Scratch memory that is given back at the end of its lifetime. As an argument it lives as long as the
  /// call:
  ///
  ///   kernel(device, x, y, arena.lend(kernel_scratch_bytes(device, x)));
  class Loan {
  public:
    Loan(Arena& arena, Index bytes)
        : scope_(arena),
          scratch_(bytes > 0 ? arena.allocate_bytes(static_cast<std::size_t>(bytes)) : nullptr, bytes) {}
    operator Scratch() const { return scratch_; }

  private:
    Scope scope_;
    Scratch scratch_;
  };
  [[nodiscard]] Loan lend(Index bytes) { return Loan(*this, bytes); }

  /// Gives back everything and, if several blocks were needed, merges them into one.
  void reset() {
    if (blocks_.size() > 1) {
      free_blocks();
      add_block(peak_);
    }
    current_ = 0;
    used_ = 0;
  }

  /// The most bytes that were in use at one time.
  std::size_t peak_bytes() const { return peak_; }
  void reset_peak() { peak_ = in_use(); }

  /// Changes whenever memory is taken from the device: until then everything lies where it lay.
  std::uint64_t generation() const { return generation_; }

  const Device& device() const { return device_; }

private:
  struct Block {
    std::byte* data;
    std::size_t size;
  };

  void* allocate_bytes(std::size_t bytes) {
    bytes = round_up(bytes);
    // Where nothing is kept, one block takes the place of those that have become too small.
    if (current_ == 0 && used_ == 0 && !blocks_.empty() && bytes > blocks_[0].size) free_blocks();
    while (current_ < blocks_.size() && used_ + bytes > blocks_[current_].size) {
      ++current_;
      used_ = 0;
    }
    if (current_ == blocks_.size()) {
      add_block(std::max(bytes, std::max(smallest_block, capacity() / 2)));
      used_ = 0;
    }
    void* p = blocks_[current_].data + used_;
    used_ += bytes;
    peak_ = std::max(peak_, in_use());
    return p;
  }

  std::size_t in_use() const {
    std::size_t total = used_;
    for (std::size_t i = 0; i < current_ && i < blocks_.size(); ++i) total += blocks_[i].size;
    return total;
  }
  std::size_t capacity() const {
    std::size_t total = 0;
    for (const Block& b : blocks_) total += b.size;
    return total;
  }
  void add_block(std::size_t size) {
    size = round_up(size);
    ++generation_;
    blocks_.reserve(blocks_.size() + 1);
    blocks_.push_back({static_cast<std::byte*>(device_.allocate(size)), size});
  }
  void free_blocks() {
    for (const Block& b : blocks_) device_.deallocate(b.data, b.size);
    blocks_.clear();
  }
  static constexpr std::size_t round_up(std::size_t bytes) {
    return (bytes + Device::alignment - 1) / Device::alignment * Device::alignment;
  }

  static constexpr std::size_t smallest_block = std::size_t{1} << 20;

  Device device_;
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace densenf

#include <span>

namespace densenf {

namespace detail {
/// Throws ShapeError unless a buffer gets as many numbers as it has.
inline void require_same_size(Index buffer, std::size_t given) {
  if (std::cmp_not_equal(buffer, given))
    throw ShapeError("A buffer of {} numbers takes as many, not {}.", buffer, given);
}
}  // namespace detail

/// A flat run of numbers on a device that owns its memory; all zero at first.
template <class T, class Device>
class Buffer;

template <class T>
class Buffer<T, Cpu> {
public:
  Buffer() : device_(1) {}
  /// `what` the numbers are (plural), for the error when there is no room for them.
  Buffer(Cpu device, Index size, const char* what = "parameters") : device_(std::move(device)), size_(size) {
    if (size == 0) return;
    data_ = static_cast<T*>(device_.allocate(static_cast<std::size_t>(size) * sizeof(T), what));
    std::fill(data_, data_ + size, T(0));
  }
  ~Buffer() {
    if (data_ != nullptr) device_.deallocate(data_, static_cast<std::size_t>(size_) * sizeof(T));
  }
  Buffer(Buffer&& other) noexcept : device_(other.device_) { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  Index size() const { return size_; }
  std::span<T> span() { return {data_, static_cast<std::size_t>(size_)}; }
  std::span<const T> span() const { return {data_, static_cast<std::size_t>(size_)}; }

  void fill_zero() { std::fill(data_, data_ + size_, T(0)); }

  /// Copies from another buffer of the same size; a ShapeError where it has another one.
  void assign(const Buffer& other) { assign(other.span()); }

  /// Copies from and to the host; a ShapeError unless there are size() values.
  void assign(std::span<const T> values) {
    detail::require_same_size(size_, values.size());
    assign_at(0, values);
  }
  std::vector<T> to_host() const { return to_host(0, size_); }

  /// The same for numbers [first, first + how many there are), which must lie within the buffer.
  void assign_at(Index first, std::span<const T> values) {
    std::copy(values.begin(), values.end(), data_ + first);
  }
  std::vector<T> to_host(Index first, Index count) const { return {data_ + first, data_ + first + count}; }

private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Cpu device_;
  T* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace densenf

namespace densenf {

/// What is known of a square matrix W, on the device.
template <class T>
struct Inverted {
  const T* inverse;       ///< W^-1, laid out like W; NaN if W is singular
  const double* log_det;  ///< log |det W|; minus infinity if W is singular
};

/// Inverts the square whose weights are `w`, in memory that it takes from the arena.
template <class T, class Device>
Inverted<T> invert_now(Arena<Device>& memory, const InvertibleMatrix& s, const T* w) {
  T* inverse = memory.template allocate<T>(s.weight.size);
  double* log_det = memory.template allocate<double>(1);
  log_abs_det_and_inverse(memory.device(), w, s.c, inverse, log_det,
                          memory.lend(log_abs_det_and_inverse_scratch_bytes(memory.device(), s.c)));
  return {inverse, log_det};
}

/// The inverses and determinants of all matrices of a model. They are found together at the start of a pass,
/// and only of matrices whose numbers differ from those at the pass before.
template <class T, class Device>
class Inverses {
public:
  explicit Inverses(Device device) : device_(std::move(device)) {}

  /// Which matrices there are. Nothing is known of them before prepare.
  void declare(const ParameterTable& table) { declare(table.matrices, table.matrices_size); }
  void declare(std::vector<InvertibleMatrix> matrices, Index size) {
    matrices_ = std::move(matrices);
    // The largest first, so that no thread begins a long one when the others have finished.
    std::stable_sort(matrices_.begin(), matrices_.end(),
                     [](const InvertibleMatrix& a, const InvertibleMatrix& b) { return a.c > b.c; });
    size_ = size;
    known_ = false;
  }

  /// Inverts what has changed. Where `parameters` and a `version` other than 0 are those of the last call,
  /// nothing has, and nothing is looked at. Pointers into what is known stay good until the next declare.
  void prepare(Arena<Device>& memory, const T* parameters, std::uint64_t version = 0) {
    if (matrices_.empty()) return;
    if (known_ && version != 0 && version == version_ && parameters == parameters_) return;
    const auto count = static_cast<Index>(matrices_.size());
    if (!known_) {
      seen_ = Buffer<T, Device>(device_, size_);
      inverses_ = Buffer<T, Device>(device_, size_);
      log_dets_ = Buffer<double, Device>(device_, count);
    }
    const InvertibleMatrix* const matrices = matrices_.data();
    invert_matrices(device_, matrices, count, !known_, parameters, seen_.data(), inverses_.data(),
                    log_dets_.data(), memory.lend(invert_matrices_scratch_bytes(device_, matrices, count)));
    known_ = true;
    version_ = version;
    parameters_ = parameters;
  }

  /// As of the last prepare.
  Inverted<T> operator[](const InvertibleMatrix& s) const {
    if (!known_ || s.number >= static_cast<Index>(matrices_.size())) {
      throw ArgumentError(
          "Nothing is known of square matrix number {}: call declare and prepare before a pass.", s.number);
    }
    return {inverses_.data() + s.kept, log_dets_.data() + s.number};
  }

  /// Memory that is held between passes.
  std::size_t bytes() const {
    return static_cast<std::size_t>(seen_.size() + inverses_.size()) * sizeof(T) +
           static_cast<std::size_t>(log_dets_.size()) * sizeof(double);
  }

private:
  Device device_;
  std::vector<InvertibleMatrix> matrices_;
  Index size_ = 0;
  bool known_ = false;
  std::uint64_t version_ = 0;  ///< of what is known, and where it was
  const T* parameters_ = nullptr;
  Buffer<T, Device> seen_, inverses_;
  Buffer<double, Device> log_dets_;
};

}  // namespace densenf

namespace densenf {

/// A stack of adjoints: each recorded operation leaves a small functor that, given the context, turns the
/// gradient of its output into gradients of its inputs. The backward pass takes them off again. Context is
/// the type of the recording context; nothing else can run the tape.
///
/// An adjoint may itself record and run a stretch of tape (that is how the memory policies rebuild what
/// they did not keep); it finds the stack as it was when it was recorded and must leave it so.
template <class Context>
class Tape {
public:
  struct Node {
    void (*run)(Node*, Context&);
    Node* previous;
  };

  Tape() : memory_(Cpu(1)) {}

  template <class Adjoint>
  void record(const Adjoint& adjoint) {
    static_assert(
        std::is_trivially_copyable_v<Adjoint> && std::is_trivially_destructible_v<Adjoint>,
        "A tape node is dropped without being destroyed: capture only views, numbers and pointers.");
    struct Recorded : Node {
      Adjoint adjoint;
    };
    auto* node = new (memory_.allocate<Recorded>(1))
        Recorded{{[](Node* self, Context& context) { static_cast<Recorded*>(self)->adjoint(context); }, top_},
                 adjoint};
    top_ = node;
  }

  /// Memory of the host that lives as long as the nodes above it.
  template <class Object>
  Object* make() {
    return new (memory_.allocate<Object>(1)) Object{};
  }

  /// A place on the tape to go back to.
  struct Mark {
    Node* top;
    Arena<Cpu>::Mark memory;
  };
  Mark mark() const { return {top_, memory_.mark()}; }

  /// Runs and removes all adjoints recorded since `m`, last first.
  void backward(Context& context, const Mark& m) {
    while (top_ != m.top) {
      Node* node = top_;
      top_ = node->previous;
      node->run(node, context);
    }
  }

  /// Runs the adjoints recorded between `m` and `end`, last first, and keeps them to be run again.
  void run(Context& context, const Mark& m, const Mark& end) {
    top_ = end.top;
    backward(context, m);
    top_ = end.top;
  }
  /// Forgets the adjoints recorded since `m`, and their memory.
  void forget(const Mark& m) {
    top_ = m.top;
    memory_.release(m.memory);
  }

  /// Forgets the host memory taken since `m`; the adjoints since then have run.
  void release(const Mark& m) { memory_.release(m.memory); }

  void reset() {
    top_ = nullptr;
    memory_.reset();
  }

private:
  Arena<Cpu> memory_;
  Node* top_ = nullptr;
};

}  // namespace densenf

namespace densenf {

template <class T, class Dev, bool Recording>
class Context;

/// The storage of passes over a model, used again by each of them. One caller at a time.
template <class T, class Dev>
struct Workspace {
  explicit Workspace(Dev d) : device(d), memory(d), scratch(d), inverses(d), state_inverses(d) {}

  /// Whether the inverses of all squares are found at the start of a pass with this policy. The cheaper
  /// policies are there so that memory does not grow with a unit's depth; but a device that takes as long for
  /// one matrix as for all of them keeps what is little beside everything else.
  static constexpr bool keeps_inverses(MemoryPolicy policy) {
    return policy == MemoryPolicy::store || requires { requires Dev::inverts_together; };
  }

  /// What the inverses of passes over a model with this table are of.
  void declare(const ParameterTable& table) {
    inverses.declare(table);
    state_inverses.declare(table.state_matrices, table.state_matrices_size);
  }

  /// Gets ready for a pass over the model that was declared.
  void begin(const Pass<T, Dev>& pass) {
    end();
    if (keeps_inverses(pass.policy)) inverses.prepare(memory, pass.weights.parameters, pass.weights.version);
    state_inverses.prepare(memory, pass.weights.state, pass.weights.version);
  }

  /// Gives back all memory of a pass, so that the next one like it allocates nothing.
  void end() {
    memory.reset();
    scratch.reset();
    tape.reset();
    known_values.clear();
  }

  Dev device;
  Arena<Dev> memory;
  Arena<Dev> scratch;  ///< of one operation at a time, so that it lies at the same place and stays in caches
  Tape<Context<T, Dev, true>> tape;
  std::vector<Var<T>> known_values;  ///< of functions that are linearized (autodiff/tangents.hpp)
  Inverses<T, Dev> inverses;         ///< of the parameters' squares
  Inverses<T, Dev> state_inverses;   ///< of the state's, which change seldom, with every policy
};

}  // namespace densenf

namespace densenf {

/// What operations and bijectors are given: a pass, the storage that it works in, and at compile time whether
/// adjoints are recorded. The mathematics is written once; on a context that does not record, it only
/// evaluates. Refers to both.
template <class T, class Dev, bool Recording>
class Context {
public:
  using Scalar = T;
  using Device = Dev;
  using Value = Var<T>;
  static constexpr bool records = Recording;

  Context(const Pass<T, Dev>& pass, Workspace<T, Dev>& workspace) : pass_(pass), work_(workspace) {}
  Context(const Pass<T, Dev>&&, Workspace<T, Dev>&) = delete;

  const Pass<T, Dev>& pass() const { return pass_; }
  Workspace<T, Dev>& workspace() const { return work_; }
  Tape<Context<T, Dev, true>>& tape() const { return work_.tape; }
  const Dev& device() const { return work_.device; }
  Arena<Dev>& memory() const { return work_.memory; }
  /// For what an operation needs only until it ends; it gives back all of it.
  Arena<Dev>& scratch() const { return work_.scratch; }
  NoiseSource<T, Dev>& noise() const { return *pass_.noise; }
  bool training() const { return pass_.phase == Phase::training; }
  /// Whether this pass is asked what the state becomes: the forward pass of a training step. A piece then
  /// writes next_state, as a function of state and its input; the trainer takes it over when the whole
  /// step has succeeded.
  bool updates_state() const { return pass_.next_state != nullptr; }
  /// Whether this pass is there for data-dependent starts: see Bijector.
  bool starts() const { return pass_.start_state != nullptr; }  // in which there is a flag for each

  /// A parameter as a value, of as many pixels as each output has weights, and as many channels as there are
  /// outputs; a vector is one pixel. Its gradient is where the pass adds up those of the parameters; without
  /// such a place it is a constant. A parameter that was not declared (size 0) has no data.
  Value parameter(Param p) const {
    if (p.size == 0) return {};
    // Only the operation that makes a value writes to it.
    T* const numbers = const_cast<T*>(pass_.weights.parameters + p.offset);
    const Value v{{numbers, 1, p.size / p.out, 1, p.out, p.out}, nullptr, 0};
    if constexpr (Recording) {
      if (pass_.gradients == nullptr) return v;
      auto* g = work_.tape.template make<Gradient<T>>();
      *g = {v.value, true};
      g->tensor.data = pass_.gradients + p.offset;
      return {v.value, g, 0};
    } else {
      return v;
    }
  }

  /// The numbers of a parameter where nothing is differentiated.
  const T* value(Param p) const { return pass_.weights.parameters + p.offset; }
  const T* state(Param p) const { return pass_.weights.state + p.offset; }
  /// The same as a value, which is a constant: a vector, or like a parameter of its extents.
  Value state_value(Param p) const {
    return {{const_cast<T*>(state(p)), 1, p.size / p.out, 1, p.out, p.out}, nullptr, 0};
  }
  /// Only where updates_state().
  T* next_state(Param p) const { return pass_.next_state + p.offset; }
  /// Only where starts().
  T* start_value(Param p) const { return pass_.start_parameters + p.offset; }
  T* start_state(Param p) const { return pass_.start_state + p.offset; }
  /// A square's inverse and determinant: known since the start of the pass, or found now in the pass's
  /// memory.
  Inverted<T> inverted(const InvertibleMatrix& s) const {
    return Workspace<T, Dev>::keeps_inverses(pass_.policy) ? work_.inverses[s]
                                                           : invert_now(memory(), s, value(s.weight));
  }

  /// The same of a matrix of the state.
  Inverted<T> inverted_state(const InvertibleMatrix& s) const { return work_.state_inverses[s]; }

  /// Tells that so many products of two numbers are computed and added up, for who counts operations; the CPU
  /// computes a share of them.
  void count_products(double products, double share_on_cpu = 1) const {
    if (pass_.operations == nullptr) return;
    pass_.operations->defined += 2 * products;
    pass_.operations->on_cpu += 2 * products * share_on_cpu;
  }
  /// The same of `pixels` pixels with these weights.
  void count_products(Index pixels, const Value& weight, double share_on_cpu = 1) const {
    count_products(static_cast<double>(pixels) * static_cast<double>(weight.value.size()), share_on_cpu);
  }

  /// What a sentence calls a value: the parameter's name, if it is one and names are known.
  std::string name_in_message(const Value& v) const {
    return densenf::name_in_message(
        pass_.weights.table ? &pass_.weights.table->parameters : nullptr,
        [&](const ParamSpec& spec) { return value(spec.place) == v.value.data; }, "A weight");
  }
  /// The same of a tensor of the state.
  std::string state_name_in_message(Param p) const {
    return densenf::name_in_message(
        pass_.weights.table ? &pass_.weights.table->state : nullptr,
        [p](const ParamSpec& spec) { return spec.place == p; }, "A tensor of the state");
  }

  Context<T, Dev, false> evaluating() const { return Context<T, Dev, false>(pass_, work_); }
  Context<T, Dev, true> recording() const { return Context<T, Dev, true>(pass_, work_); }

  /// An uninitialized batch of `n` images.
  Tensor<T> tensor(Index n, const Shape& s) const {
    return make_tensor(work_.memory.template allocate<T>(n * s.size()), n, s);
  }

  /// An uninitialized value that an operation is about to compute.
  Value output(Index n, const Shape& s) const { return variable(tensor(n, s)); }
  Value output_like(const Value& x, Index channels) const {
    return output(x.n(), {channels, x.value.h, x.value.w});
  }

  /// A value whose gradient is wanted.
  Value variable(Tensor<T> t) const {
    if constexpr (Recording) {
      auto* g = work_.tape.template make<Gradient<T>>();
      g->tensor = {nullptr, t.n, t.h, t.w, t.c, t.c};
      // Run after all that write to this gradient or read it.
      if (pass_.repeats_adjoints) {
        record([g](auto&) {
          g->tensor.data = nullptr;
          g->written = false;
        });
      }
      return {t, g, 0};
    } else {
      return {t, nullptr, 0};
    }
  }

  // The following are only for x.gradient != nullptr, unless they say otherwise.

  /// Takes the memory for the gradient of `x` now, so that it outlives what is taken and given back later.
  void hold_gradient(const Value& x) const {
    Tensor<T>& whole = x.gradient->tensor;
    if (whole.data == nullptr) whole.data = work_.memory.template allocate<T>(whole.size());
  }

  /// The same; whatever the memory holds is no gradient any more.
  void begin_gradient(const Value& x) const {
    hold_gradient(x);
    x.gradient->written = false;
  }

  /// The gradient of `x`, zero when the backward pass has not reached it yet.
  Tensor<T> gradient(const Value& x) const {
    hold_gradient(x);
    if (!std::exchange(x.gradient->written, true)) fill_zero(work_.device, x.gradient->tensor);
    return x.gradient->tensor.channels(x.first_channel, x.c());
  }

  /// The gradient of `x` for an adjoint that writes to every number of it: the first adjoint
  /// assigns, later ones add, so no zero fill is needed. For a constant: memory whose content is ignored.
  GradientTarget<T> gradient_target(const Value& x) const {
    if (x.gradient == nullptr) return {tensor(x.n(), x.shape()), kernels::Write::assign};
    hold_gradient(x);
    if (x.c() != x.gradient->tensor.c || x.gradient->written) return {gradient(x)};
    x.gradient->written = true;
    return {x.gradient->tensor, kernels::Write::assign};
  }

  /// The gradient of `x` for an adjoint that adds to it; for a constant: memory whose
  /// content is ignored.
  Tensor<T> gradient_or_unused(const Value& x) const {
    return x.gradient != nullptr ? gradient(x) : tensor(x.n(), x.shape());
  }

  /// The same as gradient_target, but nothing (its tensor's data is null) for a constant.
  GradientTarget<T> gradient_target_if_any(const Value& x) const {
    return x.gradient != nullptr ? gradient_target(x) : GradientTarget<T>{};
  }

  /// Memory for log-determinants that are not used.
  LogProb unused_log_prob(Index n) const { return {work_.memory.template allocate<double>(n), nullptr}; }

  /// Records an adjoint: a functor taking the recording context. Nothing when not recording.
  template <class Adjoint>
  void record(const Adjoint& adjoint) const {
    if constexpr (Recording) work_.tape.record(adjoint);
  }

private:
  const Pass<T, Dev>& pass_;
  Workspace<T, Dev>& work_;
};

/// Whether the values of a context carry tangents (autodiff/tangents.hpp).
template <class Ctx>
inline constexpr bool carries_tangents = false;

}  // namespace densenf

// Stretches of a computation whose inner values and gradients are forgotten together.
namespace densenf {

namespace detail {
/// Takes the memory for a gradient, if there is to be one, outside of a stretch that is about to take and
/// give back more.
template <class Ctx, class V>
void hold_gradient(const Ctx& ctx, const V& x) {
  if (x.gradient != nullptr) ctx.hold_gradient(x);
}

/// Evaluates `run` into memory that is there already, and gives back all memory that it took.
template <class Ctx, class Run, class T = typename Ctx::Scalar>
void evaluate_to(const Ctx& ctx, const Tensor<T>& result, const Run& run) {
  const auto mark = ctx.memory().mark();
  copy(ctx.device(), as_const(run(ctx.evaluating()).value), result);
  ctx.memory().release(mark);
}

/// Evaluates `run` into a new result of the given shape.
template <class Ctx, class Run, class V = typename Ctx::Value>
Tensor<typename Ctx::Scalar> evaluate_into(const Ctx& ctx, Index n, const Shape& shape, const Run& run) {
  const auto result = ctx.tensor(n, shape);
  evaluate_to(ctx, result, run);
  return result;
}
}  // namespace detail

/// Runs `body(ctx)`, whose result has shape `out`, so that the memory it takes on the way is given back: at
/// once when evaluating; when recording, its gradients when its adjoints have run. `outside` are the values
/// that the body uses and did not make.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Outside>
V scoped(const Ctx& ctx, const Shape& out, const Body& body, const V& x, const Outside&... outside) {
  if constexpr (carries_tangents<Ctx>) {
    return body(ctx);  // values that are known stay for other tangents
  } else if constexpr (Ctx::records) {
    using Mark = decltype(ctx.memory().mark());
    auto* mark = ctx.tape().template make<Mark>();
    ctx.record([mark](auto& c) { c.memory().release(*mark); });
    const V y = body(ctx);
    ctx.record([=](auto& c) {
      detail::hold_gradient(c, x);
      (detail::hold_gradient(c, outside), ...);
      *mark = c.memory().mark();
    });
    return y;
  } else {
    return {detail::evaluate_into(ctx, x.n(), out, body)};
  }
}

/// Runs a stretch of the model again with its adjoints recorded and differentiates it at once. `run(c,
/// log_prob)` returns the stretch's output; dy is the gradient of that output. All memory that it takes is
/// released; only gradients allocated before the call are changed.
template <class Ctx, class Run, class T = typename Ctx::Scalar>
void differentiate_again(Ctx& ctx, Tensor<const T> dy, LogProb log_prob, const Run& run) {
  const auto memory = ctx.memory().mark();
  const auto tape = ctx.tape().mark();
  // The values were added to the log-probability the first time.
  const LogProb unused{ctx.memory().template allocate<double>(dy.n), log_prob.gradient};
  const auto y = run(ctx, unused);
  const auto target = ctx.gradient_target(y);
  copy(ctx.device(), dy, target.tensor, target.write);
  ctx.tape().backward(ctx, tape);
  ctx.tape().release(tape);
  ctx.memory().release(memory);
}

/// Like scoped, but keeps nothing between the passes: the backward pass runs the body once more. The body is
/// called as body(context, log_prob), must be trivially copyable and must not draw noise.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Outside>
V recomputed(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
             const Outside&... outside) {
  static_assert(Ctx::records, "There is nothing to recompute when nothing is recorded: call scoped.");
  const V y =
      ctx.variable(detail::evaluate_into(ctx, x.n(), out, [&](const auto& c) { return body(c, log_prob); }));
  ctx.record([=](auto& c) {
    detail::hold_gradient(c, x);
    (detail::hold_gradient(c, outside), ...);
    differentiate_again(c, as_const(c.gradient(y)), log_prob,
                        [&](const auto& again, LogProb unused) { return body(again, unused); });
  });
  return y;
}

}  // namespace densenf

// Work on a batch in slices of at most Pass::slice images, to save memory.
namespace densenf {

/// Whether a part of a piece (a network) makes of an image something that does not depend on the other images
/// of the batch, so that it may see the batch in slices: it says so by `static constexpr bool images_apart =
/// true`.
template <class Part>
inline constexpr bool images_apart_of = requires {
  requires Part::images_apart;
};

namespace detail {

/// Of how many images, at most, each slice of a batch of n is.
template <class Ctx>
Index slice_of(const Ctx& ctx, Index n) {
  return ctx.pass().slice == 0 ? n : std::min(ctx.pass().slice, n);
}

/// Calls f(context, first, count) for each slice [first, first + count) of n images, which has `most` of
/// them.
template <class Ctx, class F>
void for_each_slice(const Ctx& ctx, Index n, Index most, const F& f) {
  for (Index first = 0; first < n; first += most) {
    auto pass = ctx.pass();
    pass.first_image += first;
    Ctx slice(pass, ctx.workspace());
    f(slice, first, std::min(most, n - first));
  }
}

/// Images [first, first + count) of a value, as a value of its own: its gradient, if it has one, is the same
/// range of that gradient.
template <class Ctx, class V = typename Ctx::Value>
V slice_with_gradient(const Ctx& ctx, const V& x, Index first, Index count) {
  if (x.gradient == nullptr) return {x.value.images(first, count)};
  const V slice = ctx.variable(x.value.images(first, count));
  *slice.gradient = {ctx.gradient(x).images(first, count), true};
  return slice;
}

template <class Ctx, class Body, class V = typename Ctx::Value, class... Others>
V in_slices(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
            const Others&... others) {
  const Index n = x.n(), most = slice_of(ctx, n);
  if (most == n) return body(ctx, log_prob, x, others...);
  const V y = ctx.output(n, out);
  detail::for_each_slice(ctx.evaluating(), n, most, [&](const auto& slice, Index first, Index count) {
    detail::evaluate_to(slice, y.value.images(first, count), [&](const auto& c) {
      return body(c, log_prob.from(first), V{x.value.images(first, count)},
                  V{others.value.images(first, count)}...);
    });
  });
  ctx.record([=](auto& c) {
    // Gradients of the whole batch stay when a slice's memory is given back.
    detail::hold_gradient(c, x);
    (detail::hold_gradient(c, others), ...);
    const auto dy = as_const(c.gradient(y));
    detail::for_each_slice(c, n, most, [&](auto& slice, Index first, Index count) {
      differentiate_again(slice, dy.images(first, count), log_prob.from(first),
                          [&](const auto& again, LogProb unused) {
                            return body(again, unused, detail::slice_with_gradient(again, x, first, count),
                                        detail::slice_with_gradient(again, others, first, count)...);
                          });
    });
  });
  return y;
}

}  // namespace detail

/// What `body(ctx, log_prob, x, others...)` makes of x, in the shape `out`, computed on slices of the batch,
/// of at most Pass::slice images; 0: on the whole batch. `body` must treat images independently. The memory
/// of a slice is released before the next one, so memory grows with the slice instead of the batch; for that
/// the backward pass runs the body once more. Values and gradients are those of the whole batch, to the
/// rounding of sums over images. A context with tangents takes the whole batch. The body must be trivially
/// copyable and must not draw noise but that of NoiseSource::uniform_again, and must make what it uses
/// besides x and the others.
template <class Ctx, class Body, class V = typename Ctx::Value, class... Others>
V in_slices(const Ctx& ctx, const Shape& out, LogProb log_prob, const Body& body, const V& x,
            const Others&... others) {
  if constexpr (carries_tangents<Ctx>)
    return body(ctx, log_prob, x, others...);
  else
    return detail::in_slices(ctx, out, log_prob, body, x, others...);
}

}  // namespace densenf

namespace densenf::detail {

template <class T>
constexpr std::string_view signature() {
  return __PRETTY_FUNCTION__;
}

/// The name of a class without namespaces and template arguments, as the compiler knows it.
template <class T>
constexpr std::string_view short_type_name() {
  std::string_view name = signature<T>();
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of("<;]"));
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// What a class calls itself, or its short name.
template <class T>
std::string type_name_of() {
  if constexpr (requires { T::type_name(); })
    return T::type_name();
  else
    return std::string(short_type_name<T>());
}

}  // namespace densenf::detail

namespace densenf {

/// What a piece of a flow does to the likelihood: a bijection maps densities exactly; a surjection lets part
/// of its input leave under a known density and is exact too; a stochastic step draws noise and makes the
/// likelihood a lower bound.
///
/// The kinds are ordered, and a model's is the largest of its pieces'. Whether a likelihood is exact is all
/// but the last; whether a piece's input can be rebuilt from its output alone, so that its pass can be run
/// backwards, is the first alone: what draws noise would draw it anew.
enum class Kind { bijection, surjection, stochastic };

constexpr Kind combine(Kind a, Kind b) { return a > b ? a : b; }

/// Whether a part of a piece (noise, features, a distribution) looks at the flow's context: it says so by
/// `static constexpr bool takes_context = true`, and takes one more value then.
template <class Part>
inline constexpr bool takes_context_of = requires {
  requires Part::takes_context;
};

/// Base of every piece of a flow (CRTP). A piece is a struct with
///
///   static constexpr Kind kind;                           // if it is not a bijection
///   static constexpr Shape output_shape(Shape in);        // if it changes the shape, or takes only some
///   void declare(Builder&, Shape in);                     // if it has parameters
///   Var<T> forward(const Ctx&, const Var<T>& x, LogProb) const;
///   Var<T> inverse(const Ctx&, const Var<T>& z) const;
///   void start(const Ctx&, const Var<T>& x) const;        // if its parameters start from data
///   static std::string type_name();                       // if the class's name does not say enough
///   void for_each_piece(const F& f) const;                // if there are pieces inside of it;
///   void for_each_piece_backwards(const F& f) const;      //   last first
///
/// forward returns the batch after the step and adds the step's contribution to log p of each image; written
/// with densenf::ops it evaluates on one kind of context and records its adjoints on the other. inverse goes
/// back and only ever evaluates. Both, and a `reverse` of the piece's own, take one more value, a context,
/// when `takes_context` is true. start is called before forward in the one pass that Flow::initialize makes;
/// it may write the parameters that were declared with Builder::starts_from_data, unless their flag says that
/// it has been. bijectors/leaky.hpp is an example that explains every line.
///
/// for_each_piece calls f(piece) for the pieces directly inside, in the order in which the forward pass meets
/// them. So functions that look at a model (describe it, count it) need no member in each of its pieces.
template <class Derived>
class Bijector {
public:
  static constexpr Kind kind = Kind::bijection;
  static constexpr bool takes_context = false;
  /// Gray levels of the data that the piece accepts; 0: any numbers.
  static constexpr Index levels = 0;
  /// Whether it declares pieces of its own below Builder::pieces_scope.
  static constexpr bool numbers_pieces = false;
  /// Whether the pieces inside of it make noise that enters in it, and the image does not go through them.
  static constexpr bool pieces_make_noise = false;
  /// Whether its names do not depend on its number among the pieces: see Named.
  static constexpr bool names_itself = false;
  /// Whether it treats images independently, and takes enough memory for it that Pass::slice is for it.
  static constexpr bool images_apart = false;

  /// For messages and descriptions: "Unit<5>".
  static std::string type_name() { return std::string(detail::short_type_name<Derived>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return in;
  }
  /// The shape of which output_shape makes `out`, for bijections.
  static constexpr Shape input_shape(Shape out) { return out; }

  template <class F>
  void for_each_piece(const F&) const {}
  template <class F>
  void for_each_piece_backwards(const F&) const {}

  /// Fixes the input's shape and declares the parameters. Throws ShapeError if the shape does not fit.
  void build(Builder& b, Shape in) {
    output_ = Derived::output_shape(in);
    input_ = in;
    name_ = b.path();
    first_parameter_ = b.parameters_size();
    if constexpr (requires { self().declare(b, in); }) self().declare(b, in);
    end_of_parameters_ = b.parameters_size();
  }

  /// forward, checked: throws ShapeError if x does not have the shape that the piece was built for.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V apply(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    check(x.shape(), input_, "forward");
    if constexpr (requires(const Derived& piece) { piece.start(ctx, x); }) {
      if (ctx.starts()) self().start(ctx, x);
    }
    // Recorded before what forward records, so that it runs when all of that has run.
    if (ctx.pass().gradient_listener != nullptr)
      ctx.record([first = first_parameter_](auto& c) { c.pass().gradient_listener->on_final(first); });
    return observed(ctx, log_prob, [&] { return run_forward(ctx, x, log_prob, context...); });
  }

  /// What run() makes of an image as this piece, seen by the pass's observer.
  template <class Ctx, class Run, class V = typename Ctx::Value>
  V observed(const Ctx& ctx, LogProb log_prob, const Run& run) const {
    if (ctx.pass().observer == nullptr) return run();
    ctx.pass().observer->on_begin(name_);
    const V z = run();
    ctx.pass().observer->on_output(name_, as_const(z.value), log_prob.value);
    return z;
  }

  /// inverse, checked likewise.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V invert(const Ctx& ctx, const V& z, const Context&... context) const {
    static_assert(!Ctx::records, "Inverses only evaluate: call invert(ctx.evaluating(), z).");
    check(z.shape(), output_, "inverse");
    if constexpr (Derived::takes_context || sizeof...(Context) == 0) {
      return self().inverse(ctx, z, context...);
    } else {
      return self().inverse(ctx, z);
    }
  }

  /// reverse, which a piece may have of its own, checked likewise: the backward pass of a bijection that kept
  /// nothing but its output. Rebuilds x from z in x.value and adds to the gradients of x, the context and the
  /// parameters. z has its gradient; x has memory for both, and a context that is no constant for its own.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void rebuild(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    static_assert(Derived::kind == Kind::bijection,
                  "Only a bijection's input can be rebuilt from its output.");
    check(z.shape(), output_, "backward");
    if constexpr (Derived::takes_context)
      run_reverse(ctx, z, x, log_prob, context...);
    else
      run_reverse(ctx, z, x, log_prob);
    if (ctx.pass().gradient_listener != nullptr) ctx.pass().gradient_listener->on_final(first_parameter_);
  }

  /// For any bijection: its inverse, then its forward pass recorded.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    const auto mark = ctx.memory().mark();
    copy(ctx.device(), as_const(invert(ctx.evaluating(), z, context...).value), x.value);
    ctx.memory().release(mark);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob,
                        [&](const auto& c, LogProb unused) { return run_forward(c, x, unused, context...); });
  }

  const Shape& input() const { return input_; }
  const Shape& output() const { return output_; }
  /// The dotted path under which the piece's parameters stand in checkpoints.
  const std::string& name() const { return name_; }

  /// The piece's parameters are those with offsets in [first_parameter(), end_of_parameters()).
  Index first_parameter() const { return first_parameter_; }
  Index end_of_parameters() const { return end_of_parameters_; }

protected:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
  Derived& self() { return static_cast<Derived&>(*this); }

private:
  template <class Ctx, class V, class... Context>
  V run_forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    if constexpr (!Derived::takes_context && sizeof...(Context) > 0) {
      return run_forward(ctx, x, log_prob);
    } else if constexpr (Derived::images_apart) {
      if (ctx.starts())
        return self().forward(ctx, x, log_prob, context...);  // layers of it may see all images
      return in_slices(
          ctx, output_, log_prob,
          [this](const auto& c, LogProb l, const auto& slice, const auto&... given) {
            return self().forward(c, slice, l, given...);
          },
          x, context...);
    } else {
      return self().forward(ctx, x, log_prob, context...);
    }
  }

  /// `reverse`, in slices where forward is.
  template <class Ctx, class V, class... Context>
  void run_reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const Context&... context) const {
    static_assert(
        requires(const Derived& piece) { piece.reverse(ctx, z, x, log_prob, context...); },
        "A piece that takes a context and has a reverse of its own takes the context there too.");
    const Index n = z.n(), most = detail::slice_of(ctx, n);
    if (!Derived::images_apart || most == n) return self().reverse(ctx, z, x, log_prob, context...);
    const auto tape = ctx.tape().mark();
    detail::for_each_slice(ctx, n, most, [&](auto& slice, Index first, Index count) {
      const auto part = [&](const V& v) { return detail::slice_with_gradient(slice, v, first, count); };
      self().reverse(slice, part(z), part(x), log_prob.from(first), part(context)...);
    });
    ctx.tape().release(tape);
  }

  void check(const Shape& got, const Shape& expected, const char* direction) const {
    if (got != expected) {
      throw ShapeError(
          "The {} pass of {} was built for images of {}, but got {} (channels x height x width).", direction,
          name_.empty() ? "the flow" : name_, to_string(expected), to_string(got));
    }
  }

  Shape input_, output_;
  std::string name_;
  Index first_parameter_ = 0, end_of_parameters_ = 0;
};

}  // namespace densenf

// Numbers in (0, 1), and the way from there to all numbers: z = log(y / (1 - y)). Written once, for every
// device.
namespace densenf::kernels {

/// What T can say of the open interval (0, 1).
template <class T>
struct UnitInterval {
  /// The ends of it: the smallest number that is not taken for 0 anywhere, and the largest that is not 1.
  static constexpr T lowest = std::numeric_limits<T>::min();
  static constexpr T highest = T(1) - std::numeric_limits<T>::epsilon() / T(2);

  /// y, or the end beyond which it was rounded. A NaN stays one.
  static constexpr T nearest(T y) { return y < lowest ? lowest : y > highest ? highest : y; }
};

/// A value, and the logarithm of its derivative.
template <class T>
struct ValueAndLogDerivative {
  T value, log_derivative;
};

/// 1 / (1 + exp(-x)), in (0, 1) for every x.
template <class T>
constexpr ValueAndLogDerivative<T> sigmoid_of(T x) {
  const T size = std::abs(x), e = std::exp(-size), inverse = T(1) / (T(1) + e);
  // log sigmoid'(x) = -|x| - 2 log(1 + exp(-|x|))
  return {UnitInterval<T>::nearest(x >= 0 ? inverse : e * inverse), -size - T(2) * std::log1p(e)};
}

/// The x that sigmoid_of maps to y; infinite where y is an end of the interval, which stands for all that is
/// beyond it.
template <class T>
constexpr T inverse_sigmoid_of(T y) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  if (y <= UnitInterval<T>::lowest) return -infinity;
  if (y >= UnitInterval<T>::highest) return infinity;
  return std::log(y) - std::log1p(-y);
}

/// log(x / (1 - x)). No density is outside of (0, 1): the logarithm of the derivative is minus infinity
/// there, and the value that of a number close to 0 or 1, so that what comes after has a finite number to
/// work on.
template <class T>
constexpr ValueAndLogDerivative<T> logit_of(T x) {
  const bool outside = x <= T(0) || x >= T(1);
  const T inside = x <= T(0) ? T(1) - UnitInterval<T>::highest : x >= T(1) ? UnitInterval<T>::highest : x;
  const T a = std::log(inside), b = std::log1p(-inside);
  return {a - b, outside ? -std::numeric_limits<T>::infinity() : -a - b};
}

/// The derivative by x of dy logit(x) + g log logit'(x); 0 outside of (0, 1).
template <class T>
constexpr T logit_adjoint_of(T x, T dy, T g) {
  return x <= T(0) || x >= T(1) ? T(0) : (dy + g * (T(2) * x - T(1))) / (x * (T(1) - x));
}

/// y = (x + u) / levels for a gray level x in 0 ... levels - 1 and u in (0, 1), by its distances from both
/// ends of (0, 1). A float next to 1 cannot hold how far it is from there; the distances keep all their
/// digits.
template <class T>
struct Dequantized {
  T from_0, from_1;

  constexpr Dequantized(T x, T u, T levels)
      : from_0((x + u) / levels), from_1(((levels - T(1) - x) + (T(1) - u)) / levels) {}

  constexpr ValueAndLogDerivative<T> logit() const {
    const T a = std::log(from_0), b = std::log(from_1);
    return {a - b, -a - b};
  }
  /// The derivative by y of dz logit(y) + g log logit'(y).
  constexpr T logit_adjoint(T dz, T g) const { return (dz + g * (from_0 - from_1)) / (from_0 * from_1); }
};

}  // namespace densenf::kernels

// Functions of one number for ops::map, written once for every device: `value`, and its derivative.
namespace densenf::kernels::maps {

struct Exp {
  template <class T>
  static constexpr T value(T x) {
    return std::exp(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return std::exp(x);
  }
  static constexpr auto slope() { return Exp{}; }
};

/// exp(factor x)
struct ExpOf {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    return std::exp(static_cast<T>(factor) * x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return static_cast<T>(factor) * value(x);
  }
};

/// max(factor x, 0)
struct ReluOf {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    const T scaled = static_cast<T>(factor) * x;
    return scaled > T(0) ? scaled : T(0);
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T slope = static_cast<T>(factor);
    return slope * x > T(0) ? slope : T(0);
  }
  constexpr auto slope() const;
};

/// The derivative of ReluOf, whose own is 0 wherever it exists.
struct ReluOfSlope {
  double factor;
  template <class T>
  constexpr T value(T x) const {
    return ReluOf{factor}.derivative(x);
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

constexpr auto ReluOf::slope() const { return ReluOfSlope{factor}; }

/// The log-density of the standard logistic distribution, -softplus(x) - softplus(-x).
struct LogisticLogDensity {
  template <class T>
  static constexpr T value(T x) {
    const T far = std::abs(x);
    return -far - T(2) * std::log1p(std::exp(-far));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return -std::tanh(T(0.5) * x);
  }
};

struct Log {
  template <class T>
  static constexpr T value(T x) {
    return std::log(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return T(1) / x;
  }
};

/// 1 - tanh(x)^2
struct TanhSlope {
  template <class T>
  static constexpr T value(T x) {
    const T y = std::tanh(x);
    return (T(1) - y) * (T(1) + y);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return T(-2) * std::tanh(x) * value(x);
  }
};

struct Tanh {
  template <class T>
  static constexpr T value(T x) {
    return std::tanh(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T y = std::tanh(x);
    return (T(1) - y) * (T(1) + y);
  }
  static constexpr auto slope() { return TanhSlope{}; }
};

/// 1 / (1 + exp(-x)), in (0, 1)
struct Sigmoid {
  template <class T>
  static constexpr T value(T x) {
    const T e = std::exp(-std::abs(x)), inverse = T(1) / (T(1) + e);
    return UnitInterval<T>::nearest(x >= 0 ? inverse : e * inverse);
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T e = std::exp(-std::abs(x)), inverse = T(1) / (T(1) + e);
    return e * inverse * inverse;
  }
  static constexpr auto slope();
};

/// The derivative of Sigmoid.
struct SigmoidSlope {
  template <class T>
  static constexpr T value(T x) {
    return Sigmoid::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return -std::tanh(T(0.5) * x) * value(x);
  }
};

constexpr auto Sigmoid::slope() { return SigmoidSlope{}; }

/// log(1 + exp(x))
struct Softplus {
  template <class T>
  static constexpr T value(T x) {
    return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return Sigmoid::value(x);
  }
  static constexpr auto slope() { return Sigmoid{}; }
};

/// 1 above 0, else 0: the derivative of a relu, whose own is 0 wherever it exists.
struct Step {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : T(0);
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

/// 1 above 0, exp(x) below: the derivative of an exponential linear unit.
struct EluSlope {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : std::exp(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(0) : std::exp(x);
  }
};

/// max(x, 0); a NaN stays one.
struct Relu {
  template <class T>
  static constexpr T value(T x) {
    return x < T(0) ? T(0) : x;
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(1) : T(0);
  }
  static constexpr auto slope() { return Step{}; }
};

/// x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh(u)) / 2: the Gaussian error
/// linear unit x P(N(0, 1) < x) in the approximation by tanh, which differs from it by up to 5e-4.
struct GeluTanh {
  static constexpr double twice_root = 1.5957691216057307;  ///< 2 sqrt(2 / pi)
  static constexpr double cubic = 0.044715;

  template <class T>
  static constexpr T value(T x) {
    return x * Sigmoid::value(twice_u(x));
  }
  template <class T>
  static constexpr T derivative(T x) {
    const T v = twice_u(x), slope = static_cast<T>(twice_root) * (T(1) + static_cast<T>(3 * cubic) * x * x);
    return Sigmoid::value(v) + Sigmoid::derivative(v) * x * slope;
  }
  template <class T>
  static constexpr T second_derivative(T x) {
    const T v = twice_u(x), slope = static_cast<T>(twice_root) * (T(1) + static_cast<T>(3 * cubic) * x * x);
    const T s = Sigmoid::value(v), d = Sigmoid::derivative(v);
    // (x s(v))'' = 2 s'(v) v' + x (s''(v) v'^2 + s'(v) v'')
    return T(2) * d * slope +
           x * d * ((T(1) - T(2) * s) * slope * slope + static_cast<T>(6 * cubic * twice_root) * x);
  }

private:
  template <class T>
  static constexpr T twice_u(T x) {
    return static_cast<T>(twice_root) * (x + static_cast<T>(cubic) * x * x * x);
  }
};

/// The derivative of GeluTanh.
struct GeluTanhSlope {
  template <class T>
  static constexpr T value(T x) {
    return GeluTanh::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return GeluTanh::second_derivative(x);
  }
};

/// x P(N(0, 1) < x): the Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415) as it is
/// defined.
struct Gelu {
  static constexpr double root_half = 0.70710678118654752440;            ///< sqrt(1 / 2)
  static constexpr double normal_density_at_0 = 0.39894228040143267794;  ///< 1 / sqrt(2 pi)

  template <class T>
  static constexpr T value(T x) {
    return x * probability(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return probability(x) + x * static_cast<T>(normal_density_at_0) * std::exp(T(-0.5) * x * x);
  }

private:
  template <class T>
  static constexpr T probability(T x) {
    return T(0.5) * std::erfc(-static_cast<T>(root_half) * x);
  }
};

/// The derivative of Gelu.
struct GeluSlope {
  template <class T>
  static constexpr T value(T x) {
    return Gelu::derivative(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return (T(2) - x * x) * static_cast<T>(Gelu::normal_density_at_0) * std::exp(T(-0.5) * x * x);
  }
};

/// |x|
struct Abs {
  template <class T>
  static constexpr T value(T x) {
    return std::abs(x);
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x >= T(0) ? T(1) : T(-1);
  }
};

/// From a variance of n numbers the logarithm of one over their deviation, with 1e-5 more of variance; only a
/// value, which nothing is differentiated by. `correction` is n / (n - 1), and not used.
struct LogScaleOfMore {
  double correction;
  template <class T>
  constexpr T value(T variance) const {
    return T(-0.5) * std::log(variance + static_cast<T>(1e-5));
  }
};

/// The same of the variance times the correction, but of at least 0.2; likewise.
struct LogScaleOfAtLeast {
  double correction;
  template <class T>
  constexpr T value(T variance) const {
    const T unbiased = static_cast<T>(correction) * variance;
    return T(-0.5) * std::log(unbiased < static_cast<T>(0.2) ? static_cast<T>(0.2) : unbiased);
  }
};

/// 1 for numbers of 0 and above, -1 below; only a value, which nothing is differentiated by.
struct Sign {
  template <class T>
  static constexpr T value(T x) {
    return x >= T(0) ? T(1) : T(-1);
  }
};

/// 1 for numbers above 0, else -1; likewise.
struct SignAbove0 {
  template <class T>
  static constexpr T value(T x) {
    return x > T(0) ? T(1) : T(-1);
  }
};

/// 1 or -1, equally likely, from a number that is uniform in (0, 1); likewise.
struct SignOfUniform {
  template <class T>
  static constexpr T value(T u) {
    return u < T(0.5) ? T(1) : T(-1);
  }
};

/// One of the numbers 0 ... count - 1, equally likely, from a number that is uniform in (0, 1); likewise.
struct Choice {
  int count;
  template <class T>
  constexpr T value(T u) const {
    const T most = static_cast<T>(count - 1), choice = std::floor(static_cast<T>(count) * u);
    return choice < most ? choice : most;
  }
};

/// log(2 N(x; 0, 1)) for x >= 0, minus infinity below.
struct HalfNormalLogDensity {
  template <class T>
  static constexpr T value(T x) {
    constexpr T at_0 = static_cast<T>(-0.22579135264472743236);  // log(2 / sqrt(2 pi))
    return x < T(0) ? -std::numeric_limits<T>::infinity() : at_0 - T(0.5) * x * x;
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x < T(0) ? T(0) : -x;
  }
};

/// The log-density of the uniform distribution on [0, 1]: 0 there, minus infinity elsewhere.
struct UniformLogDensity {
  template <class T>
  static constexpr T value(T x) {
    return x < T(0) || x > T(1) ? -std::numeric_limits<T>::infinity() : T(0) * x;  // a NaN stays one
  }
  template <class T>
  static constexpr T derivative(T) {
    return T(0);
  }
};

/// The inverse of softplus, x + log(1 - exp(-x)), with its log-determinant; there is nothing at 0 and below.
struct SoftplusInverse {
  template <class T>
  static constexpr T value(T x) {
    return x + std::log(-std::expm1(-inside(x)));
  }
  template <class T>
  static constexpr T derivative(T x) {
    return x > T(0) ? T(-1) / std::expm1(-x) : T(0);
  }
  template <class T>
  static constexpr T log_derivative(T x) {
    return x > T(0) ? -std::log(-std::expm1(-x)) : -std::numeric_limits<T>::infinity();
  }
  template <class T>
  static constexpr T log_derivative_slope(T x) {
    return x > T(0) ? T(-1) / std::expm1(x) : T(0);
  }

private:
  /// x, or a number close to 0 in place of one outside of the domain.
  template <class T>
  static constexpr T inside(T x) {
    return x <= T(0) ? std::numeric_limits<T>::min() : x;
  }
};

/// Of a uniform draw: 1 / keep with probability `keep`, else 0.
struct KeptWithProbability {
  double keep;
  template <class T>
  constexpr T value(T u) const {
    return u < static_cast<T>(keep) ? static_cast<T>(1 / keep) : T(0);
  }
};

}  // namespace densenf::kernels::maps

// What the surjections have in common that forget which of several things x was (a sign, a place, an order):
// the choice leaves the flow with its probability, and the way back takes it from there or draws it anew,
// from numbers that are uniform in (0, 1).
namespace densenf {

/// Lets a choice, or what else is not in the output, leave the flow, if it is kept (LatentSink); add(density)
/// adds the logarithm of its probability or density for each image.
template <class Ctx, class Add, class T = typename Ctx::Scalar>
void leave_flow(const Ctx& ctx, const Tensor<T>& part, const Add& add) {
  if (auto* latents = ctx.pass().latents) {
    if (double* density = latents->log_density(part.n)) add(density);
    latents->keep(as_const(part));
  }
}

/// n images of numbers that are uniform in (0, 1).
template <class Ctx>
Tensor<typename Ctx::Scalar> uniform_numbers(const Ctx& ctx, Index n, const Shape& shape) {
  const auto u = ctx.tensor(n, shape);
  ctx.noise().uniform(ctx.device(), u);
  return u;
}

}  // namespace densenf

#include <initializer_list>

namespace densenf::kernels {

/// In which order a squeeze puts the numbers of a cell of 2x2 pixels beside each other. (i, j) is the place
/// in the cell, row and column, and c one of C channels.
enum class SqueezeOrder {
  plain,    ///< channel 4c + 2i + j: the four numbers of a channel stand together
  block,    ///< channel (2i + j) C + c: the four pixels stand one after the other
  diagonal  ///< likewise, but the pixels in the order (0, 0), (1, 1), (0, 1), (1, 0): Real NVP's for
            ///< factoring out
};

/// A channel of an image as it is before a squeeze, and its place in the cell.
struct SqueezedFrom {
  Index i, j, c;
};

/// Where channel `z` of 4C comes from.
constexpr SqueezedFrom squeezed_from(SqueezeOrder order, Index z, Index channels) {
  if (order == SqueezeOrder::plain) return {z / 2 % 2, z % 2, z / 4};
  const Index k = z / channels, c = z % channels;
  if (order == SqueezeOrder::block) return {k / 2, k % 2, c};
  return k < 2 ? SqueezedFrom{k, k, c} : SqueezedFrom{k - 2, 3 - k, c};
}

}  // namespace densenf::kernels

// Derivatives of a network along a direction. A network is a template over its context, and its values have
// the type that the context says; so it is run on values that carry their tangents, for which operations have
// overloads beside their own definitions. What these compute is made of operations again: on a context that
// records, tangents are differentiated like everything else.
namespace densenf {

/// A value x and its tangent: dx/dt, where the value depends on a number t. Without data it is 0.
template <class T>
struct Dual : Var<T> {
  Var<T> tangent = {};

  const Var<T>& primal() const { return *this; }
  bool moves() const { return tangent.value.data != nullptr; }

  constexpr Dual channels(Index first, Index count) const {
    return {Var<T>::channels(first, count), moves() ? tangent.channels(first, count) : Var<T>{}};
  }
};

/// A context whose values carry tangents, over another context in which everything is computed. A network
/// may be run again at the same place with other tangents, after again(): what does not depend on the
/// tangents is computed the first time only. It must then do the same operations again.
///
/// An operation without an overload for it does not compile.
template <class Context>
class Tangents {
public:
  using Scalar = typename Context::Scalar;
  using Device = typename Context::Device;
  using Value = Dual<Scalar>;
  using Plain = Var<Scalar>;
  static constexpr bool records = Context::records;

  explicit Tangents(const Context& context)
      : context_(context), known_(context.workspace().known_values), first_(known_.size()), next_(first_) {}
  ~Tangents() { known_.resize(first_); }
  Tangents(const Tangents&) = delete;
  Tangents& operator=(const Tangents&) = delete;

  /// Where everything is computed.
  const Context& plain() const { return context_; }

  /// A value that does not depend on tangents: make(plain()), the first time.
  template <class Make>
  Plain value(const Make& make) const {
    if (!again_) {
      const Plain made = make(context_);
      known_.push_back(made);
      return made;
    }
    return known_[next_++];
  }
  /// Work that does not depend on tangents: run(plain()), the first time.
  template <class Run>
  void compute(const Run& run) const {
    if (!again_) run(context_);
  }

  /// From now on the network is run again, with other tangents.
  void again() {
    again_ = true;
    next_ = first_;
  }

  // ---- what networks ask of their context ----

  const auto& pass() const { return context_.pass(); }
  bool training() const { return context_.training(); }
  bool updates_state() const { return !again_ && context_.updates_state(); }
  static constexpr bool starts() { return false; }
  Value parameter(Param p) const { return {context_.parameter(p), {}}; }
  Value state_value(Param p) const { return {context_.state_value(p), {}}; }
  const Scalar* state(Param p) const { return context_.state(p); }
  Scalar* next_state(Param p) const { return context_.next_state(p); }
  std::string name_in_message(const Value& v) const { return context_.name_in_message(v.primal()); }

  /// A value that operations are about to compute, range by range, with a tangent.
  Value output(Index n, const Shape& s) const {
    return {value([&](const auto& c) { return c.output(n, s); }), context_.output(n, s)};
  }
  Value output_like(const Value& x, Index channels) const {
    return output(x.n(), {channels, x.value.h, x.value.w});
  }

  // ---- what operations ask of it, none of which knows tangents unless it has an overload for them ----

  template <class Never = void>
  const Device& device() const {
    require_overload<Never>();
    return context_.device();
  }
  template <class Never = void>
  auto& memory() const {
    require_overload<Never>();
    return context_.memory();
  }
  template <class Never = void>
  auto& scratch() const {
    require_overload<Never>();
    return context_.scratch();
  }
  template <class Adjoint>
  void record(const Adjoint&) const {
    require_overload<void>();
  }

private:
  template <class Never>
  static constexpr void require_overload() {
    static_assert(
        !std::is_void_v<Never>,
        "An operation in this network has no tangents: it needs an overload for Tangents, beside its "
        "definition in densenf/ops.");
  }

  const Context& context_;
  std::vector<Plain>& known_;
  std::size_t first_;
  mutable std::size_t next_;
  bool again_ = false;
};

template <class Context>
inline constexpr bool carries_tangents<Tangents<Context>> = true;

/// make(context) as a value that does not depend on a network's image, such as a weight: on a context with
/// tangents it is computed once, and without any.
template <class Ctx, class Make, class V = typename Ctx::Value>
V without_tangent(const Ctx& ctx, const Make& make) {
  if constexpr (carries_tangents<Ctx>)
    return {ctx.value(make), {}};
  else
    return make(ctx);
}

/// The Jacobian of a network, or of any other function of values, at x, times vectors. `run(context, x)` is
/// called with a context and a value of its type.
template <class Context, class Run>
class Linearization {
public:
  using Plain = typename Context::Value;

  Linearization(const Context& context, const Run& run, const Plain& x)
      : tangents_(context), run_(run), x_(x) {}

  /// J t, differentiable by what `run` depends on and by t where the context records. The first call computes
  /// what the function makes of x, too.
  Plain times(const Plain& t) {
    if (computed_) tangents_.again();
    const Dual<typename Context::Scalar> y =
        run_(std::as_const(tangents_), Dual<typename Context::Scalar>{x_, t});
    if (!computed_) value_ = y.primal();
    computed_ = true;
    return y.tangent;
  }

  /// What the function makes of x, after the first product.
  const Plain& value() const { return value_; }

private:
  Tangents<Context> tangents_;
  const Run& run_;
  Plain x_, value_;
  bool computed_ = false;
};

/// The transposed Jacobian of a network, or of any other function of values, at x, times vectors: what its
/// backward pass does, which is recorded once and run for each of them. Nothing else is differentiated, so
/// parameters are constants. All memory is given back in the end.
template <class T, class Device, class Run>
class Pullback {
public:
  template <bool Recording>
  Pullback(const Context<T, Device, Recording>& context, const Run& run, const Tensor<T>& x)
      : pass_(differentiating(context.pass())),
        ctx_(pass_, context.workspace()),
        memory_(ctx_.memory().mark()),
        tape_(ctx_.tape().mark()) {
    auto* gradient = ctx_.tape().template make<Gradient<T>>();
    x_ = {x, gradient, 0};
    y_ = run(std::as_const(ctx_), x_);
    recorded_ = ctx_.tape().mark();
  }
  ~Pullback() {
    ctx_.tape().forget(tape_);
    ctx_.memory().release(memory_);
  }
  Pullback(const Pullback&) = delete;
  Pullback& operator=(const Pullback&) = delete;

  /// product = J' vector; vector and product may be the same memory.
  void times(const Tensor<const T>& vector, const Tensor<T>& product) {
    const auto scope = ctx_.memory().scope();
    x_.gradient->tensor = {nullptr, x_.value.n, x_.value.h, x_.value.w, x_.value.c, x_.value.c};
    x_.gradient->written = false;
    const auto dy = ctx_.gradient_target(y_);
    copy(ctx_.device(), vector, dy.tensor, dy.write);
    ctx_.hold_gradient(x_);
    ctx_.tape().run(ctx_, tape_, recorded_);
    copy(ctx_.device(), as_const(ctx_.gradient(x_)), product);
  }

  /// What the function makes of x.
  const Tensor<T>& value() const { return y_.value; }

private:
  static Pass<T, Device> differentiating(Pass<T, Device> pass) {
    pass.gradients = nullptr;
    pass.next_state = nullptr;
    pass.gradient_listener = nullptr;
    pass.operations = nullptr;
    pass.slice = 0;
    pass.repeats_adjoints = true;
    return pass;
  }

  Pass<T, Device> pass_;
  Context<T, Device, true> ctx_;
  typename Arena<Device>::Mark memory_;
  typename Tape<Context<T, Device, true>>::Mark tape_, recorded_;
  Var<T> x_, y_;
};

template <class T, class Device, bool Recording, class Run>
Pullback(const Context<T, Device, Recording>&, const Run&, const Tensor<T>&) -> Pullback<T, Device, Run>;

}  // namespace densenf

// What operations ask of the sizes that they are given, because kernels do not look at them. A check compares
// a few integers; a sentence is put together only where it is thrown. All of them throw ShapeError.
namespace densenf::ops {

namespace detail {
[[noreturn]] inline void wrong_input(const std::string& name, Index built_for, Index got) {
  throw ShapeError("{} was built for {} channels, but got {}.", name, built_for, got);
}

[[noreturn]] inline void wrong_output(const std::string& name, Index out, Index got) {
  throw ShapeError("{} makes {} channels, but was given a place for {}.", name, out, got);
}

[[noreturn]] inline void wrong_batch(const char* what, Index n, const Shape& s, Index got_n,
                                     const Shape& got) {
  throw ShapeError("{} must be {} images of {}, not {} of {} (channels x height x width).", what, n,
                   to_string(s), got_n, to_string(got));
}
}  // namespace detail

/// That a vector, such as Context::parameter gives, has one number for each channel of a batch.
template <class Ctx, class V = typename Ctx::Value>
void require_per_channel(const Ctx& ctx, const V& vector, Index channels) {
  if (vector.value.pixels() != 1 || vector.c() != channels)
    detail::wrong_input(ctx.name_in_message(vector), vector.value.size(), channels);
}

/// The same of a tensor of the state.
template <class Ctx>
void require_state_per_channel(const Ctx& ctx, Param kept, Index channels) {
  if (kept.size != channels) detail::wrong_input(ctx.state_name_in_message(kept), kept.size, channels);
}

/// That weights, `taps` of them for each pair of channels, lead from `in` channels to `out`. They have a
/// pixel for each tap and input, and must lie in memory without gaps, as kernels read them.
template <class Ctx, class V = typename Ctx::Value>
void require_weights(const Ctx& ctx, const V& weight, Index taps, Index in, Index out) {
  if (weight.value.pixels() != taps * in)
    detail::wrong_input(ctx.name_in_message(weight), weight.value.pixels() / taps, in);
  if (weight.c() != out) detail::wrong_output(ctx.name_in_message(weight), weight.c(), out);
  if (!weight.value.contiguous())
    throw ShapeError("{} is a range of the channels of another value: copy it first.",
                     ctx.name_in_message(weight));
}

/// That a tensor, called `what` in the sentence, is `n` images of shape `s`.
template <class T>
void require_batch(const char* what, const Tensor<T>& t, Index n, const Shape& s) {
  if (t.n != n || t.shape() != s) detail::wrong_batch(what, n, s, t.n, t.shape());
}

}  // namespace densenf::ops

// Differentiable copies, sums and scalar maps. Each operation stands beside its adjoint. The `_into`
// forms write a value that the caller made, often a range of channels of a larger one.
namespace densenf::ops {

/// y = x
template <class Ctx, class V = typename Ctx::Value>
void copy_into(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The place of a copy", y.value, x.n(), x.shape());
  copy(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    copy(c.device(), dy, dx.tensor, dx.write);
  });
}

namespace detail {
/// That an input of an operation has no tangent, where only others may have one.
template <class T>
void require_still(const char* what, const Dual<T>& v) {
  if (v.moves())
    throw ArgumentError("There is no tangent of {} here: only what a network makes of its image has one.",
                        what);
}

/// What an operation makes of values without tangents, weights for instance.
template <class Tangents, class Make, class... T>
typename Tangents::Value still(const Tangents& ctx, const char* what, const Make& make,
                               const Dual<T>&... inputs) {
  (require_still(what, inputs), ...);
  return {ctx.value(make), {}};
}

/// The tangent of a linear operation, `run(context, value)`, is what it makes of the tangent.
template <class Context, class T, class Run>
Dual<T> linear(const Tangents<Context>& ctx, const Dual<T>& x, const Run& run) {
  const Var<T> y = ctx.value([&](const auto& c) { return run(c, x.primal()); });
  return {y, x.moves() ? run(ctx.plain(), x.tangent) : Var<T>{}};
}

/// Puts a tangent, or 0, where an operation that writes to a place of the caller has it.
template <class Context, class T>
void put_tangent(const Tangents<Context>& ctx, const Var<T>& tangent, const Dual<T>& y) {
  if (tangent.value.data != nullptr)
    copy_into(ctx.plain(), tangent, y.tangent);
  else
    fill_zero(ctx.plain().device(), y.tangent.value);
}
}  // namespace detail

template <class Context, class T>
void copy_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { copy_into(c, x.primal(), y.primal()); });
  detail::put_tangent(ctx, x.tangent, y);
}

/// x + y. Throws ShapeError if their extents differ.
template <class Ctx, class V = typename Ctx::Value>
V add(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The second term of a sum", y.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  add(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    for (const V& term : {x, y}) {
      if (term.gradient == nullptr) continue;
      const auto d = c.gradient_target(term);
      copy(c.device(), dz, d.tensor, d.write);
    }
  });
  return z;
}

template <class Context, class T>
Dual<T> add(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  const Var<T> z = ctx.value([&](const auto& c) { return add(c, x.primal(), y.primal()); });
  if (!x.moves() || !y.moves()) return {z, x.moves() ? x.tangent : y.tangent};
  return {z, add(ctx.plain(), x.tangent, y.tangent)};
}

/// x * y, number by number. Throws ShapeError if their extents differ.
template <class Ctx, class V = typename Ctx::Value>
V multiply(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The second factor of a product", y.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  multiply_numbers(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto adjoint = [&](const V& factor, const V& other) {
      if (factor.gradient == nullptr) return;
      const auto d = c.gradient_target(factor);
      multiply_numbers(c.device(), dz, as_const(other.value), d.tensor, d.write);
    };
    adjoint(x, y);
    adjoint(y, x);
  });
  return z;
}

template <class Context, class T>
Dual<T> multiply(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  const Var<T> z = ctx.value([&](const auto& c) { return multiply(c, x.primal(), y.primal()); });
  const auto& c = ctx.plain();
  if (!x.moves() && !y.moves()) return {z, {}};
  if (!x.moves()) return {z, multiply(c, x.primal(), y.tangent)};
  const Var<T> first = multiply(c, x.tangent, y.primal());
  return {z, y.moves() ? add(c, first, multiply(c, x.primal(), y.tangent)) : first};
}

namespace detail {
/// The tangent of a function of single numbers, `run(context, value)`, whose derivative is `slope(context,
/// value)`.
template <class Context, class T, class Run, class Slope>
Dual<T> elementwise(const Tangents<Context>& ctx, const Dual<T>& x, const Run& run, const Slope& slope) {
  const Var<T> y = ctx.value([&](const auto& c) { return run(c, x.primal()); });
  if (!x.moves()) return {y, {}};
  const Var<T> d = ctx.value([&](const auto& c) { return slope(c, x.primal()); });
  return {y, multiply(ctx.plain(), d, x.tangent)};
}
}  // namespace detail

/// y = scale * x + shift
template <class Ctx, class V = typename Ctx::Value>
void scale_shift_into(const Ctx& ctx, const V& x, double scale, double shift, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The output of scale_shift_into", y.value, x.n(), x.shape());
  scale_shift(ctx.device(), as_const(x.value), static_cast<T>(scale), static_cast<T>(shift), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    accumulate_scaled(c.device(), as_const(c.gradient(y)), static_cast<T>(scale), c.gradient(x));
  });
}

template <class Context, class T>
void scale_shift_into(const Tangents<Context>& ctx, const Dual<T>& x, double scale, double shift,
                      const Dual<T>& y) {
  ctx.compute([&](const auto& c) { scale_shift_into(c, x.primal(), scale, shift, y.primal()); });
  if (x.moves())
    scale_shift_into(ctx.plain(), x.tangent, scale, 0, y.tangent);
  else
    detail::put_tangent(ctx, x.tangent, y);
}

/// scale * x + shift
template <class Ctx, class V = typename Ctx::Value>
V scale_shift(const Ctx& ctx, const V& x, double scale, double shift) {
  const V y = ctx.output_like(x, x.c());
  scale_shift_into(ctx, x, scale, shift, y);
  return y;
}

template <class Context, class T>
Dual<T> scale_shift(const Tangents<Context>& ctx, const Dual<T>& x, double scale, double shift) {
  const Var<T> y = ctx.value([&](const auto& c) { return scale_shift(c, x.primal(), scale, shift); });
  return {y, x.moves() ? scale_shift(ctx.plain(), x.tangent, scale, 0) : Var<T>{}};
}

/// sigmoid(x), with its log-determinant. In (0, 1), both ends excluded, also where it is nearer to them than
/// a float can be.
template <class Ctx, class V = typename Ctx::Value>
V sigmoid(const Ctx& ctx, const V& x, LogProb log_prob) {
  const V y = ctx.output_like(x, x.c());
  sigmoid_forward(ctx.device(), as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      sigmoid_backward(c.device(), as_const(y.value), as_const(c.gradient(y)), log_prob.gradient,
                       c.gradient(x));
    });
  }
  return y;
}

/// log(x / (1 - x)), with its log-determinant. Where a number of an image is not in (0, 1) the image's
/// log-probability is minus infinity, the result finite and the number's gradient 0.
template <class Ctx, class V = typename Ctx::Value>
V logit(const Ctx& ctx, const V& x, LogProb log_prob) {
  const V y = ctx.output_like(x, x.c());
  logit_forward(ctx.device(), as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      logit_backward(c.device(), as_const(x.value), as_const(c.gradient(y)), log_prob.gradient,
                     c.gradient(x));
    });
  }
  return y;
}

/// (x + u) / levels for gray levels x in 0 ... levels - 1, which are data, and u in (0, 1). In (0, 1).
template <class Ctx, class V = typename Ctx::Value>
V dequantize(const Ctx& ctx, const V& x, const V& u, Index levels) {
  using T = typename Ctx::Scalar;
  require_batch("The noise of a dequantization", u.value, x.n(), x.shape());
  const V y = ctx.output_like(x, x.c());
  dequantize(ctx.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels), y.value);
  if (u.gradient != nullptr) {
    ctx.record([=](auto& c) {
      accumulate_scaled(c.device(), as_const(c.gradient(y)), T(1) / static_cast<T>(levels), c.gradient(u));
    });
  }
  return y;
}

/// logit(dequantize(x, u)), with the log-determinant of the logit: without rounding between the two, where
/// all is lost for the brightest level. (255 + 0.9999999f is 256.)
template <class Ctx, class V = typename Ctx::Value>
V dequantized_logit(const Ctx& ctx, const V& x, const V& u, Index levels, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_batch("The noise of a dequantization", u.value, x.n(), x.shape());
  const V z = ctx.output_like(x, x.c());
  dequantized_logit_forward(ctx.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels),
                            z.value, log_prob.value);
  if (u.gradient != nullptr) {
    ctx.record([=](auto& c) {
      dequantized_logit_backward(c.device(), as_const(x.value), as_const(u.value), static_cast<T>(levels),
                                 as_const(c.gradient(z)), log_prob.gradient, c.gradient(u));
    });
  }
  return z;
}

}  // namespace densenf::ops

// Differentiable rearrangements.
namespace densenf::ops {

/// What squeeze makes of an image. In a constant expression an odd extent is an error of the compiler, else
/// ShapeError.
constexpr Shape squeezed(const Shape& s) {
  if (s.h % 2 != 0 || s.w % 2 != 0) shape_mismatch("Squeeze needs an even height and an even width.", s);
  return {4 * s.c, s.h / 2, s.w / 2};
}

/// What unsqueeze makes of an image, likewise.
constexpr Shape unsqueezed(const Shape& s) {
  if (s.c % 4 != 0) shape_mismatch("Unsqueeze needs a multiple of 4 channels.", s);
  return {s.c / 4, 2 * s.h, 2 * s.w};
}

using kernels::SqueezeOrder;

/// (C, H, W) -> (4C, H/2, W/2): channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j), or in another
/// order of the four numbers that become one pixel's.
template <class Ctx, class V = typename Ctx::Value>
V squeeze(const Ctx& ctx, const V& x, SqueezeOrder order = SqueezeOrder::plain) {
  const V z = ctx.output(x.n(), squeezed(x.shape()));
  squeeze(ctx.device(), as_const(x.value), z.value, kernels::Write::assign, order);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dz = as_const(c.gradient(z));
      const auto dx = c.gradient_target(x);
      unsqueeze(c.device(), dz, dx.tensor, dx.write, order);
    });
  }
  return z;
}

template <class Context, class T>
Dual<T> squeeze(const Tangents<Context>& ctx, const Dual<T>& x, SqueezeOrder order = SqueezeOrder::plain) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return squeeze(c, v, order); });
}

/// (4C, H, W) -> (C, 2H, 2W), the inverse of squeeze.
template <class Ctx, class V = typename Ctx::Value>
V unsqueeze(const Ctx& ctx, const V& z, SqueezeOrder order = SqueezeOrder::plain) {
  const V x = ctx.output(z.n(), unsqueezed(z.shape()));
  unsqueeze(ctx.device(), as_const(z.value), x.value, kernels::Write::assign, order);
  if (z.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dx = as_const(c.gradient(x));
      const auto dz = c.gradient_target(z);
      squeeze(c.device(), dx, dz.tensor, dz.write, order);
    });
  }
  return x;
}

template <class Context, class T>
Dual<T> unsqueeze(const Tangents<Context>& ctx, const Dual<T>& z, SqueezeOrder order = SqueezeOrder::plain) {
  return detail::linear(ctx, z, [=](const auto& c, const Var<T>& v) { return unsqueeze(c, v, order); });
}

/// What to_patches makes of an image, likewise.
constexpr Shape patches_of(const Shape& s, Index side) {
  if (s.h % side != 0 || s.w % side != 0)
    shape_mismatch("Patches need a height and a width that their side divides.", s);
  return {side * side * s.c, s.h / side, s.w / side};
}

/// What from_patches makes of an image, likewise.
constexpr Shape of_patches(const Shape& s, Index side) {
  if (s.c % (side * side) != 0)
    shape_mismatch("Patches have as many channels as they have pixels for each channel of an image.", s);
  return {s.c / (side * side), side * s.h, side * s.w};
}

/// (C, H, W) -> (s s C, H/s, W/s) with s = side: channel (c s + i) s + j at (y, x) is channel c at (s y + i,
/// s x + j). For s = 2 it is squeeze.
template <class Ctx, class V = typename Ctx::Value>
V to_patches(const Ctx& ctx, const V& x, Index side) {
  const V z = ctx.output(x.n(), patches_of(x.shape(), side));
  to_patches(ctx.device(), as_const(x.value), side, z.value);
  if (x.gradient == nullptr) return z;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    from_patches(c.device(), dz, side, dx.tensor, dx.write);
  });
  return z;
}

/// The inverse of to_patches.
template <class Ctx, class V = typename Ctx::Value>
V from_patches(const Ctx& ctx, const V& z, Index side) {
  const V x = ctx.output(z.n(), of_patches(z.shape(), side));
  from_patches(ctx.device(), as_const(z.value), side, x.value);
  if (z.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_target(z);
    to_patches(c.device(), dx, side, dz.tensor, dz.write);
  });
  return x;
}

/// [channels from `first` on, channels up to `first`]
template <class Ctx, class V = typename Ctx::Value>
V rotate_channels(const Ctx& ctx, const V& x, Index first) {
  if (first < 0 || first > x.c())
    throw ArgumentError("Channels can be rotated to begin at 0 to {}, not {}.", x.c(), first);
  const V y = ctx.output_like(x, x.c());
  rotate_channels(ctx.device(), as_const(x.value), first, y.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      rotate_channels(c.device(), dy, x.c() - first, dx.tensor, dx.write);
    });
  }
  return y;
}

/// The channels as cards are dealt to `hands` players, who get equally many: 0, hands, 2 hands, ..., 1, hands
/// + 1,
/// ...
template <class Ctx, class V = typename Ctx::Value>
V deal_channels(const Ctx& ctx, const V& x, Index hands) {
  if (hands < 1 || x.c() % hands != 0)
    throw ArgumentError("{} channels cannot be dealt to {} hands, equally many to each.", x.c(), hands);
  const V y = ctx.output_like(x, x.c());
  deal_channels(ctx.device(), as_const(x.value), hands, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    deal_channels(c.device(), dy, x.c() / hands, dx.tensor, dx.write);
  });
  return y;
}

/// The channels of both, a's first.
template <class Ctx, class V = typename Ctx::Value>
V concat(const Ctx& ctx, const V& a, const V& b) {
  const V y = ctx.output_like(a, a.c() + b.c());
  copy_into(ctx, a, y.channels(0, a.c()));
  copy_into(ctx, b, y.channels(a.c(), b.c()));
  return y;
}

namespace detail {
/// The even (0) or the odd (1) columns of a batch whose images have an even width.
template <class T>
constexpr Tensor<T> columns(const Tensor<T>& x, Index parity) {
  return {x.data + parity * x.stride, x.n, x.h, x.w / 2, x.c, 2 * x.stride};
}
}  // namespace detail

/// What fold_columns makes of an image; an odd width is an error of the compiler, else ShapeError.
constexpr Shape folded_columns(const Shape& s) {
  if (s.w % 2 != 0) shape_mismatch("Folding columns needs an even width.", s);
  return {2 * s.c, s.h, s.w / 2};
}

/// What unfold_columns makes of an image, likewise.
constexpr Shape unfolded_columns(const Shape& s) {
  if (s.c % 2 != 0) shape_mismatch("Unfolding columns needs an even number of channels.", s);
  return {s.c / 2, s.h, 2 * s.w};
}

/// (C, H, W) -> (2C, H, W/2): the channels of the even columns, then those of the odd ones.
template <class Ctx, class V = typename Ctx::Value>
V fold_columns(const Ctx& ctx, const V& x) {
  const V z = ctx.output(x.n(), folded_columns(x.shape()));
  for (const Index odd : {0, 1})
    copy(ctx.device(), as_const(detail::columns(x.value, odd)), z.value.channels(odd * x.c(), x.c()));
  if (x.gradient == nullptr) return z;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    for (const Index odd : {0, 1})
      copy(c.device(), dz.channels(odd * x.c(), x.c()), detail::columns(dx.tensor, odd), dx.write);
  });
  return z;
}

template <class Context, class T>
Dual<T> fold_columns(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return fold_columns(c, v); });
}

/// (2C, H, W) -> (C, H, 2W), the inverse of fold_columns.
template <class Ctx, class V = typename Ctx::Value>
V unfold_columns(const Ctx& ctx, const V& z) {
  const V x = ctx.output(z.n(), unfolded_columns(z.shape()));
  for (const Index odd : {0, 1})
    copy(ctx.device(), as_const(z.value.channels(odd * x.c(), x.c())), detail::columns(x.value, odd));
  if (z.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_target(z);
    for (const Index odd : {0, 1})
      copy(c.device(), detail::columns(dx, odd), dz.tensor.channels(odd * x.c(), x.c()), dz.write);
  });
  return x;
}

template <class Context, class T>
Dual<T> unfold_columns(const Tangents<Context>& ctx, const Dual<T>& z) {
  return detail::linear(ctx, z, [](const auto& c, const Var<T>& v) { return unfold_columns(c, v); });
}

}  // namespace densenf::ops

namespace densenf::ops {

/// What max_pool makes of x.
template <class V>
struct Pooled {
  V largest;  ///< of each 2x2 cell, for each channel
  V below;    ///< >= 0: how far the three others of the cell, row by row, are below it; channels 3c + j
};

/// The largest number of each cell of 2x2 pixels, and how far below it the others are. The place of the
/// largest in its cell (0 to 3, row by row; the first of equal ones) is written to `place`, which is null or
/// has the extents of the result.
template <class Ctx, class V = typename Ctx::Value>
Pooled<V> max_pool(const Ctx& ctx, const V& x, Tensor<typename Ctx::Scalar> place = {}) {
  const Shape small{x.c(), squeezed(x.shape()).h, squeezed(x.shape()).w};
  const Pooled<V> y{ctx.output(x.n(), small), ctx.output(x.n(), {3 * small.c, small.h, small.w})};
  max_pool_forward(ctx.device(), as_const(x.value), y.largest.value, y.below.value, place);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dlargest = as_const(c.gradient(y.largest)), dbelow = as_const(c.gradient(y.below));
    const auto dx = c.gradient_target(x);
    max_pool_backward(c.device(), as_const(x.value), dlargest, dbelow, dx.tensor, dx.write);
  });
  return y;
}

/// Pixel i of each image is pixel order(i, 0) of x's, where `order` is a permutation of an image's pixels.
template <class Ctx, class V = typename Ctx::Value>
V take_pixels(const Ctx& ctx, const V& x, Tensor<typename Ctx::Scalar> order) {
  const V y = ctx.output_like(x, x.c());
  take_pixels(ctx.device(), as_const(x.value), as_const(order), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    put_pixels(c.device(), dy, as_const(order), dx.tensor, dx.write);
  });
  return y;
}

}  // namespace densenf::ops

namespace densenf {

namespace detail {
/// log n! for the n pixels of an image: how many orders they have.
inline double log_orders(const Shape& shape) { return std::lgamma(static_cast<double>(shape.pixels()) + 1); }

/// An order of the pixels of each of n images, all equally likely.
template <class Ctx>
Tensor<typename Ctx::Scalar> random_order(const Ctx& ctx, Index n, const Shape& shape) {
  const auto order = ctx.tensor(n, {1, shape.h, shape.w});
  sort_pixels(ctx.device(), as_const(uniform_numbers(ctx, n, {1, shape.h, shape.w})), 0, order);
  return order;
}

/// The pixels as they were before take_pixels with the order that was kept; or in a random one.
template <class Ctx, class V>
V reordered(const Ctx& ctx, const V& z) {
  const V x = ctx.output_like(z, z.c());
  const auto scope = ctx.memory().scope();
  if (auto* kept = ctx.pass().kept) {
    const auto order = ctx.tensor(z.n(), {1, z.value.h, z.value.w});
    kept->take(order, LatentChoices{0, z.shape().pixels() - 1, 1, true});
    put_pixels(ctx.device(), as_const(z.value), as_const(order), x.value);
  } else {
    const auto order = random_order(ctx, z.n(), z.shape());
    take_pixels(ctx.device(), as_const(z.value), as_const(order), x.value);
  }
  return x;
}
}  // namespace detail

/// The pixels of each image, points of a set whose coordinates are the channels, sorted by channel `Key`; the
/// order that they had leaves, all orders equally likely.
template <int Key = 0>
class Sort : public Bijector<Sort<Key>> {
  static_assert(Key >= 0, "The channel that is sorted by has a number from 0 on.");

public:
  static constexpr Kind kind = Kind::surjection;

  static std::string type_name() { return fmt::format("Sort<{}>", Key); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c <= Key) shape_mismatch("The channel that pixels are sorted by must be there.", in);
    return in;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const auto order = ctx.tensor(x.n(), {1, x.value.h, x.value.w});
    sort_pixels(ctx.device(), as_const(x.value), Key, order);
    const double chosen = -detail::log_orders(x.shape());
    add_to_each(ctx.device(), chosen, x.n(), log_prob.value);
    leave_flow(ctx, order, [&](double* density) { add_to_each(ctx.device(), chosen, x.n(), density); });
    return ops::take_pixels(ctx, x, order);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return detail::reordered(ctx, z);
  }
};

/// The pixels of each image in a random order, in both directions: a model of a set behind it need not look
/// the same for all orders. The likelihood becomes a bound.
class StochasticPermutation : public Bijector<StochasticPermutation> {
public:
  static constexpr Kind kind = Kind::stochastic;

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    const auto order = detail::random_order(ctx, x.n(), x.shape());
    leave_flow(ctx, order, [](double*) {});  // with the probability with which it came
    return ops::take_pixels(ctx, x, order);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return detail::reordered(ctx, z);
  }
};

}  // namespace densenf

namespace densenf::nn {

/// Throws ShapeError, `needs` with ", not 1." behind it, where a start from data that is still to come has
/// less than two pixels (rows, images) to be taken from. Only then is the device asked for the flag.
template <class Ctx>
void require_two_to_start(const Ctx& ctx, Param flag, Index count, std::string_view needs) {
  if (count < 2 && is_zero(ctx.device(), ctx.state(flag))) throw ShapeError("{}, not {}.", needs, count);
}

/// ActNorm's start: shift and log_scale become those with which (x - shift) exp(-log_scale) has mean 0 and
/// standard deviation 1 per channel, each times the factor with which it is kept. Nothing happens where
/// `flag` says that it has. To be called where ctx.starts(). Throws ShapeError for a batch of less than two
/// pixels, unless the start has been.
template <class Ctx, class V = typename Ctx::Value>
void start_actnorm(const Ctx& ctx, const V& x, Param shift, Param log_scale, Param flag,
                   double shift_factor = 1, double log_factor = 1, bool unbiased = true) {
  using T = typename Ctx::Scalar;
  require_two_to_start(
      ctx, flag, x.value.pixels(),
      "ActNorm starts from the statistics of the first training batch, which needs at least two pixels");
  actnorm_start(ctx.device(), as_const(x.value), ctx.start_value(shift), ctx.start_value(log_scale),
                ctx.start_state(flag), static_cast<T>(shift_factor), static_cast<T>(log_factor), unbiased);
}

/// Means and (biased) variances of the channels, in the memory of the pass.
template <class T>
struct ChannelMoments {
  const T* mean;
  const T* variance;
};
template <class Ctx, class V = typename Ctx::Value>
ChannelMoments<typename Ctx::Scalar> channel_moments(const Ctx& ctx, const V& y) {
  auto* const mean = ctx.memory().template allocate<typename Ctx::Scalar>(2 * y.c());
  channel_statistics(ctx.device(), as_const(y.value), mean, mean + y.c(),
                     ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(y.value))));
  return {mean, mean + y.c()};
}

/// How a layer's scale is kept.
enum class StartScale { itself, logarithm };

/// The start from data of a layer that ends with a scale and a bias per channel, of which y is the output
/// over the first batch: both become those with which y has mean 0 and standard deviation `spread`, but for
/// `floor`, which is added to the deviation that y has. Nothing happens where `flag` says that it has. To be
/// called where ctx.starts(). Throws ShapeError for a batch of less than two pixels, unless the start has
/// been.
template <class Ctx, class V = typename Ctx::Value>
void standardize_output(const Ctx& ctx, const V& y, double spread, double floor, StartScale kept_as,
                        Param scale, Param bias, Param flag) {
  using T = typename Ctx::Scalar;
  const Index pixels = y.value.pixels();
  require_two_to_start(
      ctx, flag, pixels,
      "A layer that starts from the statistics of the first training batch needs at least two pixels of it");
  if (pixels < 2) return;
  const auto scope = ctx.memory().scope();
  const ChannelMoments<T> moments = channel_moments(ctx, y);
  T* const started = ctx.start_state(flag);
  start_scale_and_bias(ctx.device(), moments.mean, moments.variance, pixels, y.c(), static_cast<T>(spread),
                       static_cast<T>(floor), kept_as == StartScale::logarithm, ctx.start_value(scale),
                       ctx.start_value(bias), static_cast<const T*>(started));
  const Tensor<T> whole = make_tensor(started, 1, Shape{1, 1, 1});
  scale_shift(ctx.device(), as_const(whole), T(0), T(1), whole);
}

}  // namespace densenf::nn

namespace densenf::kernels {

/// What is applied to a convolution's result, element by element: max(x, 0), or x above 0 and exp(x) - 1 below.
enum class Activation { none, relu, elu };

}  // namespace densenf::kernels

#include <concepts>

// What bijectors can be made of without loops of their own: elementwise functions, the usual ones and any
// other, products, parameters as values, and sums into the log-probability.
namespace densenf::ops {

namespace detail {
template <class F, class T>
concept HasValue = requires(const F& f, T x) {
  { f.value(x) } -> std::convertible_to<T>;
};
template <class F, class T>
concept HasDerivative = requires(const F& f, T x) {
  { f.derivative(x) } -> std::convertible_to<T>;
};
template <class F, class T>
concept HasLogDerivative = requires(const F& f, T x) {
  { f.log_derivative(x) } -> std::convertible_to<T>;
  { f.log_derivative_slope(x) } -> std::convertible_to<T>;
};

/// Says what a function lacks. A derivative is only for where something is recorded.
template <class F, class Ctx>
constexpr void require_function() {
  using T = typename Ctx::Scalar;
  static_assert(HasValue<F, T>, "An elementwise function has value(x), which takes and gives a number.");
  static_assert(
      !Ctx::records || HasDerivative<F, T>,
      "An elementwise function that is differentiated has derivative(x), the derivative of value(x).");
}

template <class Value>
struct OnlyValue {
  Value value;
};
template <class Value, class Derivative>
struct Function {
  Value value;
  Derivative derivative;
};
template <class Value, class Derivative, class LogDerivative, class Slope>
struct Bijection {
  Value value;
  Derivative derivative;
  LogDerivative log_derivative;
  Slope log_derivative_slope;
};
}  // namespace detail

/// A function for `map` made of lambdas that take and return a number; `value` alone will do where nothing is
/// differentiated, as in an inverse. On a GPU use a struct instead, of which these are constexpr member
/// functions.
template <class Value>
auto elementwise(const Value& value) {
  return detail::OnlyValue<Value>{value};
}
template <class Value, class Derivative>
auto elementwise(const Value& value, const Derivative& derivative) {
  return detail::Function<Value, Derivative>{value, derivative};
}
template <class Value, class Derivative, class LogDerivative, class Slope>
auto elementwise(const Value& value, const Derivative& derivative, const LogDerivative& log_derivative,
                 const Slope& log_derivative_slope) {
  return detail::Bijection<Value, Derivative, LogDerivative, Slope>{value, derivative, log_derivative,
                                                                    log_derivative_slope};
}

/// y = f.value(x), number by number, where f.derivative(x) = dy/dx.
template <class Ctx, class F, class V = typename Ctx::Value>
V map(const Ctx& ctx, const V& x, const F& f) {
  detail::require_function<F, Ctx>();
  const V y = ctx.output_like(x, x.c());
  map_forward(ctx.device(), f, as_const(x.value), y.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      map_backward(c.device(), f, as_const(x.value), dy, dx.tensor, dx.write);
    });
  }
  return y;
}

template <class Context, class T, class F>
Dual<T> map(const Tangents<Context>& ctx, const Dual<T>& x, const F& f) {
  static_assert(
      requires { f.slope(); },
      "An elementwise function in a network whose tangents are wanted has slope(): its derivative, as such a "
      "function.");
  return detail::elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return map(c, v, f); },
      [&](const auto& c, const Var<T>& v) { return map(c, v, f.slope()); });
}

namespace detail {
/// The tangent t of what a relu is applied to, behind it, where it makes y: its slope is a constant wherever
/// it exists.
template <class Context, class T>
Var<T> through_relu(const Tangents<Context>& ctx, const Dual<T>& y, const Var<T>& t) {
  const Var<T> slope = ctx.value([&](const auto& c) {
    return Var<T>{map(c.evaluating(), Var<T>{y.value}, kernels::maps::Step{}).value};
  });
  return multiply(ctx.plain(), slope, t);
}
}  // namespace detail

/// The same for a monotone f, with its log-determinant: f.log_derivative(x) = log |dy/dx|, of which
/// f.log_derivative_slope(x) is the derivative. Where x is outside of f's domain, let log_derivative be
/// minus infinity, the derivatives 0 and the value any finite number.
template <class Ctx, class F, class V = typename Ctx::Value>
V map(const Ctx& ctx, const V& x, const F& f, LogProb log_prob) {
  detail::require_function<F, Ctx>();
  static_assert(
      detail::HasLogDerivative<F, typename Ctx::Scalar>,
      "An elementwise function that adds to the log-probability has log_derivative(x), which is log "
      "|dy/dx|, and log_derivative_slope(x), its derivative.");
  const V y = ctx.output_like(x, x.c());
  map_forward(ctx.device(), f, as_const(x.value), y.value, log_prob.value);
  if (x.gradient != nullptr) {
    ctx.record([=](auto& c) {
      const auto dy = as_const(c.gradient(y));
      const auto dx = c.gradient_target(x);
      map_backward(c.device(), f, as_const(x.value), dy, log_prob.gradient, dx.tensor, dx.write);
    });
  }
  return y;
}

/// exp(x)
template <class Ctx, class V = typename Ctx::Value>
V exp(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Exp{});
}

/// log(x) for x > 0
template <class Ctx, class V = typename Ctx::Value>
V log(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Log{});
}

/// tanh(x)
template <class Ctx, class V = typename Ctx::Value>
V tanh(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Tanh{});
}

/// 1 / (1 + exp(-x)), which far from 0 is 0 and 1.
template <class Ctx, class V = typename Ctx::Value>
V logistic(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  logistic_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    logistic_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

/// log(1 + exp(x))
template <class Ctx, class V = typename Ctx::Value>
V softplus(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  softplus_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    softplus_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> softplus(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return softplus(c, v); },
      [](const auto& c, const Var<T>& v) { return logistic(c, v); });
}

/// 1 / (1 + exp(-x)), in (0, 1)
template <class Ctx, class V = typename Ctx::Value>
V sigmoid(const Ctx& ctx, const V& x) {
  return map(ctx, x, kernels::maps::Sigmoid{});
}

/// A vector with the extents of `like`, of which it must have as many numbers as channels (ShapeError):
/// number c at channel c of each pixel.
template <class Ctx, class V = typename Ctx::Value>
V per_channel(const Ctx& ctx, const V& vector, const V& like) {
  if (vector.value.pixels() != 1 || vector.c() != like.c()) {
    throw ShapeError(
        "ops::per_channel needs one number for each of {} channels, but was given {}: declare them as "
        "vector(name, {{in.c}}, ...).",
        like.c(), vector.value.size());
  }
  const V y = ctx.output_like(like, like.c());
  spread_channels(ctx.device(), as_const(vector.value).data, y.value);
  if (vector.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    sum_channels(c.device(), dy, c.gradient(vector).data,
                 c.scratch().lend(sum_channels_scratch_bytes(c.device(), dy)));
  });
  return y;
}

template <class Context, class T>
Dual<T> per_channel(const Tangents<Context>& ctx, const Dual<T>& vector, const Dual<T>& like) {
  return detail::still(
      ctx, "a vector", [&](const auto& c) { return per_channel(c, vector.primal(), like.primal()); }, vector);
}

/// Images of one pixel as images of h x w pixels, all alike.
template <class Ctx, class V = typename Ctx::Value>
V spread_pixels(const Ctx& ctx, const V& v, Index h, Index w) {
  require_batch("What is spread over pixels", v.value, v.n(), {v.c(), 1, 1});
  const V y = ctx.output(v.n(), {v.c(), h, w});
  spread_pixels(ctx.device(), as_const(v.value), y.value);
  if (v.gradient == nullptr) return y;
  ctx.record([=](auto& c) { sum_pixels(c.device(), as_const(c.gradient(y)), c.gradient(v)); });
  return y;
}

template <class Context, class T>
Dual<T> spread_pixels(const Tangents<Context>& ctx, const Dual<T>& v, Index h, Index w) {
  return detail::linear(ctx, v, [=](const auto& c, const Var<T>& x) { return spread_pixels(c, x, h, w); });
}

/// Adds factor * the sum of an image's numbers to its log-probability.
template <class Ctx, class V = typename Ctx::Value>
void add_to_log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob) {
  sum_images(ctx.device(), as_const(x.value), factor, log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) { spread_images(c.device(), factor, log_prob.gradient, c.gradient(x)); });
}

/// Adds factor * the sum of a vector to the log-probability of each of n images.
template <class Ctx, class V = typename Ctx::Value>
void add_sum_to_log_prob(const Ctx& ctx, const V& vector, double factor, Index n, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_batch("What is added to each log-probability", vector.value, 1, {vector.c(), 1, 1});
  const Index count = vector.c();
  add_sum_to_each(ctx.device(), factor, as_const(vector.value).data, count, n, log_prob.value);
  if (vector.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    T* const dv = c.gradient(vector).data;
    add_sum_to_each_backward(c.device(), factor, log_prob.gradient, n, count, dv);
  });
}

}  // namespace densenf::ops

namespace densenf::ops {

/// x above 0, exp(x) - 1 below.
template <class Ctx, class V = typename Ctx::Value>
V elu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  elu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    elu_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> elu(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return elu(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::EluSlope{}); });
}

}  // namespace densenf::ops

// Sums that stand wherever there was a term: such an operation is its own adjoint. Normalizations are made of
// them where their tangents are wanted.
namespace densenf::ops {

/// At each channel the sum of the pixel's channels.
template <class Ctx, class V = typename Ctx::Value>
V total_channels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  total_channels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    total_channels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> total_channels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return total_channels(c, v); });
}

namespace detail {
/// y = or += the sums of x over all pixels of the batch.
template <class Context, class T>
void total_pixels_to(const Context& ctx, Tensor<const T> x, Tensor<T> y, kernels::Write write) {
  const auto scope = ctx.memory().scope();
  const Tensor<T> sums = ctx.tensor(1, {x.c, 1, 1});
  fill_zero(ctx.device(), sums);
  sum_channels(ctx.device(), x, sums.data, ctx.scratch().lend(sum_channels_scratch_bytes(ctx.device(), x)));
  Tensor<const T> everywhere{sums.data, x.n, x.h, x.w, x.c, 0};
  copy(ctx.device(), everywhere, y, write);
}
}  // namespace detail

/// At each pixel of each image the sum of the channel over all pixels of the batch.
template <class Ctx, class V = typename Ctx::Value>
V total_pixels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  detail::total_pixels_to(ctx, as_const(x.value), y.value, kernels::Write::assign);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    detail::total_pixels_to(c, dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> total_pixels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return total_pixels(c, v); });
}

namespace detail {
template <class Context, class T>
Var<T> difference(const Context& ctx, const Var<T>& x, const Var<T>& y) {
  return add(ctx, x, scale_shift(ctx, y, -1, 0));
}

/// x to the power of e, for x above 0
template <class Context, class T>
Var<T> power(const Context& ctx, const Var<T>& x, double e) {
  return map(ctx, log(ctx, x), kernels::maps::ExpOf{e});
}

/// 1 / sqrt(x + epsilon)
template <class Context, class T>
Var<T> reciprocal_root(const Context& ctx, const Var<T>& x, double epsilon) {
  return power(ctx, scale_shift(ctx, x, 1, epsilon), -0.5);
}

/// The tangent of (x - m) / sqrt(v + epsilon), where mean and variance are taken by `mean(context, value)`,
/// which says them at each number that they are of. With r = 1 / sqrt(v + epsilon) and z = r (x - m) it is
/// r (t - mean(t) - z mean(z t)) for a tangent t of x.
template <class Context, class T, class Mean>
Var<T> normalized_tangent(const Tangents<Context>& ctx, const Dual<T>& x, double epsilon, const Mean& mean) {
  const Var<T> centered =
      ctx.value([&](const auto& c) { return difference(c, x.primal(), mean(c, x.primal())); });
  const Var<T> r = ctx.value(
      [&](const auto& c) { return reciprocal_root(c, mean(c, multiply(c, centered, centered)), epsilon); });
  const Var<T> z = ctx.value([&](const auto& c) { return multiply(c, r, centered); });
  const auto& c = ctx.plain();
  const Var<T>& t = x.tangent;
  const Var<T> along = multiply(c, z, mean(c, multiply(c, z, t)));
  return multiply(c, r, difference(c, difference(c, t, mean(c, t)), along));
}
}  // namespace detail

}  // namespace densenf::ops

// What weights are made of before a convolution takes them. Nothing here looks at an image: it costs as much
// as there are weights, whatever the batch.
namespace densenf::ops {

/// Weight normalization: for each output c the weights magnitude[c] v / |v|, where v are those of `direction`
/// for c and |v| the root of the sum of their squares, which must not be 0. Without a magnitude (no data) the
/// length of each output's weights is 1. Both are values such as Context::parameter gives.
template <class Ctx, class V = typename Ctx::Value>
V weight_norm(const Ctx& ctx, const V& direction, const V& magnitude = {}) {
  using T = typename Ctx::Scalar;
  const Index channels = direction.c();
  const bool with_magnitude = magnitude.value.data != nullptr;
  if (with_magnitude) require_per_channel(ctx, magnitude, channels);
  const V w = ctx.output(direction.n(), direction.shape());
  T* const one_over_length = ctx.memory().template allocate<T>(channels);
  weight_norm_forward(
      ctx.device(), as_const(direction.value), as_const(magnitude.value).data, one_over_length, w.value,
      ctx.scratch().lend(weight_norm_forward_scratch_bytes(ctx.device(), as_const(direction.value))));
  if (direction.gradient == nullptr && magnitude.gradient == nullptr) return w;
  ctx.record([=](auto& c) {
    const auto dw = as_const(c.gradient(w));
    const auto ddirection = c.gradient_target_if_any(direction);
    T* const dmagnitude = magnitude.gradient != nullptr ? c.gradient(magnitude).data : nullptr;
    weight_norm_backward(
        c.device(), as_const(direction.value), as_const(magnitude.value).data,
        static_cast<const T*>(one_over_length), dw, ddirection.tensor, ddirection.write, dmagnitude,
        c.scratch().lend(weight_norm_backward_scratch_bytes(c.device(), as_const(direction.value))));
  });
  return w;
}

template <class Context, class T>
Dual<T> weight_norm(const Tangents<Context>& ctx, const Dual<T>& direction, const Dual<T>& magnitude = {}) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return weight_norm(c, direction.primal(), magnitude.primal()); },
      direction, magnitude);
}

/// x with channel c multiplied by number c of a vector. For weights: each output's by a number of its own.
template <class Ctx, class V = typename Ctx::Value>
V scale_channels(const Ctx& ctx, const V& x, const V& scale) {
  using T = typename Ctx::Scalar;
  require_per_channel(ctx, scale, x.c());
  const V y = ctx.output(x.n(), x.shape());
  scale_channels_forward(ctx.device(), as_const(x.value), as_const(scale.value).data, y.value);
  if (x.gradient == nullptr && scale.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const dscale = scale.gradient != nullptr ? c.gradient(scale).data : nullptr;
    scale_channels_backward(
        c.device(), as_const(x.value), as_const(scale.value).data, dy, dx.tensor, dx.write, dscale,
        c.scratch().lend(scale_channels_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

template <class Context, class T>
Dual<T> scale_channels(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& scale) {
  detail::require_still("a scale", scale);
  return detail::linear(ctx, x,
                        [&](const auto& c, const Var<T>& v) { return scale_channels(c, v, scale.primal()); });
}

/// y = number i of `numbers` times x. The numbers are a value without gaps in memory.
template <class Ctx, class V = typename Ctx::Value>
void scale_by_number_into(const Ctx& ctx, const V& x, const V& numbers, Index i, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The output of scale_by_number_into", y.value, x.n(), x.shape());
  if (i < 0 || i >= numbers.value.size() || !numbers.value.contiguous())
    throw ShapeError("There is no number {} among {} to scale with.", i, numbers.value.size());
  scale_by_number_forward(ctx.device(), as_const(x.value), as_const(numbers.value).data + i, y.value);
  if (x.gradient == nullptr && numbers.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const dnumber = numbers.gradient != nullptr ? c.gradient(numbers).data + i : nullptr;
    scale_by_number_backward(
        c.device(), as_const(x.value), as_const(numbers.value).data + i, dy, dx.tensor, dx.write, dnumber,
        c.scratch().lend(scale_by_number_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

template <class Context, class T>
void scale_by_number_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& numbers, Index i,
                          const Dual<T>& y) {
  detail::require_still("a scale", numbers);
  ctx.compute([&](const auto& c) { scale_by_number_into(c, x.primal(), numbers.primal(), i, y.primal()); });
  if (x.moves())
    scale_by_number_into(ctx.plain(), x.tangent, numbers.primal(), i, y.tangent);
  else
    detail::put_tangent(ctx, x.tangent, y);
}

/// A vector with the sum, over all `taps` of a convolution's weight, of what the last input is multiplied
/// with.
template <class Ctx, class V = typename Ctx::Value>
V sum_of_last_input(const Ctx& ctx, const V& weight, Index taps) {
  using T = typename Ctx::Scalar;
  const Index out = weight.c(), in = weight.value.pixels() / taps;
  require_weights(ctx, weight, taps, in, out);
  // A pixel for each tap, so far apart in memory as taps are.
  const auto last_input = [=](const auto& w) {
    auto view = w;
    view.data += (in - 1) * out;
    view.n = view.w = 1;
    view.h = taps;
    view.stride = in * out;
    return view;
  };
  const V sum = ctx.output(1, {out, 1, 1});
  fill_zero(ctx.device(), sum.value);
  const auto seen = last_input(as_const(weight.value));
  sum_channels(ctx.device(), seen, sum.value.data,
               ctx.scratch().lend(sum_channels_scratch_bytes(ctx.device(), seen)));
  if (weight.gradient == nullptr) return sum;
  ctx.record([=](auto& c) {
    Tensor<const T> everywhere = as_const(c.gradient(sum));
    everywhere.h = taps;
    everywhere.stride = 0;
    accumulate_scaled(c.device(), everywhere, T(1), last_input(c.gradient(weight)));
  });
  return sum;
}

template <class Context, class T>
Dual<T> sum_of_last_input(const Tangents<Context>& ctx, const Dual<T>& weight, Index taps) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return sum_of_last_input(c, weight.primal(), taps); }, weight);
}

}  // namespace densenf::ops

namespace densenf::ops {

using kernels::Activation;

/// (x - shift) * exp(-log_scale) per channel, with its log-determinant.
template <class Ctx, class V = typename Ctx::Value>
V actnorm(const Ctx& ctx, const V& x, const V& shift, const V& log_scale, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {shift, log_scale}) require_per_channel(ctx, v, x.c());
  const V z = ctx.output_like(x, x.c());
  actnorm_forward(ctx.device(), as_const(x.value), as_const(shift.value).data, as_const(log_scale.value).data,
                  z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dshift = c.gradient_or_unused(shift), dlog_scale = c.gradient_or_unused(log_scale);
    actnorm_backward(c.device(), as_const(z.value), as_const(log_scale.value).data, as_const(dz),
                     log_prob.gradient, dx.tensor, dx.write, dshift.data, dlog_scale.data,
                     c.scratch().lend(actnorm_backward_scratch_bytes(c.device(), as_const(z.value))));
  });
  return z;
}

/// x from the z that actnorm makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V actnorm_inverse(const Ctx& ctx, const V& z, const V& shift, const V& log_scale) {
  for (const V& v : {shift, log_scale}) require_per_channel(ctx, v, z.c());
  const V x = ctx.output_like(z, z.c());
  actnorm_inverse(ctx.device(), as_const(z.value), as_const(shift.value).data, as_const(log_scale.value).data,
                  x.value);
  return x;
}

/// What batch_norm works with.
template <class V>
struct BatchNorm {
  V weight, bias;                        ///< vectors; a weight without data is 1
  Param running_mean, running_variance;  ///< of the state
  double eps = 1e-5;
  bool unbiased = true;  ///< whether the running variance is made of unbiased ones
  static constexpr double momentum = 0.1;
};

/// act((x - mean) / sqrt(variance + eps) * weight + bias) per channel. Training takes mean and variance from
/// the batch (at least two pixels, else ShapeError) and says where that moves the running ones; evaluation
/// uses the running ones.
template <class Ctx, class V = typename Ctx::Value>
V batch_norm(const Ctx& ctx, const V& x, const BatchNorm<V>& p, Activation activation) {
  using T = typename Ctx::Scalar;
  if (activation == Activation::elu) return elu(ctx, batch_norm(ctx, x, p, Activation::none));
  const Index channels = x.c(), pixels = x.value.pixels();
  if (p.weight.value.data != nullptr) require_per_channel(ctx, p.weight, channels);
  require_per_channel(ctx, p.bias, channels);
  require_state_per_channel(ctx, p.running_mean, channels);
  require_state_per_channel(ctx, p.running_variance, channels);
  const T eps = static_cast<T>(p.eps);
  const bool from_batch = ctx.training() && pixels > 0;
  const V y = ctx.output_like(x, channels);
  const T* mean = ctx.state(p.running_mean);
  const T* variance = ctx.state(p.running_variance);
  if (from_batch) {
    if (pixels < 2) {
      throw ShapeError(
          "BatchNorm needs at least two pixels to take statistics from in training; the batch has {}.",
          pixels);
    }
    T* statistics = ctx.memory().template allocate<T>(2 * channels);
    channel_statistics(ctx.device(), as_const(x.value), statistics, statistics + channels,
                       ctx.scratch().lend(channel_statistics_scratch_bytes(ctx.device(), as_const(x.value))));
    mean = statistics;
    variance = statistics + channels;
    if (ctx.updates_state()) {
      batch_norm_update(ctx.device(), channels, pixels, static_cast<T>(BatchNorm<V>::momentum), mean,
                        variance, ctx.state(p.running_mean), ctx.state(p.running_variance),
                        ctx.next_state(p.running_mean), ctx.next_state(p.running_variance), p.unbiased);
    }
  }
  batch_norm_forward(ctx.device(), as_const(x.value), mean, variance, eps, as_const(p.weight.value).data,
                     as_const(p.bias.value).data, activation, y.value);
  ctx.record([=, weight = p.weight, bias = p.bias](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
    for (const V& v : {x, weight, bias}) {
      if (v.gradient != nullptr) c.hold_gradient(v);  // outside of the scope: it stays
    }
    const auto scope = c.memory().scope();
    const auto dx = c.gradient_target(x);
    T* const dweight = weight.gradient != nullptr ? c.gradient(weight).data : nullptr;
    const Tensor<T> dbias = c.gradient_or_unused(bias);
    batch_norm_backward(c.device(), as_const(x.value), mean, variance, eps, as_const(weight.value).data,
                        from_batch, as_const(dy), dx.tensor, dx.write, dweight, dbias.data,
                        c.scratch().lend(batch_norm_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// In training a tangent goes through the mean and the variance, too: each image moves all of them.
template <class Context, class T>
Dual<T> batch_norm(const Tangents<Context>& ctx, const Dual<T>& x, const BatchNorm<Dual<T>>& p,
                   Activation activation) {
  if (activation == Activation::elu) return elu(ctx, batch_norm(ctx, x, p, Activation::none));
  detail::require_still("what a normalization learns", p.weight);
  detail::require_still("what a normalization learns", p.bias);
  const Dual<T> y{ctx.value([&](const auto& c) {
                    const BatchNorm<Var<T>> norm{p.weight.primal(),  p.bias.primal(), p.running_mean,
                                                 p.running_variance, p.eps,           p.unbiased};
                    return batch_norm(c, x.primal(), norm, activation);
                  }),
                  {}};
  if (!x.moves()) return y;
  const auto& c = ctx.plain();
  Var<T> t;
  if (ctx.training() && x.value.pixels() > 0) {
    const auto mean = [](const auto& to, const Var<T>& v) {
      return scale_shift(to, total_pixels(to, v), 1 / static_cast<double>(v.value.pixels()), 0);
    };
    t = detail::normalized_tangent(ctx, x, p.eps, mean);
  } else {
    const Var<T> r = ctx.value([&](const auto& known) {
      return detail::reciprocal_root(known, known.state_value(p.running_variance), p.eps);
    });
    t = scale_channels(c, x.tangent, r);
  }
  if (p.weight.value.data != nullptr) t = scale_channels(c, t, p.weight.primal());
  return {y.primal(), activation == Activation::relu ? detail::through_relu(ctx, y, t) : t};
}

/// The running mean and variance of normalize_where, of the state.
struct RunningStatistics {
  Param mean, variance;
  static constexpr double momentum = 0.1;
  double eps = 1e-4;
};

/// Batch normalization as a step of a flow: z = (x - mean) / sqrt(variance + eps) per channel at the pixels
/// `where`, z = x elsewhere, with its log-determinant. Training takes mean and variance over all pixels of
/// the batch, those outside of `where` counted as zeros, and says where that moves the running ones;
/// evaluation uses the running ones.
template <class Ctx, class Where, class V = typename Ctx::Value>
void normalize_where_into(const Ctx& ctx, Where where, const V& x, const RunningStatistics& p,
                          LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  const Index channels = x.c(), pixels = x.value.pixels(), per_image = where.count(x.value.h * x.value.w);
  require_batch("The place of what is normalized", z.value, x.n(), x.shape());
  require_state_per_channel(ctx, p.mean, channels);
  require_state_per_channel(ctx, p.variance, channels);
  const T eps = static_cast<T>(p.eps);
  const bool from_batch = ctx.training() && pixels > 0;
  const T* mean = ctx.state(p.mean);
  const T* variance = ctx.state(p.variance);
  if (from_batch) {
    if (pixels < 2) {
      throw ShapeError(
          "Batch normalization needs at least two pixels to take statistics from in training; the batch has "
          "{}.",
          pixels);
    }
    T* const statistics = ctx.memory().template allocate<T>(2 * channels);
    statistics_where(ctx.device(), where, as_const(x.value), statistics, statistics + channels,
                     ctx.scratch().lend(statistics_where_scratch_bytes(ctx.device(), as_const(x.value))));
    mean = statistics;
    variance = statistics + channels;
    if (ctx.updates_state()) {
      batch_norm_update(ctx.device(), channels, pixels, static_cast<T>(RunningStatistics::momentum), mean,
                        variance, ctx.state(p.mean), ctx.state(p.variance), ctx.next_state(p.mean),
                        ctx.next_state(p.variance), false);
    }
  }
  normalize_where(ctx.device(), where, as_const(x.value), mean, variance, eps, per_image, z.value,
                  log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target(x);
    normalize_where_backward(
        c.device(), where, as_const(x.value), mean, variance, eps, per_image, from_batch, dz,
        log_prob.gradient, dx.tensor, dx.write,
        c.scratch().lend(normalize_where_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

/// x from the z that normalize_where_into makes of it with the running mean and variance. Only evaluates.
template <class Ctx, class Where, class V = typename Ctx::Value>
void normalize_where_inverse_into(const Ctx& ctx, Where where, const V& z, const RunningStatistics& p,
                                  const V& x) {
  using T = typename Ctx::Scalar;
  normalize_where_inverse(ctx.device(), where, as_const(z.value), ctx.state(p.mean), ctx.state(p.variance),
                          static_cast<T>(p.eps), x.value);
}

}  // namespace densenf::ops

namespace densenf {

/// z = (x - mean) / deviation per channel, of the data that Flow::initialize is given: what a table of
/// numbers in their own units begins with. Its log-determinant counts, so that log p is that of the numbers
/// as they came. Mean and deviation are state: they are saved with the flow and not trained. At least two
/// pixels are needed (ShapeError); a channel whose numbers are all alike is only shifted.
class Standardize : public Bijector<Standardize> {
public:
  void declare(Builder& b, Shape in) {
    mean_ = b.state("mean", {in.c}, Init::zeros());
    log_deviation_ = b.state("log_deviation", {in.c}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {}, {mean_, log_deviation_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    using T = typename Ctx::Scalar;
    nn::require_two_to_start(ctx, initialized_, x.value.pixels(),
                             "Standardize starts from the mean and deviation of at least two rows");
    actnorm_start(ctx.device(), as_const(x.value), ctx.start_state(mean_), ctx.start_state(log_deviation_),
                  ctx.start_state(initialized_), T(1), T(1), true, T(0));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, ctx.state_value(mean_), ctx.state_value(log_deviation_), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::actnorm_inverse(ctx, z, ctx.state_value(mean_), ctx.state_value(log_deviation_));
  }

private:
  Param mean_, log_deviation_, initialized_;
};

}  // namespace densenf

namespace densenf {

/// The version of densenf, as CMake's project has it from here.
inline constexpr const char* library_version = "0.1.0";

}  // namespace densenf

namespace densenf::kernels {

/// Where a network's raw output holds s and t of channel i.
struct AffineLayout {
  Index scale_first, shift_first, step;
  /// s0 t0 s1 t1 ..., as DenseFlow's couplings have it.
  static constexpr AffineLayout interleaved() { return {0, 1, 2}; }
  /// t0 s0 t1 s1 ..., as Glow has it.
  static constexpr AffineLayout interleaved_shifts_first() { return {1, 0, 2}; }
  /// s0 s1 ... t0 t1 ...
  static constexpr AffineLayout scales_first(Index channels) { return {0, channels, 1}; }
  /// t0 t1 ... s0 s1 ..., as the cross-unit noise has it.
  static constexpr AffineLayout shifts_first(Index channels) { return {channels, 0, 1}; }
  /// t0 t1 ..., of maps without a scale.
  static constexpr AffineLayout only_shifts() { return {0, 0, 1}; }

  /// Whether what a map reads for so many channels lies within `parameters` times as many.
  constexpr bool fits(Index channels, Index parameters) const {
    const Index beyond = step * (channels - 1);
    return scale_first >= 0 && shift_first >= 0 && scale_first + beyond < parameters * channels &&
           shift_first + beyond < parameters * channels;
  }
};

}  // namespace densenf::kernels

namespace densenf::ops {

/// Adds factor * log N(x; 0, I) to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void standard_normal_log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  const T* none = nullptr;
  normal_log_prob(ctx.device(), as_const(x.value), none, none, factor, log_prob.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const T* standard = nullptr;
    normal_log_prob_backward(c.device(), as_const(x.value), standard, standard, factor, log_prob.gradient,
                             c.gradient(x));
  });
}

/// Adds factor * log N(x; loc, exp(log_scale)) to the log-probability; parameters per channel.
template <class Ctx, class V = typename Ctx::Value>
void normal_log_prob(const Ctx& ctx, const V& x, const V& loc, const V& log_scale, double factor,
                     LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, x.c());
  const T* m = loc.value.data;
  const T* s = log_scale.value.data;
  normal_log_prob(ctx.device(), as_const(x.value), m, s, factor, log_prob.value);
  ctx.record([=](auto& c) {
    if (x.gradient != nullptr) {
      normal_log_prob_backward(c.device(), as_const(x.value), m, s, factor, log_prob.gradient, c.gradient(x));
    }
    if (loc.gradient == nullptr && log_scale.gradient == nullptr) return;
    const Tensor<T> dloc = c.gradient_or_unused(loc), dlog_scale = c.gradient_or_unused(log_scale);
    normal_log_prob_backward_parameters(
        c.device(), as_const(x.value), m, s, factor, log_prob.gradient, dloc.data, dlog_scale.data,
        c.scratch().lend(normal_log_prob_backward_parameters_scratch_bytes(c.device(), as_const(x.value))));
  });
}

/// loc + exp(log_scale) * temperature * e for standard normal draws e; differentiable by the parameters at
/// temperature 1.
template <class Ctx, class V = typename Ctx::Value>
V normal_from_noise(const Ctx& ctx, Tensor<typename Ctx::Scalar> e, const V& loc, const V& log_scale,
                    double temperature) {
  using T = typename Ctx::Scalar;
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, e.c);
  const V x = ctx.output(e.n, e.shape());
  const T* s = log_scale.value.data;
  normal_from_noise(ctx.device(), as_const(e), as_const(loc.value).data, s, static_cast<T>(temperature),
                    x.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dloc = c.gradient_or_unused(loc), dlog_scale = c.gradient_or_unused(log_scale);
    normal_from_noise_backward(
        c.device(), as_const(e), s, as_const(c.gradient(x)), dloc.data, dlog_scale.data,
        c.scratch().lend(normal_from_noise_backward_scratch_bytes(c.device(), as_const(e))));
  });
  return x;
}

using kernels::AffineLayout;

/// Adds factor * log N(x; mean, exp(log_scale)) to the log-probability, with a mean and a log-scale for each
/// number that a network has made; the layout says where these are, means as shifts.
template <class Ctx, class V = typename Ctx::Value>
void normal_log_prob(const Ctx& ctx, const V& x, const V& raw, AffineLayout at, double factor,
                     LogProb log_prob) {
  require_batch("The means and log-scales of a normal", raw.value, x.n(), {2 * x.c(), x.value.h, x.value.w});
  normal_log_prob(ctx.device(), as_const(x.value), as_const(raw.value), at, factor, log_prob.value);
  if (x.gradient == nullptr && raw.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const Tensor<typename Ctx::Scalar> dx =
        x.gradient != nullptr ? c.gradient(x) : Tensor<typename Ctx::Scalar>{};
    const auto draw = c.gradient_target(raw);
    normal_log_prob_backward(c.device(), as_const(x.value), as_const(raw.value), at, factor,
                             log_prob.gradient, dx, draw.tensor, draw.write);
  });
}

/// mean + exp(log_scale) * temperature * e for standard normal draws e, likewise; differentiable at
/// temperature 1.
template <class Ctx, class V = typename Ctx::Value>
V normal_from_noise(const Ctx& ctx, Tensor<typename Ctx::Scalar> e, const V& raw, AffineLayout at,
                    double temperature) {
  using T = typename Ctx::Scalar;
  require_batch("The means and log-scales of a normal", raw.value, e.n, {2 * e.c, e.h, e.w});
  const V x = ctx.output(e.n, e.shape());
  normal_from_noise(ctx.device(), as_const(e), as_const(raw.value), at, static_cast<T>(temperature), x.value);
  if (raw.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto draw = c.gradient_target(raw);
    normal_from_noise_backward(c.device(), as_const(e), as_const(raw.value), at, dx, draw.tensor, draw.write);
  });
  return x;
}

}  // namespace densenf::ops

// Densities over batches of images. A distribution is a type with
//
//   static constexpr bool takes_context;                  // whether it looks at the flow's context
//   static constexpr void require(Shape x, Index given);  // if it takes only some
//   static constexpr bool draws_have_gradients = false;   // if its draws are not differentiable
//   void declare(Builder&, Shape x, Index given = 0);       // over images of x
//   void log_prob(const Ctx&, const V& x, double factor, LogProb, const Given&...) const;
//   V sample(const Ctx&, Index n, double temperature, const Given&...) const;
//
// log_prob adds factor * log density of each image. sample makes n draws, with the standard deviation
// multiplied by `temperature`; they are differentiable at temperature 1, unless it says that they are not.
// What these are given stands behind
// everything else: first what the owner of the distribution has it look at (FactorOut: the channels that
// stay), of which `given` is the number of channels, then the flow's context if there is one. It is for
// distributions that are conditional.
namespace densenf {

/// A normal with one learned mean and log-scale per channel; starts as the standard normal.
class ChannelNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder& b, Shape shape, Index = 0) {
    const auto scope = b.scope("base_dist");
    declare_as(b, shape, "loc", "log_scale", {1, shape.c, 1, 1});
  }

  /// Adds factor * log density of each image of x to log_prob.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::normal_log_prob(ctx, x, ctx.parameter(loc_), ctx.parameter(log_scale_), factor, log_prob);
  }

  /// n draws, with the standard deviation multiplied by `temperature`; differentiable at temperature 1.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    const auto noise = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), noise);
    return ops::normal_from_noise(ctx, noise, ctx.parameter(loc_), ctx.parameter(log_scale_), temperature);
  }

protected:
  /// Declares the parameters under other names, as tensors of another shape.
  void declare_as(Builder& b, Shape shape, std::string_view mean, std::string_view log_scale,
                  const std::vector<Index>& tensor) {
    shape_ = shape;
    loc_ = b.vector(mean, tensor, Init::zeros());
    log_scale_ = b.vector(log_scale, tensor, Init::zeros());
  }

private:
  Shape shape_;
  Param loc_, log_scale_;
};

/// N(0, I)
class StandardNormal {
public:
  static constexpr bool takes_context = false;

  void declare(Builder&, Shape shape, Index = 0) { shape_ = shape; }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Context&...) const {
    ops::standard_normal_log_prob(ctx, x, factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V sample(const Ctx& ctx, Index n, double temperature, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V x{ctx.tensor(n, shape_)};
    ctx.noise().normal(ctx.device(), x.value);
    scale_shift(ctx.device(), as_const(x.value), static_cast<T>(temperature), T(0), x.value);
    return x;
  }

private:
  Shape shape_;
};

}  // namespace densenf

namespace densenf::nn {

/// Images of h x w pixels: v itself, or where v is of one pixel, that pixel everywhere. Throws ShapeError for
/// other extents.
template <class Ctx, class V = typename Ctx::Value>
V over_pixels(const Ctx& ctx, const V& v, Index h, Index w) {
  if (v.value.h == h && v.value.w == w) return v;
  if (v.value.h != 1 || v.value.w != 1)
    ops::require_batch("What a network looks at", v.value, v.n(), {v.c(), h, w});
  return ops::spread_pixels(ctx, v, h, w);
}

/// The channels of all, in this order, over h x w pixels: what a network sees that looks at several things.
template <class Ctx, class V = typename Ctx::Value, class... Others>
V joined(const Ctx& ctx, Index h, Index w, const V& first, const Others&... others) {
  V all = over_pixels(ctx, first, h, w);
  ((all = ops::concat(ctx, all, over_pixels(ctx, others, h, w))), ...);
  return all;
}

/// What is seen, with the flow's context behind it where `Channels` of it are looked at: images of the same
/// height and width, or of one pixel. Else ShapeError, of `what`: "The context of a coupling".
template <int Channels, class Ctx, class V = typename Ctx::Value, class... Context>
V with_context(const Ctx& ctx, const char* what, const V& seen, const Context&... context) {
  static_assert(
      sizeof...(Context) == (Channels > 0 ? 1 : 0),
      "What looks at a flow's context is called with one, and declared with its number of channels.");
  const Index h = seen.value.h, w = seen.value.w;
  [[maybe_unused]] const auto require = [&](const V& v) {
    if (v.shape() != Shape{Channels, 1, 1}) ops::require_batch(what, v.value, seen.n(), {Channels, h, w});
  };
  (require(context), ...);
  if constexpr (Channels > 0)
    return joined(ctx, h, w, seen, context...);
  else
    return seen;
}

}  // namespace densenf::nn

namespace densenf {

/// Where a network has the mean and the log-scale of each number: all means and then all log-scales, or
/// beside each other, m0 s0 m1 s1 ...
enum class MomentOrder { halves, interleaved };

/// A normal of which a network makes the mean and the log-scale of each number, from what the distribution's
/// owner has it look at and `Context` channels of the flow's context; each is of the images' height and
/// width, or of one pixel. The network is like that of a Coupling. Those that densenf::nn has start at zero,
/// so that the distribution starts as the standard normal. The network's parameters are named below
/// "conditional_dist", or the name that Named<name, Network> gives them.
template <class Network, int Context = 0, MomentOrder order = MomentOrder::halves>
class ConditionalNormal {
public:
  static constexpr bool takes_context = Context > 0;

  static constexpr void require(Shape x, Index given) {
    if (given + Context < 1) {
      shape_mismatch(
          "A ConditionalNormal that is given nothing looks at the flow's context: declare it with the number "
          "of its "
          "channels, ConditionalNormal<Network, Channels>.",
          x);
    }
    require_of<Network>({given + Context, x.h, x.w});
  }

  void declare(Builder& b, Shape shape, Index given = 0) {
    require(shape, given);
    shape_ = shape;
    seen_ = given + Context;
    const auto scope = b.scope(detail::scope_name_of<Network>("conditional_dist"));
    network_.declare(b, seen_, 2 * shape.c);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  void log_prob(const Ctx& ctx, const V& x, double factor, LogProb log_prob, const Given&... given) const {
    ops::normal_log_prob(ctx, x, moments(ctx, x.n(), given...), layout(), factor, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Given>
  V sample(const Ctx& ctx, Index n, double temperature, const Given&... given) const {
    const V raw = moments(ctx, n, given...);
    const auto e = ctx.tensor(n, shape_);
    ctx.noise().normal(ctx.device(), e);
    return ops::normal_from_noise(ctx, e, raw, layout(), temperature);
  }

private:
  kernels::AffineLayout layout() const {
    return order == MomentOrder::halves ? kernels::AffineLayout::shifts_first(shape_.c)
                                        : kernels::AffineLayout::interleaved_shifts_first();
  }

  template <class Ctx, class... Given>
  auto moments(const Ctx& ctx, Index n, const Given&... given) const {
    using V = typename Ctx::Value;
    static_assert(sizeof...(Given) > 0, "A ConditionalNormal is given something to look at.");
    const V seen = nn::joined(ctx, shape_.h, shape_.w, given...);
    ops::require_batch("What a ConditionalNormal looks at", seen.value, n, {seen_, shape_.h, shape_.w});
    const V raw = network_.forward(ctx, seen);
    ops::require_batch("The output of a ConditionalNormal's network", raw.value, n,
                       {2 * shape_.c, shape_.h, shape_.w});
    return raw;
  }

  Shape shape_;
  Index seen_ = 0;
  Network network_;
};

}  // namespace densenf

#include <functional>
#include <variant>

#include <numbers>

namespace densenf {

/// By how much draws are for another step, and for images further on, than the work that makes them says. A
/// pass that is recorded once and done again reads it from the device's memory.
struct NoiseShift {
  std::uint64_t step = 0;
  std::ptrdiff_t image = 0;
};

/// Names one sequence of random numbers. Equal keys give equal numbers, on every device and for every
/// number of threads; with the same seed, keys that differ never share a block of numbers.
struct NoiseKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  ///< what the numbers are for: training, evaluation, sampling, ...
  std::uint64_t step = 0;    ///< which step, or which batch
  std::uint32_t draw = 0;    ///< which request within the step, in the model's order of draws

  /// The key of another step.
  constexpr NoiseKey later(std::uint64_t steps) const {
    NoiseKey other = *this;
    other.step += steps;
    return other;
  }

  constexpr bool operator==(const NoiseKey&) const = default;
};

}  // namespace densenf

namespace densenf {

/// Work that is done again and again, each time with other noise. A device that can records it the second
/// time and starts the recording from then on (core/cuda_recorded_pass.cuh); every other device does the
/// work.
///
///   recorded.run(make_key, at, [&](const NoiseShift& first, const NoiseShift* further) { ... });
///
/// The body's work must be the same for equal keys, but for what it reads from the device's memory. Its noise
/// is that of step `first.step` and image `first.image`, and further on by what `further` holds, which lies
/// on the device or is null.
template <class Device, class Key>
class RecordedPass {
public:
  explicit RecordedPass(const Device&) {}

  template <class MakeKey, class Body>
  void run(const MakeKey&, const NoiseShift& at, const Body& body) {
    body(at, nullptr);
  }
};

}  // namespace densenf

// As Eigen declares it: its headers take longer to compile than all of densenf, and a program that has a
// matrix includes them itself.
namespace Eigen {
template <class Derived>
class DenseBase;
}

namespace densenf {

/// A batch of images that owns its memory: N x C x H x W, row-major, as users and files have it.
template <class T>
struct Batch {
  Shape shape;  ///< of one image
  Index count = 0;
  std::vector<T> values;  ///< count * shape.size() of them

  /// Adds the images of another batch of the same shape.
  void append(const Batch& other) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    count += other.count;
  }

  /// A copy of images [first, first + how_many). Throws ArgumentError unless all of them exist, ShapeError
  /// when there are not as many values as count and shape say.
  Batch images(Index first, Index how_many) const {
    require_values("A batch", count, shape, values.size());
    require_images(first, how_many, count);
    const auto from = values.begin() + first * shape.size();
    return {shape, how_many, {from, from + how_many * shape.size()}};
  }
};

/// A copy on the host of images that lie on a device.
template <class T, class Device>
Batch<T> to_host(const Device& device, Tensor<const T> images) {
  Batch<T> copy{images.shape(), images.n, std::vector<T>(static_cast<std::size_t>(images.size()))};
  to_nchw(device, images, copy.values.data());
  return copy;
}

/// A batch of images in somebody else's memory. Number i (in C, H, W order) of image n is at
/// data[n * image_stride + i * value_stride].
template <class U>
struct BatchView {
  const U* data = nullptr;
  Index count = 0;
  Shape shape;
  Index image_stride = shape.size();
  Index value_stride = 1;

  /// Images [first, first + how_many). Throws ArgumentError unless all of them exist.
  BatchView images(Index first, Index how_many) const {
    require_images(first, how_many, count);
    return {data + first * image_stride, how_many, shape, image_stride, value_stride};
  }
};

/// Whether every number is in [0, high].
template <class U>
bool within(const BatchView<U>& b, Index high) {
  if constexpr (std::is_same_v<U, std::uint8_t>) {
    if (high >= 255) return true;
  }
  bool inside = true;
  for (Index n = 0; n < b.count; ++n) {
    const U* image = b.data + n * b.image_stride;
    for (Index i = 0; i < b.shape.size(); ++i) {
      const U v = image[i * b.value_stride];
      if constexpr (!std::is_unsigned_v<U>) inside &= v >= U(0);
      inside &= v <= static_cast<U>(high);
    }
  }
  return inside;
}

/// What owns its images, such as Batch and Images.
template <class Owner>
concept BatchOwner = requires(const Owner& o) {
  { o.shape } -> std::convertible_to<Shape>;
  { o.count } -> std::convertible_to<Index>;
  { o.values.size() } -> std::convertible_to<std::size_t>;
  o.values.data();
};

/// An array in memory with xtensor's interface.
template <class Array>
concept StridedArray = requires(const Array& a) {
  a.dimension();
  a.shape(0);
  a.strides();
  a.data();
};

/// Anything of Eigen's that has rows and columns, expressions too.
template <class Matrix>
concept EigenDense = std::is_base_of_v<Eigen::DenseBase<Matrix>, Matrix>;

/// The numbers that images are made of. Not char, whose sign depends on the machine, nor std::int8_t, which
/// ends at 127.
template <class U>
inline constexpr bool is_pixel_value =
    std::is_convertible_v<U, float> && !std::is_same_v<U, char> && !std::is_same_v<U, signed char> &&
    !std::is_same_v<U, char8_t> && !std::is_same_v<U, char16_t> && !std::is_same_v<U, char32_t> &&
    !std::is_same_v<U, wchar_t>;

namespace detail {
/// Whether images of this shape are rows of a table, of which messages then speak.
constexpr bool is_row(const Shape& shape) { return shape.h == 1 && shape.w == 1; }

inline void require_model_shape(const Shape& got, const Shape& model) {
  if (got == model) return;
  if (is_row(got) && is_row(model))
    throw ShapeError("The flow takes rows of {} columns, not of {}.", model.c, got.c);
  shape_mismatch(("The flow takes images of " + to_string(model) + '.').c_str(), got);
}
}  // namespace detail

/// The ways in which users hand over batches: a BatchView; a Batch or densenf::Images; a four-dimensional
/// array with xtensor's interface, row-major; an Eigen matrix, Map, Ref or block of rows with one image (or
/// vector) per row, in either order. Nothing is copied, and where the number of values is known it must be
/// right. `shape` is the shape that the model expects; a ShapeError says what came instead.
template <class U>
BatchView<U> view_batch(const BatchView<U>& b, const Shape& shape) {
  static_assert(
      is_pixel_value<U>,
      "The values of images are std::uint8_t, float, double or another type of numbers: bytes of type "
      "char or std::int8_t are to be passed as std::uint8_t.");
  detail::require_model_shape(b.shape, shape);
  const Index needed = value_count("A batch", b.count, b.shape);
  if (needed > 0 && b.data == nullptr) require_values("A batch", b.count, b.shape, 0);
  return b;
}

template <BatchOwner Owner>
auto view_batch(const Owner& o, const Shape& shape) {
  using U = std::remove_cvref_t<decltype(*o.values.data())>;
  detail::require_model_shape(o.shape, shape);
  require_values("A batch", o.count, o.shape, o.values.size());
  return view_batch(BatchView<U>{o.values.data(), o.count, o.shape}, shape);
}

template <StridedArray Array>
auto view_batch(const Array& a, const Shape& shape) {
  using U = std::remove_cvref_t<decltype(*a.data())>;
  if (a.dimension() != 4) {
    throw ShapeError(
        "A batch of images is a four-dimensional array (N, C, H, W); this one has {} dimensions.",
        a.dimension());
  }
  const auto extent = [&](std::size_t i) { return static_cast<Index>(a.shape(i)); };
  Index step = 1;
  for (std::size_t i = 4; i-- > 0;) {
    // xtensor gives extents of 1 the stride 0.
    if (extent(i) > 1 && static_cast<Index>(a.strides()[i]) != step) {
      throw ShapeError(
          "A batch of images must be contiguous and row-major; evaluate the view or expression into an array "
          "first.");
    }
    step *= extent(i);
  }
  const U* data = a.data();
  // data() of one of xtensor's views is where its array begins.
  if constexpr (requires { a.data_offset(); }) data += a.data_offset();
  const Shape one{extent(1), extent(2), extent(3)};
  detail::require_model_shape(one, shape);
  return view_batch(BatchView<U>{data, extent(0), one}, shape);
}

template <EigenDense Matrix>
auto view_batch(const Matrix& m, const Shape& shape) {
  using U = typename Matrix::Scalar;
  constexpr bool in_memory = requires { m.rowStride(); };  // Eigen gives strides only to what has memory
  static_assert(
      in_memory,
      "This expression of Eigen's has no memory to read images from: pass a matrix, a Map, a Ref, a "
      "block of rows, or what .eval() of the expression returns.");
  if constexpr (in_memory) {
    if (m.cols() != shape.size() && detail::is_row(shape))
      throw ShapeError("The flow takes rows of {} columns, but this matrix has {} of them.", shape.c,
                       m.cols());
    if (m.cols() != shape.size()) {
      throw ShapeError(
          "The flow takes images of {}, so a matrix of them needs {} columns, one image per row; this one "
          "has {}.",
          to_string(shape), shape.size(), m.cols());
    }
    return view_batch(BatchView<U>{m.data(), m.rows(), shape, m.rowStride(), m.colStride()}, shape);
  } else {
    return BatchView<U>{};
  }
}

/// Everything else is refused, in a sentence.
template <class Other>
BatchView<float> view_batch(const Other&, const Shape&) {
  static_assert(
      sizeof(Other) == 0,
      "This is not a batch of images: pass a densenf::Batch (shape, count, values), a BatchView, "
      "densenf::Images, an Eigen matrix with an image per row, or a four-dimensional xtensor array.");
  return {};
}

}  // namespace densenf

// The affine maps of couplings and of noise, written once for every device: for numbers, and for packets of
// them. They are z = t + exp(l) x, z = (x + t) exp(l) where the shift comes first, or the inverse of the
// former; l is made of a raw number s, which no network can push so far that exp(l) is 0 or infinite.
namespace densenf::kernels {

/// l, dl/ds and exp(l). Functions that make one are always part of who calls them, so that what is not used
/// is not computed.
template <class X>
struct LogScale {
  X value, slope, scale;

  constexpr LogScale(const X& l, const X& by_s, const X& exp_l) : value(l), slope(by_s), scale(exp_l) {}
};

namespace detail {
/// a where the condition holds, b elsewhere: of numbers, and of packets of them.
template <class Condition, class X>
constexpr X choose(const Condition& condition, const X& a, const X& b) {
  if constexpr (std::is_same_v<Condition, bool>)
    return condition ? a : b;
  else
    return select(condition, a, b);
}

/// Of log sigmoid(v): without a difference of large numbers, at both ends, and 1 - sigmoid(v) likewise.
template <class T, class X>
[[gnu::always_inline]] constexpr LogScale<X> log_sigmoid(const X& v) {
  using std::abs, std::exp, std::log1p;
  const X far = abs(v), e = exp(-far), larger = T(1) / (T(1) + e), smaller = e * larger;
  const X value = T(0.5) * (v - far) - log1p(e);
  return {value, choose(v < T(0), larger, smaller), choose(v < T(0), smaller, larger)};
}
}  // namespace detail

/// l = 2 tanh(s / 2), between -2 and 2
struct Tanh2 {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::exp, std::tanh;
    const X u = tanh(T(0.5) * s), l = T(2) * u;
    return {l, T(1) - u * u, exp(l)};
  }
};

/// exp(l) = sigmoid(s + 2), below 1
struct Sigmoid2 {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    return detail::log_sigmoid<T>(X(s + T(2)));
  }
};

/// exp(l) = 2 sigmoid(s), below 2, and 1 where s is 0
struct DoubledSigmoid {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    const LogScale<X> half = detail::log_sigmoid<T>(s);
    return {half.value + T(0.693147180559945309417), half.slope, T(2) * half.scale};
  }
};

/// l = s, where s has been bounded before
struct AsGiven {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::exp;
    return {s, s * T(0) + T(1), exp(s)};
  }
};

/// l = s / (1 + |s| / ln 1000), between -ln 1000 and ln 1000: s itself near 0, and no function to compute
struct SoftClip {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp;
    const X part = T(1) / (T(1) + abs(s) * T(1 / 6.907755278982137)), l = s * part;
    return {l, part * part, exp(l)};
  }
};

/// exp(l) = softplus(s)
struct SoftplusScale {
  static constexpr bool scales = true;
  template <class T, class X>
  [[gnu::always_inline]] static constexpr LogScale<X> of(const X& s) {
    using std::abs, std::exp, std::log, std::log1p;
    const T tiny = std::numeric_limits<T>::min();  // in place of 0, of which there is no quotient
    const X far = abs(s), low = T(0.5) * (s - far), e = exp(-far) + tiny, part = exp(low) + tiny;
    const X scale = T(0.5) * (s + far) + log1p(e);
    // Far below 0, where scale is exp(s), the logarithm is that of a quotient near 1.
    return {low + log(scale / part), part / ((T(1) + e) * scale), scale};
  }
};

/// l = 0, and no raw number
struct NoScale {
  static constexpr bool scales = false;
};

template <class Scale, bool ShiftFirst = false>
struct AffineMap {
  /// Whether there is a scale. Without one, nothing of s is read or written.
  static constexpr bool scales = Scale::scales;
  /// Raw numbers for each one that is mapped.
  static constexpr Index parameters = scales ? 2 : 1;

  /// z from x, and l.
  template <class T, class X>
  static constexpr X forward(const X& s, const X& t, const X& x, X& l) {
    if constexpr (scales) {
      const LogScale<X> by = Scale::template of<T>(s);
      l = by.value;
      if constexpr (ShiftFirst)
        return (x + t) * by.scale;
      else
        return t + by.scale * x;
    } else {
      return x + t;
    }
  }

  /// x from z.
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& t, const X& z) {
    if constexpr (scales) {
      const X scale = Scale::template of<T>(s).scale;
      if constexpr (ShiftFirst)
        return z / scale - t;
      else
        return (z - t) / scale;
    } else {
      return z - t;
    }
  }

  /// The adjoint, where dz is the gradient of z and dl that of l beside z.
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& t, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dt) {
    if constexpr (scales) {
      const LogScale<X> l = Scale::template of<T>(s);
      dx = dz * l.scale;
      if constexpr (ShiftFirst) {
        ds = (dx * (x + t) + dl) * l.slope;
        dt = dx;
      } else {
        ds = (dx * x + dl) * l.slope;
        dt = dz;
      }
    } else {
      dx = dz;
      dt = dz;
    }
  }
};

/// z = (x - m) exp(-l): what makes x standard normal if it is normal with mean m and log-scale l.
template <class Scale>
struct StandardizingMap {
  static constexpr bool scales = Scale::scales;
  static constexpr Index parameters = scales ? 2 : 1;

  template <class T, class X>
  static constexpr X forward(const X& s, const X& m, const X& x, X& l) {
    if constexpr (scales) {
      using std::exp;
      l = -Scale::template of<T>(s).value;
      return (x - m) * exp(l);
    } else {
      return x - m;
    }
  }
  template <class T, class X>
  static constexpr X inverse(const X& s, const X& m, const X& z) {
    if constexpr (scales) {
      using std::exp;
      return m + z * exp(Scale::template of<T>(s).value);
    } else {
      return m + z;
    }
  }
  template <class T, class X, class D>
  static constexpr void backward(const X& s, const X& m, const X& x, const X& dz, const D& dl, X& dx, X& ds,
                                 X& dm) {
    if constexpr (scales) {
      using std::exp;
      const LogScale<X> l = Scale::template of<T>(s);
      dx = dz * exp(-l.value);
      ds = -(dx * (x - m) + dl) * l.slope;
    } else {
      dx = dz;
    }
    dm = -dx;
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// Which keys a query of an attention sees: all of them, those up to its own place, or those from its own
/// place on. Places are pixels, counted row by row; query number i stands at place first + i.
struct AttentionMask {
  enum class Kind { none, up_to_own, from_own };
  Kind kind = Kind::none;
  Index first = 0;

  /// The first key that a query sees, and the one behind the last.
  constexpr Index begin(Index query) const { return kind == Kind::from_own ? first + query : 0; }
  constexpr Index end(Index query, Index keys) const {
    return kind == Kind::up_to_own ? first + query + 1 : keys;
  }

  /// Whether each of so many queries stands at the place of a key, if that matters.
  constexpr bool fits(Index queries, Index keys) const {
    return kind == Kind::none || (first >= 0 && first + queries <= keys);
  }
  /// How many keys so many queries see, all together.
  constexpr Index seen(Index queries, Index keys) const {
    const Index before = queries * first + queries * (queries + 1) / 2;  // up to their own
    if (kind == Kind::none) return queries * keys;
    return kind == Kind::up_to_own ? before : queries * (keys + 1) - before;
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// The degrees of a layer's units in a masked network (MADE): 0 of the first `free` units, which all may
/// depend on; of the units behind them, counted from 0, i / repeat % period + offset. A unit of degree d may
/// depend on inputs of degrees up to d.
struct Degrees {
  Index count = 0;   ///< of units
  Index period = 1;  ///< how many degrees there are
  Index offset = 1;  ///< the lowest
  Index repeat = 1;  ///< units of one degree beside each other
  Index free = 0;    ///< only where offset is above 0

  constexpr Index degree(Index unit) const {
    return unit < free ? 0 : (unit - free) / repeat % period + offset;
  }

  /// How many units have a degree below this one.
  constexpr Index before(Index degree) const {
    if (degree <= 0) return 0;
    const Index lower = degree - offset < 0 ? 0 : degree - offset < period ? degree - offset : period;
    const Index round = period * repeat, numbered = count - free, rest = numbered % round;
    const Index reach = lower * repeat;
    return free + numbered / round * reach + (reach < rest ? reach : rest);
  }

  /// The degree of the unit that has this place when they are ordered by degree.
  constexpr Index degree_at(Index place) const {
    if (place < free) return 0;
    Index low = offset, high = offset + period;  // that of the place lies in [low, high)
    while (high - low > 1) {
      const Index middle = low + (high - low) / 2;
      (before(middle) <= place ? low : high) = middle;
    }
    return low;
  }

  /// The place of a unit when they are ordered by degree.
  constexpr Index place(Index unit) const {
    if (unit < free) return unit;
    const Index i = unit - free;
    return before(degree(unit)) + i / (period * repeat) * repeat + i % repeat;
  }
};

/// Calls f(place, unit) for all units in the order of their degrees.
template <class F>
constexpr void for_each_in_order(const Degrees& d, const F& f) {
  Index place = 0;
  for (; place < d.free; ++place) f(place, place);
  for (Index lowest = d.free; lowest < d.free + d.period * d.repeat; lowest += d.repeat) {
    for (Index first = lowest; first < d.count; first += d.period * d.repeat) {
      for (Index unit = first; unit < first + d.repeat && unit < d.count; ++unit) f(place++, unit);
    }
  }
}

/// Between which units a masked layer has connections: from degree a to degree b where b >= a, or b > a if
/// `strict`.
struct DegreeMask {
  Degrees from, to;
  bool strict = false;

  constexpr bool keeps(Index in, Index out) const { return to.degree(out) >= least(in); }
  /// The lowest degree that unit `in` leads to.
  constexpr Index least(Index in) const { return from.degree(in) + (strict ? 1 : 0); }
  /// How many units, ordered by degree, lead to those of this degree.
  constexpr Index inputs(Index degree) const { return from.before(strict ? degree : degree + 1); }
};

/// Which inputs of a 1x1 convolution lead to which outputs: all to all, or, where both are ordered by degree,
/// those that a mask keeps. The others' weights are 0, so a device may leave them out, and what their
/// gradients are is not said.
struct Connections {
  bool ordered = false;
  DegreeMask mask{};

  constexpr Connections() = default;
  constexpr Connections(DegreeMask m) : ordered(true), mask(m) {}

  /// How many of `all` inputs may lead to output `place` or to those before it.
  constexpr Index inputs(Index place, Index all) const {
    return ordered ? mask.inputs(mask.to.degree_at(place)) : all;
  }
  /// The first output that input `place` or one behind it may lead to.
  constexpr Index first_output(Index place) const {
    return ordered ? mask.to.before(mask.from.degree_at(place) + (mask.strict ? 1 : 0)) : 0;
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// The index below `count` (at least 1) that a number stands for which came from outside, latents or a file:
/// the nearest one, and 0 for what is no number. A kernel never reads or writes beyond because of a number.
template <class T>
constexpr Index clamp_index(T number, Index count) {
  if (!(number > T(0))) return 0;
  return number < static_cast<T>(count - 1) ? static_cast<Index>(number) : count - 1;
}

}  // namespace densenf::kernels

// An image's numbers in an order that a model keeps as numbers, written once for every device.
namespace densenf::kernels {

/// What an order lists: channels, which every pixel has in this order; or pixels, whose halves by the order
/// become halves of the channels. A pixel that is then twice as large as its place is cut in two, which lie
/// at places that follow one another.
enum class OrderOf { channels, pixels };

/// Where numbers come from that are put into such an order. Of pixels, their number and the channels are
/// even.
template <class T>
struct ImageOrder {
  OrderOf parts;
  const T* order;
  Index pixels, channels;  ///< of an image

  struct Place {
    Index pixel, channel;
  };

  /// Where the number comes from that gets to this channel of a batch's pixel.
  constexpr Place from(Index pixel, Index channel) const {
    if (parts == OrderOf::channels) return {pixel, clamp_index(order[channel], channels)};
    const Index half = channels / 2, in_image = pixel % pixels;
    const Index listed = channel / half * (pixels / 2) + in_image / 2;
    return {pixel - in_image + clamp_index(order[listed], pixels), in_image % 2 * half + channel % half};
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// Which product of two matrices: a b, a b' or a' b, where ' is the transpose.
enum class MatrixForm { plain, second_transposed, first_transposed };

}  // namespace densenf::kernels

// Couplings by mixtures of logistics (Flow++, arXiv 1902.00275; VFlow, arXiv 2002.09741), written once for
// every device: a number x goes through the distribution function F of a mixture and back to all numbers, u =
// logit F(x), and then through an affine map, z = t + exp(tanh(s)) u. Everything is computed from log F and
// log (1 - F), each of which is accurate where the other is 0: so no float is too small for a tail.
namespace densenf::kernels {

/// What is done with each number that changes.
struct MixtureMap {
  Index components;       ///< K
  bool squashed = false;  ///< whether u = logit(0.05 + 0.9 F), VFlow's, which stays within 2.945

  /// Components that fit in what kernels keep beside them.
  static constexpr Index most_components = 64;

  /// Raw numbers for each one that is mapped: s, t, then K logits of the weights, K means and K logarithms of
  /// the scales. Those of channel c are channels c * parameters() to (c + 1) * parameters() - 1.
  constexpr Index parameters() const { return 2 + 3 * components; }
};

namespace mixture {

/// What logarithms of scales are cut off at.
inline constexpr double lowest_log_scale = -7;
inline constexpr double squash_low = 0.05, squash_range = 0.9;
/// What a squashed map does not reach comes back as the x where F is this far from 0 or 1.
inline constexpr double squash_edge = 1e-5;

/// The logarithms of F, of 1 - F and of the density f = F'.
template <class T>
struct Logs {
  T below, above, density;
};

/// u and log du/dx.
template <class T>
struct Mapped {
  T value, log_slope;
};

/// The numbers whose logarithms u is the difference of: F and 1 - F, or what a squash makes of them.
template <class T>
constexpr T squashed_part(T log_part) {
  return T(squash_low) + T(squash_range) * std::exp(log_part);
}

template <class T>
constexpr Mapped<T> mapped(const Logs<T>& at, bool squashed) {
  if (!squashed) return {at.below - at.above, at.density - at.below - at.above};
  const T below = std::log(squashed_part(at.below)), above = std::log(squashed_part(at.above));
  return {below - above, at.density + T(std::log(squash_range)) - below - above};
}

/// The gradients by the three logarithms, where du is that of u and g that of log du/dx.
template <class T>
constexpr Logs<T> mapped_adjoint(const Logs<T>& at, bool squashed, T du, T g) {
  Logs<T> d{du - g, -du - g, g};
  if (squashed) {
    d.below *= T(1) - T(squash_low) / squashed_part(at.below);
    d.above *= T(1) - T(squash_low) / squashed_part(at.above);
  }
  return d;
}

/// logit F for a given u.
template <class T>
constexpr T logit_of_cdf(T u, bool squashed) {
  if (!squashed) return u;
  const T e = std::exp(-std::abs(u)), small = e / (T(1) + e), large = T(1) / (T(1) + e);
  const auto unsquashed = [](T part) {
    const T cdf = (part - T(squash_low)) / T(squash_range);
    return cdf < T(squash_edge) ? T(squash_edge) : cdf > T(1 - squash_edge) ? T(1 - squash_edge) : cdf;
  };
  const T rest = std::log(unsquashed(small)) - std::log(unsquashed(large));
  return u < T(0) ? rest : -rest;
}

/// x with logit F(x) = v. It lies in [low, high]: F is a mean of the components' logistic functions, so x is
/// between the numbers that solve it for one component each. `logs(x)` gives a Logs.
///
/// Newton's method from `x`, and the middle of what is left of the bracket where that leads out of it, or
/// does not halve it in three steps. Ends where the equation holds to the rounding errors of its terms.
template <class T, class At>
constexpr T solve(T v, T low, T high, T x, const At& logs) {
  constexpr T epsilon = std::numeric_limits<T>::epsilon();
  constexpr int most_steps = 100;
  T width = high - low;  // three steps ago
  for (int step = 0; step < most_steps; ++step) {
    const Logs<T> at = logs(x);
    const T error = at.below - at.above - v;
    const T newton = x - error * std::exp(at.below + at.above - at.density);
    if (std::abs(error) <= T(2) * epsilon * (T(1) - at.below - at.above))
      return newton >= low && newton <= high ? newton : x;
    if (error < T(0))
      low = x;
    else
      high = x;
    const T middle = low + (high - low) / T(2);
    const bool slow = step % 3 == 2 && high - low > width / T(2);
    if (step % 3 == 2) width = high - low;
    const T next = newton > low && newton < high && !slow ? newton : middle;
    if (!(next > low && next < high)) return next;  // nothing is between them, or something is not a number
    x = next;
  }
  return x;
}

}  // namespace mixture
}  // namespace densenf::kernels

namespace densenf::kernels::nystrom {

/// Runs of pixels whose means stand for all of an image.
inline constexpr Index landmarks = 4;

/// That images can be cut into such runs. In a constant expression an error of the compiler, else ShapeError.
constexpr void require(const Shape& s) {
  if (s.pixels() % landmarks != 0)
    shape_mismatch("Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them.", s);
}

/// Iterations of the pseudo-inverse of the landmarks' attention to each other.
inline constexpr int pseudo_inverse_steps = 6;

}  // namespace densenf::kernels::nystrom

// What an optimizer does to one parameter: p the parameter, g its gradient, then the moments it keeps. The
// rules are written once, for a number or for an Eigen array of neighbors. They may leave anything in g:
// the pass around them sets it to zero.
namespace densenf::kernels {

namespace detail {
template <class T>
constexpr T larger(T a, T b) {
  return a > b ? a : b;
}
template <class A, class B>
auto larger(const A& a, const B& b) -> decltype(a.max(b)) {
  return a.max(b);
}
}  // namespace detail

/// The factor that brings gradients with this squared norm down to `max_norm` at most, as PyTorch's
/// clip_grad_norm_ computes it.
template <class T>
constexpr T clip_factor(T squared_norm, T max_norm) {
  const T factor = max_norm / (std::sqrt(squared_norm) + T(1e-6));
  return factor < T(1) ? factor : T(1);
}

/// What is known of a step, on the device, when it comes to the optimizer. A step whose loss or gradient is
/// not finite changes nothing but gradients, which are zero after it.
struct StepFacts {
  const double* loss;
  const double* squared_norm;
  double max_norm;  ///< gradients with a larger norm are scaled down to it; 0: they are not
};

namespace detail {
/// Whether the step of these facts is taken. A template, as what it calls is not constexpr everywhere.
template <class Facts>
constexpr bool is_taken(const Facts& facts) {
  return std::isfinite(*facts.loss) && std::isfinite(*facts.squared_norm);
}

/// The rule for the step of these facts, which clips its gradients.
template <class Rule, class Facts>
constexpr Rule clipped(const Rule& rule, const Facts& facts) {
  Rule scaled = rule;
  if (facts.max_norm != 0) {
    using Factor = decltype(rule.gradient_scale);
    scaled.gradient_scale = rule.gradient_scale * static_cast<std::remove_const_t<Factor>>(
                                                      clip_factor(*facts.squared_norm, facts.max_norm));
  }
  return scaled;
}
}  // namespace detail

template <class T>
struct AdamaxRule {
  static constexpr Index moments = 2;
  T gradient_scale, weight_decay;
  T one_minus_beta1, beta2, epsilon;
  T step_size;  ///< lr / (1 - beta1^t)

  template <class P, class G, class M, class U>
  constexpr void operator()(P& p, G& g, M& mean, U& largest) const {
    using std::abs;
    g = gradient_scale * g + weight_decay * p;
    mean += one_minus_beta1 * (g - mean);
    largest = detail::larger(beta2 * largest, abs(g) + epsilon);
    p -= step_size * mean / largest;
  }
};

/// Adam, and AdamW by `shrink`.
template <class T>
struct AdamRule {
  static constexpr Index moments = 2;
  T gradient_scale, weight_decay;
  T shrink;  ///< factor on the parameter itself, 1 for none
  T one_minus_beta1, beta2, one_minus_beta2, epsilon;
  T step_size;   ///< lr / (1 - beta1^t)
  T root_scale;  ///< 1 / sqrt(1 - beta2^t)

  template <class P, class G, class M, class V>
  constexpr void operator()(P& p, G& g, M& mean, V& square) const {
    using std::sqrt;
    g = gradient_scale * g + weight_decay * p;
    mean += one_minus_beta1 * (g - mean);
    square = beta2 * square + one_minus_beta2 * (g * g);
    p = shrink * p - step_size * mean / (root_scale * sqrt(square) + epsilon);
  }
};

template <class T>
struct SgdRule {
  static constexpr Index moments = 1;
  T gradient_scale, weight_decay, momentum;
  T gradient_step, momentum_step;  ///< how far along the gradient, and along the momentum

  template <class P, class G, class M>
  constexpr void operator()(P& p, G& g, M& velocity) const {
    g = gradient_scale * g + weight_decay * p;
    velocity = momentum * velocity + g;
    p -= gradient_step * g + momentum_step * velocity;
  }
};

/// An exponential average that follows `value`.
template <class T>
struct AverageRule {
  T one_minus_decay;

  template <class A, class V>
  constexpr void operator()(A& average, const V& value) const {
    average += one_minus_decay * (value - average);
  }
};

}  // namespace densenf::kernels

// The monotone rational-quadratic spline of "Neural Spline Flows" (NeurIPS 2019), for one number, written
// once for every device.
namespace densenf::kernels {

/// a where the condition holds, else b: of numbers here, of packets where these are declared.
template <class T>
constexpr T select(bool condition, T a, T b) {
  return condition ? a : b;
}

/// A bin of a spline: where it begins, how wide and high it is, and the slopes at its ends.
///
/// With xi = (x - x0) / w, q = xi (1 - xi), s = h / w, g = d0 + d1 - 2 s:
///   y = y0 + h N / D,  N = s xi^2 + d0 q,  D = s + g q
///   log dy/dx = log(s^2 M / D^2),  M = d1 xi^2 + 2 s q + d0 (1 - xi)^2
template <class T>
struct SplineBin {
  T x0, y0, w, h, d0, d1;

  /// y from x, and the slope there.
  constexpr T forward(T x, T& slope) const {
    const T s = h / w, g = d0 + d1 - T(2) * s;
    const T xi = (x - x0) / w, eta = T(1) - xi, q = xi * eta;
    const T over = T(1) / (s + g * q), ratio = s * over;
    slope = ratio * ratio * (d1 * xi * xi + T(2) * s * q + d0 * eta * eta);
    return y0 + h * (s * xi * xi + d0 * q) * over;
  }

  /// x from y.
  constexpr T inverse(T y) const {
    const T s = h / w, g = d0 + d1 - T(2) * s, r = y - y0;
    const T a = h * (s - d0) + r * g, b = h * d0 - r * g, c = -s * r;
    const T square = b * b - T(4) * a * c;
    using std::sqrt;
    const T root = sqrt(select(square > T(0), square, T(0)));  // below 0 by rounding alone
    // Of the two forms of the one solution the one whose terms have the same sign.
    const T above = select(b >= T(0), T(2) * c, root - b), below = select(b >= T(0), -b - root, T(2) * a);
    return x0 + w * (above / below);
  }

  /// What a gradient dy of y and dl of the logarithm of the slope make of x, of the bin's extents and of its
  /// slopes. That of x0 is -x, that of y0 is dy.
  struct Gradients {
    T x, w, h, d0, d1;
  };
  constexpr Gradients backward(T x, T dy, T dl) const {
    const T s = h / w, g = d0 + d1 - T(2) * s, over_w = T(1) / w;
    const T xi = (x - x0) * over_w, eta = T(1) - xi, q = xi * eta, tilt = eta - xi;
    const T over_d = T(1) / (s + g * q);
    const T m = d1 * xi * xi + T(2) * s * q + d0 * eta * eta;
    const T ratio = (s * xi * xi + d0 * q) * over_d;
    const T dn = dy * h * over_d;
    const T dd = -(dy * h * ratio + T(2) * dl) * over_d;
    const T dm = dl / m;
    const T dxi =
        dn * (T(2) * s * xi + d0 * tilt) + dd * g * tilt + dm * T(2) * (d1 * xi + s * tilt - d0 * eta);
    const T ds = dn * xi * xi + dd * (T(1) - T(2) * q) + dm * T(2) * q + T(2) * dl / s;
    return {dxi * over_w, -(ds * s + dxi * xi) * over_w, dy * ratio + ds * over_w,
            dn * q + dd * q + dm * eta * eta, dd * q + dm * xi * xi};
  }
};

/// A monotone map of [-bound, bound] onto itself, piecewise a quotient of quadratic functions on `Bins` bins;
/// elsewhere the identity, with which it has value and slope in common at both ends.
///
/// It is given by raw numbers: Bins for the widths of the bins, Bins for their heights, Bins - 1 for the
/// slopes at the inner knots.
template <int Bins>
struct RationalQuadratic {
  static_assert(Bins >= 1, "A spline has at least one bin.");
  static constexpr int bins = Bins;
  static constexpr Index parameters = 3 * Bins - 1;
  /// The least share of a bin, before shares are multiplied by 2 bound, and the least slope.
  static constexpr double least = 1e-3;
  static_assert(Bins * least < 1, "So many bins leave no room for widths.");

  double bound;      ///< half the length of the interval
  double raw_scale;  ///< times the raw widths and heights
  double raw_shift;  ///< plus the raw slopes

  /// The raw_shift with which raw numbers of 0 make the identity.
  static constexpr double identity_shift = 0.539742417236952;  // log(exp(1 - least) - 1)

  /// y from x, and log dy/dx.
  template <class T>
  constexpr T forward(const T* raw, T x, T& log_slope) const {
    log_slope = T(0);
    if (outside(x)) return x;
    T slope = T(0);
    const T y = find_bin(raw, x, true).bin.forward(x, slope);
    log_slope = std::log(slope);
    return y;
  }

  /// x from y.
  template <class T>
  constexpr T inverse(const T* raw, T y) const {
    return outside(y) ? y : find_bin(raw, y, false).bin.inverse(y);
  }

  /// The adjoint: dx from the gradients dy of y and dl of log dy/dx; draw = or += those of the raw numbers.
  template <class T>
  constexpr T backward(const T* raw, T x, T dy, T dl, Write write, T* draw) const {
    if (outside(x)) return identity_backward(dy, write, draw);
    const Found<T> found = find_bin(raw, x, true);
    const auto d = found.bin.backward(x, dy, dl);
    put(raw, found, d, dy, T(1), write, draw);
    return d.x;
  }

  /// The adjoint of `inverse`, where x is what it gave and dx its gradient: returns that of y.
  template <class T>
  constexpr T inverse_backward(const T* raw, T x, T dx, Write write, T* draw) const {
    if (outside(x)) return identity_backward(dx, write, draw);
    const Found<T> found = find_bin(raw, x, true);
    const auto d = found.bin.backward(x, T(1), T(0));
    const T dy = dx / d.x;
    put(raw, found, d, T(1), -dy, write, draw);
    return dy;
  }

  template <class T>
  constexpr bool outside(T v) const {
    const T b = static_cast<T>(bound);
    return !(v >= -b && v <= b);
  }

private:
  /// One axis of the raw numbers.
  template <class T>
  struct Axis {
    T share[static_cast<std::size_t>(Bins)];     ///< softmax of the raw numbers
    T knot[static_cast<std::size_t>(Bins) + 1];  ///< from -bound to bound
  };

  template <class T>
  struct Found {
    Axis<T> x, y;
    int k = 0;  ///< number of the bin
    SplineBin<T> bin{};
  };

  template <class T>
  constexpr void find_axis(const T* raw, Axis<T>& axis) const {
    const T scale = static_cast<T>(raw_scale), b = static_cast<T>(bound);
    T top = raw[0], total = 0;
    for (int i = 1; i < Bins; ++i) top = raw[i] > top ? raw[i] : top;
    for (int i = 0; i < Bins; ++i) total += axis.share[i] = std::exp((raw[i] - top) * scale);
    for (int i = 0; i < Bins; ++i) axis.share[i] /= total;
    constexpr T room = static_cast<T>(1 - Bins * least);
    T sum = 0;
    axis.knot[0] = -b;
    for (int i = 1; i < Bins; ++i) {
      sum += static_cast<T>(least) + room * axis.share[i - 1];
      axis.knot[i] = T(2) * b * sum - b;
    }
    axis.knot[Bins] = b;  // however the sum is rounded
  }

  /// The bin of a number on one of the axes. A knot belongs to the bin that it begins.
  template <class T>
  constexpr Found<T> find_bin(const T* raw, T at, bool on_x) const {
    Found<T> found;
    find_axis(raw, found.x);
    find_axis(raw + Bins, found.y);
    const Axis<T>& axis = on_x ? found.x : found.y;
    int k = 0;
    for (int i = 1; i < Bins; ++i) k += axis.knot[i] <= at ? 1 : 0;
    found.k = k;
    found.bin = {found.x.knot[k],
                 found.y.knot[k],
                 found.x.knot[k + 1] - found.x.knot[k],
                 found.y.knot[k + 1] - found.y.knot[k],
                 slope(raw, k - 1),
                 slope(raw, k)};
    return found;
  }

  /// The slope at inner knot i, counted from 0, that is at the end of bin i; 1 at the ends of the interval.
  template <class T>
  constexpr T slope(const T* raw, int i) const {
    if (i < 0 || i + 1 >= Bins) return T(1);
    const T r = raw[2 * Bins + i] + static_cast<T>(raw_shift);
    return static_cast<T>(least) + (r > 0 ? r : T(0)) + std::log1p(std::exp(-std::abs(r)));
  }
  template <class T>
  constexpr T slope_derivative(const T* raw, int i) const {
    const T r = raw[2 * Bins + i] + static_cast<T>(raw_shift), e = std::exp(-std::abs(r));
    return (r >= 0 ? T(1) : e) / (T(1) + e);
  }

  template <class T>
  static constexpr T identity_backward(T dy, Write write, T* draw) {
    for (int i = 0; write == Write::assign && i < parameters; ++i) draw[i] = T(0);
    return dy;
  }

  /// draw = or += what the gradients of a bin make of the raw numbers, `times` as much.
  template <class T>
  constexpr void put(const T* raw, const Found<T>& found, const typename SplineBin<T>::Gradients& d, T dy,
                     T times, Write write, T* draw) const {
    const int k = found.k;
    put_axis(found.x, k, -d.x, d.w, times, write, draw);
    put_axis(found.y, k, dy, d.h, times, write, draw + Bins);
    for (int i = 0; i + 1 < Bins; ++i) {
      const T own = i + 1 == k ? d.d0 : i == k ? d.d1 : T(0);
      if (write == Write::accumulate && own == T(0)) continue;
      detail::put(write, draw[2 * Bins + i], own == T(0) ? T(0) : times * own * slope_derivative(raw, i));
    }
  }

  /// The adjoint of find_axis: `start` and `size` are the gradients of those of bin k.
  template <class T>
  constexpr void put_axis(const Axis<T>& axis, int k, T start, T size, T times, Write write, T* draw) const {
    // The inner knots that begin and end the bin; the ends of the interval stay where they are.
    const T end = k + 1 < Bins ? size : T(0);
    const T before = start - size + end;
    T mean = end * axis.share[k];
    for (int i = 0; i < k; ++i) mean += before * axis.share[i];
    const T factor = times * static_cast<T>(2 * bound * (1 - Bins * least) * raw_scale);
    for (int i = 0; i < Bins; ++i) {
      const T own = i < k ? before : i == k ? end : T(0);
      detail::put(write, draw[i], factor * axis.share[i] * (own - mean));
    }
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// Where a convolution looks: tap t of output pixel (y, x) sees (stride y + dy[t], stride x + dx[t]) of the
/// input, of which there is nothing (zeros) outside of the image. With `spread` s the input's pixels lie at
/// the multiples of s, with zeros between them: that is what a transposed convolution of stride s looks at.
struct Taps {
  static constexpr int most = 16;
  int count = 0;
  int dy[most] = {};
  int dx[most] = {};
  Index stride = 1;
  Index spread = 1;

  /// Taps of a kernel of h x w pixels, row by row, the first of which sees (top, left) beside each pixel.
  static constexpr Taps window(int h, int w, int top, int left, Index stride = 1) {
    if (h < 1 || w < 1 || h * w > most) shape_mismatch("A kernel has 1 to 16 taps.", {1, h, w});
    Taps taps;
    for (int i = 0; i < h; ++i) {
      for (int j = 0; j < w; ++j, ++taps.count) {
        taps.dy[taps.count] = top + i;
        taps.dx[taps.count] = left + j;
      }
    }
    taps.stride = stride;
    return taps;
  }
  /// Those of a transposed convolution: the output's pixel (stride y - padding + i, stride x - padding + j)
  /// meets tap (i, j) of the input's pixel (y, x).
  static constexpr Taps transposed(int h, int w, int padding, Index stride) {
    Taps taps = window(h, w, 0, 0);
    for (int t = 0; t < taps.count; ++t) {
      taps.dy[t] = padding - taps.dy[t];
      taps.dx[t] = padding - taps.dx[t];
    }
    taps.spread = stride;
    return taps;
  }

  /// The same for an output that begins at pixel (y, x) of this one's, for strides of 1.
  constexpr Taps from(Index y, Index x) const {
    Taps moved = *this;
    for (int t = 0; t < count; ++t) {
      moved.dy[t] += static_cast<int>(y);
      moved.dx[t] += static_cast<int>(x);
    }
    return moved;
  }

  /// The input's row that a tap at offset d sees from the output's row `at`; -1 if there is none. Columns
  /// likewise.
  constexpr Index source(Index at, int d, Index extent) const {
    Index row = at * stride + d;
    if (row < 0) return -1;
    if (spread != 1) {
      if (row % spread != 0) return -1;
      row /= spread;
    }
    return row < extent ? row : -1;
  }
  /// The output's row from which a tap at offset d sees the input's row `at`; -1 if there is none.
  constexpr Index seen_from(Index at, int d, Index extent) const {
    Index row = at * spread - d;
    if (row < 0) return -1;
    if (stride != 1) {
      if (row % stride != 0) return -1;
      row /= stride;
    }
    return row < extent ? row : -1;
  }
};

}  // namespace densenf::kernels

namespace densenf::kernels {

/// Where the entries of a strict triangle of a c x c matrix lie in a vector that has them row by row.
struct Triangle {
  Index c;
  bool upper;

  constexpr bool contains(Index row, Index column) const { return upper ? row < column : row > column; }
  constexpr Index place(Index row, Index column) const {
    return upper ? row * c - row * (row + 1) / 2 + column - row - 1 : row * (row - 1) / 2 + column;
  }
};

}  // namespace densenf::kernels

// Which pixels of a batch something is done to, as functions of the pixel's number: nothing of it lies in
// memory.
namespace densenf::kernels {

struct Everywhere {
  static constexpr bool everywhere = true;
  constexpr bool operator()(Index) const { return true; }
  /// How many of the first `pixels`.
  constexpr Index count(Index pixels) const { return pixels; }
};

/// Where row + column is even (parity 0) or odd (1).
struct CheckerboardWhere {
  static constexpr bool everywhere = false;
  Index h, w;  ///< extents of an image
  Index parity;
  constexpr bool operator()(Index pixel) const {
    const Index in_image = pixel % (h * w);
    return (in_image / w + in_image % w) % 2 == parity;
  }
  constexpr Index count(Index pixels) const {
    Index found = 0;
    for (Index p = 0; p < pixels; ++p) found += (*this)(p);
    return found;
  }
};

/// Either of them, as a program that runs says: for kernels that are compiled once.
class SomeWhere {
public:
  constexpr SomeWhere(Everywhere) {}
  constexpr SomeWhere(CheckerboardWhere board) : everywhere_(false), board_(board) {}
  constexpr bool operator()(Index pixel) const { return everywhere_ || board_(pixel); }

private:
  bool everywhere_ = true;
  CheckerboardWhere board_{1, 1, 0};
};

}  // namespace densenf::kernels

// What a device offers: the functions that operations, bijectors, flows and training call with the device as
// the first argument, family by family. A device has the base DeviceTag, so that functions in namespace
// kernels are found by it; a program that runs a flow on it includes its kernels,
// kernels/cpu/all.hpp or densenf.cuh. What each function computes, and what it throws, is said where the CPU
// defines it, in kernels/cpu/. Batches are Tensor<T>; other pointers are the device's memory.
//
// Scratch memory has one rule: what a call of f works in is its last argument, Scratch, for which
// f_scratch_bytes(device, those of f's arguments that decide it) says how many bytes it takes on this device,
// maybe 0; the caller lends it from an arena (core/arena.hpp). Devices keep none for themselves.
//
// require_device<D>() in a constant expression stops the compiler with the family that D lacks; `Device` is
// the same as a concept.
namespace densenf::kernels {

/// Memory: allocate throws OutOfMemoryError, which calls it `what`.
template <class D>
concept HasMemory = std::derived_from<D, DeviceTag> && std::copyable<D> &&
    requires(const D& d, void* p, std::size_t bytes, const char* what) {
  { d.allocate(bytes, what) } -> std::same_as<void*>;
  { d.deallocate(p, bytes) }
  noexcept;
  { d.describe() } -> std::convertible_to<std::string>;
  synchronize(d);  // waits until the device has done what it was asked for
};

/// Numbers that are set, moved and added up: what passes are glued together with.
template <class D, class T>
concept HasNumbers = requires(const D& d, Tensor<const T> x, Tensor<T> y, Write write, T a, Index n,
                              double factor, const double* values, double* results, Scratch scratch) {
  fill_zero(d, y);                // y = 0
  copy(d, x, y);                  // y = x
  copy(d, x, y, write);           // or +=
  add(d, x, x, y);                // y = x + x
  accumulate_scaled(d, x, a, y);  // y += a x
  fill_one_hot(d, x, y);          // y(p, c) = 1 where x(p, 0) is c, else 0; all 1 / C where it is below 0
  scale_shift(d, x, a, a, y);     // y = a x + a
  { all_finite_scratch_bytes(d, x) } -> std::same_as<Index>;
  { all_finite(d, x, scratch) } -> std::same_as<bool>;  // neither infinite nor NaN
  set_all_bits(d, y.data, sizeof(T));                   // memory that reads as NaN
  set_each(d, factor, n, results);                      // n doubles become one number
  scaled_sum(d, factor, values, n, results);            // results[0] = factor * their sum
  add_to_each(d, factor, n, results);                   // n doubles += one number
  add_to_each(d, factor, values, n, results);           // += factor * values[0]
  fetch(d, values, n, results);                         // n doubles to the host
};

/// Other orders of the same numbers: 2x2 squeeze, patches, rotated channels, the N,C,H,W memory of the
/// outside world, whose numbers are of any type U.
template <class D, class T, class U>
concept HasLayouts = requires(const D& d, Tensor<const T> x, Tensor<T> y, Write write, SqueezeOrder order,
                              Index n, const U* outside, U* to_outside) {
  squeeze(d, x, y);
  squeeze(d, x, y, write, order);
  unsqueeze(d, x, y);
  unsqueeze(d, x, y, write, order);
  to_patches(d, x, n, y);
  to_patches(d, x, n, y, write);
  from_patches(d, x, n, y);
  from_patches(d, x, n, y, write);
  rotate_channels(d, x, n, y);
  rotate_channels(d, x, n, y, write);
  deal_channels(d, x, n, y);
  deal_channels(d, x, n, y, write);
  from_strided(d, outside, n, n, y);
  from_nchw(d, outside, y);
  to_nchw(d, x, to_outside);
};

namespace detail {
/// What functions given as objects offer where log-determinants are wanted: see ops/map.hpp.
struct FunctionWithLogDerivative {
  template <class T>
  static constexpr T value(T x) {
    return x;
  }
  template <class T>
  static constexpr T derivative(T) {
    return 1;
  }
  template <class T>
  static constexpr T log_derivative(T) {
    return 0;
  }
  template <class T>
  static constexpr T log_derivative_slope(T) {
    return 0;
  }
};
}  // namespace detail

/// Functions applied to each number: those given as objects (kernels/maps.hpp), products, the gated unit,
/// GELU, and what lies between (0, 1) and all numbers, with log-determinants.
template <class D, class T>
concept HasFunctions = requires(const D& d, const maps::Exp& f, const detail::FunctionWithLogDerivative& g,
                                Tensor<const T> x, Tensor<T> y, Write write, T levels,
                                const double* dlog_prob, double* log_prob) {
  map_forward(d, f, x, y);
  map_backward(d, f, x, x, y, write);
  map_forward(d, g, x, y, log_prob);
  map_backward(d, g, x, x, dlog_prob, y, write);
  multiply_numbers(d, x, x, y);
  multiply_numbers(d, x, x, y, write);
  gate_forward(d, x, y);
  gate_backward(d, x, x, y, write);
  concat_elu_forward(d, x, y);
  concat_elu_backward(d, x, x, y, write);
  gelu_tanh_forward(d, x, y);
  gelu_tanh_backward(d, x, x, y, write);
  softplus_forward(d, x, y);
  softplus_backward(d, x, x, y, write);
  logistic_forward(d, x, y);
  logistic_backward(d, x, x, y, write);
  gelu_forward(d, x, y);
  gelu_backward(d, x, x, y, write);
  sigmoid_forward(d, x, y, log_prob);
  sigmoid_backward(d, x, x, dlog_prob, y);
  sigmoid_inverse(d, x, y);
  logit_forward(d, x, y, log_prob);
  logit_backward(d, x, x, dlog_prob, y);
  dequantize(d, x, x, levels, y);
  dequantized_logit_forward(d, x, x, levels, y, log_prob);
  dequantized_logit_backward(d, x, x, levels, x, dlog_prob, y);
};

/// A number spread over all pixels or an image, and the sums that are its adjoints.
template <class D, class T>
concept HasSums = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, double factor,
                           const double* dlog_prob, double* log_prob, Scratch scratch) {
  spread_channels(d, v, y);
  spread_pixels(d, x, y);
  sum_pixels(d, x, y);
  { sum_channels_scratch_bytes(d, x) } -> std::same_as<Index>;
  sum_channels(d, x, dv, scratch);
  sum_images(d, x, factor, log_prob);
  spread_images(d, factor, dlog_prob, y);
};

/// Convolutions of one or three by three pixels, with bias and relu.
template <class D, class T>
concept HasConvolutions = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* w, T* dw, Index n,
                                   int kernel, Activation activation, Write write, Scratch scratch,
                                   Connections connections) {
  { conv_forward_scratch_bytes(d, x, w, w, kernel, activation, y) } -> std::same_as<Index>;
  conv_forward(d, x, w, w, kernel, activation, y, scratch);
  conv_forward(d, x, w, w, kernel, activation, y, scratch, connections);
  { conv_backward_data_scratch_bytes(d, x, w, kernel, y) } -> std::same_as<Index>;
  conv_backward_data(d, x, w, kernel, y, write, scratch);
  conv_backward_data(d, x, w, kernel, y, write, scratch, connections);
  { conv_backward_weights_scratch_bytes(d, x, x, kernel, dw, dw) } -> std::same_as<Index>;
  conv_backward_weights(d, x, x, kernel, dw, dw, scratch);
  { conv_backward_parameters_scratch_bytes(d, x, y, kernel, dw, dw) } -> std::same_as<Index>;
  conv_backward_parameters(d, x, x, activation, y, kernel, dw, dw, scratch);
  conv_backward_parameters(d, x, x, activation, y, kernel, dw, dw, scratch, connections);
  relu_backward(d, x, y);
  outputs_start(d, w, w, T(1), n, n, dw, dw, dw);
};

/// What a convolution's taps see, side by side, and the exponential linear unit.
template <class D, class T>
concept HasUnfolding = requires(const D& d, Tensor<const T> x, Tensor<T> y, const Taps& taps, Write write) {
  unfold(d, x, taps, y);
  unfold(d, x, taps, y, write);
  fold(d, x, taps, y);
  fold(d, x, taps, y, write);
  elu_forward(d, x, y);
  elu_backward(d, x, x, y, write);
};

/// Images as matrices, a row for each pixel: products, softmax of rows, their sums and their largest numbers.
template <class D, class T>
concept HasMatricesOfImages = requires(const D& d, Tensor<const T> x, Tensor<T> y, MatrixForm form,
                                       Write write, AttentionMask mask) {
  multiply_matrices(d, x, x, form, y);
  multiply_matrices(d, x, x, form, y, write);
  softmax_forward(d, x, mask, y);
  softmax_backward(d, x, x, y, write);
  total_channels(d, x, y);
  total_channels(d, x, y, write);
  mark_largest(d, x, y);
  planes_as_pixels(d, x, y);
  planes_as_pixels(d, x, y, write);
  pixels_as_planes(d, x, y);
  pixels_as_planes(d, x, y, write);
};

/// The largest numbers of cells, and pixels in another order.
template <class D, class T>
concept HasSurjections = requires(const D& d, Tensor<const T> x, Tensor<T> y, Index key, Write write) {
  max_pool_forward(d, x, y, y, y);
  max_pool_backward(d, x, x, x, y, write);
  max_pool_inverse(d, x, x, x, y);
  sort_pixels(d, x, key, y);
  take_pixels(d, x, x, y);
  take_pixels(d, x, x, y, write);
  put_pixels(d, x, x, y);
  put_pixels(d, x, x, y, write);
};

/// What weights are made of: lengths and scales of each output.
template <class D, class T>
concept HasWeights = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, Write write,
                              Scratch scratch) {
  { weight_norm_forward_scratch_bytes(d, x) } -> std::same_as<Index>;
  weight_norm_forward(d, x, v, dv, y, scratch);
  { weight_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  weight_norm_backward(d, x, v, v, x, y, write, dv, scratch);
  scale_channels_forward(d, x, v, y);
  { scale_channels_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  scale_channels_backward(d, x, v, x, y, write, dv, scratch);
};

/// What has a bounded slope: activations, weights of bounded norm, and the inverse of what they make.
template <class D, class T>
concept HasBoundedSlopes = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                    Write write, double number, const double* numbers, double* results,
                                    Scratch scratch) {
  lip_swish_forward(d, x, v, y);
  { lip_swish_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  lip_swish_backward(d, x, v, x, y, write, dv, scratch);
  lip_swish_slope_forward(d, x, v, y);
  { lip_swish_slope_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  lip_swish_slope_backward(d, x, v, x, y, write, dv, scratch);
  { bound_weight_forward_scratch_bytes(d, x, x) } -> std::same_as<Index>;
  bound_weight_forward(d, x, x, x, number, number, dv, y, scratch);
  { bound_weight_backward_scratch_bytes(d, x, x) } -> std::same_as<Index>;
  bound_weight_backward(d, x, x, v, x, y, write, y, write, scratch);
  norming_vector(d, x, number, y);
  scale_by_number_forward(d, x, v, y);
  { scale_by_number_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  scale_by_number_backward(d, x, v, x, y, write, dv, scratch);
  fixed_point_step(d, x, x, number, numbers, y, results);
};

/// Nystrom attention with four landmarks, and softmax attention.
template <class D, class T>
concept HasAttention = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* kept, T* memory, Index n,
                                AttentionMask mask, Write write, Scratch scratch) {
  { nystrom_forward_scratch_bytes(d, x) } -> std::same_as<Index>;
  nystrom_forward(d, x, memory, y, scratch);
  { nystrom_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  nystrom_backward(d, kept, x, y, write, scratch);
  { softmax_attention_forward_scratch_bytes(d, x, x, x, n) } -> std::same_as<Index>;
  softmax_attention_forward(d, x, x, x, n, mask, memory, y, scratch);
  { softmax_attention_backward_scratch_bytes(d, x, x, x, n) } -> std::same_as<Index>;
  softmax_attention_backward(d, x, x, x, n, mask, kept, x, x, y, y, y, scratch);
};

/// The couplings.
template <class D, class T>
concept HasCouplings = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, T eps, Index n,
                                AffineLayout at, Write write, const double* dlog_prob, double* log_prob,
                                AffineMap<Sigmoid2> map, CheckerboardWhere where, MixtureMap mixture,
                                Scratch scratch) {
  affine_forward(d, x, x, at, y, log_prob);
  affine_inverse(d, x, x, at, y);
  affine_backward(d, x, x, at, x, dlog_prob, y, write, y, write);
  affine_forward(d, map, where, x, x, at, y, log_prob);
  affine_inverse(d, map, where, x, x, at, y);
  affine_backward(d, map, where, x, x, at, x, dlog_prob, y, write, y, write);
  hide(d, where, x, y, write);
  log_scale_forward(d, x, v, y);
  { log_scale_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  log_scale_backward(d, x, v, x, y, write, dv, scratch);
  { statistics_where_scratch_bytes(d, x) } -> std::same_as<Index>;
  statistics_where(d, where, x, dv, dv, scratch);
  normalize_where(d, where, x, v, v, eps, n, y, log_prob);
  normalize_where_inverse(d, where, x, v, v, eps, y);
  { normalize_where_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  normalize_where_backward(d, where, x, v, v, eps, n, true, x, dlog_prob, y, write, scratch);
  mixture_forward(d, mixture, where, x, x, y, log_prob);
  mixture_inverse(d, mixture, where, x, x, y);
  mixture_backward(d, mixture, where, x, x, x, dlog_prob, y, write, y, write);
};

/// Monotone splines, and the adjoints of inverses, of splines and of affine maps.
template <class D, class T>
concept HasSplines = requires(const D& d, Tensor<const T> x, Tensor<T> y, RationalQuadratic<4> spline,
                              CheckerboardWhere where, Write write, const double* dlog_prob, double* log_prob,
                              AffineMap<Sigmoid2> map, AffineLayout at) {
  spline_forward(d, spline, where, x, x, y, log_prob);
  spline_inverse(d, spline, where, x, x, y);
  spline_backward(d, spline, where, x, x, x, dlog_prob, y, write, y, write);
  spline_inverse_backward(d, spline, where, x, x, x, y, y);
  affine_inverse_backward(d, map, where, x, x, at, x, y, y);
};

/// Masked networks, whole and unit by unit.
template <class D, class T>
concept HasMaskedNetworks = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                     Degrees degrees, DegreeMask mask, Activation activation, Write write) {
  order_weight(d, mask, x, y);
  order_weight_backward(d, mask, x, y, write);
  sort_weight(d, degrees, degrees, x, y);
  sort_weight_backward(d, degrees, degrees, x, y);
  partial_products(d, x, x, v, activation, y);
  partial_products_backward(d, x, x, x, activation, y, y, y, dv);
};

/// Channels in the opposite order, images as vectors, shifted pixels, permuted rows, images in an order that
/// is kept as numbers, triangles as weights.
template <class D, class T>
concept HasRearrangements = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, Index n,
                                     Triangle triangle, OrderOf parts, Write write) {
  reverse_channels(d, x, y);
  reverse_channels(d, x, y, write);
  flatten(d, x, y);
  flatten(d, x, y, write);
  unflatten(d, x, y);
  unflatten(d, x, y, write);
  shift_pixels(d, x, n, y);
  shift_pixels(d, x, n, y, write);
  scatter_pixels(d, v, x, y);
  gather_pixels(d, v, x, y, write);
  reorder(d, parts, v, x, y);
  reorder(d, parts, v, x, y, write);
  restore_order(d, parts, v, x, y);
  restore_order(d, parts, v, x, y, write);
  triangle_to_weight(d, triangle, v, y);
  triangle_to_weight_backward(d, triangle, x, dv);
};

/// Batch and layer normalization, ActNorm, what has a number for each place of an image, and starts from
/// data.
template <class D, class T>
concept HasNormalization = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv, T eps,
                                    Index n, Activation activation, Write write, const double* dlog_prob,
                                    double* log_prob, Scratch scratch) {
  { channel_statistics_scratch_bytes(d, x) } -> std::same_as<Index>;
  channel_statistics(d, x, dv, dv, scratch);
  { is_zero(d, v) } -> std::same_as<bool>;
  actnorm_start(d, x, dv, dv, dv);
  actnorm_start(d, x, dv, dv, dv, eps, eps, true, eps);
  actnorm_forward(d, x, v, v, y, log_prob);
  actnorm_inverse(d, x, v, v, y);
  { actnorm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  actnorm_backward(d, x, v, x, dlog_prob, y, write, dv, dv, scratch);
  batch_norm_forward(d, x, v, v, eps, v, v, activation, y);
  batch_norm_update(d, n, n, eps, v, v, v, v, dv, dv);
  batch_norm_update(d, n, n, eps, v, v, v, v, dv, dv, false);
  { batch_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  batch_norm_backward(d, x, v, v, eps, v, true, x, y, write, dv, dv, scratch);
  { channel_affine_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  channel_affine_backward(d, x, v, x, dlog_prob, y, write, dv, dv, scratch);
  start_scale_and_bias(d, v, v, n, n, eps, eps, true, dv, dv, v);
  layer_norm_forward(d, x, v, v, eps, dv, y);
  { layer_norm_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  layer_norm_backward(d, x, v, v, x, y, write, dv, dv, scratch);
  add_positions(d, x, v, y);
  sum_positions(d, x, dv);
  position_affine_forward(d, x, v, v, y, log_prob);
  position_affine_inverse(d, x, v, v, y);
  position_affine_backward(d, x, v, x, dlog_prob, y, write, dv, dv);
  position_affine_start(d, x, dv, dv, dv);
};

/// Square matrices of 1x1 flows: inverses, determinants, LU factors.
template <class D, class T>
concept HasMatrices = requires(const D& d, const T* w, T* dw, Index n, double factor, const double* dlog_prob,
                               double* log_det, const InvertibleMatrix* matrices, Scratch scratch) {
  { log_abs_det_and_inverse_scratch_bytes(d, n) } -> std::same_as<Index>;
  log_abs_det_and_inverse(d, w, n, dw, log_det, scratch);
  log_abs_det_backward(d, w, n, factor, dlog_prob, n, dw);
  { invert_matrices_scratch_bytes(d, matrices, n) } -> std::same_as<Index>;
  invert_matrices(d, matrices, n, true, w, dw, dw, log_det, scratch);
  { lu_compose_scratch_bytes<T>(d, n) } -> std::same_as<Index>;
  lu_compose(d, w, w, w, w, n, dw, scratch);
  { lu_backward_scratch_bytes<T>(d, n) } -> std::same_as<Index>;
  lu_backward(d, w, w, w, w, w, n, dw, dw, dw, scratch);
  add_sum_to_each(d, factor, w, n, n, log_det);
  add_sum_to_each_backward(d, factor, dlog_prob, n, n, dw);
};

/// Densities and draws of normals and of mixtures of them.
template <class D, class T>
concept HasProbability = requires(const D& d, Tensor<const T> x, Tensor<T> y, const T* v, T* dv,
                                  AffineLayout at, Write write, T temperature, double factor,
                                  const double* dlog_prob, double* log_prob, const NoiseKey& key,
                                  const NoiseShift* shift, Index n, Scratch scratch) {
  normal_log_prob(d, x, v, v, factor, log_prob);
  normal_log_prob_backward(d, x, v, v, factor, dlog_prob, y);
  { normal_log_prob_backward_parameters_scratch_bytes(d, x) } -> std::same_as<Index>;
  normal_log_prob_backward_parameters(d, x, v, v, factor, dlog_prob, dv, dv, scratch);
  normal_from_noise(d, x, v, v, temperature, y);
  { normal_from_noise_backward_scratch_bytes(d, x) } -> std::same_as<Index>;
  normal_from_noise_backward(d, x, v, x, dv, dv, scratch);
  normal_log_prob(d, x, x, at, factor, log_prob);
  normal_log_prob_backward(d, x, x, at, factor, dlog_prob, y, y, write);
  normal_from_noise(d, x, x, at, temperature, y);
  normal_from_noise_backward(d, x, x, at, x, y, write);
  mix_log_densities(d, dlog_prob, v, n, n, factor, log_prob);
  mix_log_densities_backward(d, dlog_prob, v, n, n, factor, dlog_prob, log_prob, dv);
  normal_mixture_from_noise(d, x, x, n, v, v, v, temperature, y);
  fill_normal(d, key, n, y);
  fill_normal(d, key, n, y, shift);
  fill_uniform(d, key, n, y);
  fill_uniform(d, key, n, y, shift);
};

/// Passes over a model's flat buffers, at once or for a step that the device itself finds to be taken or not.
template <class D, class T>
concept HasOptimizers = requires(const D& d, const AdamaxRule<T>& adamax, const AdamRule<T>& adam,
                                 const SgdRule<T>& sgd, const AverageRule<T>& average, const StepFacts& facts,
                                 T* p, const T* v, Index n, double* result, Scratch scratch) {
  { squared_norm_scratch_bytes(d, v, n) } -> std::same_as<Index>;
  squared_norm(d, v, n, result, scratch);
  optimizer_pass(d, adamax, p, p, p, n);
  optimizer_pass(d, adam, p, p, p, n);
  optimizer_pass(d, sgd, p, p, p, n);
  optimizer_pass(d, &adamax, facts, p, p, p, n);
  optimizer_pass(d, &adam, facts, p, p, p, n);
  optimizer_pass(d, &sgd, facts, p, p, p, n);
  average_pass(d, average, p, v, n);
  average_pass(d, average, facts, p, v, n);
  assign_pass(d, facts, v, p, n);
};

/// Stops the compiler with the name of the first family of which D lacks a function, for numbers T.
template <class D, class T>
consteval bool require_kernels() {
  static_assert(HasNumbers<D, T>, "The device lacks one of HasNumbers, see densenf/kernels/contract.hpp.");
  static_assert(HasLayouts<D, T, T> && HasLayouts<D, T, unsigned char>,
                "The device lacks one of HasLayouts, see densenf/kernels/contract.hpp.");
  static_assert(HasFunctions<D, T>,
                "The device lacks one of HasFunctions, see densenf/kernels/contract.hpp.");
  static_assert(HasSums<D, T>, "The device lacks one of HasSums, see densenf/kernels/contract.hpp.");
  static_assert(HasConvolutions<D, T>,
                "The device lacks one of HasConvolutions, see densenf/kernels/contract.hpp.");
  static_assert(HasUnfolding<D, T>,
                "The device lacks one of HasUnfolding, see densenf/kernels/contract.hpp.");
  static_assert(HasMatricesOfImages<D, T>,
                "The device lacks one of HasMatricesOfImages, see densenf/kernels/contract.hpp.");
  static_assert(HasSurjections<D, T>,
                "The device lacks one of HasSurjections, see densenf/kernels/contract.hpp.");
  static_assert(HasWeights<D, T>, "The device lacks one of HasWeights, see densenf/kernels/contract.hpp.");
  static_assert(HasBoundedSlopes<D, T>,
                "The device lacks one of HasBoundedSlopes, see densenf/kernels/contract.hpp.");
  static_assert(HasAttention<D, T>,
                "The device lacks one of HasAttention, see densenf/kernels/contract.hpp.");
  static_assert(HasCouplings<D, T>,
                "The device lacks one of HasCouplings, see densenf/kernels/contract.hpp.");
  static_assert(HasSplines<D, T>, "The device lacks one of HasSplines, see densenf/kernels/contract.hpp.");
  static_assert(HasMaskedNetworks<D, T>,
                "The device lacks one of HasMaskedNetworks, see densenf/kernels/contract.hpp.");
  static_assert(HasRearrangements<D, T>,
                "The device lacks one of HasRearrangements, see densenf/kernels/contract.hpp.");
  static_assert(HasNormalization<D, T>,
                "The device lacks one of HasNormalization, see densenf/kernels/contract.hpp.");
  static_assert(HasMatrices<D, T>, "The device lacks one of HasMatrices, see densenf/kernels/contract.hpp.");
  static_assert(HasProbability<D, T>,
                "The device lacks one of HasProbability, see densenf/kernels/contract.hpp.");
  static_assert(HasOptimizers<D, T>,
                "The device lacks one of HasOptimizers, see densenf/kernels/contract.hpp.");
  return true;
}

/// Likewise for all that a device is asked for.
template <class D>
consteval bool require_device() {
  static_assert(HasMemory<D>, "The device lacks one of HasMemory, see densenf/kernels/contract.hpp.");
  return require_kernels<D, float>() && require_kernels<D, double>();
}

template <class D, class T>
concept DeviceFor = HasMemory<D> && HasNumbers<D, T> && HasLayouts<D, T, T> && HasFunctions<D, T> &&
    HasSums<D, T> && HasConvolutions<D, T> && HasUnfolding<D, T> && HasMatricesOfImages<D, T> &&
    HasSurjections<D, T> && HasWeights<D, T> && HasBoundedSlopes<D, T> && HasAttention<D, T> &&
    HasCouplings<D, T> && HasSplines<D, T> && HasMaskedNetworks<D, T> && HasRearrangements<D, T> &&
    HasNormalization<D, T> && HasMatrices<D, T> && HasProbability<D, T> && HasOptimizers<D, T>;

template <class D>
concept Device = DeviceFor<D, float> && DeviceFor<D, double>;

}  // namespace densenf::kernels

namespace densenf {

/// What a sequence of random numbers is for; no two purposes share numbers under one seed.
enum class Stream : std::uint32_t { training, evaluation, sampling, start, data, augmentation };

/// Draws computed from a counter (Philox): a function of seed, stream, step and the draw's place in the
/// model's order. Every image has its own numbers, whatever batch it is part of.
template <class T, class Device>
class PhiloxNoise : public NoiseSource<T, Device> {
public:
  /// `first_image` is the number of the batch's first image within the step. `shift`, which lies on the
  /// device, may be null; else it is added to both when a draw is made.
  PhiloxNoise(std::uint64_t seed, Stream stream, std::uint64_t step, Index first_image = 0,
              const NoiseShift* shift = nullptr)
      : key_{seed, static_cast<std::uint32_t>(stream), step, 0}, first_image_(first_image), shift_(shift) {}

  void normal(const Device& device, Tensor<T> out) override {
    fill_normal(device, key_, first_image_ * out.shape().size(), out, shift_);
    ++key_.draw;
  }
  void uniform(const Device& device, Tensor<T> out) override {
    fill_uniform(device, key_, first_image_ * out.shape().size(), out, shift_);
    ++key_.draw;
  }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    fill_uniform(device, repeated(number), (first_image_ + first) * out.shape().size(), out, shift_);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    fill_normal(device, repeated(number), (first_image_ + first) * out.shape().size(), out, shift_);
  }
  Index count_again(const Device& device, Index number, const CountLaw& law) override {
    // A recording would go on with the number that it was made with: waiting for the device ends it.
    if (shift_ != nullptr) synchronize(device);
    return law.number(uniform_on(Cpu(1), repeated(number)));
  }

private:
  /// No model asks for as many draws that are not repeated.
  static constexpr std::uint32_t first_repeated = std::uint32_t{1} << 31;

  template <class Host>
  static double uniform_on(const Host& cpu, const NoiseKey& key) {
    double u = 0;
    fill_uniform(cpu, key, 0, make_tensor(&u, 1, Shape{1, 1, 1}));
    return u;
  }
  NoiseKey repeated(Index number) const {
    NoiseKey key = key_;
    key.draw = first_repeated + static_cast<std::uint32_t>(number);
    return key;
  }

  NoiseKey key_;
  Index first_image_;
  const NoiseShift* shift_;
};

/// Which of the draws in a model's order those are that it may ask for again.
class RepeatedDraws {
public:
  /// The place of draw `number`: at its first call `next`, which is moved on.
  std::size_t find(Index number, std::size_t& next) {
    for (const auto& [known, place] : places_) {
      if (known == number) return place;
    }
    places_.emplace_back(number, next);
    return next++;
  }
  void clear() { places_.clear(); }

private:
  std::vector<std::pair<Index, std::size_t>> places_;
};

/// Gives out recorded draws in order. Throws ArgumentError when they run out or do not fit, and ShapeError at
/// once when one of them does not have the values that its shape needs.
template <class T, class Device>
class ReplayedNoise : public NoiseSource<T, Device> {
public:
  explicit ReplayedNoise(std::vector<Batch<T>> draws) : draws_(std::move(draws)) {
    for (std::size_t i = 0; i < draws_.size(); ++i) {
      require_values("Draw number " + std::to_string(i + 1), draws_[i].count, draws_[i].shape,
                     draws_[i].values.size());
    }
  }

  void normal(const Device& device, Tensor<T> out) override {
    const Batch<T>& draw = find(next_, out, [&](Index count) { return count == out.n; });
    ++next_;
    from_nchw(device, draw.values.data(), out);
  }
  void uniform(const Device& device, Tensor<T> out) override { normal(device, out); }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    const Batch<T>& draw =
        find(repeated_.find(number, next_), out, [&](Index count) { return first + out.n <= count; });
    from_nchw(device, draw.values.data() + first * out.shape().size(), out);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    uniform_again(device, number, first, out);
  }
  Index count_again(const Device&, Index number, const CountLaw&) override {
    const Tensor<T> one = make_tensor(static_cast<T*>(nullptr), 1, Shape{1, 1, 1});
    const Batch<T>& draw = find(repeated_.find(number, next_), one, [](Index count) { return count == 1; });
    return static_cast<Index>(draw.values.front());
  }

private:
  template <class Fits>
  const Batch<T>& find(std::size_t i, Tensor<T> out, const Fits& fits) const {
    if (i >= draws_.size()) {
      throw ArgumentError("The model asked for draw number {}, but only {} were recorded.", i + 1,
                          draws_.size());
    }
    const Batch<T>& draw = draws_[i];
    if (draw.shape != out.shape() || !fits(draw.count)) {
      throw ArgumentError("Draw number {} was recorded as {} images of {}, but the model asks for {} of {}.",
                          i + 1, draw.count, to_string(draw.shape), out.n, to_string(out.shape()));
    }
    return draw;
  }

  std::vector<Batch<T>> draws_;
  std::size_t next_ = 0;
  RepeatedDraws repeated_;
};

/// Hands on another source's draws and keeps a copy of each.
template <class T, class Device>
class RecordedNoise : public NoiseSource<T, Device> {
public:
  explicit RecordedNoise(NoiseSource<T, Device>& source) : source_(source) {}

  void normal(const Device& device, Tensor<T> out) override {
    source_.normal(device, out);
    keep(device, out);
  }
  void uniform(const Device& device, Tensor<T> out) override {
    source_.uniform(device, out);
    keep(device, out);
  }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    source_.uniform_again(device, number, first, out);
    keep_repeated(device, number, first, out);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    source_.normal_again(device, number, first, out);
    keep_repeated(device, number, first, out);
  }
  Index count_again(const Device& device, Index number, const CountLaw& law) override {
    const Index drawn = source_.count_again(device, number, law);
    Batch<T>& draw = repeated(number, {1, 1, 1});
    draw.count = 1;
    draw.values.assign(1, static_cast<T>(drawn));
    return drawn;
  }

  std::vector<Batch<T>> draws;

private:
  Batch<T>& repeated(Index number, const Shape& shape) {
    std::size_t next = draws.size();
    const std::size_t place = repeated_.find(number, next);
    if (place == draws.size()) draws.push_back({shape, 0, {}});
    return draws[place];
  }
  void keep_repeated(const Device& device, Index number, Index first, Tensor<T> out) {
    Batch<T>& draw = repeated(number, out.shape());
    if (draw.count != first) return;  // which was there before
    const Batch<T> images = to_host(device, as_const(out));
    draw.count += images.count;
    draw.values.insert(draw.values.end(), images.values.begin(), images.values.end());
  }
  void keep(const Device& device, Tensor<T> out) { draws.push_back(to_host(device, as_const(out))); }

  NoiseSource<T, Device>& source_;
  RepeatedDraws repeated_;
};

}  // namespace densenf

namespace densenf {

/// A model that says what base distribution belongs to it: Flow<WithBase<Model, B>> has the base B.
template <class Model, class BaseDistribution>
struct WithBase : Model {
  using Base = BaseDistribution;
};

namespace detail {
template <class Model>
struct BaseOf {
  using type = ChannelNormal;
};
template <class Model>
requires requires { typename Model::Base; }
struct BaseOf<Model> {
  using type = typename Model::Base;
};
}  // namespace detail

/// The base distribution that a model has where none is given: its own, or ChannelNormal.
template <class Model>
using BaseOf = typename detail::BaseOf<Model>::type;

}  // namespace densenf

// A look at the numbers that a flow is given, before it computes with them.
namespace densenf::detail {

/// A batch as a view; a contiguous range of numbers is one of images of one number each.
template <class Like>
auto view_batch_or_numbers(const Like& given, const Shape& shape) {
  if constexpr (!BatchOwner<Like> && !StridedArray<Like> && !EigenDense<Like> &&
                requires { std::span(given).data(); }) {
    const auto numbers = std::span(given);
    using U = std::remove_const_t<typename decltype(numbers)::element_type>;
    return view_batch(BatchView<U>{numbers.data(), std::ssize(numbers), Shape{1, 1, 1}}, shape);
  } else {
    return view_batch(given, shape);
  }
}

/// The first number of a batch for which wrong(number) holds: calls report(image, number, place in the
/// image).
template <class U, class Wrong, class Report>
void report_first(const BatchView<U>& batch, const Wrong& wrong, const Report& report) {
  for (Index n = 0; n < batch.count; ++n) {
    const U* image = batch.data + n * batch.image_stride;
    bool found = false;  // no exit from the inner loop, so that it is vectorized
    for (Index i = 0; i < batch.shape.size(); ++i) found |= wrong(image[i * batch.value_stride]);
    for (Index i = 0; found && i < batch.shape.size(); ++i) {
      if (wrong(image[i * batch.value_stride])) return report(n, image[i * batch.value_stride], i);
    }
  }
}

/// Throws ArgumentError, naming the image, for a number that is infinite or NaN. `where` says of what.
template <class U>
void require_finite(const BatchView<U>& batch, const char* where = "of the batch") {
  if constexpr (std::is_floating_point_v<U>) {
    report_first(
        batch, [](U v) { return !(std::abs(v) <= std::numeric_limits<U>::max()); },
        [where, row = is_row(batch.shape)](Index image, U v, Index place) {
          if (row) {
            throw ArgumentError("Row {} {} (counted from 0) holds {} in column {}: give finite numbers.",
                                image, where, v, place);
          }
          throw ArgumentError("Image {} {} (counted from 0) holds {}: give finite numbers.", image, where, v);
        });
  }
}

/// Throws ArgumentError unless every number is one of the gray levels 0 ... levels - 1.
template <class U>
void require_levels(const BatchView<U>& batch, Index levels) {
  require_finite(batch);
  if (!within(batch, levels - 1)) {
    throw ArgumentError("The model takes images of gray levels 0 to {}, but there are values outside.",
                        levels - 1);
  }
  if constexpr (std::is_floating_point_v<U>) {
    report_first(
        batch, [](U v) { return v != std::floor(v); },
        [levels](Index image, U v, Index) {
          throw ArgumentError(
              "The model takes whole gray levels 0 to {}, but image {} of the batch (counted from 0) holds "
              "{}: multiply images that were scaled to [0, 1] by {} and round them.",
              levels - 1, image, v, levels - 1);
        });
  }
}

}  // namespace densenf::detail

// What a density is conditional on. A condition is a type with
//
//   static constexpr Index channels;              // of the context that the model's pieces see
//   static constexpr Shape shape;                 // of what is given with each image
//   void declare(Builder&);                         // if it has parameters
//   static void check(const BatchView<U>&);       // throws for what cannot be given
//   Var<T> embed(const Ctx&, const Var<T>&) const;  // makes the context of what is given
//
// nn::ClassEmbedding, in nn/class_embedding.hpp, is one for labels.
namespace densenf {

/// Of a flow whose density is not conditional.
struct NoCondition {
  static constexpr Index channels = 0;
};

/// Numbers that are given as they are: a vector of `Channels`, or images of Channels x Height x Width.
template <int Channels, int Height = 1, int Width = 1>
struct Given {
  static_assert(Channels > 0 && Height > 0 && Width > 0, "Every extent of a condition must be at least 1.");
  static constexpr Index channels = Channels;
  static constexpr Shape shape{Channels, Height, Width};

  void declare(Builder&) {}

  /// Throws ArgumentError for a number that is infinite or NaN.
  template <class U>
  static void check(const BatchView<U>& given) {
    detail::require_finite(given, "of the condition");
  }

  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx&, const V& given) const {
    return given;
  }
};

}  // namespace densenf

#include <numeric>

namespace densenf {

namespace detail {
/// A random rotation or reflection, uniformly distributed, column by column: the columns of a normal matrix,
/// made orthonormal one after the other (Gram and Schmidt's Q, whose R has a positive diagonal). Twice is
/// enough to make them orthogonal to rounding.
template <class Host>
std::vector<double> random_orthogonal(const Host& cpu, const NoiseKey& key, Index c) {
  std::vector<double> q(static_cast<std::size_t>(c * c));
  fill_normal(cpu, key, 0, make_tensor(q.data(), 1, Shape{c, c, 1}));
  const auto dot = [c](const double* a, const double* b) { return std::inner_product(a, a + c, b, 0.0); };
  for (Index j = 0; j < c; ++j) {
    double* const column = q.data() + j * c;
    for (int pass = 0; pass < 2; ++pass) {
      for (Index i = 0; i < j; ++i) {
        const double* const other = q.data() + i * c;
        const double share = dot(other, column);
        for (Index k = 0; k < c; ++k) column[k] -= share * other[k];
      }
    }
    const double norm = std::sqrt(dot(column, column));
    for (Index k = 0; k < c; ++k) column[k] /= norm;
  }
  return q;
}

/// The decomposition of a c x c matrix W, of which number (row, column) is at column * c + row, with the
/// largest number of each column as its pivot.
class LuDecomposition {
public:
  LuDecomposition(std::vector<double> w, Index c)
      : w_(std::move(w)), row_of_(static_cast<std::size_t>(c)), c_(c) {
    std::iota(row_of_.begin(), row_of_.end(), Index{0});
    for (Index k = 0; k < c; ++k) {
      Index pivot = k;
      for (Index row = k + 1; row < c; ++row) {
        if (std::abs(at(row, k)) > std::abs(at(pivot, k))) pivot = row;
      }
      for (Index column = 0; column < c; ++column) std::swap(at(k, column), at(pivot, column));
      std::swap(row_of_[static_cast<std::size_t>(k)], row_of_[static_cast<std::size_t>(pivot)]);
      for (Index row = k + 1; row < c; ++row) {
        at(row, k) /= at(k, k);
        for (Index column = k + 1; column < c; ++column) at(row, column) -= at(row, k) * at(k, column);
      }
    }
  }

  /// A part as it lies among the parameters: matrices column by column.
  std::vector<double> part(LuPart which) const {
    const bool is_vector = which == LuPart::log_diagonal || which == LuPart::signs;
    std::vector<double> made(static_cast<std::size_t>(is_vector ? c_ : c_ * c_));
    for (Index column = 0; column < c_; ++column) {
      const double diagonal = at(column, column);
      if (which == LuPart::log_diagonal)
        made[static_cast<std::size_t>(column)] = std::log(std::abs(diagonal));
      if (which == LuPart::signs) made[static_cast<std::size_t>(column)] = diagonal < 0 ? -1 : 1;
      if (which == LuPart::permutation)
        made[static_cast<std::size_t>(column * c_ + row_of_[static_cast<std::size_t>(column)])] = 1;
      if (which != LuPart::lower && which != LuPart::upper) continue;
      for (Index row = 0; row < c_; ++row) {
        if (which == LuPart::lower ? row > column : row < column)
          made[static_cast<std::size_t>(column * c_ + row)] = at(row, column);
      }
    }
    return made;
  }

private:
  double& at(Index row, Index column) { return w_[static_cast<std::size_t>(column * c_ + row)]; }
  double at(Index row, Index column) const { return w_[static_cast<std::size_t>(column * c_ + row)]; }

  std::vector<double> w_;
  std::vector<Index> row_of_;  ///< of W, for each row of L U
  Index c_;
};
/// The numbers 0 ... n - 1 in random order.
template <class Host>
std::vector<Index> random_permutation(const Host& cpu, const NoiseKey& key, Index n) {
  std::vector<double> draws(static_cast<std::size_t>(n));
  fill_uniform(cpu, key, 0, make_tensor(draws.data(), 1, Shape{n, 1, 1}));
  std::vector<Index> order(draws.size());
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(draws[i] * static_cast<double>(i + 1))]);
  return order;
}
}  // namespace detail

/// Sets parameters (or state) on the host as their specifications say. Tensor i draws under its own key, so a
/// start is a function of the seed and the model alone.
template <class T>
void initialize_values(const Cpu& cpu, const std::vector<ParamSpec>& specs, std::uint64_t seed, T* buffer) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const ParamSpec& spec = specs[i];
    const NoiseKey key{seed, static_cast<std::uint32_t>(Stream::start), i, 0};
    T* to = buffer + spec.place.offset;
    const Index size = spec.place.size;
    switch (spec.init.kind) {
      case Init::Kind::constant:
        std::fill(to, to + size, static_cast<T>(spec.init.value));
        break;
      case Init::Kind::uniform: {
        const auto bound = static_cast<T>(spec.init.value);
        fill_uniform(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] = bound * (2 * to[j] - 1);
        break;
      }
      case Init::Kind::normal:
        fill_normal(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] *= static_cast<T>(spec.init.value);
        break;
      case Init::Kind::lu: {
        // All parts of a matrix have its key, which no other tensor has: theirs have draw 0.
        const NoiseKey of_matrix{seed, static_cast<std::uint32_t>(Stream::start),
                                 static_cast<std::uint64_t>(spec.init.matrix), 1};
        const bool is_vector = spec.init.part == LuPart::log_diagonal || spec.init.part == LuPart::signs;
        const Index c = is_vector ? size : spec.out;
        const detail::LuDecomposition lu(detail::random_orthogonal(cpu, of_matrix, c), c);
        const std::vector<double> part = lu.part(spec.init.part);
        std::transform(part.begin(), part.end(), to, [](double v) { return static_cast<T>(v); });
        break;
      }
      case Init::Kind::near_identity: {
        const auto deviation = static_cast<T>(spec.init.value);
        fill_normal(cpu, key, 0, make_tensor(to, 1, Shape{size, 1, 1}));
        for (Index j = 0; j < size; ++j) to[j] = to[j] * deviation + (j % (spec.out + 1) == 0 ? T(1) : T(0));
        break;
      }
      case Init::Kind::orthogonal: {
        const std::vector<double> q = detail::random_orthogonal(cpu, key, spec.out);
        std::transform(q.begin(), q.end(), to, [](double v) { return static_cast<T>(v); });
        break;
      }
      case Init::Kind::permutation: {
        const std::vector<Index> order =
            spec.init.order.empty() ? detail::random_permutation(cpu, key, size) : spec.init.order;
        std::transform(order.begin(), order.end(), to, [](Index v) { return static_cast<T>(v); });
        break;
      }
    }
  }
}

}  // namespace densenf

namespace densenf {

namespace detail {
/// Called for an extent of a literal shape that is none. The call itself is the error, and the compiler
/// quotes the line with its sentence.
void not_a_literal(const char* sentence);

/// By reference: a value would be read, and be an error without a sentence, before this is called.
template <class Extent>
constexpr Index literal_extent(const Extent& extent) {
#if defined(__GNUC__) && !defined(__CUDACC__)  // nvcc does not see through the reference
  if (!__builtin_constant_p(extent))
    not_a_literal("For an extent that only the running program knows write Shape{c, h, w}, not {c, h, w}.");
#endif
  return static_cast<Index>(extent);
}
}  // namespace detail

/// The shape of a model's images. A literal, {3, 32, 32}, is checked by the compiler; a Shape when the
/// program runs (ShapeError).
template <class Model>
struct InputShape {
  template <std::integral C, std::integral H, std::integral W>
  consteval InputShape(const C& c, const H& h, const W& w)
      : shape{detail::literal_extent(c), detail::literal_extent(h), detail::literal_extent(w)} {
    static_cast<void>(Model::output_shape(shape));
  }
  InputShape(const Shape& s) : shape(s) {
    value_count("A flow", 1, shape);  // whatever is computed from it can be counted, too
    static_cast<void>(Model::output_shape(shape));
  }
  Shape shape;
};

/// A model, its base distribution and its condition, with the numbers of all their parameters and their state
/// on a device. What a Session computes with: constant weights may be shared by any number of them, in any
/// number of threads.
///
/// Copies have numbers of their own. Every change of a number gives the weights a new version.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Weights {
  static_assert((Model::takes_context || Base::takes_context) == (Condition::channels > 0),
                "A model whose pieces take a context needs a condition that makes it, Given<Channels> for "
                "instance, and a model without such pieces has NoCondition.");

public:
  using Scalar = T;
  using DeviceType = Device;
  using ConditionType = Condition;

  /// With random parameters; the same seed gives the same ones on every device.
  explicit Weights(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : shape_(shape.shape), device_(std::move(device)) {
    table_ = declared(shape_, model_, base_, condition_);
    parameters_ = Buffer<T, Device>(device_, table_.parameters_size);
    state_ = Buffer<T, Device>(device_, table_.state_size, "state");
    initialize(seed);
  }

  /// What weights for images of this shape consist of, without memory for their numbers.
  static ParameterTable table_for(InputShape<Model> shape) {
    Model model;
    Base base;
    Condition condition;
    return declared(shape.shape, model, base, condition);
  }

  Weights(const Weights& other)
      : shape_(other.shape_),
        device_(other.device_),
        table_(other.table_),
        condition_(other.condition_),
        model_(other.model_),
        base_(other.base_),
        parameters_(device_, table_.parameters_size),
        state_(device_, table_.state_size, "state"),
        settled_(other.settled_) {
    parameters_.assign(other.parameters_);
    state_.assign(other.state_);
    synchronize(device_);  // sessions may read them in another stream
  }
  /// Takes the numbers of weights of the same model for images of the same shape; ShapeError for others,
  /// whose sessions have no room for them.
  Weights& operator=(const Weights& other) {
    if (other.shape_ != shape_) {
      throw ShapeError("Weights for images of {} cannot become those for images of {}: make others.",
                       to_string(shape_), to_string(other.shape_));
    }
    if (this != &other) {
      change([&](auto& parameters, auto& state) {
        parameters.assign(other.parameters_);
        state.assign(other.state_);
      });
      settled_ = other.settled_;
      synchronize(device_);
    }
    return *this;
  }
  Weights(Weights&&) noexcept = default;

  const Shape& shape() const { return shape_; }
  const Device& device() const { return device_; }
  const Model& model() const { return model_; }
  const Base& base() const { return base_; }
  const Condition& condition() const { return condition_; }
  const ParameterTable& table() const { return table_; }

  /// The flat buffers, laid out by table().
  const Buffer<T, Device>& parameters() const { return parameters_; }
  const Buffer<T, Device>& state() const { return state_; }
  /// Weights whose version has stayed the same have the same numbers.
  std::uint64_t version() const { return version_; }

  // ---- passes, in contexts whose pass has these weights' view; `given` is the condition of the images, on
  // the device, and unused where there is none ----

  WeightsView<T> view() const { return {&table_, parameters_.data(), state_.data(), version_}; }

  /// Runs the model on x: returns what arrives at the base, and adds each image's log-probability or bound.
  template <class Ctx, class V = typename Ctx::Value>
  V run(const Ctx& ctx, const V& x, const V& given, LogProb log_prob) const {
    return with_context(ctx, given, [&](const auto&... context) {
      const V z = model_.apply(ctx, x, log_prob, context...);
      base_.log_prob(ctx, z, 1, log_prob, context...);
      return z;
    });
  }
  /// Draws from the model, at the pass's temperature.
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, Index count, const V& given) const {
    return with_context(ctx, given, [&](const auto&... context) {
      return model_.invert(ctx, base_.sample(ctx, count, ctx.pass().temperature, context...), context...);
    });
  }
  /// What the model makes z of.
  template <class Ctx, class V = typename Ctx::Value>
  V invert(const Ctx& ctx, const V& z, const V& given) const {
    return with_context(ctx, given,
                        [&](const auto&... context) { return model_.invert(ctx, z, context...); });
  }

  /// Fresh random parameters and state.
  void initialize(std::uint64_t seed) {
    std::vector<T> parameters(static_cast<std::size_t>(table_.parameters_size));
    std::vector<T> state(static_cast<std::size_t>(table_.state_size), T(0));
    initialize_values(Cpu(1), table_.parameters, seed, parameters.data());
    initialize_values(Cpu(1), table_.state, seed, state.data());
    set_parameters(parameters);
    set_state(state);
    settled_ = Settled::never;
  }

  /// All numbers of the host, laid out by table(); a ShapeError unless there are as many as the buffer has.
  void set_parameters(std::span<const T> values) {
    change([&](auto& parameters, auto&) { parameters.assign(values); });
  }
  void set_state(std::span<const T> values) {
    change([&](auto&, auto& state) { state.assign(values); });
    settled_ = Settled::now;
  }
  /// Those from `first` on, which must lie within the buffer.
  void set_parameters_at(Index first, std::span<const T> values) {
    change([&](auto& parameters, auto&) { parameters.assign_at(first, values); });
  }
  void set_state_at(Index first, std::span<const T> values) {
    change([&](auto&, auto& state) { state.assign_at(first, values); });
    settled_ = Settled::now;
  }

  /// Calls f(parameters, state), which may change both on the device.
  template <class F>
  void change(const F& f) {
    starts_may_be_missing_ = true;
    take_step(f);
  }
  /// The same for the steps of a training, which leave the flags of data-dependent starts as they are.
  template <class F>
  void take_step(const F& f) {
    ++version_;
    if (settled_ == Settled::now) settled_ = Settled::before;
    f(parameters_, state_);
  }

  /// Whether the numbers of the state that follow from the parameters (see Flow::settle) are those of these
  /// parameters: they are when the state was set, or f(state) has brought them there.
  bool settled() const { return !table_.settles || settled_ == Settled::now; }
  /// Whether they never were, since the parameters are random.
  bool never_settled() const { return table_.settles && settled_ == Settled::never; }
  template <class F>
  void settle(const F& f) {
    ++version_;
    f(state_);
    settled_ = Settled::now;
  }
  /// Says that the state has been put back to what it was before it ever was settled.
  void unsettle() { settled_ = Settled::never; }

  /// Which parameters wait for their start from data. Looks at the device only where it must.
  std::vector<DataStart> missing_starts() {
    std::vector<DataStart> missing;
    if (!starts_may_be_missing_) return missing;
    for (const DataStart& s : table_.data_starts) {
      if (state_.to_host(s.flag.offset, 1).front() == T(0)) missing.push_back(s);
    }
    starts_may_be_missing_ = !missing.empty();
    return missing;
  }

private:
  static ParameterTable declared(const Shape& shape, Model& model, Base& base, Condition& condition) {
    ParameterTable table;
    Builder builder(table);
    if constexpr (requires { condition.declare(builder); }) condition.declare(builder);
    model.build(builder, shape);
    base.declare(builder, model.output());
    return table;
  }

  /// f(context), or f() where there is no condition.
  template <class Ctx, class V, class F>
  V with_context(const Ctx& ctx, const V& given, const F& f) const {
    if constexpr (Condition::channels > 0)
      return f(condition_.embed(ctx, given));
    else
      return f();
  }

  Shape shape_;
  Device device_;
  ParameterTable table_;
  Condition condition_;
  Model model_;
  Base base_;
  Buffer<T, Device> parameters_, state_;
  std::uint64_t version_ = 1;
  enum class Settled { never, before, now } settled_ = Settled::never;
  bool starts_may_be_missing_ = true;  ///< unless it is false, flags on the device say it
};

}  // namespace densenf

namespace densenf {

namespace detail {
/// Calls settle(ctx, iterations) of all pieces that have it, those inside of others too.
template <class Ctx, class Piece>
void settle_pieces(const Ctx& ctx, const Piece& piece, int iterations) {
  if constexpr (requires { piece.settle(ctx, iterations); }) piece.settle(ctx, iterations);
  piece.for_each_piece([&](const auto& inner) { settle_pieces(ctx, inner, iterations); });
}
}  // namespace detail

/// Brings the numbers of the state that follow from the parameters to where they belong: the singular vectors
/// by which norms are bounded (nn/bounded_conv.hpp). Nothing happens where there are none, or where they are
/// there already. `iterations` of an iteration that leads there are enough; 0: as many as it takes. Throws
/// what pieces throw; then nothing has changed.
template <class WeightsType, class T, class Device>
void settle(WeightsType& weights, Workspace<T, Device>& workspace, int iterations = 0) {
  if (weights.settled()) return;
  Buffer<T, Device> next(workspace.device, weights.table().state_size, "state");
  next.assign(weights.state());
  const Pass<T, Device> pass{.weights = weights.view(), .next_state = next.data()};
  workspace.begin(pass);
  detail::settle_pieces(Context<T, Device, false>(pass, workspace), weights.model(), iterations);
  workspace.end();
  weights.settle([&](auto& state) { state.assign(next); });
  synchronize(workspace.device);
}

}  // namespace densenf

namespace densenf {

/// A batch in somebody else's memory on its way to a flow's device, of any type that view_batch takes. Refers
/// to the batch.
template <class T, class Device>
class BatchRef {
public:
  /// `view(batch, shape)` is the batch as a view; `check(view)` throws for values that it must not hold.
  template <class Like, class View, class Check>
  BatchRef(const Like& batch, View, Check)
      : batch_(&batch),
        count_([](const void* b, const Shape& shape) {
          return View{}(*static_cast<const Like*>(b), shape).count;
        }),
        check_(
            [](const void* b, const Shape& shape) { Check{}(View{}(*static_cast<const Like*>(b), shape)); }),
        upload_([](const void* b, const Shape& shape, const Device& device, Index first, Tensor<T> to) {
          const auto view = View{}(*static_cast<const Like*>(b), shape);
          // One image may stand for as many as are asked for.
          const auto some = view.count == 1 ? repeated(view, to.n) : view.images(first, to.n);
          from_strided(device, some.data, some.image_stride, some.value_stride, to);
        }) {}

  /// How many images there are. Throws ShapeError when they are not of that shape.
  Index count(const Shape& shape) const { return count_(batch_, shape); }
  /// Throws ArgumentError for values that the flow cannot take.
  void check(const Shape& shape) const { check_(batch_, shape); }
  /// Brings as many images as `to` has, from number `first` on, to the device.
  void upload(const Shape& shape, const Device& device, Index first, Tensor<T> to) const {
    upload_(batch_, shape, device, first, to);
  }

private:
  template <class View>
  static View repeated(View view, Index count) {
    view.count = count;
    view.image_stride = 0;
    return view;
  }

  const void* batch_;
  Index (*count_)(const void*, const Shape&);
  void (*check_)(const void*, const Shape&);
  void (*upload_)(const void*, const Shape&, const Device&, Index, Tensor<T>);
};

/// What is given with images: for a flow with a condition, a batch of it with a row for each image or one row
/// for all; for classes, any contiguous range of labels.
template <class T, class Device, class Condition>
class GivenRef : public BatchRef<T, Device> {
public:
  template <class GivenLike>
  requires(!std::derived_from<GivenLike, GivenRef>)  //
      GivenRef(const GivenLike& given)
      : BatchRef<T, Device>(given, View{}, [](const auto& view) { Condition::check(view); }) {}

  /// Throws ShapeError unless there is one for each of `images`, or one for all, and ArgumentError for values
  /// that cannot be given.
  void require(Index images) const {
    const Index count = this->count(Condition::shape);
    if (count != images && count != 1) {
      throw ShapeError(
          "A condition is given with each image, or one for all: {} images were given {} conditions.", images,
          count);
    }
    this->check(Condition::shape);
  }

private:
  struct View {
    template <class GivenLike>
    auto operator()(const GivenLike& given, const Shape& shape) const {
      return detail::view_batch_or_numbers(given, shape);
    }
  };
};

template <class T, class Device>
class GivenRef<T, Device, NoCondition> {};

/// What a flow is given: images; or {images, condition} where its density is conditional. Refers to both.
template <class T, class Device, Index Levels, class Condition>
class Input {
  static constexpr bool conditional = Condition::channels > 0;

public:
  using Given = GivenRef<T, Device, Condition>;

  template <class ImagesLike>
  requires(!std::same_as<ImagesLike, Input>)  //
      Input(const ImagesLike& images)
      : images_(make(images)) {
    static_assert(!conditional, "This flow's density is conditional: give it {images, condition}.");
  }

  template <class ImagesLike, class GivenLike>
  Input(const ImagesLike& images, const GivenLike& given)
      : images_(make(images)), given_(make_given(given)) {}

  /// How many images there are, after a look at their values and at the condition. Throws ShapeError and
  /// ArgumentError.
  Index checked_count(const Shape& shape) const {
    const Index count = images_.count(shape);
    images_.check(shape);
    if constexpr (conditional) given_.require(count);
    return count;
  }

  const BatchRef<T, Device>& images() const { return images_; }
  const Given& given() const { return given_; }

private:
  struct View {
    template <class ImagesLike>
    auto operator()(const ImagesLike& images, const Shape& shape) const {
      return view_batch(images, shape);
    }
  };
  struct Check {
    template <class U>
    void operator()(const BatchView<U>& view) const {
      static_assert(
          Levels > 0 || std::is_floating_point_v<U>,
          "This flow has a density over real numbers, and integers have none: make Dequantize its first "
          "piece, or give floating-point numbers.");
      if constexpr (Levels > 0)
        detail::require_levels(view, Levels);
      else
        detail::require_finite(view);
    }
  };

  template <class ImagesLike>
  static BatchRef<T, Device> make(const ImagesLike& images) {
    return {images, View{}, Check{}};
  }
  template <class GivenLike>
  static Given make_given(const GivenLike& given) {
    static_assert(conditional, "This flow's density is not conditional: give it images alone.");
    if constexpr (conditional)
      return Given(given);
    else
      return {};
  }

  BatchRef<T, Device> images_;
  [[no_unique_address]] Given given_;
};

}  // namespace densenf

namespace densenf {

/// Where a pass finds its numbers and leaves what it makes. While this stays the same, a recording of the
/// pass can be started again.
template <class T>
struct MemoryLayout {
  const T *parameters, *state, *images, *given;
  const double* log_prob;
  Index count;
  std::uint64_t memory, scratch;
  bool operator==(const MemoryLayout&) const = default;
};

/// The places of what goes into a pass and comes out of it: images, their condition where there is one, and
/// their log-probabilities. They are outside of the pass's memory and stay as long as they are large enough,
/// so that a device can record what is between.
template <class T, class Device, class Condition>
class Staging {
  static constexpr bool conditional = Condition::channels > 0;

public:
  /// For images of this shape.
  Staging(Device device, const Shape& shape) : device_(std::move(device)), shape_(shape) {}

  /// Makes room for so many images.
  void make_room(Index count) {
    fit(images_, count * shape_.size(), "images");
    if constexpr (conditional) fit(given_, count * Condition::shape.size(), "conditions");
    fit(log_prob_, count, "log-probabilities");
    count_ = count;
  }

  /// Brings images [first, first + count) to the device, with what is given with them. They must have been
  /// checked.
  template <Index levels>
  void stage(const Input<T, Device, levels, Condition>& input, Index first, Index count) {
    make_room(count);
    input.images().upload(shape_, device_, first, images().value);
    stage_given(&input.given(), first);
  }
  /// What is given with images [first, first + count()) alone.
  void stage_given(const GivenRef<T, Device, Condition>* given, Index first) {
    if constexpr (conditional) given->upload(Condition::shape, device_, first, this->given().value);
  }

  /// What is staged: constants on the device.
  Index count() const { return count_; }
  Var<T> images() { return {make_tensor(images_.data(), count_, shape_)}; }
  Var<T> given() {
    if constexpr (conditional)
      return {make_tensor(given_.data(), count_, Condition::shape)};
    else
      return {};
  }
  double* log_prob() { return log_prob_.data(); }
  const double* log_prob() const { return log_prob_.data(); }

  std::size_t bytes() const {
    return static_cast<std::size_t>(images_.size() + given_.size()) * sizeof(T) +
           static_cast<std::size_t>(log_prob_.size()) * sizeof(double);
  }

  /// Of passes with these weights and this workspace over what is staged.
  MemoryLayout<T> memory_layout(const WeightsView<T>& weights, const Workspace<T, Device>& work) const {
    return {weights.parameters, weights.state, images_.data(),           given_.data(),
            log_prob_.data(),   count_,        work.memory.generation(), work.scratch.generation()};
  }

private:
  template <class U>
  void fit(Buffer<U, Device>& buffer, Index numbers, const char* what) {
    if (buffer.size() < numbers) buffer = Buffer<U, Device>(device_, numbers, what);
  }

  Device device_;
  Shape shape_;
  Index count_ = 0;
  Buffer<T, Device> images_, given_;
  Buffer<double, Device> log_prob_;
};

/// Runs the staged images through a model: returns what arrives at its base, and leaves their
/// log-probabilities. The memory of the pass is still taken.
template <class WeightsType, class Ctx, class StagingType>
typename Ctx::Value run_staged(const WeightsType& weights, const Ctx& ctx, StagingType& staged,
                               const double* log_prob_gradient = nullptr) {
  set_each(ctx.device(), 0.0, staged.count(), staged.log_prob());
  return weights.run(ctx, staged.images(), staged.given(), {staged.log_prob(), log_prob_gradient});
}

}  // namespace densenf

// What the computations of a Session (flow/evaluate.hpp, draw.hpp and coding.hpp) have in common.
namespace densenf::detail {

/// What a session computes with and in. Its passes only evaluate.
template <class Model, class T, class DeviceType, class Base, class Condition>
struct Room {
  using Scalar = T;
  using Device = DeviceType;
  using WeightsType = Weights<Model, T, Device, Base, Condition>;
  static constexpr Index levels = Model::levels;
  static constexpr bool conditional = Condition::channels > 0;
  using Input = densenf::Input<T, Device, levels, Condition>;
  using Given = GivenRef<T, Device, Condition>;
  using Evaluating = Context<T, Device, false>;

  /// What a recording of a pass is good for.
  struct PassKind {
    MemoryLayout<T> memory_layout;
    std::uint64_t seed;
    double temperature;
    bool operator==(const PassKind&) const = default;
  };

  Room(std::shared_ptr<const WeightsType> with, Device on)
      : weights(std::move(with)),
        workspace(std::move(on)),
        staged(workspace.device, weights->shape()),
        evaluation(workspace.device),
        sampling(workspace.device) {
    workspace.declare(weights->table());
    synchronize(weights->device());  // another stream may still be writing them
  }

  const Shape& shape() const { return weights->shape(); }
  const Device& device() const { return workspace.device; }

  Evaluating begin(const Pass<T, Device>& pass) {
    workspace.begin(pass);
    return Evaluating(pass, workspace);
  }
  Evaluating begin(const Pass<T, Device>&&) = delete;

  /// Where the weights may be changed, settles them: see Flow::settle.
  void settle() {
    if (owned != nullptr) densenf::settle(*owned, workspace);
  }

  /// For passes that may be recorded, and run again with other weights in the same place.
  WeightsView<T> recordable_weights() const {
    return std::is_same_v<Device, Cpu> ? weights->view() : weights->view().of_any_version();
  }
  PassKind kind(std::uint64_t seed, double temperature) const {
    return {staged.memory_layout(weights->view(), workspace), seed, temperature};
  }

  /// Throws ShapeError and ArgumentError for a condition that cannot be given with so many images.
  static void require_given(const Given* given, Index count) {
    if constexpr (conditional) given->require(count);
  }

  std::shared_ptr<const WeightsType> weights;
  WeightsType* owned = nullptr;  ///< the same where they are a Flow's own
  Workspace<T, Device> workspace;
  Staging<T, Device, Condition> staged;
  RecordedPass<Device, PassKind> evaluation, sampling;
};

inline void require_batch_size(Index batch) {
  if (batch < 1) throw ArgumentError("The batch size must be at least 1, not {}.", batch);
}

/// Throws NonFiniteError for what a pass has made that is no number.
template <class T>
void require_finite_result(const Batch<T>& images, const char* what) {
  const auto wrong =
      std::find_if(images.values.begin(), images.values.end(), [](T v) { return !std::isfinite(v); });
  if (wrong != images.values.end()) {
    throw NonFiniteError(
        "{} holds {}: a weight is not finite, a matrix is singular, numbers overflow, or latents are at "
        "the end of what a piece such as Sigmoid can take back.",
        what, *wrong);
  }
}

}  // namespace densenf::detail

namespace densenf {

/// How a set of images is evaluated.
struct EvaluationOptions {
  std::uint64_t seed = 0;  ///< of the noise
  Index batch = 64;        ///< images that are in work at one time: changes memory and time, no number
  /// The number of the call's first image. A model with noise inside draws an image's noise by the image's
  /// number; so an image that is scored alone gets the score that it has among others when it says which one
  /// it is.
  Index first_image = 0;

  /// Throws ArgumentError or ShapeError for a setting out of range, for images of this shape.
  void validate(const Shape& shape) const {
    detail::require_batch_size(batch);
    if (first_image < 0)
      throw ArgumentError("Images are numbered from 0: the first one cannot be number {}.", first_image);
    value_count("The images up to the first", first_image, shape);  // so that draws can be numbered
  }
};

namespace detail {

/// The log-probability of each staged image, or its bound from the noise of step `at.step` for images that
/// are numbered from `at.image` on.
template <class RoomType>
void evaluate_staged(RoomType& room, std::uint64_t seed, const NoiseShift& at, double* log_prob) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  room.evaluation.run([&] { return room.kind(seed, 1); }, at,
                      [&](const NoiseShift& first, const NoiseShift* further) {
                        PhiloxNoise<T, Device> noise(seed, Stream::evaluation, first.step, first.image,
                                                     further);
                        const Pass<T, Device> pass{.weights = room.recordable_weights(), .noise = &noise};
                        run_staged(*room.weights, room.begin(pass), room.staged);
                        room.workspace.end();  // all memory lies as it will the next time
                      });
  fetch(room.device(), std::as_const(room.staged).log_prob(), room.staged.count(), log_prob);
}

/// log p of each image, or its bound from draw number `draw` of the noise.
template <class RoomType>
std::vector<double> evaluate(RoomType& room, const typename RoomType::Input& input,
                             const EvaluationOptions& options, std::uint64_t draw = 0) {
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  room.settle();
  std::vector<double> log_prob(static_cast<std::size_t>(total));
  for (Index first = 0; first < total; first += options.batch) {
    room.staged.stage(input, first, std::min(options.batch, total - first));
    evaluate_staged(room, options.seed, {draw, options.first_image + first}, log_prob.data() + first);
  }
  return log_prob;
}

/// log mean exp over the bounds of several draws.
template <class RoomType>
std::vector<double> importance_weighted(RoomType& room, const typename RoomType::Input& input, Index draws,
                                        const EvaluationOptions& options) {
  if (draws < 1) throw ArgumentError("The importance-weighted bound needs at least one draw, not {}.", draws);
  std::vector<double> bound = evaluate(room, input, options);
  for (Index k = 1; k < draws; ++k) {
    const std::vector<double> next = evaluate(room, input, options, static_cast<std::uint64_t>(k));
    for (std::size_t i = 0; i < bound.size(); ++i) {
      const double high = std::max(bound[i], next[i]), low = std::min(bound[i], next[i]);
      // Equal ones may both be minus infinity, of which there is no difference.
      bound[i] = high + (low == high ? std::numbers::ln2 : std::log1p(std::exp(low - high)));
    }
  }
  for (double& b : bound) b -= std::log(static_cast<double>(draws));
  return bound;
}

}  // namespace detail

}  // namespace densenf

namespace densenf {

/// Everything that an encoded batch became, all in N,C,H,W.
template <class T>
struct Latents {
  Batch<T> base;  ///< what arrived at the base distribution
  std::vector<Batch<T>>
      factored;  ///< what left the flow on the way, in order: dequantization u, factored-out halves
  std::vector<Batch<T>>
      noise;  ///< the draws of the pass, in order: dequantization's, then the cross-unit noises
  std::vector<double> log_prob;  ///< of each image for these draws, natural logarithm

  /// Adds the images of another batch that the same flow has encoded.
  void append(Latents&& other) {
    if (base.count == 0 && factored.empty() && noise.empty()) {
      *this = std::move(other);
      return;
    }
    base.append(other.base);
    for (std::size_t i = 0; i < factored.size(); ++i) factored[i].append(other.factored[i]);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i].append(other.noise[i]);
    log_prob.insert(log_prob.end(), other.log_prob.begin(), other.log_prob.end());
  }

  /// What decoding needs of images [first, first + count). Throws ShapeError when a part does not have them.
  Latents images(Index first, Index count) const {
    Latents some{base.images(first, count), {}, {}, {}};
    for (std::size_t i = 0; i < factored.size(); ++i) {
      const Batch<T>& part = factored[i];
      if (part.count != base.count) {
        throw ShapeError("Part {} of the latents should be {} images, as the base is, but is {} of {}.", i,
                         base.count, part.count, to_string(part.shape));
      }
      require_values("Part " + std::to_string(i) + " of the latents", part.count, part.shape,
                     part.values.size());
      some.factored.push_back(part.images(first, count));
    }
    return some;
  }
};

/// Copies what leaves the flow to the host.
template <class T, class Device>
class LatentRecorder : public LatentSink<T> {
public:
  LatentRecorder(const Device& device, std::vector<Batch<T>>& factored)
      : device_(device), factored_(factored) {}
  void keep(Tensor<const T> latent) override { factored_.push_back(to_host(device_, latent)); }

private:
  const Device& device_;
  std::vector<Batch<T>>& factored_;
};

/// Gives the kept latents back, last first.
template <class T, class Device>
class LatentReplayer : public LatentSource<T> {
public:
  LatentReplayer(const Device& device, const std::vector<Batch<T>>& factored)
      : device_(device), factored_(factored), next_(factored.size()) {}
  void take(Tensor<T> latent, const std::optional<LatentChoices>& choices) override {
    if (next_ == 0)
      throw ArgumentError(
          "The latents hold fewer parts than the flow has factored out: decode what this flow's encode "
          "returned.");
    const Batch<T>& b = factored_[--next_];
    if (b.shape != latent.shape() || b.count != latent.n) {
      throw ShapeError("Part {} of the latents should be {} images of {}, but is {} of {}.", next_, latent.n,
                       to_string(latent.shape()), b.count, to_string(b.shape));
    }
    require_values("Part " + std::to_string(next_) + " of the latents", b.count, b.shape, b.values.size());
    if (choices) require_choices(b, *choices);
    from_nchw(device_, b.values.data(), latent);
  }

private:
  /// Kernels take any number for the nearest choice, so as not to write beyond; here it is an error.
  void require_choices(const Batch<T>& b, const LatentChoices& choices) const {
    const auto size = static_cast<std::size_t>(b.shape.size());
    std::vector<bool> seen;
    for (std::size_t i = 0; i < b.values.size(); ++i) {
      const T v = b.values[i], number = (v - static_cast<T>(choices.first)) / static_cast<T>(choices.step);
      if (!(number >= T(0) && v <= static_cast<T>(choices.last) && number == std::floor(number))) {
        throw ArgumentError(
            "Part {} of the latents holds {} instead of a number from {} to {} in steps of {}: decode what "
            "this flow's encode returned.",
            next_, v, choices.first, choices.last, choices.step);
      }
      if (!choices.each_once) continue;
      if (i % size == 0) seen.assign(size, false);
      const auto place = static_cast<std::size_t>(number);
      if (seen[place]) {
        throw ArgumentError(
            "Part {} of the latents holds {} twice in an image, where an order has each number once: decode "
            "what this flow's encode returned.",
            next_, v);
      }
      seen[place] = true;
    }
  }

  const Device& device_;
  const std::vector<Batch<T>>& factored_;
  std::size_t next_;
};

}  // namespace densenf

// All that images become, and the way back.
namespace densenf::detail {

/// Images [first, first + count) with this noise.
template <class RoomType, class T = typename RoomType::Scalar, class Device = typename RoomType::Device>
Latents<T> encode_some(RoomType& room, const typename RoomType::Input& input, Index first, Index count,
                       NoiseSource<T, Device>& noise) {
  Latents<T> latents;
  RecordedNoise<T, Device> recorded(noise);
  LatentRecorder<T, Device> recorder(room.device(), latents.factored);
  room.settle();
  const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &recorded, .latents = &recorder};
  room.staged.stage(input, first, count);
  const Var<T> z = run_staged(*room.weights, room.begin(pass), room.staged);
  latents.base = to_host(room.device(), as_const(z.value));
  latents.log_prob.resize(static_cast<std::size_t>(count));
  fetch(room.device(), std::as_const(room.staged).log_prob(), count, latents.log_prob.data());
  require_finite_result(latents.base, "A latent");
  for (const Batch<T>& part : latents.factored) require_finite_result(part, "A latent");
  latents.noise = std::move(recorded.draws);
  return latents;
}

/// All images, with the noise that evaluate has with the same options.
template <class RoomType, class T = typename RoomType::Scalar>
Latents<T> encode(RoomType& room, const typename RoomType::Input& input, const EvaluationOptions& options) {
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  Latents<T> latents;
  for (Index first = 0; first == 0 || first < total; first += options.batch) {
    PhiloxNoise<T, typename RoomType::Device> noise(options.seed, Stream::evaluation, 0,
                                                    options.first_image + first);
    latents.append(encode_some(room, input, first, std::min(options.batch, total - first), noise));
  }
  return latents;
}

/// The images as they are computed. Nothing is moved into a range: gray levels come back to rounding, which
/// may be beyond the first or the last one.
template <class RoomType, class T = typename RoomType::Scalar, class Device = typename RoomType::Device>
Batch<T> decode(RoomType& room, const Latents<T>& latents, const typename RoomType::Given* given,
                Index batch) {
  require_batch_size(batch);
  const Shape& base = room.weights->model().output();
  room.settle();
  const Index total = view_batch(latents.base, base).count;
  RoomType::require_given(given, total);
  Batch<T> images{room.shape(), 0, {}};
  for (Index first = 0; first == 0 || first < total; first += batch) {
    const Index count = std::min(batch, total - first);
    const Latents<T> some = latents.images(first, count);
    LatentReplayer<T, Device> replayer(room.device(), some.factored);
    PhiloxNoise<T, Device> none(0, Stream::sampling, 0);
    const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &none, .kept = &replayer};
    room.staged.make_room(count);
    room.staged.stage_given(given, first);
    const auto ctx = room.begin(pass);
    const Var<T> z{ctx.tensor(count, base)};
    from_nchw(room.device(), some.base.values.data(), z.value);
    const Var<T> x = room.weights->invert(ctx, z, room.staged.given());
    images.append(to_host(room.device(), as_const(x.value)));
  }
  require_finite_result(images, "An image that these latents stand for");
  return images;
}

}  // namespace densenf::detail

namespace densenf {

/// How images are drawn.
struct SampleOptions {
  std::uint64_t seed = 0;
  double temperature = 1;  ///< times the standard deviations of the base and of what was factored out
  Index batch = 64;        ///< draws that are in work at one time: changes memory and time, no number
  /// Of models whose pixels depend on the pixels before them (PixelAutoregressive), which else are found one
  /// after the other. Other models do not look at it.
  std::optional<JacobiIteration> jacobi = {};
  Guidance guidance = {};  ///< likewise

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_batch_size(batch);
    if (!(temperature >= 0 && std::isfinite(temperature)))
      throw ArgumentError("The temperature must be finite and 0 or more, not {}.", temperature);
    if (jacobi) jacobi->validate();
    guidance.validate();
  }
};

/// Draws with the log-probability of each, natural logarithm.
template <class T>
struct ScoredBatch {
  Batch<T> values;
  std::vector<double> log_prob;
};

namespace detail {

inline void require_sample_count(Index count) {
  if (count < 0) throw ArgumentError("The number of samples must be 0 or more, not {}.", count);
}

/// Draws take the place of the staged images.
template <class RoomType>
void draw_staged(RoomType& room, const Pass<typename RoomType::Scalar, typename RoomType::Device>& pass) {
  const auto ctx = room.begin(pass);
  const auto drawn = room.weights->draw(ctx, room.staged.count(), room.staged.given());
  copy(room.device(), as_const(drawn.value), room.staged.images().value);
  room.workspace.end();
}

/// What is staged, on the host. Throws NonFiniteError for what is no number.
template <class RoomType>
Batch<typename RoomType::Scalar> drawn_on_host(RoomType& room) {
  const auto values = to_host(room.device(), as_const(room.staged.images().value));
  require_finite_result(values, "A sample");
  return values;
}

/// All draws at once, from this source of noise.
template <class RoomType>
Batch<typename RoomType::Scalar> draw_with(
    RoomType& room, Index count, const typename RoomType::Given* given,
    NoiseSource<typename RoomType::Scalar, typename RoomType::Device>& noise, const SampleOptions& options) {
  require_sample_count(count);
  value_count("The samples", count, room.shape());
  options.validate();
  RoomType::require_given(given, count);
  room.staged.make_room(count);
  room.staged.stage_given(given, 0);
  room.settle();
  const Pass<typename RoomType::Scalar, typename RoomType::Device> pass{.weights = room.weights->view(),
                                                                        .noise = &noise,
                                                                        .temperature = options.temperature,
                                                                        .jacobi = options.jacobi,
                                                                        .guidance = options.guidance};
  draw_staged(room, pass);
  return drawn_on_host(room);
}

/// Calls each(first, values) for the draws, a batch at a time: those from number `first` on, which are still
/// staged.
template <class RoomType, class Each>
void draw(RoomType& room, Index count, const typename RoomType::Given* given, const SampleOptions& options,
          const Each& each) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  require_sample_count(count);
  options.validate();
  RoomType::require_given(given, count);
  value_count("The samples", count, room.shape());
  room.settle();
  for (Index first = 0; first < count; first += options.batch) {
    room.staged.make_room(std::min(options.batch, count - first));
    room.staged.stage_given(given, first);
    const auto body = [&](const NoiseShift& at, const NoiseShift* further) {
      PhiloxNoise<T, Device> noise(options.seed, Stream::sampling, at.step, at.image, further);
      const Pass<T, Device> pass{.weights = room.recordable_weights(),
                                 .noise = &noise,
                                 .temperature = options.temperature,
                                 .jacobi = options.jacobi,
                                 .guidance = options.guidance};
      draw_staged(room, pass);
    };
    const NoiseShift at{0, first};
    if (options.jacobi || options.guidance.on()) {
      body(at, nullptr);  // how much work it is depends on the numbers, or on more than a recording knows
    } else {
      room.sampling.run([&] { return room.kind(options.seed, options.temperature); }, at, body);
    }
    each(first, drawn_on_host(room));
  }
}

/// Gray levels are whole numbers within the range of the data: a model may reach beyond it, and then the
/// nearest one is drawn. What is not finite is an error before that.
template <class Sample, class RoomType>
Batch<Sample> sample(RoomType& room, Index count, const typename RoomType::Given* given,
                     const SampleOptions& options) {
  using T = typename RoomType::Scalar;
  Batch<Sample> out{room.shape(), 0, {}};
  draw(room, count, given, options, [&](Index, const Batch<T>& drawn) {
    if constexpr (RoomType::levels > 0) {
      constexpr T most = static_cast<T>(RoomType::levels - 1);
      for (const T v : drawn.values)
        out.values.push_back(static_cast<Sample>(std::clamp(std::floor(v), T(0), most)));
      out.count += drawn.count;
    } else {
      out.append(drawn);
    }
  });
  return out;
}

template <class RoomType>
ScoredBatch<typename RoomType::Scalar> sample_with_log_prob(RoomType& room, Index count,
                                                            const typename RoomType::Given* given,
                                                            const SampleOptions& options) {
  using T = typename RoomType::Scalar;
  if (options.temperature != 1) {
    throw ArgumentError(
        "A draw's log-probability is that of the model, whose temperature is 1: draw with it, not {}.",
        options.temperature);
  }
  ScoredBatch<T> out{{room.shape(), 0, {}}, {}};
  draw(room, count, given, options, [&](Index first, const Batch<T>& drawn) {
    out.values.append(drawn);
    out.log_prob.resize(static_cast<std::size_t>(first + drawn.count));
    evaluate_staged(room, options.seed, {0, first}, out.log_prob.data() + first);
  });
  return out;
}

}  // namespace detail

}  // namespace densenf

namespace densenf::detail {

/// The gradient of log p of each image with respect to its numbers; of the log p that these options give,
/// where it is estimated with noise.
template <class RoomType>
Batch<typename RoomType::Scalar> score(RoomType& room, const typename RoomType::Input& input,
                                       const EvaluationOptions& options) {
  using T = typename RoomType::Scalar;
  using Device = typename RoomType::Device;
  options.validate(room.shape());
  const Index total = input.checked_count(room.shape());
  room.settle();
  Batch<T> all{room.shape(), 0, {}};
  for (Index first = 0; first < total; first += options.batch) {
    const Index n = std::min(options.batch, total - first);
    room.staged.stage(input, first, n);
    PhiloxNoise<T, Device> noise(options.seed, Stream::evaluation, 0, options.first_image + first);
    const Pass<T, Device> pass{.weights = room.weights->view(), .noise = &noise};
    room.workspace.begin(pass);
    Context<T, Device, true> ctx(pass, room.workspace);
    const auto start = ctx.tape().mark();
    double* const ones = ctx.memory().template allocate<double>(n);
    set_each(room.device(), 1.0, n, ones);
    const Var<T> x = ctx.variable(room.staged.images().value);
    ctx.hold_gradient(x);
    set_each(room.device(), 0.0, n, room.staged.log_prob());
    room.weights->run(ctx, x, room.staged.given(), {room.staged.log_prob(), ones});
    ctx.tape().backward(ctx, start);
    all.append(to_host(room.device(), as_const(ctx.gradient(x))));
    room.workspace.end();
  }
  require_finite_result(all, "A gradient");
  return all;
}

}  // namespace densenf::detail

namespace densenf {

/// Computes with weights: densities, samples, codes. It only reads them, and has what it computes in for
/// itself; so each thread has a session of its own, and all share the weights.
///
/// Log-probabilities are natural logarithms, one per image. `log_prob` is there for models whose likelihood
/// is exact; models with noise inside (dequantization, cross-unit coupling) have the lower bounds `elbo` and
/// `iwbo`. Images come as N,C,H,W: see view_batch in core/batch.hpp for the types. A flow with a condition
/// gets {images, condition}: a batch with a row for each image, or one row for all; for classes, labels.
/// One caller at a time. A session can be moved; what was moved from may only be assigned to.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Session {
  using Room = detail::Room<Model, T, Device, Base, Condition>;

public:
  using Scalar = T;
  using WeightsType = Weights<Model, T, Device, Base, Condition>;
  static constexpr bool exact = Model::kind != Kind::stochastic;
  static constexpr bool conditional = Condition::channels > 0;
  /// Gray levels of the data; 0: any numbers.
  static constexpr Index levels = Model::levels;
  /// What sampling gives.
  using Sample = std::conditional_t<(levels > 0), std::uint8_t, T>;
  using Input = densenf::Input<T, Device, levels, Condition>;
  using GivenType = GivenRef<T, Device, Condition>;
  using ConditionType = Condition;

  /// On the weights' device.
  explicit Session(std::shared_ptr<const WeightsType> weights) : Session(weights, weights->device()) {}
  /// With threads, or a stream, of its own: where several threads compute at the same time.
  Session(std::shared_ptr<const WeightsType> weights, Device device)
      : room_(std::make_unique<Room>(std::move(weights), std::move(device))) {}

  // ---- densities ------------------------------------------------------------------------------

  /// log p of each image.
  template <bool IsExact = exact>
  std::vector<double> log_prob(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(
        IsExact,
        "This model draws noise, so its likelihood is only bounded: use elbo or iwbo instead of log_prob.");
    return detail::evaluate(*room_, input, options);
  }

  /// A lower bound of log p of each image, from one draw of the model's noise: a function of the image, the
  /// seed and the image's number, which is its place in the call (see EvaluationOptions::first_image).
  template <bool IsExact = exact>
  std::vector<double> elbo(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of elbo.");
    return detail::evaluate(*room_, input, options);
  }

  /// A tighter lower bound: log mean exp over `draws` draws of the noise.
  template <bool IsExact = exact>
  std::vector<double> iwbo(const Input& input, Index draws, const EvaluationOptions& options = {}) {
    static_assert(!IsExact, "This model's likelihood is exact: use log_prob instead of iwbo.");
    return detail::importance_weighted(*room_, input, draws, options);
  }

  /// The mean of -log p / (C H W ln 2), or of its bound from one draw.
  double bits_per_dim(const Input& input, const EvaluationOptions& options = {}) {
    return bits_per_dim_of(detail::evaluate(*room_, input, options));
  }

  /// Log-probabilities or bounds as mean bits per dimension. Throws ArgumentError when there are none.
  double bits_per_dim_of(const std::vector<double>& log_prob) const {
    if (log_prob.empty()) throw ArgumentError("The mean over no images does not exist: give at least one.");
    double total = 0;
    for (double l : log_prob) total += l;
    return -total /
           (std::numbers::ln2 * static_cast<double>(log_prob.size()) * static_cast<double>(shape().size()));
  }

  /// The score: the gradient of log p of each image with respect to its numbers, as log_prob has it with
  /// these options. Throws NonFiniteError when it is not finite.
  template <bool IsExact = exact&& levels == 0>
  Batch<T> score(const Input& input, const EvaluationOptions& options = {}) {
    static_assert(IsExact, "A score is there where the model is exact, over real numbers.");
    return detail::score(*room_, input, options);
  }

  // ---- sampling and coding ----------------------------------------------------------------------

  /// `count` draws from the model. Integers are floor of the gray level, within the range of the data. Throws
  /// NonFiniteError when the model makes something that is not a number.
  template <bool IsConditional = conditional>
  Batch<Sample> sample(Index count, const SampleOptions& options = {}) {
    static_assert(!IsConditional, "This flow's density is conditional: call sample(count, condition).");
    return detail::sample<Sample>(*room_, count, nullptr, options);
  }
  /// The same given one condition for all, or one for each.
  Batch<Sample> sample(Index count, const GivenType& given,
                       const SampleOptions& options = {}) requires conditional {
    return detail::sample<Sample>(*room_, count, &given, options);
  }

  /// Draws from a model whose likelihood is exact, with the log-probability of each: what a density that is
  /// known up to a factor is integrated with. The temperature must be 1 (ArgumentError).
  template <bool IsExact = exact&& levels == 0>
  ScoredBatch<T> sample_with_log_prob(Index count, const SampleOptions& options = {}) {
    static_assert(IsExact, "Draws have a known log-probability where the model is exact, over real numbers.");
    static_assert(!conditional || !IsExact,
                  "This flow's density is conditional: call sample_with_log_prob(count, condition).");
    return detail::sample_with_log_prob(*room_, count, nullptr, options);
  }
  ScoredBatch<T> sample_with_log_prob(
      Index count, const GivenType& given,
      const SampleOptions& options = {}) requires(conditional&& exact&& levels == 0) {
    return detail::sample_with_log_prob(*room_, count, &given, options);
  }

  /// Draws before they are rounded to integers, in gray levels, with the given source of noise.
  Batch<T> sample_continuous(Index count, NoiseSource<T, Device>& noise,
                             double temperature = 1) requires(!conditional) {
    return detail::draw_with(*room_, count, nullptr, noise, {.temperature = temperature});
  }
  /// The same given one condition for all, or one for each, by the options' temperature, iteration and
  /// guidance.
  Batch<T> sample_continuous(Index count, const GivenType& given, NoiseSource<T, Device>& noise,
                             const SampleOptions& options = {}) requires conditional {
    return detail::draw_with(*room_, count, &given, noise, options);
  }

  /// All that the images become: enough to give them back. The noise of an image is that of elbo with the
  /// same options. Throws NonFiniteError when an image becomes something that is
  /// not a number.
  Latents<T> encode(const Input& input, const EvaluationOptions& options = {}) {
    return detail::encode(*room_, input, options);
  }
  Latents<T> encode(const Input& input, NoiseSource<T, Device>& noise) {
    return detail::encode_some(*room_, input, 0, input.checked_count(shape()), noise);
  }

  /// The images that were encoded, to rounding. At most `batch` images are in work at one time. Throws
  /// NonFiniteError when an image cannot be given back, because its latents are at the end of what T can
  /// hold.
  Batch<T> decode(const Latents<T>& latents, Index batch = 64) requires(!conditional) {
    return detail::decode(*room_, latents, nullptr, batch);
  }
  /// The same given the condition that they were encoded with.
  Batch<T> decode(const Latents<T>& latents, const GivenType& given, Index batch = 64) requires conditional {
    return detail::decode(*room_, latents, &given, batch);
  }

  // ---- what it works with --------------------------------------------------------------------------

  const WeightsType& weights() const { return *room_->weights; }
  const Shape& shape() const { return room_->weights->shape(); }
  const Model& model() const { return room_->weights->model(); }
  const Device& device() const { return room_->workspace.device; }
  const ParameterTable& table() const { return room_->weights->table(); }
  const Buffer<T, Device>& parameters() const { return room_->weights->parameters(); }
  const Buffer<T, Device>& state() const { return room_->weights->state(); }
  /// Another one with the same weights, for another thread; they must not be changed while it computes.
  Session session(Device on) const { return Session(room_->weights, std::move(on)); }

  /// The storage of passes, for those who run passes of their own.
  Workspace<T, Device>& workspace() { return room_->workspace; }

  /// Bytes that passes have taken beside parameters, state and gradients, at the most since the last call of
  /// reset_peak; what lives longer than an operation and what does not are counted by themselves.
  std::size_t peak_bytes() const {
    const Workspace<T, Device>& work = room_->workspace;
    return work.memory.peak_bytes() + work.scratch.peak_bytes() + work.inverses.bytes() +
           work.state_inverses.bytes() + room_->staged.bytes();
  }
  void reset_peak() {
    Workspace<T, Device>& work = room_->workspace;
    work.end();
    work.memory.reset_peak();
    work.scratch.reset_peak();
  }

protected:
  /// The weights are the caller's own, to be changed.
  void own(WeightsType& weights) { room_->owned = &weights; }

private:
  std::unique_ptr<Room> room_;
};

}  // namespace densenf

namespace densenf {

/// A piece of a model with the pieces inside of it, in the order in which an image meets them.
struct Description {
  std::string type;  ///< such as Unit<5>
  std::string name;  ///< the path under which its parameters stand in files
  Shape input, output;
  Index parameters = 0;            ///< numbers that are trained, those of the pieces inside too
  OperationCount operations = {};  ///< for one image forward
  /// Those inside: the image goes through one after the other, unless they make the noise that enters here.
  std::vector<Description> pieces = {};
  bool pieces_make_noise = false;
};

namespace detail {
/// What a pass has multiplied in each piece, in the order in which they were done.
template <class T>
struct CostObserver : Observer<T> {
  struct Event {
    std::string name;
    OperationCount operations;
  };
  explicit CostObserver(const OperationCount& count) : so_far(count) {}
  void on_begin(const std::string&) override { begun.push_back(so_far); }
  void on_output(const std::string& name, Tensor<const T>, const double*) override {
    const OperationCount& before = begun.back();
    events.push_back({name, {so_far.defined - before.defined, so_far.on_cpu - before.on_cpu}});
    begun.pop_back();
  }
  const OperationCount& so_far;
  std::vector<OperationCount> begun;
  std::vector<Event> events;
};

inline Index parameters_in(const ParameterTable& table, Index first, Index end) {
  Index total = 0;
  for (const ParamSpec& spec : table.parameters) {
    if (spec.place.offset >= first && spec.place.offset < end) total += spec.place.size;
  }
  return total;
}

/// Pieces are done before what they are inside of, which is the order of the events. A piece that was
/// computed together with the next one has no event.
template <class Piece, class Event>
Description describe_piece(const Piece& piece, const ParameterTable& table, const std::vector<Event>& events,
                           std::size_t& next) {
  Description d{Piece::type_name(), piece.name(), piece.input(), piece.output(),
                parameters_in(table, piece.first_parameter(), piece.end_of_parameters())};
  d.pieces_make_noise = Piece::pieces_make_noise;
  piece.for_each_piece(
      [&](const auto& inside) { d.pieces.push_back(describe_piece(inside, table, events, next)); });
  if (next < events.size() && events[next].name == piece.name()) d.operations = events[next++].operations;
  return d;
}

inline bool are_alike(const Description& a, const Description& b) {
  return a.type == b.type && a.input == b.input && a.output == b.output && a.parameters == b.parameters;
}

inline void add_line(std::string& text, const std::string& piece, const std::string& shape, Index parameters,
                     double operations) {
  text += fmt::format("{:<48} {:>12} {:>13} {:>10.2f}\n", piece, shape, parameters, 1e-6 * operations);
}

inline void add_lines(std::string& text, const Description& d, int depth, std::size_t times) {
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  const std::string piece = times > 1 ? fmt::format("{}{} x {}", indent, times, d.type) : indent + d.type;
  const double count = static_cast<double>(times);
  add_line(text, piece, to_string(d.output), static_cast<Index>(times) * d.parameters,
           count * d.operations.defined);
  for (std::size_t i = 0; i < d.pieces.size();) {
    std::size_t alike = 1;
    while (i + alike < d.pieces.size() && are_alike(d.pieces[i], d.pieces[i + alike])) ++alike;
    add_lines(text, d.pieces[i], depth + 1, alike);
    i += alike;
  }
}
}  // namespace detail

/// The pieces of a flow's model. Runs one image of zeros.
template <class Model, class T, class Device, class Base, class Condition>
Description describe_pieces(Session<Model, T, Device, Base, Condition>& session) {
  OperationCount operations;
  detail::CostObserver<T> observer(operations);
  PhiloxNoise<T, Device> noise(0, Stream::evaluation, 0);
  const Pass<T, Device> pass{
      .weights = session.weights().view(), .noise = &noise, .observer = &observer, .operations = &operations};
  Workspace<T, Device>& work = session.workspace();
  work.begin(pass);
  const Context<T, Device, false> ctx(pass, work);
  const auto zeros = [&](const Shape& shape) {
    const Var<T> x{ctx.tensor(1, shape)};
    fill_zero(ctx.device(), x.value);
    return x;
  };
  Var<T> given;
  if constexpr (Condition::channels > 0) given = zeros(Condition::shape);
  double* const log_prob = work.memory.template allocate<double>(1);
  set_each(ctx.device(), 0.0, 1, log_prob);
  session.weights().run(ctx, zeros(session.shape()), given, {log_prob, nullptr});
  work.end();
  std::size_t next = 0;
  return detail::describe_piece(session.model(), session.table(), observer.events, next);
}

/// A table of a flow's pieces for people: each with what it makes of the image, its parameters and millions
/// of operations for one image, those of pieces inside included. Like neighbors share a line.
template <class Model, class T, class Device, class Base, class Condition>
std::string describe(Session<Model, T, Device, Base, Condition>& session) {
  const Description model = describe_pieces(session);
  std::string text = fmt::format("{:<48} {:>12} {:>13} {:>10}\n", "piece", "output", "parameters", "MFLOP");
  detail::add_lines(text, model, 0, 1);
  const Index rest = session.table().parameter_count() - model.parameters;
  if (rest > 0) detail::add_line(text, "base and condition", "", rest, 0);
  detail::add_line(text, "all", to_string(model.output), session.table().parameter_count(),
                   model.operations.defined);
  return text;
}

}  // namespace densenf

// Flows whose model is known only when the program runs: from a file that names it, for instance.
namespace densenf {

/// What is given to an AnyFlow: images, or {images, condition}, of the types that a Flow takes whose numbers
/// are bytes, ints, floats or doubles. Refers to both.
class AnyInput {
public:
  using View =
      std::variant<BatchView<std::uint8_t>, BatchView<std::int32_t>, BatchView<float>, BatchView<double>>;

  template <class ImagesLike>
  requires(!std::same_as<ImagesLike, AnyInput>)  //
      AnyInput(const ImagesLike& images)
      : images_(view_of(images)) {}
  template <class ImagesLike, class GivenLike>
  AnyInput(const ImagesLike& images, const GivenLike& given)
      : images_(view_of(images)), given_(view_of(given)) {}

  bool has_condition() const { return given_.has_value(); }
  /// As views, of images of these shapes (else ShapeError).
  View images(const Shape& shape) const { return images_(shape); }
  View given(const Shape& shape) const { return (*given_)(shape); }

private:
  using ViewOf = std::function<View(const Shape&)>;

  template <class Like>
  static ViewOf view_of(const Like& batch) {
    return [&batch](const Shape& shape) -> View { return detail::view_batch_or_numbers(batch, shape); };
  }

  ViewOf images_;
  std::optional<ViewOf> given_;
};

/// A flow of some model, to compute with. What a Flow refuses when it is compiled is an ArgumentError here.
class AnyFlow {
public:
  /// With these weights, which must not be changed while it computes.
  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, std::shared_ptr<const Weights<Model, T, Device, Base, Condition>> weights)
      : AnyFlow(std::move(name), Session<Model, T, Device, Base, Condition>(std::move(weights))) {}
  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, std::shared_ptr<Weights<Model, T, Device, Base, Condition>> weights)
      : AnyFlow(std::move(name),
                std::shared_ptr<const Weights<Model, T, Device, Base, Condition>>(std::move(weights))) {}

  /// The model's name, as it stands in files.
  const std::string& name() const { return name_; }
  const Shape& shape() const { return held_->shape(); }
  /// Whether the likelihood is exact (log_prob), or bounded (elbo, iwbo).
  bool exact() const { return held_->exact(); }
  /// Gray levels of the data; 0: any numbers.
  Index levels() const { return held_->levels(); }
  /// Of what is given with each image; none where the density is not conditional.
  std::optional<Shape> condition() const { return held_->condition(); }
  const ParameterTable& table() const { return held_->table(); }
  /// The table of pieces that densenf::describe makes.
  std::string describe() const { return held_->describe(); }

  /// log p of each image; its bounds where the model draws noise. See Session.
  std::vector<double> log_prob(const AnyInput& input, const EvaluationOptions& options = {}) {
    if (!exact()) {
      throw ArgumentError("The model '{}' draws noise, so its likelihood is only bounded: use elbo or iwbo.",
                          name_);
    }
    return held_->evaluate(checked(input), 1, options);
  }
  std::vector<double> elbo(const AnyInput& input, const EvaluationOptions& options = {}) {
    return iwbo(input, 1, options);
  }
  std::vector<double> iwbo(const AnyInput& input, Index draws, const EvaluationOptions& options = {}) {
    if (exact()) throw ArgumentError("The likelihood of the model '{}' is exact: use log_prob.", name_);
    return held_->evaluate(checked(input), draws, options);
  }
  double bits_per_dim(const AnyInput& input, const EvaluationOptions& options = {}) {
    return held_->bits_per_dim(checked(input), options);
  }

  /// Draws; gray levels are whole numbers.
  Batch<double> sample(Index count, const SampleOptions& options = {}) {
    if (condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: call sample(count, condition).",
                          name_);
    }
    return held_->sample(count, nullptr, options);
  }
  template <class GivenLike>
  requires(!std::same_as<GivenLike, SampleOptions>)  //
      Batch<double> sample(Index count, const GivenLike& given, const SampleOptions& options = {}) {
    if (!condition()) throw ArgumentError("The density of the model '{}' is not conditional.", name_);
    const AnyInput there(given);
    return held_->sample(count, &there, options);
  }

  /// All that the images become, and the images that latents stand for: see Session.
  Latents<double> encode(const AnyInput& input, const EvaluationOptions& options = {}) {
    return held_->encode(checked(input), options);
  }
  Batch<double> decode(const Latents<double>& latents, Index batch = 64) {
    if (condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: call decode(latents, condition).",
                          name_);
    }
    return held_->decode(latents, nullptr, batch);
  }
  template <class GivenLike>
  requires(!std::integral<GivenLike>)  //
      Batch<double> decode(const Latents<double>& latents, const GivenLike& given, Index batch = 64) {
    if (!condition()) throw ArgumentError("The density of the model '{}' is not conditional.", name_);
    const AnyInput there(given);
    return held_->decode(latents, &there, batch);
  }

  /// Another one with the same weights, for another thread: with threads, or a stream, of its own.
  AnyFlow session() const { return {name_, held_->another()}; }

private:
  struct Held {
    virtual ~Held() = default;
    virtual const Shape& shape() const = 0;
    virtual bool exact() const = 0;
    virtual Index levels() const = 0;
    virtual std::optional<Shape> condition() const = 0;
    virtual const ParameterTable& table() const = 0;
    virtual std::string describe() = 0;
    /// log p, or its bound from so many draws.
    virtual std::vector<double> evaluate(const AnyInput&, Index draws, const EvaluationOptions&) = 0;
    virtual double bits_per_dim(const AnyInput&, const EvaluationOptions&) = 0;
    virtual Batch<double> sample(Index, const AnyInput* given, const SampleOptions&) = 0;
    virtual Latents<double> encode(const AnyInput&, const EvaluationOptions&) = 0;
    virtual Batch<double> decode(const Latents<double>&, const AnyInput* given, Index batch) = 0;
    virtual std::unique_ptr<Held> another() const = 0;
  };

  template <class SessionType>
  struct Holder final : Held {
    using Condition = typename SessionType::ConditionType;
    static constexpr bool conditional = SessionType::conditional;

    explicit Holder(SessionType s) : session(std::move(s)) {}

    const Shape& shape() const override { return session.shape(); }
    bool exact() const override { return SessionType::exact; }
    Index levels() const override { return SessionType::levels; }
    std::optional<Shape> condition() const override {
      if constexpr (conditional)
        return Condition::shape;
      else
        return std::nullopt;
    }
    const ParameterTable& table() const override { return session.table(); }
    std::string describe() override { return densenf::describe(session); }
    std::vector<double> evaluate(const AnyInput& input, Index draws,
                                 const EvaluationOptions& options) override {
      return with_input(input, [&](const auto& typed) {
        if constexpr (SessionType::exact)
          return session.log_prob(typed, options);
        else
          return session.iwbo(typed, draws, options);  // from one draw it is elbo
      });
    }
    double bits_per_dim(const AnyInput& input, const EvaluationOptions& options) override {
      return with_input(input, [&](const auto& typed) { return session.bits_per_dim(typed, options); });
    }
    Batch<double> sample(Index count, const AnyInput* given, const SampleOptions& options) override {
      if constexpr (conditional) {
        return std::visit([&](const auto& there) { return widened(session.sample(count, there, options)); },
                          given->images(Condition::shape));
      } else {
        return widened(session.sample(count, options));
      }
    }
    Latents<double> encode(const AnyInput& input, const EvaluationOptions& options) override {
      return with_input(input,
                        [&](const auto& typed) { return converted<double>(session.encode(typed, options)); });
    }
    Batch<double> decode(const Latents<double>& latents, const AnyInput* given, Index batch) override {
      const auto own = converted<typename SessionType::Scalar>(latents);
      if constexpr (conditional) {
        return std::visit([&](const auto& there) { return widened(session.decode(own, there, batch)); },
                          given->images(Condition::shape));
      } else {
        return widened(session.decode(own, batch));
      }
    }
    std::unique_ptr<Held> another() const override {
      return std::make_unique<Holder>(session.session(session.device().fresh()));
    }

    /// f(input) with the flow's own type of it.
    template <class F>
    auto with_input(const AnyInput& input, const F& f) {
      using Result = decltype(f(std::declval<const typename SessionType::Input&>()));
      return std::visit(
          [&](const auto& images) -> Result {
            using U = std::remove_cvref_t<decltype(*images.data)>;
            if constexpr (SessionType::levels == 0 && !std::is_floating_point_v<U>) {
              return refuse_integers<Result>();
            } else if constexpr (conditional) {
              return std::visit(
                  [&](const auto& given) { return f(typename SessionType::Input(images, given)); },
                  input.given(Condition::shape));
            } else {
              return f(typename SessionType::Input(images));
            }
          },
          input.images(session.shape()));
    }

    template <class Result>
    [[noreturn]] static Result refuse_integers() {
      throw ArgumentError(
          "This model has a density over real numbers, and integers have none: give floating-point numbers.");
    }

    template <class To, class U>
    static Batch<To> converted(const Batch<U>& batch) {
      Batch<To> result{batch.shape, batch.count, {}};
      result.values.reserve(batch.values.size());
      for (const U value : batch.values) result.values.push_back(static_cast<To>(value));
      return result;
    }
    template <class U>
    static Batch<double> widened(const Batch<U>& batch) {
      return converted<double>(batch);
    }
    template <class To, class U>
    static Latents<To> converted(const Latents<U>& latents) {
      Latents<To> result{converted<To>(latents.base), {}, {}, latents.log_prob};
      for (const Batch<U>& part : latents.factored) result.factored.push_back(converted<To>(part));
      for (const Batch<U>& draw : latents.noise) result.noise.push_back(converted<To>(draw));
      return result;
    }

    SessionType session;
  };

  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, Session<Model, T, Device, Base, Condition> session)
      : name_(std::move(name)),
        held_(std::make_unique<Holder<Session<Model, T, Device, Base, Condition>>>(std::move(session))) {}
  AnyFlow(std::string name, std::unique_ptr<Held> held) : name_(std::move(name)), held_(std::move(held)) {}

  const AnyInput& checked(const AnyInput& input) const {
    if (condition() && !input.has_condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: give it {{images, condition}}.",
                          name_);
    }
    if (!condition() && input.has_condition())
      throw ArgumentError("The density of the model '{}' is not conditional: give it images alone.", name_);
    return input;
  }

  std::string name_;
  std::unique_ptr<Held> held_;
};

}  // namespace densenf

namespace densenf {

/// The forward and backward pass of a training step: the loss of a batch, its gradient, and what the state
/// becomes with the step. Changes no weights. Keeps a reference to the session, whose storage it works in.
///
/// The batch is staged first, so that the pass itself waits for nothing and finds everything at the same
/// places in memory every time: a device that records it can start the recording again.
template <class SessionType>
class TrainingPass {
public:
  using T = typename SessionType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<SessionType&>().device())>;
  using Input = typename SessionType::Input;
  using Condition = typename SessionType::ConditionType;

  explicit TrainingPass(SessionType& session)
      : session_(&session),
        staged_(session.device(), session.shape()),
        next_state_(session.device(), session.table().state_size, "state") {}

  /// Brings a batch of at least one image to the device. Throws ArgumentError and ShapeError for what the
  /// flow cannot take.
  void stage(const Input& input) {
    const Index count = input.checked_count(session_->shape());
    if (count == 0) throw ArgumentError("There is nothing to learn from no images: give at least one.");
    staged_.stage(input, 0, count);
  }
  Index staged() const { return staged_.count(); }

  /// How a batch is differentiated.
  struct Options {
    MemoryPolicy policy = MemoryPolicy::store;
    Index slice = 0;  ///< images in work at once inside of couplings, to save memory; 0: all
    GradientListener* listener = nullptr;
  };

  /// The mean bits per dimension of the staged images, to `loss` on the device; its gradient, added to
  /// `gradients`, laid out like the parameters, unless that is null; and what the state becomes with this
  /// step, for next_state(). When it throws in the backward pass, `gradients` are zero.
  void differentiate(NoiseSource<T, Device>& noise, const Options& options, T* gradients, double* loss) {
    if (options.slice < 0)
      throw ArgumentError("The images in work at once must be 0 (all) or more, not {}.", options.slice);
    next_state_.assign(session_->state());
    const Pass<T, Device> pass{.weights = changing_weights(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .policy = options.policy,
                               .slice = options.slice,
                               .gradients = gradients,
                               .next_state = next_state_.data(),
                               .gradient_listener = options.listener};
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, true> forward(pass, work);
    const auto start = work.tape.mark();
    const Index n = staged();
    double* seeds = work.memory.template allocate<double>(n);
    const double per_image =
        -1 / (std::numbers::ln2 * static_cast<double>(n) * static_cast<double>(session_->shape().size()));
    set_each(device(), per_image, n, seeds);
    run_staged(session_->weights(), forward, staged_, seeds);
    scaled_sum(device(), per_image, std::as_const(staged_).log_prob(), n, loss);
    const Pass<T, Device> back = pass.backward();
    Context<T, Device, true> backward(back, work);
    try {
      work.tape.backward(backward, start);
    } catch (...) {
      if (gradients != nullptr)
        fill_zero(device(), make_tensor(gradients, 1, {session_->table().parameters_size, 1, 1}));
      throw;
    }
    work.end();
  }

  const Buffer<T, Device>& next_state() const { return next_state_; }

  /// Scratch memory for what is done with the pass, or in it by an observer.
  Arena<Device>& scratch() { return session_->workspace().scratch; }

  /// See Flow::settle.
  template <class WeightsType>
  void settle(WeightsType& weights) {
    densenf::settle(weights, session_->workspace());
  }

  /// Runs the staged images once for data-dependent starts, which go to `parameters` and `state`.
  void run_for_starts(NoiseSource<T, Device>& noise, Index slice, T* parameters, T* state) {
    const Pass<T, Device> pass{.weights = changing_weights(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .slice = slice,
                               .start_parameters = parameters,
                               .start_state = state};
    run(pass);
  }

  /// Runs the staged images once, with an observer of each piece's output. Changes nothing.
  void observe(NoiseSource<T, Device>& noise, Index slice, Observer<T>& observer) {
    const Pass<T, Device> pass{.weights = session_->weights().view(),
                               .noise = &noise,
                               .phase = Phase::training,
                               .slice = slice,
                               .observer = &observer};
    run(pass);
  }

  /// While this stays the same, a pass over the staged images uses the same memory.
  MemoryLayout<T> memory_layout() const {
    return staged_.memory_layout(session_->weights().view(), session_->workspace());
  }

private:
  const Device& device() const { return session_->device(); }

  /// They change at the end of the step, and recorded passes run again with others.
  WeightsView<T> changing_weights() const { return session_->weights().view().of_any_version(); }

  void run(const Pass<T, Device>& pass) {
    Workspace<T, Device>& work = session_->workspace();
    work.begin(pass);
    const Context<T, Device, false> ctx(pass, work);
    const Var<T> z = run_staged(session_->weights(), ctx, staged_);
    if (pass.observer != nullptr)
      pass.observer->on_output("base_dist", as_const(z.value), staged_.log_prob());
    work.end();
  }

  SessionType* session_;
  Staging<T, Device, Condition> staged_;
  Buffer<T, Device> next_state_;
};

}  // namespace densenf

// Pieces whose parameters start from data (ActNorm): their start, and the way back from it.
namespace densenf {

/// Tensors of a flat buffer as they were, to be put back if what changed them comes to nothing.
template <class T>
class SavedTensors {
public:
  SavedTensors() = default;

  template <class Device>
  SavedTensors(const Buffer<T, Device>& buffer, std::vector<Param> places) : places_(std::move(places)) {
    for (const Param& p : places_) values_.push_back(buffer.to_host(p.offset, p.size));
  }

  template <class Device>
  void put_back(Buffer<T, Device>& buffer) const {
    for (std::size_t i = 0; i < places_.size(); ++i)
      buffer.assign_at(places_[i].offset, std::span<const T>(values_[i]));
  }

  const std::vector<Param>& places() const { return places_; }
  bool empty() const { return places_.empty(); }

private:
  std::vector<Param> places_;
  std::vector<std::vector<T>> values_;
};

/// What data-dependent starts have overwritten.
template <class T>
struct BeforeDataStart {
  SavedTensors<T> parameters, state;
  bool settled = true;                          ///< what Flow::settle is for, before
  bool empty() const { return state.empty(); }  // of which there is a flag wherever something starts
};

/// Puts back what was overwritten.
template <class T, class WeightsType>
void take_back(WeightsType& weights, const BeforeDataStart<T>& before) {
  if (before.empty()) return;
  weights.change([&](auto& parameters, auto& state) {
    before.parameters.put_back(parameters);
    before.state.put_back(state);
  });
  if (!before.settled) weights.unsettle();
}

/// Settles weights that never were (Flow::settle), and gives the pieces that wait for it their start from the
/// images that are staged in `pass`, seen as a training step with this noise sees them. Returns what was
/// there before. Throws NonFiniteError naming the parameter when what the images give is not finite, and what
/// the pieces throw; then everything is as before.
template <class T, class Device, class WeightsType, class SessionType>
BeforeDataStart<T> start_from_data(WeightsType& weights, TrainingPass<SessionType>& pass,
                                   NoiseSource<T, Device>& noise, Index slice) {
  const std::vector<DataStart> missing = weights.missing_starts();
  const bool settles = weights.never_settled();
  if (missing.empty() && !settles) return {};
  std::vector<Param> parameters_started, state_started;
  for (const DataStart& s : missing) {
    state_started.push_back(s.flag);
    parameters_started.insert(parameters_started.end(), s.parameters.begin(), s.parameters.end());
    state_started.insert(state_started.end(), s.state.begin(), s.state.end());
  }
  if (settles) {
    state_started.clear();
    for (const ParamSpec& spec : weights.table().state) state_started.push_back(spec.place);
  }
  const BeforeDataStart<T> before{
      {weights.parameters(), parameters_started}, {weights.state(), state_started}, !settles};
  try {
    pass.settle(weights);
    weights.change([&](auto& parameters, auto& state) {
      pass.run_for_starts(noise, slice, parameters.data(), state.data());
    });
    const auto require_finite = [](const auto& buffer, const std::vector<Param>& places, const auto& specs) {
      for (const Param& p : places) {
        for (const T v : buffer.to_host(p.offset, p.size)) {
          if (!std::isfinite(v)) {
            throw NonFiniteError(
                "The first batch gives {} a start that is not finite: look at its images.",
                name_in_message(
                    &specs, [p](const ParamSpec& spec) { return spec.place == p; }, "a number"));
          }
        }
      }
    };
    require_finite(weights.parameters(), parameters_started, weights.table().parameters);
    require_finite(weights.state(), state_started, weights.table().state);
    static_cast<void>(weights.missing_starts());  // so that later steps need not look at the device
  } catch (...) {
    take_back(weights, before);
    throw;
  }
  return before;
}

}  // namespace densenf

// What kernels/contract.hpp asks of a device, for the CPU: defined here, or, with densenf::compiled, declared
// here and defined in the library. Functions given as objects are always here; affine maps and splines of the
// program's own need affine.hpp or spline.hpp beside the library.

// Loops over the pixels and images of a batch. None of them allocates; a piece of work too small to be worth
// waking a thread for is done by the caller in one go.
namespace densenf::kernels {

/// How many numbers a task should have when each costs about an addition.
inline constexpr Index task_size = 8192;
/// What a number costs, in additions, for which an exponential or the like is computed.
inline constexpr Index cost_of_exp = 8;

/// Calls f(p) for every pixel of a batch; a call costs about as much as `cost` additions.
template <class F>
void for_each_pixel(const Cpu& cpu, Index pixels, Index cost, const F& f) {
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, cost));
  cpu.parallel_ranges(pixels, grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) f(p);
  });
}

/// Calls f(n, first pixel, last pixel) for every image, so that a sum over an image has one fixed order.
template <class F>
void for_each_image(const Cpu& cpu, Index n, Index pixels_per_image, const F& f) {
  constexpr Index pixels = 64;  // of a task, where images are small
  cpu.parallel_ranges(n, std::max<Index>(1, pixels / std::max<Index>(1, pixels_per_image)),
                      [&](Index first, Index last) {
                        for (Index i = first; i < last; ++i)
                          f(i, i * pixels_per_image, (i + 1) * pixels_per_image);
                      });
}

}  // namespace densenf::kernels

// Elementwise functions that are given as objects (see ops/map.hpp). Tensors have the same extents.
namespace densenf::kernels {

/// y = f.value(x)
template <class T, class F>
void map_forward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) y(p, c) = f.value(x(p, c));
  });
}

/// dx = or += adjoint of map_forward
template <class T, class F>
void map_backward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx,
                  Write write) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) detail::put(write, dx(p, c), dy(p, c) * f.derivative(x(p, c)));
  });
}

/// y = f.value(x), and log_prob[n] += sum of f.log_derivative(x)
template <class T, class F>
void map_forward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < x.c; ++c) {
        y(p, c) = f.value(x(p, c));
        total += static_cast<double>(f.log_derivative(x(p, c)));
      }
    }
    log_prob[n] += total;
  });
}

/// dx = or += adjoint of the map_forward with log_prob; dlog_prob[n] is the gradient of the loss by
/// log_prob[n].
template <class T, class F>
void map_backward(const Cpu& cpu, const F& f, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                  Tensor<T> dx, Write write) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index c = 0; c < x.c; ++c) {
      const T v = x(p, c);
      detail::put(write, dx(p, c), dy(p, c) * f.derivative(v) + g * f.log_derivative_slope(v));
    }
  });
}

}  // namespace densenf::kernels

// From and to the N,C,H,W order of the outside world, whose numbers may be of any type.
namespace densenf::kernels {

/// y from memory of any arithmetic type in which number i (in C, H, W order) of image n is at
/// x[n * image_stride + i * value_stride].
template <class U, class T>
void from_strided(const Cpu& cpu, const U* x, Index image_stride, Index value_stride, Tensor<T> y) {
  const Index hw = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const U* from = x + p / hw * image_stride + p % hw * value_stride;
    T* to = y.pixel(p);
    for (Index c = 0; c < y.c; ++c) to[c] = static_cast<T>(from[c * hw * value_stride]);
  });
}

/// y from contiguous N,C,H,W memory of any arithmetic type.
template <class U, class T>
void from_nchw(const Cpu& cpu, const U* x, Tensor<T> y) {
  from_strided(cpu, x, y.c * y.h * y.w, 1, y);
}

/// Contiguous N,C,H,W memory of any arithmetic type from x.
template <class T, class U>
void to_nchw(const Cpu& cpu, Tensor<const T> x, U* y) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    U* to = y + (p / hw) * x.c * hw + p % hw;
    const T* from = x.pixel(p);
    for (Index c = 0; c < x.c; ++c) to[c * hw] = static_cast<U>(from[c]);
  });
}

}  // namespace densenf::kernels

// Which kernels over a type of the program's own a device has. Templates are there for all types, unless they
// are in a library: that has them for densenf's own types, and a program with others includes the header that
// defines them.
namespace densenf::kernels {

/// Complete where kernels/cpu/affine.hpp, or kernels/cpu/spline.hpp, has been included beside
/// densenf::compiled.
template <class Map>
struct AffineDefinitions;
template <int Bins>
struct SplineDefinitions;

template <class Device, class Map>
inline constexpr bool affine_at_hand = true;
template <class Device, int Bins>
inline constexpr bool spline_at_hand = true;

}  // namespace densenf::kernels

#include <Eigen/Core>

// The few vector operations the kernels are written in, on Eigen's packets: one source for AVX-512, AVX,
// SSE, NEON and plain scalars.
namespace densenf::kernels::simd {

// GCC warns that a packet as a template argument loses its attributes; no code here relies on them.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif

template <class T>
using Packet = typename Eigen::internal::packet_traits<T>::type;

/// Numbers in a packet.
template <class T>
inline constexpr Index lanes = Eigen::internal::unpacket_traits<Packet<T>>::size;

/// count, rounded up to whole packets.
template <class T>
constexpr Index whole_packets(Index count) {
  return (count + lanes<T> - 1) / lanes<T> * lanes<T>;
}

inline constexpr int registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS;

/// Whether a masked load costs no more than a full one, so that loops need no second version for tails.
template <class T>
inline constexpr bool has_masked_load = Eigen::internal::unpacket_traits<Packet<T>>::masked_load_available;

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load(const T* from) {
  return Eigen::internal::ploadu<Packet<T>>(from);
}

template <class T>
EIGEN_ALWAYS_INLINE void store(T* to, const Packet<T>& v) {
  Eigen::internal::pstoreu<T>(to, v);
}

/// Prefetches the cache line at `from`; the address may be invalid.
/// Always inlined, and not Eigen's: g++ takes a function that does only this for one without effects, and
/// drops calls of it.
template <class T>
EIGEN_ALWAYS_INLINE void prefetch(const T* from) {
#if defined(__GNUC__)
  __builtin_prefetch(from);
#endif
}

/// The same, for the second-level cache: for what is not needed at once.
template <class T>
EIGEN_ALWAYS_INLINE void prefetch_second_level(const T* from) {
#if defined(__GNUC__)
  __builtin_prefetch(from, 0, 2);
#endif
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> broadcast(T value) {
  return Eigen::internal::pset1<Packet<T>>(value);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> multiply_add(const Packet<T>& a, const Packet<T>& b, const Packet<T>& c) {
  return Eigen::internal::pmadd(a, b, c);
}

/// v, but 0 where it is below the limit. NaN is not below: a broken activation must not turn into a zero.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> zero_below(const Packet<T>& v, const Packet<T>& limit) {
  return Eigen::internal::pandnot(v, Eigen::internal::pcmp_lt(v, limit));
}

/// What zero_below cuts a result off at: nothing is below the limit where there is no relu.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> lower_limit(Activation activation) {
  return broadcast(activation == Activation::relu ? T{0} : -std::numeric_limits<T>::infinity());
}

/// v where `positive` is above 0, else 0.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> keep_where_positive(const Packet<T>& v, const Packet<T>& positive) {
  return Eigen::internal::pand(v, Eigen::internal::pcmp_lt(broadcast(T{0}), positive));
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> add(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::padd(a, b);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> subtract(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::psub(a, b);
}

template <class T>
EIGEN_ALWAYS_INLINE Packet<T> multiply(const Packet<T>& a, const Packet<T>& b) {
  return Eigen::internal::pmul(a, b);
}

template <class T>
using Mask = typename Eigen::internal::unpacket_traits<Packet<T>>::mask_t;

/// The first `count` numbers, zeros in the other lanes. Touches no memory behind them. 0 <= count <= lanes.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load_first(const T* from, Index count) {
  if constexpr (has_masked_load<T>) {
    return Eigen::internal::ploadu<Packet<T>>(from, static_cast<Mask<T>>((1u << count) - 1u));
  } else {
    alignas(64) T buffer[lanes<T>] = {};
    for (Index i = 0; i < count; ++i) buffer[i] = from[i];
    return Eigen::internal::pload<Packet<T>>(buffer);
  }
}

/// The first `count` numbers, where most of the time there are as many as lanes or more.
template <class T>
EIGEN_ALWAYS_INLINE Packet<T> load_up_to(const T* from, Index count) {
  if (!has_masked_load<T> && count >= lanes<T>) return load(from);
  return load_first(from, count < lanes<T> ? count : lanes<T>);
}

/// v, which the compiler then keeps in a register: g++ reads memory once for each use where it can.
template <class P>
EIGEN_ALWAYS_INLINE P in_register(P v) {
#if defined(__GNUC__) && EIGEN_ARCH_i386_OR_x86_64
  asm("" : "+v"(v));
#endif
  return v;
}

/// Stores the first `count` lanes and leaves the memory behind them alone. 0 <= count <= lanes.
template <class T>
EIGEN_ALWAYS_INLINE void store_first(T* to, const Packet<T>& v, Index count) {
  if constexpr (Eigen::internal::unpacket_traits<Packet<T>>::masked_store_available) {
    Eigen::internal::pstoreu<T>(to, v, static_cast<Mask<T>>((1u << count) - 1u));
  } else {
    alignas(64) T buffer[lanes<T>];
    Eigen::internal::pstore<T>(buffer, v);
    for (Index i = 0; i < count; ++i) to[i] = buffer[i];
  }
}

/// The same, where most of the time there are as many as lanes or more.
template <class T>
EIGEN_ALWAYS_INLINE void store_up_to(T* to, const Packet<T>& v, Index count) {
  count >= lanes<T> ? store(to, v) : store_first(to, v, count);
}

/// The packets that squares are transposed in: half as long as others where there are such, which has
/// finer tails and little cost, as moving weights is bound by memory.
template <class T>
using HalfPacket = typename Eigen::internal::packet_traits<T>::half;
template <class T>
inline constexpr Index square = Eigen::internal::unpacket_traits<HalfPacket<T>>::size;

/// to(c)[r] = from(r)[c] for r, c in [0, square), of rows wherever they lie.
template <class T, class From, class To>
EIGEN_ALWAYS_INLINE void transpose_square(const From& from, const To& to) {
  if constexpr (square<T> == 1) {
    *to(Index{0}) = *from(Index{0});
  } else {
    using P = HalfPacket<T>;
    Eigen::internal::PacketBlock<P, static_cast<int>(square<T>)> block;
    for (Index i = 0; i < square<T>; ++i) block.packet[i] = Eigen::internal::ploadu<P>(from(i));
    Eigen::internal::ptranspose(block);
    for (Index i = 0; i < square<T>; ++i) Eigen::internal::pstoreu<T>(to(i), block.packet[i]);
  }
}
/// to[c * to_stride + r] = from[r * from_stride + c] likewise.
template <class T>
EIGEN_ALWAYS_INLINE void transpose_square(const T* from, Index from_stride, T* to, Index to_stride) {
  transpose_square<T>([=](Index i) { return from + i * from_stride; },
                      [=](Index i) { return to + i * to_stride; });
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace densenf::kernels::simd

// A packet that is written with as if it were a number, for functions of one number that are templates over
// it, and for loops over numbers. Expressions of Eigen's arrays would make the same instructions, but take
// the compiler several times as long.
namespace densenf::kernels::simd {

/// What comparisons of packets give: lanes of which all bits are set or none.
template <class T>
struct PackMask {
  Packet<T> bits;

  friend EIGEN_ALWAYS_INLINE PackMask operator&(const PackMask& a, const PackMask& b) {
    return {Eigen::internal::pand(a.bits, b.bits)};
  }
};

/// Functions of packets are friends that are found by their arguments, so that numbers beside a packet become
/// packets.
template <class T>
struct Pack {
  Packet<T> v;

  Pack() = default;
  EIGEN_ALWAYS_INLINE Pack(T value) : v(broadcast(value)) {}
  static EIGEN_ALWAYS_INLINE Pack of(const Packet<T>& packet) {
    Pack made;
    made.v = packet;
    return made;
  }
  static EIGEN_ALWAYS_INLINE Pack load(const T* from) { return of(simd::load(from)); }
  EIGEN_ALWAYS_INLINE void store(T* to) const { simd::store(to, v); }

  friend EIGEN_ALWAYS_INLINE Pack operator+(Pack a, Pack b) { return of(Eigen::internal::padd(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator-(Pack a, Pack b) { return of(Eigen::internal::psub(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator*(Pack a, Pack b) { return of(Eigen::internal::pmul(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator/(Pack a, Pack b) { return of(Eigen::internal::pdiv(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack operator-(Pack a) { return of(Eigen::internal::pnegate(a.v)); }
  EIGEN_ALWAYS_INLINE Pack& operator+=(Pack b) { return *this = *this + b; }
  EIGEN_ALWAYS_INLINE Pack& operator*=(Pack b) { return *this = *this * b; }

  friend EIGEN_ALWAYS_INLINE PackMask<T> operator<(Pack a, Pack b) {
    return {Eigen::internal::pcmp_lt(a.v, b.v)};
  }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator<=(Pack a, Pack b) {
    return {Eigen::internal::pcmp_le(a.v, b.v)};
  }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator>=(Pack a, Pack b) { return b <= a; }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator>(Pack a, Pack b) { return b < a; }
  friend EIGEN_ALWAYS_INLINE PackMask<T> operator==(Pack a, Pack b) {
    return {Eigen::internal::pcmp_eq(a.v, b.v)};
  }
  /// a where the condition holds, b elsewhere.
  friend EIGEN_ALWAYS_INLINE Pack select(const PackMask<T>& condition, Pack a, Pack b) {
    return of(Eigen::internal::pselect(condition.bits, a.v, b.v));
  }

  /// The larger and the smaller one; of a NaN and a number it may be either.
  friend EIGEN_ALWAYS_INLINE Pack max(Pack a, Pack b) { return of(Eigen::internal::pmax(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack min(Pack a, Pack b) { return of(Eigen::internal::pmin(a.v, b.v)); }
  friend EIGEN_ALWAYS_INLINE Pack abs(Pack a) { return of(Eigen::internal::pabs(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack sqrt(Pack a) { return of(Eigen::internal::psqrt(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack exp(Pack a) { return of(Eigen::internal::pexp(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack log(Pack a) { return of(Eigen::internal::plog(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack log1p(Pack a) { return of(Eigen::internal::generic_plog1p(a.v)); }
  friend EIGEN_ALWAYS_INLINE Pack tanh(Pack a) {
    if constexpr (Eigen::internal::packet_traits<T>::HasTanh != 0) {
      return of(Eigen::internal::ptanh(a.v));
    } else {
      T numbers[std::size_t{lanes<T>}];
      a.store(numbers);
      for (T& number : numbers) number = std::tanh(number);
      return load(numbers);
    }
  }
  /// 1 / (1 + exp(-a)). Eigen has a quotient of polynomials for floats, which takes two thirds of the time of
  /// an exponential.
  friend EIGEN_ALWAYS_INLINE Pack logistic(Pack a) {
    return of(Eigen::internal::scalar_logistic_op<T>().packetOp(a.v));
  }
  friend EIGEN_ALWAYS_INLINE Pack squared(Pack a) { return a * a; }

  /// Of all lanes.
  friend EIGEN_ALWAYS_INLINE T sum(Pack a) { return Eigen::internal::predux(a.v); }
  friend EIGEN_ALWAYS_INLINE T largest(Pack a) { return Eigen::internal::predux_max(a.v); }
};

/// A packet of numbers in memory, of type Pack: what is assigned goes there, and where a Pack is expected it
/// is read.
template <class P>
class PackAt;
template <class T>
class PackAt<Pack<T>> {
public:
  explicit EIGEN_ALWAYS_INLINE PackAt(T* at) : at_(at) {}

  EIGEN_ALWAYS_INLINE operator Pack<T>() const { return Pack<T>::load(at_); }
  EIGEN_ALWAYS_INLINE void operator=(Pack<T> value) { value.store(at_); }
  EIGEN_ALWAYS_INLINE void operator+=(Pack<T> value) { *this = Pack<T>(*this) + value; }
  EIGEN_ALWAYS_INLINE void operator-=(Pack<T> value) { *this = Pack<T>(*this) - value; }
  EIGEN_ALWAYS_INLINE void operator*=(Pack<T> value) { *this = Pack<T>(*this) * value; }

private:
  T* at_;
};

}  // namespace densenf::kernels::simd

#include <iterator>

// Loops over the numbers and channels of a batch that use the vector instructions, and the channels of a
// pixel as an array of Eigen. None of them allocates.
namespace densenf::kernels {

/// The channels of one pixel as an Eigen array; Eigen vectorizes what is done with it.
template <class T>
auto row(const Tensor<T>& t, Index p) {
  using Array = Eigen::Array<std::remove_const_t<T>, 1, Eigen::Dynamic>;
  using Mapped = std::conditional_t<std::is_const_v<T>, const Array, Array>;
  return Eigen::Map<Mapped>(t.pixel(p), t.c);
}

/// A vector of parameters, one number per channel.
template <class T>
auto vector(const T* data, Index c) {
  return Eigen::Map<const Eigen::Array<T, 1, Eigen::Dynamic>>(data, c);
}
template <class T>
auto mutable_vector(T* data, Index c) {
  return Eigen::Map<Eigen::Array<T, 1, Eigen::Dynamic>>(data, c);
}

namespace detail {
/// A packet of const numbers as its value, one of others as what can be assigned.
template <class T>
EIGEN_ALWAYS_INLINE auto pack_at(T* data) {
  using Pack = simd::Pack<std::remove_const_t<T>>;
  if constexpr (std::is_const_v<T>)
    return Pack::load(data);
  else
    return simd::PackAt<Pack>(data);
}
}  // namespace detail

/// Calls f(a, b, ...) with the numbers [i, i + lanes) behind each of the pointers, for all such groups of the
/// first n numbers: as a simd::Pack where the numbers are const, else as a simd::PackAt, by value, through
/// which f assigns. Where the last group is short, f works on copies filled up with zeros: so a number comes
/// out the same wherever it stands, and f is never called for a single number.
template <class F, class... T>
void for_each_packet(Index n, const F& f, T*... x) {
  using Scalar = std::common_type_t<std::remove_const_t<T>...>;
  constexpr Index width = simd::lanes<Scalar>;
  Index i = 0;
  for (; i + width <= n; i += width) f(detail::pack_at(x + i)...);
  if (i == n) return;
  alignas(64) Scalar copies[sizeof...(T)][std::size_t{width}];
  const auto give_back = [&]<class U>(const Scalar* copy, U* to) {
    if constexpr (!std::is_const_v<U>) simd::store_first(to + i, simd::load(copy), n - i);
  };
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (simd::store(copies[k], simd::load_first<Scalar>(x + i, n - i)), ...);
    f(detail::pack_at<T>(copies[k])...);
    (give_back(copies[k], x), ...);
  }
  (std::index_sequence_for<T...>());
}

/// y = or += x, n numbers.
template <class T>
void put_numbers(Write write, Index n, const T* x, T* y) {
  for_each_packet(
      n, [write](auto from, auto to) { detail::put(write, to, from); }, x, y);
}

/// The channels of pixel q of y = or += those of pixel p of x, which has as many.
template <class T, class U>
void put_channels(Write write, const Tensor<U>& x, Index p, const Tensor<T>& y, Index q) {
  put_numbers<T>(write, y.c, x.pixel(p), y.pixel(q));
}
template <class T>
void zero_channels(const Tensor<T>& y, Index p) {
  std::fill_n(y.pixel(p), y.c, T(0));
}

/// Calls f, as for_each_packet does, for all numbers of tensors of equal extents: x, y, ... Tensors without
/// gaps between the pixels are one long row. `cost`: that of a number, in additions.
template <class F, class T, class... U>
void for_each_number(const Cpu& cpu, Index cost, const F& f, const Tensor<T>& x, const Tensor<U>&... y) {
  if (x.contiguous() && (y.contiguous() && ...)) {
    cpu.parallel_ranges(x.size(), task_size / cost, [&](Index first, Index last) {
      for_each_packet(last - first, f, x.data + first, (y.data + first)...);
    });
  } else {
    for_each_pixel(cpu, x.pixels(), cost * x.c,
                   [&](Index p) { for_each_packet(x.c, f, x.pixel(p), y.pixel(p)...); });
  }
}

/// A packet of channels, of which there are `count` from `first` on: what is behind them is read as zeros.
template <class T>
struct ChannelPack {
  Index first, count;

  /// Those of a vector of parameters, one number per channel.
  EIGEN_ALWAYS_INLINE simd::Pack<T> operator()(const T* v) const {
    return simd::Pack<T>::of(simd::load_up_to(v + first, count));
  }
  /// Those of pixel p.
  template <class U>
  EIGEN_ALWAYS_INLINE simd::Pack<T> operator()(const Tensor<U>& x, Index p) const {
    return (*this)(x.pixel(p));
  }
};

/// A number for each of some channels.
template <class T>
struct ChannelValues {
  const T* values;
  Index count;

  const T* data() const { return values; }
  Index size() const { return count; }
  T operator[](Index i) const { return values[i]; }
};

/// Calls f(p, first, values) for all pixels p and blocks of channels from `first` on, where `values` are what
/// prepare makes of each ChannelPack: what depends on the channel alone is computed once per task, not once
/// per pixel.
template <class T, class Prepare, class F>
void for_each_pixel_with(const Cpu& cpu, Index pixels, Index c, const Prepare& prepare, const F& f) {
  constexpr Index block = 64;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, c));
  cpu.parallel_ranges(pixels, grain, [&](Index first_pixel, Index last_pixel) {
    alignas(64) T values[std::size_t{block}];
    for (Index first = 0; first < c; first += block) {
      const Index count = std::min(block, c - first);
      for (Index i = 0; i < count; i += simd::lanes<T>)
        simd::Pack<T>(prepare(ChannelPack<T>{first + i, count - i})).store(values + i);
      for (Index p = first_pixel; p < last_pixel; ++p) f(p, first, ChannelValues<T>{values, count});
    }
  });
}

namespace detail {
/// totals[i][k] = the sum of term i over all pixels for channel first + k, k < count, in double; single
/// precision is trusted for 32 terms at a time. What a stretch of pixels has of these channels stays in the
/// nearest cache from one packet of them to the next.
template <class T, std::size_t terms_count, std::size_t width, class... Terms>
void sum_channels_of(Index pixels, Index first, Index count, double (&totals)[terms_count][width],
                     const Terms&... terms) {
  constexpr Index stretch = 64;
  using Pack = simd::Pack<T>;
  for (auto& total : totals) std::fill(std::begin(total), std::end(total), 0.0);
  for (Index p = 0; p < pixels; p += stretch) {
    const Index end = std::min(pixels, p + stretch);
    for (Index k = 0; k < count; k += simd::lanes<T>) {
      const ChannelPack<T> channels{first + k, count - k};
      // Two of each, because an addition waits for the one before it.
      std::array<Pack, terms_count> even, odd;
      even.fill(Pack(T(0)));
      odd.fill(Pack(T(0)));
      const auto add = [&](std::array<Pack, terms_count>& sums, Index q) {
        std::size_t i = 0;
        ((sums[i++] += terms(q, channels)), ...);
      };
      Index q = p;
      for (; q + 1 < end; q += 2) {
        add(even, q);
        add(odd, q + 1);
      }
      if (q < end) add(even, q);
      for (std::size_t i = 0; i < terms_count; ++i) {
        alignas(64) T some[2][std::size_t{simd::lanes<T>}];
        even[i].store(some[0]);
        odd[i].store(some[1]);
        for (std::size_t lane = 0; lane < std::size_t{simd::lanes<T>}; ++lane) {
          totals[i][static_cast<std::size_t>(k) + lane] +=
              static_cast<double>(some[0][lane]) + static_cast<double>(some[1][lane]);
        }
      }
    }
  }
}
}  // namespace detail

/// Sums over all pixels, per channel, several of them in one pass. Each of `terms` is called as term(p,
/// channels) and gives a simd::Pack with the terms of a ChannelPack at pixel p: channels(x, p) are those of
/// x, and channels(v) those of a vector. done(first, sums, ...) receives the sums of each, in double, as
/// ChannelValues. All pixels of a channel are summed by one task, so the order of additions does not depend
/// on the number of threads.
template <class T, class Done, class... Terms>
void sums_over_pixels(const Cpu& cpu, Index pixels, Index c, const Done& done, const Terms&... terms) {
  constexpr Index together = std::max<Index>(16, simd::lanes<T>);
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, pixels * together));
  cpu.parallel_ranges((c + together - 1) / together, grain, [&](Index first_group, Index last_group) {
    double totals[sizeof...(Terms)][std::size_t{together}];
    for (Index group = first_group; group < last_group; ++group) {
      const Index first = group * together, count = std::min(together, c - first);
      detail::sum_channels_of<T>(pixels, first, count, totals, terms...);
      [&]<std::size_t... i>(std::index_sequence<i...>) {
        done(first, ChannelValues<double>{totals[i], count}...);
      }
      (std::index_sequence_for<Terms...>());
    }
  });
}

/// The same for one sum.
template <class T, class Term, class Done>
void sum_over_pixels(const Cpu& cpu, Index pixels, Index c, const Term& term, const Done& done) {
  sums_over_pixels<T>(cpu, pixels, c, done, term);
}

}  // namespace densenf::kernels

// Numbers of some pixels side by side, so that packets are full where pixels have few channels, as rows of a
// table do.
namespace densenf::kernels::detail {

/// Channels [first, first + count) of `pixels` pixels from `pixel` on.
struct PixelRun {
  Index pixel, pixels, first, count;

  Index numbers() const { return pixels * count; }
};

/// The sum of numbers, of which the last may not fill a packet.
template <class T>
double sum_of_numbers(const T* from, Index count) {
  constexpr auto width = std::size_t{simd::lanes<T>};
  double totals[width] = {};
  for (Index i = 0; i < count; i += simd::lanes<T>) {
    alignas(64) T some[width];
    simd::store(some, simd::load_up_to(from + i, count - i));
    for (std::size_t lane = 0; lane < width; ++lane) totals[lane] += static_cast<double>(some[lane]);
  }
  // By halves: one number after the other would wait for each addition.
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) totals[lane] += totals[lane + half];
  }
  return totals[0];
}

/// Numbers of a run side by side, in packets: where they lie if they lie so, else copied. For each channel of
/// the run it is the channel `first` + `step` times its place there.
template <class T>
class RunNumbers {
public:
  static constexpr Index most = 64;

  const T* read(const Tensor<const T>& from, const PixelRun& run) { return read(from, run, run.first, 1); }
  const T* read(const Tensor<const T>& from, const PixelRun& run, Index first, Index step) {
    if (lies_so(from.stride, run, step)) return from.pixel(run.pixel) + first;
    T* to = room_;
    for (Index k = 0; k < run.pixels; ++k, to += run.count) {
      const T* const pixel = from.pixel(run.pixel + k) + first;
      if (step == 1) {
        for (Index i = 0; i < run.count; i += simd::lanes<T>)
          simd::store(to + i, simd::load_up_to(pixel + i, run.count - i));
      } else {
#pragma GCC unroll 8
        for (Index i = 0; i < run.count; ++i) to[i] = pixel[i * step];
      }
    }
    return room_;
  }

  /// Where to put numbers, before write() has them come to the tensor.
  T* prepare(Write write, const Tensor<T>& to, const PixelRun& run) {
    return prepare(write, to, run, run.first, 1);
  }
  T* prepare(Write write, const Tensor<T>& to, const PixelRun& run, Index first, Index step) {
    return write == Write::assign && lies_so(to.stride, run, step) ? to.pixel(run.pixel) + first : room_;
  }
  void write(Write write, const Tensor<T>& to, const PixelRun& run) const {
    this->write(write, to, run, run.first, 1);
  }
  void write(Write write, const Tensor<T>& to, const PixelRun& run, Index first, Index step) const {
    if (write == Write::assign && lies_so(to.stride, run, step)) return;
    const T* from = room_;
    for (Index k = 0; k < run.pixels; ++k, from += run.count) {
      T* const pixel = to.pixel(run.pixel + k) + first;
      if (step == 1) {
        for (Index i = 0; i < run.count; i += simd::lanes<T>) {
          simd::Packet<T> values = simd::load(from + i);
          if (write == Write::accumulate)
            values = simd::add<T>(values, simd::load_up_to(pixel + i, run.count - i));
          simd::store_up_to(pixel + i, values, run.count - i);
        }
      } else if (write == Write::assign) {
#pragma GCC unroll 8
        for (Index i = 0; i < run.count; ++i) pixel[i * step] = from[i];
      } else {
        for (Index i = 0; i < run.count; ++i) pixel[i * step] += from[i];
      }
    }
  }
  T* room() { return room_; }

private:
  /// Without gaps, and in whole packets, because what is behind them is not the run's.
  static bool lies_so(Index stride, const PixelRun& run, Index step) {
    return step == 1 && (run.pixels == 1 || stride == run.count) && run.numbers() % simd::lanes<T> == 0;
  }

  alignas(64) T room_[most + simd::lanes<T>] = {};
};

/// Calls f(first, last) in parallel for parts of the pixels of x, each of whose numbers costs as much as
/// `cost` additions.
template <class T, class F>
void in_parts_of_pixels(const Cpu& cpu, const Tensor<T>& x, Index cost, const F& f) {
  if (x.size() == 0) return;
  cpu.parallel_ranges(x.pixels(), std::max<Index>(1, task_size / (cost * x.c)), f);
}

/// Calls f(image, first, count) for each image that a run has pixels of, whose numbers in it are [first,
/// first + count).
template <class F>
void for_each_image_of(const PixelRun& run, Index per_image, const F& f) {
  for (Index k = 0; k < run.pixels;) {
    const Index image = (run.pixel + k) / per_image;
    const Index end = std::min(run.pixels, (image + 1) * per_image - run.pixel);
    f(image, k * run.count, (end - k) * run.count);
    k = end;
  }
}

/// Calls f(run) for the pixels in [first, last) at which `where` holds, each of whose `channels` is in one
/// run, and other(pixel) for the others. How an image is cut depends on the image alone if `first` begins
/// one: a run has pixels of one image, or as many whole images as it has room for.
template <class T, class Where, class F, class Other>
void for_each_run(const Where& where, Index per_image, Index first, Index last, Index channels, const F& f,
                  const Other& other) {
  constexpr Index most = RunNumbers<T>::most;
  const Index room = std::max<Index>(1, most / channels);
  const Index together = std::max<Index>(1, room / per_image) * per_image;  // from an image's first pixel on
  Index images_end = first / per_image * per_image + together;
  for (Index p = first; p < last;) {
    if (p >= images_end) images_end = p / per_image * per_image + together;
    if (!where(p)) {
      other(p++);
      continue;
    }
    const Index most_end = std::min({last, p + room, images_end});
    Index end = p + 1;
    while (end < most_end && where(end)) ++end;
    for (Index c = 0; c < channels; c += most) f(PixelRun{p, end - p, c, std::min(most, channels - c)});
    p = end;
  }
}

}  // namespace densenf::kernels::detail

// The affine maps of couplings and of the cross-unit noise, see affine_maps.hpp; where they are not to map, z
// = x.
namespace densenf::kernels {

namespace detail {
/// A run's s, where there are scales, and t in the raw output, or in its gradient.
template <class T, bool scales>
struct RunOfRaw {
  AffineLayout at;
  RunNumbers<T> s_numbers = {}, t_numbers = {};  // without scales s is 0

  Index s_first(const PixelRun& run) const { return at.scale_first + run.first * at.step; }
  Index t_first(const PixelRun& run) const { return at.shift_first + run.first * at.step; }

  const T* s(const Tensor<const T>& raw, const PixelRun& run) {
    return scales ? s_numbers.read(raw, run, s_first(run), at.step) : s_numbers.room();
  }
  const T* t(const Tensor<const T>& raw, const PixelRun& run) {
    return t_numbers.read(raw, run, t_first(run), at.step);
  }
  T* prepare_s(Write write, const Tensor<T>& raw, const PixelRun& run) {
    return scales ? s_numbers.prepare(write, raw, run, s_first(run), at.step) : s_numbers.room();
  }
  T* prepare_t(Write write, const Tensor<T>& raw, const PixelRun& run) {
    return t_numbers.prepare(write, raw, run, t_first(run), at.step);
  }
  void write(Write write, const Tensor<T>& raw, const PixelRun& run) const {
    if constexpr (scales) s_numbers.write(write, raw, run, s_first(run), at.step);
    t_numbers.write(write, raw, run, t_first(run), at.step);
  }
};
}  // namespace detail

/// z from x; log_prob[n] += sum of l. raw has Map::parameters * x.c channels.
template <class T, class Map, class Where>
void affine_forward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> z, double* log_prob) {
  using Pack = simd::Pack<T>;
  if (x.size() == 0) return;
  const Index per_image = x.h * x.w;
  const Index images = std::max<Index>(1, task_size / (cost_of_exp * x.c * per_image));
  cpu.parallel_ranges(x.n, images, [&](Index first_image, Index last_image) {
    detail::RunOfRaw<T, Map::scales> part{at};
    detail::RunNumbers<T> x_numbers, z_numbers, l_numbers;
    T* const l = l_numbers.room();
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = x_numbers.read(x, run);
      T* const to = z_numbers.prepare(Write::assign, z, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        Pack l_pack;
        Map::template forward<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i), l_pack)
            .store(to + i);
        if constexpr (Map::scales) l_pack.store(l + i);
      }
      z_numbers.write(Write::assign, z, run);
      if constexpr (Map::scales) {
        detail::for_each_image_of(run, per_image, [&](Index n, Index first, Index count) {
          log_prob[n] += detail::sum_of_numbers(l + first, count);
        });
      }
    };
    detail::for_each_run<T>(where, per_image, first_image * per_image, last_image * per_image, x.c, on_run,
                            [&](Index p) { put_channels(Write::assign, x, p, z, p); });
  });
}

/// x from z.
template <class T, class Map, class Where>
void affine_inverse(const Cpu& cpu, Map, Where where, Tensor<const T> z, Tensor<const T> raw, AffineLayout at,
                    Tensor<T> x) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, Map::scales> part{at};
    detail::RunNumbers<T> z_numbers, x_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = z_numbers.read(z, run);
      T* const to = x_numbers.prepare(Write::assign, x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>)
        Map::template inverse<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i))
            .store(to + i);
      x_numbers.write(Write::assign, x, run);
    };
    detail::for_each_run<T>(where, x.h * x.w, first, last, x.c, on_run,
                            [&](Index p) { put_channels(Write::assign, z, p, x, p); });
  });
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T, class Map, class Where>
void affine_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                     AffineLayout at, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  using Pack = simd::Pack<T>;
  const Index per_image = x.h * x.w;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, Map::scales> part{at}, dpart{at};
    detail::RunNumbers<T> x_numbers, dz_numbers, dl_numbers, dx_numbers;
    T* const dl = dl_numbers.room();
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const t = part.t(raw, run), *const from = x_numbers.read(x, run),
                     *const d = dz_numbers.read(dz, run);
      T *const to_s = dpart.prepare_s(write_draw, draw, run), *const to_t =
                                                                  dpart.prepare_t(write_draw, draw, run);
      T* const to = dx.data != nullptr ? dx_numbers.prepare(write_dx, dx, run) : dx_numbers.room();
      if constexpr (Map::scales) {
        detail::for_each_image_of(run, per_image, [&](Index n, Index begin, Index count) {
          std::fill_n(dl + begin, count, static_cast<T>(dlog_prob[n]));
        });
      }
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        Pack dx_pack, ds, dt;
        Map::template backward<T, Pack>(Pack::load(s + i), Pack::load(t + i), Pack::load(from + i),
                                        Pack::load(d + i), Pack::load(dl + i), dx_pack, ds, dt);
        dx_pack.store(to + i);
        if constexpr (Map::scales) ds.store(to_s + i);
        dt.store(to_t + i);
      }
      dpart.write(write_draw, draw, run);
      if (dx.data != nullptr) dx_numbers.write(write_dx, dx, run);
    };
    detail::for_each_run<T>(where, per_image, first, last, x.c, on_run, [&](Index p) {
      if (write_draw == Write::assign) zero_channels(draw, p);
      if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
    });
  });
}

/// dz +=, draw += adjoint of affine_inverse, which made x.
template <class T, class Map, class Where>
void affine_inverse_backward(const Cpu& cpu, Map, Where where, Tensor<const T> x, Tensor<const T> raw,
                             AffineLayout at, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    if (!where(p)) {
      put_channels(Write::accumulate, dx, p, dz, p);
      return;
    }
    for (Index c = 0; c < x.c; ++c) {
      const Index at_s = at.scale_first + c * at.step, at_t = at.shift_first + c * at.step;
      T s = T(0), slope, ds, dt;
      if constexpr (Map::scales) s = raw(p, at_s);
      Map::template backward<T, T>(s, raw(p, at_t), x(p, c), T(1), T(0), slope, ds, dt);
      const T through = dx(p, c) / slope;
      dz(p, c) += through;
      draw(p, at_t) -= through * dt;
      if constexpr (Map::scales) draw(p, at_s) -= through * ds;
    }
  });
}

/// y = or += x outside of `where`; 0 there.
template <class T, class Where>
void hide(const Cpu& cpu, Where where, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    if (!where(p))
      put_channels(write, x, p, y, p);
    else if (write == Write::assign)
      zero_channels(y, p);
  });
}

/// So that operations over types of the program's own find these definitions beside densenf::compiled.
template <class Map>
struct AffineDefinitions {};

}  // namespace densenf::kernels

// Included by the headers that define kernels. Programs that link densenf::compiled get the kernels of all of
// them as declarations, from all.hpp.
#if defined(DENSENF_USE_COMPILED) && !defined(DENSENF_DEFINE_KERNELS)
#error "With densenf::compiled include densenf/kernels/cpu/all.hpp: this header's kernels are in the library."
#endif

// The innermost loop of the convolution kernels, but for Winograd's planes (winograd_rows.hpp): a tile of the
// result, a few rows by a few packets of columns, stays in registers while products of single numbers
// (broadcast) and packets are added to it. Both operands are read where they lie: rows are found through
// pointers, so nothing is unrolled into a matrix or packed.
namespace densenf::kernels::tiles {

/// Rows and packets of columns of the largest tile: as many as leave registers for the operands.
inline constexpr int max_rows = simd::registers >= 32 ? 8 : 6;
inline constexpr int max_vectors = simd::registers >= 32 ? 3 : 2;

/// A stretch of the sum: result(i, j) += sum over k of row[i][a(k)] * b[b(k) + j].
template <class T>
struct Segment {
  const T* b;
  std::array<const T*, max_rows> row;
};

/// Neighboring channels against the rows of a weight matrix.
struct DenseSteps {
  /// How many rows ahead weights are prefetched into the first-level cache: rows are short pieces of long
  /// lines, which the processor does not foresee, and with few pixels reading them takes as long as
  /// multiplying.
  static constexpr Index ahead = 12;
  /// The same for the second-level cache, with prefetch_early.
  static constexpr Index far_ahead = 48;
  Index count;
  Index b_stride;
  bool prefetch_early;
  /// Other weights to prefetch into the second-level cache, a line for each row, and bytes between lines.
  const void* lines_ahead;
  Index ahead_step;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return k; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return k * b_stride; }
};

/// Equal distances in both operands.
struct StridedSteps {
  Index count;
  Index a_stride;
  Index b_stride;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return k * a_stride; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return k * b_stride; }
};

/// A list of pixels: offsets from the first pixel of either operand.
struct GatherSteps {
  Index count;
  const Index* a_offset;
  const Index* b_offset;
  EIGEN_ALWAYS_INLINE Index a(Index k) const { return a_offset[k]; }
  EIGEN_ALWAYS_INLINE Index b(Index k) const { return b_offset[k]; }
};

/// What becomes of the sums: result = activation(sum + addend), the addend being what is in the result
/// already, or the bias, or nothing. Of the activations it does relu; elu is left to the caller.
template <class T>
struct Tile {
  std::array<T*, max_rows> result;
  int rows;         // of these, the others are not touched
  int vectors;      // packets of columns, 1 ... max_vectors
  Index last;       // columns of the last packet, 1 ... lanes
  const T* addend;  // one number per column; null: the result itself
  Activation activation;
};

/// Numbers to multiply with where a pixel lies outside of the image, and to add where there is no bias.
inline constexpr Index zeros_count = 1024;
template <class T>
alignas(64) inline constexpr T zeros[zeros_count] = {};

// Indices below `rows` and `vectors` are unrolled, so that the sums live in registers. `partial`: the last
// packet may be short. Not inlined, so that registers are given out for this loop alone.
template <int rows, int vectors, bool partial, class T, class Steps>
EIGEN_DONT_INLINE void compute_exactly(const Segment<T>* segment, int segments, Steps steps,
                                       const Tile<T>& tile) {
  constexpr Index lanes = simd::lanes<T>;
  constexpr int per_line = 64 / static_cast<int>(sizeof(simd::Packet<T>));  // packets of a cache line
  simd::Packet<T> sum[std::size_t{rows}][std::size_t{vectors}];
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) sum[i][j] = simd::broadcast(T{0});
  }

  for (const Segment<T>* end = segment + segments; segment != end; ++segment) {
    const T* row[std::size_t{rows}];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) row[i] = segment->row[static_cast<std::size_t>(i)];
    const T* const b = segment->b;
    for (Index k = 0; k < steps.count; ++k) {
      const T* const bk = b + steps.b(k);
      const Index ak = steps.a(k);
      if constexpr (requires { Steps::ahead; }) {
        simd::prefetch_second_level(static_cast<const char*>(steps.lines_ahead) + k * steps.ahead_step);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j += per_line) simd::prefetch(bk + steps.b(Steps::ahead) + j * lanes);
        if (steps.prefetch_early) {
#pragma GCC unroll 8
          for (int j = 0; j < vectors; j += per_line)
            simd::prefetch_second_level(bk + steps.b(Steps::far_ahead) + j * lanes);
        }
      }
      simd::Packet<T> column[std::size_t{vectors}];
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) {
        column[j] = partial && j + 1 == vectors ? simd::load_first(bk + j * lanes, tile.last)
                                                : simd::load(bk + j * lanes);
      }
#pragma GCC unroll 8
      for (int i = 0; i < rows; ++i) {
        const simd::Packet<T> a = simd::broadcast(row[i][ak]);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) sum[i][j] = simd::multiply_add<T>(a, column[j], sum[i][j]);
      }
    }
  }

  const simd::Packet<T> limit = simd::lower_limit<T>(tile.activation);
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i) {
    if (i >= tile.rows) break;
    T* const to = tile.result[static_cast<std::size_t>(i)];
    const T* const addend = tile.addend != nullptr ? tile.addend : to;
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const bool last = partial && j + 1 == vectors;
      simd::Packet<T> v =
          last ? simd::load_first(addend + j * lanes, tile.last) : simd::load(addend + j * lanes);
      v = simd::zero_below<T>(simd::add<T>(v, sum[i][j]), limit);
      if (last)
        simd::store_first(to + j * lanes, v, tile.last);
      else
        simd::store(to + j * lanes, v);
    }
  }
}

template <int rows, int vectors, class T, class Steps>
void compute_any_tail(const Segment<T>* segment, int segments, const Steps& steps, const Tile<T>& tile) {
  if constexpr (!simd::has_masked_load<T>) {
    if (tile.last == simd::lanes<T>) {
      compute_exactly<rows, vectors, false>(segment, segments, steps, tile);
      return;
    }
  }
  compute_exactly<rows, vectors, true>(segment, segments, steps, tile);
}

/// Computes a tile of at most max_rows by max_vectors packets. Rows beyond tile.rows are read, not written:
/// their pointers must be good.
template <int vectors = max_vectors, class T, class Steps>
void compute(const Segment<T>* segment, int segments, const Steps& steps, const Tile<T>& tile) {
  if constexpr (vectors > 1) {
    if (tile.vectors < vectors) {
      compute<vectors - 1>(segment, segments, steps, tile);
      return;
    }
  }
  if (tile.rows > 4) {
    compute_any_tail<max_rows, vectors>(segment, segments, steps, tile);
  } else {
    compute_any_tail<4, vectors>(segment, segments, steps, tile);
  }
}

/// Rows of the next tile when `left` are left: the most, and fours where that leaves fewer without work.
constexpr int next_rows(Index left) {
  const Index most = left > 8 || (left > 4 && left <= max_rows) ? max_rows : 4;
  return static_cast<int>(left < most ? left : most);
}

/// The columns of a matrix cut into panels as wide as a tile, or narrower when asked, of nearly equal width.
template <class T>
struct Panels {
  explicit constexpr Panels(Index columns, int widest = max_vectors)
      : columns_(columns),
        packets_((columns + simd::lanes<T> - 1) / simd::lanes<T>),
        count_((packets_ + widest - 1) / widest) {}

  constexpr Index columns() const { return columns_; }
  constexpr Index count() const { return count_; }
  /// First column of panel i; for i == count() the number of columns, rounded up to whole packets.
  constexpr Index first(Index i) const { return first_packet(i) * simd::lanes<T>; }
  constexpr int vectors(Index i) const { return static_cast<int>(first_packet(i + 1) - first_packet(i)); }
  /// Columns in the panel's last packet.
  constexpr Index last(Index i) const {
    return i + 1 < count_ ? simd::lanes<T> : columns_ - (packets_ - 1) * simd::lanes<T>;
  }
  constexpr Index width(Index i) const { return (vectors(i) - 1) * simd::lanes<T> + last(i); }

private:
  constexpr Index first_packet(Index i) const {
    const Index wide = packets_ % count_;  // so many panels have one packet more
    return i * (packets_ / count_) + (i < wide ? i : wide);
  }

  Index columns_;
  Index packets_;
  Index count_;
};

}  // namespace densenf::kernels::tiles

namespace densenf::kernels {

/// A row-major matrix inside of a larger one.
template <class T>
struct Block {
  T* data;
  Index stride;  ///< from row to row

  T* row(Index i) const { return data + i * stride; }
  Block from(Index row, Index column) const { return {data + row * stride + column, stride}; }
};

/// What multiply does with what is in the result.
enum class Into { replace, add };

namespace detail {
/// Row i of a begins at a + i * row_stride; steps.a(k) from there is its element k.
template <class T, class Steps>
void multiply_rows(const T* a, Index row_stride, Block<const T> b, const Steps& steps, Index rows,
                   Index columns, Into into, Block<T> result) {
  const tiles::Panels<T> panels(columns);
  // A panel of b stays in the nearest cache while the rows of a go by.
  for (Index p = 0; p < panels.count(); ++p) {
    const Index column = panels.first(p);
    tiles::Segment<T> segment{b.data + column, {}};
    tiles::Tile<T> tile{{},
                        0,
                        panels.vectors(p),
                        panels.last(p),
                        into == Into::replace ? tiles::zeros<T> : nullptr,
                        Activation::none};
    for (Index row = 0; row < rows; row += tile.rows) {
      tile.rows = tiles::next_rows(rows - row);
      for (int i = 0; i < tiles::max_rows; ++i) {
        const Index r = row + std::min(i, tile.rows - 1);
        segment.row[static_cast<std::size_t>(i)] = a + r * row_stride;
        tile.result[static_cast<std::size_t>(i)] = result.row(r) + column;
      }
      tiles::compute(&segment, 1, steps, tile);
    }
  }
}
}  // namespace detail

/// result = a b or result += a b, for a of rows x inner and b of inner x columns numbers. The result may lie
/// among the columns of a, or beside b, but not on them.
template <class T>
void multiply(Block<const T> a, Block<const T> b, Index rows, Index inner, Index columns, Into into,
              Block<T> result) {
  detail::multiply_rows(a.data, a.stride, b, tiles::DenseSteps{inner, b.stride, false, b.data, 0}, rows,
                        columns, into, result);
}

/// Likewise a^T b, for a of inner x rows numbers.
template <class T>
void multiply_transposed(Block<const T> a, Block<const T> b, Index rows, Index inner, Index columns,
                         Into into, Block<T> result) {
  detail::multiply_rows(a.data, 1, b, tiles::StridedSteps{inner, a.stride, b.stride}, rows, columns, into,
                        result);
}

}  // namespace densenf::kernels

// Nystrom attention as the published checkpoints have it: four landmarks, softmax over the row axis, and
// the (3E, H, W) memory of an image read as an (HW, 3E) matrix.
namespace densenf::kernels {

namespace nystrom {

template <class T>
using Square = Eigen::Matrix<T, landmarks, landmarks>;

/// to (columns, rows) = the transpose of from (rows, columns).
template <class T>
void transpose(const T* from, Index from_stride, Index rows, Index columns, T* to, Index to_stride) {
  constexpr Index square = simd::square<T>;
  for (Index r = 0; r < rows; r += square) {
    for (Index c = 0; c < columns; c += square) {
      const T* corner = from + r * from_stride + c;
      T* to_corner = to + c * to_stride + r;
      if (r + square <= rows && c + square <= columns) {
        simd::transpose_square(corner, from_stride, to_corner, to_stride);
        continue;
      }
      for (Index i = 0; i < std::min(square, rows - r); ++i) {
        for (Index j = 0; j < std::min(square, columns - c); ++j)
          to_corner[j * to_stride + i] = corner[i * from_stride + j];
      }
    }
  }
}

// Four rows, which are next to each other in memory, are given by a pointer and their length: means and what
// is made of them are (4, E), weights of pixels (4, HW). Their products with matrices (HW, E) are those of
// kernels/cpu/multiply.hpp.

/// to (4, E) = weights (4, HW) m (HW, E)
template <class T>
void weigh_rows(const T* weights, Block<const T> m, Index hw, Index e, T* to) {
  multiply<T>({weights, hw}, m, landmarks, hw, e, Into::replace, {to, e});
}

/// to (HW, E) = or += the transpose of weights (4, HW) times four (4, E)
template <class T>
void spread_rows(const T* weights, const T* four, Index hw, Index e, Into into, Block<T> to) {
  multiply_transposed<T>({weights, hw}, {four, e}, hw, landmarks, e, into, to);
}

/// to (4, HW) = four (4, E) times the transpose of m (HW, E), with E HW numbers of room.
template <class T>
void dot_rows(const T* four, Block<const T> m, Index hw, Index e, T* room, T* to) {
  constexpr Index block = 48;  // pixels whose transposed rows stay in the nearest cache
  for (Index p = 0; p < hw; p += block) {
    const Index some = std::min(block, hw - p);
    transpose(m.row(p), m.stride, some, e, room, some);
    multiply<T>({four, e}, {room, some}, landmarks, e, some, Into::replace, {to + p, hw});
  }
}

/// a (4, E) times the transpose of b (4, E), with 4 E numbers of room. (Squares are stored by columns.)
template <class T>
Square<T> square_of(const T* a, const T* b, Index e, T* room) {
  Square<T> result;
  dot_rows(b, {a, e}, landmarks, e, room, result.data());
  return result;
}

/// to (4, E) = or += square times four (4, E)
template <class T>
void mix_rows(const Square<T>& square, const T* four, Index e, Into into, T* to) {
  multiply_transposed<T>({square.data(), landmarks}, {four, e}, landmarks, landmarks, e, into, {to, e});
}

/// The same with the square's transpose.
template <class T>
void mix_rows_transposed(const Square<T>& square, const T* four, Index e, Into into, T* to) {
  multiply<T>({square.data(), landmarks}, {four, e}, landmarks, landmarks, e, into, {to, e});
}

/// Softmax of each of four contiguous columns, in place: the published "axis -2".
template <class T>
void softmax_columns(T* four, Index rows) {
  for (Index j = 0; j < landmarks; ++j) {
    auto column = mutable_vector(four + j * rows, rows);
    column = (column - column.maxCoeff()).exp();
    column *= T(1) / column.sum();
  }
}

/// The same for four contiguous rows, whose columns are done side by side.
template <class T>
void softmax_of_rows(T* four, Index columns) {
  for_each_packet(
      columns,
      [](auto w, auto x, auto y, auto z) {
        const auto most = max(max(w, x), max(y, z));
        w = exp(w - most);
        x = exp(x - most);
        y = exp(y - most);
        z = exp(z - most);
        const auto scale = T(1) / (w + x + y + z);
        w *= scale;
        x *= scale;
        y *= scale;
        z *= scale;
      },
      four, four + columns, four + 2 * columns, four + 3 * columns);
}

/// ds = adjoint of softmax_columns; `s` is its output, `ds` the gradient, overwritten.
template <class T>
void softmax_columns_backward(const T* s, T* ds, Index rows) {
  for (Index j = 0; j < landmarks; ++j) {
    const auto column = vector(s + j * rows, rows);
    auto dcolumn = mutable_vector(ds + j * rows, rows);
    dcolumn = column * (dcolumn - (column * dcolumn).sum());
  }
}

/// The same of softmax_of_rows.
template <class T>
void softmax_of_rows_backward(const T* s, T* ds, Index columns) {
  for_each_packet(
      columns,
      [](auto w, auto x, auto y, auto z, auto dw, auto dx, auto dy, auto dz) {
        const auto dot = w * dw + x * dx + y * dy + z * dz;
        dw = w * (dw - dot);
        dx = x * (dx - dot);
        dy = y * (dy - dot);
        dz = z * (dz - dot);
      },
      s, s + columns, s + 2 * columns, s + 3 * columns, ds, ds + columns, ds + 2 * columns, ds + 3 * columns);
}

/// The iterated pseudo-inverse of a positive 4x4 matrix, with what its adjoint needs.
template <class T>
struct PseudoInverse {
  static constexpr std::size_t steps = pseudo_inverse_steps;
  std::array<Square<T>, steps + 1> v;
  T column_max, row_max;
  Index column_at, row_at;

  explicit PseudoInverse(const Square<T>& k) {
    column_max = k.cwiseAbs().colwise().sum().maxCoeff(&column_at);
    row_max = k.cwiseAbs().rowwise().sum().maxCoeff(&row_at);
    v[0] = k.transpose() / (column_max * row_max);
    for (std::size_t i = 0; i < steps; ++i) {
      const Square<T> kv = product(k, v[i]);
      const Square<T> a = minus(7, kv), b = minus(15, product(kv, a)), c = minus(13, product(kv, b));
      v[i + 1] = T(0.25) * product(v[i], c);
    }
  }
  const Square<T>& value() const { return v[steps]; }

  /// d loss / d k, given d loss / d value.
  Square<T> backward(const Square<T>& k, Square<T> dv) const {
    const Square<T> k_transposed = k.transpose();
    Square<T> dk = Square<T>::Zero();
    for (std::size_t i = steps; i-- > 0;) {
      const Square<T> kv = product(k, v[i]);
      const Square<T> a = minus(7, kv), b = minus(15, product(kv, a)), c = minus(13, product(kv, b));
      const Square<T> v_transposed = v[i].transpose(), kv_transposed = kv.transpose();
      const Square<T> dc = T(0.25) * product(v_transposed, dv);
      const Square<T> db = -product(kv_transposed, dc);
      const Square<T> da = -product(kv_transposed, db);
      const Square<T> dkv = -product(dc, b.transpose()) - product(db, a.transpose()) - da;
      dk += product(dkv, v_transposed);
      dv = T(0.25) * product(dv, c.transpose()) + product(k_transposed, dkv);
    }
    const T scale = T(1) / (column_max * row_max);
    dk += scale * dv.transpose();
    const T dscale = (dv.transpose().cwiseProduct(k)).sum();
    dk.row(row_at).array() -= dscale * scale / row_max;
    dk.col(column_at).array() -= dscale * scale / column_max;
    return dk;
  }

private:
  /// One function for all products, which the compiler need not put together from each term again.
  static Square<T> product(const Square<T>& a, const Square<T>& b) { return a.lazyProduct(b); }
  /// A multiple of the identity minus a square.
  static Square<T> minus(int multiple, const Square<T>& a) {
    Square<T> result = -a;
    result.diagonal().array() += static_cast<T>(multiple);
    return result;
  }
};

/// Hands out pieces of memory.
template <class T>
struct Pieces {
  T* next;
  T* take(Index count) { return std::exchange(next, next + count); }
};

/// The attention of one image: parts of its memory, and the matrices of the forward pass.
template <class T>
struct Image {
  Index hw, e;
  Block<const T> q, k, v;  // (HW, E) each, rows 3E apart
  T *q_mean, *k_mean;      // (4, E)
  T *k1, *k3;              // (4, HW); the first is the transpose of what attention is published with
  T *k3v, *mix;            // (4, E)
  Square<T> k2;
  PseudoInverse<T> inverse;

  /// `room`: E HW numbers that are used until it is made.
  Image(const T* memory, Index pixels, Index embed, Pieces<T>& pieces, T* room)
      : hw(pixels),
        e(embed),
        q{memory, 3 * e},
        k{memory + e, 3 * e},
        v{memory + 2 * e, 3 * e},
        q_mean(run_means(q, pieces.take(landmarks * e))),
        k_mean(run_means(k, pieces.take(landmarks * e))),
        k1(pieces.take(landmarks * hw)),
        k3(pieces.take(landmarks * hw)),
        k3v(pieces.take(landmarks * e)),
        mix(pieces.take(landmarks * e)),
        k2(softmaxed(square_of<T>(q_mean, k_mean, e, room))),
        inverse(k2) {
    dot_rows<T>(k_mean, q, hw, e, room, k1);
    softmax_columns(k1, hw);
    dot_rows<T>(q_mean, k, hw, e, room, k3);
    softmax_of_rows(k3, hw);
    weigh_rows<T>(k3, v, hw, e, k3v);
    mix_rows<T>(inverse.value(), k3v, e, Into::replace, mix);
  }

  T run_scale() const { return T(1) / (static_cast<T>(hw / landmarks) * std::sqrt(static_cast<T>(hw))); }

  /// The mean of each quarter of the rows.
  T* run_means(Block<const T> m, T* means) const {
    const Index run = hw / landmarks;
    for (Index l = 0; l < landmarks; ++l) {
      T* const mean = means + l * e;
      std::fill_n(mean, e, T(0));
      for (Index p = l * run; p < (l + 1) * run; ++p)
        for_each_packet(
            e, [](auto sum, auto x) { sum += x; }, mean, m.row(p));
      for_each_packet(
          e, [scale = run_scale()](auto sum) { sum *= scale; }, mean);
    }
    return means;
  }
  static Square<T> softmaxed(Square<T> m) {
    softmax_columns(m.data(), landmarks);
    return m;
  }
};

/// Numbers that an Image takes, and with it attention and its adjoint.
inline Index image_numbers(Index hw, Index e) { return landmarks * (2 * hw + 4 * e); }
inline Index forward_numbers(Index hw, Index e) { return e * hw + image_numbers(hw, e); }
inline Index backward_numbers(Index hw, Index e) {
  return 7 * e * hw + image_numbers(hw, e) + landmarks * (2 * hw + 4 * e);
}

}  // namespace nystrom

template <class T>
Index nystrom_forward_scratch_bytes(const Cpu&, Tensor<const T> qkv) {
  return Scratch::bytes_for<T>(qkv.n * nystrom::forward_numbers(qkv.h * qkv.w, qkv.c / 3));
}

/// qkv (N, H, W, 3E) -> out (N, H, W, E). `memory` receives each image's qkv in C,H,W order (N 3E HW numbers)
/// and is what the adjoint needs. H W must be a multiple of 4.
template <class T>
void nystrom_forward(const Cpu& cpu, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch) {
  const Index hw = qkv.h * qkv.w, e = out.c, of_each = nystrom::forward_numbers(hw, e);
  T* const room = scratch.take<T>(qkv.n * of_each);
  cpu.parallel_for(qkv.n, [&](Index n) {
    T* image_memory = memory + n * 3 * e * hw;
    nystrom::transpose(qkv.pixel(n * hw), qkv.stride, hw, 3 * e, image_memory, hw);
    nystrom::Pieces<T> place{room + n * of_each};
    const Block<T> result{place.take(hw * e), e};
    const nystrom::Image<T> image(image_memory, hw, e, place, result.data);
    for (Index p = 0; p < hw; ++p) std::copy_n(image.v.row(p), e, result.row(p));
    nystrom::spread_rows<T>(image.k1, image.mix, hw, e, Into::add, result);
    nystrom::transpose(static_cast<const T*>(result.data), hw, e, hw, out.pixel(n * hw), out.stride);
  });
}

template <class T>
Index nystrom_backward_scratch_bytes(const Cpu&, Tensor<const T> dout) {
  return Scratch::bytes_for<T>(dout.n * nystrom::backward_numbers(dout.h * dout.w, dout.c));
}

/// dqkv = or += adjoint of nystrom_forward.
template <class T>
void nystrom_backward(const Cpu& cpu, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                      Scratch scratch) {
  const Index hw = dqkv.h * dqkv.w, e = dout.c, run = hw / nystrom::landmarks;
  const Index of_each = nystrom::backward_numbers(hw, e);
  T* const all = scratch.take<T>(dqkv.n * of_each);
  cpu.parallel_for(dqkv.n, [&](Index n) {
    using nystrom::landmarks, nystrom::Square;
    nystrom::Pieces<T> place{all + n * of_each};
    T* const dmemory = place.take(3 * e * hw);
    T* const room = dmemory;  // until the gradients of q, k and v are written
    const nystrom::Image<T> image(memory + n * 3 * e * hw, hw, e, place, room);
    T* const d_rows = place.take(hw * e);
    const Block<const T> d{d_rows, e};
    nystrom::transpose(dout.pixel(n * hw), dout.stride, hw, e, d_rows, hw);
    const Block<T> dq{dmemory, 3 * e}, dk{dmemory + e, 3 * e}, dv{dmemory + 2 * e, 3 * e};
    T* const dk1 = place.take(landmarks * hw);
    T* const dk3 = place.take(landmarks * hw);
    T* const dmix = place.take(landmarks * e);
    T* const dk3v = place.take(landmarks * e);
    T* const dq_mean = place.take(landmarks * e);
    T* const dk_mean = place.take(landmarks * e);

    // out = k1 (inverse (k3 v)) + v
    nystrom::dot_rows<T>(image.mix, d, hw, e, room, dk1);
    nystrom::weigh_rows<T>(image.k1, d, hw, e, dmix);
    const Square<T> dinverse = nystrom::square_of<T>(dmix, image.k3v, e, room);
    nystrom::mix_rows_transposed<T>(image.inverse.value(), dmix, e, Into::replace, dk3v);
    nystrom::dot_rows<T>(dk3v, image.v, hw, e, room, dk3);
    Square<T> dk2 = image.inverse.backward(image.k2, dinverse);
    nystrom::softmax_columns_backward<T>(image.k1, dk1, hw);
    nystrom::softmax_columns_backward<T>(image.k2.data(), dk2.data(), landmarks);
    nystrom::softmax_of_rows_backward<T>(image.k3, dk3, hw);

    nystrom::weigh_rows<T>(dk3, image.k, hw, e, dq_mean);
    nystrom::mix_rows<T>(dk2, image.k_mean, e, Into::add, dq_mean);
    nystrom::weigh_rows<T>(dk1, image.q, hw, e, dk_mean);
    nystrom::mix_rows_transposed<T>(dk2, image.q_mean, e, Into::add, dk_mean);
    nystrom::spread_rows<T>(dk1, image.k_mean, hw, e, Into::replace, dq);
    nystrom::spread_rows<T>(dk3, image.q_mean, hw, e, Into::replace, dk);
    for (Index p = 0; p < hw; ++p) std::copy_n(d.row(p), e, dv.row(p));
    nystrom::spread_rows<T>(image.k3, dk3v, hw, e, Into::add, dv);
    for (Index p = 0; p < hw; ++p) {
      const T *const q_mean = dq_mean + p / run * e, *const k_mean = dk_mean + p / run * e;
      for_each_packet(
          e,
          [scale = image.run_scale()](auto to_q, auto to_k, auto of_q, auto of_k) {
            to_q += scale * of_q;
            to_k += scale * of_k;
          },
          dq.row(p), dk.row(p), q_mean, k_mean);
    }
    T* const by_pixel = place.take(3 * e * hw);
    nystrom::transpose(static_cast<const T*>(dmemory), hw, 3 * e, hw, by_pixel, 3 * e);
    for (Index p = 0; p < hw; ++p) put_numbers<T>(write, 3 * e, by_pixel + p * 3 * e, dqkv.pixel(n * hw + p));
  });
}

}  // namespace densenf::kernels

// Weights whose operator norm is bounded, and the fixed-point iteration that inverts what is made of them.
namespace densenf::kernels {

namespace detail {
/// The sum of x y over all numbers: channel by channel, so that threads do not change it. `sums` has a number
/// for each channel.
template <class T>
double sum_of_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, double* sums) {
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(x, p) * channels(y, p); },
      [&](Index first, const auto& of_channels) {
        for (Index i = 0; i < of_channels.size(); ++i) sums[first + i] = of_channels[i];
      });
  double total = 0;
  for (Index c = 0; c < x.c; ++c) total += sums[c];
  return total;
}
}  // namespace detail

template <class T>
Index bound_weight_forward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u) {
  return Scratch::bytes_for<double>(std::max(w.c, u.c));
}

/// bounded = scale w with scale = 1 / (max(1, sigma / ceiling) + epsilon), where sigma, the sum of u wv, is
/// the norm of w that its singular vectors u and v see: wv is what w makes of v. facts[0] = scale, facts[1] =
/// its derivative by sigma.
template <class T>
void bound_weight_forward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, Tensor<const T> wv,
                          double ceiling, double epsilon, T* facts, Tensor<T> bounded, Scratch scratch) {
  const double sigma = detail::sum_of_products(cpu, u, wv, scratch.take<double>(std::max(w.c, u.c)));
  const double scale = 1 / (std::max(1.0, sigma / ceiling) + epsilon);
  facts[0] = static_cast<T>(scale);
  facts[1] = static_cast<T>(sigma > ceiling ? -scale * scale / ceiling : 0);
  for_each_number(
      cpu, 1, [s = facts[0]](auto from, auto to) { to = s * from; }, w, bounded);
}

template <class T>
Index bound_weight_backward_scratch_bytes(const Cpu&, Tensor<const T> w, Tensor<const T> u) {
  return Scratch::bytes_for<double>(std::max(w.c, u.c));
}

/// dw = or +=, dwv = or += adjoint of bound_weight_forward.
template <class T>
void bound_weight_backward(const Cpu& cpu, Tensor<const T> w, Tensor<const T> u, const T* facts,
                           Tensor<const T> dbounded, Tensor<T> dw, Write write, Tensor<T> dwv, Write write_wv,
                           Scratch scratch) {
  const double along = detail::sum_of_products(cpu, w, dbounded, scratch.take<double>(std::max(w.c, u.c)));
  for_each_number(
      cpu, 1, [write, s = facts[0]](auto d, auto to) { detail::put(write, to, s * d); }, dbounded, dw);
  const T dsigma = static_cast<T>(along * static_cast<double>(facts[1]));
  for_each_number(
      cpu, 1, [write_wv, dsigma](auto from, auto to) { detail::put(write_wv, to, dsigma * from); }, u, dwv);
}

/// y with sum x y = |x|, the l_`order` norm of all numbers of x, and a norm of 1 itself, that of the dual
/// order order / (order - 1): sign(x) |x|^(order - 1) over |x|^(order - 1). For an infinite order y is the
/// sign of the first of the largest numbers, in its place. 0 for x = 0. y may be x.
template <class T>
void norming_vector(const Cpu&, Tensor<const T> x, double order, Tensor<T> y) {
  double largest = 0;
  Index at_pixel = 0, at_channel = 0;
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) {
      const double size = std::abs(static_cast<double>(x(p, c)));
      if (size > largest) largest = size, at_pixel = p, at_channel = c;
    }
  }
  const auto sign = [](T number) { return number > 0 ? 1.0 : -1.0; };
  if (largest == 0 || std::isinf(order)) {
    const double one = largest == 0 ? 0 : sign(x(at_pixel, at_channel));
    for (Index p = 0; p < y.pixels(); ++p) zero_channels(y, p);
    if (largest > 0) y(at_pixel, at_channel) = static_cast<T>(one);
    return;
  }
  // Of numbers over the largest, so that no power goes beyond what a double holds.
  double sum = 0;
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) sum += std::pow(std::abs(static_cast<double>(x(p, c))) / largest, order);
  }
  const double scale = std::pow(sum, -(order - 1) / order);
  for (Index p = 0; p < x.pixels(); ++p) {
    for (Index c = 0; c < x.c; ++c) {
      const double size = std::abs(static_cast<double>(x(p, c))) / largest;
      y(p, c) = static_cast<T>(size == 0 ? 0 : sign(x(p, c)) * std::pow(size, order - 1) * scale);
    }
  }
}

/// y = s[0] x
template <class T>
void scale_by_number_forward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<T> y) {
  for_each_number(
      cpu, 1, [scale = *s](auto from, auto to) { to = scale * from; }, x, y);
}

template <class T>
Index scale_by_number_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, ds[0] += adjoint of scale_by_number_forward. dx.data and ds may be null.
template <class T>
void scale_by_number_backward(const Cpu& cpu, Tensor<const T> x, const T* s, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* ds, Scratch scratch) {
  if (ds != nullptr) *ds += static_cast<T>(detail::sum_of_products(cpu, x, dy, scratch.take<double>(x.c)));
  if (dx.data == nullptr) return;
  for_each_number(
      cpu, 1, [write, scale = *s](auto d, auto to) { detail::put(write, to, scale * d); }, dy, dx);
}

/// A step of the fixed-point iteration for x + g(x) = z: x = z - g for the images that are not done, and
/// moved[n] = the sum of squares of what x changes by. Image n is done when moved[n] <= tolerance (1 +
/// squares[n]); it then stays as it is.
template <class T>
void fixed_point_step(const Cpu& cpu, Tensor<const T> z, Tensor<const T> g, double tolerance,
                      const double* squares, Tensor<T> x, double* moved) {
  for_each_image(cpu, z.n, z.h * z.w, [&](Index n, Index first, Index last) {
    if (moved[n] <= tolerance * (1 + squares[n])) return;
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < z.c; ++c) {
        const T next = z(p, c) - g(p, c);
        const double step = static_cast<double>(next) - static_cast<double>(x(p, c));
        total += step * step;
        x(p, c) = next;
      }
    }
    moved[n] = total;
  });
}

}  // namespace densenf::kernels

// Per-channel affine maps that scale first, and starts relative to what a layer makes of a batch.
namespace densenf::kernels {

template <class T>
Index channel_affine_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dlog_scale +=, dbias += adjoint of y = x exp(log_scale) + bias, to log_prob of which H W sum
/// of log_scale is added. (The map itself is actnorm_inverse, and back actnorm_forward.) dx.data may be null.
template <class T>
void channel_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* log_scale, Tensor<const T> dy,
                             const double* dlog_prob, Tensor<T> dx, Write write, T* dlog_scale, T* dbias,
                             Scratch) {
  if (dx.data != nullptr) {
    for_each_pixel_with<T>(
        cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(), [write](auto from, auto s, auto to) { detail::put(write, to, from * s); },
              dy.pixel(p) + first, scale.data(), dx.pixel(p) + first);
        });
  }
  double from_log_det = 0;
  for (Index n = 0; n < x.n; ++n) from_log_det += dlog_prob[n];
  from_log_det *= static_cast<double>(x.h * x.w);
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          dlog_scale[first + i] += static_cast<T>(
              sum_dy_x[i] * std::exp(static_cast<double>(log_scale[first + i])) + from_log_det);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) { return channels(dy, p) * channels(x, p); });
}

/// Unless the flag says that it has been: scale and bias of a layer, whose output over a batch of so many
/// pixels had this mean and (biased) variance, become those that make it mean 0 and unbiased standard
/// deviation `spread`, but for `floor`, which is added to the deviation. `logarithmic`: the scale is given by
/// its logarithm. Does not set the flag.
template <class T>
void start_scale_and_bias(const Cpu&, const T* mean, const T* variance, Index pixels, Index channels,
                          T spread, T floor, bool logarithmic, T* scale, T* bias, const T* started) {
  if (*started != T(0)) return;
  const T unbiased = static_cast<T>(pixels) / static_cast<T>(pixels - 1);
  for (Index c = 0; c < channels; ++c) {
    const T deviation = std::sqrt(variance[c] * unbiased) + floor, factor = spread / deviation;
    if (logarithmic)
      scale[c] -= std::log(deviation);
    else
      scale[c] *= factor;
    bias[c] = (bias[c] - mean[c]) * factor;
  }
}

}  // namespace densenf::kernels

namespace densenf::kernels::detail {

/// Throws ArgumentError for a kernel that no convolution has.
inline void check_kernel(int kernel) {
  if (kernel != 1 && kernel != 3) {
    throw ArgumentError("A convolution's kernel must be 1 or 3 pixels wide, not {}.", kernel);
  }
}

/// Throws ArgumentError or ShapeError unless y may be the output of a convolution of x.
template <class T, class U>
void check_conv(const Tensor<T>& x, const Tensor<U>& y, int kernel) {
  check_kernel(kernel);
  if (x.n != y.n || x.h != y.h || x.w != y.w) {
    throw ShapeError(
        "A convolution's input and output must have the same images, height and width, not {}x{}x{} and "
        "{}x{}x{}.",
        x.n, x.h, x.w, y.n, y.h, y.w);
  }
}

/// Throws ShapeError unless y may be a relu's output and dy its gradient.
template <class T, class U>
void check_relu(const Tensor<T>& y, const Tensor<U>& dy) {
  if (y.shape() != dy.shape() || y.n != dy.n) {
    throw ShapeError("A relu's output and its gradient must have the same shape, not {} x {} and {} x {}.",
                     y.n, to_string(y.shape()), dy.n, to_string(dy.shape()));
  }
}

}  // namespace densenf::kernels::detail

namespace densenf::kernels::detail {

/// With so few pixels or fewer, reading the weights from memory takes as long as computing with them; so the
/// weights that the same thread needs next are prefetched early.
inline constexpr Index few_pixels = 1024;

/// Weights that a thread is going to need: of some taps, rows of a panel.
template <class T>
struct WeightsAhead {
  const T* at = nullptr;    // null: unknown
  Index taps = 0, tap = 0;  // how many, and from one to the next
  Index rows = 0, row = 0;
  Index columns = 0;

  /// Cache lines at equal distances.
  struct Lines {
    const T* at;
    Index step;
  };

  /// What step i of n prefetches, line by line, as many as it has use for: a tap's rows if these follow each
  /// other without gaps, else a tap's rows at the same columns. With fewer steps than such stretches, some
  /// are left out.
  Lines lines(Index i, Index n) const {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    const bool whole = row == columns,
               aligned = row % line == 0 && reinterpret_cast<std::uintptr_t>(at) % 64 == 0;
    const Index each = whole ? 1 : (columns + line - 1) / line + (aligned ? 0 : 1), all = taps * each,
                now = all * i / n;
    if (all == 0 || (i > 0 && all * (i - 1) / n == now)) return {nullptr, 0};
    return {at + now / each * tap + now % each * line, whole ? line : row};
  }
};

/// A convolution with one panel of output columns: y = activation(conv(x) + bias), or, where `write` says
/// so, y += conv(x). Row `tap * x.c + channel` of the weights is at weight + row * weight_stride.
template <class T>
struct ConvPanel {
  Tensor<const T> x;
  Tensor<T> y;  // the panel's channels
  int vectors;
  Index last;
  int kernel;
  const T* weight;
  Index weight_stride;
  const T* bias;  // may be null
  Activation activation;
  Write write;
  bool prefetch_early = false;  // for weights, see few_pixels
  WeightsAhead<T> next = {};    // what the thread needs after this panel, if it prefetches early
};

}  // namespace densenf::kernels::detail

// The exponential linear unit: x above 0, exp(x) - 1 below. Its derivative is known from its value.
namespace densenf::kernels {

namespace detail {
/// elu of packets of numbers, see for_each_packet.
template <class T>
struct EluOfPacket {
  void operator()(auto from, auto to) const {
    // A difference, because a minimum may lose a NaN.
    const auto above = max(from, T(0));
    to = above + (exp(from - above) - T(1));
  }
};

/// What a convolution does behind its sum: n numbers become their elu.
template <class T>
void elu_in_place(T* x, Index n) {
  for_each_packet(n, EluOfPacket<T>{}, static_cast<const T*>(x), x);
}
}  // namespace detail

/// y = elu(x); y may be x.
template <class T>
void elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(cpu, cost_of_exp, detail::EluOfPacket<T>{}, x, y);
}

/// dx = or += the adjoint of elu_forward, from its value y.
template <class T>
void elu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 1, [write](auto value, auto d, auto to) { detail::put(write, to, d * (min(value, T(0)) + T(1))); },
      y, dy, dx);
}

}  // namespace densenf::kernels

// What one task of a convolution kernel does: a block of pixels or of weights by a panel of columns, cut
// into tiles so that what the tiles share stays in the caches.
namespace densenf::kernels::detail {

/// Terms of a sum that are added up before going on with the next pixels: the part of the weights this
/// needs is small enough to stay in the second-level cache.
inline constexpr Index depth_block = 512;
static_assert(depth_block <= tiles::zeros_count);

/// Pixels of a task, if there are many.
inline constexpr Index pixel_block = 96;
/// Few pixels are cut further to have this many tasks, if a task still has this many multiplications.
inline constexpr Index enough_tasks = 8;
inline constexpr Index smallest_task = 100'000;

/// Vectors of the widest panel: where inputs and outputs are ordered (Connections), as few as make some
/// panels, because each is computed with the inputs of its last column; but a tile of two vectors loads
/// fewer numbers for each product, which is worth a third of the products that two panels leave out.
template <class T>
int widest_panel(Index columns, bool ordered) {
  const Index packets = simd::whole_packets<T>(columns) / simd::lanes<T>;
  return ordered ? static_cast<int>(std::clamp<Index>(packets / 2, 1, tiles::max_vectors))
                 : tiles::max_vectors;
}

/// How pixels and panels are cut into tasks. No sum depends on the cut, so this one looks at the number of
/// threads: as many tasks for each, where there are enough.
template <class T>
class PixelBlocks {
public:
  /// Each result is the sum of `terms` products; of ordered inputs (Connections) of some of them.
  PixelBlocks(const Cpu& cpu, Index pixels, Index columns, Index terms, bool ordered)
      : share_pixels_(pixels > few_pixels || ordered || pixels * (columns + terms) > 4 * columns * terms),
        pixels_(pixels),
        panels_(columns, widest_panel<T>(columns, ordered)) {
    const Index panels = panels_.count(), multiplications = pixels * columns * terms;
    const Index threads = cpu.threads(), rows = tiles::max_rows, most = (pixels + rows - 1) / rows;
    const Index wanted =
        std::min((enough_tasks + panels - 1) / panels, multiplications / (panels * smallest_task));
    Index pieces = std::max((pixels + pixel_block - 1) / pixel_block, std::min(wanted, most));
    if (pieces > 1 || (panels % threads != 0 && multiplications >= threads * smallest_task))
      pieces = std::min((pieces + threads - 1) / threads * threads, most);
    block_ = ((pixels + pieces - 1) / pieces + rows - 1) / rows * rows;
    blocks_ = (pixels + block_ - 1) / block_;
  }
  const tiles::Panels<T>& panels() const { return panels_; }
  Index tasks() const { return panels_.count() * blocks_; }
  Index blocks() const { return blocks_; }
  bool by_panels() const { return !share_pixels_; }
  /// Neighboring tasks, which go to one thread, share a block of pixels, or else a panel: with few pixels and
  /// many weights, each weight should go to one core, and that is where the results are wanted next. (Not of
  /// ordered inputs, where panels are not the same work.)
  Index panel(Index task) const { return share_pixels_ ? task % panels_.count() : task / blocks_; }
  Index block(Index task) const { return share_pixels_ ? task / panels_.count() : task % blocks_; }
  Index first(Index block) const { return block * block_; }
  Index last(Index block) const { return std::min(first(block + 1), pixels_); }

private:
  bool share_pixels_;
  Index pixels_;
  tiles::Panels<T> panels_;
  Index block_, blocks_;
};

/// A walk over pixels in the order (y, x, image): a tile's pixels are then mostly the same place in
/// several images, and meet the border at the same taps, which are left out.
class PixelWalk {
public:
  PixelWalk(Index n, Index h, Index w, Index first) : n_(n), h_(h), w_(w) {
    image_ = first % n;
    x_ = first / n % w;
    y_ = first / n / w;
  }
  Index y() const { return y_; }
  Index x() const { return x_; }
  Index pixel() const { return (image_ * h_ + y_) * w_ + x_; }
  void next() {
    if (++image_ < n_) return;
    image_ = 0;
    if (++x_ < w_) return;
    x_ = 0;
    ++y_;
  }

private:
  Index n_, h_, w_;
  Index image_, x_, y_;
};

/// A part of the sum over taps and input channels.
struct Depth {
  int tap_first, tap_last;
  Index channel_first, channel_last;
};

/// Points at a tile's next pixels and computes its sum over `part`.
template <class T>
void conv_tile(const ConvPanel<T>& panel, const Depth& part, PixelWalk& walk, tiles::Tile<T>& tile,
               bool prefetch_early, const typename WeightsAhead<T>::Lines& lines_ahead) {
  const Tensor<const T>& x = panel.x;
  std::array<const T*, tiles::max_rows> at{};
  std::array<Index, tiles::max_rows> ys{};
  std::array<Index, tiles::max_rows> xs{};
  for (std::size_t i = 0; i < tiles::max_rows; ++i) {
    if (static_cast<int>(i) < tile.rows) {
      const Index pixel = walk.pixel();
      at[i] = x.pixel(pixel) + part.channel_first;
      ys[i] = walk.y();
      xs[i] = walk.x();
      tile.result[i] = panel.y.pixel(pixel);
      walk.next();
    } else {  // computed, but not stored
      at[i] = at[0];
      ys[i] = ys[0];
      xs[i] = xs[0];
    }
  }
  std::array<tiles::Segment<T>, 9> segments;
  int count = 0;
  for (int tap = part.tap_first; tap < part.tap_last; ++tap) {
    const Index dy = tap / panel.kernel - panel.kernel / 2;
    const Index dx = tap % panel.kernel - panel.kernel / 2;
    const Index offset = (dy * x.w + dx) * x.stride;
    tiles::Segment<T>& segment = segments[static_cast<std::size_t>(count)];
    segment.b = panel.weight + (tap * x.c + part.channel_first) * panel.weight_stride;
    bool any = false;
    for (std::size_t i = 0; i < tiles::max_rows; ++i) {
      const Index row = ys[i] + dy;
      const Index column = xs[i] + dx;
      const bool inside = row >= 0 && row < x.h && column >= 0 && column < x.w;
      segment.row[i] = inside ? at[i] + offset : tiles::zeros<T>;
      any |= inside;
    }
    if (any) ++count;
  }
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, prefetch_early,
                                lines_ahead.at != nullptr ? lines_ahead.at : panel.weight,
                                lines_ahead.step * Index{sizeof(T)}};
  tiles::compute(segments.data(), count, steps, tile);
}

/// The same where every pixel meets itself alone: the tile's pixels follow each other from `first` on.
template <class T>
void pixel_tile(const ConvPanel<T>& panel, const Depth& part, Index first, tiles::Tile<T>& tile,
                bool prefetch_early, const typename WeightsAhead<T>::Lines& lines_ahead) {
  tiles::Segment<T> segment{panel.weight + part.channel_first * panel.weight_stride, {}};
  for (int i = 0; i < tiles::max_rows; ++i) {
    const Index pixel = first + std::min(i, tile.rows - 1);
    segment.row[static_cast<std::size_t>(i)] = panel.x.pixel(pixel) + part.channel_first;
    tile.result[static_cast<std::size_t>(i)] = panel.y.pixel(pixel);
  }
  const tiles::DenseSteps steps{part.channel_last - part.channel_first, panel.weight_stride, prefetch_early,
                                lines_ahead.at != nullptr ? lines_ahead.at : panel.weight,
                                lines_ahead.step * Index{sizeof(T)}};
  tiles::compute(&segment, 1, steps, tile);
}

/// The parts of a sum over taps and channels: whole taps at a time if channels are few, parts of one tap if
/// they are many; equal parts.
class Depths {
public:
  Depths(int kernel, Index channels) : taps_(kernel * kernel), channels_(channels) {
    parts_ = std::max<Index>(1, (channels + depth_block - 1) / depth_block);
    depth_ = std::max<Index>(1, (channels + parts_ - 1) / parts_);
    const Index groups =
        parts_ > 1 ? taps_ : std::max<Index>(1, (taps_ * channels + depth_block - 1) / depth_block);
    group_ = static_cast<int>((taps_ + groups - 1) / groups);
  }
  Index count() const { return (taps_ + group_ - 1) / group_ * parts_; }
  Depth operator[](Index i) const {
    const int tap = static_cast<int>(i / parts_) * group_;
    const Index channel = i % parts_ * depth_;
    return {tap, std::min(tap + group_, taps_), channel, std::min(channel + depth_, channels_)};
  }

private:
  int taps_, group_;
  Index channels_, parts_, depth_;
};

/// The weights of a part of the sum of a panel of `columns` that begins at `weight`.
template <class T>
WeightsAhead<T> weights_of(const Depth& part, const T* weight, Index channels, Index stride, Index columns) {
  return {.at = weight + (part.tap_first * channels + part.channel_first) * stride,
          .taps = part.tap_last - part.tap_first,
          .tap = channels * stride,
          .rows = part.channel_last - part.channel_first,
          .row = stride,
          .columns = columns};
}

/// Block `block` of the pixels in a walk, or in their own order if the kernel is one pixel. Each block of a
/// panel prefetches its share of the weights that come next.
template <class T>
void conv_block(const ConvPanel<T>& panel, const PixelBlocks<T>& blocks, Index block) {
  const Index first = blocks.first(block), last = blocks.last(block);
  tiles::Tile<T> tile;
  tile.vectors = panel.vectors;
  tile.last = panel.last;
  tile.addend = panel.write == Write::accumulate ? nullptr
                : panel.bias != nullptr          ? panel.bias
                                                 : tiles::zeros<T>;
  const Depths depths(panel.kernel, panel.x.c);
  for (Index i = 0; i < depths.count(); ++i) {
    const Depth part = depths[i];
    const bool ends = i + 1 == depths.count();
    tile.activation = ends ? panel.activation : Activation::none;
    WeightsAhead<T> next = panel.next;
    if (!ends && panel.prefetch_early)
      next = weights_of(depths[i + 1], panel.weight, panel.x.c, panel.weight_stride, panel.y.c);
    // Weights are prefetched for the next part in every block; after the last part, once per panel.
    const Index from = ends ? 0 : first, to = ends ? panel.y.pixels() : last;
    PixelWalk walk(panel.x.n, panel.x.h, panel.x.w, first);
    for (Index p = first; p < last; p += tile.rows) {
      tile.rows = tiles::next_rows(last - p);
      const auto lines_ahead =
          next.lines((p - from) / tiles::max_rows, (to - from + tiles::max_rows - 1) / tiles::max_rows);
      const bool early = panel.prefetch_early && p == first;
      if (panel.kernel == 1)
        pixel_tile(panel, part, p, tile, early, lines_ahead);
      else
        conv_tile(panel, part, walk, tile, early, lines_ahead);
      if (tile.activation == Activation::elu) {
        for (int row = 0; row < tile.rows; ++row)
          elu_in_place(tile.result[static_cast<std::size_t>(row)], panel.y.c);
      }
    }
    tile.addend = nullptr;
  }
}

/// Numbers of transposed weights; what follows them begins on a cache line again.
template <class T>
constexpr Index transposed_size(int kernel, Index in, Index out) {
  constexpr Index line = 16;
  return simd::whole_packets<T>(in) * ((kernel * kernel * out + line - 1) / line * line);
}

/// The weights with rows and columns exchanged and taps reversed, panel after panel of input channels.
template <class T>
void transpose_weights(const Cpu& cpu, const T* weight, int kernel, const tiles::Panels<T>& panels, Index out,
                       T* to) {
  const Index in = panels.columns();
  const Index taps = kernel * kernel;
  cpu.parallel_for(taps * panels.count(), [&](Index task) {
    const Index panel = task / taps;
    const Index tap = task % taps;
    const Index stride = panels.vectors(panel) * simd::lanes<T>;
    const Index width = panels.width(panel);
    const T* from = weight + (tap * in + panels.first(panel)) * out;
    T* t = to + panels.first(panel) * taps * out + (taps - 1 - tap) * out * stride;
    for (Index c = 0; c < stride; c += simd::square<T>) {
      Index o = 0;
      if (c + simd::square<T> <= width) {
        for (; o + simd::square<T> <= out; o += simd::square<T>) {
          simd::transpose_square(from + c * out + o, out, t + o * stride + c, stride);
        }
      }
      for (; o < out; ++o) {
        for (Index i = c; i < c + simd::square<T>; ++i) {
          t[o * stride + i] = i < width ? from[i * out + o] : T{0};
        }
      }
    }
  });
}

inline constexpr Index gather_block = 256;

/// The pixels among [first, last) that have a neighbor at (dy, dx) in their image: offsets of the
/// neighbor in x and of the pixel in y. Returns how many.
template <class T>
Index neighbors(const Tensor<const T>& x, const Tensor<const T>& y, Index first, Index last, Index dy,
                Index dx, Index* x_offset, Index* y_offset) {
  Index count = 0;
  for (Index p = first; p < last;) {
    const Index row = p / x.w;
    const Index row_first = row * x.w;
    const Index row_last = std::min(row_first + x.w, last);
    const Index neighbor_row = row % x.h + dy;
    if (neighbor_row >= 0 && neighbor_row < x.h) {
      const Index from = std::max(p, row_first - std::min<Index>(dx, 0));
      const Index to = std::min(row_last, row_first + x.w - std::max<Index>(dx, 0));
      for (Index q = from; q < to; ++q, ++count) {
        x_offset[count] = (q + dy * x.w + dx) * x.stride;
        y_offset[count] = q * y.stride;
      }
    }
    p = row_last;
  }
  return count;
}

/// dweight += for one tap, input channels [c0, c1) and one panel of output channels, over all pixels.
template <class T>
void weights_block(const Tensor<const T>& x, const Tensor<const T>& dy, int kernel, int tap, Index c0,
                   Index c1, const tiles::Panels<T>& panels, Index panel, T* dweight) {
  const Index column = panels.first(panel);
  tiles::Tile<T> tile;
  tile.vectors = panels.vectors(panel);
  tile.last = panels.last(panel);
  tile.addend = nullptr;
  tile.activation = Activation::none;
  // Over the pixels that `steps` count from pixel p on.
  const auto add = [&](const auto& steps, Index p) {
    tiles::Segment<T> segment;
    segment.b = dy.pixel(p) + column;
    for (Index c = c0; c < c1; c += tile.rows) {
      tile.rows = tiles::next_rows(c1 - c);
      for (int i = 0; i < tiles::max_rows; ++i) {
        const Index channel = std::min(c + i, c1 - 1);
        segment.row[static_cast<std::size_t>(i)] = x.pixel(p) + channel;
        tile.result[static_cast<std::size_t>(i)] = dweight + (tap * x.c + channel) * dy.c + column;
      }
      tiles::compute(&segment, 1, steps, tile);
    }
  };
  const Index pixels = x.pixels();
  Index x_offset[gather_block];
  Index y_offset[gather_block];
  for (Index p = 0; p < pixels; p += gather_block) {
    const Index last = std::min(p + gather_block, pixels);
    if (kernel == 1) {  // every pixel meets itself
      add(tiles::StridedSteps{last - p, x.stride, dy.stride}, p);
      continue;
    }
    const Index count =
        neighbors(x, dy, p, last, tap / kernel - kernel / 2, tap % kernel - kernel / 2, x_offset, y_offset);
    if (count > 0) add(tiles::GatherSteps{count, x_offset, y_offset}, 0);
  }
}

/// dbias += for one panel of output channels.
template <class T>
void bias_block(const Tensor<const T>& dy, const tiles::Panels<T>& panels, Index panel, T* dbias) {
  const Index column = panels.first(panel);
  for (Index first = column; first < column + panels.width(panel); first += simd::lanes<T>) {
    const Index count = std::min(simd::lanes<T>, dy.c - first);
    simd::Packet<T> sum = simd::load_first(dbias + first, count);
    const T* from = dy.data + first;
    const Index pixels = dy.pixels();
    if (count == simd::lanes<T>) {
      for (Index p = 0; p < pixels; ++p) sum = simd::add<T>(sum, simd::load(from + p * dy.stride));
    } else {
      for (Index p = 0; p < pixels; ++p) {
        sum = simd::add<T>(sum, simd::load_first(from + p * dy.stride, count));
      }
    }
    simd::store_first(dbias + first, sum, count);
  }
}

}  // namespace densenf::kernels::detail

// Winograd's minimal algorithms for convolutions of three taps (Winograd 1980; Lavin and Gray 2016). With
// y = A^T [(G g) . (B^T d)], `outputs` neighboring results of three taps g over outputs + 2 inputs d take
// outputs + 2 multiplications instead of 3 * outputs; in two dimensions, squared. Everything else is
// additions, and each matrix also serves, transposed, for the gradients.
namespace densenf::kernels::winograd {

/// The one-dimensional maps of F(outputs, 3), on packets of channels. `points` numbers stand for the
/// products of polynomials at as many points.
template <int outputs>
struct Transform;

/// Two results from four products, at the points 0, 1, -1 and infinity: the worst result loses about one bit.
template <>
struct Transform<2> {
  static constexpr int points = 4;

  /// v = B^T d
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void input(const P* d, P* v) {
    v[0] = simd::subtract<T>(d[0], d[2]);
    v[1] = simd::add<T>(d[1], d[2]);
    v[2] = simd::subtract<T>(d[2], d[1]);
    v[3] = simd::subtract<T>(d[1], d[3]);
  }
  /// u = G g
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights(const P* g, P* u) {
    const P half = simd::broadcast(T(0.5));
    const P even = simd::multiply<T>(half, simd::add<T>(g[0], g[2]));
    const P odd = simd::multiply<T>(half, g[1]);
    u[0] = g[0];
    u[1] = simd::add<T>(even, odd);
    u[2] = simd::subtract<T>(even, odd);
    u[3] = g[2];
  }
  /// y = A^T m
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output(const P* m, P* y) {
    y[0] = simd::add<T>(m[0], simd::add<T>(m[1], m[2]));
    y[1] = simd::subtract<T>(simd::subtract<T>(m[1], m[2]), m[3]);
  }
  /// dm = A dy
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output_adjoint(const P* dy, P* dm) {
    dm[0] = dy[0];
    dm[1] = simd::add<T>(dy[0], dy[1]);
    dm[2] = simd::subtract<T>(dy[0], dy[1]);
    dm[3] = simd::subtract<T>(simd::broadcast(T(0)), dy[1]);
  }
  /// dg = G^T du
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights_adjoint(const P* du, P* dg) {
    const P half = simd::broadcast(T(0.5));
    const P even = simd::multiply<T>(half, simd::add<T>(du[1], du[2]));
    dg[0] = simd::add<T>(du[0], even);
    dg[1] = simd::multiply<T>(half, simd::subtract<T>(du[1], du[2]));
    dg[2] = simd::add<T>(even, du[3]);
  }
};

/// Four results from six products, at the points 0, +-a, +-b and infinity with a = 1 / sqrt 2 and b = 1 / a:
/// the worst result loses about three bits (with the usual +-1 and +-2, five).
template <>
struct Transform<4> {
  static constexpr int points = 6;
  static constexpr double a = 1 / std::numbers::sqrt2, b = std::numbers::sqrt2;
  static constexpr double a2 = 0.5, b2 = 2;  // squares; a2 * b2 = 1
  // Products of the differences of the points.
  static constexpr double at_a = 2 * a2 * (a2 - b2), at_b = 2 * b2 * (b2 - a2);

  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void input(const P* d, P* v) {
    const P minus_sum = simd::broadcast(T(-(a2 + b2)));
    v[0] = simd::multiply_add<T>(minus_sum, d[2], simd::add<T>(d[0], d[4]));
    v[5] = simd::multiply_add<T>(minus_sum, d[3], simd::add<T>(d[1], d[5]));
    const P even_a = simd::multiply_add<T>(simd::broadcast(T(-b2)), d[2], d[4]);
    const P odd_a =
        simd::multiply<T>(simd::broadcast(T(a)), simd::multiply_add<T>(simd::broadcast(T(-b2)), d[1], d[3]));
    v[1] = simd::add<T>(even_a, odd_a);
    v[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply_add<T>(simd::broadcast(T(-a2)), d[2], d[4]);
    const P odd_b =
        simd::multiply<T>(simd::broadcast(T(b)), simd::multiply_add<T>(simd::broadcast(T(-a2)), d[1], d[3]));
    v[3] = simd::add<T>(even_b, odd_b);
    v[4] = simd::subtract<T>(even_b, odd_b);
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights(const P* g, P* u) {
    u[0] = g[0];
    const P even_a = simd::multiply<T>(simd::broadcast(T(1 / at_a)),
                                       simd::multiply_add<T>(simd::broadcast(T(a2)), g[2], g[0]));
    const P odd_a = simd::multiply<T>(simd::broadcast(T(a / at_a)), g[1]);
    u[1] = simd::add<T>(even_a, odd_a);
    u[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply<T>(simd::broadcast(T(1 / at_b)),
                                       simd::multiply_add<T>(simd::broadcast(T(b2)), g[2], g[0]));
    const P odd_b = simd::multiply<T>(simd::broadcast(T(b / at_b)), g[1]);
    u[3] = simd::add<T>(even_b, odd_b);
    u[4] = simd::subtract<T>(even_b, odd_b);
    u[5] = g[2];
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output(const P* m, P* y) {
    const P sum_a = simd::add<T>(m[1], m[2]), difference_a = simd::subtract<T>(m[1], m[2]);
    const P sum_b = simd::add<T>(m[3], m[4]), difference_b = simd::subtract<T>(m[3], m[4]);
    y[0] = simd::add<T>(m[0], simd::add<T>(sum_a, sum_b));
    y[1] = weighted<T>(a, difference_a, b, difference_b);
    y[2] = weighted<T>(a2, sum_a, b2, sum_b);
    y[3] = simd::add<T>(m[5], weighted<T>(a * a2, difference_a, b * b2, difference_b));
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void output_adjoint(const P* dy, P* dm) {
    dm[0] = dy[0];
    const P even_a = simd::multiply_add<T>(simd::broadcast(T(a2)), dy[2], dy[0]);
    const P odd_a = weighted<T>(a, dy[1], a * a2, dy[3]);
    dm[1] = simd::add<T>(even_a, odd_a);
    dm[2] = simd::subtract<T>(even_a, odd_a);
    const P even_b = simd::multiply_add<T>(simd::broadcast(T(b2)), dy[2], dy[0]);
    const P odd_b = weighted<T>(b, dy[1], b * b2, dy[3]);
    dm[3] = simd::add<T>(even_b, odd_b);
    dm[4] = simd::subtract<T>(even_b, odd_b);
    dm[5] = dy[3];
  }
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static void weights_adjoint(const P* du, P* dg) {
    const P sum_a = simd::add<T>(du[1], du[2]), sum_b = simd::add<T>(du[3], du[4]);
    dg[0] = simd::add<T>(du[0], weighted<T>(1 / at_a, sum_a, 1 / at_b, sum_b));
    dg[1] = weighted<T>(a / at_a, simd::subtract<T>(du[1], du[2]), b / at_b, simd::subtract<T>(du[3], du[4]));
    dg[2] = simd::add<T>(du[5], weighted<T>(a2 / at_a, sum_a, b2 / at_b, sum_b));
  }

private:
  template <class T, class P = simd::Packet<T>>
  EIGEN_ALWAYS_INLINE static P weighted(double wx, const P& x, double wy, const P& y) {
    return simd::multiply_add<T>(simd::broadcast(T(wx)), x, simd::multiply<T>(simd::broadcast(T(wy)), y));
  }
};

/// Applies a one-dimensional map from `in` to `out` numbers to the rows and to the columns of a square:
/// load(row, column) gives its elements, store(row, column, packet) receives the result's.
template <int in, int out, class T, class Map, class Load, class Store>
EIGEN_ALWAYS_INLINE void in_both_directions(const Map& map, const Load& load, const Store& store) {
  using P = simd::Packet<T>;
  P half[std::size_t{out}][std::size_t{in}];
#pragma GCC unroll 8
  for (int column = 0; column < in; ++column) {
    P from[std::size_t{in}], to[std::size_t{out}];
#pragma GCC unroll 8
    for (int row = 0; row < in; ++row) from[row] = load(row, column);
    map(from, to);
#pragma GCC unroll 8
    for (int row = 0; row < out; ++row) half[row][column] = to[row];
  }
#pragma GCC unroll 8
  for (int row = 0; row < out; ++row) {
    P to[std::size_t{out}];
    map(half[row], to);
#pragma GCC unroll 8
    for (int column = 0; column < out; ++column) store(row, column, to[column]);
  }
}

}  // namespace densenf::kernels::winograd

// The inner loops of Winograd's algorithm: weights are transformed, and multiplied with tiles, one row of
// planes after the other, for a few channels and packets of columns. What G makes of their columns is common
// to all rows of planes and is kept in the meantime.
//
// Transformed weights are up to four times as many as weights. Were all planes written before the first is
// used, they would go to the second-level cache and back, which takes longer than the products where an image
// has few tiles. So the first tiles meet them in registers, and one row of planes of them fits into the
// nearest cache for the others.
namespace densenf::kernels::winograd {

/// Packets of columns that weights are transformed for at one time.
inline constexpr int row_vectors = 2;

/// Tiles that are multiplied with weights as soon as these are transformed, where there are registers enough
/// for the sums of half a row of planes.
inline constexpr Index first_tiles = simd::registers >= 32 ? 4 : 0;

/// Tiles of a further product.
inline constexpr Index few_tiles = 4, many_tiles = simd::registers >= 32 ? 8 : 6;

/// Tiles of the next product when `left` are left: as many as leave few without work.
constexpr Index next_tiles(Index left) {
  return left > 2 * few_tiles || (left > few_tiles && left <= many_tiles) ? many_tiles : few_tiles;
}

/// Tiles of all products for `tiles` of them.
constexpr Index whole_tiles(Index tiles) {
  Index all = first_tiles;
  while (all < tiles) all += next_tiles(tiles - all);
  return all;
}
static_assert(whole_tiles(29) <= 32 && whole_tiles(31) <= 32 && whole_tiles(47) <= 48);

namespace detail {
/// Weights of some channels and a few packets of columns, where they lie.
template <class T>
struct Taps {
  const T* at;     ///< tap 0 of the first channel
  Index tap;       ///< from tap to tap
  Index channel;   ///< from channel to channel
  Index channels;  ///< so many
  Index columns;   ///< of the packets
};

/// Weights to prefetch: from two places, and from channel to channel the same distance further on.
template <class T>
struct Prefetch {
  const T* at;
  Index second;  ///< from one place to the other
  Index step;    ///< from channel to channel
};

/// What a row of planes is multiplied with, and what becomes of it.
template <class T>
struct Product {
  const T* v;    ///< v[tile][plane][channel], from the row on
  bool add;      ///< to m, else m is replaced
  T* m;          ///< m[tile][plane][column], from the row on
  Index stride;  ///< from plane to plane of m
};

/// half[row][channel][tap's x][column] = G g, of which each row becomes a row of planes.
template <int side, int vectors, class T>
EIGEN_DONT_INLINE void transform_taps(const Taps<T> weight, T* half) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>, width = row_vectors * lanes;
  constexpr int points = Transform<side>::points;
  constexpr Index near = 6;  // channels that are prefetched ahead into the first-level cache
  const T* from = weight.at;
  for (Index k = 0; k < weight.channels; ++k, from += weight.channel, half += 3 * width) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
#pragma GCC unroll 8
      for (int x = 0; x < 3; ++x) {
        P g[3], to[std::size_t{points}];
#pragma GCC unroll 8
        for (int y = 0; y < 3; ++y) {
          const T* const here = from + (y * 3 + x) * weight.tap + j * lanes;
          simd::prefetch(here + near * weight.channel);
          g[y] = simd::load_up_to(here, weight.columns - j * lanes);
        }
        Transform<side>::template weights<T>(g, to);
#pragma GCC unroll 8
        for (int y = 0; y < points; ++y)
          simd::store(half + y * 3 * weight.channels * width + x * width + j * lanes, to[y]);
      }
    }
  }
}

/// Half of a row of planes of G g G^T, from plane `first` on, multiplied with the first tiles, and put into
/// u[channel][plane][column] for others, unless u is null. Not inlined, so that registers are given out for
/// this loop alone.
template <int side, int first, int vectors, Index depth, class T>
EIGEN_DONT_INLINE void multiply_half(const T* half, Index channels, T* u, const Product<T> product,
                                     Prefetch<T> lines_ahead) {
  using P = simd::Packet<T>;
  constexpr Index lanes = simd::lanes<T>, width = row_vectors * lanes;
  constexpr int points = Transform<side>::points, planes = points * points, tiles = first_tiles,
                count = points / 2;
  P sum[std::size_t{count}][std::size_t{tiles + 1}][std::size_t{vectors}];  // there may be no tile
#pragma GCC unroll 8
  for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::broadcast(T{0});
    }
  }
  for (Index k = 0; k < channels; ++k, half += 3 * width) {
    // Prefetch the next weights; memory is idle during the multiplications.
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) simd::prefetch_second_level(lines_ahead.at + j * lanes);
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j)
      simd::prefetch_second_level(lines_ahead.at + lines_ahead.second + j * lanes);
    lines_ahead.at += lines_ahead.step;
    P to[std::size_t{vectors}][std::size_t{points}];  // half of it is never computed
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      P g[3];
#pragma GCC unroll 8
      for (int x = 0; x < 3; ++x) g[x] = simd::load(half + x * width + j * lanes);
      Transform<side>::template weights<T>(g, to[j]);
    }
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < tiles; ++i) {
        const P a = simd::broadcast(product.v[(i * planes + first + p) * depth + k]);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j)
          sum[p][i][j] = simd::multiply_add<T>(a, to[j][first + p], sum[p][i][j]);
      }
    }
    if (u != nullptr) {
#pragma GCC unroll 8
      for (int p = 0; p < count; ++p) {
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) simd::store(u + (first + p) * width + j * lanes, to[j][first + p]);
      }
      u += points * width;
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
      T* const m = product.m + (i * planes + first + p) * product.stride;
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) {
        const P addend = product.add ? simd::load(m + j * lanes) : simd::broadcast(T{0});
        simd::store(m + j * lanes, simd::add<T>(addend, sum[p][i][j]));
      }
    }
  }
}

/// The product with u[channel][plane][column] of `tiles` tiles. The sum over the channels begins at zero and
/// is then added to what there is: shorter sums lose less. Not inlined, so that registers are given out for
/// this loop alone.
template <int side, Index depth, int tiles, int vectors, class T>
EIGEN_DONT_INLINE void multiply_row(const T* u, Index channels, const Product<T> product) {
  constexpr Index lanes = simd::lanes<T>;
  constexpr int points = Transform<side>::points, planes = points * points;
  // Sums enough for additions that take their time, in two planes at once where tiles are few.
  constexpr int at_once = tiles <= 4 && simd::registers >= 32 ? 2 : 1;
  static_assert(points % at_once == 0);
  for (int plane = 0; plane < points; plane += at_once) {
    simd::Packet<T> sum[std::size_t{at_once}][std::size_t{tiles}][std::size_t{vectors}];
#pragma GCC unroll 8
    for (int p = 0; p < at_once; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::broadcast(T{0});
      }
    }
    const T* vk = product.v + plane * depth;
    const T* uk = u + plane * row_vectors * lanes;
    for (Index k = 0; k < channels; ++k, ++vk, uk += points * row_vectors * lanes) {
#pragma GCC unroll 8
      for (int p = 0; p < at_once; ++p) {
        simd::Packet<T> column[std::size_t{vectors}];
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j)
          column[j] = simd::in_register(simd::load(uk + (p * row_vectors + j) * lanes));
#pragma GCC unroll 8
        for (int i = 0; i < tiles; ++i) {
          const simd::Packet<T> a = simd::broadcast(vk[(i * planes + p) * depth]);
#pragma GCC unroll 8
          for (int j = 0; j < vectors; ++j) sum[p][i][j] = simd::multiply_add<T>(a, column[j], sum[p][i][j]);
        }
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < tiles; ++i) {
#pragma GCC unroll 8
      for (int p = 0; p < at_once; ++p) {
        T* const to = product.m + (i * planes + plane + p) * product.stride;
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) {
          const simd::Packet<T> addend = product.add ? simd::load(to + j * lanes) : simd::broadcast(T{0});
          simd::store(to + j * lanes, simd::add<T>(addend, sum[p][i][j]));
        }
      }
    }
  }
}

/// The same for all tiles from `first` on.
template <int side, Index depth, int vectors, class T>
void multiply_tiles(const T* u, Index channels, Index first, Index tiles, Product<T> product) {
  constexpr Index planes = Transform<side>::points * Transform<side>::points;
  for (Index now = first; first < tiles; first += now) {
    product.v += now * planes * depth;
    product.m += now * planes * product.stride;
    now = next_tiles(tiles - first);
    const auto multiply = now == few_tiles ? multiply_row<side, depth, few_tiles, vectors, T>
                                           : multiply_row<side, depth, many_tiles, vectors, T>;
    multiply(u, channels, product);
  }
}
}  // namespace detail

}  // namespace densenf::kernels::winograd

// When the CPU computes a 3x3 convolution by Winograd's algorithm, and what that saves: known without the
// kernels, for who counts operations.
namespace densenf::kernels::winograd {

/// Tiles of side x side pixels that cover an image.
constexpr Index tiles_of(Index side, Index h, Index w) {
  return ((h + side - 1) / side) * ((w + side - 1) / side);
}

/// The side of the tiles for images of this size, 0 where the direct algorithm is faster. It depends on the
/// image alone, so that an image comes out the same in any batch.
constexpr int tile_side(Index h, Index w) {
  // Products of a channel with a packet of columns, times what everything around them costs; and, as if it
  // were for one image, the transform of the weights.
  const Index direct = 10 * (3 * h - 2) * (3 * w - 2);
  const Index two = 12 * 16 * tiles_of(2, h, w) + 300, four = 14 * 36 * tiles_of(4, h, w) + 600;
  if (direct <= two && direct <= four) return 0;
  return two < four ? 2 : 4;
}
static_assert(tile_side(16, 16) == 4 && tile_side(8, 8) == 4 && tile_side(6, 6) == 2 && tile_side(4, 4) == 0);

/// The products of a convolution that are computed, as a share of those of its definition: a tile takes one
/// in each of its (side + 2)^2 planes, in the place of 9 for each pixel.
constexpr double share_of_products(int kernel, Index h, Index w) {
  const Index side = kernel == 3 ? tile_side(h, w) : 0;
  if (side == 0) return 1;
  return static_cast<double>(tiles_of(side, h, w) * (side + 2) * (side + 2)) / static_cast<double>(9 * h * w);
}
static_assert(share_of_products(3, 8, 8) == 0.25 && share_of_products(3, 4, 4) == 1 &&
              share_of_products(1, 8, 8) == 1);

}  // namespace densenf::kernels::winograd

// What one task of a 3x3 convolution does by Winograd's algorithm F(side x side, 3 x 3). The image is cut
// into tiles of side x side output pixels; a tile's (side + 2)^2 input pixels, the weights and the results
// each become as many "planes", and in every plane the convolution is a product of matrices
// (tiles, channels) x (channels, columns).
//
// A task transforms all that it needs itself, a few channels and a few tiles at a time, so that the planes
// stay in the second-level cache; nothing transformed is kept between passes.
namespace densenf::kernels::winograd {

/// Packets of a panel's columns at the most: each panel transforms the input anew, so that it is wider than a
/// tile where packets are short.
template <class T>
inline constexpr int widest_panel = 256 / sizeof(simd::Packet<T>);

template <int side, class T>
struct Blocking {
  static constexpr int points = Transform<side>::points;
  static constexpr int planes = points * points;
  /// Tiles and channels in work at one time, so that two sets of planes take less than 500 KB in float.
  static constexpr Index tiles = side == 4 ? 32 : 48;
  static constexpr Index channels = side == 4 ? 32 : 64;
  /// Channels in work of so many: equal parts of whole packets.
  static constexpr Index depth(Index count) {
    const Index parts = std::max<Index>(1, (count + channels - 1) / channels);
    return simd::whole_packets<T>((count + parts - 1) / parts);
  }
  /// The same when gradients of weights are summed, whose planes stay while all tiles go by.
  static constexpr Index weight_tiles = 32;
  static constexpr Index weight_channels = side == 4 ? 24 : 48;

  /// Distance of planes of `count` numbers: an odd number of cache lines, so that the same place in all
  /// planes falls into different sets of the cache.
  static constexpr Index plane(Index count) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    return ((count + line - 1) / line | 1) * line;
  }
  static constexpr Index columns(Index c) {
    return std::min(simd::whole_packets<T>(c), widest_panel<T> * simd::lanes<T>);
  }
  /// Numbers of scratch memory that ConvBlock needs, between images of `a` and of `b` channels in either
  /// direction.
  static constexpr Index conv_scratch(Index a, Index b) {
    return planes * tiles * (channels + columns(std::max(a, b))) +
           channels * 4 * points * row_vectors * simd::lanes<T>;
  }
  /// The same of weights_block, whose rows are input channels.
  static constexpr Index weights_scratch(Index in, Index out) {
    const Index rows = simd::whole_packets<T>(std::min(weight_channels, in));
    return planes *
           (plane(weight_tiles * rows) + plane(rows * columns(out)) + plane(weight_tiles * columns(out)));
  }
};

/// The tiles of a batch of images, image by image, row by row.
template <int side>
struct Grid {
  Index n, h, w;
  Index rows = (h + side - 1) / side, columns = (w + side - 1) / side;

  template <class T>
  explicit Grid(const Tensor<T>& x) : n(x.n), h(x.h), w(x.w) {}

  Index count() const { return n * rows * columns; }

  /// Pointers to the pixels of a square whose corner lies at (offset, offset) from that of tile i; `outside`
  /// where there is no pixel.
  template <int size, class T>
  void find(Index i, Index offset, const Tensor<T>& x, T* outside,
            T* (&at)[std::size_t{size}][std::size_t{size}]) const {
    const Index image = i / (rows * columns);
    const Index top = i / columns % rows * side + offset, left = i % columns * side + offset;
    const Index corner = (image * h + top) * w + left;
    for (Index r = 0; r < size; ++r) {
      const bool inside = top + r >= 0 && top + r < h;
      for (Index c = 0; c < size; ++c)
        at[r][c] = inside && left + c >= 0 && left + c < w ? x.pixel(corner + r * w + c) : outside;
    }
  }
};

namespace detail {
/// v[plane][channel] of tile i: B^T d B for `count` channels of x.
template <int side, class T>
void transform_input(const Grid<side>& grid, Index i, const Tensor<const T>& x, Index count, T* v,
                     Index plane) {
  constexpr int points = Transform<side>::points;
  const T* at[std::size_t{points}][std::size_t{points}];
  grid.template find<points>(i, -1, x, tiles::zeros<T>, at);
  for (Index c = 0; c < count; c += simd::lanes<T>) {
    in_both_directions<points, points, T>(
        [](const auto* d, auto* to) { Transform<side>::template input<T>(d, to); },
        [&](int row, int column) { return simd::load_up_to(at[row][column] + c, count - c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          simd::store(v + (row * points + column) * plane + c, p);
        });
  }
}

/// A tile's result, for the panel's columns at the pixels `at` (null: none), from its planes: A^T m A, then
/// bias and activation.
template <int side, class T>
void transform_output(const T* m, Index plane, const kernels::detail::ConvPanel<T>& panel,
                      T* const (&at)[std::size_t{side}][std::size_t{side}]) {
  constexpr int points = Transform<side>::points;
  const simd::Packet<T> limit = simd::lower_limit<T>(panel.activation);
  for (Index c = 0; c < panel.y.c; c += simd::lanes<T>) {
    const Index left = panel.y.c - c;
    const simd::Packet<T> bias =
        panel.bias != nullptr ? simd::load_up_to(panel.bias + c, left) : simd::broadcast(T{0});
    in_both_directions<points, side, T>(
        [](const auto* from, auto* to) { Transform<side>::template output<T>(from, to); },
        [&](int row, int column) { return simd::load(m + (row * points + column) * plane + c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = at[row][column];
          if (to == nullptr) return;
          const simd::Packet<T> addend =
              panel.write == Write::accumulate ? simd::load_up_to(to + c, left) : bias;
          simd::store_up_to(to + c, simd::zero_below<T>(simd::add<T>(p, addend), limit), left);
        });
  }
  if (panel.activation != Activation::elu) return;
  for (const auto& row : at) {
    for (T* const to : row) {
      if (to != nullptr) kernels::detail::elu_in_place(to, panel.y.c);
    }
  }
}

/// dm[plane][column] of tile i: A dy A^T.
template <int side, class T>
void transform_output_gradient(const Grid<side>& grid, Index i, const Tensor<const T>& dy, T* dm,
                               Index plane) {
  constexpr int points = Transform<side>::points;
  const T* at[std::size_t{side}][std::size_t{side}];
  grid.template find<side>(i, 0, dy, tiles::zeros<T>, at);
  for (Index c = 0; c < dy.c; c += simd::lanes<T>) {
    in_both_directions<side, points, T>(
        [](const auto* from, auto* to) { Transform<side>::template output_adjoint<T>(from, to); },
        [&](int row, int column) { return simd::load_up_to(at[row][column] + c, dy.c - c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          simd::store(dm + (row * points + column) * plane + c, p);
        });
  }
}

/// dweight += G^T du G for one input channel and a panel's columns.
template <int side, class T>
void transform_weight_gradient(const T* du, Index plane, Index tap, Index columns, T* dweight) {
  constexpr int points = Transform<side>::points;
  for (Index c = 0; c < columns; c += simd::lanes<T>) {
    in_both_directions<points, 3, T>(
        [](const auto* from, auto* to) { Transform<side>::template weights_adjoint<T>(from, to); },
        [&](int row, int column) { return simd::load(du + (row * points + column) * plane + c); },
        [&](int row, int column, const simd::Packet<T>& p) {
          T* const to = dweight + (row * 3 + column) * tap + c;
          simd::store_up_to(to, simd::add<T>(p, simd::load_up_to(to, columns - c)), columns - c);
        });
  }
}

}  // namespace detail

/// The input channels of a convolution in one group or in two nearly equal ones: a group's sum is transformed
/// back by itself, and then added to that of the other.
struct Groups {
  /// With fewer, the second transform would cost more than two threads gain by it.
  static constexpr Index fewest_channels = 96;
  Index channels;

  Index count() const { return channels < fewest_channels ? 1 : 2; }
  Index first(Index group) const { return channels * group / count(); }
};

/// How a convolution is cut into tasks: into blocks of tiles and panels of columns, and where there would be
/// too few of them, into groups of input channels. The result is the same to the bit for any cut, so this one
/// looks at the number of threads: a cut more than they need costs another transform, of the weights for a
/// block more, of the input for a panel more.
template <int side, class T>
class Cut {
public:
  Cut(const Cpu& cpu, Index tiles, Index columns, Index channels)
      : columns_(columns), tiles_(tiles), channels_(channels) {
    constexpr Index most_tiles = Blocking<side, T>::tiles, fewest_tiles = 8;
    const Index threads = cpu.threads(), groups = Groups{channels}.count();
    const auto narrow_for = [&](Index tasks) {
      while (widest_ > 1 && pieces() < tasks) widest_ /= 2;
    };
    blocks_ = (tiles + most_tiles - 1) / most_tiles;
    if (groups > 1) narrow_for(threads / groups);
    if (groups > 1 && groups * pieces() == threads) {
      groups_ = groups;
      return;
    }
    narrow_for(threads);
    // Tasks in a multiple of the threads, unless there are plenty for each.
    const Index most = (tiles + fewest_tiles - 1) / fewest_tiles;
    while (blocks_ < most && pieces() < 4 * threads && pieces() % threads != 0) ++blocks_;
  }

  tiles::Panels<T> panels() const { return tiles::Panels<T>(columns_, widest_); }
  /// Panels of blocks; as many tasks, or with groups for each group as many.
  Index pieces() const { return blocks_ * panels().count(); }
  Index tasks() const { return groups_ * pieces(); }
  /// Whether groups of channels are tasks: then these are as many as threads.
  bool by_groups() const { return groups_ > 1; }
  Index group(Index task) const { return task / pieces(); }
  /// The input channels of the group that a task begins with.
  Index group_first(Index task) const { return Groups{channels_}.first(group(task)); }
  Index group_last(Index task) const { return Groups{channels_}.first(group(task) + 1); }
  /// Neighboring tasks share a block of tiles where there are more blocks than panels, else a panel.
  Index panel(Index task) const {
    const Index piece = task % pieces();
    return blocks_ > panels().count() ? piece % panels().count() : piece / blocks_;
  }
  Index block(Index task) const {
    const Index piece = task % pieces();
    return blocks_ > panels().count() ? piece / panels().count() : piece % blocks_;
  }
  Index first_tile(Index block) const { return std::min(block * block_size(), tiles_); }

private:
  Index block_size() const { return (tiles_ + blocks_ - 1) / blocks_; }

  Index columns_, tiles_, channels_, blocks_ = 1, groups_ = 1;
  int widest_ = widest_panel<T>;  // packets of a panel's columns
};

/// The convolution of a panel at tiles [first, last), at most Blocking::tiles.
template <int side, class T>
class ConvBlock {
  using Sizes = Blocking<side, T>;

public:
  /// `scratch`: Blocking::conv_scratch numbers.
  ConvBlock(const kernels::detail::ConvPanel<T>& panel, const Grid<side>& grid, Index first, Index last,
            T* scratch)
      : panel_(panel), grid_(grid), first_(first), last_(last), scratch_(scratch) {}

  /// All of it, into the panel's y.
  void compute() const {
    const Groups groups{panel_.x.c};
    for (Index group = 0; group < groups.count(); ++group) compute_group(group, false);
  }

  /// The part of one group: into the panel's y, or, if the groups are to be `apart`, that of the second into
  /// scratch memory, from where add_part takes it when both are done.
  void compute_group(Index group, bool apart) const {
    const Groups groups{panel_.x.c};
    const Index to = groups.first(group + 1);
    add_up(groups.first(group), to, apart ? to : panel_.x.c);
    kernels::detail::ConvPanel<T> part = panel_;
    if (group > 0) {
      part.bias = nullptr;
      part.write = apart ? Write::assign : Write::accumulate;
    }
    if (group + 1 < groups.count() || apart) part.activation = Activation::none;
    const T* m = planes_of_result();
    for (Index i = first_; i < last_; ++i, m += Sizes::planes * stride()) {
      T* at[std::size_t{side}][std::size_t{side}];
      if (apart && group > 0) {
        for (int k = 0; k < side * side; ++k) at[k / side][k % side] = part_apart(i) + k * stride();
      } else {
        grid_.template find<side>(i, 0, panel_.y, static_cast<T*>(nullptr), at);
      }
      detail::transform_output<side>(m, stride(), part, at);
    }
  }

  /// Adds tile i of the part that lies apart to the panel's y.
  void add_part(Index i) const {
    T* at[std::size_t{side}][std::size_t{side}];
    grid_.template find<side>(i, 0, panel_.y, static_cast<T*>(nullptr), at);
    const simd::Packet<T> limit = simd::lower_limit<T>(panel_.activation);
    for (int k = 0; k < side * side; ++k) {
      T* const to = at[k / side][k % side];
      const T* const from = part_apart(i) + k * stride();
      if (to == nullptr) continue;
      for (Index c = 0; c < panel_.y.c; c += simd::lanes<T>) {
        const Index left = panel_.y.c - c;
        const simd::Packet<T> sum = simd::add<T>(simd::load(from + c), simd::load_up_to(to + c, left));
        simd::store_up_to(to + c, simd::zero_below<T>(sum, limit), left);
      }
      if (panel_.activation == Activation::elu) kernels::detail::elu_in_place(to, panel_.y.c);
    }
  }

private:
  Index stride() const { return panel_.vectors * simd::lanes<T>; }
  T* planes_of_result() const { return scratch_ + Sizes::planes * Sizes::tiles * Sizes::channels; }
  /// Tile i of the second group's part, in the place of the planes of the input, which are not needed any
  /// more.
  T* part_apart(Index i) const {
    static_assert(side * side * widest_panel<T> * simd::lanes<T> <= Sizes::planes * Sizes::channels);
    return scratch_ + (i - first_) * side * side * stride();
  }

  /// The planes of the result for input channels [from, to). The next channels below `end` come next.
  void add_up(Index from, Index to, Index end) const {
    constexpr int points = Sizes::points;
    constexpr Index planes = Sizes::planes, most = Sizes::channels, width = row_vectors * simd::lanes<T>;
    const Index tiles = last_ - first_;
    const Index depth = Sizes::depth(to - from);
    T* const v = scratch_;
    T* const m = planes_of_result();
    T* const u = m + planes * Sizes::tiles * stride();
    T* const half = u + most * points * width;
    // Products take whole numbers of tiles.
    std::fill(v + tiles * planes * most, v + whole_tiles(tiles) * planes * most, T{0});

    for (Index c = from; c == from || c < to; c += depth) {
      const Index count = std::min(depth, to - c);
      const Index next = c + count < end ? count * panel_.weight_stride : 0;
      for (Index i = 0; i < tiles; ++i)
        detail::transform_input(grid_, first_ + i, panel_.x.channels(c, count), count, v + i * planes * most,
                                most);
      for (Index column = 0; column < stride(); column += width) {
        const int vectors = static_cast<int>(std::min(width, stride() - column) / simd::lanes<T>);
        const detail::Taps<T> weight{.at = panel_.weight + c * panel_.weight_stride + column,
                                     .tap = panel_.x.c * panel_.weight_stride,
                                     .channel = panel_.weight_stride,
                                     .channels = count,
                                     .columns = panel_.y.c - column};
        // What to prefetch meanwhile: taps of the channels that come next.
        constexpr Index steps = 2 * points;
        const auto lines_ahead = [&](Index step) -> detail::Prefetch<T> {
          if (next > 0) {
            const Index tap = step < 9 ? step : 0,
                        second = step + steps < 9 ? steps * weight.tap : simd::lanes<T> - 1;
            return {weight.at + next + tap * weight.tap, second, weight.channel};
          }
          return {weight.at, 0, 0};
        };
        const auto multiply = [&]<int now>(std::integral_constant<int, now>) {
          detail::transform_taps<side, now>(weight, half);
          for (Index r = 0; r < points; ++r) {
            const detail::Product<T> product{v + r * points * most, c > from,
                                             m + r * points * stride() + column, stride()};
            const T* const row = half + r * 3 * count * width;
            T* const further = tiles > first_tiles ? u : nullptr;
            detail::multiply_half<side, 0, now, most>(row, count, further, product, lines_ahead(2 * r));
            detail::multiply_half<side, points / 2, now, most>(row, count, further, product,
                                                               lines_ahead(2 * r + 1));
            detail::multiply_tiles<side, most, now, T>(u, count, first_tiles, tiles, product);
          }
        };
        if (vectors == 1)
          multiply(std::integral_constant<int, 1>{});
        else
          multiply(std::integral_constant<int, row_vectors>{});
      }
      if (to == from) break;
    }
  }

  const kernels::detail::ConvPanel<T>& panel_;
  const Grid<side>& grid_;
  Index first_, last_;
  T* scratch_;
};

/// dweight += for a few input channels x, at most Blocking::weight_channels, and one panel of output
/// channels dy, over all tiles. Rows of dweight are `weight_stride` apart, taps `tap`.
template <int side, class T>
void weights_block(const Tensor<const T>& x, const Tensor<const T>& dy, int vectors, Index weight_stride,
                   Index tap, T* dweight, T* scratch) {
  using Sizes = Blocking<side, T>;
  const Grid<side> grid(x);
  const Index stride = vectors * simd::lanes<T>, rows = x.c;
  const Index depth = simd::whole_packets<T>(rows);
  const Index v_plane = Sizes::plane(Sizes::weight_tiles * depth),
              m_plane = Sizes::plane(Sizes::weight_tiles * stride), u_plane = Sizes::plane(rows * stride);
  T* const v = scratch;
  T* const dm = v + Sizes::planes * v_plane;
  T* const du = dm + Sizes::planes * m_plane;

  for (Index first = 0; first < grid.count(); first += Sizes::weight_tiles) {
    const Index tiles = std::min(Sizes::weight_tiles, grid.count() - first);
    for (Index i = 0; i < tiles; ++i) {
      detail::transform_input(grid, first + i, x, rows, v + i * depth, v_plane);
      detail::transform_output_gradient(grid, first + i, dy, dm + i * stride, m_plane);
    }
    for (Index p = 0; p < Sizes::planes; ++p) {
      multiply_transposed<T>({v + p * v_plane, depth}, {dm + p * m_plane, stride}, rows, tiles, stride,
                             first == 0 ? Into::replace : Into::add, {du + p * u_plane, stride});
    }
  }
  for (Index c = 0; c < rows; ++c)
    detail::transform_weight_gradient<side>(du + c * stride, u_plane, tap, dy.c, dweight + c * weight_stride);
}

}  // namespace densenf::kernels::winograd

// Convolutions of one or three by three pixels, stride 1, zero padding, channels last.
//
// Weights are [kernel * kernel][in][out], tap = ky * kernel + kx, a cross-correlation: output pixel (y, x)
// meets input pixel (y + ky - 1, x + kx - 1). No kernel allocates. Each result is the sum of its terms in
// an order that depends on channels and kernel only: the same to the bit for any number of threads, and
// for an output pixel, for any batch around its image.
namespace densenf::kernels {

namespace detail {

/// Returns f<side>() with the side of Winograd's tiles for this convolution, 0 for the direct algorithm.
template <class T, class F>
auto with_algorithm(const Tensor<T>& x, int kernel, const F& f) {
  switch (kernel == 3 ? winograd::tile_side(x.h, x.w) : 0) {
    case 4:
      return f.template operator()<4>();
    case 2:
      return f.template operator()<2>();
    default:
      return f.template operator()<0>();
  }
}

/// How a convolution of x into `columns` columns is cut into tasks.
template <int side, class T, class X>
auto cut_for(const Cpu& cpu, const Tensor<X>& x, Index columns, int kernel, bool ordered = false) {
  if constexpr (side == 0) {
    return PixelBlocks<T>(cpu, x.pixels(), columns, x.c * kernel * kernel, ordered);
  } else {
    return winograd::Cut<side, T>(cpu, winograd::Grid<side>(x).count(), columns, x.c);
  }
}

/// Runs a convolution task by task. `panel(i)` gives its panels.
template <class T, class Panel>
void conv_panels(const Cpu& cpu, const PixelBlocks<T>& cut, const Panel& panel, T*) {
  cpu.parallel_for_workers(cut.tasks(), [&](Index task, int worker) {
    ConvPanel<T> here = panel(cut.panel(task));
    // The next panel at the same pixels. (With few pixels, tasks are neighbors in a panel.)
    const Index after = task + cut.blocks();
    if (here.prefetch_early && cut.by_panels() && after < cpu.first_of_share(worker + 1, cut.tasks())) {
      const ConvPanel<T> p = panel(cut.panel(after));
      here.next = weights_of(Depths(p.kernel, p.x.c)[0], p.weight, p.x.c, p.weight_stride, p.y.c);
    }
    conv_block(here, cut, cut.block(task));
  });
}

template <int side, class T, class Panel>
void conv_panels(const Cpu& cpu, const winograd::Cut<side, T>& cut, const Panel& panel, T* scratch) {
  const ConvPanel<T> any = panel(0);
  const winograd::Grid<side> grid(any.x);
  const Index per_slot = winograd::Blocking<side, T>::conv_scratch(any.x.c, any.y.c);
  const auto on_block = [&](const ConvPanel<T>& here, Index block, Index slot, const auto& f) {
    f(winograd::ConvBlock<side, T>{here, grid, cut.first_tile(block), cut.first_tile(block + 1),
                                   scratch + slot * per_slot});
  };
  // A group's task has a place of its own, which outlives it. Where the layer before was cut by columns, a
  // thread mostly meets the channels that it has computed itself.
  cpu.parallel_for_workers(cut.tasks(), [&](Index task, int worker) {
    on_block(panel(cut.panel(task)), cut.block(task), cut.by_groups() ? task : worker,
             [&](const auto& b) { cut.by_groups() ? b.compute_group(cut.group(task), true) : b.compute(); });
  });
  if (!cut.by_groups()) return;
  const Index grain = (grid.count() + cpu.threads() - 1) / cpu.threads();
  cpu.parallel_ranges(grid.count(), grain, [&](Index first, Index last) {
    for (Index piece = 0; piece < cut.pieces(); ++piece) {
      const Index block = cut.block(piece);
      const ConvPanel<T> here = panel(cut.panel(piece));
      on_block(here, block, cut.pieces() + piece, [&](const auto& b) {
        for (Index tile = std::max(first, cut.first_tile(block));
             tile < std::min(last, cut.first_tile(block + 1)); ++tile)
          b.add_part(tile);
      });
    }
  });
}

/// How the gradient of weights is cut into tasks: by taps (direct algorithm only), panels of columns and
/// blocks of rows.
class WeightTasks {
public:
  WeightTasks(int side, int kernel, Index rows, Index panels)
      : taps_(side == 0 ? kernel * kernel : 1), panels_(panels), rows_(rows) {
    block_ = side == 0 ? 24 : side == 2 ? 48 : 24;
    // Whole tiles of rows.
    constexpr Index rows_at_once = tiles::max_rows;
    while (block_ > rows_at_once && count() < 16)
      block_ = (block_ / 2 + rows_at_once - 1) / rows_at_once * rows_at_once;
  }
  Index count() const { return taps_ * panels_ * blocks(); }
  Index first_row(Index task) const { return task % blocks() * block_; }
  Index last_row(Index task) const { return std::min(first_row(task) + block_, rows_); }
  /// From both ends in turn: where later panels have more work, each half of the tasks has half of it.
  Index panel(Index task) const {
    const Index turn = task / blocks() % panels_;
    return turn % 2 == 0 ? turn / 2 : panels_ - 1 - turn / 2;
  }
  int tap(Index task) const { return static_cast<int>(task / blocks() / panels_); }

private:
  Index blocks() const { return (rows_ + block_ - 1) / block_; }
  Index taps_, panels_, rows_, block_;
};

/// Numbers that a convolution of x to `out` channels works in: for each thread, or for each task where groups
/// of channels are tasks.
template <class T, class X>
Index panels_numbers(const Cpu& cpu, const Tensor<X>& x, int kernel, Index out) {
  return with_algorithm(x, kernel, [&]<int side>() -> Index {
    if constexpr (side == 0)
      return 0;
    else
      return cpu.threads() * winograd::Blocking<side, T>::conv_scratch(x.c, out);
  });
}

/// Parts of the pixels which have gradients of the weights of their own, that are added up in the end: a core
/// then meets the pixels that it has just computed itself. Where the weights are few; by sizes alone, so that
/// the order of additions is the same for any number of threads. The first part's is dweight itself.
template <class T>
Index weight_sums(const Tensor<T>& x, int kernel, Index out) {
  constexpr Index most_weights = 16384, pixels = 128, most = 2;
  if (kernel != 1 || x.c * out > most_weights) return 1;
  return std::clamp<Index>(x.pixels() / pixels, 1, most);
}

/// The same for the gradient of its weights.
template <class T>
Index weights_numbers(const Cpu& cpu, const Tensor<const T>& x, int kernel, Index out) {
  return with_algorithm(x, kernel, [&]<int side>() -> Index {
    if constexpr (side == 0)
      return (weight_sums(x, kernel, out) - 1) * (x.c + 1) * out;
    else
      return cpu.threads() * winograd::Blocking<side, T>::weights_scratch(x.c, out);
  });
}

}  // namespace detail

template <class T>
Index conv_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> x, const T*, const T*, int kernel,
                                 Activation, Tensor<T> y) {
  return Scratch::bytes_for<T>(detail::panels_numbers<T>(cpu, x, kernel, y.c));
}

/// y = activation(conv(x, weight) + bias). `bias` may be null. x and y may be different channels of one
/// buffer. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, Scratch scratch, Connections connections = {}) {
  detail::check_conv(x, y, kernel);
  if (y.size() == 0) return;
  T* const room = scratch.take<T>(detail::panels_numbers<T>(cpu, x, kernel, y.c));
  detail::with_algorithm(x, kernel, [&]<int side>() {
    const auto cut = detail::cut_for<side, T>(cpu, x, y.c, kernel, connections.ordered);
    const tiles::Panels<T> panels = cut.panels();
    const bool few = y.pixels() <= detail::few_pixels && !connections.ordered;
    const auto panel = [&](Index i) {
      const Index column = panels.first(i), width = panels.width(i);
      return detail::ConvPanel<T>{.x = x.channels(0, connections.inputs(column + width - 1, x.c)),
                                  .y = y.channels(column, width),
                                  .vectors = panels.vectors(i),
                                  .last = panels.last(i),
                                  .kernel = kernel,
                                  .weight = weight + column,
                                  .weight_stride = y.c,
                                  .bias = bias != nullptr ? bias + column : nullptr,
                                  .activation = activation,
                                  .write = Write::assign,
                                  .prefetch_early = few};
    };
    detail::conv_panels(cpu, cut, panel, room);
  });
}

template <class T>
Index conv_backward_data_scratch_bytes(const Cpu& cpu, Tensor<const T> dy, const T*, int kernel,
                                       Tensor<T> dx) {
  return Scratch::bytes_for<T>(detail::transposed_size<T>(kernel, dx.c, dy.c)) +
         Scratch::bytes_for<T>(detail::panels_numbers<T>(cpu, dy, kernel, dx.c));
}

/// dx = or += the gradient of conv's input, given dy, that of its output. Throws ArgumentError or ShapeError
/// when kernel or extents do not fit.
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write, Scratch scratch, Connections connections = {}) {
  detail::check_conv(dx, dy, kernel);
  if (dx.size() == 0) return;
  T* const transposed = scratch.take<T>(detail::transposed_size<T>(kernel, dx.c, dy.c));
  T* const room = scratch.take<T>(detail::panels_numbers<T>(cpu, dy, kernel, dx.c));
  detail::with_algorithm(dx, kernel, [&]<int side>() {
    const auto cut = detail::cut_for<side, T>(cpu, dy, dx.c, kernel, connections.ordered);
    const tiles::Panels<T> panels = cut.panels();
    detail::transpose_weights(cpu, weight, kernel, panels, dy.c, transposed);
    const Index rows = dy.c * kernel * kernel;
    const auto panel = [&](Index i) {
      const Index column = panels.first(i), first = connections.first_output(column);
      const Index stride = panels.vectors(i) * simd::lanes<T>;
      return detail::ConvPanel<T>{.x = dy.channels(first, dy.c - first),
                                  .y = dx.channels(column, panels.width(i)),
                                  .vectors = panels.vectors(i),
                                  .last = panels.last(i),
                                  .kernel = kernel,
                                  .weight = transposed + column * rows + first * stride,
                                  .weight_stride = stride,
                                  .bias = nullptr,
                                  .activation = Activation::none,
                                  .write = write};
    };
    detail::conv_panels(cpu, cut, panel, room);
  });
}

namespace detail {
/// Images whose gradients of weights are summed at one time: each task reads all of their pixels, which
/// should not come from memory every time.
template <class T>
Index images_of_a_sum(const Tensor<T>& x) {
  constexpr Index pixels = 4096;
  return std::max<Index>(1, pixels / std::max<Index>(1, x.h * x.w));
}

/// One of these parts, and where its gradients go.
template <class T>
struct WeightSum {
  bool apart;  ///< has memory of its own, which holds nothing yet
  Tensor<const T> x, dy;
  T *dweight, *dbias;
};

template <class T>
WeightSum<T> weight_sum(const Tensor<const T>& x, const Tensor<const T>& dy, Index part, Index parts,
                        T* dweight, T* dbias, T* scratch) {
  if (parts == 1) return {false, x, dy, dweight, dbias};
  const Index first = x.pixels() * part / parts, count = x.pixels() * (part + 1) / parts - first;
  const auto of = [&](const Tensor<const T>& t) {
    return Tensor<const T>{t.pixel(first), 1, count, 1, t.c, t.stride};
  };
  if (part == 0) return {false, of(x), of(dy), dweight, dbias};
  T* const own = scratch + (part - 1) * (x.c + 1) * dy.c;
  return {true, of(x), of(dy), own, own + x.c * dy.c};
}

/// dweight += and dbias, which may be null, += the sums of the other parts.
template <class T>
void add_sums(const Cpu& cpu, Index parts, Index weights, Index out, const T* sums, T* dweight, T* dbias) {
  const auto add = [&](const T* from, Index count, T* to) {
    cpu.parallel_ranges(count, task_size / parts, [&](Index first, Index last) {
      for (Index part = 0; part + 1 < parts; ++part) {
        const T* const sum = from + part * (weights + out);
        for (Index i = first; i < last; ++i) to[i] += sum[i];
      }
    });
  };
  add(sums, weights, dweight);
  if (dbias != nullptr) add(sums + weights, out, dbias);
}

template <class T>
void add_weight_gradients(const Cpu& cpu, const Tensor<const T>& x, const Tensor<const T>& dy, int kernel,
                          T* dweight, T* dbias, T* scratch, const Connections& connections) {
  with_algorithm(x, kernel, [&]<int side>() {
    const tiles::Panels<T> panels(
        dy.c, side == 0 ? widest_panel<T>(dy.c, connections.ordered) : winograd::widest_panel<T>);
    const Index bias_tasks = dbias != nullptr ? panels.count() : 0;
    const WeightTasks tasks(side, kernel, x.c, panels.count());
    const Index sums = weight_sums(x, kernel, dy.c), each = bias_tasks + tasks.count();
    cpu.parallel_for_workers(sums * each, [&](Index task, int worker) {
      const WeightSum<T> sum = weight_sum(x, dy, task / each, sums, dweight, dbias, scratch);
      task %= each;
      if (task < bias_tasks) {
        if (sum.apart) std::fill_n(sum.dbias + panels.first(task), panels.width(task), T{0});
        bias_block<T>(sum.dy, panels, task, sum.dbias);
        return;
      }
      task -= bias_tasks;
      const Index first = tasks.first_row(task), last = tasks.last_row(task), panel = tasks.panel(task);
      const Index column = panels.first(panel), width = panels.width(panel);
      if constexpr (side == 0) {
        const Index inputs = connections.inputs(column + width - 1, x.c);
        for (Index row = first; sum.apart && row < last; ++row)
          std::fill_n(sum.dweight + row * dy.c + column, width, T{0});
        weights_block<T>(sum.x, sum.dy, kernel, tasks.tap(task), first, std::min(last, inputs), panels, panel,
                         sum.dweight);
      } else {
        const Index per_worker = winograd::Blocking<side, T>::weights_scratch(x.c, dy.c);
        winograd::weights_block<side, T>(x.channels(first, last - first), dy.channels(column, width),
                                         panels.vectors(panel), dy.c, x.c * dy.c,
                                         dweight + first * dy.c + column, scratch + worker * per_worker);
      }
    });
    if (sums > 1) add_sums(cpu, sums, x.c * dy.c, dy.c, scratch, dweight, dbias);
  });
}
}  // namespace detail

template <class T>
Index conv_backward_weights_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel,
                                          T*, T*) {
  return Scratch::bytes_for<T>(detail::weights_numbers<T>(cpu, x, kernel, dy.c));
}

/// dweight += and dbias += the gradients of conv's weights and bias, given its input x and dy, the gradient
/// of its output. `dbias` may be null. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, Scratch scratch, Connections connections = {}) {
  detail::check_conv(x, dy, kernel);
  if (dy.size() == 0) return;
  T* const room = scratch.take<T>(detail::weights_numbers<T>(cpu, x, kernel, dy.c));
  const Index at_once = detail::images_of_a_sum(x);
  for (Index first = 0; first < x.n; first += at_once) {
    const Index images = std::min(at_once, x.n - first);
    detail::add_weight_gradients<T>(cpu, x.images(first, images), dy.images(first, images), kernel, dweight,
                                    dbias, room, connections);
  }
}

/// dy = 0 where relu's output y is not positive. Throws ShapeError when the shapes differ.
template <class T>
void relu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy) {
  detail::check_relu(y, dy);
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, y.c));
  cpu.parallel_ranges(y.pixels(), grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) {
      const T* from = y.pixel(p);
      T* to = dy.pixel(p);
      Index c = 0;
      for (; c + simd::lanes<T> <= y.c; c += simd::lanes<T>) {
        simd::store(to + c, simd::keep_where_positive<T>(simd::load(to + c), simd::load(from + c)));
      }
      for (; c < y.c; ++c) to[c] = from[c] > T{0} ? to[c] : T{0};
    }
  });
}

template <class T>
Index conv_backward_parameters_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<T> dy, int kernel,
                                             T* dweight, T* dbias) {
  return conv_backward_weights_scratch_bytes(cpu, x, as_const(dy), kernel, dweight, dbias);
}

/// The adjoint of conv_forward but for x: that of its activation, from its output y, so that dy becomes the
/// gradient of the sum; then conv_backward_weights.
template <class T>
void conv_backward_parameters(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Activation activation,
                              Tensor<T> dy, int kernel, T* dweight, T* dbias, Scratch scratch,
                              Connections connections = {}) {
  if (activation == Activation::relu) relu_backward(cpu, y, dy);
  if (activation == Activation::elu) elu_backward(cpu, y, as_const(dy), dy, Write::assign);
  conv_backward_weights(cpu, x, as_const(dy), kernel, dweight, dbias, scratch, connections);
}

}  // namespace densenf::kernels

// The affine map of DenseFlow's couplings and of the cross-unit noise: z = t + exp(l) * x with l = 2 tanh(s /
// 2).
namespace densenf::kernels {

/// log_prob[n] += sum of l. raw has 2 x.c channels.
template <class T>
void affine_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, Tensor<T> z,
                    double* log_prob) {
  affine_forward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, z, log_prob);
}

/// x = (z - t) * exp(-l)
template <class T>
void affine_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> raw, AffineLayout at, Tensor<T> x) {
  affine_inverse(cpu, AffineMap<Tanh2>{}, Everywhere{}, z, raw, at, x);
}

/// dx = or +=, draw = or += adjoint of affine_forward. dx.data may be null when x is data.
template <class T>
void affine_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                     Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                     Tensor<T> draw, Write write_draw) {
  affine_backward(cpu, AffineMap<Tanh2>{}, Everywhere{}, x, raw, at, dz, dlog_prob, dx, write_dx, draw,
                  write_draw);
}

/// y = a tanh(x) with one number a for all: Real NVP's log-scales.
template <class T>
void log_scale_forward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [factor = *a](auto from, auto to) { to = tanh(from) * factor; }, x, y);
}

template <class T>
Index log_scale_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(x.c);
}

/// dx = or +=, da += adjoint of log_scale_forward.
template <class T>
void log_scale_backward(const Cpu& cpu, Tensor<const T> x, const T* a, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* da, Scratch scratch) {
  T* const of_channel = scratch.take<T>(x.c);
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return tanh(channels(x, p)) * channels(dy, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) of_channel[first + i] = static_cast<T>(sums[i]);
      });
  for (Index c = 0; c < x.c; ++c) *da += of_channel[c];
  for_each_number(
      cpu, cost_of_exp,
      [write, factor = *a](auto from, auto d, auto to) {
        const auto u = tanh(from);
        detail::put(write, to, (T(1) - u * u) * factor * d);
      },
      x, dy, dx);
}

}  // namespace densenf::kernels

#include <cstring>

// Copies, sums and scalar maps of batches. x and y have the same extents unless said otherwise.
namespace densenf::kernels {

template <class T>
void fill_zero(const Cpu& cpu, Tensor<T> x) {
  for_each_number(
      cpu, 1, [](auto number) { number = T(0); }, x);
}

/// Sets all bits of some memory, which makes any floating-point number in it a NaN.
inline void set_all_bits(const Cpu&, void* memory, std::size_t bytes) { std::memset(memory, 0xff, bytes); }

/// values[i] = value for i in [0, n)
inline void set_each(const Cpu&, double value, Index n, double* values) { std::fill_n(values, n, value); }

/// result = factor * (the sum of n numbers)
inline void scaled_sum(const Cpu&, double factor, const double* values, Index n, double* result) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += factor * values[i];
  *result = total;
}

/// Brings n numbers of the device to the host.
inline void fetch(const Cpu&, const double* values, Index n, double* host) { std::copy_n(values, n, host); }

/// y = or += x
template <class T>
void copy(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_number(
      cpu, 1, [write](auto from, auto to) { detail::put(write, to, from); }, x, y);
}

/// y += factor * x
template <class T>
void accumulate_scaled(const Cpu& cpu, Tensor<const T> x, T factor, Tensor<T> y) {
  for_each_number(
      cpu, 1, [=](auto from, auto to) { to += factor * from; }, x, y);
}

/// y(p, c) = 1 where x(p, 0) is c, else 0; where x(p, 0) is below 0 they all are 1 / C.
template <class T>
void fill_one_hot(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const T other = x(p, 0) < T(0) ? T(1) / static_cast<T>(y.c) : T(0);
    for (Index c = 0; c < y.c; ++c) y(p, c) = x(p, 0) == static_cast<T>(c) ? T(1) : other;
  });
}

template <class T>
Index all_finite_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// Whether every number is finite.
template <class T>
bool all_finite(const Cpu& cpu, Tensor<const T> x, Scratch) {
  std::atomic<bool> finite{true};
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    if (!row(x, p).allFinite()) finite.store(false, std::memory_order_relaxed);
  });
  return finite.load();
}

/// z = x + y
template <class T>
void add(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z) {
  for_each_number(
      cpu, 1, [](auto a, auto b, auto sum) { sum = a + b; }, x, y, z);
}

/// y = scale * x + shift
template <class T>
void scale_shift(const Cpu& cpu, Tensor<const T> x, T scale, T shift, Tensor<T> y) {
  for_each_number(
      cpu, 1, [=](auto from, auto to) { to = from * scale + shift; }, x, y);
}

/// Gated unit: abc holds three groups of y.c channels; y = a + b * sigmoid(c).
template <class T>
void gate_forward(const Cpu& cpu, Tensor<const T> abc, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto a, auto b, auto c, auto to) { to = a + b * logistic(c); },
      abc.channels(0, y.c), abc.channels(y.c, y.c), abc.channels(2 * y.c, y.c), y);
}

/// dabc = or += adjoint of gate_forward
template <class T>
void gate_backward(const Cpu& cpu, Tensor<const T> abc, Tensor<const T> dy, Tensor<T> dabc, Write write) {
  const Index m = dy.c;
  for_each_number(
      cpu, cost_of_exp,
      [write](auto d, auto b, auto c, auto da, auto db, auto dc) {
        const auto s = logistic(c), ds = d * s;
        detail::put(write, da, d);
        detail::put(write, db, ds);
        detail::put(write, dc, ds * b * (T(1) - s));
      },
      dy, abc.channels(m, m), abc.channels(2 * m, m), dabc.channels(0, m), dabc.channels(m, m),
      dabc.channels(2 * m, m));
}

/// y = sigmoid(x), in (0, 1), and log_prob[n] += sum of log dy/dx. Images of equal extents.
template <class T>
void sigmoid_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto s = sigmoid_of(x(p, i));
        y(p, i) = s.value;
        total += static_cast<double>(s.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// dx += adjoint of sigmoid_forward; dlog_prob[n] is the gradient of the loss by log_prob[n].
template <class T>
void sigmoid_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, const double* dlog_prob,
                      Tensor<T> dx) {
  const Index per_image = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for_each_packet(
        y.c, [g](auto s, auto d, auto to) { to += d * s * (T(1) - s) + g * (T(1) - T(2) * s); }, y.pixel(p),
        dy.pixel(p), dx.pixel(p));
  });
}

/// x = the inverse of sigmoid_forward; infinite where y does not tell what x was.
template <class T>
void sigmoid_inverse(const Cpu& cpu, Tensor<const T> y, Tensor<T> x) {
  for_each_pixel(cpu, y.pixels(), cost_of_exp * y.c, [&](Index p) {
    for (Index i = 0; i < y.c; ++i) x(p, i) = inverse_sigmoid_of(y(p, i));
  });
}

/// y = log(x / (1 - x)) for x in (0, 1), and log_prob[n] += sum of log dy/dx; minus infinity where a number
/// of image n is not in (0, 1), with a finite y.
template <class T>
void logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto logit = logit_of(x(p, i));
        y(p, i) = logit.value;
        total += static_cast<double>(logit.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// dx += adjoint of logit_forward; nothing outside of (0, 1)
template <class T>
void logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, const double* dlog_prob,
                    Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index i = 0; i < x.c; ++i) dx(p, i) += logit_adjoint_of(x(p, i), dy(p, i), g);
  });
}

/// y = (x + u) / levels, in (0, 1) for gray levels x in 0 ... levels - 1 and u in (0, 1)
template <class T>
void dequantize(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> y) {
  const T scale = T(1) / levels;
  for_each_number(
      cpu, 1,
      [scale](auto gray, auto noise, auto to) {
        to = min(max((gray + noise) * scale, UnitInterval<T>::lowest), UnitInterval<T>::highest);
      },
      x, u, y);
}

/// z = logit(y) of the y of dequantize before it is rounded, and log_prob[n] += sum of log dz/dy.
template <class T>
void dequantized_logit_forward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels, Tensor<T> z,
                               double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      for (Index i = 0; i < x.c; ++i) {
        const auto logit = Dequantized<T>(x(p, i), u(p, i), levels).logit();
        z(p, i) = logit.value;
        total += static_cast<double>(logit.log_derivative);
      }
    }
    log_prob[n] += total;
  });
}

/// du += adjoint of dequantized_logit_forward
template <class T>
void dequantized_logit_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> u, T levels,
                                Tensor<const T> dz, const double* dlog_prob, Tensor<T> du) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index i = 0; i < x.c; ++i)
      du(p, i) += Dequantized<T>(x(p, i), u(p, i), levels).logit_adjoint(dz(p, i), g) / levels;
  });
}

}  // namespace densenf::kernels

// The Gaussian error linear unit by vector instructions: as it is defined (maps::Gelu), and in its
// approximation by tanh (maps::GeluTanh).
namespace densenf::kernels {

namespace detail {
/// exp(-2 u), bounded so that its products with its own reciprocal are numbers. Far below 0 the unit is 0.
template <class T>
simd::Pack<T> gelu_exponential(const simd::Pack<T>& x) {
  constexpr auto factor = static_cast<T>(-maps::GeluTanh::twice_root),
                 cubic = static_cast<T>(maps::GeluTanh::cubic);
  return exp(min(factor * x * (T(1) + cubic * x * x), T(80)));
}
}  // namespace detail

/// y = gelu(x) by tanh
template <class T>
void gelu_tanh_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto from, auto to) { to = from / (T(1) + detail::gelu_exponential<T>(from)); }, x,
      y);
}

/// dx = or += adjoint of gelu_tanh_forward
template <class T>
void gelu_tanh_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp,
      [write](auto from, auto d, auto to) {
        constexpr auto root = static_cast<T>(maps::GeluTanh::twice_root),
                       cubic = static_cast<T>(3 * maps::GeluTanh::cubic);
        const auto e = detail::gelu_exponential<T>(from), part = T(1) / (T(1) + e);
        const auto slope = part * (T(1) + from * (e * part) * (root * (T(1) + cubic * from * from)));
        detail::put(write, to, d * slope);
      },
      x, dy, dx);
}

namespace detail {
/// exp(-a^2 / 2), and P(N(0, 1) < -a) for a >= 0: the former times r(a) / (1 + a), where r is smooth up to
/// infinity. Its Chebyshev series in (a - 5) / (a + 5) is that which Shepherd and Laframboise (Mathematics of
/// Computation 36, 1981) have for the complementary error function, computed anew for these constants: all of
/// it is good to 1e-16, its first 12 terms to 1e-8, of the probability itself.
template <class T>
struct NormalTail {
  simd::Pack<T> exponential, probability;

  explicit NormalTail(const simd::Pack<T>& a) {
    constexpr std::array<double, 24> series{
        0.461974212072185681,    -0.0651652023949126306,  -0.00545878150113656722,  0.0122961990455634396,
        -0.00647087291570368799, 0.00224073552241683054,  -0.000563862377465197372, 0.0000998403108292581157,
        -9.84951484316849337e-6, -4.03249423304521713e-7, 2.99023962013034016e-7,   -3.03207074844281387e-8,
        -4.61766571392902726e-9, 1.32982880083826921e-9,  3.00724271901904484e-11,  -4.42995372553281566e-11,
        1.39998571470181507e-12, 1.47189570289125704e-12, -9.32595311916537195e-14, -5.29468116906769519e-14,
        3.95818841441451708e-15, 2.10482146429631938e-15, -1.34567128613614392e-16, -9.09761491449583243e-17};
    constexpr std::size_t terms = sizeof(T) == sizeof(double) ? series.size() : 12;
    const simd::Pack<T> t = (a - T(5)) / (a + T(5)), twice = t + t;
    simd::Pack<T> sum(T(0)), before(T(0));  // Clenshaw's
    for (std::size_t i = terms; i-- > 1;) {
      const simd::Pack<T> next = twice * sum - before + static_cast<T>(series[i]);
      before = sum;
      sum = next;
    }
    exponential = exp(T(-0.5) * a * a);
    probability = exponential * (t * sum - before + static_cast<T>(series[0])) / (T(1) + a);
  }
};
}  // namespace detail

/// y = gelu(x). Far outside, where the probability is 0 or 1, it is 0 or x.
template <class T>
void gelu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, 3 * cost_of_exp,
      [](auto from, auto to) {
        const auto far = abs(from), a = min(far, T(40));
        to = T(0.5) * from + T(0.5) * far - a * detail::NormalTail<T>(a).probability;  // max(x, 0) - ...
      },
      x, y);
}

/// dx = or += adjoint of gelu_forward
template <class T>
void gelu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 3 * cost_of_exp,
      [write](auto from, auto d, auto to) {
        const auto inside = min(max(from, T(-40)), T(40)), a = abs(inside);
        const detail::NormalTail<T> tail(a);
        // 1 above 0, and 0 below: there the probability is that of the tail.
        const auto above = max(inside, T(0)) / max(a, std::numeric_limits<T>::min());
        const auto probability = tail.probability + above * (T(1) - T(2) * tail.probability);
        detail::put(
            write, to,
            d * (probability + inside * tail.exponential * static_cast<T>(maps::Gelu::normal_density_at_0)));
      },
      x, dy, dx);
}

}  // namespace densenf::kernels

// Inverses and determinants by Gauss-Jordan elimination with partial pivoting, in place: columns are
// eliminated in halves of halves, so that nearly all of the work is products of matrices. All in double, for
// every T: the log determinant is multiplied by the number of pixels, the inverse by a chain of inverses.
namespace densenf::kernels {

namespace detail {

class Elimination {
public:
  /// Takes scratch_bytes(c) of scratch, for a matrix of c rows.
  Elimination(std::byte* scratch, Index c)
      : m_{reinterpret_cast<double*>(scratch), stride(c)},
        strip_(m_.data + m_.stride * c),
        pivots_(reinterpret_cast<Index*>(strip_ + left(c) * left(c))),
        c_(c) {}

  static constexpr Index scratch_bytes(Index c) {
    return (stride(c) * c + left(c) * left(c)) * Index{sizeof(double)} + c * Index{sizeof(Index)};
  }

  /// Returns log |det W|, after which column j of the inverse is column order()[j] of m(). Minus infinity
  /// when W is singular; then there is nothing to be read.
  template <class T>
  double run(const T* w) {
    for (Index i = 0; i < c_; ++i) {
      std::copy_n(w + i * c_, c_, m_.row(i));
      std::fill(m_.row(i) + c_, m_.row(i + 1), 0.0);
    }
    if (!eliminate(0, c_)) return -std::numeric_limits<double>::infinity();
    order_columns();
    return log_det_;
  }

  Block<const double> m() const { return {m_.data, m_.stride}; }
  const Index* order() const { return pivots_; }

private:
  static constexpr Index leaf = 8;  // columns that are eliminated one by one

  static constexpr Index leaves(Index count) { return (count + leaf - 1) / leaf; }
  /// Of an odd number of cache lines, so that the rows of a leaf do not fall on each other's lines.
  static constexpr Index stride(Index c) { return (leaves(c) | 1) * leaf; }
  /// How many of `count` columns are the left half: whole leaves.
  static constexpr Index left(Index count) { return leaves((count + 1) / 2) * leaf; }

  // Afterwards M's columns [first, first + count) hold the update factors: other columns += factors * rows
  // [first, first + count). The same numbers are these columns of the inverse.
  bool eliminate(Index first, Index count) {
    if (count <= leaf) return eliminate_leaf(first, count);
    const Index half = left(count), rest = count - half;
    if (!eliminate(first, half)) return false;
    update(first, half, first + half, rest);
    if (!eliminate(first + half, rest)) return false;
    update(first + half, rest, first, half);
    return true;
  }

  /// Brings `columns` others up to date with the elimination of [first, first + count).
  void update(Index first, Index count, Index column, Index columns) {
    const Block<double> strip{strip_, columns};
    for (Index i = 0; i < count; ++i) std::copy_n(m_.row(first + i) + column, columns, strip.row(i));
    const auto rows = [&](Index from, Index to, Into into) {
      multiply<double>({m_.row(from) + first, m_.stride}, {strip.data, strip.stride}, to - from, count,
                       columns, into, m_.from(from, column));
    };
    rows(0, first, Into::add);
    rows(first, first + count, Into::replace);
    rows(first + count, c_, Into::add);
  }

  // Rows are as long as whole leaves, so the last leaf may be worked on as if it were full.
  bool eliminate_leaf(Index first, Index count) {
    using Columns = Eigen::Array<double, 1, leaf>;
    const auto columns = [panel = m_.from(0, first)](Index i) { return Eigen::Map<Columns>(panel.row(i)); };
    for (Index j = 0; j < count; ++j) {
      const Index k = first + j, best = find_pivot(k);
      if (best != k) exchange_rows(k, best);
      pivots_[k] = best;
      const double pivot = columns(k)[j];
      if (pivot == 0) return false;
      log_det_ += std::log(std::abs(pivot));
      // Column j becomes another one by vector operations alone: a vector load waits long for a single number
      // stored just before.
      const Columns unit =
          (Columns::LinSpaced(0, leaf - 1) == static_cast<double>(j)).template cast<double>();
      const Columns others = 1 - unit;
      const Columns row = (columns(k) * others + unit) / pivot;
      const auto eliminate_rows = [&, columns, row, others](Index from, Index to) {
        for (Index i = from; i < to; ++i) {
          auto other = columns(i);
          other = other * others - other[j] * row;
        }
      };
      eliminate_rows(0, k);
      columns(k) = row;
      eliminate_rows(k + 1, c_);
    }
    return true;
  }

  void exchange_rows(Index a, Index b) {
    using Row = Eigen::Map<Eigen::Array<double, 1, Eigen::Dynamic>>;
    Row(m_.row(a), m_.stride).swap(Row(m_.row(b), m_.stride));
  }

  Index find_pivot(Index k) const {
    Index best = k;
    double largest = std::abs(m_.row(k)[k]);
    for (Index i = k + 1; i < c_; ++i) {
      const double size = std::abs(m_.row(i)[k]);
      if (size > largest) {
        largest = size;
        best = i;
      }
    }
    return best;
  }

  // Exchanged rows of a matrix are exchanged columns of its inverse; the exchanges, undone last first, become
  // an order of columns. In place: exchange k is not needed any more once it has been applied.
  void order_columns() {
    for (Index k = c_ - 1; k >= 0; --k) {
      const Index other = std::exchange(pivots_[k], k);
      std::swap(pivots_[k], pivots_[other]);
    }
  }

  Block<double> m_;
  double* strip_;
  Index* pivots_;
  Index c_;
  double log_det_ = 0;
};

}  // namespace detail

inline Index log_abs_det_and_inverse_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<std::byte>(detail::Elimination::scratch_bytes(c));
}

/// Writes W's inverse and log |det W|, for c x c numbers. Of a singular matrix these are NaN and minus
/// infinity.
template <class T>
void log_abs_det_and_inverse(const Cpu&, const T* w, Index c, T* inverse, double* log_det, Scratch scratch) {
  detail::Elimination elimination(scratch.take<std::byte>(detail::Elimination::scratch_bytes(c)), c);
  *log_det = elimination.run(w);
  if (*log_det == -std::numeric_limits<double>::infinity()) {
    std::fill_n(inverse, c * c, std::numeric_limits<T>::quiet_NaN());
    return;
  }
  for (Index i = 0; i < c; ++i) {
    const double* const row = elimination.m().row(i);
    for (Index j = 0; j < c; ++j) inverse[i * c + j] = static_cast<T>(row[elimination.order()[j]]);
  }
}

namespace detail {
// Matrices that are in work at one time at the most, each with scratch of its own.
inline constexpr Index inverse_tasks = 8;
}  // namespace detail

inline Index invert_matrices_scratch_bytes(const Cpu& cpu, const InvertibleMatrix* matrices, Index count) {
  return count == 0 ? 0
                    : std::min(count, detail::inverse_tasks) *
                          log_abs_det_and_inverse_scratch_bytes(cpu, matrices[0].c);
}

/// Inverts those of a model's matrices, the largest first, whose weights in `parameters` are not the ones in
/// `seen`, or all; copies them to `seen`. `seen` and `inverses` are laid out by InvertibleMatrix::kept, log
/// |det| by InvertibleMatrix::number.
template <class T>
void invert_matrices(const Cpu& cpu, const InvertibleMatrix* matrices, Index count, bool all,
                     const T* parameters, T* seen, T* inverses, double* log_dets, Scratch scratch) {
  if (count == 0) return;
  const Index tasks = std::min(count, detail::inverse_tasks);
  const Index of_each = log_abs_det_and_inverse_scratch_bytes(cpu, matrices[0].c);
  auto* const room = scratch.take<std::byte>(tasks * of_each);
  cpu.parallel_for(tasks, [&](Index task) {
    const Scratch mine(room + task * of_each, of_each);
    for (Index i = task; i < count; i += tasks) {
      const InvertibleMatrix& s = matrices[i];
      const T* const w = parameters + s.weight.offset;
      const auto bytes = static_cast<std::size_t>(s.weight.size) * sizeof(T);
      if (!all && std::memcmp(w, seen + s.kept, bytes) == 0) continue;
      std::memcpy(seen + s.kept, w, bytes);
      log_abs_det_and_inverse(cpu, w, s.c, inverses + s.kept, log_dets + s.number, mine);
    }
  });
}

}  // namespace densenf::kernels

// Normalization over the channels of each pixel.
namespace densenf::kernels {

/// y = (x - mean) / sqrt(variance + eps) * gain + bias, with mean and variance of each pixel's channels.
/// statistics: 2 numbers for each pixel, which are what the adjoint needs.
template <class T>
void layer_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* gain, const T* bias, T eps, T* statistics,
                        Tensor<T> y) {
  const auto g = vector(gain, x.c), b = vector(bias, x.c);
  for_each_pixel(cpu, x.pixels(), 4 * x.c, [&](Index p) {
    const auto from = row(x, p);
    const T mean = from.mean(), r = T(1) / std::sqrt((from - mean).square().mean() + eps);
    statistics[2 * p] = mean;
    statistics[2 * p + 1] = r;
    row(y, p) = (from - mean) * r * g + b;
  });
}

template <class T>
Index layer_norm_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dgain +=, dbias += adjoint of layer_norm_forward. dx.data may be null.
template <class T>
void layer_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* statistics, const T* gain,
                         Tensor<const T> dy, Tensor<T> dx, Write write, T* dgain, T* dbias, Scratch) {
  const auto g = vector(gain, x.c);
  if (dx.data != nullptr) {
    for_each_pixel(cpu, x.pixels(), 6 * x.c, [&](Index p) {
      const T mean = statistics[2 * p], r = statistics[2 * p + 1];
      const auto normal = (row(x, p) - mean) * r;
      const auto d = row(dy, p) * g;
      const T offset = d.mean(), slope = (d * normal).mean();
      detail::put(write, row(dx, p), r * (d - offset - normal * slope));
    });
  }
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          dgain[first + i] += static_cast<T>(sum_dy_x[i]);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) {
        return channels(dy, p) * (channels(x, p) - statistics[2 * p]) * statistics[2 * p + 1];
      });
}

}  // namespace densenf::kernels

// Rearrangements: 2x2 squeeze and halves of the channels.
namespace densenf::kernels {

namespace detail {
/// Visits the channels of a squeezed batch z (4C x H/2 x W/2) with their partners in the batch x that it came
/// from (C x H x W): calls f(z, x, step, count) with pointers to `count` numbers, those of z `step` apart.
template <class Tz, class Tx, class F>
void for_each_squeezed(const Cpu& cpu, const Tensor<Tz>& z, const Tensor<Tx>& x, SqueezeOrder order,
                       const F& f) {
  const Index run = order == SqueezeOrder::plain ? 1 : x.c, step = order == SqueezeOrder::plain ? 4 : 1;
  for_each_pixel(cpu, z.pixels(), z.c, [&](Index p) {
    const Index col = p % z.w, line = p / z.w;  // line counts rows over all images; x has twice as many
    for (Index k = 0; k < 4; ++k) {
      const SqueezedFrom from = squeezed_from(order, k * run, x.c);
      f(z.pixel(p) + k * run, x.pixel((2 * line + from.i) * x.w + 2 * col + from.j), step, x.c);
    }
  });
}

/// to = or += from, with strides.
template <class T>
void put_strided(Write write, T* to, Index to_step, const T* from, Index from_step, Index count) {
  for (Index c = 0; c < count; ++c) put(write, to[c * to_step], from[c * from_step]);
}
}  // namespace detail

/// z (4C x H/2 x W/2) from x (C x H x W).
template <class T>
void squeeze(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Write write = Write::assign,
             SqueezeOrder order = SqueezeOrder::plain) {
  detail::for_each_squeezed(cpu, z, x, order, [write](T* to, const T* from, Index step, Index count) {
    detail::put_strided(write, to, step, from, 1, count);
  });
}

/// x (C x H x W) from z (4C x H/2 x W/2).
template <class T>
void unsqueeze(const Cpu& cpu, Tensor<const T> z, Tensor<T> x, Write write = Write::assign,
               SqueezeOrder order = SqueezeOrder::plain) {
  detail::for_each_squeezed(cpu, z, x, order, [write](const T* from, T* to, Index step, Index count) {
    detail::put_strided(write, to, 1, from, step, count);
  });
}

namespace detail {
/// Calls f(z, x) with each number of patches z (s s C x H/s x W/s) and the number of the images x (C x H x W)
/// that it is: number (c, i, j) of a patch of s x s pixels, channel, row and column, is channel (c s + i) s +
/// j.
template <class Tz, class Tx, class F>
void for_each_of_patches(const Cpu& cpu, const Tensor<Tz>& z, const Tensor<Tx>& x, Index side, const F& f) {
  for_each_pixel(cpu, z.pixels(), z.c, [&](Index p) {
    const Index col = p % z.w, line = p / z.w;  // line counts rows over all images
    for (Index k = 0; k < z.c; ++k)
      f(z(p, k), x((line * side + k / side % side) * x.w + col * side + k % side, k / (side * side)));
  });
}
}  // namespace detail

/// z (s s C x H/s x W/s) = or += the patches of s x s pixels of x (C x H x W).
template <class T>
void to_patches(const Cpu& cpu, Tensor<const T> x, Index side, Tensor<T> z, Write write = Write::assign) {
  detail::for_each_of_patches(cpu, z, x, side,
                              [write](T& to, const T& from) { detail::put(write, to, from); });
}

/// x (C x H x W) = or += the images of which to_patches makes z.
template <class T>
void from_patches(const Cpu& cpu, Tensor<const T> z, Index side, Tensor<T> x, Write write = Write::assign) {
  detail::for_each_of_patches(cpu, z, x, side,
                              [write](const T& from, T& to) { detail::put(write, to, from); });
}

/// y = [x from channel `first` on, x up to channel `first`].
template <class T>
void rotate_channels(const Cpu& cpu, Tensor<const T> x, Index first, Tensor<T> y,
                     Write write = Write::assign) {
  const Index rest = x.c - first;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    put_numbers<T>(write, rest, x.pixel(p) + first, y.pixel(p));
    put_numbers<T>(write, first, x.pixel(p), y.pixel(p) + rest);
  });
}

/// The channels of y are those of x as cards are dealt to `hands` players: 0, hands, 2 hands, ..., 1, hands +
/// 1, ... With x.c / hands instead of hands it is the way back.
template <class T>
void deal_channels(const Cpu& cpu, Tensor<const T> x, Index hands, Tensor<T> y, Write write = Write::assign) {
  const Index each = x.c / hands;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for (Index hand = 0; hand < hands; ++hand)
      detail::put_strided(write, y.pixel(p) + hand * each, 1, x.pixel(p) + hand, hands, each);
  });
}

}  // namespace densenf::kernels

// Small square matrices of the 1x1 flows, kept as [in][out]: the transpose of W for code that reads
// rows, W itself for Eigen, which reads columns.
namespace densenf::kernels {

namespace detail {
/// The sum of n numbers.
template <class T>
double sum_of(const T* values, Index n) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += static_cast<double>(values[i]);
  return total;
}
}  // namespace detail

/// dw += factor * sum of dlog_prob[0..n) * inverse^T: the adjoint of adding factor * log |det W| to n
/// numbers, whose gradients are dlog_prob.
template <class T>
void log_abs_det_backward(const Cpu&, const T* inverse, Index c, double factor, const double* dlog_prob,
                          Index n, T* dw) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  const T times = static_cast<T>(factor * detail::sum_of(dlog_prob, n));
  Eigen::Map<Matrix>(dw, c, c) += times * Eigen::Map<const Matrix>(inverse, c, c).transpose();
}

namespace detail {
/// Writes L and U + diag(sign exp(log_s)), [in][out] like W or transposed, zeros included.
template <class T>
void write_lu_factors(const T* lower, const T* upper, const T* log_s, const T* sign, Index c, bool transposed,
                      T* l, T* u) {
  for (Index in = 0; in < c; ++in) {
    const T diagonal = (sign != nullptr ? sign[in] : T(1)) * std::exp(log_s[in]);
    for (Index out = 0; out < c; ++out) {
      const Index from = in * c + out, to = transposed ? out * c + in : from;
      l[to] = out > in ? lower[from] : T(out == in);
      u[to] = out < in ? upper[from] : out == in ? diagonal : T(0);
    }
  }
}

template <class T>
void multiply_squares(const T* a, const T* b, Index c, T* result) {
  multiply<T>({a, c}, {b, c}, c, c, c, Into::replace, {result, c});
}
}  // namespace detail

template <class T>
Index lu_compose_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<T>(2 * c * c);
}

/// w = L (U + diag(sign exp(log_s))); only the strict triangles of lower and upper count. Without signs
/// (null) all are 1.
template <class T>
void lu_compose(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, Index c, T* w,
                Scratch scratch) {
  T* const l = scratch.take<T>(2 * c * c);
  T* const u = l + c * c;
  detail::write_lu_factors(lower, upper, log_s, sign, c, false, l, u);
  detail::multiply_squares(u, l, c, w);
}

template <class T>
Index lu_backward_scratch_bytes(const Cpu&, Index c) {
  return Scratch::bytes_for<T>(3 * c * c);
}

/// dlower +=, dupper +=, dlog_s += adjoint of lu_compose.
template <class T>
void lu_backward(const Cpu&, const T* lower, const T* upper, const T* log_s, const T* sign, const T* dw,
                 Index c, T* dlower, T* dupper, T* dlog_s, Scratch scratch) {
  T* const l = scratch.take<T>(3 * c * c);
  T* const u = l + c * c;
  T* const product = u + c * c;
  detail::write_lu_factors(lower, upper, log_s, sign, c, true, l, u);
  detail::multiply_squares(static_cast<const T*>(u), dw, c, product);
  for (Index in = 0; in < c; ++in) {
    for (Index out = in + 1; out < c; ++out) dlower[in * c + out] += product[in * c + out];
  }
  detail::multiply_squares(dw, static_cast<const T*>(l), c, product);
  for (Index in = 0; in < c; ++in) {
    for (Index out = 0; out < in; ++out) dupper[in * c + out] += product[in * c + out];
    dlog_s[in] += product[in * c + in] * u[in * c + in];
  }
}

/// values[i] += factor * sum of v[0..c), for i in [0, n)
template <class T>
void add_sum_to_each(const Cpu&, double factor, const T* v, Index c, Index n, double* values) {
  const double term = factor * detail::sum_of(v, c);
  for (Index i = 0; i < n; ++i) values[i] += term;
}

/// dv[0..c) += factor * sum of dvalues[0..n): the adjoint of add_sum_to_each.
template <class T>
void add_sum_to_each_backward(const Cpu&, double factor, const double* dvalues, Index n, Index c, T* dv) {
  const T term = static_cast<T>(factor * detail::sum_of(dvalues, n));
  for (Index i = 0; i < c; ++i) dv[i] += term;
}

/// values[i] += term for i in [0, n)
inline void add_to_each(const Cpu&, double term, Index n, double* values) {
  for (Index i = 0; i < n; ++i) values[i] += term;
}

/// values[i] += factor * term for i in [0, n)
inline void add_to_each(const Cpu&, double factor, const double* term, Index n, double* values) {
  for (Index i = 0; i < n; ++i) values[i] += factor * *term;
}

}  // namespace densenf::kernels

namespace densenf::kernels {

/// LipSwish of "Residual Flows for Invertible Generative Modeling" (NeurIPS 2019): f(x) = x sigmoid(beta x) /
/// 1.1, with beta = softplus(b) > 0 for a number b that is learned. Its slope is at most 0.99985 for every
/// beta. Derivatives by the formula of each member, for single numbers.
template <class T>
struct LipSwishOf {
  T x, beta, s;  ///< s = sigmoid(beta x)

  static constexpr double over = 1.1;
  constexpr LipSwishOf(T number, T steepness)
      : x(number), beta(steepness), s(maps::Sigmoid::value(steepness * number)) {}

  constexpr T value() const { return x * s / T(over); }
  constexpr T by_x() const { return s * (T(1) + beta * x * (T(1) - s)) / T(over); }
  constexpr T by_beta() const { return x * x * s * (T(1) - s) / T(over); }
  constexpr T by_x_x() const { return beta * curve(); }
  constexpr T by_x_beta() const { return x * curve(); }

private:
  constexpr T curve() const { return s * (T(1) - s) * (T(2) + beta * x * (T(1) - T(2) * s)) / T(over); }
};

}  // namespace densenf::kernels

// LipSwish and its slope, as functions of x and of the learned number b behind the steepness: see
// kernels/lip_swish.hpp for the formulas.
namespace densenf::kernels {

/// y = f(x)
template <class T>
void lip_swish_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  for_each_number(
      cpu, cost_of_exp, [=](auto from, auto to) { to = scale * from * logistic(beta * from); }, x, y);
}

/// y = f'(x)
template <class T>
void lip_swish_slope_forward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<T> y) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  for_each_number(
      cpu, cost_of_exp,
      [=](auto from, auto to) {
        const auto s = logistic(beta * from);
        to = scale * s * (T(1) + beta * from * (T(1) - s));
      },
      x, y);
}

namespace detail {

/// db += what the sum over all numbers of term(beta x, x, dy) says of beta.
template <class T, class Term>
void add_steepness_gradient(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy,
                            const Term& term, T* db, Scratch scratch) {
  double* const sums = scratch.take<double>(x.c);
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return term(channels(x, p), channels(dy, p)); },
      [&](Index first, const auto& of_channels) {
        for (Index i = 0; i < of_channels.size(); ++i) sums[first + i] = of_channels[i];
      });
  double total = 0;
  for (Index c = 0; c < x.c; ++c) total += sums[c];
  *db += static_cast<T>(total * static_cast<double>(maps::Softplus::derivative(*b)) / LipSwishOf<T>::over);
}

/// What both adjoints are: by_x(dy, x, s) is dx, and by_beta(dy, x, s) what is added up for the gradient of
/// the steepness, where s = sigmoid(beta x).
template <class T, class ByX, class ByBeta>
void lip_swish_adjoint(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                       Write write, T* db, Scratch scratch, const ByX& by_x, const ByBeta& by_beta) {
  const T beta = maps::Softplus::value(*b);
  if (db != nullptr) {
    add_steepness_gradient(
        cpu, x, b, dy,
        [&](const auto& from, const auto& d) { return by_beta(d, from, logistic(beta * from)); }, db,
        scratch);
  }
  if (dx.data == nullptr) return;
  for_each_number(
      cpu, cost_of_exp,
      [&](auto from, auto d, auto to) { put(write, to, by_x(d, from, logistic(beta * from))); }, x, dy, dx);
}

}  // namespace detail

template <class T>
Index lip_swish_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, db += adjoint of lip_swish_forward. dx.data and db may be null.
template <class T>
void lip_swish_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                        Write write, T* db, Scratch scratch) {
  const T beta = maps::Softplus::value(*b), scale = T(1 / LipSwishOf<T>::over);
  detail::lip_swish_adjoint(
      cpu, x, b, dy, dx, write, db, scratch,
      [=](const auto& d, const auto& from, const auto& s) {
        return scale * d * s * (T(1) + beta * from * (T(1) - s));
      },
      [](const auto& d, const auto& from, const auto& s) { return d * from * from * s * (T(1) - s); });
}

template <class T>
Index lip_swish_slope_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<double>(x.c);
}

/// dx = or +=, db += adjoint of lip_swish_slope_forward. dx.data and db may be null.
template <class T>
void lip_swish_slope_backward(const Cpu& cpu, Tensor<const T> x, const T* b, Tensor<const T> dy, Tensor<T> dx,
                              Write write, T* db, Scratch scratch) {
  const T beta = maps::Softplus::value(*b), scale = beta / T(LipSwishOf<T>::over);
  detail::lip_swish_adjoint(
      cpu, x, b, dy, dx, write, db, scratch,
      [=](const auto& d, const auto& from, const auto& s) {
        return scale * d * s * (T(1) - s) * (T(2) + beta * from * (T(1) - T(2) * s));
      },
      [=](const auto& d, const auto& from, const auto& s) {
        return d * from * s * (T(1) - s) * (T(2) + beta * from * (T(1) - T(2) * s));
      });
}

}  // namespace densenf::kernels

// Products, and what spreads a number over an image or sums one up. Tensors have the same extents unless said
// otherwise.
namespace densenf::kernels {

/// z = or += x * y
template <class T>
void multiply_numbers(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Tensor<T> z,
                      Write write = Write::assign) {
  for_each_number(
      cpu, 1, [write](auto a, auto b, auto product) { detail::put(write, product, a * b); }, x, y, z);
}

/// y = v[c] at every pixel
template <class T>
void spread_channels(const Cpu& cpu, const T* v, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) { put_numbers(Write::assign, y.c, v, y.pixel(p)); });
}

template <class T>
Index sum_channels_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dv[c] += the sum of dy over all pixels
template <class T>
void sum_channels(const Cpu& cpu, Tensor<const T> dy, T* dv, Scratch) {
  sum_over_pixels<T>(
      cpu, dy.pixels(), dy.c, [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) dv[first + i] += static_cast<T>(sums[i]);
      });
}

/// Each pixel of y is the one pixel that its image has in v.
template <class T>
void spread_pixels(const Cpu& cpu, Tensor<const T> v, Tensor<T> y) {
  const Index per_image = y.h * y.w;
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) { put_channels(Write::assign, v, p / per_image, y, p); });
}

/// dv += the sum of dy over the pixels of each image: the adjoint of spread_pixels.
template <class T>
void sum_pixels(const Cpu& cpu, Tensor<const T> dy, Tensor<T> dv) {
  for_each_image(cpu, dy.n, dy.h * dy.w, [&](Index n, Index first, Index last) {
    for (Index c = 0; c < dy.c; ++c) {
      double total = 0;
      for (Index p = first; p < last; ++p) total += static_cast<double>(dy(p, c));
      dv(n, c) += static_cast<T>(total);
    }
  });
}

/// log_prob[n] += factor * the sum of image n
template <class T>
void sum_images(const Cpu& cpu, Tensor<const T> x, double factor, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) total += row(x, p).template cast<double>().sum();
    log_prob[n] += factor * total;
  });
}

/// dx += factor * dlog_prob[n] at every number of image n
template <class T>
void spread_images(const Cpu& cpu, double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = dx.h * dx.w;
  for_each_pixel(cpu, dx.pixels(), dx.c, [&](Index p) {
    for_each_packet(
        dx.c, [by = static_cast<T>(factor * dlog_prob[p / per_image])](auto to) { to += by; }, dx.pixel(p));
  });
}

}  // namespace densenf::kernels

// Weights of masked networks, [in][out], and the products of such networks for some of a layer's units.
namespace densenf::kernels {

namespace detail {
/// Calls f(in, place of in, units, first, count, skipped) for each input and stretches of the outputs ordered
/// by degree: at the places from `first` on there are `count` of them, whose numbers are `units`, and the
/// mask keeps nothing at the first `skipped` of these places.
template <class F>
void for_each_ordered_row(const Cpu& cpu, const DegreeMask& mask, const F& f) {
  constexpr Index together = 256;
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, mask.to.count));
  cpu.parallel_ranges(mask.from.count, grain, [&](Index begin, Index end) {
    Index units[together];
    Index first = 0, count = 0;
    const auto flush = [&] {
      for (Index in = begin; in < end; ++in) {
        const Index below = mask.to.before(mask.least(in)) - first;
        f(in, mask.from.place(in), units, first, count, std::clamp<Index>(below, 0, count));
      }
      first += count;
      count = 0;
    };
    for_each_in_order(mask.to, [&](Index, Index unit) {
      units[count] = unit;
      if (++count == together) flush();
    });
    flush();
  });
}
}  // namespace detail

/// The weight with inputs and outputs ordered by degree, and 0 where the mask keeps nothing: each output then
/// has its first inputs, and those before it no more.
template <class T>
void order_weight(const Cpu& cpu, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered) {
  detail::for_each_ordered_row(
      cpu, mask, [&](Index in, Index place, const Index* units, Index first, Index count, Index skipped) {
        const T* const from = w.pixel(in);
        T* const to = ordered.pixel(place) + first;
        std::fill_n(to, skipped, T(0));
        for (Index k = skipped; k < count; ++k) to[k] = from[units[k]];
      });
}

/// dw = or += adjoint of order_weight. Looks at nothing where the mask keeps nothing.
template <class T>
void order_weight_backward(const Cpu& cpu, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                           Write write) {
  detail::for_each_ordered_row(
      cpu, mask, [&](Index in, Index place, const Index* units, Index first, Index count, Index skipped) {
        const T* const from = dordered.pixel(place) + first;
        T* const to = dw.pixel(in);
        for (Index k = 0; write == Write::assign && k < skipped; ++k) to[units[k]] = T(0);
        for (Index k = skipped; k < count; ++k) detail::put(write, to[units[k]], from[k]);
      });
}

namespace detail {
/// Calls f(place of in, in, place of out, out) for all pairs, some inputs side by side, so that neither side
/// of a transposed copy goes through memory number by number.
template <class F>
void for_each_sorted(const Cpu& cpu, const Degrees& in, const Degrees& out, const F& f) {
  constexpr Index together = 16;
  cpu.parallel_ranges(in.count, together, [&](Index first, Index last) {
    Index place[together] = {};
    for (Index i = first; i < last; ++i) place[i - first] = in.place(i);
    for_each_in_order(out, [&](Index row, Index o) {
      for (Index i = first; i < last; ++i) f(place[i - first], i, row, o);
    });
  });
}
}  // namespace detail

/// The weight transposed and with both sides ordered by degree: a pixel for each output, of which the
/// channels are its inputs. What a mask keeps is then the first inputs of each output.
template <class T>
void sort_weight(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted) {
  detail::for_each_sorted(cpu, in, out,
                          [&](Index at, Index i, Index row, Index o) { sorted(row, at) = w(i, o); });
}

/// dw += adjoint of sort_weight
template <class T>
void sort_weight_backward(const Cpu& cpu, Degrees in, Degrees out, Tensor<const T> dsorted, Tensor<T> dw) {
  detail::for_each_sorted(cpu, in, out,
                          [&](Index at, Index i, Index row, Index o) { dw(i, o) += dsorted(row, at); });
}

/// y(p, k) = act(bias[k] + the sum of w(k, i) x(p, i)): outputs whose weights have a pixel each, of which the
/// first x.c channels count.
template <class T>
void partial_products(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, const T* bias,
                      Activation activation, Tensor<T> y) {
  for_each_pixel(cpu, y.pixels(), (x.c + 4) * y.c, [&](Index p) {
    const auto from = vector(x.pixel(p), x.c);
    for (Index k = 0; k < y.c; ++k) {
      T sum = bias[k];
      if (x.c > 0) sum += (from * vector(w.pixel(k), x.c)).sum();
      // Not below, rather than above: a NaN stays one.
      y(p, k) = activation == Activation::relu && sum < T(0) ? T(0) : sum;
    }
  });
}

namespace detail {
/// y += factor x, n numbers
template <class T>
void add_multiple(Index n, T factor, const T* x, T* y) {
  for_each_packet(
      n, [factor](auto from, auto to) { to += factor * from; }, x, y);
}
}  // namespace detail

/// dx +=, dw +=, dbias += adjoint of partial_products, of which dy is changed; dx.data may be null, and so
/// may dw.data and dbias together.
template <class T>
void partial_products_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                               Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw, T* dbias) {
  for_each_pixel(cpu, y.pixels(), (x.c + 4) * y.c, [&](Index p) {
    for (Index k = 0; k < y.c; ++k) {
      if (activation == Activation::relu && !(y(p, k) > T(0))) dy(p, k) = T(0);
      if (dx.data != nullptr) detail::add_multiple(x.c, dy(p, k), w.pixel(k), dx.pixel(p));
    }
  });
  if (dw.data == nullptr) return;
  for_each_pixel(cpu, y.c, (x.c + 4) * y.pixels(), [&](Index k) {
    for (Index p = 0; p < y.pixels(); ++p) {
      dbias[k] += dy(p, k);
      detail::add_multiple(x.c, dy(p, k), x.pixel(p), dw.pixel(k));
    }
  });
}

}  // namespace densenf::kernels

// Images as matrices, with a row for each pixel and a column for each channel.
namespace densenf::kernels {

/// y = or += the product of a and b, image by image. Its extents are those of y's images; a and b have the
/// other one in common.
template <class T>
void multiply_matrices(const Cpu& cpu, Tensor<const T> a, Tensor<const T> b, MatrixForm form, Tensor<T> y,
                       Write write = Write::assign) {
  const Index rows = y.h * y.w, rows_a = a.h * a.w, rows_b = b.h * b.w;
  const Into into = write == Write::assign ? Into::replace : Into::add;
  cpu.parallel_for(y.n, [&](Index n) {
    const Block<const T> first{a.pixel(n * rows_a), a.stride}, second{b.pixel(n * rows_b), b.stride};
    const Block<T> result{y.pixel(n * rows), y.stride};
    if (form == MatrixForm::plain) {
      multiply<T>(first, second, rows, a.c, y.c, into, result);
    } else if (form == MatrixForm::first_transposed) {
      multiply_transposed<T>(first, second, rows, rows_a, y.c, into, result);
    } else {
      for (Index i = 0; i < rows; ++i) {
        const auto row = vector(first.row(i), a.c);
        for (Index j = 0; j < y.c; ++j)
          detail::put(write, result.row(i)[j], (row * vector(second.row(j), a.c)).sum());
      }
    }
  });
}

/// y = softmax over the channels of each pixel that `mask` lets it see, as a query sees keys; 0 elsewhere.
template <class T>
void softmax_forward(const Cpu& cpu, Tensor<const T> x, AttentionMask mask, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), cost_of_exp * x.c, [&](Index p) {
    const Index query = p % (x.h * x.w), first = mask.begin(query), count = mask.end(query, x.c) - first;
    auto all = row(y, p);
    all.setZero();
    const auto from = row(x, p).segment(first, count);
    auto to = all.segment(first, count);
    to = (from - from.maxCoeff()).exp();
    to *= T(1) / to.sum();
  });
}

/// dx = or += adjoint of softmax_forward, whose output is y.
template <class T>
void softmax_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_pixel(cpu, y.pixels(), 4 * y.c, [&](Index p) {
    const auto s = row(y, p), d = row(dy, p);
    const T along = (s * d).sum();
    detail::put(write, row(dx, p), s * (d - along));
  });
}

/// y = or +=, at each channel, the sum of the channels of the pixel.
template <class T>
void total_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), 2 * x.c, [&](Index p) {
    const T sum = row(x, p).sum();
    auto to = row(y, p);
    if (write == Write::assign)
      to.setConstant(sum);
    else
      to += sum;
  });
}

/// y = 1 at the largest channel of each pixel, the first of those as large, and 0 elsewhere.
template <class T>
void mark_largest(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T* const from = x.pixel(p);
    zero_channels(y, p);
    y(p, std::max_element(from, from + x.c) - from) = T(1);
  });
}

/// y = or += each image's numbers in C, H, W order, read as if they were in H, W, C order.
template <class T>
void planes_as_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, y.pixels(), 4 * y.c, [&](Index p) {
    const Index first = p - p % hw;
    for (Index c = 0, i = p % hw * y.c; c < y.c; ++c, ++i)
      detail::put(write, y(p, c), x(first + i % hw, i / hw));
  });
}

/// y = or += the inverse of planes_as_pixels.
template <class T>
void pixels_as_planes(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), 4 * x.c, [&](Index p) {
    const Index first = p - p % hw;
    for (Index c = 0, i = p % hw * x.c; c < x.c; ++c, ++i)
      detail::put(write, y(first + i % hw, i / hw), x(p, c));
  });
}

}  // namespace densenf::kernels

// Couplings by mixtures of logistics, see kernels/mixture.hpp; where they are not to map, z = x.
namespace densenf::kernels {

namespace detail {

/// The mixture of one number: its components side by side, filled up to whole packets with such as weigh
/// nothing.
template <class T>
class LogisticMixture {
public:
  static constexpr Index most = MixtureMap::most_components;
  using Row = T[most];

  /// `numbers`: logits, means and logarithms of scales.
  LogisticMixture(const T* numbers, Index components)
      : numbers_(numbers), components_(components), size_(simd::whole_packets<T>(components)) {
    fill(numbers, -far, logit_);
    fill(numbers + components, T(0), mean_);
    fill(numbers + 2 * components, T(0), log_scale_);
    const T top = *std::max_element(logit_, logit_ + size_);
    Pack total(T(0));
    each([&](Index i) {
      const Pack log_scale = max(Pack::load(log_scale_ + i), T(mixture::lowest_log_scale));
      const Pack logit = Pack::load(logit_ + i) - top;
      log_scale.store(log_scale_ + i);
      exp(-log_scale).store(one_over_scale_ + i);
      logit.store(logit_ + i);
      total += exp(logit);
    });
    log_total_ = std::log(sum(total));
  }

  /// log F, log (1 - F) and log f at x.
  mixture::Logs<T> at(T x) {
    // With e = exp(-|z|), sigmoid(z) = exp(min(z, 0)) / (1 + e) and sigmoid(-z) = exp(-max(z, 0)) / (1 + e):
    // what is left to take out of the sums before they are formed is the largest of the exponents.
    Pack top_below(-2 * far), top_above = top_below, top_density = top_below;
    each([&](Index i) {
      const Pack z = (x - Pack::load(mean_ + i)) * Pack::load(one_over_scale_ + i);
      const Pack logit = Pack::load(logit_ + i);
      z.store(z_ + i);
      top_below = max(top_below, logit + min(z, T(0)));
      top_above = max(top_above, logit - max(z, T(0)));
      top_density = max(top_density, logit - Pack::load(log_scale_ + i) - abs(z));
    });
    top_ = {largest(top_below), largest(top_above), largest(top_density)};
    Pack below(T(0)), above = below, density = below;
    each([&](Index i) {
      const Shares s = shares(i);
      below += s.below;
      above += s.above;
      density += s.density;
    });
    sum_ = {sum(below), sum(above), sum(density)};
    return {top_.below + std::log(sum_.below) - log_total_, top_.above + std::log(sum_.above) - log_total_,
            top_.density + std::log(sum_.density) - log_total_};
  }

  /// The gradients of the components' numbers, to `to`, which is as what the mixture was made of; returns
  /// that of the x which `at` was called with last. `d` are the gradients of what it returned.
  T adjoint(const mixture::Logs<T>& d, Write write, T* to) const {
    alignas(64) Row dlogit, dmean, dlog_scale;
    const T all = d.below + d.above + d.density, per_total = std::exp(-log_total_);
    Pack dx(T(0));
    each([&](Index i) {
      const Pack z = Pack::load(z_ + i);
      const Shares s = shares(i);
      const Pack below = s.below * (d.below / sum_.below), above = s.above * (d.above / sum_.above),
                 density = s.density * (d.density / sum_.density);
      const Pack near = s.e * s.r;  // the smaller of sigmoid(z) and sigmoid(-z)
      const auto right = z >= T(0);
      const Pack up = select(right, s.r, near), down = select(right, near, s.r);
      const Pack dz = below * down - above * up + density * (down - up);
      const Pack along_x = dz * Pack::load(one_over_scale_ + i);
      (below + above + density - exp(Pack::load(logit_ + i)) * per_total * all).store(dlogit + i);
      (-along_x).store(dmean + i);
      (-(dz * z) - density).store(dlog_scale + i);
      // A component that is only there to fill up stands as far away as there are numbers.
      dx += along_x;
    });
    const T* const log_scale = numbers_ + 2 * components_;
    for (Index k = 0; k < components_; ++k) {
      put(write, to[k], dlogit[k]);
      put(write, to[components_ + k], dmean[k]);
      put(write, to[2 * components_ + k], log_scale[k] < T(mixture::lowest_log_scale) ? T(0) : dlog_scale[k]);
    }
    return sum(dx);
  }

  /// x with logit F(x) = v
  T solve(T v) {
    T low = 0, high = 0, middle = 0;
    for (Index k = 0; k < components_; ++k) {
      const T root = mean_[k] + v / one_over_scale_[k];
      low = k == 0 ? root : std::min(low, root);
      high = k == 0 ? root : std::max(high, root);
      middle += std::exp(logit_[k] - log_total_) * root;
    }
    return mixture::solve(v, low, high, std::clamp(middle, low, high), [this](T x) { return at(x); });
  }

private:
  using Pack = simd::Pack<T>;

  static constexpr T far = T(1e30);

  struct Shares {
    Pack e, r;  ///< exp(-|z|), 1 / (1 + e)
    Pack below, above, density;
  };
  /// The terms of the sums behind log F, log (1 - F) and log f.
  Shares shares(Index i) const {
    const Pack z = Pack::load(z_ + i), logit = Pack::load(logit_ + i);
    Shares s;
    s.e = exp(-abs(z));
    s.r = T(1) / (T(1) + s.e);
    s.below = exp(logit + min(z, T(0)) - top_.below) * s.r;
    s.above = exp(logit - max(z, T(0)) - top_.above) * s.r;
    s.density = exp(logit - Pack::load(log_scale_ + i) - abs(z) - top_.density) * s.r * s.r;
    return s;
  }

  template <class F>
  void each(const F& f) const {
    for (Index i = 0; i < size_; i += simd::lanes<T>) f(i);
  }
  void fill(const T* from, T rest, Row& to) const {
    std::copy_n(from, components_, to);
    std::fill(to + components_, to + size_, rest);
  }

  const T* numbers_;
  Index components_, size_;
  T log_total_;
  mixture::Logs<T> top_, sum_;
  alignas(64) Row logit_, mean_, log_scale_, one_over_scale_, z_;
};

/// What a number costs, in additions.
inline Index cost_of_mixture(const MixtureMap& map) { return 6 * cost_of_exp * map.components; }

}  // namespace detail

/// z = t + exp(tanh(s)) u from x, u as kernels/mixture.hpp says; log_prob[n] += sum of log |dz/dx|. raw has
/// map.parameters() * x.c channels.
template <class T>
void mixture_forward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                     Tensor<T> z, double* log_prob) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double total = 0;
    for (Index p = first; p < last; ++p) {
      if (!where(p)) {
        put_channels(Write::assign, x, p, z, p);
        continue;
      }
      for (Index c = 0; c < x.c; ++c) {
        const T* const numbers = raw.pixel(p) + c * map.parameters();
        detail::LogisticMixture<T> mix(numbers + 2, map.components);
        const auto u = mixture::mapped(mix.at(x(p, c)), map.squashed);
        const T log_scale = std::tanh(numbers[0]);
        z(p, c) = numbers[1] + std::exp(log_scale) * u.value;
        total += static_cast<double>(u.log_slope + log_scale);
      }
    }
    log_prob[n] += total;
  });
}

/// x from z. What a squashed map reaches for no x comes back as the x next to which it does.
template <class T>
void mixture_inverse(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> z, Tensor<const T> raw,
                     Tensor<T> x) {
  for_each_pixel(cpu, x.pixels(), 5 * detail::cost_of_mixture(map) * x.c, [&](Index p) {
    if (!where(p)) {
      put_channels(Write::assign, z, p, x, p);
      return;
    }
    for (Index c = 0; c < x.c; ++c) {
      const T* const numbers = raw.pixel(p) + c * map.parameters();
      detail::LogisticMixture<T> mix(numbers + 2, map.components);
      const T u = (z(p, c) - numbers[1]) * std::exp(-std::tanh(numbers[0]));
      x(p, c) = mix.solve(mixture::logit_of_cdf(u, map.squashed));
    }
  });
}

/// dx = or +=, draw = or += adjoint of mixture_forward. dx.data may be null when x is data.
template <class T>
void mixture_backward(const Cpu& cpu, MixtureMap map, SomeWhere where, Tensor<const T> x, Tensor<const T> raw,
                      Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx, Write write_dx,
                      Tensor<T> draw, Write write_draw) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), 2 * detail::cost_of_mixture(map) * x.c, [&](Index p) {
    if (!where(p)) {
      if (write_draw == Write::assign) zero_channels(draw, p);
      if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
      return;
    }
    const T g = static_cast<T>(dlog_prob[p / per_image]);
    for (Index c = 0; c < x.c; ++c) {
      const T* const numbers = raw.pixel(p) + c * map.parameters();
      T* const dnumbers = draw.pixel(p) + c * map.parameters();
      detail::LogisticMixture<T> mix(numbers + 2, map.components);
      const auto logs = mix.at(x(p, c));
      const T log_scale = std::tanh(numbers[0]), du = dz(p, c) * std::exp(log_scale);
      const T u = mixture::mapped(logs, map.squashed).value;
      detail::put(write_draw, dnumbers[0], (du * u + g) * (T(1) - log_scale * log_scale));
      detail::put(write_draw, dnumbers[1], dz(p, c));
      const T through =
          mix.adjoint(mixture::mapped_adjoint(logs, map.squashed, du, g), write_draw, dnumbers + 2);
      if (dx.data != nullptr) detail::put(write_dx, dx(p, c), through);
    }
  });
}

}  // namespace densenf::kernels

// What a mixture does with the numbers of its components, for every device.
namespace densenf::kernels {

/// log of the sum of exp(v(k)) for k in [0, count), without overflow. Minus infinity where all of them are.
template <class V>
constexpr double log_sum_exp(Index count, const V& v) {
  double most = v(0);
  for (Index k = 1; k < count; ++k) most = v(k) > most ? v(k) : most;
  double sum = 0;
  // Equal ones are not subtracted, because infinite ones are not 0 apart.
  for (Index k = 0; k < count; ++k) sum += v(k) == most ? 1.0 : std::exp(v(k) - most);
  return most + std::log(sum);
}

/// The component that a number u in (0, 1) chooses, each as likely as the softmax of its logit.
template <class T>
constexpr Index chosen_component(const T* logits, Index count, T u) {
  const double total = log_sum_exp(count, [&](Index k) { return static_cast<double>(logits[k]); });
  double left = static_cast<double>(u);
  Index k = 0;
  // The last one also takes what rounding leaves.
  for (; k + 1 < count; ++k) {
    left -= std::exp(static_cast<double>(logits[k]) - total);
    if (left < 0) break;
  }
  return k;
}

/// `count` components are mixed of which the log-densities of image i are densities[k n + i].
template <class T>
struct LogDensityMixture {
  const double* densities;
  const T* logits;
  Index count, n;

  /// The log-density of image i.
  constexpr double value(Index i) const { return log_total(i) - log_total_of_logits(); }
  /// Its derivatives by those of the components, times g, to ddensities; 0 where there is no density.
  constexpr void differentiate(Index i, double g, double* ddensities) const {
    const double total = log_total(i);
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    for (Index k = 0; k < count; ++k)
      ddensities[k * n + i] = total == nothing ? 0.0 : g * std::exp(joint(k, i) - total);
  }
  /// The sum over the images of the derivatives by logit k, where differentiate has been and `g` is the sum
  /// of what it was given.
  constexpr double by_logit(Index k, double g, const double* ddensities) const {
    double sum = -g * std::exp(static_cast<double>(logits[k]) - log_total_of_logits());
    for (Index i = 0; i < n; ++i) sum += ddensities[k * n + i];
    return sum;
  }

private:
  /// The log of component k's probability times its density of image i, but for what all logits have in
  /// common.
  constexpr double joint(Index k, Index i) const {
    return densities[k * n + i] + static_cast<double>(logits[k]);
  }
  constexpr double log_total(Index i) const {
    return log_sum_exp(count, [&](Index k) { return joint(k, i); });
  }
  constexpr double log_total_of_logits() const {
    return log_sum_exp(count, [&](Index k) { return static_cast<double>(logits[k]); });
  }
};

}  // namespace densenf::kernels

// Mixtures of normals over whole images: how the densities of their components are mixed, and draws.
namespace densenf::kernels {

/// log_prob[i] += factor * log of the sum over the `count` components k of softmax(logits)[k] times the
/// density whose logarithm is densities[k n + i], for n images i.
template <class T>
void mix_log_densities(const Cpu& cpu, const double* densities, const T* logits, Index count, Index n,
                       double factor, double* log_prob) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_pixel(cpu, n, 2 * cost_of_exp * count, [&](Index i) { log_prob[i] += factor * mixture.value(i); });
}

/// ddensities = the adjoint of mix_log_densities by the densities, dlogits += that by the logits.
template <class T>
void mix_log_densities_backward(const Cpu& cpu, const double* densities, const T* logits, Index count,
                                Index n, double factor, const double* dlog_prob, double* ddensities,
                                T* dlogits) {
  const LogDensityMixture<T> mixture{densities, logits, count, n};
  for_each_pixel(cpu, n, 2 * cost_of_exp * count,
                 [&](Index i) { mixture.differentiate(i, factor * dlog_prob[i], ddensities); });
  double g = 0;
  for (Index i = 0; i < n; ++i) g += factor * dlog_prob[i];
  for_each_pixel(cpu, count, n + cost_of_exp * count,
                 [&](Index k) { dlogits[k] += static_cast<T>(mixture.by_logit(k, g, ddensities)); });
}

/// x = loc + exp(log_scale) * temperature * e, of which loc and log_scale are those of the component that u
/// (a number in (0, 1) for each image) chooses: the numbers of one component after the other, each in C, H, W
/// order.
template <class T>
void normal_mixture_from_noise(const Cpu& cpu, Tensor<const T> u, Tensor<const T> e, Index count,
                               const T* logits, const T* loc, const T* log_scale, T temperature,
                               Tensor<T> x) {
  const Index pixels = x.h * x.w;
  for_each_image(cpu, x.n, pixels, [&](Index i, Index first, Index last) {
    const Index of_component = chosen_component(logits, count, u(i, 0)) * x.c * pixels;
    for (Index p = first; p < last; ++p) {
      for (Index c = 0; c < x.c; ++c) {
        const Index at = of_component + c * pixels + (p - first);
        x(p, c) = loc[at] + std::exp(log_scale[at]) * temperature * e(p, c);
      }
    }
  });
}

}  // namespace densenf::kernels

// Per-channel affine maps whose parameters come from, or are started from, statistics of the batch.
namespace densenf::kernels {

template <class T>
Index channel_statistics_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch.
template <class T>
void channel_statistics(const Cpu& cpu, Tensor<const T> x, T* mean, T* variance, Scratch) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(x, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return squared(channels(x, p) - channels(mean)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) variance[first + i] = static_cast<T>(sums[i] / count);
      });
}

/// Whether a flag is not set.
template <class T>
bool is_zero(const Cpu&, const T* flag) {
  return *flag == T(0);
}

/// The data-dependent start of ActNorm, unless the flag says that it has been: shift = shift_factor mean,
/// log_scale = log_factor log(std + floor), 0 where that is log 0; sets the flag. Needs at least two pixels,
/// or one where the standard deviation is not unbiased.
template <class T>
void actnorm_start(const Cpu& cpu, Tensor<const T> x, T* shift, T* log_scale, T* started,
                   T shift_factor = T(1), T log_factor = T(1), bool unbiased = true, T floor = T(1e-6)) {
  if (*started != T(0)) return;
  channel_statistics(cpu, x, shift, log_scale, {});
  const T correction = unbiased ? static_cast<T>(x.pixels()) / static_cast<T>(x.pixels() - 1) : T(1);
  for (Index i = 0; i < x.c; ++i) {
    shift[i] *= shift_factor;
    const T deviation = std::sqrt(log_scale[i] * correction) + floor;
    log_scale[i] = deviation == T(0) ? T(0) : log_factor * std::log(deviation);
  }
  *started = T(1);
}

/// z = (x - shift) * exp(-log_scale); log_prob[n] -= H W sum of log_scale.
template <class T>
void actnorm_forward(const Cpu& cpu, Tensor<const T> x, const T* shift, const T* log_scale, Tensor<T> z,
                     double* log_prob) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(-channels(log_scale)); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = (from - m) * s; }, x.pixel(p) + first,
            shift + first, scale.data(), z.pixel(p) + first);
      });
  double term = 0;
  for (Index c = 0; c < x.c; ++c) term += static_cast<double>(log_scale[c]);
  term *= static_cast<double>(x.h * x.w);
  for (Index n = 0; n < x.n; ++n) log_prob[n] -= term;
}

/// x = shift + z * exp(log_scale)
template <class T>
void actnorm_inverse(const Cpu& cpu, Tensor<const T> z, const T* shift, const T* log_scale, Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = m + from * s; }, z.pixel(p) + first,
            shift + first, scale.data(), x.pixel(p) + first);
      });
}

template <class T>
Index actnorm_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dshift +=, dlog_scale += adjoint of actnorm_forward. dx.data may be null when x is data.
template <class T>
void actnorm_backward(const Cpu& cpu, Tensor<const T> z, const T* log_scale, Tensor<const T> dz,
                      const double* dlog_prob, Tensor<T> dx, Write write, T* dshift, T* dlog_scale, Scratch) {
  if (dx.data != nullptr) {
    for_each_pixel_with<T>(
        cpu, z.pixels(), z.c, [&](const auto& channels) { return exp(-channels(log_scale)); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(), [write](auto from, auto s, auto to) { detail::put(write, to, from * s); },
              dz.pixel(p) + first, scale.data(), dx.pixel(p) + first);
        });
  }
  double from_log_det = 0;
  for (Index n = 0; n < z.n; ++n) from_log_det += dlog_prob[n];
  from_log_det *= static_cast<double>(z.h * z.w);
  sums_over_pixels<T>(
      cpu, z.pixels(), z.c,
      [&](Index first, const auto& sum_dz, const auto& sum_dz_z) {
        for (Index i = 0; i < sum_dz.size(); ++i) {
          dshift[first + i] -=
              static_cast<T>(sum_dz[i] * std::exp(-static_cast<double>(log_scale[first + i])));
          dlog_scale[first + i] -= static_cast<T>(sum_dz_z[i] + from_log_det);
        }
      },
      [&](Index p, const auto& channels) { return channels(dz, p); },
      [&](Index p, const auto& channels) { return channels(dz, p) * channels(z, p); });
}

namespace detail {
/// weight / sqrt(variance + eps) of some channels; a weight of null is 1.
template <class T>
simd::Pack<T> batch_norm_scale(const ChannelPack<T>& channels, const T* variance, T eps, const T* weight) {
  const simd::Pack<T> scale = T(1) / sqrt(channels(variance) + eps);
  return weight != nullptr ? scale * channels(weight) : scale;
}
}  // namespace detail

/// y = act((x - mean) / sqrt(variance + eps) * weight + bias). weight may be null: 1.
template <class T>
void batch_norm_forward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                        const T* weight, const T* bias, Activation activation, Tensor<T> y) {
  const auto run = [&](const auto& activate) {
    for_each_pixel_with<T>(
        cpu, x.pixels(), x.c,
        [&](const auto& at) { return detail::batch_norm_scale<T>(at, variance, eps, weight); },
        [&](Index p, Index first, const auto& scale) {
          for_each_packet(
              scale.size(),
              [&](auto from, auto m, auto s, auto b, auto to) { to = activate((from - m) * s + b); },
              x.pixel(p) + first, mean + first, scale.data(), bias + first, y.pixel(p) + first);
        });
  };
  if (activation == Activation::relu) {
    run([](const simd::Pack<T>& value) { return max(value, T(0)); });
  } else {
    run([](const simd::Pack<T>& value) { return value; });
  }
}

/// next = (1 - momentum) * running + momentum * batch statistics, where the variance may be made unbiased,
/// which needs at least two pixels.
template <class T>
void batch_norm_update(const Cpu&, Index channels, Index pixels, T momentum, const T* mean, const T* variance,
                       const T* running_mean, const T* running_variance, T* next_mean, T* next_variance,
                       bool make_unbiased = true) {
  const T unbiased = make_unbiased ? static_cast<T>(pixels) / static_cast<T>(pixels - 1) : T(1);
  for (Index c = 0; c < channels; ++c) {
    next_mean[c] = (T(1) - momentum) * running_mean[c] + momentum * mean[c];
    next_variance[c] = (T(1) - momentum) * running_variance[c] + momentum * unbiased * variance[c];
  }
}

template <class T>
Index batch_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.c);
}

/// dx = or +=, dweight +=, dbias += adjoint of batch_norm_forward without activation (the caller has applied
/// the activation's adjoint to dy). `from_batch`: mean and variance were x's own and carry gradients too.
/// weight and dweight may be null.
template <class T>
void batch_norm_backward(const Cpu& cpu, Tensor<const T> x, const T* mean, const T* variance, T eps,
                         const T* weight, bool from_batch, Tensor<const T> dy, Tensor<T> dx, Write write,
                         T* dweight, T* dbias, Scratch scratch) {
  const Index c = x.c;
  // With r = 1 / sqrt(variance + eps) and xhat = (x - mean) r, and means over the pixels of the batch:
  //   dx = weight r (dy - mean(dy) - xhat mean(dy xhat)) = weight r (dy - offset - (x - mean) slope)
  T* const offset = scratch.take<T>(2 * c);
  T* const slope = offset + c;
  const double share = from_batch ? 1 / static_cast<double>(x.pixels()) : 0;
  sums_over_pixels<T>(
      cpu, x.pixels(), c,
      [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
        for (Index i = 0; i < sum_dy.size(); ++i) {
          const double r = 1 / std::sqrt(static_cast<double>(variance[first + i]) + static_cast<double>(eps));
          dbias[first + i] += static_cast<T>(sum_dy[i]);
          if (dweight != nullptr) dweight[first + i] += static_cast<T>(sum_dy_x[i] * r);
          offset[first + i] = static_cast<T>(sum_dy[i] * share);
          slope[first + i] = static_cast<T>(sum_dy_x[i] * r * r * share);
        }
      },
      [&](Index p, const auto& channels) { return channels(dy, p); },
      [&](Index p, const auto& channels) { return channels(dy, p) * (channels(x, p) - channels(mean)); });
  for_each_pixel_with<T>(
      cpu, x.pixels(), c,
      [&](const auto& at) { return detail::batch_norm_scale<T>(at, variance, eps, weight); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(),
            [write](auto d, auto from, auto m, auto o, auto l, auto s, auto to) {
              detail::put(write, to, s * (d - o - (from - m) * l));
            },
            dy.pixel(p) + first, x.pixel(p) + first, mean + first, static_cast<const T*>(offset + first),
            static_cast<const T*>(slope + first), scale.data(), dx.pixel(p) + first);
      });
}

}  // namespace densenf::kernels

// Batch normalization as a step of a flow, at some of the pixels: y = (x - mean) / sqrt(variance + eps) where
// it is to normalize, y = x elsewhere.
namespace densenf::kernels {

namespace detail {
/// The numbers where they count, else zeros. (What is infinite or no number is not made 0 by multiplying.)
template <class T>
simd::Pack<T> zero_unless(bool counts, const simd::Pack<T>& numbers) {
  return counts ? numbers : simd::Pack<T>(T(0));
}
}  // namespace detail

template <class T>
Index statistics_where_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// mean[c] and variance[c] (divided by the number of pixels, not less one) over all pixels of the batch,
/// those outside of `where` counted as zeros.
template <class T, class Where>
void statistics_where(const Cpu& cpu, Where where, Tensor<const T> x, T* mean, T* variance, Scratch) {
  const double count = static_cast<double>(x.pixels());
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) { return detail::zero_unless(where(p), channels(x, p)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) mean[first + i] = static_cast<T>(sums[i] / count);
      });
  sum_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index p, const auto& channels) {
        return squared(detail::zero_unless(where(p), channels(x, p)) - channels(mean));
      },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) variance[first + i] = static_cast<T>(sums[i] / count);
      });
}

/// y from x; log_prob[n] -= 1/2 the sum of log(variance + eps) for each of `per_image` pixels, which are
/// those of an image that are normalized.
template <class T, class Where>
void normalize_where(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean, const T* variance, T eps,
                     Index per_image, Tensor<T> y, double* log_prob) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return T(1) / sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const from = x.pixel(p) + first;
        T* const to = y.pixel(p) + first;
        if (!where(p)) return put_numbers(Write::assign, scale.size(), from, to);
        for_each_packet(
            scale.size(), [](auto number, auto m, auto s, auto result) { result = (number - m) * s; }, from,
            mean + first, scale.data(), to);
      });
  double sum = 0;
  for (Index c = 0; c < x.c; ++c)
    sum += std::log(static_cast<double>(variance[c]) + static_cast<double>(eps));
  for (Index n = 0; n < x.n; ++n) log_prob[n] -= 0.5 * static_cast<double>(per_image) * sum;
}

/// x from y.
template <class T, class Where>
void normalize_where_inverse(const Cpu& cpu, Where where, Tensor<const T> y, const T* mean, const T* variance,
                             T eps, Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, y.pixels(), y.c, [&](const auto& channels) { return sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const from = y.pixel(p) + first;
        T* const to = x.pixel(p) + first;
        if (!where(p)) return put_numbers(Write::assign, scale.size(), from, to);
        for_each_packet(
            scale.size(), [](auto number, auto m, auto s, auto result) { result = number * s + m; }, from,
            mean + first, scale.data(), to);
      });
}

template <class T>
Index normalize_where_backward_scratch_bytes(const Cpu&, Tensor<const T> x) {
  return Scratch::bytes_for<T>(2 * x.c);
}

/// dx = or += adjoint of normalize_where. `from_batch`: mean and variance were those of statistics_where and
/// carry gradients too.
template <class T, class Where>
void normalize_where_backward(const Cpu& cpu, Where where, Tensor<const T> x, const T* mean,
                              const T* variance, T eps, Index per_image, bool from_batch, Tensor<const T> dy,
                              const double* dlog_prob, Tensor<T> dx, Write write, Scratch scratch) {
  // With r = 1 / sqrt(variance + eps), N pixels of the batch and the sums over those that are normalized:
  //   dx = r (dy - offset - (x - mean) slope)
  //   offset = sum(dy) / N, slope = (r r sum(dy (x - mean)) + r per_image sum(dlog_prob)) / N
  T* const offset = scratch.take<T>(2 * x.c);
  T* const slope = offset + x.c;
  if (from_batch) {
    double from_log_det = 0;
    for (Index n = 0; n < x.n; ++n) from_log_det += dlog_prob[n];
    from_log_det *= static_cast<double>(per_image);
    const double share = 1 / static_cast<double>(x.pixels());
    sums_over_pixels<T>(
        cpu, x.pixels(), x.c,
        [&](Index first, const auto& sum_dy, const auto& sum_dy_x) {
          for (Index i = 0; i < sum_dy.size(); ++i) {
            const double r =
                1 / std::sqrt(static_cast<double>(variance[first + i]) + static_cast<double>(eps));
            offset[first + i] = static_cast<T>(sum_dy[i] * share);
            slope[first + i] = static_cast<T>((r * r * sum_dy_x[i] + r * from_log_det) * share);
          }
        },
        [&](Index p, const auto& channels) { return detail::zero_unless(where(p), channels(dy, p)); },
        [&](Index p, const auto& channels) {
          return detail::zero_unless(where(p), channels(dy, p) * (channels(x, p) - channels(mean)));
        });
  } else {
    std::fill_n(offset, 2 * x.c, T(0));
  }
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return T(1) / sqrt(channels(variance) + eps); },
      [&](Index p, Index first, const auto& scale) {
        const T* const d = dy.pixel(p) + first;
        T* const to = dx.pixel(p) + first;
        if (!where(p)) return put_numbers(write, scale.size(), d, to);
        for_each_packet(
            scale.size(),
            [write](auto gradient, auto from, auto m, auto o, auto l, auto s, auto result) {
              detail::put(write, result, s * (gradient - o - (from - m) * l));
            },
            d, x.pixel(p) + first, mean + first, static_cast<const T*>(offset + first),
            static_cast<const T*>(slope + first), scale.data(), to);
      });
}

}  // namespace densenf::kernels

// Passes over the flat buffers of a model. None allocates; results do not depend on the number of threads.
namespace densenf::kernels {

namespace detail {
template <class T>
auto stretch(T* data, Index first, Index last) {
  using Array = Eigen::Array<std::remove_const_t<T>, Eigen::Dynamic, 1>;
  return Eigen::Map<std::conditional_t<std::is_const_v<T>, const Array, Array>>(data + first, last - first);
}

/// Calls task(first, last) on stretches of [0, n) short enough that four buffers of them stay in the first
/// cache level while a rule goes over them several times.
template <class T, class Task>
void for_each_stretch(const Cpu& cpu, Index n, const Task& task) {
  constexpr Index length = 4096 / static_cast<Index>(sizeof(T));
  // Of whole stretches, so that a number is at the same place of its stretch for any number of threads.
  cpu.parallel_ranges((n + length - 1) / length, 8, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) task(i * length, std::min((i + 1) * length, n));
  });
}
}  // namespace detail

/// Applies a rule to n parameters with their gradients and moments (moment k of parameter i is at
/// moments[k * n + i]), and sets the gradients to zero for the next step: one pass over memory.
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule& rule, T* parameters, T* gradients, T* moments, Index n) {
  static_assert(Rule::moments == 1 || Rule::moments == 2, "An optimizer keeps one or two moments.");
  detail::for_each_stretch<T>(cpu, n, [&](Index first, Index last) {
    auto p = detail::stretch(parameters, first, last);
    auto g = detail::stretch(gradients, first, last);
    auto m = detail::stretch(moments, first, last);
    if constexpr (Rule::moments == 1) {
      rule(p, g, m);
    } else {
      auto m2 = detail::stretch(moments + n, first, last);
      rule(p, g, m, m2);
    }
    g.setZero();
  });
}

/// Moves n averages towards the values they follow.
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, T* averages, const T* values, Index n) {
  detail::for_each_stretch<T>(cpu, n, [&](Index first, Index last) {
    auto a = detail::stretch(averages, first, last);
    const auto v = detail::stretch(values, first, last);
    rule(a, v);
  });
}

namespace detail {
/// How a reduction over n numbers is cut: by n alone, and never into more than max_chunks, so that partial
/// results have room on the stack.
struct Chunks {
  static constexpr Index max_chunks = 256, smallest = 4096;
  Index length, count;
  explicit constexpr Chunks(Index n)
      : length(std::max(smallest, (n + max_chunks - 1) / max_chunks)), count((n + length - 1) / length) {}
};
}  // namespace detail

/// The sum of squares, accumulated in double. Infinite or NaN when an element is.
template <class T>
double squared_norm(const Cpu& cpu, std::span<T> x) {
  const auto n = static_cast<Index>(x.size());
  const detail::Chunks chunks(n);
  std::array<double, detail::Chunks::max_chunks> partial;
  cpu.parallel_for(chunks.count, [&](Index chunk) {
    const Index first = chunk * chunks.length, last = std::min(first + chunks.length, n);
    // Eight sums side by side, which is an order the compiler may keep and still use vector registers.
    std::array<double, 8> sums{};
    Index i = first;
    for (; i + 8 <= last; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const auto v = static_cast<double>(x[static_cast<std::size_t>(i) + k]);
        sums[k] += v * v;
      }
    }
    for (; i < last; ++i) {
      const auto v = static_cast<double>(x[static_cast<std::size_t>(i)]);
      sums[0] += v * v;
    }
    double total = 0;
    for (double s : sums) total += s;
    partial[static_cast<std::size_t>(chunk)] = total;
  });
  double total = 0;
  for (Index c = 0; c < chunks.count; ++c) total += partial[static_cast<std::size_t>(c)];
  return total;
}

template <class T>
Index squared_norm_scratch_bytes(const Cpu&, const T*, Index) {
  return 0;
}

/// The same of n numbers, to `result`.
template <class T>
void squared_norm(const Cpu& cpu, const T* x, Index n, double* result, Scratch) {
  *result = squared_norm(cpu, std::span<const T>(x, static_cast<std::size_t>(n)));
}

/// optimizer_pass for a step that may not be taken; then it only sets the gradients to zero.
template <class T, class Rule>
void optimizer_pass(const Cpu& cpu, const Rule* rule, const StepFacts& facts, T* parameters, T* gradients,
                    T* moments, Index n) {
  if (detail::is_taken(facts))
    optimizer_pass(cpu, detail::clipped(*rule, facts), parameters, gradients, moments, n);
  else
    std::fill_n(gradients, n, T(0));
}

/// to = from, n numbers, if the step is taken.
template <class T>
void assign_pass(const Cpu&, const StepFacts& facts, const T* from, T* to, Index n) {
  if (detail::is_taken(facts)) std::copy_n(from, n, to);
}

/// average_pass, if the step is taken.
template <class T>
void average_pass(const Cpu& cpu, const AverageRule<T>& rule, const StepFacts& facts, T* averages,
                  const T* values, Index n) {
  if (detail::is_taken(facts)) average_pass(cpu, rule, averages, values, n);
}

/// Whether no element is infinite or NaN.
template <class T>
bool all_finite(const Cpu& cpu, std::span<T> x) {
  const auto n = static_cast<Index>(x.size());
  const detail::Chunks chunks(n);
  std::array<bool, detail::Chunks::max_chunks> finite;
  cpu.parallel_for(chunks.count, [&](Index chunk) {
    const Index first = chunk * chunks.length, last = std::min(first + chunks.length, n);
    int outside = 0;  // an integer sum, because that is vectorized and a loop with an exit is not
    for (Index i = first; i < last; ++i) {
      outside |= !(std::abs(x[static_cast<std::size_t>(i)]) <= std::numeric_limits<T>::max());
    }
    finite[static_cast<std::size_t>(chunk)] = outside == 0;
  });
  return std::all_of(finite.begin(), finite.begin() + chunks.count, [](bool b) { return b; });
}

}  // namespace densenf::kernels

// Parameters with a number for each channel at each place of an image: v[place * c + channel], the same for
// all images of a batch. Tensors have the same extents.
namespace densenf::kernels {

namespace detail {
/// Calls f(place, n * places + place for each image n) so that each place is one task.
template <class T, class F>
void for_each_place(const Cpu& cpu, Tensor<const T> x, const F& f) {
  for_each_pixel(cpu, x.h * x.w, x.n * x.c, f);
}
}  // namespace detail

/// y = x + v
template <class T>
void add_positions(const Cpu& cpu, Tensor<const T> x, const T* v, Tensor<T> y) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [](auto from, auto of_place, auto to) { to = from + of_place; }, x.pixel(p),
        v + p % places * x.c, y.pixel(p));
  });
}

/// dv += the sum of dy over the images
template <class T>
void sum_positions(const Cpu& cpu, Tensor<const T> dy, T* dv) {
  const Index places = dy.h * dy.w;
  detail::for_each_place(cpu, dy, [&](Index place) {
    for (Index n = 0; n < dy.n; ++n)
      put_numbers(Write::accumulate, dy.c, dy.pixel(n * places + place), dv + place * dy.c);
  });
}

/// z = scale x + shift; log_prob[n] += sum of log |scale|.
template <class T>
void position_affine_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, const T* shift, Tensor<T> z,
                             double* log_prob) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index at = p % places * x.c;
    for_each_packet(
        x.c, [](auto from, auto s, auto t, auto to) { to = from * s + t; }, x.pixel(p), scale + at,
        shift + at, z.pixel(p));
  });
  double term = 0;
  for (Index i = 0; i < places * x.c; ++i) term += std::log(std::abs(static_cast<double>(scale[i])));
  for (Index n = 0; n < x.n; ++n) log_prob[n] += term;
}

/// x = (z - shift) / scale
template <class T>
void position_affine_inverse(const Cpu& cpu, Tensor<const T> z, const T* scale, const T* shift, Tensor<T> x) {
  const Index places = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index at = p % places * x.c;
    for_each_packet(
        x.c, [](auto from, auto s, auto t, auto to) { to = (from - t) / s; }, z.pixel(p), scale + at,
        shift + at, x.pixel(p));
  });
}

/// dx = or +=, dscale +=, dshift += adjoint of position_affine_forward. dx.data may be null when x is data.
template <class T>
void position_affine_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dz,
                              const double* dlog_prob, Tensor<T> dx, Write write, T* dscale, T* dshift) {
  const Index places = x.h * x.w;
  double all = 0;
  for (Index n = 0; n < x.n; ++n) all += dlog_prob[n];
  detail::for_each_place(cpu, x, [&](Index place) {
    const Index at = place * x.c;
    const T* const of_scale = scale + at;
    T *const ds = dscale + at, *const dt = dshift + at;
    for_each_packet(
        x.c, [all = static_cast<T>(all)](auto by, auto to) { to += all / by; }, of_scale, ds);
    for (Index n = 0; n < x.n; ++n) {
      const Index p = n * places + place;
      if (dx.data != nullptr) {
        for_each_packet(
            x.c, [write](auto d, auto by, auto to) { detail::put(write, to, d * by); }, dz.pixel(p), of_scale,
            dx.pixel(p));
      }
      for_each_packet(
          x.c,
          [](auto d, auto from, auto to_scale, auto to_shift) {
            to_scale += d * from;
            to_shift += d;
          },
          dz.pixel(p), x.pixel(p), ds, dt);
    }
  });
}

/// The data-dependent start of the affine map, unless the flag says that it has been: scale = 1 /
/// sqrt(variance
/// + 1e-8) and shift = -mean scale, over the images; sets the flag.
template <class T>
void position_affine_start(const Cpu& cpu, Tensor<const T> x, T* scale, T* shift, T* started) {
  if (*started != T(0)) return;
  const Index places = x.h * x.w;
  for_each_pixel(cpu, places, x.n * x.c, [&](Index place) {
    for (Index c = 0; c < x.c; ++c) {
      double mean = 0, variance = 0;
      for (Index n = 0; n < x.n; ++n) mean += static_cast<double>(x(n * places + place, c));
      mean /= static_cast<double>(x.n);
      for (Index n = 0; n < x.n; ++n) {
        const double deviation = static_cast<double>(x(n * places + place, c)) - mean;
        variance += deviation * deviation;
      }
      const double by = 1 / std::sqrt(variance / static_cast<double>(x.n) + 1e-8);
      scale[place * x.c + c] = static_cast<T>(by);
      shift[place * x.c + c] = static_cast<T>(-mean * by);
    }
  });
  *started = T(1);
}

}  // namespace densenf::kernels

// Normal densities with one mean and one log-scale per channel, where null pointers mean 0: the standard
// normal; or for each number, from raw numbers of a network, of which a layout says where means (its shifts)
// and log-scales are.
namespace densenf::kernels {

inline const double log_sqrt_two_pi = 0.5 * std::log(2 * std::numbers::pi);

/// log_prob[n] += factor * log N(x; loc, exp(log_scale))
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale, double factor,
                     double* log_prob) {
  double constant = log_sqrt_two_pi * static_cast<double>(x.c);
  for (Index c = 0; log_scale != nullptr && c < x.c; ++c) constant += static_cast<double>(log_scale[c]);
  for_each_image(cpu, x.n, x.h * x.w, [&](Index n, Index first, Index last) {
    double squares = 0;
    for (Index p = first; p < last; ++p) {
      if (loc == nullptr) {
        squares += static_cast<double>(row(x, p).square().sum());
      } else {
        squares += static_cast<double>(
            ((row(x, p) - vector(loc, x.c)) * (-vector(log_scale, x.c)).exp()).square().sum());
      }
    }
    log_prob[n] -= factor * (0.5 * squares + constant * static_cast<double>(x.h * x.w));
  });
}

/// dx += adjoint of normal_log_prob by x. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                              double factor, const double* dlog_prob, Tensor<T> dx) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T g = static_cast<T>(factor * dlog_prob[p / per_image]);
    if (loc == nullptr) {
      for_each_packet(
          x.c, [g](auto from, auto to) { to -= g * from; }, x.pixel(p), dx.pixel(p));
    } else {
      for_each_packet(
          x.c, [g](auto from, auto m, auto l, auto to) { to -= g * (from - m) * exp(T(-2) * l); }, x.pixel(p),
          loc, log_scale, dx.pixel(p));
    }
  });
}

template <class T>
Index normal_log_prob_backward_parameters_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dloc +=, dlog_scale += adjoint of normal_log_prob by its parameters.
template <class T>
void normal_log_prob_backward_parameters(const Cpu& cpu, Tensor<const T> x, const T* loc, const T* log_scale,
                                         double factor, const double* dlog_prob, T* dloc, T* dlog_scale,
                                         Scratch) {
  const Index per_image = x.h * x.w;
  const auto standardized = [&](Index p, const auto& channels) {
    return (channels(x, p) - channels(loc)) * exp(-channels(log_scale));
  };
  const auto weight = [&](Index p) { return static_cast<T>(factor * dlog_prob[p / per_image]); };
  sums_over_pixels<T>(
      cpu, x.pixels(), x.c,
      [&](Index first, const auto& for_loc, const auto& for_scale) {
        for (Index i = 0; i < for_loc.size(); ++i) {
          dloc[first + i] +=
              static_cast<T>(for_loc[i] * std::exp(-static_cast<double>(log_scale[first + i])));
          dlog_scale[first + i] += static_cast<T>(for_scale[i]);
        }
      },
      [&](Index p, const auto& channels) { return standardized(p, channels) * weight(p); },
      [&](Index p, const auto& channels) { return (squared(standardized(p, channels)) - T(1)) * weight(p); });
}

/// x = loc + exp(log_scale) * temperature * e
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, const T* loc, const T* log_scale, T temperature,
                       Tensor<T> x) {
  for_each_pixel_with<T>(
      cpu, x.pixels(), x.c, [&](const auto& channels) { return exp(channels(log_scale)) * temperature; },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto m, auto s, auto to) { to = m + s * from; }, e.pixel(p) + first,
            loc + first, scale.data(), x.pixel(p) + first);
      });
}

template <class T>
Index normal_from_noise_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dloc +=, dlog_scale += adjoint of normal_from_noise at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, const T* log_scale, Tensor<const T> dx,
                                T* dloc, T* dlog_scale, Scratch) {
  sums_over_pixels<T>(
      cpu, e.pixels(), e.c,
      [&](Index first, const auto& sum_dx, const auto& sum_dx_e) {
        for (Index i = 0; i < sum_dx.size(); ++i) {
          dloc[first + i] += static_cast<T>(sum_dx[i]);
          dlog_scale[first + i] +=
              static_cast<T>(sum_dx_e[i] * std::exp(static_cast<double>(log_scale[first + i])));
        }
      },
      [&](Index p, const auto& channels) { return channels(dx, p); },
      [&](Index p, const auto& channels) { return channels(dx, p) * channels(e, p); });
}

/// log_prob[n] += factor * log N(x; mean, exp(log_scale)). raw has 2 x.c channels.
template <class T>
void normal_log_prob(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at, double factor,
                     double* log_prob) {
  if (x.size() == 0) return;
  using Pack = simd::Pack<T>;
  const Index per_image = x.h * x.w;
  const double constant = log_sqrt_two_pi * static_cast<double>(x.c * per_image);
  const Index images = std::max<Index>(1, task_size / (cost_of_exp * x.c * per_image));
  cpu.parallel_ranges(x.n, images, [&](Index first_image, Index last_image) {
    for (Index n = first_image; n < last_image; ++n) log_prob[n] -= factor * constant;
    detail::RunOfRaw<T, true> part{at};
    detail::RunNumbers<T> x_numbers, terms;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = x_numbers.read(x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto log_scale = Pack::load(s + i);
        const auto e = (Pack::load(from + i) - Pack::load(m + i)) * exp(-log_scale);
        (T(0.5) * e * e + log_scale).store(terms.room() + i);
      }
      detail::for_each_image_of(run, per_image, [&](Index n, Index first, Index count) {
        log_prob[n] -= factor * detail::sum_of_numbers(terms.room() + first, count);
      });
    };
    detail::for_each_run<T>(Everywhere(), per_image, first_image * per_image, last_image * per_image, x.c,
                            on_run, [](Index) {});
  });
}

/// dx +=, draw = or += adjoint of the normal_log_prob with raw numbers. dx.data may be null when x is data.
template <class T>
void normal_log_prob_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> raw, AffineLayout at,
                              double factor, const double* dlog_prob, Tensor<T> dx, Tensor<T> draw,
                              Write write) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at}, dpart{at};
    detail::RunNumbers<T> x_numbers, dx_numbers, factors;
    const Index per_image = x.h * x.w;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = x_numbers.read(x, run);
      T *const to_s = dpart.prepare_s(write, draw, run), *const to_m = dpart.prepare_t(write, draw, run);
      detail::for_each_image_of(run, per_image, [&](Index n, Index begin, Index count) {
        std::fill_n(factors.room() + begin, count, static_cast<T>(factor * dlog_prob[n]));
      });
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto g = Pack::load(factors.room() + i), scale = exp(-Pack::load(s + i));
        const auto e = (Pack::load(from + i) - Pack::load(m + i)) * scale, dm = g * e * scale;
        (-dm).store(dx_numbers.room() + i);
        (g * (e * e - T(1))).store(to_s + i);
        dm.store(to_m + i);
      }
      dpart.write(write, draw, run);
      if (dx.data != nullptr) dx_numbers.write(Write::accumulate, dx, run);
    };
    detail::for_each_run<T>(Everywhere(), per_image, first, last, x.c, on_run, [](Index) {});
  });
}

/// x = mean + exp(log_scale) * temperature * e. raw has 2 x.c channels.
template <class T>
void normal_from_noise(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at, T temperature,
                       Tensor<T> x) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, x, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at};
    detail::RunNumbers<T> e_numbers, x_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const m = part.t(raw, run), *const from = e_numbers.read(e, run);
      T* const to = x_numbers.prepare(Write::assign, x, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        (Pack::load(m + i) + exp(Pack::load(s + i)) * temperature * Pack::load(from + i)).store(to + i);
      }
      x_numbers.write(Write::assign, x, run);
    };
    detail::for_each_run<T>(Everywhere(), x.h * x.w, first, last, x.c, on_run, [](Index) {});
  });
}

/// draw = or += adjoint of the normal_from_noise with raw numbers, at temperature 1.
template <class T>
void normal_from_noise_backward(const Cpu& cpu, Tensor<const T> e, Tensor<const T> raw, AffineLayout at,
                                Tensor<const T> dx, Tensor<T> draw, Write write) {
  using Pack = simd::Pack<T>;
  detail::in_parts_of_pixels(cpu, e, cost_of_exp, [&](Index first, Index last) {
    detail::RunOfRaw<T, true> part{at}, dpart{at};
    detail::RunNumbers<T> e_numbers, dx_numbers;
    const auto on_run = [&](const detail::PixelRun& run) {
      const T *const s = part.s(raw, run), *const from = e_numbers.read(e, run),
                     *const d = dx_numbers.read(dx, run);
      T *const to_s = dpart.prepare_s(write, draw, run), *const to_m = dpart.prepare_t(write, draw, run);
      for (Index i = 0; i < run.numbers(); i += simd::lanes<T>) {
        const auto by_x = Pack::load(d + i);
        (by_x * exp(Pack::load(s + i)) * Pack::load(from + i)).store(to_s + i);
        by_x.store(to_m + i);
      }
      dpart.write(write, draw, run);
    };
    detail::for_each_run<T>(Everywhere(), e.h * e.w, first, last, e.c, on_run, [](Index) {});
  });
}

}  // namespace densenf::kernels

// Random123's array.h reads all vector instructions of the compiler and the streams, a fifth of the time that
// densenf.hpp takes to parse, for generators other than Philox. A program that uses those (ARS, AES) includes
// them before densenf.
#ifndef R123_USE_SSE
#define R123_USE_SSE 0
#define R123_USE_X86INTRIN_H 0
#endif
#include <Random123/philox.h>
#include <Random123/uniform.hpp>

// The numbers behind a NoiseKey: element i of a sequence is entry i % 4 of block i / 4, and a block is a
// pure function of key and block number. R123_CUDA_DEVICE is Random123's mark for what runs on both sides.
namespace densenf {

/// A NoiseKey made ready for drawing blocks. `high` is the upper half of the counter of every block.
struct NoiseSequence {
  std::array<std::uint32_t, 2> key{};
  std::array<std::uint32_t, 2> high{};
};

/// Step, stream and draw fill a whole counter, so they go through the generator once themselves. For one
/// seed that is a bijection: different keys get a different (key, high), hence no block in common.
R123_CUDA_DEVICE inline NoiseSequence noise_sequence(const NoiseKey& k) {
  const philox4x32_ctr_t place{
      {static_cast<std::uint32_t>(k.step), static_cast<std::uint32_t>(k.step >> 32), k.stream, k.draw}};
  const philox4x32_key_t seed{{static_cast<std::uint32_t>(k.seed), static_cast<std::uint32_t>(k.seed >> 32)}};
  const philox4x32_ctr_t mixed = philox4x32_R(10, place, seed);
  return {{mixed.v[0], mixed.v[1]}, {mixed.v[2], mixed.v[3]}};
}

/// The four random words of a block.
R123_CUDA_DEVICE inline philox4x32_ctr_t words_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t counter{
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), s.high[0], s.high[1]}};
  const philox4x32_key_t key{{s.key[0], s.key[1]}};
  return philox4x32_R(10, counter, key);
}

/// Two standard normal numbers from two words (Box and Muller). Always finite: the radius comes from a
/// number in [2^-33, 1 - 2^-33], so no result is beyond 6.77.
template <class T>
R123_CUDA_DEVICE inline void normal_pair(std::uint32_t radius_word, std::uint32_t angle_word, T& a, T& b) {
  // In double for every T: float would round the radius' argument to 1, and differ from a double model.
  const double radius = std::sqrt(-2.0 * std::log(r123::u01<double>(radius_word)));
  const double angle = std::numbers::pi * r123::uneg11<double>(angle_word);
  a = static_cast<T>(radius * std::cos(angle));
  b = static_cast<T>(radius * std::sin(angle));
}

/// Four independent standard normal numbers; as floats, the doubles rounded.
template <class T>
R123_CUDA_DEVICE inline std::array<T, 4> normals_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t w = words_of_block(s, block);
  T a, b, c, d;
  normal_pair(w.v[0], w.v[1], a, b);
  normal_pair(w.v[2], w.v[3], c, d);
  return {a, b, c, d};
}

/// A number from a word, uniform over the 2^23 odd multiples of 2^-24: evenly spaced, never 0 and never 1,
/// and the same number in float and in double. (With more bits a float would round to 1.)
template <class T>
R123_CUDA_DEVICE inline T uniform_of_word(std::uint32_t word) {
  return static_cast<T>(r123::u01fixedpt<float>(word));
}

/// Four independent numbers, uniform in (0, 1).
template <class T>
R123_CUDA_DEVICE inline std::array<T, 4> uniforms_of_block(const NoiseSequence& s, std::uint64_t block) {
  const philox4x32_ctr_t w = words_of_block(s, block);
  return {uniform_of_word<T>(w.v[0]), uniform_of_word<T>(w.v[1]), uniform_of_word<T>(w.v[2]),
          uniform_of_word<T>(w.v[3])};
}

}  // namespace densenf

// Batches of random numbers. Channel c of pixel p is element first_element + p * out.c + c of the key's
// sequence: the numbering ignores strides and tasks, and a batch may be filled in parts.
namespace densenf::kernels {

namespace detail {
template <class T, class FourOfBlock>
void fill_from_blocks(const Cpu& cpu, Index first_element, Tensor<T> out, const FourOfBlock& four_of_block) {
  if (first_element < 0) {
    throw ArgumentError("The first element of a random sequence must be 0 or more, not {}.", first_element);
  }
  constexpr Index grain = 4096;
  cpu.parallel_ranges(out.size(), grain, [&](Index first, Index last) {
    Index pixel = first / out.c, channel = first % out.c;
    for (Index i = first; i < last;) {
      const auto element = static_cast<std::uint64_t>(first_element + i);
      const std::array<T, 4> four = four_of_block(element / 4);
      for (std::size_t entry = element % 4; entry < 4 && i < last; ++entry, ++i) {
        out(pixel, channel) = four[entry];
        if (++channel == out.c) {
          channel = 0;
          ++pixel;
        }
      }
    }
  });
}
}  // namespace detail

/// Independent standard normal numbers; `shift`, which lies on the device, may be null. Throws ArgumentError
/// when first_element is negative.
template <class T>
void fill_normal(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                 const NoiseShift* shift = nullptr) {
  const NoiseShift by = shift != nullptr ? *shift : NoiseShift{};
  const NoiseSequence sequence = noise_sequence(key.later(by.step));
  detail::fill_from_blocks(cpu, first_element + by.image * out.shape().size(), out,
                           [&](std::uint64_t block) { return normals_of_block<T>(sequence, block); });
}

/// Independent numbers, uniform in (0, 1), both ends excluded; otherwise as fill_normal.
template <class T>
void fill_uniform(const Cpu& cpu, const NoiseKey& key, Index first_element, Tensor<T> out,
                  const NoiseShift* shift = nullptr) {
  const NoiseShift by = shift != nullptr ? *shift : NoiseShift{};
  const NoiseSequence sequence = noise_sequence(key.later(by.step));
  detail::fill_from_blocks(cpu, first_element + by.image * out.shape().size(), out,
                           [&](std::uint64_t block) { return uniforms_of_block<T>(sequence, block); });
}

}  // namespace densenf::kernels

// Other orders of the same numbers, beside those of layout.hpp.
namespace densenf::kernels {

/// y = or += x with its channels in the opposite order.
template <class T>
void reverse_channels(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) { detail::put(write, row(y, p), row(x, p).reverse()); });
}

/// Images of one pixel y (C H W channels, in this order) = or += images x of C x H x W.
template <class T>
void flatten(const Cpu& cpu, Tensor<const T> x, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    T* const to = y.pixel(p / hw) + p % hw;
    for (Index c = 0; c < x.c; ++c) detail::put(write, to[c * hw], x(p, c));
  });
}

/// Images x of C x H x W = or += images of one pixel y.
template <class T>
void unflatten(const Cpu& cpu, Tensor<const T> y, Tensor<T> x, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T* const from = y.pixel(p / hw) + p % hw;
    for (Index c = 0; c < x.c; ++c) detail::put(write, x(p, c), from[c * hw]);
  });
}

/// Pixel p of each image y = or += pixel p - by of the image x, counted row by row; 0 where there is none.
template <class T>
void shift_pixels(const Cpu& cpu, Tensor<const T> x, Index by, Tensor<T> y, Write write = Write::assign) {
  const Index hw = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index from = p % hw - by;
    if (from >= 0 && from < hw)
      put_channels(write, x, p - by, y, p);
    else if (write == Write::assign)
      zero_channels(y, p);
  });
}

/// Pixel place[p] of y = pixel p of x, for a permutation that is kept as numbers.
template <class T>
void scatter_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c,
                 [&](Index p) { row(y, clamp_index(place[p], y.pixels())) = row(x, p); });
}

/// Pixel p of y = or += pixel place[p] of x.
template <class T>
void gather_pixels(const Cpu& cpu, const T* place, Tensor<const T> x, Tensor<T> y, Write write) {
  for_each_pixel(cpu, y.pixels(), y.c,
                 [&](Index p) { put_channels(write, x, clamp_index(place[p], x.pixels()), y, p); });
}

/// y = or += x with each image's numbers in an order that is kept as numbers; both have the same extents.
template <class T>
void reorder(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> x, Tensor<T> y,
             Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for (Index c = 0; c < x.c; ++c) {
      const auto at = of.from(p, c);
      detail::put(write, y(p, c), x(at.pixel, at.channel));
    }
  });
}

/// x = or += y with each image's numbers back in the places that reorder took them from.
template <class T>
void restore_order(const Cpu& cpu, OrderOf parts, const T* order, Tensor<const T> y, Tensor<T> x,
                   Write write = Write::assign) {
  const ImageOrder<T> of{parts, order, x.h * x.w, x.c};
  for_each_pixel(cpu, y.pixels(), y.c, [&](Index p) {
    for (Index c = 0; c < y.c; ++c) {
      const auto at = of.from(p, c);
      detail::put(write, x(at.pixel, at.channel), y(p, c));
    }
  });
}

/// The weight w ([column][row], as convolutions read it) whose strict triangle has these entries; 0
/// elsewhere.
template <class T>
void triangle_to_weight(const Cpu& cpu, Triangle triangle, const T* entries, Tensor<T> w) {
  for_each_pixel(cpu, w.pixels(), w.c, [&](Index column) {
    for (Index r = 0; r < w.c; ++r)
      w(column, r) = triangle.contains(r, column) ? entries[triangle.place(r, column)] : T(0);
  });
}

/// dentries += adjoint of triangle_to_weight.
template <class T>
void triangle_to_weight_backward(const Cpu& cpu, Triangle triangle, Tensor<const T> dw, T* dentries) {
  for_each_pixel(cpu, dw.pixels(), dw.c, [&](Index column) {
    for (Index r = 0; r < dw.c; ++r) {
      if (triangle.contains(r, column)) dentries[triangle.place(r, column)] += dw(column, r);
    }
  });
}

}  // namespace densenf::kernels

// Softmax attention of all pixels of an image to all of another: for each head, out = softmax(q k^T /
// sqrt(E)) v over the pixels of k that a mask lets the pixel see, where the head has channels [head E, (head
// + 1) E) of q and k, and as many of v as v has for each head. The weights of a few pixels at a time are in
// memory, and again in the adjoint: so memory grows with the pixels, not with their square (Dao et al.,
// "FlashAttention", NeurIPS 2022, is the same for GPUs). What is masked is neither computed nor read, but
// for the scores of a few neighbors.
namespace densenf::kernels {

namespace detail {
/// Some queries [first, first + rows), and what they see: keys [begin, end), of which all of them see
/// [common, common_end). Numbers of keys count from `begin`.
struct QueryTile {
  Index first, rows, begin, end, common, common_end;

  QueryTile(const AttentionMask& mask, Index from, Index count, Index keys)
      : first(from),
        rows(count),
        begin(mask.begin(from)),
        end(mask.end(from + count - 1, keys)),
        common(mask.begin(from + count - 1) - begin),
        common_end(mask.end(from, keys) - begin) {}

  Index width() const { return end - begin; }
  Index first_of(const AttentionMask& mask, Index row) const { return mask.begin(first + row) - begin; }
  Index end_of(const AttentionMask& mask, Index row, Index keys) const {
    return mask.end(first + row, keys) - begin;
  }
};

/// One head of one image.
template <class T>
struct Head {
  static constexpr Index rows = 32;  ///< pixels of q at a time

  Index n, head, queries, keys, size, value_size;
  T scale;
  AttentionMask mask;

  Head(Index task, Index heads, const Tensor<const T>& q, const Tensor<const T>& k, const Tensor<const T>& v,
       const AttentionMask& of)
      : n(task / heads),
        head(task % heads),
        queries(q.h * q.w),
        keys(k.h * k.w),
        size(q.c / heads),
        value_size(v.c / heads),
        scale(T(1) / std::sqrt(static_cast<T>(size))),
        mask(of) {}

  /// Calls f(tile) for all queries, some at a time.
  template <class F>
  void for_each_tile(const F& f) const {
    for (Index first = 0; first < queries; first += rows)
      f(QueryTile(mask, first, std::min(rows, queries - first), keys));
  }

  /// The weights of a row of a tile, of which those that the row does not see become 0. Returns those that it
  /// sees.
  auto seen(const QueryTile& tile, Index row, T* weights) const {
    const Index from = tile.first_of(mask, row), to = tile.end_of(mask, row, keys);
    mutable_vector(weights, from).setZero();
    mutable_vector(weights + to, tile.width() - to).setZero();
    return mutable_vector(weights + from, to - from);
  }

  /// Its numbers at a pixel of its image.
  template <class U>
  Block<U> of_size(const Tensor<U>& x, Index pixel) const {
    return {x.pixel(n * x.h * x.w + pixel) + head * size, x.stride};
  }
  template <class U>
  Block<U> of_values(const Tensor<U>& x, Index pixel) const {
    return {x.pixel(n * x.h * x.w + pixel) + head * value_size, x.stride};
  }
};

/// Numbers that attention and its adjoint work with for one head of an image.
template <class T>
Index numbers_of_head(const Tensor<const T>& q, const Tensor<const T>& k, const Tensor<const T>& v,
                      Index heads) {
  return k.h * k.w * (2 * Head<T>::rows + (q.c + v.c) / heads);
}
}  // namespace detail

/// Bytes of scratch memory: each thread works on one head of one image at a time.
template <class T>
Index softmax_attention_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                              Tensor<const T> v, Index heads) {
  return Scratch::bytes_for<T>(cpu.threads() * detail::numbers_of_head(q, k, v, heads));
}

/// log_sums: a number for each head and pixel of each image of q, which is what the adjoint needs.
template <class T>
void softmax_attention_forward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                               Index heads, AttentionMask mask, T* log_sums, Tensor<T> out, Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(cpu.threads() * room);
  cpu.parallel_for_workers(q.n * heads, [&](Index task, int worker) {
    const detail::Head<T> a(task, heads, q, k, v, mask);
    T* const keys = all + worker * room;  // transposed
    T* const weights = keys + a.size * a.keys;
    const Index begin = mask.begin(0), end = mask.end(a.queries - 1, a.keys);
    const Block<const T> from = a.of_size(k, begin);
    nystrom::transpose(from.data, from.stride, end - begin, a.size, keys + begin, a.keys);
    a.for_each_tile([&](const detail::QueryTile& tile) {
      multiply<T>(a.of_size(q, tile.first), {keys + tile.begin, a.keys}, tile.rows, a.size, tile.width(),
                  Into::replace, {weights, a.keys});
      for (Index i = 0; i < tile.rows; ++i) {
        auto w = a.seen(tile, i, weights + i * a.keys);
        const T top = w.maxCoeff();
        w = ((w - top) * a.scale).exp();
        const T sum = w.sum();
        w *= T(1) / sum;
        log_sums[task * a.queries + tile.first + i] = top * a.scale + std::log(sum);
      }
      multiply<T>({weights + tile.common, a.keys}, a.of_values(v, tile.begin + tile.common), tile.rows,
                  tile.common_end - tile.common, a.value_size, Into::replace, a.of_values(out, tile.first));
      // The others row by row: 0 times a value that is no number would reach who must not see it.
      for (Index i = 0; i < tile.rows; ++i) {
        const auto add = [&](Index first, Index last) {
          if (first < last)
            multiply<T>({weights + i * a.keys + first, a.keys}, a.of_values(v, tile.begin + first), 1,
                        last - first, a.value_size, Into::add, a.of_values(out, tile.first + i));
        };
        add(tile.first_of(mask, i), tile.common);
        add(tile.common_end, tile.end_of(mask, i, a.keys));
      }
    });
  });
}

template <class T>
Index softmax_attention_backward_scratch_bytes(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k,
                                               Tensor<const T> v, Index heads) {
  return softmax_attention_forward_scratch_bytes(cpu, q, k, v, heads);
}

/// dq +=, dk +=, dv += adjoint of softmax_attention_forward.
template <class T>
void softmax_attention_backward(const Cpu& cpu, Tensor<const T> q, Tensor<const T> k, Tensor<const T> v,
                                Index heads, AttentionMask mask, const T* log_sums, Tensor<const T> out,
                                Tensor<const T> dout, Tensor<T> dq, Tensor<T> dk, Tensor<T> dv,
                                Scratch scratch) {
  const Index room = detail::numbers_of_head(q, k, v, heads);
  T* const all = scratch.take<T>(cpu.threads() * room);
  cpu.parallel_for_workers(q.n * heads, [&](Index task, int worker) {
    const detail::Head<T> a(task, heads, q, k, v, mask);
    T* const keys = all + worker * room;  // transposed, and so are the values
    T* const values = keys + a.size * a.keys;
    T* const weights = values + a.value_size * a.keys;
    T* const dweights = weights + a.rows * a.keys;
    const Block<const T> from = a.of_size(k, 0), from_values = a.of_values(v, 0);
    nystrom::transpose(from.data, from.stride, a.keys, a.size, keys, a.keys);
    nystrom::transpose(from_values.data, from_values.stride, a.keys, a.value_size, values, a.keys);
    a.for_each_tile([&](const detail::QueryTile& tile) {
      const Block<const T> d = a.of_values(dout, tile.first), result = a.of_values(out, tile.first);
      const Index width = tile.width();
      multiply<T>(a.of_size(q, tile.first), {keys + tile.begin, a.keys}, tile.rows, a.size, width,
                  Into::replace, {weights, a.keys});
      multiply<T>(d, {values + tile.begin, a.keys}, tile.rows, a.value_size, width, Into::replace,
                  {dweights, a.keys});
      for (Index i = 0; i < tile.rows; ++i) {
        auto w = a.seen(tile, i, weights + i * a.keys), dw = a.seen(tile, i, dweights + i * a.keys);
        // What the softmax's adjoint takes away: the sum of w dw, which is that of the outputs' products.
        const T delta = (vector(d.row(i), a.value_size) * vector(result.row(i), a.value_size)).sum();
        w = (w * a.scale - log_sums[task * a.queries + tile.first + i]).exp();
        dw = w * (dw - delta) * a.scale;
      }
      multiply<T>({dweights, a.keys}, a.of_size(k, tile.begin), tile.rows, width, a.size, Into::add,
                  a.of_size(dq, tile.first));
      multiply_transposed<T>({dweights, a.keys}, a.of_size(q, tile.first), width, tile.rows, a.size,
                             Into::add, a.of_size(dk, tile.begin));
      multiply_transposed<T>({weights, a.keys}, d, width, tile.rows, a.value_size, Into::add,
                             a.of_values(dv, tile.begin));
    });
  });
}

}  // namespace densenf::kernels

// Softplus, log(1 + exp(x)), and its derivative 1 / (1 + exp(-x)), by vector instructions.
namespace densenf::kernels {

/// y = softplus(x)
template <class T>
void softplus_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, 2 * cost_of_exp,
      // A difference, because a maximum may lose a NaN.
      [](auto from, auto to) {
        const auto above = max(from, T(0)), far = from - above - above;
        // Packets have no exponential below the smallest normal number, and give another instead.
        constexpr T lowest = static_cast<T>((std::numeric_limits<T>::min_exponent - 1) * std::numbers::ln2);
        to = above + log1p(select(far < lowest, T(0), exp(far)));
      },
      x, y);
}

/// dx = or += adjoint of softplus_forward
template <class T>
void softplus_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp, [write](auto from, auto d, auto to) { detail::put(write, to, d * logistic(from)); },
      x, dy, dx);
}

/// y = 1 / (1 + exp(-x)), which far from 0 is 0 and 1.
template <class T>
void logistic_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp, [](auto from, auto to) { to = logistic(from); }, x, y);
}

/// dx = or += adjoint of logistic_forward, from its value y
template <class T>
void logistic_backward(const Cpu& cpu, Tensor<const T> y, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, 1, [write](auto s, auto d, auto to) { detail::put(write, to, d * s * (T(1) - s)); }, y, dy, dx);
}

}  // namespace densenf::kernels

namespace densenf::kernels::detail {

/// Some splines side by side, as many as a packet has numbers, each with a number of its own:
/// RationalQuadratic, with packets in the place of numbers.
template <class T, int Bins>
class SplineBlock {
  using Spline = RationalQuadratic<Bins>;
  using Pack = simd::Pack<T>;
  using Bin = SplineBin<Pack>;
  static constexpr auto bins = static_cast<std::size_t>(Bins);

public:
  static constexpr int width = static_cast<int>(simd::lanes<T>);

  alignas(64) T at[std::size_t{width}];  ///< the numbers: x, or y for the inverse

  explicit SplineBlock(const Spline& spline) : spline_(spline) {}

  /// Takes the raw numbers of the first `count` splines, of which those of spline e begin at raw[e]; the
  /// others, where the block is not full, become any ones.
  void take(const T* const* raw, int count) {
    if (by_squares(count)) {
      for_each_square([&](Index e, Index i) {
        simd::transpose_square<T>([=](Index k) { return raw[e + k] + i; },
                                  [=, this](Index k) { return raw_[i + k] + e; });
      });
      return;
    }
    for (int e = 0; e < width; ++e) {
      for (int i = 0; i < Spline::parameters; ++i) raw_[i][e] = e < count ? raw[e][i] : T(0);
      if (e >= count) at[e] = T(0);
    }
  }

  /// Numbers outside of the bounds come back as they are, with slope 1.
  void forward(T* y, T* log_slope) const {
    const Found found = find(0);
    Pack slope;
    const Pack value = found.bin.forward(found.inside, slope);
    select(found.is_inside, value, Pack::load(at)).store(y);
    log(select(found.is_inside, slope, Pack(T(1)))).store(log_slope);
  }

  void inverse(T* x) const {
    const Found found = find(1);
    select(found.is_inside, found.bin.inverse(found.inside), Pack::load(at)).store(x);
  }

  /// dx from dy and dl, the gradients of y and of log dy/dx. The raw numbers become their gradients.
  void backward(const T* dy, const T* dl, T* dx) {
    const Found found = find(0);
    const Pack given = Pack::load(dy);
    const auto d = found.bin.backward(found.inside, given, Pack::load(dl));
    select(found.is_inside, d.x, given).store(dx);
    differentiate(found, d, given, select(found.is_inside, Pack(T(1)), Pack(T(0))));
  }

  /// The adjoint of `inverse`, which gave the numbers: dy from dx.
  void inverse_backward(const T* dx, T* dy) {
    const Found found = find(0);
    const Pack given = Pack::load(dx);
    const auto d = found.bin.backward(found.inside, Pack(T(1)), Pack(T(0)));
    const Pack through = select(found.is_inside, given / d.x, given);
    through.store(dy);
    differentiate(found, d, Pack(T(1)), select(found.is_inside, -through, Pack(T(0))));
  }

  /// Puts the gradients of the raw numbers of the first `count` splines, those of spline e from draw[e] on.
  void put(Write write, T* const* draw, int count) const {
    if (by_squares(count) && write == Write::assign) {
      for_each_square([&](Index e, Index i) {
        simd::transpose_square<T>([=, this](Index k) { return raw_[i + k] + e; },
                                  [=](Index k) { return draw[e + k] + i; });
      });
      return;
    }
    for (int e = 0; e < count; ++e)
      for (int i = 0; i < Spline::parameters; ++i) detail::put(write, draw[e][i], raw_[i][e]);
  }

private:
  /// Whether raw numbers of so many splines are moved in squares, and not one by one.
  static constexpr bool by_squares(int count) {
    return count == width && Spline::parameters >= simd::square<T>;
  }
  /// Calls f(e, i) for squares of splines from e and raw numbers from i on; the last ones overlap.
  template <class F>
  static void for_each_square(const F& f) {
    for (Index i = 0; i < Spline::parameters; i += simd::square<T>) {
      for (Index e = 0; e < width; e += simd::square<T>)
        f(e, std::min<Index>(i, Spline::parameters - simd::square<T>));
    }
  }

  struct Found {
    simd::PackMask<T> is_inside;
    Pack inside;          ///< the numbers; 0 where they are outside
    Pack number;          ///< of the bin
    Pack share[2][bins];  ///< softmax of the raw widths and heights
    Pack derivative[2];   ///< of the bin's slopes by their raw numbers
    Bin bin;
  };

  Pack raw(int i) const { return Pack::load(raw_[i]); }

  /// The bins of the numbers, which are on the axis of x (0) or of y (1).
  Found find(int axis) const {
    const Pack bound(static_cast<T>(spline_.bound)), given = Pack::load(at);
    Found f;
    f.is_inside = (given >= -bound) & (given <= bound);
    f.inside = select(f.is_inside, given, Pack(T(0)));
    Pack knot[2][bins + 1];
    for (int a = 0; a < 2; ++a) find_knots(a, bound, f.share[a], knot[a]);
    Pack x1 = knot[0][1], y1 = knot[1][1], r0(T(0)), r1(T(0));
    f.number = Pack(T(0));
    f.bin.x0 = f.bin.y0 = -bound;
    if constexpr (Bins > 1) r1 = raw(2 * Bins);
    for (int i = 1; i < Bins; ++i) {
      const auto past = knot[axis][i] <= f.inside;
      f.number = select(past, Pack(static_cast<T>(i)), f.number);
      f.bin.x0 = select(past, knot[0][i], f.bin.x0);
      f.bin.y0 = select(past, knot[1][i], f.bin.y0);
      x1 = select(past, knot[0][i + 1], x1);
      y1 = select(past, knot[1][i + 1], y1);
      r0 = select(past, raw(2 * Bins + i - 1), r0);
      if (i + 1 < Bins) r1 = select(past, raw(2 * Bins + i), r1);
    }
    f.bin.w = x1 - f.bin.x0;
    f.bin.h = y1 - f.bin.y0;
    f.bin.d0 = slope(r0, f.number == Pack(T(0)), f.derivative[0]);
    f.bin.d1 = slope(r1, f.number == Pack(static_cast<T>(Bins - 1)), f.derivative[1]);
    return f;
  }

  void find_knots(int a, Pack bound, Pack (&share)[bins], Pack (&knot)[bins + 1]) const {
    const Pack scale(static_cast<T>(spline_.raw_scale));
    Pack top = raw(a * Bins), total(T(0));
    for (int i = 1; i < Bins; ++i) {
      const Pack r = raw(a * Bins + i);
      top = select(r > top, r, top);
    }
    for (int i = 0; i < Bins; ++i) {
      share[i] = exp((raw(a * Bins + i) - top) * scale);
      total += share[i];
    }
    const Pack over = Pack(T(1)) / total, room(static_cast<T>(1 - Bins * Spline::least));
    const Pack least(static_cast<T>(Spline::least)), twice = bound + bound;
    Pack sum(T(0));
    knot[0] = -bound;
    for (int i = 0; i < Bins; ++i) {
      share[i] *= over;
      sum += least + room * share[i];
      // The last knot is the bound itself, however the sum is rounded.
      knot[i + 1] = i + 1 < Bins ? twice * sum - bound : bound;
    }
  }

  /// The slope that a raw number makes, and its derivative; 1 at an end of the interval.
  Pack slope(Pack r, const simd::PackMask<T>& is_end, Pack& derivative) const {
    const Pack one(T(1)), zero(T(0)), v = r + Pack(static_cast<T>(spline_.raw_shift)), e = exp(-abs(v));
    derivative = select(is_end, zero, select(v >= zero, one, e) / (one + e));
    return select(is_end, one, Pack(static_cast<T>(Spline::least)) + select(v > zero, v, zero) + log1p(e));
  }

  /// The raw numbers become their gradients, `times` as much.
  void differentiate(const Found& f, const typename Bin::Gradients& d, Pack dy, Pack times) {
    const Pack zero(T(0)), last(static_cast<T>(Bins - 1));
    const Pack factor =
        times * Pack(static_cast<T>(2 * spline_.bound * (1 - Bins * Spline::least) * spline_.raw_scale));
    const Pack start[2] = {-d.x, dy}, size[2] = {d.w, d.h};
    for (int a = 0; a < 2; ++a) {
      // The inner knots that begin and end the bin; the ends of the interval stay where they are.
      const Pack end = select(f.number == last, zero, size[a]), before = start[a] - size[a] + end;
      Pack own[bins], mean(zero);
      for (int i = 0; i < Bins; ++i) {
        const Pack number(static_cast<T>(i));
        own[i] = select(number < f.number, before, select(number == f.number, end, zero));
        mean += own[i] * f.share[a][i];
      }
      for (int i = 0; i < Bins; ++i) (factor * f.share[a][i] * (own[i] - mean)).store(raw_[a * Bins + i]);
    }
    const Pack begins = times * d.d0 * f.derivative[0], ends = times * d.d1 * f.derivative[1];
    for (int i = 0; i + 1 < Bins; ++i) {
      const Pack number(static_cast<T>(i)), next(static_cast<T>(i + 1));
      select(number == f.number, ends, select(next == f.number, begins, zero)).store(raw_[2 * Bins + i]);
    }
  }

  Spline spline_;
  alignas(64) T raw_[static_cast<std::size_t>(Spline::parameters)]
                    [std::size_t{width}];  ///< raw numbers, or their gradients
};

}  // namespace densenf::kernels::detail

// Splines whose raw numbers lie in a batch beside that of their arguments: those of channel c at c *
// Spline::parameters and behind. Where they are not to map, z = x.
namespace densenf::kernels {

namespace detail {
/// What a spline costs, in additions, for each number.
template <int Bins>
inline constexpr Index cost_of_spline = cost_of_exp*(Bins + 6) / 2;

/// Blocks of splines over the numbers of a stretch of pixels: calls done(block, pixels, channels, count) for
/// each block, whose splines are those of the pixels and channels listed; and keep(p) for pixels where
/// nothing is to be mapped.
template <class T, int Bins, class Where, class Keep, class Done>
void for_each_spline_block(const RationalQuadratic<Bins>& spline, const Where& where,
                           const Tensor<const T>& x, const Tensor<const T>& raw, Index first, Index last,
                           const Keep& keep, const Done& done) {
  using Block = SplineBlock<T, Bins>;
  Block block(spline);
  Index pixel[Block::width] = {}, channel[Block::width] = {};
  const T* numbers[Block::width] = {};
  int count = 0;
  const auto flush = [&] {
    block.take(numbers, count);
    done(block, pixel, channel, count);
    count = 0;
  };
  for (Index p = first; p < last; ++p) {
    if (!where(p)) {
      keep(p);
      continue;
    }
    const T* r = raw.pixel(p);
    for (Index c = 0; c < x.c; ++c, r += RationalQuadratic<Bins>::parameters) {
      numbers[count] = r;
      block.at[count] = x(p, c);
      pixel[count] = p;
      channel[count] = c;
      if (++count == Block::width) flush();
    }
  }
  if (count > 0) flush();
}
}  // namespace detail

/// z from x; log_prob[n] += sum of log dz/dx.
template <class T, int Bins, class Where>
void spline_forward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                    Tensor<const T> raw, Tensor<T> z, double* log_prob) {
  using Block = detail::SplineBlock<T, Bins>;
  const Index per_image = x.h * x.w, cost = detail::cost_of_spline<Bins> * x.c * per_image;
  cpu.parallel_ranges(x.n, std::max<Index>(1, task_size / std::max<Index>(1, cost)),
                      [&](Index first, Index last) {
                        detail::for_each_spline_block<T>(
                            spline, where, x, raw, first * per_image, last * per_image,
                            [&](Index p) { put_channels(Write::assign, x, p, z, p); },
                            [&](Block& block, const Index* pixel, const Index* channel, int count) {
                              alignas(64) T y[Block::width], log_slope[Block::width];
                              block.forward(y, log_slope);
                              for (int e = 0; e < count; ++e) {
                                z(pixel[e], channel[e]) = y[e];
                                // In the order of an image's numbers, whatever block they are in.
                                log_prob[pixel[e] / per_image] += static_cast<double>(log_slope[e]);
                              }
                            });
                      });
}

namespace detail {
/// Calls f(first pixel, last pixel) for stretches of pixels, of splines for `channels` numbers each.
template <int Bins, class F>
void for_each_stretch(const Cpu& cpu, Index pixels, Index channels, const F& f) {
  cpu.parallel_ranges(pixels,
                      std::max<Index>(1, task_size / std::max<Index>(1, cost_of_spline<Bins> * channels)), f);
}
}  // namespace detail

/// x from z.
template <class T, int Bins, class Where>
void spline_inverse(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> z,
                    Tensor<const T> raw, Tensor<T> x) {
  using Block = detail::SplineBlock<T, Bins>;
  detail::for_each_stretch<Bins>(cpu, z.pixels(), z.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, z, raw, first, last, [&](Index p) { put_channels(Write::assign, z, p, x, p); },
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T back[Block::width];
          block.inverse(back);
          for (int e = 0; e < count; ++e) x(pixel[e], channel[e]) = back[e];
        });
  });
}

/// dx = or +=, draw = or += adjoint of spline_forward. dx.data may be null when x is data.
template <class T, int Bins, class Where>
void spline_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                     Tensor<const T> raw, Tensor<const T> dz, const double* dlog_prob, Tensor<T> dx,
                     Write write_dx, Tensor<T> draw, Write write_draw) {
  using Block = detail::SplineBlock<T, Bins>;
  const Index per_image = x.h * x.w;
  const auto keep = [&](Index p) {
    if (write_draw == Write::assign) zero_channels(draw, p);
    if (dx.data != nullptr) put_channels(write_dx, dz, p, dx, p);
  };
  detail::for_each_stretch<Bins>(cpu, x.pixels(), x.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, x, raw, first, last, keep,
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T dy[Block::width] = {}, dl[Block::width] = {}, through[Block::width];
          T* gradients[Block::width];
          for (int e = 0; e < count; ++e) {
            dy[e] = dz(pixel[e], channel[e]);
            dl[e] = static_cast<T>(dlog_prob[pixel[e] / per_image]);
            gradients[e] = draw.pixel(pixel[e]) + channel[e] * RationalQuadratic<Bins>::parameters;
          }
          block.backward(dy, dl, through);
          block.put(write_draw, gradients, count);
          if (dx.data == nullptr) return;
          for (int e = 0; e < count; ++e) detail::put(write_dx, dx(pixel[e], channel[e]), through[e]);
        });
  });
}

/// dz +=, draw += adjoint of spline_inverse, which made x.
template <class T, int Bins, class Where>
void spline_inverse_backward(const Cpu& cpu, RationalQuadratic<Bins> spline, Where where, Tensor<const T> x,
                             Tensor<const T> raw, Tensor<const T> dx, Tensor<T> dz, Tensor<T> draw) {
  using Block = detail::SplineBlock<T, Bins>;
  detail::for_each_stretch<Bins>(cpu, x.pixels(), x.c, [&](Index first, Index last) {
    detail::for_each_spline_block<T>(
        spline, where, x, raw, first, last, [&](Index p) { put_channels(Write::accumulate, dx, p, dz, p); },
        [&](Block& block, const Index* pixel, const Index* channel, int count) {
          alignas(64) T d[Block::width] = {}, through[Block::width];
          T* gradients[Block::width];
          for (int e = 0; e < count; ++e) {
            d[e] = dx(pixel[e], channel[e]);
            gradients[e] = draw.pixel(pixel[e]) + channel[e] * RationalQuadratic<Bins>::parameters;
          }
          block.inverse_backward(d, through);
          block.put(Write::accumulate, gradients, count);
          for (int e = 0; e < count; ++e) dz(pixel[e], channel[e]) += through[e];
        });
  });
}

/// So that operations over types of the program's own find these definitions beside densenf::compiled.
template <int Bins>
struct SplineDefinitions {};

}  // namespace densenf::kernels

namespace densenf::kernels::detail {

/// Whether v takes the place of the largest so far: ties leave the first one, a NaN stays.
template <class T>
constexpr bool is_larger(T v, T largest) {
  return !(v <= largest) && largest == largest;
}

/// The place of the largest of four numbers, the first one of several.
template <class T>
constexpr int place_of_largest(const T* cell) {
  int place = 0;
  for (int k = 1; k < 4; ++k) {
    if (is_larger(cell[k], cell[place])) place = k;
  }
  return place;
}

/// The place among four of number j of the three others than the one at `place`.
constexpr int other_place(int j, int place) { return j + (j >= place ? 1 : 0); }

}  // namespace densenf::kernels::detail

// What surjections are made of: the largest numbers of 2x2 cells and how far the others are below them, and
// pixels in another order.
namespace densenf::kernels {

namespace detail {
/// Calls f(p, c, cell) for each channel of each pixel p of the smaller images, where `cell` are pointers to
/// the four numbers of the larger ones, row by row.
template <class T, class F>
void for_each_cell(const Cpu& cpu, const Tensor<T>& large, Index pixels, Index w, const F& f) {
  for_each_pixel(cpu, pixels, 8 * large.c, [&](Index p) {
    const Index column = p % w, line = p / w;
    T* at[4];
    for (Index k = 0; k < 4; ++k) at[k] = large.pixel((2 * line + k / 2) * large.w + 2 * column + k % 2);
    for (Index c = 0; c < large.c; ++c) {
      T* const cell[4] = {at[0] + c, at[1] + c, at[2] + c, at[3] + c};
      f(p, c, cell);
    }
  });
}
}  // namespace detail

/// z = the largest number of each cell of 2x2 pixels, for each channel; below(p, 3c + j) >= 0 is how far the
/// j-th of the others, row by row, is below it; place(p, c) is the number of the largest one's pixel in the
/// cell. place.data may be null.
template <class T>
void max_pool_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> z, Tensor<T> below, Tensor<T> place) {
  detail::for_each_cell(cpu, x, z.pixels(), z.w, [&](Index p, Index c, const T* const* cell) {
    const T v[4] = {*cell[0], *cell[1], *cell[2], *cell[3]};
    const int k = detail::place_of_largest(v);
    z(p, c) = v[k];
    for (int j = 0; j < 3; ++j) below(p, 3 * c + j) = v[k] - v[detail::other_place(j, k)];
    if (place.data != nullptr) place(p, c) = static_cast<T>(k);
  });
}

/// dx = or += the adjoint of max_pool_forward.
template <class T>
void max_pool_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dz, Tensor<const T> dbelow,
                       Tensor<T> dx, Write write) {
  const Index w = dz.w;
  for_each_pixel(cpu, dz.pixels(), 8 * x.c, [&](Index p) {
    const Index column = p % w, line = p / w;
    Index at[4];
    for (Index k = 0; k < 4; ++k) at[k] = (2 * line + k / 2) * x.w + 2 * column + k % 2;
    for (Index c = 0; c < x.c; ++c) {
      const T v[4] = {x(at[0], c), x(at[1], c), x(at[2], c), x(at[3], c)};
      const int k = detail::place_of_largest(v);
      T sum = dz(p, c);
      for (int j = 0; j < 3; ++j) {
        const T d = dbelow(p, 3 * c + j);
        detail::put(write, dx(at[detail::other_place(j, k)], c), -d);
        sum += d;
      }
      detail::put(write, dx(at[k], c), sum);
    }
  });
}

/// x from what max_pool_forward makes of it.
template <class T>
void max_pool_inverse(const Cpu& cpu, Tensor<const T> z, Tensor<const T> below, Tensor<const T> place,
                      Tensor<T> x) {
  detail::for_each_cell(cpu, x, z.pixels(), z.w, [&](Index p, Index c, T* const* cell) {
    const int k = static_cast<int>(clamp_index(place(p, c), 4));
    *cell[k] = z(p, c);
    for (int j = 0; j < 3; ++j) *cell[detail::other_place(j, k)] = z(p, c) - below(p, 3 * c + j);
  });
}

/// order(i, 0) for the pixels i of each image: the number in its image of the pixel that comes i-th when they
/// are sorted by channel `key` of x, equal ones as they stand, and those that are no number last.
template <class T>
void sort_pixels(const Cpu& cpu, Tensor<const T> x, Index key, Tensor<T> order) {
  for_each_image(cpu, x.n, x.h * x.w, [&](Index, Index first, Index last) {
    T* const begin = order.pixel(first);
    for (Index i = 0; i < last - first; ++i) begin[i] = static_cast<T>(i);
    std::sort(begin, begin + (last - first), [&](T a, T b) {
      const T u = x(first + static_cast<Index>(a), key), v = x(first + static_cast<Index>(b), key);
      if (u < v) return true;
      if (v < u) return false;
      const bool u_is_none = std::isnan(u), v_is_none = std::isnan(v);
      return u_is_none == v_is_none ? a < b : v_is_none;
    });
  });
}

/// Pixel i of each of y's images = or += pixel order(i, 0) of x's.
template <class T>
void take_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                 Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index from = p / per_image * per_image + clamp_index(order(p, 0), per_image);
    put_channels(write, x, from, y, p);
  });
}

/// Pixel order(i, 0) of each of y's images = or += pixel i of x's, where `order` is a permutation: the way
/// back from take_pixels, and its adjoint.
template <class T>
void put_pixels(const Cpu& cpu, Tensor<const T> x, Tensor<const T> order, Tensor<T> y,
                Write write = Write::assign) {
  const Index per_image = x.h * x.w;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const Index to = p / per_image * per_image + clamp_index(order(p, 0), per_image);
    put_channels(write, x, p, y, to);
  });
}

}  // namespace densenf::kernels

// What a convolution's taps see, side by side in the channels of each output pixel (im2col), and back: a
// convolution of any kernel, stride and place is then a product per pixel.
namespace densenf::kernels {

/// y = or += what the taps see: channel t * x.c + c of an output pixel is channel c of what tap t sees. y's
/// height and width are those of the output.
template <class T>
void unfold(const Cpu& cpu, Tensor<const T> x, const Taps& taps, Tensor<T> y, Write write = Write::assign) {
  // Row by row: what a tap sees of a row lies in one row.
  for_each_pixel(cpu, y.n * y.h, y.w * y.c, [&](Index line) {
    const Index image = line / y.h, row = line % y.h, c = x.c;
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.source(row, taps.dy[t], x.h);
      const T* const from = x.data + (image * x.h + std::max<Index>(i, 0)) * x.w * x.stride;
      T* to = y.data + line * y.w * y.stride + t * c;
      for (Index column = 0; column < y.w; ++column, to += y.stride) {
        const Index j = i < 0 ? -1 : taps.source(column, taps.dx[t], x.w);
        if (j < 0 && write == Write::accumulate) continue;
        for (Index k = 0; k < c; k += simd::lanes<T>) {
          auto v = j < 0 ? simd::broadcast(T{0}) : simd::load_up_to(from + j * x.stride + k, c - k);
          if (write == Write::accumulate) v = simd::add<T>(v, simd::load_up_to(to + k, c - k));
          simd::store_up_to(to + k, v, c - k);
        }
      }
    }
  });
}

/// x = or += the adjoint of unfold: each of x's pixels is the sum of what y holds for the taps that see it.
template <class T>
void fold(const Cpu& cpu, Tensor<const T> y, const Taps& taps, Tensor<T> x, Write write = Write::assign) {
  for_each_pixel(cpu, x.n * x.h, taps.count * x.w * x.c, [&](Index line) {
    const Index image = line / x.h, row = line % x.h, c = x.c;
    T* const first = x.data + line * x.w * x.stride;
    if (write == Write::assign) {
      for (Index column = 0; column < x.w; ++column) std::fill_n(first + column * x.stride, c, T(0));
    }
    for (int t = 0; t < taps.count; ++t) {
      const Index i = taps.seen_from(row, taps.dy[t], y.h);
      if (i < 0) continue;
      const T* const from = y.data + (image * y.h + i) * y.w * y.stride + t * c;
      for (Index column = 0; column < x.w; ++column) {
        const Index j = taps.seen_from(column, taps.dx[t], y.w);
        if (j >= 0) put_numbers(Write::accumulate, c, from + j * y.stride, first + column * x.stride);
      }
    }
  });
}

}  // namespace densenf::kernels

// What stands between the convolutions of networks, and how convolutions start from data.
namespace densenf::kernels {

/// y = [elu(x), elu(-x)], of twice the channels, with elu(v) = v where v > 0, else exp(v) - 1.
template <class T>
void concat_elu_forward(const Cpu& cpu, Tensor<const T> x, Tensor<T> y) {
  for_each_number(
      cpu, cost_of_exp,
      [](auto from, auto up, auto down) {
        const auto below = exp(-abs(from)) - T(1);
        const auto positive = from > T(0);
        up = select(positive, from, below);
        down = select(positive, below, -from);
      },
      x, y.channels(0, x.c), y.channels(x.c, x.c));
}

/// dx = or += adjoint of concat_elu_forward
template <class T>
void concat_elu_backward(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, Tensor<T> dx, Write write) {
  for_each_number(
      cpu, cost_of_exp,
      [write](auto from, auto up, auto down, auto to) {
        const auto slope = exp(-abs(from));
        detail::put(write, to, select(from > T(0), up - down * slope, up * slope - down));
      },
      x, dy.channels(0, x.c), dy.channels(x.c, x.c), dx);
}

/// The data-dependent start of c outputs whose mean and variance without bias are known, unless the flag says
/// that it has been: so that they have mean 0 and deviation `deviation`. weight: `rows` rows of c numbers, of
/// which the outputs are multiples. Sets the flag.
template <class T>
void outputs_start(const Cpu&, const T* mean, const T* variance, T deviation, Index rows, Index c, T* weight,
                   T* bias, T* started) {
  if (*started != T(0)) return;
  for (Index i = 0; i < c; ++i) {
    const T by = deviation / std::sqrt(variance[i] + T(1e-8));
    bias[i] = -mean[i] * by;
    for (Index r = 0; r < rows; ++r) weight[r * c + i] *= by;
  }
  *started = T(1);
}

}  // namespace densenf::kernels

// What weights are made of before something is multiplied with them: lengths and scales of each output. A
// weight is a tensor of a pixel for each tap and input, whose channels are the outputs.
namespace densenf::kernels {

template <class T>
Index weight_norm_forward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

namespace detail {

/// What v is multiplied with in some channels: their magnitude, or 1 where there is none, over their length.
template <class T>
simd::Pack<T> scale_of(const ChannelPack<T>& channels, const T* magnitude, const T* one_over_length) {
  const simd::Pack<T> scale = channels(one_over_length);
  return magnitude != nullptr ? scale * channels(magnitude) : scale;
}

}  // namespace detail

/// w = v magnitude[c] / |v[c]| where |v[c]| is the root of the sum of squares over all pixels of channel c;
/// one_over_length[c] = 1 / |v[c]|. Without a magnitude (null) the length of w is 1.
template <class T>
void weight_norm_forward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, T* one_over_length,
                         Tensor<T> w, Scratch) {
  sum_over_pixels<T>(
      cpu, v.pixels(), v.c, [&](Index p, const auto& channels) { return squared(channels(v, p)); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i)
          one_over_length[first + i] = static_cast<T>(1 / std::sqrt(sums[i]));
      });
  for_each_pixel_with<T>(
      cpu, v.pixels(), v.c,
      [&](const auto& channels) { return detail::scale_of<T>(channels, magnitude, one_over_length); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(), [](auto from, auto s, auto to) { to = from * s; }, v.pixel(p) + first, scale.data(),
            w.pixel(p) + first);
      });
}

template <class T>
Index weight_norm_backward_scratch_bytes(const Cpu&, Tensor<const T> v) {
  return Scratch::bytes_for<T>(v.c);
}

/// dv = or +=, dmagnitude += adjoint of weight_norm_forward. dv.data and dmagnitude may be null.
template <class T>
void weight_norm_backward(const Cpu& cpu, Tensor<const T> v, const T* magnitude, const T* one_over_length,
                          Tensor<const T> dw, Tensor<T> dv, Write write, T* dmagnitude, Scratch scratch) {
  // With r = 1 / |v| and the sum s = dw v: dmagnitude = s r, dv = magnitude r (dw - v s r r).
  T* const along = scratch.take<T>(v.c);
  sum_over_pixels<T>(
      cpu, v.pixels(), v.c, [&](Index p, const auto& channels) { return channels(dw, p) * channels(v, p); },
      [&](Index first, const auto& sums) {
        for (Index i = 0; i < sums.size(); ++i) {
          const double r = static_cast<double>(one_over_length[first + i]);
          if (dmagnitude != nullptr) dmagnitude[first + i] += static_cast<T>(sums[i] * r);
          along[first + i] = static_cast<T>(sums[i] * r * r);
        }
      });
  if (dv.data == nullptr) return;
  for_each_pixel_with<T>(
      cpu, v.pixels(), v.c,
      [&](const auto& channels) { return detail::scale_of<T>(channels, magnitude, one_over_length); },
      [&](Index p, Index first, const auto& scale) {
        for_each_packet(
            scale.size(),
            [write](auto d, auto from, auto a, auto s, auto to) {
              detail::put(write, to, s * (d - from * a));
            },
            dw.pixel(p) + first, v.pixel(p) + first, static_cast<const T*>(along + first), scale.data(),
            dv.pixel(p) + first);
      });
}

/// y = x scale[c]
template <class T>
void scale_channels_forward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<T> y) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [](auto from, auto s, auto to) { to = from * s; }, x.pixel(p), scale, y.pixel(p));
  });
}

template <class T>
Index scale_channels_backward_scratch_bytes(const Cpu&, Tensor<const T>) {
  return 0;
}

/// dx = or +=, dscale += adjoint of scale_channels_forward. dx.data and dscale may be null.
template <class T>
void scale_channels_backward(const Cpu& cpu, Tensor<const T> x, const T* scale, Tensor<const T> dy,
                             Tensor<T> dx, Write write, T* dscale, Scratch) {
  if (dscale != nullptr) {
    sum_over_pixels<T>(
        cpu, x.pixels(), x.c, [&](Index p, const auto& channels) { return channels(dy, p) * channels(x, p); },
        [&](Index first, const auto& sums) {
          for (Index i = 0; i < sums.size(); ++i) dscale[first + i] += static_cast<T>(sums[i]);
        });
  }
  if (dx.data == nullptr) return;
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    for_each_packet(
        x.c, [write](auto d, auto s, auto to) { detail::put(write, to, d * s); }, dy.pixel(p), scale,
        dx.pixel(p));
  });
}

}  // namespace densenf::kernels

namespace densenf {

/// A normalizing flow: weights of its own, and a session that computes with them, on one device. What it can
/// be asked is Session's; here is what changes the weights.
///
/// One caller at a time. A flow can be moved, but not while a trainer refers to it; what was moved from may
/// only be assigned to. More threads compute with the same weights through sessions of their own: see
/// shared_weights.
template <class Model, class T = float, class Device = Cpu, class Base = BaseOf<Model>,
          class Condition = NoCondition>
class Flow : public Session<Model, T, Device, Base, Condition> {
public:
  using SessionType = Session<Model, T, Device, Base, Condition>;
  using WeightsType = typename SessionType::WeightsType;
  using Input = typename SessionType::Input;

  /// With random parameters; the same seed gives the same ones on every device.
  explicit Flow(InputShape<Model> shape, Device device = Device(), std::uint64_t seed = 0)
      : Flow(std::make_shared<WeightsType>(shape, std::move(device), seed)) {}
  /// With a copy of these weights.
  explicit Flow(const WeightsType& weights) : Flow(std::make_shared<WeightsType>(weights)) {}

  /// Fresh random parameters and state.
  void initialize(std::uint64_t seed) { weights_->initialize(seed); }

  /// The weights, to be changed; and for sessions in other threads, which must not compute meanwhile.
  WeightsType& weights() { return *weights_; }
  const WeightsType& weights() const { return *weights_; }
  std::shared_ptr<const WeightsType> shared_weights() const { return weights_; }

  /// All numbers of the host, laid out by table(); a ShapeError unless there are as many as the buffer has.
  void set_parameters(std::span<const T> values) { weights_->set_parameters(values); }
  void set_state(std::span<const T> values) { weights_->set_state(values); }

  /// Brings numbers of the state that follow from the parameters to where they belong: where a network's
  /// slope is bounded, the singular vectors by which its norms are measured. Evaluation, sampling, coding
  /// and saving do so by themselves, but sessions of other threads cannot. `iterations` are enough; 0: as many
  /// as it takes. Throws what pieces throw, and ArgumentError for less than 0; then nothing has changed.
  void settle(int iterations = 0) {
    if (iterations < 0) throw ArgumentError("A flow settles in 0 or more iterations, not {}.", iterations);
    densenf::settle(*weights_, this->workspace(), iterations);
  }

  // ---- training -----------------------------------------------------------------------------------

  /// Whether pieces wait for their start from data.
  bool needs_initialization() { return !weights_->missing_starts().empty(); }

  /// Gives pieces whose parameters start from data (ActNorm) their start from these images, seen as a
  /// training step with this noise sees them, unless they have had it. A Trainer does so before its first
  /// step. Returns whether there was anything to start. Throws NonFiniteError naming the parameter when what
  /// the images give is not finite, and what the pieces throw; then everything is as before.
  bool initialize(const Input& input, NoiseSource<T, Device>& noise, Index slice = 0) {
    pass_().stage(input);
    return !start_from_data(*weights_, pass_(), noise, slice).empty();
  }
  bool initialize(const Input& input, std::uint64_t seed = 0, Index slice = 0) {
    PhiloxNoise<T, Device> noise(seed, Stream::training, 0);
    return initialize(input, noise, slice);
  }

  /// The mean bits per dimension of a batch of at least one image; adds its gradient to gradients(). Draws
  /// noise and uses batch statistics as training does, and moves running ones if the loss is finite.
  /// Couplings and autoregressive layers have at most `slice` images in work (0: all), as far as their
  /// networks take images apart, which saves memory and changes the gradient only by rounding. A call that
  /// throws changes nothing, but for gradients(), which are zero if it had already begun to add to them.
  double loss_and_gradient(const Input& input, NoiseSource<T, Device>& noise,
                           MemoryPolicy policy = MemoryPolicy::store, Index slice = 0,
                           GradientListener* listener = nullptr) {
    pass_().stage(input);
    if (gradients_.size() == 0)
      gradients_ = Buffer<T, Device>(this->device(), this->table().parameters_size, "gradients");
    if (loss_.size() == 0) loss_ = Buffer<double, Device>(this->device(), 1, "numbers");
    pass_().differentiate(noise, {policy, slice, listener}, gradients_.data(), loss_.data());
    const double loss = loss_.to_host().front();
    if (std::isfinite(loss))
      weights_->take_step([&](auto&, auto& state) { state.assign(pass_().next_state()); });
    synchronize(this->device());
    return loss;
  }
  /// Laid out like parameters(); empty before the first loss_and_gradient.
  Buffer<T, Device>& gradients() { return gradients_; }

private:
  explicit Flow(std::shared_ptr<WeightsType> weights) : SessionType(weights), weights_(std::move(weights)) {
    this->own(*weights_);
  }

  TrainingPass<SessionType>& pass_() {
    // Made when it is needed; again where the flow was moved, because it refers to the session.
    SessionType* const self = this;
    if (!training_ || training_->first != self) training_.emplace(self, *self);
    return training_->second;
  }

  std::shared_ptr<WeightsType> weights_;
  std::optional<std::pair<SessionType*, TrainingPass<SessionType>>> training_;
  Buffer<T, Device> gradients_;
  Buffer<double, Device> loss_;
};

}  // namespace densenf
// Made by scripts/make_compiled from its list of models: change that instead.

namespace densenf {

/// z = (x - shift) * exp(-log_scale) per channel. The batch that Flow::initialize is given (a trainer gives
/// it the first one) sets both so that its own channels come out with mean 0 and standard deviation 1; it
/// must hold at least two pixels (ShapeError).
class ActNorm : public Bijector<ActNorm> {
public:
  void declare(Builder& b, Shape in) {
    shift_ = b.vector("shift", {1, in.c, 1, 1}, Init::zeros());
    log_scale_ = b.vector("log_scale", {1, in.c, 1, 1}, Init::zeros());
    initialized_ = b.starts_from_data("initialized", {shift_, log_scale_});
  }

  template <class Ctx, class V = typename Ctx::Value>
  void start(const Ctx& ctx, const V& x) const {
    nn::start_actnorm(ctx, x, shift_, log_scale_, initialized_);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::actnorm(ctx, x, ctx.parameter(shift_), ctx.parameter(log_scale_), log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::actnorm_inverse(ctx, z, ctx.parameter(shift_), ctx.parameter(log_scale_));
  }

private:
  Param shift_, log_scale_, initialized_;
};

}  // namespace densenf

#include <tuple>

namespace densenf {

namespace detail {
// A base per piece: far cheaper for the compiler than std::tuple.
template <std::size_t I, class Piece>
struct Slot {
  Piece piece;
};

template <class Indices, class... Pieces>
struct Slots;
template <std::size_t... I, class... Pieces>
struct Slots<std::index_sequence<I...>, Pieces...> : Slot<I, Pieces>... {};

template <std::size_t I, class Piece>
const Piece& piece_at(const Slot<I, Piece>& s) {
  return s.piece;
}
template <std::size_t I, class Piece>
Piece& piece_at(Slot<I, Piece>& s) {
  return s.piece;
}
}  // namespace detail

/// Pieces applied one after the other. A context given to the whole goes to the pieces that take one.
template <class... Pieces>
class Compose : public Bijector<Compose<Pieces...>> {
  static_assert(sizeof...(Pieces) > 0, "Compose needs at least one piece.");
  static constexpr std::size_t count = sizeof...(Pieces);
  using Indices = std::make_index_sequence<count>;

  static constexpr Index first_levels() {
    constexpr std::array<Index, count> all{Pieces::levels...};
    for (std::size_t i = 1; i < count; ++i) {
      if (all[i] != 0) return -1;
    }
    return all[0];
  }

public:
  static constexpr Kind kind = [] {
    Kind k = Kind::bijection;
    ((k = combine(k, Pieces::kind)), ...);
    return k;
  }();
  static constexpr bool takes_context = (Pieces::takes_context || ...);
  static constexpr bool numbers_pieces = true;
  static constexpr Index levels = first_levels();
  static_assert(levels >= 0, "A dequantization takes integers, so it can only be the first piece of a flow.");

  static constexpr Shape output_shape(Shape in) {
    ((in = Pieces::output_shape(in)), ...);
    return in;
  }

  static constexpr Shape input_shape(Shape out) { return input_shape(out, Indices{}); }

  void declare(Builder& b, Shape in) {
    each(
        [&]<class Piece>(Piece& piece, std::size_t i) {
          if constexpr (Piece::names_itself) {
            piece.build(b, in);
          } else {
            const auto scope = b.pieces_scope();
            const auto inner = b.piece_scope(static_cast<Index>(i), Piece::numbers_pieces);
            piece.build(b, in);
          }
          in = piece.output();
        },
        Indices{});
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    const std::size_t done = forward_pair(ctx, x, log_prob, context...);
    each(
        [&](const auto& piece, std::size_t i) {
          if (i >= done) x = piece.apply(ctx, x, log_prob, context...);
        },
        Indices{});
    return x;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    each_backwards([&](const auto& piece, std::size_t) { z = piece.invert(ctx, z, context...); }, Indices{});
    return z;
  }

  /// Piece by piece, so that each may rebuild its input in its own way.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  void reverse(Ctx& ctx, V z, const V& x, LogProb log_prob, const Context&... context) const {
    const auto mark = ctx.memory().mark();
    const auto tape = ctx.tape().mark();
    each_backwards(
        [&](const auto& piece, std::size_t i) {
          V before = x;
          if (i > 0) {
            before = ctx.output(z.n(), piece.input());
            ctx.hold_gradient(before);
          }
          piece.rebuild(ctx, z, before, log_prob, context...);
          z = before;
        },
        Indices{});
    ctx.tape().release(tape);
    ctx.memory().release(mark);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    each([&](const auto& piece, std::size_t) { f(piece); }, Indices{});
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    each_backwards([&](const auto& piece, std::size_t) { f(piece); }, Indices{});
  }

  /// The i-th piece.
  template <std::size_t I>
  const auto& piece() const {
    return detail::piece_at<I>(slots_);
  }

private:
  template <std::size_t... I>
  static constexpr Shape input_shape(Shape out, std::index_sequence<I...>) {
    using Types = std::tuple<std::type_identity<Pieces>...>;
    ((out = std::tuple_element_t<count - 1 - I, Types>::type::input_shape(out)), ...);
    return out;
  }

  /// The first two pieces at once, where the first says how (`forward_with`): then x is what comes behind
  /// them. Returns how many pieces are done.
  template <class Ctx, class V, class... Context>
  std::size_t forward_pair(const Ctx& ctx, V& x, LogProb log_prob, const Context&... context) const {
    if constexpr (count > 1) {
      const auto& first = piece<0>();
      const auto& second = piece<1>();
      if constexpr (requires { first.forward_with(second, ctx, x, log_prob, context...); }) {
        x = second.observed(ctx, log_prob,
                            [&] { return first.forward_with(second, ctx, x, log_prob, context...); });
        return 2;
      }
    }
    return 0;
  }

  template <class F, std::size_t... I>
  void each(const F& f, std::index_sequence<I...>) const {
    (f(detail::piece_at<I>(slots_), I), ...);
  }
  template <class F, std::size_t... I>
  void each(const F& f, std::index_sequence<I...>) {
    (f(detail::piece_at<I>(slots_), I), ...);
  }
  template <class F, std::size_t... I>
  void each_backwards(const F& f, std::index_sequence<I...>) const {
    (f(detail::piece_at<count - 1 - I>(slots_), count - 1 - I), ...);
  }

  detail::Slots<Indices, Pieces...> slots_;
};

}  // namespace densenf

namespace densenf::ops {

using kernels::Activation;

/// What a convolution multiplies with and adds, parameters or results of other operations alike. A 1x1 kernel
/// is a matrix product per pixel, a 3x3 one is padded with one line of zeros.
template <class V>
struct Filter {
  V weight;     ///< [kernel * kernel][in] pixels of `out` channels
  V bias = {};  ///< a vector of `out` numbers; none without data
  int kernel = 1;
  kernels::Connections connections = {};  ///< of a 1x1 kernel

  bool has_bias() const { return bias.value.data != nullptr; }
};

/// y = act(conv(x) + bias). Throws ShapeError when x or y has not the channels that the weights are for.
template <class Ctx, class V = typename Ctx::Value>
void conv_into(const Ctx& ctx, const V& x, const Filter<V>& f, Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  const Index in = x.c(), out = y.c();
  require_weights(ctx, f.weight, f.kernel * f.kernel, in, out);
  if (f.has_bias()) require_per_channel(ctx, f.bias, out);
  ctx.count_products(x.value.pixels(), f.weight,
                     kernels::winograd::share_of_products(f.kernel, x.value.h, x.value.w));
  const T* const weight = as_const(f.weight.value).data;
  const T* const bias = as_const(f.bias.value).data;
  conv_forward(ctx.device(), as_const(x.value), weight, bias, f.kernel, activation, y.value,
               ctx.scratch().lend(conv_forward_scratch_bytes(ctx.device(), as_const(x.value), weight, bias,
                                                             f.kernel, activation, y.value)),
               f.connections);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);
    T* const dweight = f.weight.gradient != nullptr ? c.gradient(f.weight).data : nullptr;
    T* const dbias = f.bias.gradient != nullptr ? c.gradient(f.bias).data : nullptr;
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    if (dweight != nullptr) {
      conv_backward_parameters(c.device(), as_const(x.value), as_const(y.value), activation, dy, f.kernel,
                               dweight, dbias,
                               c.scratch().lend(conv_backward_parameters_scratch_bytes(
                                   c.device(), as_const(x.value), dy, f.kernel, dweight, dbias)),
                               f.connections);
    } else {
      if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
      if (activation == Activation::elu)
        elu_backward(c.device(), as_const(y.value), as_const(dy), dy, kernels::Write::assign);
      if (dbias != nullptr)
        sum_channels(c.device(), as_const(dy), dbias,
                     c.scratch().lend(sum_channels_scratch_bytes(c.device(), as_const(dy))));
    }
    if (x.gradient != nullptr) {
      conv_backward_data(c.device(), as_const(dy), weight, f.kernel, dx.tensor, dx.write,
                         c.scratch().lend(conv_backward_data_scratch_bytes(c.device(), as_const(dy), weight,
                                                                           f.kernel, dx.tensor)),
                         f.connections);
    }
  });
}

/// Of weights that have no tangents.
template <class Context, class T>
void conv_into(const Tangents<Context>& ctx, const Dual<T>& x, const Filter<Dual<T>>& f,
               Activation activation, const Dual<T>& y) {
  detail::require_still("a convolution's weights", f.weight);
  detail::require_still("a convolution's bias", f.bias);
  if (activation == Activation::elu) {
    const Dual<T> before = ctx.output_like(x, y.c());
    conv_into(ctx, x, f, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  ctx.compute([&](const auto& c) {
    const Filter<Var<T>> filter{f.weight.primal(), f.bias.primal(), f.kernel, f.connections};
    conv_into(c, x.primal(), filter, activation, y.primal());
  });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  const Filter<Var<T>> without_bias{f.weight.primal(), {}, f.kernel, f.connections};
  if (activation == Activation::none)
    return conv_into(ctx.plain(), x.tangent, without_bias, Activation::none, y.tangent);
  const Var<T> before = ctx.plain().output_like(x.tangent, y.c());
  conv_into(ctx.plain(), x.tangent, without_bias, Activation::none, before);
  copy_into(ctx.plain(), detail::through_relu(ctx, y, before), y.tangent);
}

template <class Ctx, class V = typename Ctx::Value>
V conv(const Ctx& ctx, const V& x, const Filter<V>& filter, Activation activation = Activation::none) {
  const V y = ctx.output_like(x, filter.weight.c());
  conv_into(ctx, x, filter, activation, y);
  return y;
}

}  // namespace densenf::ops

namespace densenf::ops {

namespace detail {
/// y = W x at every pixel, W as [in][out].
template <class Device, class T>
void multiply_pixels(Arena<Device>& memory, Tensor<const T> x, const T* w, Tensor<T> y) {
  const T* no_bias = nullptr;
  const Device& device = memory.device();
  conv_forward(device, x, w, no_bias, 1, Activation::none, y,
               memory.lend(conv_forward_scratch_bytes(device, x, w, no_bias, 1, Activation::none, y)));
}

/// dx = or += W^T dy at every pixel.
template <class Device, class T>
void multiply_pixels_adjoint(Arena<Device>& memory, Tensor<const T> dy, const T* w,
                             const GradientTarget<T>& dx) {
  const Device& device = memory.device();
  conv_backward_data(device, dy, w, 1, dx.tensor, dx.write,
                     memory.lend(conv_backward_data_scratch_bytes(device, dy, w, 1, dx.tensor)));
}
}  // namespace detail

/// The adjoint of linear_flow: adds to the gradients of x, if it has one, and of W.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_adjoint(const Ctx& ctx, const V& x, const InvertibleMatrix& square,
                         const Inverted<typename Ctx::Scalar>& inverted, LogProb log_prob,
                         Tensor<const typename Ctx::Scalar> dz) {
  using T = typename Ctx::Scalar;
  const V weight = ctx.parameter(square.weight);
  if (weight.gradient != nullptr) {
    T* const dw = ctx.gradient(weight).data;
    T* const none = nullptr;
    conv_backward_weights(ctx.device(), as_const(x.value), dz, 1, dw, none,
                          ctx.scratch().lend(conv_backward_weights_scratch_bytes(
                              ctx.device(), as_const(x.value), dz, 1, dw, none)));
    const double pixels = static_cast<double>(x.value.h * x.value.w);
    log_abs_det_backward(ctx.device(), inverted.inverse, x.c(), pixels, log_prob.gradient, x.n(), dw);
  }
  if (x.gradient == nullptr) return;
  detail::multiply_pixels_adjoint(ctx.scratch(), dz, as_const(weight.value).data, ctx.gradient_target(x));
}

/// z = W x at every pixel; adds H W log |det W| to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_into(const Ctx& ctx, const V& x, const InvertibleMatrix& square, LogProb log_prob,
                      const V& z) {
  using T = typename Ctx::Scalar;
  const V weight = ctx.parameter(square.weight);
  require_weights(ctx, weight, 1, x.c(), x.c());
  require_batch("The output of a linear flow", z.value, x.n(), x.shape());
  const double pixels = static_cast<double>(x.value.h * x.value.w);
  const Inverted<T> inverted = ctx.inverted(square);
  ctx.count_products(x.value.pixels(), weight);
  add_to_each(ctx.device(), pixels, inverted.log_det, x.n(), log_prob.value);
  detail::multiply_pixels(ctx.scratch(), as_const(x.value), as_const(weight.value).data, z.value);
  ctx.record(
      [=](auto& c) { linear_flow_adjoint(c, x, square, inverted, log_prob, as_const(c.gradient(z))); });
}

template <class Ctx, class V = typename Ctx::Value>
V linear_flow(const Ctx& ctx, const V& x, const InvertibleMatrix& square, LogProb log_prob) {
  const V z = ctx.output_like(x, x.c());
  linear_flow_into(ctx, x, square, log_prob, z);
  return z;
}

/// x = W^-1 z at every pixel.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_inverse_into(const Ctx& ctx, const V& z, const InvertibleMatrix& square, const V& x) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  require_weights(ctx, ctx.parameter(square.weight), 1, z.c(), z.c());
  require_batch("The output of a linear flow's inverse", x.value, z.n(), z.shape());
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), ctx.inverted(square).inverse, x.value);
}

template <class Ctx, class V = typename Ctx::Value>
V linear_flow_inverse(const Ctx& ctx, const V& z, const InvertibleMatrix& square) {
  const V x = ctx.output_like(z, z.c());
  linear_flow_inverse_into(ctx, z, square, x);
  return x;
}

/// The backward pass from z alone: rebuilds x in x.value and adds to the gradients of x and of W. One inverse
/// of W serves both.
template <class Ctx, class V = typename Ctx::Value>
void linear_flow_reverse(const Ctx& ctx, const V& z, const V& x, const InvertibleMatrix& square,
                         LogProb log_prob) {
  using T = typename Ctx::Scalar;
  require_weights(ctx, ctx.parameter(square.weight), 1, z.c(), z.c());
  const auto scope = ctx.memory().scope();
  const Inverted<T> inverted = ctx.inverted(square);
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), inverted.inverse, x.value);
  linear_flow_adjoint(ctx, x, square, inverted, log_prob, as_const(ctx.gradient(z)));
}

/// The matrix W = L (U + diag(sign exp(log_s))) as a weight: L is unit lower triangular, U strictly upper
/// triangular, so that log |det W| is the sum of log_s. Only the strict triangles of lower and upper count.
/// The signs, 1 or -1, are a constant; without them (no data) all are 1.
template <class Ctx, class V = typename Ctx::Value>
V lu_product(const Ctx& ctx, const V& lower, const V& upper, const V& log_s, const V& sign = {}) {
  using T = typename Ctx::Scalar;
  const Index channels = log_s.c();
  for (const V& triangle : {lower, upper}) require_weights(ctx, triangle, 1, channels, channels);
  require_per_channel(ctx, log_s, channels);
  if (sign.value.data != nullptr) require_per_channel(ctx, sign, channels);
  const T* l = lower.value.data;
  const T* u = upper.value.data;
  const T* s = log_s.value.data;
  const T* signs = sign.value.data;
  const V w = ctx.output(1, {channels, channels, 1});
  lu_compose(ctx.device(), l, u, s, signs, channels, w.value.data,
             ctx.scratch().lend(lu_compose_scratch_bytes<T>(ctx.device(), channels)));
  ctx.record([=](auto& c) {
    const Tensor<T> dw = c.gradient(w), dlower = c.gradient_or_unused(lower),
                    dupper = c.gradient_or_unused(upper), dlog_s = c.gradient_or_unused(log_s);
    lu_backward(c.device(), l, u, s, signs, as_const(dw).data, channels, dlower.data, dupper.data,
                dlog_s.data, c.scratch().lend(lu_backward_scratch_bytes<T>(c.device(), channels)));
  });
  return w;
}

/// x = W^-1 z at every pixel, for a weight that is inverted now.
template <class Ctx, class V = typename Ctx::Value>
V linear_inverse(const Ctx& ctx, const V& z, const V& weight) {
  static_assert(!Ctx::records, "Inverses only evaluate: call this with ctx.evaluating().");
  using T = typename Ctx::Scalar;
  const Index channels = z.c();
  require_weights(ctx, weight, 1, channels, channels);
  const V x = ctx.output_like(z, channels);
  const auto scope = ctx.scratch().scope();
  T* inverse = ctx.scratch().template allocate<T>(channels * channels);
  double* log_det = ctx.scratch().template allocate<double>(1);
  log_abs_det_and_inverse(ctx.device(), as_const(weight.value).data, channels, inverse, log_det,
                          ctx.scratch().lend(log_abs_det_and_inverse_scratch_bytes(ctx.device(), channels)));
  detail::multiply_pixels(ctx.scratch(), as_const(z.value), static_cast<const T*>(inverse), x.value);
  return x;
}

}  // namespace densenf::ops

namespace densenf {

/// Invertible 1x1 convolution: z = W x per pixel, with log |det W| from a decomposition of W. Starts as a
/// random rotation.
class Conv1x1 : public Bijector<Conv1x1> {
public:
  void declare(Builder& b, Shape in) { weight_ = b.invertible_matrix("weight", in.c, Init::orthogonal()); }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::linear_flow(ctx, x, weight_, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::linear_flow_inverse(ctx, z, weight_);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    ops::linear_flow_reverse(ctx, z, x, weight_, log_prob);
  }

private:
  InvertibleMatrix weight_;
};

namespace detail {

/// What 1x1 convolutions have in common whose weight is a product of triangles. `Derived` has
///
///   V log_diagonal(const Ctx&) const;                          // of which the sum is log |det W|
///   V weight(const Ctx&, const V& log_diagonal) const;
///   V bias(const Ctx&) const;                                  // if it has one
template <class Derived>
class TriangularConv1x1 {
public:
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V log_diagonal = derived().log_diagonal(ctx);
    ops::add_sum_to_log_prob(ctx, log_diagonal, static_cast<double>(x.shape().pixels()), x.n(), log_prob);
    ops::Filter<V> filter{derived().weight(ctx, log_diagonal)};
    if constexpr (has_bias<Ctx>) filter.bias = derived().bias(ctx);
    return ops::conv(ctx, x, filter);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V weight = derived().weight(ctx, derived().log_diagonal(ctx));
    if constexpr (has_bias<Ctx>) {
      const V bias = ops::per_channel(ctx, derived().bias(ctx), z);
      return ops::linear_inverse(ctx, ops::add(ctx, z, ops::scale_shift(ctx, bias, -1, 0)), weight);
    } else {
      return ops::linear_inverse(ctx, z, weight);
    }
  }

private:
  template <class Ctx>
  static constexpr bool has_bias = requires(const Derived& d, const Ctx& ctx) {
    d.bias(ctx);
  };
  const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

}  // namespace detail

/// Invertible 1x1 convolution with W = L (U + diag(exp(log_s))): L unit lower triangular, U strictly upper
/// triangular, so that log |det W| is the sum of log_s. Starts as the identity.
class LuConv1x1 : public Bijector<LuConv1x1>, public detail::TriangularConv1x1<LuConv1x1> {
public:
  void declare(Builder& b, Shape in) {
    lower_ = b.weight("lower", {in.c, in.c}, Init::zeros());
    upper_ = b.weight("upper", {in.c, in.c}, Init::zeros());
    log_s_ = b.vector("log_s", {in.c}, Init::zeros());
  }

  template <class Ctx>
  auto log_diagonal(const Ctx& ctx) const {
    return ctx.parameter(log_s_);
  }
  template <class Ctx, class V>
  V weight(const Ctx& ctx, const V& log_s) const {
    return ops::lu_product(ctx, ctx.parameter(lower_), ctx.parameter(upper_), log_s);
  }

private:
  Param lower_, upper_, log_s_;
};

/// Invertible 1x1 convolution with W = P L (U + diag(sign exp(log_s))), where the permutation P and the signs
/// stay what they are at the start: the parts of a random rotation. log |det W| is the sum of log_s.
class PluConv1x1 : public Bijector<PluConv1x1>, public detail::TriangularConv1x1<PluConv1x1> {
public:
  void declare(Builder& b, Shape in) {
    const Index matrix = b.parameters_size();
    permutation_ = b.state_weight("p", {in.c, in.c}, Init::lu(LuPart::permutation, matrix));
    sign_ = b.state("sign", {in.c}, Init::lu(LuPart::signs, matrix));
    lower_ = b.weight("lower", {in.c, in.c}, Init::lu(LuPart::lower, matrix));
    upper_ = b.weight("upper", {in.c, in.c}, Init::lu(LuPart::upper, matrix));
    log_s_ = b.vector("log_s", {in.c}, Init::lu(LuPart::log_diagonal, matrix));
  }

  template <class Ctx>
  auto log_diagonal(const Ctx& ctx) const {
    return ctx.parameter(log_s_);
  }
  template <class Ctx, class V>
  V weight(const Ctx& ctx, const V& log_s) const {
    const V lu =
        ops::lu_product(ctx, ctx.parameter(lower_), ctx.parameter(upper_), log_s, ctx.state_value(sign_));
    // Its rows, which are the channels of a weight, in another order.
    return ops::conv(ctx, lu, {ctx.state_value(permutation_)});
  }

private:
  Param permutation_, sign_, lower_, upper_, log_s_;
};

}  // namespace densenf

namespace densenf::ops {

using kernels::AffineLayout;

namespace detail {
/// Whether this is DenseFlow's map, everywhere, which each device has by itself.
template <class Map, class Where>
inline constexpr bool is_usual_map =
    std::is_same_v<Map, kernels::AffineMap<kernels::Tanh2>>&& Where::everywhere;

template <class Ctx, class Map>
constexpr void require_affine() {
  static_assert(
      kernels::affine_at_hand<typename Ctx::Device, Map>,
      "densenf::compiled has no kernels for this affine map: include densenf/kernels/cpu/affine.hpp where "
      "the map is, and they are compiled with the program.");
}
}  // namespace detail

/// z from x by a kernels::AffineMap, whose raw numbers a network has made; adds the sum of the log-scales to
/// the log-probability. Outside of the pixels `where`, z is x.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_into(const Ctx& ctx, Map map, Where where, const V& x, const V& raw, AffineLayout at,
                 LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  detail::require_affine<Ctx, Map>();
  require_batch("The output of an affine map", z.value, x.n(), x.shape());
  require_batch("The scales and shifts of an affine map", raw.value, x.n(),
                {Map::parameters * x.c(), x.value.h, x.value.w});
  if (!at.fits(x.c(), Map::parameters))
    throw ArgumentError("The layout of an affine map of {} channels reaches beyond its scales and shifts.",
                        x.c());
  const auto forward = [&](auto... how) {
    affine_forward(ctx.device(), how..., as_const(x.value), as_const(raw.value), at, z.value, log_prob.value);
  };
  if constexpr (detail::is_usual_map<Map, Where>)
    forward();
  else
    forward(map, where);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    const auto backward = [&](auto... how) {
      affine_backward(c.device(), how..., as_const(x.value), as_const(raw.value), at, as_const(dz),
                      log_prob.gradient, dx.tensor, dx.write, draw.tensor, draw.write);
    };
    if constexpr (detail::is_usual_map<Map, Where>)
      backward();
    else
      backward(map, where);
  });
}

/// x from the z that affine_into makes of it. Only evaluates.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_inverse_into(const Ctx& ctx, Map map, Where where, const V& z, const V& raw, AffineLayout at,
                         const V& x) {
  detail::require_affine<Ctx, Map>();
  if constexpr (detail::is_usual_map<Map, Where>)
    affine_inverse(ctx.device(), as_const(z.value), as_const(raw.value), at, x.value);
  else
    affine_inverse(ctx.device(), map, where, as_const(z.value), as_const(raw.value), at, x.value);
}

/// The same as a differentiable function of z and the raw numbers.
template <class Ctx, class Map, class Where, class V = typename Ctx::Value>
void affine_solve_into(const Ctx& ctx, Map map, Where where, const V& z, const V& raw, AffineLayout at,
                       const V& x) {
  affine_inverse_into(ctx, map, where, z, raw, at, x);
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dz = c.gradient_or_unused(z), draw = c.gradient_or_unused(raw);
    affine_inverse_backward(c.device(), map, where, as_const(x.value), as_const(raw.value), at, dx, dz, draw);
  });
}

/// z = t + exp(l) * x with l = 2 tanh(s / 2), s and t from a network's raw output (2 x.c channels); adds the
/// sum of l to the log-probability.
template <class Ctx, class V = typename Ctx::Value>
void affine_into(const Ctx& ctx, const V& x, const V& raw, AffineLayout at, LogProb log_prob, const V& z) {
  affine_into(ctx, kernels::AffineMap<kernels::Tanh2>{}, kernels::Everywhere{}, x, raw, at, log_prob, z);
}

/// x outside of the pixels `where`, 0 there.
template <class Ctx, class Where, class V = typename Ctx::Value>
V hide(const Ctx& ctx, const V& x, Where where) {
  const V y = ctx.output_like(x, x.c());
  hide(ctx.device(), where, as_const(x.value), y.value, kernels::Write::assign);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    hide(c.device(), where, dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T, class Where>
Dual<T> hide(const Tangents<Context>& ctx, const Dual<T>& x, Where where) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return hide(c, v, where); });
}

/// y = a tanh(x) with one number a, a vector of one channel: log-scales between -a and a.
template <class Ctx, class V = typename Ctx::Value>
void log_scale_into(const Ctx& ctx, const V& x, const V& a, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The bound of log-scales", a.value, 1, {1, 1, 1});
  require_batch("The place of log-scales", y.value, x.n(), x.shape());
  log_scale_forward(ctx.device(), as_const(x.value), as_const(a.value).data, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    T* const da = c.gradient_or_unused(a).data;
    log_scale_backward(c.device(), as_const(x.value), as_const(a.value).data, dy, dx.tensor, dx.write, da,
                       c.scratch().lend(log_scale_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
}

}  // namespace densenf::ops

// How a coupling splits its input into what stays and what changes. A split is a type with
//
//   static constexpr void require(Shape in);              // calls shape_mismatch for what cannot be split
//   static constexpr Index kept(Index c), changed(Index c);   // channels of what the next two return
//   static V kept(const V& x), changed(const V& x);       // views of x that hold what stays and what changes
//   static auto where(const V& x);                        // the pixels of changed(x) that do change
//   static V seen(const Ctx&, const V& x);                // what the network looks at: nothing that changes
//   static void keep_into(const Ctx&, const V& x, const V& z);   // z = x where a transform of changed(x)
//   leaves z
//
// A network makes raw numbers for each channel of changed(x) at each pixel; the transform uses those `where`.
namespace densenf {

namespace detail {

/// What the splits of channels have in common: at every pixel, the network sees what stays.
template <class Derived>
struct ChannelSplit {
  template <class V>
  static constexpr kernels::Everywhere where(const V&) {
    return {};
  }
  template <class Ctx, class V = typename Ctx::Value>
  static V seen(const Ctx&, const V& x) {
    return Derived::kept(x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  static void keep_into(const Ctx& ctx, const V& x, const V& z) {
    ops::copy_into(ctx, Derived::kept(x), Derived::kept(z));
  }
};

}  // namespace detail

/// The first channels stay and the last ones change. `Derived` says how many do: `share(c)` of c.
template <class Derived>
struct LastChannels : detail::ChannelSplit<Derived> {
  static constexpr void require(Shape in) {
    if (in.c < 2)
      shape_mismatch("A coupling needs at least two channels, one to look at and one to change.", in);
  }
  static constexpr Index kept(Index c) { return c - Derived::share(c); }
  static constexpr Index changed(Index c) { return Derived::share(c); }
  template <class V>
  static constexpr V kept(const V& x) {
    return x.channels(0, kept(x.c()));
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x.channels(kept(x.c()), changed(x.c()));
  }
};

/// The first half of the channels stays, the larger one when their number is odd.
struct ChannelHalves : LastChannels<ChannelHalves> {
  static constexpr Index share(Index c) { return c / 2; }
};

/// The second half of the channels stays, the larger one when their number is odd, and the first changes.
struct SecondHalfStays : detail::ChannelSplit<SecondHalfStays> {
  static constexpr void require(Shape in) { ChannelHalves::require(in); }
  static constexpr Index kept(Index c) { return c - c / 2; }
  static constexpr Index changed(Index c) { return c / 2; }
  template <class V>
  static constexpr V kept(const V& x) {
    return x.channels(changed(x.c()), kept(x.c()));
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x.channels(0, changed(x.c()));
  }
};

/// What stays by a split into channels changes, and what changes stays: behind a Coupling with that split one
/// with this changes the other channels, and no permutation is needed between them.
template <class Split>
struct Opposite : detail::ChannelSplit<Opposite<Split>> {
  static_assert(std::is_base_of_v<detail::ChannelSplit<Split>, Split>,
                "An Opposite needs a split into channels, such as ChannelHalves.");
  static std::string type_name() { return fmt::format("Opposite<{}>", detail::type_name_of<Split>()); }
  static constexpr void require(Shape in) { Split::require(in); }
  static constexpr Index kept(Index c) { return Split::changed(c); }
  static constexpr Index changed(Index c) { return Split::kept(c); }
  template <class V>
  static constexpr V kept(const V& x) {
    return Split::changed(x);
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return Split::kept(x);
  }
};

/// The last 1 / Parts of the channels change, rounded down.
template <int Parts>
struct LastOf : LastChannels<LastOf<Parts>> {
  static_assert(Parts > 1, "A part of the channels changes, and the others stay.");
  static constexpr void require(Shape in) {
    if (in.c < Parts)
      shape_mismatch("A coupling that changes a part of the channels needs at least one in it.", in);
  }
  static constexpr Index share(Index c) { return c / Parts; }
};

namespace detail {

/// What the splits of pixels have in common: some pixels change with all their channels, and the network sees
/// the whole image, with zeros there. `Derived` says where, in where(x).
template <class Derived>
struct PixelSplit {
  static constexpr Index kept(Index c) { return c; }
  static constexpr Index changed(Index c) { return c; }
  template <class V>
  static constexpr V kept(const V& x) {
    return x;
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  static V seen(const Ctx& ctx, const V& x) {
    return ops::hide(ctx, x, Derived::where(x));
  }
  template <class Ctx, class V = typename Ctx::Value>
  static void keep_into(const Ctx&, const V&, const V&) {}  // the transform writes every pixel of z
};

}  // namespace detail

/// The pixels change of which row + column is even (Parity 0) or odd (1), with all their channels. The
/// network sees the whole image, with zeros where it changes.
template <int Parity>
struct Checkerboard : detail::PixelSplit<Checkerboard<Parity>> {
  static_assert(Parity == 0 || Parity == 1, "The parity of a Checkerboard is 0 or 1.");
  static std::string type_name() { return fmt::format("Checkerboard<{}>", Parity); }
  static constexpr void require(Shape in) {
    if (in.pixels() < 2)
      shape_mismatch("A Checkerboard needs at least two pixels, one to look at and one to change.", in);
  }
  template <class V>
  static constexpr kernels::CheckerboardWhere where(const V& x) {
    return {x.value.h, x.value.w, Parity};
  }
};

/// The even columns (Parity 0) or the odd ones (1) change, with all their channels. The network sees the
/// whole image, with zeros where it changes. For several couplings on the same halves, FoldColumns and a
/// split of channels spare their networks the zeros, half of the image, but want an even number of columns.
template <int Parity>
struct ColumnSplit : detail::PixelSplit<ColumnSplit<Parity>> {
  static_assert(Parity == 0 || Parity == 1, "The parity of a ColumnSplit is 0 or 1.");
  static std::string type_name() { return fmt::format("ColumnSplit<{}>", Parity); }
  static constexpr void require(Shape in) {
    if (in.w < 2)
      shape_mismatch("A ColumnSplit needs at least two columns, one to look at and one to change.", in);
  }
  /// Each row is a checkerboard of its own.
  template <class V>
  static constexpr kernels::CheckerboardWhere where(const V& x) {
    return {1, x.value.w, Parity};
  }
};

}  // namespace densenf

// What couplings do to the numbers that change, given raw numbers from a network. A transform is a type with
//
//   static constexpr Index parameters;                    // raw numbers for each one that changes
//   void declare(Builder&, Shape changed);                  // if it has parameters of its own
//   void forward_into(const Ctx&, const V& x, const V& raw, Where, LogProb, const V& z) const;
//   void inverse_into(const Ctx&, const V& z, const V& raw, Where, const V& x) const;
//
//   void solve_into(const Ctx&, const V& z, const V& raw, Where, const V& x) const;
//
// forward_into adds the log-determinant to the log-probability and is recorded; inverse_into is given
// contexts that only evaluate; solve_into does what it does and is recorded, which only flows need that are
// trained against the direction of their networks (InverseAutoregressive). Both leave pixels as they are for
// which where(pixel) is false, and write every number of their output.
namespace densenf {

/// How the raw numbers of a map's channels lie beside each other: both of a channel, or all of one kind and
/// then all of the other.
enum class RawOrder { scale_shift, shift_scale, scales_shifts, shifts_scales };

/// One of kernels::AffineMap.
template <class Map, RawOrder order = RawOrder::scale_shift>
struct AffineTransform {
  static constexpr Index parameters = Map::parameters;
  /// Whether a channel's raw numbers lie beside each other.
  static constexpr bool by_channel = order == RawOrder::scale_shift || order == RawOrder::shift_scale;

  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                           const V& z) {
    ops::affine_into(ctx, Map{}, where, x, raw, layout(x.c()), log_prob, z);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::affine_inverse_into(ctx, Map{}, where, z, raw, layout(x.c()), x);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  static void solve_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) {
    ops::affine_solve_into(ctx, Map{}, where, z, raw, layout(x.c()), x);
  }

  /// Where the raw numbers of so many channels lie.
  static constexpr kernels::AffineLayout layout([[maybe_unused]] Index channels) {
    if (!Map::scales) return kernels::AffineLayout::only_shifts();
    if (order == RawOrder::scales_shifts) return kernels::AffineLayout::scales_first(channels);
    if (order == RawOrder::shifts_scales) return kernels::AffineLayout::shifts_first(channels);
    return order == RawOrder::scale_shift ? kernels::AffineLayout::interleaved()
                                          : kernels::AffineLayout::interleaved_shifts_first();
  }
};

namespace detail {
/// Whether a transform takes the raw numbers of each channel beside each other; those that do not say it do.
template <class Transform>
inline constexpr bool by_channel = true;
template <class Transform>
requires requires { Transform::by_channel; }
inline constexpr bool by_channel<Transform> = Transform::by_channel;
}  // namespace detail

/// z = t + exp(2 tanh(s / 2)) x, with s0 t0 s1 t1 ... from the network: DenseFlow's.
struct AffineTanh2 : AffineTransform<kernels::AffineMap<kernels::Tanh2>> {};

/// z = (x + t) sigmoid(s + 2), with t0 s0 t1 s1 ... from the network: Glow's.
struct AffineSigmoid2 : AffineTransform<kernels::AffineMap<kernels::Sigmoid2, true>, RawOrder::shift_scale> {
};

/// z = (x + t) exp(a tanh(s)), with t0 t1 ... s0 s1 ... from the network and one learned number a, which
/// starts at `Start`: Real NVP's.
template <int Start>
class AffineLearnedTanh {
public:
  static constexpr Index parameters = 2;
  static std::string type_name() { return fmt::format("AffineLearnedTanh<{}>", Start); }

  void declare(Builder& b, Shape) { scale_ = b.vector("scale", {1}, Init::constant(Start)); }

  template <class Ctx, class Where, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& raw, Where where, LogProb log_prob,
                    const V& z) const {
    ops::affine_into(ctx, Map{}, where, x, bounded(ctx, raw), layout(x), log_prob, z);
  }
  template <class Ctx, class Where, class V = typename Ctx::Value>
  void inverse_into(const Ctx& ctx, const V& z, const V& raw, Where where, const V& x) const {
    ops::affine_inverse_into(ctx, Map{}, where, z, bounded(ctx, raw), layout(x), x);
  }

private:
  using Map = kernels::AffineMap<kernels::AsGiven, true>;

  template <class V>
  static constexpr kernels::AffineLayout layout(const V& x) {
    return kernels::AffineLayout::shifts_first(x.c());
  }

  /// Shifts as they are, and a tanh(s).
  template <class Ctx, class V>
  V bounded(const Ctx& ctx, const V& raw) const {
    const Index half = raw.c() / 2;
    const V all = ctx.output_like(raw, raw.c());
    ops::copy_into(ctx, raw.channels(0, half), all.channels(0, half));
    ops::log_scale_into(ctx, raw.channels(half, half), ctx.parameter(scale_), all.channels(half, half));
    return all;
  }

  Param scale_;
};

/// z = t + sigmoid(s + 2) x, with t0 t1 ... s0 s1 ... from the network: MaCow's.
struct AffineShiftsSigmoid2
    : AffineTransform<kernels::AffineMap<kernels::Sigmoid2>, RawOrder::shifts_scales> {};

/// z = (x + t) 2 sigmoid(s), with t0 t1 ... s0 s1 ... from the network: Jet's.
struct AffineDoubledSigmoid
    : AffineTransform<kernels::AffineMap<kernels::DoubledSigmoid, true>, RawOrder::shifts_scales> {};

/// z = t + exp(2 tanh(s / 2)) x, with s0 s1 ... t0 t1 ... from the network.
struct AffineScalesTanh2 : AffineTransform<kernels::AffineMap<kernels::Tanh2>, RawOrder::scales_shifts> {};

/// Its inverse, z = (x - t) exp(-2 tanh(s / 2)), likewise.
struct StandardizingScalesTanh2
    : AffineTransform<kernels::StandardizingMap<kernels::Tanh2>, RawOrder::scales_shifts> {};

/// z = (x - t) exp(-s), with s0 s1 ... t0 t1 ... from the network: TarFlow's.
struct StandardizingScales
    : AffineTransform<kernels::StandardizingMap<kernels::AsGiven>, RawOrder::scales_shifts> {};

/// z = x - t: TarFlow's without scales.
struct Centering : AffineTransform<kernels::StandardizingMap<kernels::NoScale>> {};

/// z = t + softplus(s) x, with s0 t0 s1 t1 ... from the network.
struct AffineSoftplus : AffineTransform<kernels::AffineMap<kernels::SoftplusScale>> {};

/// z = t + exp(l) x with l = s / (1 + |s| / ln 1000), with t0 s0 t1 s1 ... from the network: zuko's.
struct AffineSoftClip : AffineTransform<kernels::AffineMap<kernels::SoftClip>, RawOrder::shift_scale> {};

/// z = x + t
struct Additive : AffineTransform<kernels::AffineMap<kernels::NoScale>> {};

}  // namespace densenf

namespace densenf {

/// A network looks at one part of x and says how the other changes, which can be undone, because the first
/// part stays as it is. `Split` says which is which (bijectors/splits.hpp), `Transform` how numbers change
/// (bijectors/transforms.hpp).
///
/// Network is any type with
///
///   void declare(Builder&, Index in, Index out);            // for this many channels
///   V forward(const Ctx&, const V& x) const;              // which keeps height and width
///   static constexpr void require(Shape in);              // if it takes only some images
///
/// `require` is given the shape of the network's input and calls shape_mismatch("One sentence.", in) for
/// those that it does not take; what it says is part of output_shape, so that a flow over such images is
/// refused when it is made. A network without it must take any images.
///
/// A network whose result for an image does not depend on the others of the batch says so by `static
/// constexpr bool images_apart = true`. The coupling then works on Pass::slice images at once.
///
/// The network's parameters are named below "coupling_net.0", or the name that Named<name, Network> gives
/// them.
///
/// With `Context` channels, the network sees them behind those of x; the context is a batch of images with
/// the height and width of x, or of one pixel, which is then seen at every pixel.
///
/// A network whose parameters depend on more of its input, or which tells x and the context apart, has
///
///   void declare(Builder&, Shape in, Index out, Index context);
///   V forward(const Ctx&, const V& x, const V& context) const;    // no last argument without a context
///
/// instead, and `require` is given the shape without the context.
template <class Split, class Transform, class Network, int Context = 0>
class Coupling : public Bijector<Coupling<Split, Transform, Network, Context>> {
public:
  static constexpr bool takes_context = Context > 0;
  static constexpr bool images_apart = images_apart_of<Network>;

  static std::string type_name() {
    return fmt::format("Coupling<{}, {}>", detail::type_name_of<Split>(), detail::type_name_of<Transform>());
  }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Split::require(in);
    require_of<Network>({Split::kept(in.c) + (apart ? 0 : Context), in.h, in.w});
    return in;
  }

  void declare(Builder& b, Shape in) {
    const Index changed = Split::changed(in.c);
    if constexpr (requires { transform_.declare(b, in); }) transform_.declare(b, {changed, in.h, in.w});
    const auto scope = b.scope(detail::scope_name_of<Network>("coupling_net.0"));
    const Index out = Transform::parameters * changed;
    if constexpr (apart)
      network_.declare(b, Shape{Split::kept(in.c), in.h, in.w}, out, Context);
    else
      network_.declare(b, Split::kept(in.c) + Context, out);
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const C&... context) const {
    const V raw = raw_numbers(ctx, x, context...);
    const V z = ctx.output_like(x, x.c());
    map_into(ctx, x, raw, log_prob, z);
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  V inverse(const Ctx& ctx, const V& z, const C&... context) const {
    const V x = ctx.output_like(z, z.c());
    const V raw = raw_numbers(ctx, z, context...);
    Split::keep_into(ctx, z, x);
    transform_.inverse_into(ctx, Split::changed(z), raw, Split::where(z), Split::changed(x));
    return x;
  }

  /// The network runs once, with its adjoints recorded, and serves both the inverse and the backward pass.
  template <class Ctx, class V = typename Ctx::Value, class... C>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob, const C&... context) const {
    copy(ctx.device(), as_const(Split::kept(z).value), Split::kept(x).value);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob, [&](const auto& c, LogProb unused) {
      const V raw = raw_numbers(c, x, context...);
      transform_.inverse_into(c.evaluating(), Split::changed(z), raw, Split::where(z), Split::changed(x));
      const V again = c.variable(z.value);
      map_into(c, x, raw, unused, again);
      return again;
    });
  }

private:
  /// Whether the network tells x and the context apart.
  static constexpr bool apart = requires(Network & network, Builder& b) {
    network.declare(b, Shape{}, Index{}, Index{});
  };

  /// What the network makes of what it sees.
  template <class Ctx, class V, class... C>
  V raw_numbers(const Ctx& ctx, const V& x, const C&... context) const {
    const V raw = run_network(ctx, Split::seen(ctx, x), context...);
    ops::require_batch("The output of a coupling's network", raw.value, x.n(),
                       {Transform::parameters * Split::changed(x.c()), x.value.h, x.value.w});
    return raw;
  }

  template <class Ctx, class V>
  V run_network(const Ctx& ctx, const V& seen) const {
    static_assert(Context == 0, "This coupling was declared with a context: call it with one.");
    return network_.forward(ctx, seen);
  }
  template <class Ctx, class V>
  V run_network(const Ctx& ctx, const V& seen, const V& context) const {
    static_assert(Context > 0,
                  "This coupling takes no context: declare it with the number of the context's channels, as "
                  "AffineCoupling<Network, Channels>.");
    if constexpr (apart) {
      if (context.shape() != Shape{Context, 1, 1})
        ops::require_batch("The context of a coupling", context.value, seen.n(),
                           {Context, seen.value.h, seen.value.w});
      return network_.forward(ctx, seen, nn::over_pixels(ctx, context, seen.value.h, seen.value.w));
    } else {
      return network_.forward(ctx,
                              nn::with_context<Context>(ctx, "The context of a coupling", seen, context));
    }
  }

  template <class Ctx, class V>
  void map_into(const Ctx& ctx, const V& x, const V& raw, LogProb log_prob, const V& z) const {
    Split::keep_into(ctx, x, z);
    transform_.forward_into(ctx, Split::changed(x), raw, Split::where(x), log_prob, Split::changed(z));
  }

  Network network_;
  [[no_unique_address]] Transform transform_;
};

/// x = [x1, x2], halves of the channels; the network maps x1 to s and t, interleaved; z = [x1, t + exp(l) x2]
/// with l = 2 tanh(s / 2).
template <class Network, int Context = 0>
using AffineCoupling = Coupling<ChannelHalves, AffineTanh2, Network, Context>;

/// z = [x1, t + x2]
template <class Network, int Context = 0>
using AdditiveCoupling = Coupling<ChannelHalves, Additive, Network, Context>;

}  // namespace densenf

// Noise that enters a flow, one draw for each image. A noise model is a type with
//
//   static constexpr void require(Shape out, Shape seen);               // if it takes only some
//   void declare(Builder&, Shape out, Shape seen);                        // draws are of shape out
//   V draw(const Ctx&, const V& seen, LogProb) const;                   // adds -log q(draw | seen)
//   void draw_into(const Ctx&, const V& seen, LogProb, const V& out) const;  // to a place that is there
//   static constexpr bool takes_context;                                // if it looks at the flow's context
//   void for_each_piece(const F& f) const;                              // if there are pieces inside of it
//
// of which it has one of the two draws. It is recorded and differentiable by what it looks at and its
// parameters. Where takes_context is true, draws take one more value, the flow's context.
// bijectors/sampler.hpp makes noise models of flows.
namespace densenf {

/// A draw to a place that is there, by the one of the two that the model has.
template <class Ctx, class Noise, class V = typename Ctx::Value, class... Context>
void draw_noise_into(const Ctx& ctx, const Noise& noise, const V& seen, LogProb log_prob, const V& out,
                     const Context&... context) {
  if constexpr (requires { noise.draw_into(ctx, seen, log_prob, out, context...); })
    noise.draw_into(ctx, seen, log_prob, out, context...);
  else
    ops::copy_into(ctx, noise.draw(ctx, seen, log_prob, context...), out);
}

/// Uniform in (0, 1), whatever it sees: for dequantization.
class UniformNoise {
public:
  void declare(Builder&, Shape out, Shape) { shape_ = out; }

  /// Adds -log q = 0.
  template <class Ctx, class V = typename Ctx::Value>
  V draw(const Ctx& ctx, const V& seen, LogProb) const {
    const V u{ctx.tensor(seen.n(), shape_)};
    ctx.noise().uniform(ctx.device(), u.value);
    return u;
  }

private:
  Shape shape_;
};

/// t + exp(2 tanh(s / 2)) e with e ~ N(0, I), where the network makes all t and then all s of what it sees,
/// and of `Context` channels of the flow's context behind it; it is like that of a Coupling. Where it starts
/// at zero, the noise starts as N(0, I).
template <class Network, int Context = 0>
class AffineNoise {
public:
  static constexpr bool takes_context = Context > 0;

  static constexpr void require(Shape out, Shape seen) {
    if (out.h != seen.h || out.w != seen.w)
      shape_mismatch("AffineNoise has the height and width of what it looks at.", seen);
    require_of<Network>({seen.c + Context, seen.h, seen.w});
  }

  void declare(Builder& b, Shape out, Shape seen) { network_.declare(b, seen.c + Context, 2 * out.c); }

  template <class Ctx, class V = typename Ctx::Value, class... C>
  void draw_into(const Ctx& ctx, const V& seen, LogProb log_prob, const V& out, const C&... context) const {
    const V raw =
        network_.forward(ctx, nn::with_context<Context>(ctx, "The context of AffineNoise", seen, context...));
    const V e{ctx.tensor(out.n(), out.shape())};
    ctx.noise().normal(ctx.device(), e.value);
    ops::standard_normal_log_prob(ctx, e, -1, log_prob);
    ops::affine_into(ctx, e, raw, ops::AffineLayout::shifts_first(out.c()), log_prob, out);
  }

private:
  Network network_;
};

}  // namespace densenf

namespace densenf::nn {

using ops::Activation;

namespace detail {
inline void check_channels(Index in, Index out) {
  if (in < 1 || out < 1)
    throw ShapeError("A convolution leads from at least 1 channel to at least 1, not from {} to {}.", in,
                     out);
}
}  // namespace detail

/// A convolution, 1x1 or 3x3 with zero padding, by default started as PyTorch starts it: weights and bias
/// uniform within 1 / sqrt(inputs of one output).
struct Conv {
  enum class Start { uniform, zero };

  Param weight, bias;
  Index in = 0, out = 0;
  int kernel = 1;

  /// Throws ArgumentError for any other kernel, ShapeError unless there are channels on both sides.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side,
               Start start = Start::uniform, bool with_bias = true) {
    kernels::detail::check_kernel(side);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_started(b, c_in, c_out, side, init_of(start, c_in * side * side), with_bias);
  }
  /// The same with a start of weights and bias that is given.
  void declare(Builder& b, std::string_view name, Index c_in, Index c_out, int side, Init init) {
    kernels::detail::check_kernel(side);
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    declare_started(b, c_in, c_out, side, init, true);
  }

  /// The weights, as values of a pass.
  template <class Ctx, class V = typename Ctx::Value>
  ops::Filter<V> filter(const Ctx& ctx) const {
    return {ctx.parameter(weight), ctx.parameter(bias), kernel};
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, Activation activation = Activation::none) const {
    return ops::conv(ctx, x, filter(ctx), activation);
  }
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& x, const V& y, Activation activation = Activation::none) const {
    ops::conv_into(ctx, x, filter(ctx), activation, y);
  }

private:
  static Init init_of(Start start, Index inputs) {
    return start == Start::zero ? Init::zeros() : Init::uniform(1 / std::sqrt(static_cast<double>(inputs)));
  }
  void declare_started(Builder& b, Index c_in, Index c_out, int side, Init init, bool with_bias) {
    weight = b.weight("weight", {c_out, c_in, side, side}, init);
    if (with_bias) bias = b.vector("bias", {c_out}, init);
    kernel = side;
    in = c_in;
    out = c_out;
  }
};

/// A 2x2 convolution with stride 2: a squeeze and a 1x1 convolution, whose weight (out, 4 in) has the memory
/// order of a checkpoint's (out, in, 2, 2).
struct HalvingConv {
  Param weight, bias;

  static constexpr void require(const Shape& in) { static_cast<void>(ops::squeezed(in)); }

  void declare(Builder& b, std::string_view name, Index c_in, Index c_out) {
    detail::check_channels(c_in, c_out);
    const auto scope = b.scope(name);
    const Init init = Init::uniform(1 / std::sqrt(static_cast<double>(4 * c_in)));
    weight = b.matrix("weight", {c_out, c_in, 2, 2}, init);
    bias = b.vector("bias", {c_out}, init);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const ops::Filter<V> filter{ctx.parameter(weight), ctx.parameter(bias)};
    ops::require_weights(ctx, filter.weight, 4, x.c(), weight.out);
    return ops::conv(ctx, ops::squeeze(ctx, x), filter);
  }
};

}  // namespace densenf::nn

// What stands between the convolutions of networks.
namespace densenf::ops {

/// Gated unit: y = a + b * sigmoid(g), where abg holds a, b and g, each of y's channels.
template <class Ctx, class V = typename Ctx::Value>
void gate_into(const Ctx& ctx, const V& abg, const V& y) {
  require_batch("The input of a gate", abg.value, y.n(), {3 * y.c(), y.value.h, y.value.w});
  gate_forward(ctx.device(), as_const(abg.value), y.value);
  if (abg.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dabg = c.gradient_target(abg);
    gate_backward(c.device(), as_const(abg.value), dy, dabg.tensor, dabg.write);
  });
}

template <class Context, class T>
void gate_into(const Tangents<Context>& ctx, const Dual<T>& abg, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { gate_into(c, abg.primal(), y.primal()); });
  if (!abg.moves()) return detail::put_tangent(ctx, abg.tangent, y);
  const Index k = y.c();
  const Dual<T> b = abg.channels(k, k), g = abg.channels(2 * k, k);
  const Var<T> open = ctx.value([&](const auto& c) { return sigmoid(c, g.primal()); });
  const Var<T> slope = ctx.value([&](const auto& c) {
    return multiply(c, b.primal(), map(c, g.primal(), kernels::maps::SigmoidSlope{}));
  });
  const auto& c = ctx.plain();
  const Var<T> through = add(c, multiply(c, open, b.tangent), multiply(c, slope, g.tangent));
  copy_into(c, add(c, abg.tangent.channels(0, k), through), y.tangent);
}

/// [elu(x), elu(-x)]: the channels of both, with elu(v) = v where v > 0, else exp(v) - 1.
template <class Ctx, class V = typename Ctx::Value>
V concat_elu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, 2 * x.c());
  concat_elu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    concat_elu_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> concat_elu(const Tangents<Context>& ctx, const Dual<T>& x) {
  const Var<T> y = ctx.value([&](const auto& c) { return concat_elu(c, x.primal()); });
  if (!x.moves()) return {y, {}};
  const Var<T> slope = ctx.value([&](const auto& c) {
    const Var<T> negative = scale_shift(c, x.primal(), -1, 0);
    return concat(c, map(c, x.primal(), kernels::maps::EluSlope{}),
                  scale_shift(c, map(c, negative, kernels::maps::EluSlope{}), -1, 0));
  });
  return {y, multiply(ctx.plain(), slope, concat(ctx.plain(), x.tangent, x.tangent))};
}

}  // namespace densenf::ops

namespace densenf::nn {

/// Whose names the parameters of networks have that both papers use: DenseFlow's or SurVAE's.
enum class NamesOf { denseflow, survae };

/// The dense branch of the paper's coupling networks: layer i computes relu(conv3x3(relu(conv1x1(x)))) of
/// everything before it and appends `growth` channels; a gated 1x1 convolution ends it.
///
/// All layers share one buffer of in + depth * growth channels: a layer reads the first columns and writes
/// the next ones, and nothing is concatenated. The caller writes the input into the buffer's first
/// channels.
class DenseBranch {
public:
  void declare(Builder& b, Index in, Index out, Index depth, Index growth,
               NamesOf names = NamesOf::denseflow) {
    const bool survae = names == NamesOf::survae;
    in_ = in;
    out_ = out;
    growth_ = growth;
    layers_.resize(static_cast<std::size_t>(depth));
    Index channels = in;
    for (Index i = 0; i < depth; ++i) {
      Layer& layer = layers_[static_cast<std::size_t>(i)];
      const std::string number = std::to_string(i);
      layer.conv1x1.declare(b, survae ? "mix." + number : number + ".nn.0", channels, channels, 1);
      layer.conv3x3.declare(b, survae ? "grow." + number : number + ".nn.2", channels, growth, 3);
      channels += growth;
    }
    gate_.declare(b, survae ? "gate" : std::to_string(depth) + ".conv", channels, 3 * out, 1);
  }

  /// The buffer for one pass; `like` gives the batch and the extents of its images.
  template <class Ctx, class V = typename Ctx::Value>
  V buffer(const Ctx& ctx, const V& like) const {
    return ctx.output_like(like, in_ + growth_ * static_cast<Index>(layers_.size()));
  }

  /// The channels of the buffer that the branch reads as its input.
  template <class V>
  V input(const V& buffer) const {
    return buffer.channels(0, in_);
  }

  /// Runs the branch on what `input(buffer)` holds; out has the branch's output channels. Throws ShapeError
  /// for another buffer than `buffer` makes.
  template <class Ctx, class V = typename Ctx::Value>
  void forward_into(const Ctx& ctx, const V& buffer, const V& out) const {
    // Before a layer reads or writes beyond its end.
    ops::require_weights(ctx, ctx.parameter(gate_.weight), 1, buffer.c(), gate_.out);
    Index channels = in_;
    for (const Layer& layer : layers_) {
      const V mixed = layer.conv1x1.forward(ctx, buffer.channels(0, channels), Activation::relu);
      layer.conv3x3.forward_into(ctx, mixed, buffer.channels(channels, growth_), Activation::relu);
      channels += growth_;
    }
    ops::gate_into(ctx, gate_.forward(ctx, buffer), out);
  }

  Index output_channels() const { return out_; }

private:
  struct Layer {
    Conv conv1x1, conv3x3;
  };
  Index in_ = 0, out_ = 0, growth_ = 0;
  std::vector<Layer> layers_;
  Conv gate_;
};

}  // namespace densenf::nn

// What a Sampler makes of what it looks at. Features are a type with
//
//   static constexpr Shape output_shape(Shape seen);
//   void declare(Builder&, Shape seen);
//   V forward(const Ctx&, const V& seen) const;
//   static constexpr bool takes_context;      // if they are also of the flow's context: one more value
//
// forward draws no noise, because the memory policies may run it twice.
namespace densenf::nn {

/// What is seen, as it is.
struct AsSeen {
  static constexpr Shape output_shape(Shape seen) { return seen; }
  void declare(Builder&, Shape) {}
};

/// Features of what is seen and `Channels` of the flow's context behind it, which is of the same height and
/// width or of one pixel: for noise that depends on a flow's condition.
template <int Channels, class Features = AsSeen>
class WithContext {
  static_assert(Channels > 0, "A context has at least one channel.");
  static constexpr Shape wider(Shape seen) { return {seen.c + Channels, seen.h, seen.w}; }

public:
  static constexpr bool takes_context = true;

  static constexpr Shape output_shape(Shape seen) { return Features::output_shape(wider(seen)); }

  void declare(Builder& b, Shape seen) { features_.declare(b, wider(seen)); }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& seen, const Context&... context) const {
    const V both = with_context<Channels>(ctx, "The context of a Sampler's features", seen, context...);
    if constexpr (std::is_same_v<Features, AsSeen>)
      return both;
    else
      return features_.forward(ctx, both);
  }

private:
  [[no_unique_address]] Features features_;
};

/// Features of half the height and width: a dense branch over the image, to `Width` channels, a convolution
/// that halves it, and another dense branch, to `Out` channels.
template <int Width, int Out, int Growth, int Depth = 4, NamesOf names = NamesOf::denseflow>
class HalvedFeatures {
public:
  static constexpr Shape output_shape(Shape seen) {
    HalvingConv::require(seen);
    return {Out, seen.h / 2, seen.w / 2};
  }

  void declare(Builder& b, Shape seen) {
    constexpr bool survae = names == NamesOf::survae;
    {
      const auto fine = b.scope(survae ? "context1" : "context_init.1");
      fine_.declare(b, seen.c, Width, Depth, Growth, names);
    }
    halve_.declare(b, survae ? "down" : "context_init.2", Width, Width);
    const auto coarse = b.scope(survae ? "context2" : "context_init.3");
    coarse_.declare(b, Width, Out, Depth, Growth, names);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& seen) const {
    return branch(ctx, coarse_, halve_.forward(ctx, branch(ctx, fine_, seen)));
  }

private:
  template <class Ctx, class V>
  static V branch(const Ctx& ctx, const DenseBranch& dense, const V& x) {
    const V buffer = dense.buffer(ctx, x);
    ops::copy_into(ctx, x, dense.input(buffer));
    const V y = ctx.output_like(x, dense.output_channels());
    dense.forward_into(ctx, buffer, y);
    return y;
  }

  DenseBranch fine_, coarse_;
  HalvingConv halve_;
};

}  // namespace densenf::nn

namespace densenf {

namespace detail {
/// Draws from a base that looks at `given`, and at the flow's context if it takes one; adds -log q.
template <class Ctx, class Base, class V = typename Ctx::Value, class... Context>
V draw_base(const Ctx& ctx, const Base& base, LogProb log_prob, const V& given, const Context&... context) {
  if constexpr (requires { Base::draws_have_gradients; }) {
    static_assert(
        Base::draws_have_gradients,
        "The draws of a Sampler's base are differentiable, which those of a mixture are not: choose "
        "another base.");
  }
  const auto draw = [&](const auto&... looks_at) {
    const V z = base.sample(ctx, given.n(), 1, looks_at...);
    base.log_prob(ctx, z, -1, log_prob, looks_at...);
    return z;
  };
  if constexpr (takes_context_of<Base>)
    return draw(given, context...);
  else
    return draw(given);
}
}  // namespace detail

/// A flow that is run as a sampler: draws from `Base` go forward through `Model`, a bijection, and the
/// density q of what comes out is known. It is a noise model (bijectors/noise.hpp) that may look at
/// something: `Features` (nn/features.hpp) makes of it, and of the flow's context if they take one, the
/// context of the model's pieces that take one, and what a conditional base looks at; the base may look at
/// the flow's context itself. Passes are recorded and differentiable; what they keep is a matter of the
/// memory policy, by the units of the model.
///
/// Without a model (void) the draws are the base's.
template <class Base, class Model = void, class Features = nn::AsSeen>
class Sampler {
  static_assert(Model::kind == Kind::bijection && Model::levels == 0,
                "The model of a Sampler is a bijection: then the density of its draws is known.");

public:
  static constexpr bool takes_context = takes_context_of<Features> || takes_context_of<Base>;

  static constexpr void require(Shape out, Shape seen) {
    const Shape start = Model::input_shape(out);
    if (Model::output_shape(start) != out)
      shape_mismatch("The model of a Sampler does not make such images: look at its pieces' input_shape.",
                     out);
    if constexpr (requires { Base::require(start, start.c); })
      Base::require(start, Features::output_shape(seen).c);
    else
      static_cast<void>(Features::output_shape(seen));
  }

  void declare(Builder& b, Shape out, Shape seen) {
    require(out, seen);
    features_shape_ = Features::output_shape(seen);
    base_.declare(b, Model::input_shape(out), features_shape_.c);
    features_.declare(b, seen);
    model_.build(b, Model::input_shape(out));
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob, const Context&... context) const {
    const V given = [&] {
      if constexpr (takes_context_of<Features>)
        return features(ctx, seen, context...);
      else
        return features(ctx, seen);
    }();
    return model_.apply(ctx, detail::draw_base(ctx, base_, log_prob, given, context...), log_prob, given);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    f(model_);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    f(model_);
  }

private:
  template <class Ctx, class V, class... Context>
  V features(const Ctx& ctx, const V& seen, const Context&... context) const {
    if constexpr (std::is_same_v<Features, nn::AsSeen>) {
      return seen;
    } else {
      const auto run = [this, seen, context...](const auto& c, LogProb) {
        return features_.forward(c, seen, context...);
      };
      if constexpr (Ctx::records) {
        if (ctx.pass().policy != MemoryPolicy::store)
          return recomputed(ctx, features_shape_, LogProb{}, run, seen, context...);
      }
      return scoped(
          ctx, features_shape_, [&](const auto& c) { return run(c, LogProb{}); }, seen, context...);
    }
  }

  Base base_;
  Features features_;
  Model model_;
  Shape features_shape_;
};

template <class Base>
class Sampler<Base, void, nn::AsSeen> {
public:
  static constexpr bool takes_context = takes_context_of<Base>;

  static constexpr void require(Shape out, Shape seen) {
    if constexpr (requires { Base::require(out, seen.c); }) Base::require(out, seen.c);
  }

  void declare(Builder& b, Shape out, Shape seen) { base_.declare(b, out, seen.c); }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V draw(const Ctx& ctx, const V& seen, LogProb log_prob, const Context&... context) const {
    return detail::draw_base(ctx, base_, log_prob, seen, context...);
  }

private:
  Base base_;
};

}  // namespace densenf

namespace densenf {

/// `Growth` channels of noise enter behind those of x, from a noise model (bijectors/noise.hpp) that looks at
/// x or at what else it is given, and at the flow's context if it takes one, with -log q: the likelihood
/// becomes a lower bound. The inverse drops the channels.
template <int Growth, class Noise = Sampler<StandardNormal>>
class Augment : public Bijector<Augment<Growth, Noise>> {
  static_assert(Growth > 0, "An Augment adds at least one channel.");

public:
  static constexpr Kind kind = Kind::stochastic;
  static constexpr bool takes_context = takes_context_of<Noise>;
  static constexpr bool pieces_make_noise = true;

  static std::string type_name() { return fmt::format("Augment<{}>", Growth); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if constexpr (requires { Noise::require(in, in); }) Noise::require({Growth, in.h, in.w}, in);
    in.c += Growth;
    return in;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c - Growth, out.h, out.w}; }

  /// Said before it is built where the noise looks at another value than x, of so many channels.
  void look_at(Index channels) { seen_ = channels; }

  void declare(Builder& b, Shape in) {
    noise_.declare(b, {Growth, in.h, in.w}, {seen_ > 0 ? seen_ : in.c, in.h, in.w});
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    return widened(ctx, x, x, log_prob, context...);
  }

  /// The same where the noise looks at `seen`.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V widened(const Ctx& ctx, const V& x, const V& seen, LogProb log_prob, const Context&... context) const {
    return scoped(
        ctx, {x.c() + Growth, x.value.h, x.value.w},
        [&](const auto& c) {
          const V wide = c.output_like(x, x.c() + Growth);
          draw_noise_into(c, noise_, seen, log_prob, wide.channels(x.c(), Growth), context...);
          ops::copy_into(c, x, wide.channels(0, x.c()));
          return wide;
        },
        x, seen, context...);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx&, const V& z, const Context&...) const {
    return z.channels(0, z.c() - Growth);
  }

  template <class F>
  void for_each_piece(const F& f) const {
    if constexpr (requires { noise_.for_each_piece(f); }) noise_.for_each_piece(f);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    if constexpr (requires { noise_.for_each_piece_backwards(f); }) noise_.for_each_piece_backwards(f);
  }

private:
  Index seen_ = 0;  ///< channels; 0: x itself
  Noise noise_;
};

}  // namespace densenf

namespace densenf::nn {

/// Batch normalization per channel: see ops::batch_norm. Starts with weight 1 and bias 0.
struct BatchNorm {
  Param weight, bias;                    ///< trained
  Param running_mean, running_variance;  ///< of the state
  double eps = 1e-5;                     ///< added to variances

  void declare(Builder& b, Index channels) {
    weight = b.vector("weight", {channels}, Init::constant(1));
    bias = b.vector("bias", {channels}, Init::zeros());
    running_mean = b.state("running_mean", {channels}, Init::zeros());
    running_variance = b.state("running_var", {channels}, Init::constant(1));
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, ops::Activation activation = ops::Activation::none) const {
    const ops::BatchNorm<V> norm{ctx.parameter(weight), ctx.parameter(bias), running_mean, running_variance,
                                 eps};
    return ops::batch_norm(ctx, x, norm, activation);
  }
};

}  // namespace densenf::nn

// Images as matrices, with a row for each pixel and a column for each channel: products of them, and what
// attention is made of where its tangents are wanted.
namespace densenf::ops {

using kernels::AttentionMask;
using kernels::MatrixForm;

namespace detail {
/// Rows and columns of a product, as an image of one column of pixels.
inline Shape product_shape(Index rows_a, Index columns_a, Index rows_b, Index columns_b, MatrixForm form) {
  const bool turns_a = form == MatrixForm::first_transposed, turns_b = form == MatrixForm::second_transposed;
  if ((turns_a ? rows_a : columns_a) != (turns_b ? columns_b : rows_b))
    throw ShapeError("Matrices of {} x {} and {} x {} numbers have no such product.", rows_a, columns_a,
                     rows_b, columns_b);
  return {turns_b ? rows_b : columns_b, turns_a ? columns_a : rows_a, 1};
}
template <class V>
Shape product_shape(const V& a, const V& b, MatrixForm form) {
  return product_shape(a.value.h * a.value.w, a.c(), b.value.h * b.value.w, b.c(), form);
}
}  // namespace detail

/// y = a b, a b' or a' b for each image of a and that of b; y has a pixel for each row, and a channel for
/// each column. Throws ShapeError where rows and columns do not meet.
template <class Ctx, class V = typename Ctx::Value>
void matrix_product_into(const Ctx& ctx, const V& a, const V& b, MatrixForm form, const V& y) {
  const Shape s = detail::product_shape(a, b, form);
  require_batch("The second factor of a product", b.value, a.n(), b.shape());
  const Shape place = y.value.h * y.value.w == s.h ? Shape{s.c, y.value.h, y.value.w} : s;
  require_batch("The place of a product", y.value, a.n(), place);
  const Index inner = form == MatrixForm::first_transposed ? a.value.h * a.value.w : a.c();
  ctx.count_products(static_cast<double>(y.value.size()) * static_cast<double>(inner));
  multiply_matrices(ctx.device(), as_const(a.value), as_const(b.value), form, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y)), left = as_const(a.value), right = as_const(b.value);
    const auto adjoint = [&](const V& to, const auto& first, const auto& second, MatrixForm how) {
      if (to.gradient == nullptr) return;
      const auto d = c.gradient_target(to);
      multiply_matrices(c.device(), first, second, how, d.tensor, d.write);
    };
    if (form == MatrixForm::plain) {
      adjoint(a, dy, right, MatrixForm::second_transposed);
      adjoint(b, left, dy, MatrixForm::first_transposed);
    } else if (form == MatrixForm::second_transposed) {
      adjoint(a, dy, right, MatrixForm::plain);
      adjoint(b, dy, left, MatrixForm::first_transposed);
    } else {
      adjoint(a, right, dy, MatrixForm::second_transposed);
      adjoint(b, left, dy, MatrixForm::plain);
    }
  });
}

/// The same, with rows as pixels below each other.
template <class Ctx, class V = typename Ctx::Value>
V matrix_product(const Ctx& ctx, const V& a, const V& b, MatrixForm form = MatrixForm::plain) {
  const V y = ctx.output(a.n(), detail::product_shape(a, b, form));
  matrix_product_into(ctx, a, b, form, y);
  return y;
}

namespace detail {
/// The tangent of a product in this shape; 0 where neither factor has one.
template <class Context, class T>
Var<T> product_tangent(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b, MatrixForm form,
                       const Shape& shape) {
  const auto& c = ctx.plain();
  const auto product = [&](const Var<T>& left, const Var<T>& right) {
    const Var<T> y = c.output(a.n(), shape);
    matrix_product_into(c, left, right, form, y);
    return y;
  };
  if (!b.moves()) return a.moves() ? product(a.tangent, b.primal()) : Var<T>{};
  const Var<T> second = product(a.primal(), b.tangent);
  return a.moves() ? add(c, product(a.tangent, b.primal()), second) : second;
}
}  // namespace detail

template <class Context, class T>
void matrix_product_into(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b, MatrixForm form,
                         const Dual<T>& y) {
  ctx.compute([&](const auto& c) { matrix_product_into(c, a.primal(), b.primal(), form, y.primal()); });
  detail::put_tangent(ctx, detail::product_tangent(ctx, a, b, form, y.shape()), y);
}

template <class Context, class T>
Dual<T> matrix_product(const Tangents<Context>& ctx, const Dual<T>& a, const Dual<T>& b,
                       MatrixForm form = MatrixForm::plain) {
  const Var<T> y = ctx.value([&](const auto& c) { return matrix_product(c, a.primal(), b.primal(), form); });
  return {y, detail::product_tangent(ctx, a, b, form, y.shape())};
}

/// exp(x) over the sum of it over the channels of the pixel: of those that `mask` lets the pixel see, as a
/// query sees keys, and 0 elsewhere.
template <class Ctx, class V = typename Ctx::Value>
V softmax(const Ctx& ctx, const V& x, AttentionMask mask = {}) {
  const Index rows = x.value.h * x.value.w;
  if (!mask.fits(rows, x.c()))
    throw ShapeError("{} queries from place {} on do not stand at places of {} keys.", rows, mask.first,
                     x.c());
  const V y = ctx.output_like(x, x.c());
  softmax_forward(ctx.device(), as_const(x.value), mask, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    softmax_backward(c.device(), as_const(y.value), dy, dx.tensor, dx.write);
  });
  return y;
}

/// With y = softmax(x) and a tangent t of x: y t - y (the sum of y t).
template <class Context, class T>
Dual<T> softmax(const Tangents<Context>& ctx, const Dual<T>& x, AttentionMask mask = {}) {
  const Var<T> y = ctx.value([&](const auto& c) { return softmax(c, x.primal(), mask); });
  if (!x.moves()) return {y, {}};
  const auto& c = ctx.plain();
  const Var<T> weighed = multiply(c, y, x.tangent);
  return {y, detail::difference(c, weighed, multiply(c, y, total_channels(c, weighed)))};
}

/// 1 at the largest channel of each pixel, the first of those as large, and 0 elsewhere: a constant wherever
/// it has a derivative. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V mark_largest(const Ctx& ctx, const V& x) {
  const V y{ctx.tensor(x.n(), x.shape())};
  mark_largest(ctx.device(), as_const(x.value), y.value);
  return y;
}

template <class Context, class T>
Dual<T> mark_largest(const Tangents<Context>& ctx, const Dual<T>& x) {
  return {ctx.value([&](const auto& c) { return mark_largest(c, x.primal()); }), {}};
}

/// The means of `runs` stretches of each image's pixels, equally long (else ShapeError), below each other.
template <class Ctx, class V = typename Ctx::Value>
V run_means(const Ctx& ctx, const V& x, Index runs) {
  using T = typename Ctx::Scalar;
  const Index pixels = x.value.h * x.value.w;
  if (runs < 1 || pixels % runs != 0)
    throw ShapeError("{} pixels are not {} runs of as many each.", pixels, runs);
  const T scale = T(1) / static_cast<T>(pixels / runs);
  const auto of_runs = [=](const auto& t) {
    auto view = t;
    view.n = t.n * runs;
    view.h = t.h * t.w / runs;
    view.w = 1;
    return view;
  };
  const V y = ctx.output(x.n(), {x.c(), runs, 1});
  fill_zero(ctx.device(), y.value);
  sum_pixels(ctx.device(), of_runs(as_const(x.value)), of_runs(y.value));
  scale_shift(ctx.device(), as_const(y.value), scale, T(0), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const Tensor<T> dx = c.gradient(x);
    const auto scope = c.memory().scope();
    const Tensor<T> spread = c.tensor(x.n(), x.shape());
    spread_pixels(c.device(), of_runs(dy), of_runs(spread));
    accumulate_scaled(c.device(), as_const(spread), scale, dx);
  });
  return y;
}

template <class Context, class T>
Dual<T> run_means(const Tangents<Context>& ctx, const Dual<T>& x, Index runs) {
  return detail::linear(ctx, x, [=](const auto& c, const Var<T>& v) { return run_means(c, v, runs); });
}

/// Each image's numbers in C, H, W order, read as if they were in H, W, C order, as a checkpoint may have it.
template <class Ctx, class V = typename Ctx::Value>
V planes_as_pixels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  planes_as_pixels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    pixels_as_planes(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> planes_as_pixels(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return planes_as_pixels(c, v); });
}

/// The inverse of planes_as_pixels.
template <class Ctx, class V = typename Ctx::Value>
V pixels_as_planes(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  pixels_as_planes(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    planes_as_pixels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> pixels_as_planes(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::linear(ctx, x, [](const auto& c, const Var<T>& v) { return pixels_as_planes(c, v); });
}

}  // namespace densenf::ops

namespace densenf::ops {

/// Nystrom attention with four landmarks over (N, H, W, 3E) queries, keys and values, as the published
/// checkpoints have it. H W must be a multiple of 4 (kernels::nystrom::require). Returns (N, H, W, E).
template <class Ctx, class V = typename Ctx::Value>
V nystrom_attention(const Ctx& ctx, const V& qkv) {
  using T = typename Ctx::Scalar;
  kernels::nystrom::require(qkv.shape());
  const Index embed = qkv.c() / 3;
  if (qkv.c() % 3 != 0)
    shape_mismatch("Attention takes queries, keys and values of as many channels each.", qkv.shape());
  // Of all pixels with the landmarks: scores, the landmarks' scores and values, and what comes of them.
  ctx.count_products(4.0 * static_cast<double>(qkv.value.pixels() * kernels::nystrom::landmarks * embed));
  const V out = ctx.output_like(qkv, embed);
  T* memory = ctx.memory().template allocate<T>(qkv.value.size());
  nystrom_forward(ctx.device(), as_const(qkv.value), memory, out.value,
                  ctx.scratch().lend(nystrom_forward_scratch_bytes(ctx.device(), as_const(qkv.value))));
  if (qkv.gradient == nullptr) return out;
  ctx.record([=](auto& c) {
    const Tensor<T> dout = c.gradient(out);
    const auto dqkv = c.gradient_target(qkv);
    nystrom_backward(c.device(), static_cast<const T*>(memory), as_const(dout), dqkv.tensor, dqkv.write,
                     c.scratch().lend(nystrom_backward_scratch_bytes(c.device(), as_const(dout))));
  });
  return out;
}

namespace detail {
/// 1 / x for x above 0
template <class Context, class T>
Dual<T> reciprocal(const Tangents<Context>& ctx, const Dual<T>& x) {
  return elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return power(c, v, -1); },
      [&](const auto& c, const Var<T>& v) { return scale_shift(c, power(c, v, -2), -1, 0); });
}

/// The iterated pseudo-inverse of squares of which each column's sum is 1. `k` are their transposes.
template <class Context, class T>
Dual<T> pseudo_inverse(const Tangents<Context>& ctx, const Dual<T>& k) {
  const Index count = k.c();
  // It starts from the transpose over the largest sum of a row; the largest of a column is 1.
  const Dual<T> rows = scale_shift(ctx, run_means(ctx, k, 1), static_cast<double>(count), 0);
  const Dual<T> largest = total_channels(ctx, multiply(ctx, rows, mark_largest(ctx, rows)));
  Dual<T> v = multiply(ctx, k, spread_pixels(ctx, reciprocal(ctx, largest), k.value.h, k.value.w));
  for (int i = 0; i < kernels::nystrom::pseudo_inverse_steps; ++i) {
    // v (13 - p (15 - p (7 - p))) / 4, where p is the square times v
    const Dual<T> p = matrix_product(ctx, k, v, MatrixForm::first_transposed);
    Dual<T> inner = p;
    for (const double multiple : {7.0, 15.0}) {
      const Dual<T> product = matrix_product(ctx, p, inner);
      inner = add(ctx, scale_shift(ctx, p, multiple, 0), scale_shift(ctx, product, -1, 0));
    }
    const Dual<T> product = matrix_product(ctx, v, inner);
    v = add(ctx, scale_shift(ctx, v, 3.25, 0), scale_shift(ctx, product, -0.25, 0));
  }
  return v;
}
}  // namespace detail

/// The value is that of the operation; beside it the same is computed step by step, for the tangents' sake.
template <class Context, class T>
Dual<T> nystrom_attention(const Tangents<Context>& ctx, const Dual<T>& qkv) {
  const Var<T> out = ctx.value([&](const auto& c) { return nystrom_attention(c, qkv.primal()); });
  if (!qkv.moves()) return {out, {}};
  using kernels::nystrom::landmarks;
  constexpr auto turned = MatrixForm::second_transposed;
  const Index e = qkv.c() / 3;
  const Dual<T> rows = planes_as_pixels(ctx, qkv);
  const Dual<T> q = rows.channels(0, e), k = rows.channels(e, e), v = rows.channels(2 * e, e);
  const double scale = 1 / std::sqrt(static_cast<double>(q.value.h * q.value.w));
  const Dual<T> of_q = scale_shift(ctx, run_means(ctx, q, landmarks), scale, 0),
                of_k = scale_shift(ctx, run_means(ctx, k, landmarks), scale, 0);
  const Dual<T> k1 = softmax(ctx, matrix_product(ctx, of_k, q, turned)),
                k2 = softmax(ctx, matrix_product(ctx, of_k, of_q, turned)),
                k3 = softmax(ctx, matrix_product(ctx, k, of_q, turned));
  const Dual<T> seen = matrix_product(ctx, k3, v, MatrixForm::first_transposed);
  const Dual<T> mix = matrix_product(ctx, detail::pseudo_inverse(ctx, k2), seen);
  const auto& c = ctx.plain();
  const Var<T> found = detail::product_tangent(ctx, k1, mix, MatrixForm::first_transposed, v.shape());
  return {out, pixels_as_planes(c, add(c, found, v.tangent))};
}

/// Softmax attention with `heads` heads of every pixel of q to the pixels of k that `mask` lets it see, where
/// v is what is looked at: out = softmax(q k^T / sqrt(E)) v for each head, which has E of the channels of q
/// and k, one head's behind the other's, and likewise of v. k and v have the same pixels. Returns the
/// channels of v at the pixels of q. Keeps one number for each head and query; a key or value that no query
/// sees need not be written.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads, AttentionMask mask) {
  using T = typename Ctx::Scalar;
  if (heads < 1 || q.c() % heads != 0 || v.c() % heads != 0)
    throw ShapeError("Attention divides {} and {} channels among its heads, which are not {}.", q.c(), v.c(),
                     heads);
  require_batch("The keys of an attention", k.value, q.n(), {q.c(), k.value.h, k.value.w});
  require_batch("The values of an attention", v.value, q.n(), {v.c(), k.value.h, k.value.w});
  const Index queries = q.value.h * q.value.w, keys = k.value.h * k.value.w;
  if (!mask.fits(queries, keys)) {
    throw ShapeError("{} queries from place {} on do not stand at places of {} keys.", queries, mask.first,
                     keys);
  }
  ctx.count_products(static_cast<double>(q.n() * mask.seen(queries, keys)) *
                     static_cast<double>(q.c() + v.c()));
  const V out = ctx.output_like(q, v.c());
  T* log_sums = ctx.memory().template allocate<T>(heads * q.value.pixels());
  softmax_attention_forward(
      ctx.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads, mask, log_sums, out.value,
      ctx.scratch().lend(softmax_attention_forward_scratch_bytes(
          ctx.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads)));
  ctx.record([=](auto& c) {
    const auto dout = as_const(c.gradient(out));
    const Tensor<T> dq = c.gradient_or_unused(q), dk = c.gradient_or_unused(k), dv = c.gradient_or_unused(v);
    softmax_attention_backward(
        c.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads, mask,
        static_cast<const T*>(log_sums), as_const(out.value), dout, dq, dk, dv,
        c.scratch().lend(softmax_attention_backward_scratch_bytes(
            c.device(), as_const(q.value), as_const(k.value), as_const(v.value), heads)));
  });
  return out;
}

/// With scores s = q k' and p = softmax(s) it is p v; so the tangent is dp v + p dv, where dp is that of p
/// for ds = dq k' + q dk'. Each head's p is kept, and all keys and values are looked at.
template <class Context, class T>
Dual<T> softmax_attention(const Tangents<Context>& ctx, const Dual<T>& q, const Dual<T>& k, const Dual<T>& v,
                          Index heads, AttentionMask mask) {
  const Var<T> out = ctx.value(
      [&](const auto& c) { return softmax_attention(c, q.primal(), k.primal(), v.primal(), heads, mask); });
  if (!q.moves() && !k.moves() && !v.moves()) return {out, {}};
  const Index e = q.c() / heads, found = v.c() / heads;
  const auto& c = ctx.plain();
  const Var<T> tangent = c.output_like(q.primal(), v.c());
  for (Index head = 0; head < heads; ++head) {
    const Dual<T> scores =
        matrix_product(ctx, q.channels(head * e, e), k.channels(head * e, e), MatrixForm::second_transposed);
    const Dual<T> p = softmax(ctx, scale_shift(ctx, scores, 1 / std::sqrt(static_cast<double>(e)), 0), mask);
    const Dual<T> values = v.channels(head * found, found);
    copy_into(c, detail::product_tangent(ctx, p, values, MatrixForm::plain, {found, q.value.h, q.value.w}),
              tangent.channels(head * found, found));
  }
  return {out, tangent};
}

/// The same where every pixel sees all others.
template <class Ctx, class V = typename Ctx::Value>
V softmax_attention(const Ctx& ctx, const V& q, const V& k, const V& v, Index heads) {
  return softmax_attention(ctx, q, k, v, heads, AttentionMask{});
}

}  // namespace densenf::ops

namespace densenf::nn {

/// The coupling network of DenseFlow's modules: conv 1x1 -> [attention, dense branch] -> BatchNorm -> relu ->
/// conv 1x1 -> conv 1x1 (starts at zero). Width even.
class MixNetwork {
public:
  /// The images that attention takes.
  static constexpr void require(const Shape& in) { kernels::nystrom::require(in); }

  void declare(Builder& b, Index in, Index out, Index width, Index depth, Index growth) {
    width_ = width;
    const Index embed = width / 2;
    first_.declare(b, "transform.0", in, width, 1);
    {
      const auto scope = b.scope("transform.1");
      {
        const auto dense = b.scope("dense");
        dense_.declare(b, width, width, depth, growth);
      }
      qkv_.declare(b, "mha.qkv", width, 3 * embed, 1);
      attended_.declare(b, "mha.out_transform", embed, width, 1);
      {
        const auto norm = b.scope("mix_conv.0");
        norm_.declare(b, 2 * width);
      }
      mixed_.declare(b, "mix_conv.2", 2 * width, width, 1, Conv::Start::uniform, false);
    }
    last_.declare(b, "transform.2", width, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    // Only BatchNorm mixes images, so the parts before and after it can run slice by slice.
    const V both = in_slices(
        ctx, {2 * width_, x.value.h, x.value.w}, {},
        [this](const auto& c, LogProb, const auto& from) { return this->branches(c, from); }, x);
    return in_slices(
        ctx, {last_.out, x.value.h, x.value.w}, {},
        [this](const auto& c, LogProb, const auto& from) {
          return last_.forward(c, mixed_.forward(c, from));
        },
        norm_.forward(ctx, both, Activation::relu));
  }

private:
  /// [attention, dense branch]
  template <class Ctx, class V = typename Ctx::Value>
  V branches(const Ctx& ctx, const V& x) const {
    const V both = ctx.output_like(x, 2 * width_);
    const V buffer = dense_.buffer(ctx, x);
    const V input = dense_.input(buffer);
    first_.forward_into(ctx, x, input);
    attended_.forward_into(ctx, ops::nystrom_attention(ctx, qkv_.forward(ctx, input)),
                           both.channels(0, width_));
    dense_.forward_into(ctx, buffer, both.channels(width_, width_));
    return both;
  }

  Index width_ = 0;
  Conv first_, qkv_, attended_, mixed_, last_;
  DenseBranch dense_;
  BatchNorm norm_;
};

/// v -> v + dense branch(v) between two 1x1 convolutions, the last of which starts at zero: the coupling
/// network of the dequantization flow.
class ResidualNetwork {
public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out, Index width, Index depth, Index growth,
               NamesOf names = NamesOf::denseflow) {
    const bool survae = names == NamesOf::survae;
    width_ = width;
    first_.declare(b, survae ? "first" : "transform.0", in, width, 1);
    {
      const auto scope = b.scope(survae ? "dense" : "transform.1.dense");
      dense_.declare(b, width, width, depth, growth, names);
    }
    last_.declare(b, survae ? "last" : "transform.2", width, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    const V buffer = dense_.buffer(ctx, x), input = dense_.input(buffer);
    first_.forward_into(ctx, x, input);
    const V branch = ctx.output_like(x, width_);
    dense_.forward_into(ctx, buffer, branch);
    return last_.forward(ctx, ops::add(ctx, input, branch));
  }

private:
  Index width_ = 0;
  Conv first_, last_;
  DenseBranch dense_;
};

/// conv 3x3 to four times the channels -> relu -> conv 1x1 (starts at zero): the network of the cross-unit
/// noise.
class NoiseNetwork {
public:
  void declare(Builder& b, Index in, Index out) {
    conv3x3_.declare(b, "transformation.0", in, 4 * in, 3);
    conv1x1_.declare(b, "transformation.2", 4 * in, out, 1, Conv::Start::zero);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return conv1x1_.forward(ctx, conv3x3_.forward(ctx, x, Activation::relu));
  }

private:
  Conv conv3x3_, conv1x1_;
};

/// MixNetwork as a type: IntraUnit<48> is the paper's.
template <int Width, int Depth = 7, int Growth = 64>
struct IntraUnit : MixNetwork {
  static_assert(Width > 0 && Width % 2 == 0,
                "IntraUnit's width must be even: attention works on half of it.");
  void declare(Builder& b, Index in, Index out) {
    const auto scope = b.scope("dn");
    MixNetwork::declare(b, in, out, Width, Depth, Growth);
  }
};

/// ResidualNetwork as a type.
template <int Width, int Depth = 4, int Growth = 64, NamesOf names = NamesOf::denseflow>
struct ResidualDense : ResidualNetwork {
  void declare(Builder& b, Index in, Index out) {
    ResidualNetwork::declare(b, in, out, Width, Depth, Growth, names);
  }
};

/// Layers of 1x1 convolutions with relu between them: on vectors (1x1 images), a multilayer perceptron. The
/// last starts at zero.
template <int Width, int Layers = 3>
class Mlp {
  static_assert(Width > 0 && Layers >= 2, "An Mlp has at least two layers and a positive width.");

public:
  static constexpr bool images_apart = true;

  void declare(Builder& b, Index in, Index out) {
    for (int i = 0; i < Layers; ++i) {
      const bool last = i + 1 == Layers;
      layers_[static_cast<std::size_t>(i)].declare(b, std::to_string(2 * i), i == 0 ? in : Width,
                                                   last ? out : Width, 1,
                                                   last ? Conv::Start::zero : Conv::Start::uniform);
    }
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, V x) const {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      x = layers_[i].forward(ctx, x, i + 1 < layers_.size() ? Activation::relu : Activation::none);
    }
    return x;
  }

private:
  std::array<Conv, static_cast<std::size_t>(Layers)> layers_;
};

}  // namespace densenf::nn

namespace densenf {

/// The dense block of the paper: `Count` units with cross-unit coupling. Before each unit but the first,
/// `Growth` channels of noise enter: mu + sigma e, where e ~ N(0, I) and mu, sigma come from a small network
/// over the inputs of all earlier units. Dropping those channels inverts the step, since mu, sigma and so e
/// can be recomputed. Unit i (from 0) has C + i Growth channels.
template <int Count, int Growth, class UnitType>
class CrossUnit : public Bijector<CrossUnit<Count, Growth, UnitType>> {
  static_assert(Count > 0, "A CrossUnit has at least one unit.");
  static_assert(Growth > 0,
                "The growth of a CrossUnit is the number of noise channels per step: at least 1.");

public:
  static constexpr Kind kind = Count > 1 ? Kind::stochastic : UnitType::kind;
  /// Its units do; the noise does not look at the context.
  static constexpr bool takes_context = UnitType::takes_context;

  static std::string type_name() { return fmt::format("CrossUnit<{}, {}>", Count, Growth); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    for (int i = 0; i < Count; ++i) {
      if (i > 0) in.c += Growth;
      in = UnitType::output_shape(in);
    }
    return in;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c - (Count - 1) * Growth, out.h, out.w}; }

  void declare(Builder& b, Shape in) {
    {
      const auto scope = b.scope("noise_params");
      for (std::size_t i = 0; i < augments_.size(); ++i) {
        const auto inner = b.scope(static_cast<Index>(i));
        const auto earlier = static_cast<Index>(i);
        augments_[i].look_at(seen_by(earlier + 1, in.c));
        augments_[i].build(b, {in.c + earlier * Growth, in.h, in.w});
      }
    }
    const auto scope = b.scope("blocks");
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const auto inner = b.scope(static_cast<Index>(i));
      if (i > 0) in.c += Growth;
      units_[i].build(b, in);
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    // All inputs of units that later noise looks at, side by side.
    const V earlier = ctx.output_like(x, seen_by(Count - 1, x.c()));
    Index seen = 0;
    for (int i = 0; i < Count; ++i) {
      const V state = x;
      // Not by `apply`, which says in the backward pass that all parameters behind its own are final: those
      // of units that come before it are behind them.
      if (i > 0) {
        const auto& augment = augments_[static_cast<std::size_t>(i - 1)];
        x = augment.observed(ctx, log_prob,
                             [&] { return augment.widened(ctx, x, earlier.channels(0, seen), log_prob); });
      }
      if (i + 1 < Count) {
        ops::copy_into(ctx, state, earlier.channels(seen, state.c()));
        seen += state.c();
      }
      x = units_[static_cast<std::size_t>(i)].apply(ctx, x, log_prob, context...);
    }
    return x;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    for (std::size_t i = units_.size(); i-- > 0;) {
      z = units_[i].invert(ctx, z, context...);
      if (i > 0) z = augments_[i - 1].inverse(ctx, z);
    }
    return z;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (i > 0) f(augments_[i - 1]);
      f(units_[i]);
    }
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    for (std::size_t i = units_.size(); i-- > 0;) {
      f(units_[i]);
      if (i > 0) f(augments_[i - 1]);
    }
  }

private:
  /// Channels of the first `count` states z_0, z_1, ...: C, C, C + Growth, C + 2 Growth, ...
  static constexpr Index seen_by(Index count, Index channels) {
    Index total = 0;
    for (Index i = 0; i < count; ++i) total += channels + (i > 0 ? (i - 1) * Growth : 0);
    return total;
  }

  std::array<Augment<Growth, AffineNoise<nn::NoiseNetwork>>, static_cast<std::size_t>(Count - 1)> augments_;
  std::array<UnitType, static_cast<std::size_t>(Count)> units_;
};

}  // namespace densenf

#include <ratio>

namespace densenf {

/// y = scale x + shift, the same for every number; scale and shift are std::ratio.
template <class Scale, class Shift>
struct ScalarAffine : Bijector<ScalarAffine<Scale, Shift>> {
  static_assert(Scale::num != 0, "A scale of 0 has no inverse.");
  static constexpr double scale = static_cast<double>(Scale::num) / static_cast<double>(Scale::den);
  static constexpr double shift = static_cast<double>(Shift::num) / static_cast<double>(Shift::den);

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V y = ctx.output_like(x, x.c());
    ops::scale_shift_into(ctx, x, scale, shift, y);
    const double log_det = static_cast<double>(x.shape().size()) * std::log(std::abs(scale));
    add_to_each(ctx.device(), log_det, x.n(), log_prob.value);
    return y;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, 1 / scale, -shift / scale, x);
    return x;
  }
};

/// y = x - 1/2: centers the dequantized image.
using Center = ScalarAffine<std::ratio<1>, std::ratio<-1, 2>>;

/// y = 1 / (1 + exp(-x)), in (0, 1).
///
/// Near the ends of (0, 1) many x become the same y, of which the inverse is infinite: below -87 and above 16
/// in float, below -708 and above 36 in double. Flow::decode reports such a number.
struct Sigmoid : Bijector<Sigmoid> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::sigmoid(ctx, x, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    const V x = ctx.output_like(y, y.c());
    sigmoid_inverse(ctx.device(), as_const(y.value), x.value);
    return x;
  }
  /// The adjoint needs y alone. x is rebuilt as far as y tells what it was, and finite: a number that is
  /// large is no reason to stop training.
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& y, const V& x, LogProb log_prob) const {
    const auto mark = ctx.memory().mark();
    logit_forward(ctx.device(), as_const(y.value), x.value, ctx.unused_log_prob(y.n()).value);
    ctx.memory().release(mark);
    sigmoid_backward(ctx.device(), as_const(y.value), as_const(ctx.gradient(y)), log_prob.gradient,
                     ctx.gradient(x));
  }
};

/// y = log(x / (1 - x)) for x in (0, 1), outside of which the density is 0.
struct Logit : Bijector<Logit> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::logit(ctx, x, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::sigmoid(ctx, y, ctx.unused_log_prob(y.n()));
  }
};

/// y with softplus(y) = x, for x > 0, outside of which the density is 0.
struct SoftplusInverse : Bijector<SoftplusInverse> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    return ops::map(ctx, x, kernels::maps::SoftplusInverse{}, log_prob);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& y) const {
    return ops::softplus(ctx, y);
  }
};

}  // namespace densenf

namespace densenf {

/// A combinator whose pieces have the names that they would have if all of them stood in one Compose:
/// "transforms.0", "transforms.1", ..., however they are put together. So a flow can be made of a Unit, say,
/// and keep the names of published weights. With a `name` these are "name.0", "name.1", ..., below the name
/// that the whole has: those of Named<"", Flat<Model, "blocks">> in a flow are "blocks.0", "blocks.1", ...
template <class Model, Name name = "transforms">
struct Flat : Model {
  static_assert(Model::numbers_pieces, "Flat names the pieces of a Compose or a Unit.");

  void build(Builder& b, Shape in) {
    Index next = 0;
    const auto scope = b.flat_scope(next, name.view());
    Model::build(b, in);
  }
};

}  // namespace densenf

namespace densenf {

namespace detail {
inline std::string squeeze_name(ops::SqueezeOrder order, const char* what) {
  const std::string which = order == ops::SqueezeOrder::plain   ? ""
                            : order == ops::SqueezeOrder::block ? "Block"
                                                                : "Diagonal";
  return which + what;
}
}  // namespace detail

/// Space to depth: C x H x W -> 4C x H/2 x W/2, with the numbers of each cell of 2x2 pixels in one of the
/// orders of kernels/squeeze_order.hpp. Halves of the channels are other parts of the image in each of them.
template <ops::SqueezeOrder order>
struct SqueezeBy : Bijector<SqueezeBy<order>> {
  static std::string type_name() { return detail::squeeze_name(order, "Squeeze"); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::squeezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::unsqueezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::squeeze(ctx, x, order);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::unsqueeze(ctx, z, order);
  }
};

/// Depth to space, the inverse of SqueezeBy.
template <ops::SqueezeOrder order>
struct UnsqueezeBy : Bijector<UnsqueezeBy<order>> {
  static std::string type_name() { return detail::squeeze_name(order, "Unsqueeze"); }
  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    return ops::unsqueezed(in);
  }
  static constexpr Shape input_shape(Shape out) { return ops::squeezed(out); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::unsqueeze(ctx, x, order);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::squeeze(ctx, z, order);
  }
};

/// Channel 4c + 2i + j at (y, x) is channel c at (2y + i, 2x + j): Glow's, DenseFlow's, Real NVP's for
/// couplings.
using Squeeze = SqueezeBy<ops::SqueezeOrder::plain>;
using Unsqueeze = UnsqueezeBy<ops::SqueezeOrder::plain>;
/// Channel (2i + j) C + c: Flow++'s.
using BlockSqueeze = SqueezeBy<ops::SqueezeOrder::block>;
using BlockUnsqueeze = UnsqueezeBy<ops::SqueezeOrder::block>;
/// The pixels (0, 0) and (1, 1) of each cell are the first half of the channels: Real NVP's for factoring
/// out.
using DiagonalSqueeze = SqueezeBy<ops::SqueezeOrder::diagonal>;
using DiagonalUnsqueeze = UnsqueezeBy<ops::SqueezeOrder::diagonal>;

/// [x1, x2] -> [x2, x1], where x1 is the first half of the channels, the larger one when their number is odd.
struct SwitchHalves : Bijector<SwitchHalves> {
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb) const {
    return ops::rotate_channels(ctx, x, x.c() - x.c() / 2);
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    return ops::rotate_channels(ctx, z, z.c() / 2);
  }
};

}  // namespace densenf

namespace densenf {

/// `Count` modules of one type, one after the other, none of which changes the shape. The memory policy
/// decides what a unit keeps for its backward pass. In names the modules are counted from `First` on.
template <int Count, class Module, int First = 0>
class Unit : public Bijector<Unit<Count, Module, First>> {
  static_assert(Count > 0 && First >= 0, "A Unit has at least one module, and counts from 0 or more.");
  static_assert(Module::kind == Kind::bijection,
                "The modules of a Unit are bijections: noise and factored-out halves belong between units.");

public:
  static constexpr bool takes_context = Module::takes_context;
  static constexpr bool numbers_pieces = true;

  static std::string type_name() { return fmt::format("Unit<{}>", Count); }

  static constexpr Shape output_shape(Shape in) {
    if (Module::output_shape(in) != in)
      shape_mismatch("The modules of a Unit must keep the shape of their input.", in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    const auto scope = b.pieces_scope();
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      const auto inner = b.piece_scope(First + static_cast<Index>(i), Module::numbers_pieces);
      modules_[i].build(b, in);
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, V x, LogProb log_prob, const Context&... context) const {
    if constexpr (Ctx::records) {
      switch (ctx.pass().policy) {
        case MemoryPolicy::store:
          break;
        case MemoryPolicy::recompute:
          for (const Module& module : modules_) {
            x = recomputed(
                ctx, x.shape(), log_prob,
                [m = &module, x, context...](const auto& c, LogProb l) {
                  return m->apply(c, x, l, context...);
                },
                x, context...);
          }
          return x;
        case MemoryPolicy::reverse:
          return forward_for_reverse(ctx, x, log_prob, context...);
      }
      for (const Module& module : modules_) {
        x = scoped(
            ctx, x.shape(), [&](const auto& c) { return module.apply(c, x, log_prob, context...); }, x,
            context...);
      }
      return x;
    } else {
      // One place for all: a module has read its input when its output is copied there.
      const V place = ctx.output(x.n(), x.shape());
      for (const Module& module : modules_) {
        detail::evaluate_to(ctx, place.value,
                            [&](const auto& c) { return module.apply(c, x, log_prob, context...); });
        x = place;
      }
      return x;
    }
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, V z, const Context&... context) const {
    const V place = ctx.output(z.n(), z.shape());
    for (auto module = modules_.rbegin(); module != modules_.rend(); ++module) {
      detail::evaluate_to(ctx, place.value, [&](const auto& c) { return module->invert(c, z, context...); });
      z = place;
    }
    return z;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    for (const Module& module : modules_) f(module);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    for (std::size_t i = modules_.size(); i-- > 0;) f(modules_[i]);
  }

private:
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward_for_reverse(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    const V y = ctx.variable(detail::evaluate_into(ctx, x.n(), x.shape(), [&](const auto& c) {
      return forward(c, V{x.value}, log_prob, V{context.value}...);
    }));
    ctx.record([this, x, y, log_prob, context...](auto& c) {
      detail::hold_gradient(c, x);
      (detail::hold_gradient(c, context), ...);
      const auto mark = c.memory().mark();
      const auto tape = c.tape().mark();
      // Two places take turns: the output of a module and the input that is rebuilt from it.
      const V turns[2] = {c.output(x.n(), x.shape()), c.output(x.n(), x.shape())};
      V z = y;
      for (std::size_t i = modules_.size(); i-- > 0;) {
        V before = turns[i % 2];
        if (i == 0 && x.gradient != nullptr) {
          before = {before.value, x.gradient, x.first_channel};
        } else {
          c.begin_gradient(before);
        }
        modules_[i].rebuild(c, z, before, log_prob, context...);
        z = before;
      }
      c.tape().release(tape);
      c.memory().release(mark);
    });
    return y;
  }

  std::array<Module, static_cast<std::size_t>(Count)> modules_;
};

}  // namespace densenf

namespace densenf {

/// Noise for dequantization from a conditional flow q(u | x): squeezed normal noise goes through `Steps`
/// pairs of Conv1x1 and AffineCoupling, whose networks also see features of x, and a last Conv1x1, unsqueeze
/// and sigmoid. Width, Depth, Growth are those of the coupling networks; ContextWidth and ContextGrowth of
/// the features.
template <int Steps = 4, int Width = 64, int ContextWidth = 64, int Depth = 4, int Growth = 64,
          int ContextGrowth = 16>
using VariationalNoise = Sampler<
    ChannelNormal,
    Flat<Compose<
        Unit<Steps, Compose<Conv1x1, AffineCoupling<nn::ResidualDense<Width, Depth, Growth>, ContextWidth>>>,
        Conv1x1, Unsqueeze, Sigmoid>>,
    nn::HalvedFeatures<Width, ContextWidth, ContextGrowth>>;

/// How a noise model sees gray levels 0 ... levels - 1: from -1 to 1.
struct FromMinusOneToOne {
  static constexpr double scale(Index levels) { return 2 / static_cast<double>(levels - 1); }
  static constexpr double shift = -1;
};
/// x / levels - 1/2, as Flow++ has it.
struct FromMinusHalf {
  static constexpr double scale(Index levels) { return 1 / static_cast<double>(levels); }
  static constexpr double shift = -0.5;
};

/// The first piece of a flow over images of integers 0 ... 2^Bits - 1: y = (x + u) / 2^Bits with u in (0, 1)
/// from the noise model, which sees x scaled as `Seen` says, and the flow's context if it takes one.
/// Contributes -C H W Bits ln 2 - log q(u | x), which makes the likelihood a lower bound. y is in (0, 1) also
/// where (x + u) / 2^Bits rounds to 1. The noise's parameters are named below "encoder", or the name that
/// Named<name, Noise> gives them.
///
/// Its inverse gives gray levels: x itself when decoding what encode kept, else x + u.
template <int Bits = 8, class Noise = VariationalNoise<>, class Seen = FromMinusOneToOne>
class Dequantize : public Bijector<Dequantize<Bits, Noise, Seen>> {
  static_assert(Bits >= 1 && Bits <= 8, "Dequantize takes images of 1 to 8 bits.");

public:
  static constexpr Kind kind = Kind::stochastic;
  static constexpr bool takes_context = takes_context_of<Noise>;
  static constexpr bool pieces_make_noise = true;
  static constexpr Index levels = Index{1} << Bits;

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if constexpr (requires { Noise::require(in, in); }) Noise::require(in, in);
    return in;
  }

  static std::string type_name() { return fmt::format("Dequantize<{}>", Bits); }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(detail::scope_name_of<Noise>("encoder"));
    noise_.declare(b, in, in);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    return ops::dequantize(ctx, V{x.value}, draw(ctx, x, log_prob, context...), levels);
  }

  /// This and a Logit behind it, at once: y = (x + u) / 2^Bits has no digits left of what the logit is made
  /// of where it is near 1.
  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward_with(const Logit&, const Ctx& ctx, const V& x, LogProb log_prob,
                 const Context&... context) const {
    return ops::dequantized_logit(ctx, V{x.value}, draw(ctx, x, log_prob, context...), levels, log_prob);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, const V& y, const Context&...) const {
    using T = typename Ctx::Scalar;
    const V x = ctx.output_like(y, y.c());
    ops::scale_shift_into(ctx, y, static_cast<double>(levels), 0, x);
    if (auto* kept = ctx.pass().kept) {
      const auto u = ctx.tensor(y.n(), y.shape());
      kept->take(u);
      accumulate_scaled(ctx.device(), as_const(u), T(-1), x.value);
    }
    return x;
  }

  template <class F>
  void for_each_piece(const F& f) const {
    if constexpr (requires { noise_.for_each_piece(f); }) noise_.for_each_piece(f);
  }
  template <class F>
  void for_each_piece_backwards(const F& f) const {
    if constexpr (requires { noise_.for_each_piece_backwards(f); }) noise_.for_each_piece_backwards(f);
  }

private:
  template <class Ctx, class V, class... Context>
  V draw(const Ctx& ctx, const V& x, LogProb log_prob, [[maybe_unused]] const Context&... context) const {
    const V seen{ctx.tensor(x.n(), x.shape())};
    ops::scale_shift_into(ctx, V{x.value}, Seen::scale(levels), Seen::shift, seen);
    const V u = [&] {
      if constexpr (takes_context)
        return noise_.draw(ctx, seen, log_prob, context...);
      else
        return noise_.draw(ctx, seen, log_prob);
    }();
    if (auto* latents = ctx.pass().latents) latents->keep(as_const(u.value));
    const double term = -static_cast<double>(x.shape().size() * Bits) * std::numbers::ln2;
    add_to_each(ctx.device(), term, x.n(), log_prob.value);
    return u;
  }

  Noise noise_;
};

}  // namespace densenf

namespace densenf {

using Half = std::ratio<1, 2>;

/// The share `Keep` of the channels stays, the first ones; the others leave the flow under a distribution,
/// the prior, which may be conditional on the channels that stay, and on the flow's context if it takes one.
/// The inverse takes the channels that were kept by encode, or draws them anew. The prior's parameters are
/// named below "prior", or the name that Named<name, Prior> gives them.
template <class Prior = StandardNormal, class Keep = Half>
class FactorOut : public Bijector<FactorOut<Prior, Keep>> {
  static_assert(Keep::num > 0 && Keep::num < Keep::den,
                "The share of the channels that FactorOut keeps is between 0 and 1.");

public:
  static constexpr Kind kind = Kind::surjection;
  static constexpr bool takes_context = Prior::takes_context;

  static std::string type_name() { return fmt::format("FactorOut<{}>", detail::type_name_of<Prior>()); }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    if (in.c % Keep::den != 0) {
      if (Keep::den == 2) shape_mismatch("FactorOut needs an even number of channels.", in);
      shape_mismatch("The share of the channels that FactorOut keeps must be a whole number of them.", in);
    }
    const Shape out{kept_of(in.c), in.h, in.w};
    if constexpr (requires { Prior::require(in, in.c); }) Prior::require({in.c - out.c, in.h, in.w}, out.c);
    return out;
  }
  static constexpr Shape input_shape(Shape out) { return {out.c / Keep::num * Keep::den, out.h, out.w}; }

  void declare(Builder& b, Shape in) {
    const auto scope = b.scope(detail::scope_name_of<Prior>("prior"));
    const Index kept = kept_of(in.c);
    prior_.declare(b, {in.c - kept, in.h, in.w}, kept);
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob, const Context&... context) const {
    const Index kept = kept_of(x.c());
    const V stays = x.channels(0, kept), leaving = x.channels(kept, x.c() - kept);
    add_density(ctx, leaving, log_prob, stays, context...);
    if (auto* latents = ctx.pass().latents) {
      if (double* density = latents->log_density(x.n())) {
        add_density(ctx.evaluating(), V{leaving.value}, {density, nullptr}, V{stays.value},
                    V{context.value}...);
      }
      latents->keep(as_const(leaving.value));
    }
    return stays;
  }

  template <class Ctx, class V = typename Ctx::Value, class... Context>
  V inverse(const Ctx& ctx, const V& z, const Context&... context) const {
    const Index all = this->input().c;
    const V x = ctx.output_like(z, all);
    ops::copy_into(ctx, z, x.channels(0, z.c()));
    const V other = x.channels(z.c(), all - z.c());
    if (auto* kept = ctx.pass().kept) {
      kept->take(other.value);
    } else {
      detail::evaluate_to(ctx, other.value, [&](const auto& c) {
        return prior_.sample(c, z.n(), c.pass().temperature, z, context...);
      });
    }
    return x;
  }

  const Prior& prior() const { return prior_; }

private:
  static constexpr Index kept_of(Index channels) { return channels / Keep::den * Keep::num; }

  template <class Ctx, class V, class... Given>
  void add_density(const Ctx& ctx, const V& leaving, LogProb log_prob, const Given&... given) const {
    if constexpr (Ctx::records) {
      prior_.log_prob(ctx, leaving, 1, log_prob, given...);
    } else {
      const auto mark = ctx.memory().mark();
      prior_.log_prob(ctx, leaving, 1, log_prob, given...);
      ctx.memory().release(mark);
    }
  }

  Prior prior_;
};

/// What stands between the scales of DenseFlow.
using Transition = Compose<Squeeze, FactorOut<>>;

}  // namespace densenf

// "Densely connected normalizing flows" (NeurIPS 2021). Parameter names are those of the published
// checkpoints.
namespace densenf {

using nn::IntraUnit;

/// The glow-like module that DenseFlow repeats inside a unit.
template <class Network>
using GlowModule = Compose<ActNorm, Conv1x1, AffineCoupling<Network>, SwitchHalves>;

/// The paper's model for 3x32x32 and 3x64x64 images: 74 modules, growth 10.
using DenseFlow_74_10 = Compose<Dequantize<>, Center, Squeeze,                                     //
                                CrossUnit<6, 10, Unit<5, GlowModule<IntraUnit<48>>>>, Transition,  //
                                CrossUnit<4, 10, Unit<6, GlowModule<IntraUnit<48>>>>, Transition,  //
                                CrossUnit<1, 10, Unit<20, GlowModule<IntraUnit<48>>>>>;

/// A small one, for tests and for comparing learning curves on two cores.
using DenseFlowNano = Compose<Dequantize<8, VariationalNoise<2, 16, 16, 2, 16, 8>>, Center, Squeeze,
                              CrossUnit<2, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>, Transition,
                              CrossUnit<2, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>, Transition,
                              CrossUnit<1, 4, Unit<2, GlowModule<IntraUnit<24, 3, 16>>>>>;

/// For 8x8 digits of 5 bits.
using DenseFlowDigits = Compose<Dequantize<5, VariationalNoise<2, 16, 16, 2, 16, 8>>, Center, Squeeze,
                                CrossUnit<3, 4, Unit<4, GlowModule<IntraUnit<32, 3, 24>>>>, Transition,
                                CrossUnit<2, 4, Unit<4, GlowModule<IntraUnit<32, 3, 24>>>>>;

}  // namespace densenf

// The published models whose passes densenf::compiled holds: a program's files do not instantiate them.

namespace densenf::nn {

/// The condition of a flow over images of classes: a label 0 ... Classes - 1 is given with each image, and
/// its learned vector of `Width` numbers is the context.
template <int Classes, int Width>
class ClassEmbedding {
  static_assert(Classes > 1 && Width > 0, "A ClassEmbedding has at least two classes and a positive width.");

public:
  static constexpr Index channels = Width;
  static constexpr Shape shape{1, 1, 1};

  void declare(Builder& b) {
    const auto scope = b.scope("class_embedding");
    weight_ = b.weight("weight", {Width, Classes}, Init::uniform(1));
  }

  /// Throws ArgumentError for a label that is no class.
  template <class U>
  static void check(const BatchView<U>& labels) {
    densenf::detail::report_first(
        labels,
        [](U v) {
          const auto label = static_cast<double>(v);
          return !(label >= 0 && label < Classes && is_whole(v));
        },
        [](Index image, U v, Index) {
          throw ArgumentError("Image {} of the batch (counted from 0) has the label {}: labels are 0 to {}.",
                              image, v, Classes - 1);
        });
  }

  template <class Ctx, class V = typename Ctx::Value>
  V embed(const Ctx& ctx, const V& labels) const {
    const V one_hot{ctx.tensor(labels.n(), {Classes, 1, 1})};
    fill_one_hot(ctx.device(), as_const(labels.value), one_hot.value);
    return ops::conv(ctx, one_hot, {ctx.parameter(weight_)});
  }

private:
  template <class U>
  static bool is_whole(U v) {
    if constexpr (std::is_floating_point_v<U>)
      return v == std::floor(v);
    else
      return true;
  }

  Param weight_;
};

}  // namespace densenf::nn
// Made by scripts/make_compiled from the headers in include/densenf/ops: change those instead.

namespace densenf {

/// The order p of a norm, (sum |x|^p)^(1/p): 1, 2, or any other from 1 to infinity, where it is the largest
/// |x|. Made for template arguments, in which some compilers take no fractions.
struct NormOrder {
  int hundredths = 200;  ///< 0: infinity

  static constexpr NormOrder one() { return {100}; }
  static constexpr NormOrder infinity() { return {0}; }

  constexpr double value() const {
    return hundredths == 0 ? std::numeric_limits<double>::infinity() : hundredths / 100.0;
  }
  /// p / (p - 1) as a number: the largest <x, y> among all y of norm 1 is x's norm of this order.
  constexpr double dual_value() const {
    return hundredths == 0     ? 1
           : hundredths == 100 ? std::numeric_limits<double>::infinity()
                               : value() / (value() - 1);
  }
  /// Throws ArgumentError for an order below 1.
  void validate() const {
    if (hundredths != 0 && hundredths < 100)
      throw ArgumentError("A norm is of order 1 or more, not of {} hundredths.", hundredths);
  }

  bool operator==(const NormOrder&) const = default;
};

}  // namespace densenf

// Convolutions of bounded operator norm.
namespace densenf::ops {

namespace detail {
template <class T, class Ctx>
void replace_by_norming_vector(const Tensor<T>& x, double order, const Ctx& ctx) {
  const auto& device = ctx.device();
  if (order != 2) return norming_vector(device, as_const(x), order, x);
  // As the weights of one output.
  const Tensor<T> all = make_tensor(x.data, x.size(), Shape{1, 1, 1});
  const T* const no_magnitude = nullptr;
  const auto scope = ctx.memory().scope();
  T* const one_over_length = ctx.memory().template allocate<T>(1);
  weight_norm_forward(device, as_const(all), no_magnitude, one_over_length, all,
                      ctx.scratch().lend(weight_norm_forward_scratch_bytes(device, as_const(all))));
}
}  // namespace detail

/// A weight divided by max(1, sigma / ceiling) + epsilon, where sigma = <u, W v> is what the vectors
/// u and v, which are constants, see of its norm; `wv` is W v. So the norm is at most the ceiling if u and v
/// are exact. Differentiable by the weight, and by it through wv.
template <class Ctx, class V = typename Ctx::Value>
V bound_weight(const Ctx& ctx, const V& weight, const V& u, const V& wv, double ceiling, double epsilon = 0) {
  using T = typename Ctx::Scalar;
  require_batch("What a weight makes of its singular vector", wv.value, u.n(), u.shape());
  const V bounded = ctx.output(weight.n(), weight.shape());
  T* const facts = ctx.memory().template allocate<T>(2);
  bound_weight_forward(ctx.device(), as_const(weight.value), as_const(u.value), as_const(wv.value), ceiling,
                       epsilon, facts, bounded.value,
                       ctx.scratch().lend(bound_weight_forward_scratch_bytes(
                           ctx.device(), as_const(weight.value), as_const(u.value))));
  if (weight.gradient == nullptr && wv.gradient == nullptr) return bounded;
  ctx.record([=](auto& c) {
    const auto d = as_const(c.gradient(bounded));
    const auto dw = c.gradient_target(weight), dwv = c.gradient_target(wv);
    bound_weight_backward(c.device(), as_const(weight.value), as_const(u.value), static_cast<const T*>(facts),
                          d, dw.tensor, dw.write, dwv.tensor, dwv.write,
                          c.scratch().lend(bound_weight_backward_scratch_bytes(
                              c.device(), as_const(weight.value), as_const(u.value))));
  });
  return bounded;
}

/// u where <., W v> is largest among the images whose norm dual to l_`to` is 1; then <u, W v> is the l_`to`
/// norm of W v. For order 2: u = W v / |W v|. Images of one, of the shape that the convolution makes and
/// takes; nothing is differentiated.
template <class Ctx, class T = typename Ctx::Scalar>
void norming_output(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                    const Tensor<T>& v, NormOrder to) {
  const auto& device = ctx.device();
  const T* const no_bias = nullptr;
  conv_forward(device, as_const(v), weight.data, no_bias, kernel, Activation::none, u,
               ctx.scratch().lend(conv_forward_scratch_bytes(device, as_const(v), weight.data, no_bias,
                                                             kernel, Activation::none, u)));
  detail::replace_by_norming_vector(u, to.value(), ctx);
}

/// v where <u, W .> is largest among the images whose l_`from` norm is 1. For order 2: v = W' u / |W' u|.
template <class Ctx, class T = typename Ctx::Scalar>
void norming_input(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                   const Tensor<T>& v, NormOrder from) {
  const auto& device = ctx.device();
  conv_backward_data(
      device, as_const(u), weight.data, kernel, v, kernels::Write::assign,
      ctx.scratch().lend(conv_backward_data_scratch_bytes(device, as_const(u), weight.data, kernel, v)));
  detail::replace_by_norming_vector(v, from.dual_value(), ctx);
}

/// One power iteration for the norm of a convolution from l_`from` to l_`to`: v from u, then u from v.
template <class Ctx, class T = typename Ctx::Scalar>
void power_iteration(const Ctx& ctx, const Tensor<const T>& weight, int kernel, const Tensor<T>& u,
                     const Tensor<T>& v, NormOrder from, NormOrder to) {
  norming_input(ctx, weight, kernel, u, v, from);
  norming_output(ctx, weight, kernel, u, v, to);
}

}  // namespace densenf::ops

namespace densenf::ops {

/// x exp(log_scale) + bias per channel, with its log-determinant H W sum of log_scale.
template <class Ctx, class V = typename Ctx::Value>
V channel_affine(const Ctx& ctx, const V& x, const V& log_scale, const V& bias, LogProb log_prob) {
  using T = typename Ctx::Scalar;
  for (const V& v : {log_scale, bias}) require_per_channel(ctx, v, x.c());
  const V y = ctx.output_like(x, x.c());
  const T* const l = log_scale.value.data;
  actnorm_inverse(ctx.device(), as_const(x.value), as_const(bias.value).data, l, y.value);
  add_sum_to_each(ctx.device(), static_cast<double>(x.value.h * x.value.w), l, x.c(), x.n(), log_prob.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dlog_scale = c.gradient_or_unused(log_scale), dbias = c.gradient_or_unused(bias);
    channel_affine_backward(
        c.device(), as_const(x.value), l, dy, log_prob.gradient, dx.tensor, dx.write, dlog_scale.data,
        dbias.data, c.scratch().lend(channel_affine_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// x from what channel_affine makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
V channel_affine_inverse(const Ctx& ctx, const V& y, const V& log_scale, const V& bias) {
  const V x = ctx.output_like(y, y.c());
  const auto scope = ctx.scratch().scope();
  actnorm_forward(ctx.device(), as_const(y.value), as_const(bias.value).data, as_const(log_scale.value).data,
                  x.value, ctx.scratch().template allocate<double>(y.n()));
  return x;
}

}  // namespace densenf::ops

namespace densenf::ops {

/// The Gaussian error linear unit in its approximation by tanh: see kernels::maps::GeluTanh.
template <class Ctx, class V = typename Ctx::Value>
V gelu_tanh(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  gelu_tanh_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    gelu_tanh_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> gelu_tanh(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return gelu_tanh(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::GeluTanhSlope{}); });
}

/// The Gaussian error linear unit as it is defined, x P(N(0, 1) < x).
template <class Ctx, class V = typename Ctx::Value>
V gelu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  gelu_forward(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    gelu_backward(c.device(), as_const(x.value), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> gelu(const Tangents<Context>& ctx, const Dual<T>& x) {
  return detail::elementwise(
      ctx, x, [](const auto& c, const Var<T>& v) { return gelu(c, v); },
      [](const auto& c, const Var<T>& v) { return map(c, v, kernels::maps::GeluSlope{}); });
}

}  // namespace densenf::ops

namespace densenf::ops {

/// (x - mean) / sqrt(variance + epsilon) * gain + bias, with mean and variance over the channels of each
/// pixel.
template <class Ctx, class V = typename Ctx::Value>
V layer_norm(const Ctx& ctx, const V& x, const V& gain, const V& bias, double epsilon = 1e-5) {
  using T = typename Ctx::Scalar;
  for (const V& v : {gain, bias}) require_per_channel(ctx, v, x.c());
  const V y = ctx.output_like(x, x.c());
  T* statistics = ctx.memory().template allocate<T>(2 * x.value.pixels());
  layer_norm_forward(ctx.device(), as_const(x.value), as_const(gain.value).data, as_const(bias.value).data,
                     static_cast<T>(epsilon), statistics, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dgain = c.gradient_or_unused(gain), dbias = c.gradient_or_unused(bias);
    layer_norm_backward(c.device(), as_const(x.value), static_cast<const T*>(statistics),
                        as_const(gain.value).data, dy, dx.tensor, dx.write, dgain.data, dbias.data,
                        c.scratch().lend(layer_norm_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

template <class Context, class T>
Dual<T> layer_norm(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& gain, const Dual<T>& bias,
                   double epsilon = 1e-5) {
  for (const Dual<T>& v : {gain, bias}) detail::require_still("what a normalization learns", v);
  const Var<T> y = ctx.value(
      [&](const auto& c) { return layer_norm(c, x.primal(), gain.primal(), bias.primal(), epsilon); });
  if (!x.moves()) return {y, {}};
  const auto mean = [](const auto& c, const Var<T>& v) {
    return scale_shift(c, total_channels(c, v), 1 / static_cast<double>(v.c()), 0);
  };
  return {y, scale_channels(ctx.plain(), detail::normalized_tangent(ctx, x, epsilon, mean), gain.primal())};
}

}  // namespace densenf::ops

namespace densenf::ops {

/// x sigmoid(beta x) / 1.1 with beta = softplus(b), where b is one number, such as a vector of one that is
/// learned: LipSwish of "Residual Flows for Invertible Generative Modeling" (NeurIPS 2019), whose slope is
/// below 1 for every b.
template <class Ctx, class V = typename Ctx::Value>
V lip_swish(const Ctx& ctx, const V& x, const V& b) {
  using T = typename Ctx::Scalar;
  require_batch("LipSwish's learned number", b.value, 1, {1, 1, 1});
  const V y = ctx.output_like(x, x.c());
  lip_swish_forward(ctx.device(), as_const(x.value), as_const(b.value).data, y.value);
  if (x.gradient == nullptr && b.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const db = b.gradient != nullptr ? c.gradient(b).data : nullptr;
    lip_swish_backward(c.device(), as_const(x.value), as_const(b.value).data, dy, dx.tensor, dx.write, db,
                       c.scratch().lend(lip_swish_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

/// The derivative of lip_swish by x.
template <class Ctx, class V = typename Ctx::Value>
V lip_swish_slope(const Ctx& ctx, const V& x, const V& b) {
  using T = typename Ctx::Scalar;
  require_batch("LipSwish's learned number", b.value, 1, {1, 1, 1});
  const V y = ctx.output_like(x, x.c());
  lip_swish_slope_forward(ctx.device(), as_const(x.value), as_const(b.value).data, y.value);
  if (x.gradient == nullptr && b.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target_if_any(x);
    T* const db = b.gradient != nullptr ? c.gradient(b).data : nullptr;
    lip_swish_slope_backward(
        c.device(), as_const(x.value), as_const(b.value).data, dy, dx.tensor, dx.write, db,
        c.scratch().lend(lip_swish_slope_backward_scratch_bytes(c.device(), as_const(x.value))));
  });
  return y;
}

template <class Context, class T>
Dual<T> lip_swish(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& b) {
  detail::require_still("LipSwish's learned number", b);
  return detail::elementwise(
      ctx, x, [&](const auto& c, const Var<T>& v) { return lip_swish(c, v, b.primal()); },
      [&](const auto& c, const Var<T>& v) { return lip_swish_slope(c, v, b.primal()); });
}

/// [f(x), f(-x)] / 1.004 with f = lip_swish: CLipSwish of "Invertible DenseNets with Concatenated LipSwish"
/// (NeurIPS 2021), as a map from vectors to vectors of slope below 1.
template <class Ctx, class V = typename Ctx::Value>
V concat_lip_swish(const Ctx& ctx, const V& x, const V& b) {
  constexpr double scale = 1 / 1.004;
  const V y = ctx.output_like(x, 2 * x.c());
  scale_shift_into(ctx, lip_swish(ctx, x, b), scale, 0, y.channels(0, x.c()));
  scale_shift_into(ctx, lip_swish(ctx, scale_shift(ctx, x, -1, 0), b), scale, 0, y.channels(x.c(), x.c()));
  return y;
}

}  // namespace densenf::ops

// Masked networks: weights of which a mask by degrees keeps some, ordered so that products may leave out the
// others, and the products of some of a layer's units
// alone, with which such a network is computed unit by unit.
namespace densenf::ops {

/// A 1x1 weight with inputs and outputs ordered by degree, and zeros where the mask keeps nothing: that of a
/// conv with these connections. A vector has one input, which leads to all.
template <class Ctx, class V = typename Ctx::Value>
V ordered_weight(const Ctx& ctx, const V& weight, kernels::DegreeMask mask) {
  require_weights(ctx, weight, 1, mask.from.count, mask.to.count);
  const V y = ctx.output(1, weight.shape());
  order_weight(ctx.device(), mask, as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dweight = c.gradient_target(weight);
    order_weight_backward(c.device(), mask, dy, dweight.tensor, dweight.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> ordered_weight(const Tangents<Context>& ctx, const Dual<T>& weight, kernels::DegreeMask mask) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return ordered_weight(c, weight.primal(), mask); }, weight);
}

/// A 1x1 weight with inputs and outputs ordered by degree and transposed: a pixel for each output, of which
/// the channels are its inputs. A vector has one input, of any degree.
template <class Ctx, class V = typename Ctx::Value>
V sorted_weight(const Ctx& ctx, const V& weight, kernels::Degrees in, kernels::Degrees out) {
  require_weights(ctx, weight, 1, in.count, out.count);
  const V y = ctx.output(1, {in.count, out.count, 1});
  sort_weight(ctx.device(), in, out, as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    sort_weight_backward(c.device(), in, out, as_const(c.gradient(y)), c.gradient(weight));
  });
  return y;
}

template <class Context, class T>
Dual<T> sorted_weight(const Tangents<Context>& ctx, const Dual<T>& weight, kernels::Degrees in,
                      kernels::Degrees out) {
  return detail::still(
      ctx, "weights", [&](const auto& c) { return sorted_weight(c, weight.primal(), in, out); }, weight);
}

/// y = act(W x + b) for the y.c() units from number `first` on, in the order of degrees, which look at the
/// first x.c() inputs. `weight` and `bias` are what sorted_weight makes.
template <class Ctx, class V = typename Ctx::Value>
void some_units_into(const Ctx& ctx, const V& x, const V& weight, const V& bias, Index first,
                     Activation activation, const V& y) {
  using T = typename Ctx::Scalar;
  require_batch("The place of some units", y.value, x.n(), {y.c(), x.value.h, x.value.w});
  if (x.c() > weight.c() || first < 0 || first + y.c() > weight.value.pixels() ||
      bias.value.size() != weight.value.pixels())
    throw ShapeError("A layer of {} units with {} inputs has no {} units from number {} on that look at {}.",
                     weight.value.pixels(), weight.c(), y.c(), first, x.c());
  if (activation == Activation::elu) {
    const V before = ctx.output_like(x, y.c());
    some_units_into(ctx, x, weight, bias, first, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  const Index count = y.c(), inputs = x.c();
  const auto rows = [=](const Tensor<T>& t) {
    return Tensor<T>{t.pixel(first), 1, count, 1, inputs, t.stride};
  };
  ctx.count_products(static_cast<double>(y.value.pixels() * count * inputs));
  partial_products(ctx.device(), as_const(x.value), as_const(rows(weight.value)),
                   as_const(bias.value).data + first, activation, y.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const Tensor<T> dx = x.gradient != nullptr && inputs > 0 ? c.gradient(x) : Tensor<T>{};
    const bool learned = weight.gradient != nullptr;
    const Tensor<T> dw = learned ? rows(c.gradient(weight)) : Tensor<T>{};
    T* const dbias = learned ? c.gradient(bias).data + first : nullptr;
    partial_products_backward(c.device(), as_const(x.value), as_const(rows(weight.value)), as_const(y.value),
                              activation, dy, dx, dw, dbias);
  });
}

/// Of weights that have no tangents.
template <class Context, class T>
void some_units_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& weight,
                     const Dual<T>& bias, Index first, Activation activation, const Dual<T>& y) {
  detail::require_still("a layer's weights", weight);
  detail::require_still("a layer's bias", bias);
  if (activation == Activation::elu) {
    const Dual<T> before = ctx.output_like(x, y.c());
    some_units_into(ctx, x, weight, bias, first, Activation::none, before);
    return copy_into(ctx, elu(ctx, before), y);
  }
  ctx.compute([&](const auto& c) {
    some_units_into(c, x.primal(), weight.primal(), bias.primal(), first, activation, y.primal());
  });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  const auto& c = ctx.plain();
  const Var<T> no_bias = ctx.value([&](const auto& known) {
    const Var<T> zeros{known.tensor(bias.n(), bias.shape())};
    fill_zero(known.device(), zeros.value);
    // A constant, but some_units_into adds to the gradients of weight and bias together.
    return scale_shift(known, zeros, 1, 0);
  });
  if (activation == Activation::none)
    return some_units_into(c, x.tangent, weight.primal(), no_bias, first, activation, y.tangent);
  const Var<T> before = c.output_like(x.tangent, y.c());
  some_units_into(c, x.tangent, weight.primal(), no_bias, first, Activation::none, before);
  copy_into(c, detail::through_relu(ctx, y, before), y.tangent);
}

/// y = max(x, 0)
template <class Ctx, class V = typename Ctx::Value>
void relu_into(const Ctx& ctx, const V& x, const V& y) {
  require_batch("The output of relu_into", y.value, x.n(), x.shape());
  map_forward(ctx.device(), kernels::maps::Relu{}, as_const(x.value), y.value);
  if (x.gradient == nullptr) return;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    map_backward(c.device(), kernels::maps::Relu{}, as_const(x.value), dy, dx.tensor, dx.write);
  });
}

template <class Context, class T>
void relu_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y) {
  ctx.compute([&](const auto& c) { relu_into(c, x.primal(), y.primal()); });
  if (!x.moves()) return detail::put_tangent(ctx, x.tangent, y);
  copy_into(ctx.plain(), detail::through_relu(ctx, y, x.tangent), y.tangent);
}

/// max(x, 0)
template <class Ctx, class V = typename Ctx::Value>
V relu(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  relu_into(ctx, x, y);
  return y;
}

template <class Context, class T>
Dual<T> relu(const Tangents<Context>& ctx, const Dual<T>& x) {
  const Dual<T> y{ctx.value([&](const auto& c) { return relu(c, x.primal()); }), {}};
  return {y.primal(), x.moves() ? detail::through_relu(ctx, y, x.tangent) : Var<T>{}};
}

/// z = x + y
template <class Ctx, class V = typename Ctx::Value>
void add_into(const Ctx& ctx, const V& x, const V& y, const V& z) {
  require_batch("The second term of a sum", y.value, x.n(), x.shape());
  require_batch("The place of a sum", z.value, x.n(), x.shape());
  add(ctx.device(), as_const(x.value), as_const(y.value), z.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    for (const V& term : {x, y}) {
      if (term.gradient == nullptr) continue;
      const auto d = c.gradient_target(term);
      copy(c.device(), dz, d.tensor, d.write);
    }
  });
}

template <class Context, class T>
void add_into(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& y, const Dual<T>& z) {
  ctx.compute([&](const auto& c) { add_into(c, x.primal(), y.primal(), z.primal()); });
  if (x.moves() && y.moves()) return add_into(ctx.plain(), x.tangent, y.tangent, z.tangent);
  detail::put_tangent(ctx, x.moves() ? x.tangent : y.tangent, z);
}

}  // namespace densenf::ops

namespace densenf::ops {

namespace detail {
/// Throws ShapeError or ArgumentError for what the kernels of a mixture map do not take.
template <class V>
void check_mixture(const kernels::MixtureMap& map, const V& x, const V& raw) {
  if (map.components < 1 || map.components > kernels::MixtureMap::most_components)
    throw ArgumentError("A mixture has 1 to {} components, not {}.", kernels::MixtureMap::most_components,
                        map.components);
  require_batch("The numbers of a mixture map", raw.value, x.n(),
                {map.parameters() * x.c(), x.value.h, x.value.w});
}
}  // namespace detail

/// z from x by mixtures of logistics, whose raw numbers a network has made: kernels/mixture.hpp says how.
/// Adds log |dz/dx| of each number to the log-probability. Outside of the pixels `where`, z is x.
template <class Ctx, class V = typename Ctx::Value>
void mixture_into(const Ctx& ctx, kernels::MixtureMap map, kernels::SomeWhere where, const V& x, const V& raw,
                  LogProb log_prob, const V& z) {
  using T = typename Ctx::Scalar;
  detail::check_mixture(map, x, raw);
  require_batch("The output of a mixture map", z.value, x.n(), x.shape());
  mixture_forward(ctx.device(), map, where, as_const(x.value), as_const(raw.value), z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const Tensor<T> dz = c.gradient(z);
    const auto dx = c.gradient_target_if_any(x), draw = c.gradient_target(raw);
    mixture_backward(c.device(), map, where, as_const(x.value), as_const(raw.value), as_const(dz),
                     log_prob.gradient, dx.tensor, dx.write, draw.tensor, draw.write);
  });
}

/// x from the z that mixture_into makes of it. Only evaluates.
template <class Ctx, class V = typename Ctx::Value>
void mixture_inverse_into(const Ctx& ctx, kernels::MixtureMap map, kernels::SomeWhere where, const V& z,
                          const V& raw, const V& x) {
  detail::check_mixture(map, z, raw);
  require_batch("The output of a mixture map's inverse", x.value, z.n(), z.shape());
  mixture_inverse(ctx.device(), map, where, as_const(z.value), as_const(raw.value), x.value);
}

}  // namespace densenf::ops

// Differentiable rearrangements beside those of layout.hpp.
namespace densenf::ops {

/// x with its channels in the opposite order.
template <class Ctx, class V = typename Ctx::Value>
V reverse_channels(const Ctx& ctx, const V& x) {
  const V y = ctx.output_like(x, x.c());
  reverse_channels(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    reverse_channels(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

/// Images of C x H x W as images of one pixel with their C H W numbers, in this order.
template <class Ctx, class V = typename Ctx::Value>
V flatten(const Ctx& ctx, const V& x) {
  const V y = ctx.output(x.n(), {x.shape().size(), 1, 1});
  flatten(ctx.device(), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    unflatten(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

/// The images of shape `s` of which flatten makes y.
template <class Ctx, class V = typename Ctx::Value>
V unflatten(const Ctx& ctx, const V& y, const Shape& s) {
  require_batch("What becomes images again", y.value, y.n(), {s.size(), 1, 1});
  const V x = ctx.output(y.n(), s);
  unflatten(ctx.device(), as_const(y.value), x.value);
  if (y.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dy = c.gradient_target(y);
    flatten(c.device(), dx, dy.tensor, dy.write);
  });
  return x;
}

using kernels::OrderOf;

namespace detail {
/// That an order lists what images have, and halves where it is of pixels.
inline void require_order(OrderOf parts, Param order, const Shape& s) {
  const bool of_pixels = parts == OrderOf::pixels;
  if (order.size != (of_pixels ? s.pixels() : s.c) || (of_pixels && (s.pixels() % 2 != 0 || s.c % 2 != 0)))
    throw ShapeError("An order of {} {} does not fit images of {} (channels x height x width).", order.size,
                     of_pixels ? "pixels" : "channels", to_string(s));
}
}  // namespace detail

/// x with each image's channels, or the halves of its pixels, in an order that is a part of the state
/// (kernels/image_order.hpp).
template <class Ctx, class V = typename Ctx::Value>
V reorder(const Ctx& ctx, OrderOf parts, Param order, const V& x) {
  detail::require_order(parts, order, x.shape());
  const V y = ctx.output_like(x, x.c());
  reorder(ctx.device(), parts, ctx.state(order), as_const(x.value), y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    restore_order(c.device(), parts, c.state(order), dy, dx.tensor, dx.write);
  });
  return y;
}

/// The images of which reorder makes y.
template <class Ctx, class V = typename Ctx::Value>
V restore_order(const Ctx& ctx, OrderOf parts, Param order, const V& y) {
  detail::require_order(parts, order, y.shape());
  const V x = ctx.output_like(y, y.c());
  restore_order(ctx.device(), parts, ctx.state(order), as_const(y.value), x.value);
  if (y.gradient == nullptr) return x;
  ctx.record([=](auto& c) {
    const auto dx = as_const(c.gradient(x));
    const auto dy = c.gradient_target(y);
    reorder(c.device(), parts, c.state(order), dx, dy.tensor, dy.write);
  });
  return x;
}

/// Images of which pixel p, counted row by row, is pixel p - by of x; 0 where there is none.
template <class Ctx, class V = typename Ctx::Value>
V shift_pixels(const Ctx& ctx, const V& x, Index by) {
  const V y = ctx.output_like(x, x.c());
  shift_pixels(ctx.device(), as_const(x.value), by, y.value);
  if (x.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dx = c.gradient_target(x);
    shift_pixels(c.device(), dy, -by, dx.tensor, dx.write);
  });
  return y;
}

/// A weight (1x1) that does after a permutation of its inputs, y[i] = x[permutation[i]], what `weight` does.
/// The permutation is a part of the state.
template <class Ctx, class V = typename Ctx::Value>
V permute_inputs(const Ctx& ctx, const V& weight, Param permutation) {
  require_weights(ctx, weight, 1, permutation.size, weight.c());
  const V y = ctx.output(1, weight.shape());
  scatter_pixels(ctx.device(), ctx.state(permutation), as_const(weight.value), y.value);
  if (weight.gradient == nullptr) return y;
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    const auto dweight = c.gradient_target(weight);
    gather_pixels(c.device(), c.state(permutation), dy, dweight.tensor, dweight.write);
  });
  return y;
}

/// The weight (c x c, 1x1) of which a strict triangle is given row by row in a vector of c (c - 1) / 2
/// numbers, none if c is 1; 0 elsewhere.
template <class Ctx, class V = typename Ctx::Value>
V triangle_weight(const Ctx& ctx, const V& entries, kernels::Triangle triangle) {
  const Index count = triangle.c * (triangle.c - 1) / 2;
  if (count > 0) require_batch("The entries of a triangle", entries.value, 1, {count, 1, 1});
  const V w = ctx.output(1, {triangle.c, triangle.c, 1});
  triangle_to_weight(ctx.device(), triangle, as_const(entries.value).data, w.value);
  if (entries.gradient == nullptr) return w;
  ctx.record([=](auto& c) {
    const auto dw = as_const(c.gradient(w));
    triangle_to_weight_backward(c.device(), triangle, dw, c.gradient(entries).data);
  });
  return w;
}

}  // namespace densenf::ops

namespace densenf::ops {

/// Adds factor * log of the mixture's density to the log-probability: of normals over whole images, of which
/// loc and log_scale are vectors with the numbers of one after the other, each in C, H, W order, and which
/// are as likely as the softmax of the vector `logits` says.
template <class Ctx, class V = typename Ctx::Value>
void normal_mixture_log_prob(const Ctx& ctx, const V& x, const V& logits, const V& loc, const V& log_scale,
                             double factor, LogProb log_prob) {
  const Index n = x.n(), size = x.shape().size(), count = logits.c();
  require_per_channel(ctx, logits, count);
  for (const V& v : {loc, log_scale}) require_per_channel(ctx, v, count * size);
  const auto of_each = [&] { return ctx.memory().template allocate<double>(count * n); };
  double* const densities = of_each();
  double* const gradients = Ctx::records ? of_each() : nullptr;
  set_each(ctx.device(), 0.0, count * n, densities);
  const V flat = flatten(ctx, x);
  for (Index k = 0; k < count; ++k) {
    normal_log_prob(ctx, flat, loc.channels(k * size, size), log_scale.channels(k * size, size), 1,
                    {densities + k * n, Ctx::records ? gradients + k * n : nullptr});
  }
  mix_log_densities(ctx.device(), static_cast<const double*>(densities), as_const(logits.value).data, count,
                    n, factor, log_prob.value);
  ctx.record([=](auto& c) {
    mix_log_densities_backward(c.device(), static_cast<const double*>(densities), as_const(logits.value).data,
                               count, n, factor, log_prob.gradient, gradients,
                               c.gradient_or_unused(logits).data);
  });
}

}  // namespace densenf::ops

// Parameters with a number for each channel at each place of an image, as Builder::image declares them.
namespace densenf::ops {

/// That a parameter has a number for each channel at each place of a batch's images (ShapeError).
template <class Ctx, class V = typename Ctx::Value>
void require_per_position(const Ctx& ctx, const V& v, const Shape& image) {
  if (v.c() != image.c || v.value.pixels() != image.pixels())
    throw ShapeError("{} was built for {} channels at {} places, but got {} at {}.", ctx.name_in_message(v),
                     v.c(), v.value.pixels(), image.c, image.pixels());
}

/// x + v at each place
template <class Ctx, class V = typename Ctx::Value>
V add_positions(const Ctx& ctx, const V& x, const V& v) {
  require_per_position(ctx, v, x.shape());
  const V y = ctx.output_like(x, x.c());
  add_positions(ctx.device(), as_const(x.value), as_const(v.value).data, y.value);
  ctx.record([=](auto& c) {
    const auto dy = as_const(c.gradient(y));
    if (v.gradient != nullptr) sum_positions(c.device(), dy, c.gradient(v).data);
    if (x.gradient == nullptr) return;
    const auto dx = c.gradient_target(x);
    copy(c.device(), dy, dx.tensor, dx.write);
  });
  return y;
}

template <class Context, class T>
Dual<T> add_positions(const Tangents<Context>& ctx, const Dual<T>& x, const Dual<T>& v) {
  detail::require_still("what is added at each place", v);
  return {ctx.value([&](const auto& c) { return add_positions(c, x.primal(), v.primal()); }), x.tangent};
}

/// z = scale x + shift at each place, with its log-determinant: the sum of log |scale|, for each image.
template <class Ctx, class V = typename Ctx::Value>
void position_affine_into(const Ctx& ctx, const V& x, const V& scale, const V& shift, LogProb log_prob,
                          const V& z) {
  using T = typename Ctx::Scalar;
  require_per_position(ctx, scale, x.shape());
  require_per_position(ctx, shift, x.shape());
  require_batch("The output of an affine map", z.value, x.n(), x.shape());
  position_affine_forward(ctx.device(), as_const(x.value), as_const(scale.value).data,
                          as_const(shift.value).data, z.value, log_prob.value);
  ctx.record([=](auto& c) {
    const auto dz = as_const(c.gradient(z));
    const auto dx = c.gradient_target_if_any(x);
    const Tensor<T> dscale = c.gradient_or_unused(scale), dshift = c.gradient_or_unused(shift);
    position_affine_backward(c.device(), as_const(x.value), as_const(scale.value).data, dz, log_prob.gradient,
                             dx.tensor, dx.write, dscale.data, dshift.data);
  });
}

}  // namespace densenf::ops

// Convolutions of any kernel, stride and place: what the taps see, times the weights.
namespace densenf::ops {

using kernels::Taps;

/// A convolution that looks where `taps` says, over an output of h x w pixels, with bias and activation. The
/// weight is [tap][in] pixels of `out` channels. What the taps see is put side by side for the time of the
/// product only, here and in the adjoint.
template <class Ctx, class V = typename Ctx::Value>
V conv_at(const Ctx& ctx, const V& x, const Taps& taps, Index h, Index w, const Filter<V>& f,
          Activation activation = Activation::none) {
  using T = typename Ctx::Scalar;
  const Index in = x.c(), out = f.weight.c(), wide = taps.count * in;
  require_weights(ctx, f.weight, taps.count, in, out);
  if (f.has_bias()) require_per_channel(ctx, f.bias, out);
  const V y = ctx.output(x.n(), {out, h, w});
  ctx.count_products(y.value.pixels(), f.weight);
  const auto seen = [taps, wide, x](const auto& c, const Tensor<T>& like) {
    const Tensor<T> columns{
        c.scratch().template allocate<T>(like.pixels() * wide), like.n, like.h, like.w, wide, wide};
    unfold(c.device(), as_const(x.value), taps, columns);
    return columns;
  };
  {
    const auto scope = ctx.scratch().scope();
    const Tensor<T> columns = seen(ctx, y.value);
    const T* const weight = f.weight.value.data;
    const T* const bias = f.bias.value.data;
    conv_forward(ctx.device(), as_const(columns), weight, bias, 1, activation, y.value,
                 ctx.scratch().lend(conv_forward_scratch_bytes(ctx.device(), as_const(columns), weight, bias,
                                                               1, activation, y.value)));
  }
  ctx.record([=](auto& c) {
    const Tensor<T> dy = c.gradient(y);
    const auto dx = c.gradient_target_if_any(x);
    T* const dweight = f.weight.gradient != nullptr ? c.gradient(f.weight).data : nullptr;
    T* const dbias = f.bias.gradient != nullptr ? c.gradient(f.bias).data : nullptr;
    const auto scope = c.scratch().scope();
    const Tensor<T> columns = seen(c, y.value);
    // Nothing reads this gradient after its producer, so the activation's adjoint works in place.
    if (dweight != nullptr) {
      conv_backward_parameters(c.device(), as_const(columns), as_const(y.value), activation, dy, 1, dweight,
                               dbias,
                               c.scratch().lend(conv_backward_parameters_scratch_bytes(
                                   c.device(), as_const(columns), dy, 1, dweight, dbias)));
    } else {
      if (activation == Activation::relu) relu_backward(c.device(), as_const(y.value), dy);
      if (activation == Activation::elu)
        elu_backward(c.device(), as_const(y.value), as_const(dy), dy, kernels::Write::assign);
      if (dbias != nullptr)
        sum_channels(c.device(), as_const(dy), dbias,
                     c.scratch().lend(sum_channels_scratch_bytes(c.device(), as_const(dy))));
    }
    if (x.gradient == nullptr) return;
    // The place of what the taps saw now holds its gradient.
    const T* const weight = f.weight.value.data;
    conv_backward_data(
        c.device(), as_const(dy), weight, 1, columns, kernels::Write::assign,
        c.scratch().lend(conv_backward_data_scratch_bytes(c.device(), as_const(dy), weight, 1, columns)));
    fold(c.device(), as_const(columns), taps, dx.tensor, dx.write);
  });
  return y;
}

/// Of weights that have no tangents.
template <class Context, class T>
Dual<T> conv_at(const Tangents<Context>& ctx, const Dual<T>& x, const Taps& taps, Index h, Index w,
                const Filter<Dual<T>>& f, Activation activation = Activation::none) {
  detail::require_still("a convolution's weights", f.weight);
  detail::require_still("a convolution's bias", f.bias);
  if (activation == Activation::elu) return elu(ctx, conv_at(ctx, x, taps, h, w, f));
  const Dual<T> y{ctx.value([&](const auto& c) {
                    const Filter<Var<T>> filter{f.weight.primal(), f.bias.primal()};
                    return conv_at(c, x.primal(), taps, h, w, filter, activation);
                  }),
                  {}};
  if (!x.moves()) return y;
  const Filter<Var<T>> without_bias{f.weight.primal()};
  const Var<T> before = conv_at(ctx.plain(), x.tangent, taps, h, w, without_bias);
  return {y.primal(), activation == Activation::relu ? detail::through_relu(ctx, y, before) : before};
}

}  // namespace densenf::ops

// The operations that densenf::compiled holds for the CPU, float and double: a program's files do not
// instantiate them.

namespace densenf {

/// In which order training sees its images or rows.
enum class Order {
  shuffled_epochs,   ///< each once, in a random order, then all again in another
  with_replacement,  ///< each place of each batch draws any of them
};

/// Which of `count` images or rows the batches of a training take: a function of the seed and the step alone.
/// Epochs need not be whole batches: a batch may take the last ones of one epoch and the first of the next.
class BatchOrder {
public:
  /// `count` and `batch_size` are at least 1.
  BatchOrder(Index count, Index batch_size, std::uint64_t seed, Order order)
      : count_(count), batch_size_(batch_size), seed_(seed), order_(order) {}

  /// Number `slot` of the batch at `step`, both from 0.
  Index at(Index step, Index slot);

private:
  /// Makes permutation_ that of an epoch. Kept until another epoch is asked for, which changes how long a
  /// batch takes but never what it holds.
  void shuffle(Index epoch);

  Index count_, batch_size_;
  std::uint64_t seed_;
  Order order_;
  std::vector<Index> permutation_;
  Index epoch_ = -1;
};

}  // namespace densenf

namespace densenf::detail {

/// What random numbers of the data are for, as the stream of a NoiseKey: far from the streams of models, so
/// that a run may use one seed for its data and its noise.
enum class DataStream : std::uint32_t { choice = 0x64617401, permutation, augmentation, split };

/// The numbers for one step (or epoch), four 32-bit words a block. A function of its arguments alone: neither
/// threads nor the place where a run was interrupted change it.
inline NoiseSequence data_sequence(std::uint64_t seed, DataStream stream, Index step) {
  return noise_sequence({seed, static_cast<std::uint32_t>(stream), static_cast<std::uint64_t>(step), 0});
}

/// A number in [0, count) from two random words, evenly but for at most count / 2^64.
inline Index below(Index count, std::uint32_t high, std::uint32_t low) {
  // The upper 64 bits of (high, low) * count, in halves because standard C++ has no 128-bit integers.
  const auto n = static_cast<std::uint64_t>(count);
  const std::uint64_t n0 = n & 0xffffffffu;
  const std::uint64_t n1 = n >> 32;
  const std::uint64_t middle = high * n0 + (low * n0 >> 32);
  const std::uint64_t carry = low * n1 + (middle & 0xffffffffu);
  return static_cast<Index>(high * n1 + (middle >> 32) + (carry >> 32));
}

/// A number in [0, count) from one block of a sequence.
inline Index below(Index count, const NoiseSequence& sequence, Index block) {
  const philox4x32_ctr_t words = words_of_block(sequence, static_cast<std::uint64_t>(block));
  return below(count, words.v[0], words.v[1]);
}

}  // namespace densenf::detail

namespace densenf {

DENSENF_INLINE Index BatchOrder::at(Index step, Index slot) {
  if (order_ == Order::with_replacement)
    return detail::below(count_, detail::data_sequence(seed_, detail::DataStream::choice, step), slot);
  const Index place = step * batch_size_ + slot;
  shuffle(place / count_);
  return permutation_[static_cast<std::size_t>(place % count_)];
}

DENSENF_INLINE void BatchOrder::shuffle(Index epoch) {
  if (epoch == epoch_) return;
  permutation_.resize(static_cast<std::size_t>(count_));
  std::iota(permutation_.begin(), permutation_.end(), Index{0});
  const NoiseSequence sequence = detail::data_sequence(seed_, detail::DataStream::permutation, epoch);
  for (Index i = count_ - 1; i > 0; --i) {
    std::swap(permutation_[static_cast<std::size_t>(i)],
              permutation_[static_cast<std::size_t>(detail::below(i + 1, sequence, i))]);
  }
  epoch_ = epoch;
}

}  // namespace densenf

namespace densenf {

/// Runs the staged batch of a training step piece by piece, changing nothing, and throws NonFiniteError
/// naming the first piece whose output is infinite or NaN. Returns when there is none.
template <class SessionType, class T, class Device>
void find_non_finite(TrainingPass<SessionType>& pass, const Device& device, NoiseSource<T, Device>& noise,
                     Index slice = 0) {
  struct Finder : Observer<T> {
    Finder(const Device& d, Arena<Device>& s) : device(d), scratch(s) {}
    void on_output(const std::string& name, Tensor<const T> output, const double* log_prob) override {
      if (!all_finite(device, output, scratch.lend(all_finite_scratch_bytes(device, output))))
        throw NonFiniteError("The output of '{}' is not finite.", name);
      std::vector<double> host(static_cast<std::size_t>(output.n));
      fetch(device, log_prob, output.n, host.data());
      for (std::size_t n = 0; n < host.size(); ++n) {
        if (host[n] == -std::numeric_limits<double>::infinity()) {
          throw NonFiniteError(
              "The density of image {} of the batch is 0 from '{}' on: its numbers are outside of what that "
              "piece takes, or a matrix is singular.",
              n, name);
        }
        if (!std::isfinite(host[n])) throw NonFiniteError("The log-determinant of '{}' is not finite.", name);
      }
    }
    const Device& device;
    Arena<Device>& scratch;
  } finder(device, pass.scratch());
  pass.observe(noise, slice, finder);
}

}  // namespace densenf

namespace densenf {

/// An exponential average of weights: average = decay * average + (1 - decay) * weights after each step.
/// It begins with the first step, as a copy of the weights that the step starts from (data-dependent starts
/// done). The state (BatchNorm's running statistics) is averaged with the same decay, because statistics of
/// newer weights would not fit averaged ones.
struct WeightAverage {
  double decay = 0.999;  ///< in [0, 1)

  /// Throws ArgumentError when decay is out of range.
  void validate() const {
    if (!(decay >= 0 && decay < 1)) {
      throw ArgumentError("The decay of a weight average must lie in [0, 1), not {}.", decay);
    }
  }

  /// What a step does to an average. Throws as validate does.
  template <class T>
  kernels::AverageRule<T> rule() const {
    validate();
    return {static_cast<T>(1 - decay)};
  }

  /// Throws ShapeError when the sizes differ, ArgumentError when decay is out of range.
  template <class T, class Device>
  void update(const Device& device, std::span<T> average, std::span<const T> weights) const {
    if (average.size() != weights.size()) {
      throw ShapeError("An average of {} weights cannot follow {} weights.", average.size(), weights.size());
    }
    average_pass(device, rule<T>(), average.data(), weights.data(), static_cast<Index>(average.size()));
  }
};

}  // namespace densenf

// Optimizers over a model's flat buffers, with PyTorch's formulas and defaults. A step
//   - multiplies the gradients by `gradient_scale` (1, or less when they are clipped),
//   - updates parameters and moments, and
//   - sets the gradients to zero.
// Moments are one buffer of `moments` times as many numbers as there are parameters, zero before the first
// step. `t` counts the steps from 1. The learning rate comes with each step: see schedule.hpp.
namespace densenf {

namespace detail {
inline void require_beta(const char* name, double beta) {
  if (!(beta >= 0 && beta < 1)) throw ArgumentError("{} must lie in [0, 1), not {}.", name, beta);
}
inline void require_weight_decay(double decay) {
  if (!(decay >= 0 && std::isfinite(decay))) {
    throw ArgumentError("The weight decay must be 0 or more, not {}.", decay);
  }
}
inline void require_max_norm(double max_norm) {
  // Numbers below have lost digits.
  if (!(max_norm >= std::numeric_limits<double>::min()))
    throw ArgumentError("The largest gradient norm must be positive, not {}.", max_norm);
}
/// Unlike PyTorch, 0 is refused: a parameter whose gradient is always 0 would be divided by 0.
inline void require_epsilon(double epsilon) {
  if (!(epsilon > 0 && std::isfinite(epsilon))) {
    throw ArgumentError("Epsilon must be positive, not {}.", epsilon);
  }
}

template <class T>
void require_buffers(Index moments, std::span<T> parameters, std::span<T> gradients,
                     std::span<T> moment_storage) {
  const std::size_t n = parameters.size();
  if (gradients.size() != n) {
    throw ShapeError("An optimizer step on {} parameters needs as many gradients, but got {}.", n,
                     gradients.size());
  }
  if (moment_storage.size() != static_cast<std::size_t>(moments) * n) {
    throw ShapeError("An optimizer step on {} parameters needs {} numbers for its moments, but got {}.", n,
                     static_cast<std::size_t>(moments) * n, moment_storage.size());
  }
}

inline void require_step(double lr, double gradient_scale, Index t) {
  if (!(lr >= 0 && std::isfinite(lr)))
    throw ArgumentError("The learning rate must be 0 or more, not {}.", lr);
  if (!(gradient_scale > 0 && std::isfinite(gradient_scale))) {
    throw ArgumentError("The factor on the gradients must be positive and finite, not {}.", gradient_scale);
  }
  if (t < 1) throw ArgumentError("Optimizer steps are counted from 1, but got step {}.", t);
}

/// 1 - beta^t: how much of a moment that started at zero is data.
inline double bias_correction(double beta, Index t) { return 1 - std::pow(beta, static_cast<double>(t)); }

template <class T>
kernels::AdamRule<T> adam_rule(double beta1, double beta2, double epsilon, double coupled_decay,
                               double shrink, double lr, double gradient_scale, Index t) {
  return {.gradient_scale = static_cast<T>(gradient_scale),
          .weight_decay = static_cast<T>(coupled_decay),
          .shrink = static_cast<T>(shrink),
          .one_minus_beta1 = static_cast<T>(1 - beta1),
          .beta2 = static_cast<T>(beta2),
          .one_minus_beta2 = static_cast<T>(1 - beta2),
          .epsilon = static_cast<T>(epsilon),
          .step_size = static_cast<T>(lr / bias_correction(beta1, t)),
          .root_scale = static_cast<T>(1 / std::sqrt(bias_correction(beta2, t)))};
}
}  // namespace detail

/// Adam with the infinity norm (Kingma and Ba 2015); what DenseFlow was trained with.
struct Adamax {
  static constexpr std::string_view name = "adamax";
  static constexpr Index moments = 2;  ///< mean of the gradient, decaying largest magnitude
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("Adamax's beta1", beta1);
    detail::require_beta("Adamax's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws ArgumentError for a setting or an argument out of range.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return kernels::AdamaxRule<T>{.gradient_scale = static_cast<T>(gradient_scale),
                                  .weight_decay = static_cast<T>(weight_decay),
                                  .one_minus_beta1 = static_cast<T>(1 - beta1),
                                  .beta2 = static_cast<T>(beta2),
                                  .epsilon = static_cast<T>(epsilon),
                                  .step_size = static_cast<T>(lr / detail::bias_correction(beta1, t))};
  }
};

/// Adam (Kingma and Ba 2015).
struct Adam {
  static constexpr std::string_view name = "adam";
  static constexpr Index moments = 2;  ///< mean of the gradient, mean of its square
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("Adam's beta1", beta1);
    detail::require_beta("Adam's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return detail::adam_rule<T>(beta1, beta2, epsilon, weight_decay, /*shrink=*/1, lr, gradient_scale, t);
  }
};

/// Adam whose weight decay does not pass through the moments (Loshchilov and Hutter 2019).
struct AdamW {
  static constexpr std::string_view name = "adamw";
  static constexpr Index moments = 2;  ///< mean of the gradient, mean of its square
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;  ///< times the learning rate: the part of the parameter that each step removes

  /// Throws ArgumentError for a setting out of range.
  void validate() const {
    detail::require_beta("AdamW's beta1", beta1);
    detail::require_beta("AdamW's beta2", beta2);
    detail::require_epsilon(epsilon);
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return detail::adam_rule<T>(beta1, beta2, epsilon, /*coupled_decay=*/0, 1 - lr * weight_decay, lr,
                                gradient_scale, t);
  }
};

/// Stochastic gradient descent with momentum. Unlike PyTorch, momentum is on by default.
struct Sgd {
  static constexpr std::string_view name = "sgd";
  static constexpr Index moments = 1;  ///< the velocity
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 0;  ///< times the parameter, added to the gradient

  /// Throws ArgumentError for a setting out of range, and for Nesterov's step without momentum.
  void validate() const {
    detail::require_beta("Sgd's momentum", momentum);
    if (nesterov && momentum == 0) throw ArgumentError("Nesterov's step needs a momentum above 0.");
    detail::require_weight_decay(weight_decay);
  }

  /// What step t does to a parameter. Throws as Adamax::rule does.
  template <class T>
  auto rule(double lr, double gradient_scale, Index t) const {
    validate();
    detail::require_step(lr, gradient_scale, t);
    return kernels::SgdRule<T>{.gradient_scale = static_cast<T>(gradient_scale),
                               .weight_decay = static_cast<T>(weight_decay),
                               .momentum = static_cast<T>(momentum),
                               .gradient_step = static_cast<T>(nesterov ? lr : 0),
                               .momentum_step = static_cast<T>(nesterov ? lr * momentum : lr)};
  }
};

/// An optimizer chosen at run time.
using Optimizer = std::variant<Adamax, Adam, AdamW, Sgd>;

inline std::string_view optimizer_name(const Optimizer& optimizer) {
  return std::visit([](const auto& o) { return o.name; }, optimizer);
}

/// How many numbers per parameter the optimizer keeps.
inline Index moment_count(const Optimizer& optimizer) {
  return std::visit([](const auto& o) { return o.moments; }, optimizer);
}

/// One step of whichever optimizer it is; see the top of this file. Throws as the optimizer's rule does, and
/// ShapeError for buffers whose sizes do not fit.
template <class T, class Device>
void optimizer_step(const Optimizer& optimizer, const Device& device, std::span<T> parameters,
                    std::span<T> gradients, std::span<T> moment_storage, double lr, double gradient_scale,
                    Index t) {
  detail::require_buffers(moment_count(optimizer), parameters, gradients, moment_storage);
  std::visit(
      [&](const auto& o) {
        optimizer_pass(device, o.template rule<T>(lr, gradient_scale, t), parameters.data(), gradients.data(),
                       moment_storage.data(), static_cast<Index>(parameters.size()));
      },
      optimizer);
}

/// The optimizer of that name ("adamax", "adam", "adamw", "sgd") with its default settings. Throws
/// ArgumentError for any other name.
Optimizer make_optimizer(std::string_view name);

}  // namespace densenf

namespace densenf {

DENSENF_INLINE Optimizer make_optimizer(std::string_view name) {
  return [&]<std::size_t... I>(std::index_sequence<I...>)->Optimizer {
    Optimizer found;
    std::string names;
    const auto matches = [&]<class O>(O candidate) {
      if (!names.empty()) names += ", ";
      names += O::name;
      if (O::name == name) found = candidate;
      return O::name == name;
    };
    if ((matches(std::variant_alternative_t<I, Optimizer>{}) || ...)) return found;
    throw ArgumentError("There is no optimizer '{}': choose one of {}.", name, names);
  }
  (std::make_index_sequence<std::variant_size_v<Optimizer>>{});
}

/// The factor that brings gradients with this squared norm down to `max_norm` at most, as PyTorch's
/// clip_grad_norm_ computes it. Throws NonFiniteError when the norm is not finite: such a step must not be
/// taken.
DENSENF_INLINE double clip_factor(double squared_norm, double max_norm) {
  detail::require_max_norm(max_norm);
  if (!std::isfinite(squared_norm)) {
    throw NonFiniteError(
        "The norm of the gradients is not finite: lower the learning rate, or see which "
        "piece of the model overflows.");
  }
  return kernels::clip_factor(squared_norm, max_norm);
}

}  // namespace densenf

namespace densenf {

/// The learning rate of each step: linear warm-up, then a factor per epoch, or half a cosine down to 0, and
/// in the end, where it is wanted, a stage at a rate of its own.
struct Schedule {
  double lr = 1e-3;           ///< the full learning rate
  Index warmup_steps = 0;     ///< 0 for none
  double gamma = 1;           ///< factor per epoch, in (0, 1]
  Index steps_per_epoch = 0;  ///< may be 0 (unknown) only while gamma is 1
  Index cosine_steps = 0;     ///< steps until half a cosine has led from lr to 0; 0: no cosine
  Index last_stage = 0;       ///< the step from which on the rate is last_lr; 0: there is no such stage
  double last_lr = 0;         ///< above 0 if there is one

  /// Throws ArgumentError when a setting is out of range.
  void validate() const {
    if (!(lr > 0 && std::isfinite(lr)))
      throw ArgumentError("The learning rate must be positive, not {}.", lr);
    if (warmup_steps < 0) throw ArgumentError("Warm-up must take 0 steps or more, not {}.", warmup_steps);
    if (!(gamma > 0 && gamma <= 1)) {
      throw ArgumentError("The learning rate's factor per epoch must lie in (0, 1], not {}.", gamma);
    }
    if (steps_per_epoch < 0 || (steps_per_epoch == 0 && gamma != 1)) {
      throw ArgumentError("A decay per epoch needs the number of steps per epoch, at least 1, not {}.",
                          steps_per_epoch);
    }
    if (cosine_steps < 0)
      throw ArgumentError("A cosine must take 0 steps (none) or more, not {}.", cosine_steps);
    if (last_stage < 0)
      throw ArgumentError("The last stage begins at step 0 (there is none) or later, not {}.", last_stage);
    if (last_stage > 0 && !(last_lr > 0 && std::isfinite(last_lr)))
      throw ArgumentError("The learning rate of the last stage must be positive, not {}.", last_lr);
  }

  /// The learning rate of the update after `step` updates were made: lr * min(1, step / warmup_steps) *
  /// gamma^epoch * (1 + cos(pi * min(1, step / cosine_steps))) / 2, and last_lr in the last stage. As with
  /// PyTorch's LambdaLR, the first update of a warm-up (step 0) has the rate 0: it moves the optimizer's
  /// moments and no parameter. Throws ArgumentError when step is negative or a setting is out of range.
  double lr_at(Index step) const {
    validate();
    if (step < 0) throw ArgumentError("Steps are counted from 0, but got step {}.", step);
    if (last_stage > 0 && step >= last_stage) return last_lr;
    const double warm = warmup_steps == 0
                            ? 1.0
                            : std::min(1.0, static_cast<double>(step) / static_cast<double>(warmup_steps));
    const double epoch = steps_per_epoch == 0 ? 0.0 : static_cast<double>(step / steps_per_epoch);
    const double way = cosine_steps == 0
                           ? 0.0
                           : std::min(1.0, static_cast<double>(step) / static_cast<double>(cosine_steps));
    return lr * warm * std::pow(gamma, epoch) * (0.5 + 0.5 * std::cos(std::numbers::pi * way));
  }
};

}  // namespace densenf

namespace densenf {

/// The parameters with offsets in [first, end).
struct ParameterRange {
  Index first = 0, end = 0;
  bool operator==(const ParameterRange&) const = default;
};

/// What is outside of some ranges of `size` parameters, in order. Throws ArgumentError for a range that is
/// not among them.
std::vector<ParameterRange> outside_of(std::vector<ParameterRange> ranges, Index size);

struct TrainOptions {
  Optimizer optimizer = Adamax{};
  Schedule schedule = {};
  std::optional<double> max_gradient_norm = {};  ///< gradients with a larger norm are scaled down to it
  std::optional<WeightAverage> average = {};     ///< keep an average of the weights beside them
  MemoryPolicy policy = MemoryPolicy::store;
  /// How many images couplings treat at once, to save memory (see Flow::loss_and_gradient); 0: all.
  Index slice = 0;
  std::uint64_t seed = 0;  ///< of the noise of training
  /// Steps leave these parameters as they are: train/freeze.hpp finds them by their names.
  std::vector<ParameterRange> frozen = {};

  /// Throws ArgumentError for the first setting that is out of range.
  void validate() const {
    std::visit([](const auto& o) { o.validate(); }, optimizer);
    schedule.validate();
    if (max_gradient_norm) detail::require_max_norm(*max_gradient_norm);
    if (average) average->validate();
    if (slice < 0)
      throw ArgumentError(
          "The slice of a batch that networks treat at once must be 0 (all) or more images, not {}.", slice);
  }
};

}  // namespace densenf

namespace densenf {

DENSENF_INLINE std::vector<ParameterRange> outside_of(std::vector<ParameterRange> ranges, Index size) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ParameterRange& a, const ParameterRange& b) { return a.first < b.first; });
  std::vector<ParameterRange> outside;
  Index end = 0;
  for (const ParameterRange& r : ranges) {
    if (r.first < 0 || r.first > r.end || r.end > size) {
      throw ArgumentError("Parameters {} to {} are not among the {} of the flow: options are of one flow.",
                          r.first, r.end, size);
    }
    if (r.first > end) outside.push_back({end, r.first});
    end = std::max(end, r.end);
  }
  if (end < size) outside.push_back({end, size});
  return outside;
}

}  // namespace densenf

namespace densenf {

/// One value that both the host and the device have: a copy goes from one to the other when it is asked for,
/// in order with the device's work.
template <class T, class Device>
class Mirror;

/// On the CPU both are the same.
template <class T>
class Mirror<T, Cpu> {
public:
  explicit Mirror(const Cpu&) {}

  T& host() { return value_; }
  T* device() { return &value_; }
  void to_device() {}
  void to_host() {}

private:
  static_assert(std::is_trivially_copyable_v<T>, "A value is copied to a device byte by byte.");
  T value_{};
};

}  // namespace densenf

namespace densenf {

/// What a training carries from step to step beside the flow itself.
template <class T, class Device>
struct TrainingState {
  Buffer<T, Device> moments;
  /// The average of the weights, and that of the state; both empty before the first step and when none is
  /// kept.
  Buffer<T, Device> average, average_state;
  Index steps = 0;  ///< that were done
};

/// What happens before a step because it is the first: pieces start from its images, and an average of the
/// weights begins. All of it is taken back when the step comes to nothing.
template <class FlowType>
class FirstStep {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;

  /// For the images that are staged in `pass`.
  void begin(FlowType& flow, TrainingPass<typename FlowType::SessionType>& pass, const TrainOptions& options,
             TrainingState<T, Device>& training) {
    *this = {};
    PhiloxNoise<T, Device> noise(options.seed, Stream::training, static_cast<std::uint64_t>(training.steps));
    before_ = start_from_data(flow.weights(), pass, noise, options.slice);
    if (!options.average) return;
    const Device& device = flow.device();
    if (training.average.size() == 0) {
      Buffer<T, Device> average(device, flow.parameters().size(), "averaged weights");
      Buffer<T, Device> average_state(device, flow.table().state_size, "averaged state");
      average.assign(flow.parameters());
      average_state.assign(flow.state());
      training.average = std::move(average);
      training.average_state = std::move(average_state);
      began_ = true;
    } else if (!before_.empty()) {
      // A start in the middle of a training: the average takes the new values, rather than follow slowly.
      averaged_ = {{training.average, before_.parameters.places()},
                   {training.average_state, before_.state.places()}};
      SavedTensors<T>(flow.parameters(), before_.parameters.places()).put_back(training.average);
      SavedTensors<T>(flow.state(), before_.state.places()).put_back(training.average_state);
    }
  }

  /// Everything as it was before begin, also when begin threw half-way.
  void take_back(FlowType& flow, TrainingState<T, Device>& training) {
    densenf::take_back(flow.weights(), before_);
    if (began_) {
      training.average = {};
      training.average_state = {};
    }
    if (!averaged_.empty()) {
      averaged_.parameters.put_back(training.average);
      averaged_.state.put_back(training.average_state);
    }
    *this = {};
  }

private:
  BeforeDataStart<T> before_, averaged_;
  bool began_ = false;
};

}  // namespace densenf

namespace densenf {

/// What a training step came to: the batch's mean bits per dimension before it, and its gradient's norm
/// before it was clipped. When either is not finite, the step has changed nothing.
struct StepResult {
  double loss = 0;
  double squared_norm = 0;
  bool finite() const { return std::isfinite(loss) && std::isfinite(squared_norm); }
};

/// Carries out training steps: forward and backward pass, gradient norm, optimizer, state, averages. All of
/// it is work for the device, which decides by itself whether the step is taken: a device that records passes
/// (core/recorded_pass.hpp) is told once per step that there is one. What differs from step to step (noise,
/// learning rate) is read from memory.
///
/// A step is all or nothing: parameters, state, moments and averages change when loss and gradient are known
/// to be finite. The gradient is the stepper's own, and all zero between steps.
template <class FlowType>
class Stepper {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;
  using Input = typename FlowType::Input;

  /// Steps leave the `frozen` parameters as they are. Throws ArgumentError when no other is left.
  Stepper(FlowType& flow, const std::vector<ParameterRange>& frozen)
      : flow_(flow),
        device_(flow.device()),
        trained_(outside_of(frozen, flow.parameters().size())),
        frozen_(outside_of(trained_, flow.parameters().size())),
        pass_(flow),
        rule_(device_),
        result_(device_),
        recorded_(device_) {
    if (trained_.empty() && !frozen_.empty())
      throw ArgumentError("All parameters of the flow are frozen: there is nothing to train.");
  }

  /// Begins the next step. The batch may go when it returns.
  void start(const Input& input, const TrainOptions& options, TrainingState<T, Device>& training) {
    pass_.stage(input);
    try {
      first_.begin(flow_, pass_, options, training);
      if (gradients_.size() == 0)
        gradients_ = Buffer<T, Device>(device_, flow_.parameters().size(), "gradients");
      std::visit(
          [&](const auto& optimizer) {
            const auto rule =
                optimizer.template rule<T>(options.schedule.lr_at(training.steps), 1, training.steps + 1);
            using Rule = std::remove_const_t<decltype(rule)>;
            static_assert(sizeof(Rule) <= sizeof(AnyRule), "Give Stepper's AnyRule more room.");
            std::memcpy(rule_.host().bytes.data(), &rule, sizeof rule);
            flow_.weights().take_step([&](auto& parameters, auto& state) {
              recorded_.run([&] { return kind(options, training); },
                            {.step = static_cast<std::uint64_t>(training.steps)},
                            [&](const NoiseShift& first, const NoiseShift* further) {
                              run<Rule>(first, further, options, training, parameters, state);
                            });
            });
          },
          options.optimizer);
    } catch (...) {
      first_.take_back(flow_, training);
      if (gradients_.size() > 0) gradients_.fill_zero();
      throw;
    }
  }

  /// Waits for the end of the step.
  StepResult finish(TrainingState<T, Device>& training) {
    synchronize(device_);
    const StepResult result = result_.host();
    if (!result.finite()) first_.take_back(flow_, training);
    return result;
  }

  const Buffer<T, Device>& gradients() const { return gradients_; }
  TrainingPass<typename FlowType::SessionType>& pass() { return pass_; }

private:
  /// Room for the rule of any optimizer.
  struct alignas(16) AnyRule {
    std::array<std::byte, 128> bytes;
  };

  /// What a recording is good for: this step, on these places in memory.
  struct Kind {
    MemoryLayout<T> memory_layout;
    const T* average = nullptr;
    const T* average_state = nullptr;
    std::size_t optimizer = 0;
    std::optional<double> max_norm, decay;
    MemoryPolicy policy = MemoryPolicy::store;
    Index slice = 0;
    std::uint64_t seed = 0;
    bool operator==(const Kind&) const = default;
  };
  Kind kind(const TrainOptions& o, const TrainingState<T, Device>& training) const {
    return {pass_.memory_layout(),
            training.average.data(),
            training.average_state.data(),
            o.optimizer.index(),
            o.max_gradient_norm,
            o.average ? std::optional<double>(o.average->decay) : std::nullopt,
            o.policy,
            o.slice,
            o.seed};
  }

  template <class Rule>
  void run(const NoiseShift& first, const NoiseShift* further, const TrainOptions& options,
           TrainingState<T, Device>& training, Buffer<T, Device>& parameters, Buffer<T, Device>& state) {
    rule_.to_device();
    PhiloxNoise<T, Device> noise(options.seed, Stream::training, first.step, first.image, further);
    StepResult* const result = result_.device();
    pass_.differentiate(noise, {options.policy, options.slice}, gradients_.data(), &result->loss);
    for (const ParameterRange& r : frozen_)
      fill_zero(device_, make_tensor(gradients_.data() + r.first, 1, {r.end - r.first, 1, 1}));
    const Index n = parameters.size();
    const T* const gradients = gradients_.data();
    squared_norm(device_, gradients, n, &result->squared_norm,
                 pass_.scratch().lend(squared_norm_scratch_bytes(device_, gradients, n)));
    const kernels::StepFacts facts{&result->loss, &result->squared_norm,
                                   options.max_gradient_norm.value_or(0)};
    // The moments of each range are together.
    for (const ParameterRange& r : trained_) {
      optimizer_pass(device_, reinterpret_cast<const Rule*>(rule_.device()), facts,
                     parameters.data() + r.first, gradients_.data() + r.first,
                     training.moments.data() + Rule::moments * r.first, r.end - r.first);
    }
    assign_pass(device_, facts, pass_.next_state().data(), state.data(), state.size());
    if (options.average) {
      const auto rule = options.average->template rule<T>();
      average_pass(device_, rule, facts, training.average.data(), std::as_const(parameters).data(), n);
      average_pass(device_, rule, facts, training.average_state.data(), std::as_const(state).data(),
                   state.size());
    }
    result_.to_host();
  }

  FlowType& flow_;
  Device device_;
  std::vector<ParameterRange> trained_, frozen_;
  TrainingPass<typename FlowType::SessionType> pass_;
  FirstStep<FlowType> first_;
  Buffer<T, Device> gradients_;
  Mirror<AnyRule, Device> rule_;
  Mirror<StepResult, Device> result_;
  RecordedPass<Device, Kind> recorded_;
};

}  // namespace densenf

namespace densenf {

/// Fits a flow's parameters to batches, one step at a time. Knows no layer types: parameters, gradients and
/// moments are flat buffers. Keeps a reference to the flow.
///
/// A step that throws, for whatever reason, leaves parameters, state, moments, averages and the number of
/// steps to the bit as they were.
template <class FlowType>
class Trainer {
public:
  using T = typename FlowType::Scalar;
  using Device = std::remove_cvref_t<decltype(std::declval<FlowType&>().device())>;
  using Input = typename FlowType::Input;

  /// Throws ArgumentError when an option is out of range.
  Trainer(FlowType& flow, TrainOptions options)
      : flow_(flow), options_(checked(std::move(options))), stepper_(flow, options_.frozen) {
    training_.moments =
        Buffer<T, Device>(flow.device(), moment_count(options_.optimizer) * flow.parameters().size(),
                          "the optimizer's moments");
  }

  /// One step on a batch of N,C,H,W images, at least one, and their condition where there is one; returns the
  /// batch's mean bits per dimension before it. The first step calls Flow::initialize. Throws ArgumentError
  /// naming the image that holds something that is no number; NonFiniteError, when the loss or the gradient
  /// is not finite, naming the first piece of the flow whose output was not.
  double step(const Input& input) {
    start_step(input);
    return finish_step();
  }

  /// The two halves of step: a device of its own works in between, while the host can do something else. The
  /// batch may go after the first; finish_step must follow: until then the step counts neither as taken nor
  /// as not.
  void start_step(const Input& input) { stepper_.start(input, options_, training_); }
  double finish_step() {
    const StepResult result = stepper_.finish(training_);
    if (!result.finite()) explain_non_finite(result.loss);
    ++training_.steps;
    gradient_norm_ = std::sqrt(result.squared_norm);
    return result.loss;
  }

  /// Calls f() while the flow computes with the averaged weights and state, if there is an average: it begins
  /// with the first step.
  template <class F>
  auto with_average(const F& f) {
    if (training_.average.size() == 0) return f();
    struct Exchange {
      explicit Exchange(Trainer& t) : trainer(t) { exchange(); }
      ~Exchange() { exchange(); }
      void exchange() {
        trainer.flow_.weights().change([this](auto& parameters, auto& state) {
          std::swap(parameters, trainer.training_.average);
          std::swap(state, trainer.training_.average_state);
        });
      }
      Trainer& trainer;
    } const averages_in_place(*this);
    return f();
  }

  const TrainOptions& options() const { return options_; }
  FlowType& flow() { return flow_; }
  Index steps() const { return training_.steps; }
  /// The norm of the last step's gradient, before it was clipped.
  double gradient_norm() const { return gradient_norm_; }
  /// Where steps compute their gradient: all zero between steps, and empty before the first.
  const Buffer<T, Device>& gradients() const { return stepper_.gradients(); }

  /// What a checkpoint holds beside the flow. The averages are empty before the first step and when none is
  /// kept.
  const Buffer<T, Device>& moments() const { return training_.moments; }
  const Buffer<T, Device>& average() const { return training_.average; }
  const Buffer<T, Device>& average_state() const { return training_.average_state; }

  /// Goes on from where another trainer of the same flow and optimizer was, which had these. Averages may be
  /// empty. Throws ShapeError when sizes do not fit; then nothing changes.
  void set_progress(Index steps, const std::vector<T>& moments, const std::vector<T>& average = {},
                    const std::vector<T>& average_state = {}) {
    const auto require = [](const char* what, std::size_t got, Index want) {
      if (static_cast<Index>(got) != want)
        throw ShapeError("The trainer has {} {}, but got {}.", want, what, got);
    };
    if (steps < 0)
      throw ArgumentError("The number of steps that were done must be 0 or more, not {}.", steps);
    require("moments", moments.size(), training_.moments.size());
    Buffer<T, Device> new_average, new_average_state;
    if (options_.average && steps > 0) {
      require("averaged weights", average.size(), flow_.table().parameters_size);
      require("averaged numbers of the state", average_state.size(), flow_.table().state_size);
      new_average = Buffer<T, Device>(flow_.device(), flow_.table().parameters_size, "averaged weights");
      new_average_state = Buffer<T, Device>(flow_.device(), flow_.table().state_size, "averaged state");
      new_average.assign(std::span<const T>(average));
      new_average_state.assign(std::span<const T>(average_state));
    } else {
      require("averaged weights", average.size(), 0);
      require("averaged numbers of the state", average_state.size(), 0);
    }
    training_.moments.assign(std::span<const T>(moments));
    training_.average = std::move(new_average);
    training_.average_state = std::move(new_average_state);
    training_.steps = steps;
  }

private:
  static TrainOptions checked(TrainOptions options) {
    options.validate();
    return options;
  }

  /// The batch is still staged.
  [[noreturn]] void explain_non_finite(double loss) {
    const auto noise = [&] {
      return PhiloxNoise<T, Device>(options_.seed, Stream::training, static_cast<std::uint64_t>(steps()));
    };
    // What the step had started from data was taken back with it, but is part of the explanation.
    auto start_noise = noise(), step_noise = noise();
    struct TakeBack {
      FlowType& flow;
      BeforeDataStart<T> before;
      ~TakeBack() {
        try {
          take_back(flow.weights(), before);
        } catch (const Error&) {  // a device that has failed says so in what is being thrown
        }
      }
    } const start{flow_, start_from_data(flow_.weights(), stepper_.pass(), start_noise, options_.slice)};
    try {
      find_non_finite(stepper_.pass(), flow_.device(), step_noise, options_.slice);
    } catch (const NonFiniteError& e) {
      throw NonFiniteError(
          "Step {} stopped: {} Look at the batch's images; if they are like those before, try a lower "
          "learning rate, "
          "a longer warm-up or gradient clipping.",
          steps() + 1, e.what());
    }
    throw NonFiniteError(
        "Step {} stopped: the loss is {} but its gradient is not finite. Try a lower learning rate, a longer "
        "warm-up or gradient clipping.",
        steps() + 1, loss);
  }

  FlowType& flow_;
  TrainOptions options_;
  TrainingState<T, Device> training_;
  Stepper<FlowType> stepper_;
  double gradient_norm_ = 0;
};

}  // namespace densenf

namespace densenf {

/// Rows that a flow learns from or is judged by, and what is given with each row where its density is
/// conditional. Refers to both.
template <class T>
struct FitData {
  const Batch<T>& rows;
  const Batch<T>* given = nullptr;

  FitData(const Batch<T>& all) : rows(all) {}
  FitData(const Batch<T>& all, const Batch<T>& condition) : rows(all), given(&condition) {}
};

/// What happened up to the end of an epoch.
struct FitEpoch {
  Index epoch = 0;           ///< counted from 1
  Index steps = 0;           ///< training steps so far
  double training_nats = 0;  ///< mean log-likelihood of the epoch's batches as they were learned from
  double held_out_nats = 0;  ///< mean log-likelihood of the held-out rows after the epoch
  bool best = false;         ///< whether no epoch before was better on the held-out rows
};

struct FitOptions {
  Index batch_size = 256;
  Index epochs = 100;   ///< at most
  Index patience = 20;  ///< epochs without a better held-out log-likelihood after which it ends; 0: none
  double lr = 1e-3;     ///< at the beginning; half a cosine leads to 0 at the last epoch
  Optimizer optimizer = Adam{};
  std::optional<double> max_gradient_norm = 5;  ///< gradients with a larger norm are scaled down to it
  std::uint64_t seed = 0;                       ///< of the order of rows and of the model's noise
  Index start_rows =
      10'000;  ///< of which pieces that start from data (Standardize, ActNorm) see the first so many
  /// Called after each epoch. Ending early is up to it: false ends the fit, as if no more epochs had been
  /// asked for.
  std::function<bool(const FitEpoch&)> after_epoch = {};

  /// Throws ArgumentError for the first setting that is out of range.
  void validate() const {
    if (batch_size < 1) throw ArgumentError("A batch must have at least one row, not {}.", batch_size);
    if (epochs < 1) throw ArgumentError("A fit needs at least one epoch, not {}.", epochs);
    if (patience < 0) throw ArgumentError("The patience must be 0 (none) or more epochs, not {}.", patience);
    if (start_rows < 2) throw ArgumentError("Starts from data need at least two rows, not {}.", start_rows);
  }
};

/// How a fit went.
struct FitReport {
  std::vector<FitEpoch> epochs;
  FitEpoch best;  ///< that whose weights the flow has now
};

namespace detail {

/// The weights of a flow as they are, to be given back.
template <class FlowType>
class SavedWeights {
public:
  using T = typename FlowType::Scalar;
  explicit SavedWeights(FlowType& flow) : flow_(flow) { save(); }
  void save() {
    parameters_ = flow_.parameters().to_host();
    state_ = flow_.state().to_host();
  }
  void give_back() const {
    flow_.set_parameters(parameters_);
    flow_.set_state(state_);
  }

private:
  FlowType& flow_;
  std::vector<T> parameters_, state_;
};

/// The batches of rows, and of what is given with them, in memory that is used again.
template <class T>
class RowBatches {
public:
  RowBatches(const FitData<T>& data, Index size, std::uint64_t seed)
      : data_(data),
        size_(std::min(size, data.rows.count)),
        order_(data.rows.count, size_, seed, Order::shuffled_epochs) {}

  Index steps_per_epoch() const { return data_.rows.count / size_; }

  /// Calls f(rows) or f(rows, given) with the batch of a step, counted from 0.
  template <class F>
  void with(Index step, const F& f) {
    chosen_.resize(static_cast<std::size_t>(size_));
    for (Index slot = 0; slot < size_; ++slot)
      chosen_[static_cast<std::size_t>(slot)] = order_.at(step, slot);
    copy(data_.rows, rows_);
    if (data_.given == nullptr) return f(std::as_const(rows_), nullptr);
    copy(*data_.given, given_);
    f(std::as_const(rows_), &given_);
  }

private:
  void copy(const Batch<T>& from, Batch<T>& to) const {
    const Index size = from.shape.size();
    to.shape = from.shape;
    to.count = size_;
    to.values.resize(static_cast<std::size_t>(size_ * size));
    for (Index i = 0; i < size_; ++i) {
      const auto at = from.values.begin() + chosen_[static_cast<std::size_t>(i)] * size;
      std::copy(at, at + size, to.values.begin() + i * size);
    }
  }

  FitData<T> data_;
  Index size_;
  BatchOrder order_;
  std::vector<Index> chosen_;
  Batch<T> rows_, given_;
};

template <class T>
void require_fit_data(const FitData<T>& data, const Shape& shape, bool conditional, const char* what) {
  const Index count = view_batch(data.rows, shape).count;
  if (count < 1) throw ArgumentError("There are no {} rows: give at least one.", what);
  if (conditional && data.given == nullptr)
    throw ArgumentError("This flow's density is conditional: give {{rows, condition}} as the {} rows.", what);
  if (!conditional && data.given != nullptr)
    throw ArgumentError("This flow's density is not conditional: give the {} rows alone.", what);
  if (conditional)
    require_values("What is given", data.given->count, data.given->shape, data.given->values.size());
  if (conditional && data.given->count != count) {
    throw ShapeError("There are {} {} rows, but {} conditions for them.", count, what, data.given->count);
  }
}

}  // namespace detail

/// Fits a flow to the rows of a table: pieces that start from data get their start from the first rows in the
/// order of the seed; then epochs of shuffled batches, with half a cosine as the learning rate, until the
/// last one or until the held-out rows have not become more likely for `patience` epochs. The flow then has
/// the weights of the best epoch. Log-likelihoods are means per row, in nats; of a model with noise inside,
/// bounds.
///
///   const SplitTable<float> data = split_rows(load_csv("rows.csv"), 0.1);
///   const FitReport report = fit(flow, data.training, data.held_out);
///   fit(flow, {y, c}, {y_held_out, c_held_out}, {.epochs = 50});            // p(y | c)
///
/// Throws ArgumentError and ShapeError for rows and options that cannot be, NonFiniteError when the loss or a
/// gradient is not finite; then the flow's weights are what they were before the call.
template <class FlowType, class T = typename FlowType::Scalar>
FitReport fit(FlowType& flow, const FitData<std::type_identity_t<T>>& training,
              const FitData<std::type_identity_t<T>>& held_out, const FitOptions& options = {}) {
  constexpr bool conditional = FlowType::conditional;
  options.validate();
  detail::require_fit_data(training, flow.shape(), conditional, "training");
  detail::require_fit_data(held_out, flow.shape(), conditional, "held-out");
  // Calls f with what a flow is given: rows, or rows and their condition.
  const auto given = [](const Batch<T>& rows, const Batch<T>* condition, const auto& f) {
    if constexpr (conditional)
      return f(typename FlowType::Input(rows, *condition));
    else
      return f(typename FlowType::Input(rows));
  };
  const auto mean_log_prob = [&] {
    return given(held_out.rows, held_out.given, [&](const auto& input) {
      return -flow.bits_per_dim(input, {.seed = options.seed, .batch = 1024}) * std::numbers::ln2 *
             static_cast<double>(flow.shape().size());
    });
  };

  const detail::SavedWeights<FlowType> before(flow);
  detail::SavedWeights<FlowType> best(flow);
  try {
    detail::RowBatches<T> first(training, options.start_rows, options.seed),
        batches(training, options.batch_size, options.seed);
    if (flow.needs_initialization()) {
      first.with(0, [&](const Batch<T>& rows, const Batch<T>* condition) {
        given(rows, condition, [&](const auto& input) { return flow.initialize(input, options.seed); });
      });
    }
    const Index steps = batches.steps_per_epoch();
    Trainer<FlowType> trainer(flow, {.optimizer = options.optimizer,
                                     .schedule = {.lr = options.lr, .cosine_steps = steps * options.epochs},
                                     .max_gradient_norm = options.max_gradient_norm,
                                     .seed = options.seed});
    FitReport report;
    const double nats_per_bit = std::numbers::ln2 * static_cast<double>(flow.shape().size());
    for (Index epoch = 1; epoch <= options.epochs; ++epoch) {
      FitEpoch now{.epoch = epoch};
      for (Index step = 0; step < steps; ++step) {
        batches.with(trainer.steps(), [&](const Batch<T>& rows, const Batch<T>* condition) {
          now.training_nats -= nats_per_bit / static_cast<double>(steps) *
                               given(rows, condition, [&](const auto& input) { return trainer.step(input); });
        });
      }
      now.steps = trainer.steps();
      now.held_out_nats = mean_log_prob();
      // Not a number is worse than anything.
      now.best = report.epochs.empty() || now.held_out_nats > report.best.held_out_nats ||
                 (std::isnan(report.best.held_out_nats) && !std::isnan(now.held_out_nats));
      report.epochs.push_back(now);
      if (now.best) {
        report.best = now;
        best.save();
      }
      if (options.after_epoch && !options.after_epoch(now)) break;
      if (options.patience > 0 && epoch - report.best.epoch >= options.patience) break;
    }
    best.give_back();
    return report;
  } catch (...) {
    before.give_back();
    throw;
  }
}

}  // namespace densenf

namespace densenf {
namespace detail {
template <class>
inline constexpr bool has_files = false;
template <class Model>
void needs_files() {
  static_assert(has_files<Model>,
                "The single header neither saves nor loads: use densenf's folder include/ and the headers "
                "densenf/io/weights.hpp and densenf/train/checkpoint.hpp.");
}
}  // namespace detail
template <class Model, class... Path>
void save_weights(const Model&, const Path&...) {
  detail::needs_files<Model>();
}
template <class Model, class... Path>
void load_weights(Model&, const Path&...) {
  detail::needs_files<Model>();
}
template <class Model, class... Path>
void save_checkpoint(Model&, const Path&...) {
  detail::needs_files<Model>();
}
template <class Model, class... Path>
void load_checkpoint(Model&, const Path&...) {
  detail::needs_files<Model>();
}
}  // namespace densenf
