#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "densenf/flow/session.hpp"

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
