#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/check/numerical.hpp"
#include "densenf/check/report.hpp"
#include "densenf/check/test_bench.hpp"

namespace densenf {

struct GradientOptions {
  Index n = 2;                ///< images per batch; with 0 only that nothing goes wrong is checked
  std::uint64_t seed = 1;     ///< of parameters, inputs and loss
  double low = -1, high = 1;  ///< range of the inputs
  Phase phase = Phase::evaluation;
  double tolerance = 1e-6;  ///< relative to the largest gradient of the tensor
  Index most = 64;          ///< numbers of each tensor whose gradient is compared, spread evenly
};

/// For functions without parameters.
inline constexpr auto no_parameters = [](Builder&) { return nullptr; };

namespace detail {

using Inputs = std::vector<Var<double>>;

/// The function under test behind two plain calls, so that the check itself is compiled once for a device.
template <class Device>
struct Subject {
  std::vector<Shape> inputs;
  std::function<Var<double>(const Context<double, Device, false>&, const Inputs&, LogProb)> evaluate;
  std::function<Var<double>(const Context<double, Device, true>&, const Inputs&, LogProb)> record;
  bool writes_ranges = true;  ///< an output that is a range of channels is all that is written of the whole
};

template <class Device, class F, class Parts>
Subject<Device> make_subject(std::vector<Shape> inputs, const F& f, const Parts& parts) {
  const auto call = [&f, &parts](const auto& ctx, const Inputs& x, LogProb log_prob) {
    if constexpr (std::is_void_v<decltype(f(ctx, parts, x, log_prob))>) {
      f(ctx, parts, x, log_prob);
      return Var<double>{};
    } else {
      return f(ctx, parts, x, log_prob);
    }
  };
  return {std::move(inputs), call, call};
}

/// Said of a number that a pass has left infinite or NaN, from inputs in [low, high].
inline std::string not_finite(std::size_t number, double value, double low, double high) {
  return fmt::format(
      "Output number {} is {}. Was it written, and from inputs in the right range? They were between {} and "
      "{}: options.low and options.high.",
      number, value, low, high);
}

/// How the tape is run.
struct TapeOptions {
  bool ranges = false;               ///< inputs are ranges of the channels of wider tensors
  bool first = false;                ///< nothing has been added to the inputs' gradients yet
  Index constant = -1;               ///< the input that has no gradient
  bool constant_parameters = false;  ///< the pass has no place for their gradients
  MemoryPolicy policy = MemoryPolicy::store;

  std::string name() const {
    std::string text = ranges ? "channel ranges of wider inputs" : "whole inputs";
    if (first) text += ", whose gradients come first";
    if (constant >= 0) text += fmt::format(", input {} constant", constant);
    if (constant_parameters) text += ", parameters constant";
    if (policy == MemoryPolicy::recompute) text += ", memory policy recompute";
    if (policy == MemoryPolicy::reverse) text += ", memory policy reverse";
    return text;
  }
};

template <class Device>
class GradientCheck {
public:
  GradientCheck(TestBench<Device>& bench, const Subject<Device>& subject, const GradientOptions& options)
      : lab_(bench), subject_(subject), options_(options), parameters_(bench.parameters.to_host()) {
    report_.tolerance = options.tolerance;
    for (const Shape& s : subject.inputs)
      x_.push_back(bench.uniform(options.n * s.size(), options.low, options.high));
    outputs_ = outputs(0);
    weights_ = bench.uniform(static_cast<Index>(outputs_.size()), -1, 1);
    for (double& w : weights_) w += w < 0 ? -0.5 : 0.5;
  }

  /// Replaces an input, before anything is compared.
  void set_input(std::size_t i, std::vector<double> values) {
    x_[i] = std::move(values);
    outputs_ = outputs(0);
  }

  /// Central differences; `constant` inputs are left out.
  void differentiate(Index constant = -1) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (!std::isfinite(outputs_[i])) return fail(not_finite(i, outputs_[i], options_.low, options_.high));
    }
    check_log_prob_is_added();
    for (std::size_t i = 0; i < x_.size(); ++i) {
      wanted_x_.push_back(static_cast<Index>(i) == constant ? std::vector<Wanted>{}
                                                            : numbers(x_[i], 0, size_of(x_[i])));
    }
    for (const ParamSpec& spec : lab_.table.parameters) {
      wanted_parameters_.push_back(numbers(parameters_, spec.place.offset, spec.place.size));
    }
    differentiated_ = true;
  }

  /// Runs the tape and compares with the central differences; does nothing when there are none, because
  /// differentiate has failed.
  void compare(const TapeOptions& tape) {
    if (!differentiated_) return;
    const Gradients got = run(tape);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      if (static_cast<Index>(i) == tape.constant) continue;
      compare_tensor(wanted_x_[i], got.x[i], 0, [&](Index j) {
        return fmt::format("input {} at {} ({})", i, place_of(j, subject_.inputs[i]), tape.name());
      });
    }
    if (tape.constant_parameters) return;
    for (std::size_t i = 0; i < lab_.table.parameters.size(); ++i) {
      const ParamSpec& spec = lab_.table.parameters[i];
      compare_tensor(wanted_parameters_[i], got.parameters, spec.place.offset, [&](Index j) {
        return fmt::format("number {} of parameter '{}' ({})", j, spec.name, tape.name());
      });
    }
  }

  CheckReport& report() { return report_; }

private:
  struct Wanted {
    Index index;
    double derivative;
  };
  struct Gradients {
    std::vector<std::vector<double>> x;
    std::vector<double> parameters;
  };

  static Index size_of(const std::vector<double>& v) { return static_cast<Index>(v.size()); }

  auto begin(MemoryPolicy policy = MemoryPolicy::store) {
    lab_.parameters.assign(parameters_);
    return lab_.begin(options_.phase, policy);
  }

  /// What log-probabilities are added to.
  Buffer<double, Device> log_prob_from(double start) const {
    return make_buffer(lab_.work.device, std::vector<double>(static_cast<std::size_t>(options_.n), start));
  }

  /// The output's numbers and then the log-probabilities less `start`.
  std::vector<double> outputs(double start) {
    const auto ctx = begin();
    Inputs x;
    for (std::size_t i = 0; i < x_.size(); ++i)
      x.push_back({lab_.batch(x_[i].data(), options_.n, subject_.inputs[i])});
    auto log_prob = log_prob_from(start);
    const Var<double> y = subject_.evaluate(ctx, x, {log_prob.data(), nullptr});
    return joined(y, log_prob, start);
  }

  std::vector<double> joined(const Var<double>& y, const Buffer<double, Device>& log_prob,
                             double start) const {
    std::vector<double> all = values_of(lab_.work.device, as_const(y.value));
    for (const double l : log_prob.to_host()) all.push_back(l - start);
    return all;
  }

  void check_log_prob_is_added() {
    const std::vector<double> shifted = outputs(1000);
    for (std::size_t i = 0; i < shifted.size(); ++i) {
      report_.compare(1e-3 * std::abs(shifted[i] - outputs_[i]), [] {
        return std::string(
            "The log-probability must be added to (+=), but a start of 1000 does not simply add 1000.");
      });
    }
  }

  /// The derivative of the loss by some of the numbers [first, first + count).
  std::vector<Wanted> numbers(std::vector<double>& values, Index first, Index count) {
    std::vector<Wanted> wanted;
    const Index step = std::max<Index>(1, (count + options_.most - 1) / options_.most);
    for (Index i = 0; i < count; i += step) {
      double& number = values[static_cast<std::size_t>(first + i)];
      const double original = number;
      const std::vector<double> slopes = numerical_derivative([&](double delta) {
        number = original + delta;
        return outputs(0);
      });
      number = original;
      double derivative = 0;
      for (std::size_t k = 0; k < slopes.size(); ++k) derivative += weights_[k] * slopes[k];
      wanted.push_back({i, derivative});
    }
    return wanted;
  }

  template <class Describe>
  void compare_tensor(const std::vector<Wanted>& wanted, const std::vector<double>& got, Index first,
                      const Describe& describe) {
    double size = 1e-2;  // so that the noise of a gradient that is zero everywhere is no error
    for (const Wanted& w : wanted) size = std::max(size, std::abs(w.derivative));
    for (const Wanted& w : wanted) {
      const double g = got[static_cast<std::size_t>(first + w.index)];
      report_.compare(std::abs(g - w.derivative) / size, [&] {
        return fmt::format("The gradient for {} is {} by the tape and {} by differences.", describe(w.index),
                           g, w.derivative);
      });
    }
  }

  /// The gradients that the tape adds to places that were not zero before, or were not there.
  Gradients run(const TapeOptions& tape) {
    constexpr Index before = 2, after = 1;  // channels around a range
    const auto evaluating = begin(tape.policy);
    auto& work = lab_.work;
    const std::vector<double> parameters_start = lab_.uniform(lab_.table.parameters_size, 1, 2);
    auto gradients = make_buffer(work.device, parameters_start);
    if (!tape.constant_parameters) lab_.pass.gradients = gradients.data();
    if (evaluating.training()) lab_.ask_for_next_state();
    auto ctx = evaluating.recording();
    const auto start = work.tape.mark();

    Inputs x, whole;
    std::vector<std::vector<double>> x_start;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      Shape s = subject_.inputs[i];
      const Index c = s.c;
      if (tape.ranges) s.c += before + after;
      const bool constant = static_cast<Index>(i) == tape.constant;
      const auto memory = ctx.tensor(options_.n, s);
      whole.push_back(constant ? Var<double>{memory} : ctx.variable(memory));
      x.push_back(tape.ranges ? whole[i].channels(before, c) : whole[i]);
      set_values(work.device, x_[i].data(), x[i].value);
      x_start.push_back(tape.first ? std::vector<double>(static_cast<std::size_t>(memory.size()))
                                   : lab_.uniform(memory.size(), 1, 2));
      if (!constant && !tape.first) set_values(work.device, x_start[i].data(), ctx.gradient(whole[i]));
    }

    auto log_prob = log_prob_from(0);
    const auto log_prob_weights =
        make_buffer(work.device, std::vector<double>(weights_.end() - options_.n, weights_.end()));
    const Var<double> y = subject_.record(ctx, x, {log_prob.data(), log_prob_weights.data()});
    check_values(x, y, log_prob, tape);
    if (y.gradient != nullptr) {
      const auto dy = lab_.batch(weights_.data(), y.n(), y.shape());
      copy(work.device, as_const(dy), ctx.gradient(y), kernels::Write::accumulate);
    }
    if (lab_.pass.next_state != nullptr) {
      const std::vector<double> state_after = lab_.next_state.to_host();
      if (state_after_.empty()) state_after_ = state_after;
      if (state_after != state_after_)
        fail(fmt::format("The pass leaves another state with {} than with whole inputs.", tape.name()));
      lab_.pass.next_state = nullptr;  // what runs again on the way back is not asked, as in a training step
    }
    work.tape.backward(ctx, start);

    Gradients got;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      got.x.emplace_back();
      if (static_cast<Index>(i) == tape.constant) continue;
      const std::vector<double> all = values_of(work.device, as_const(ctx.gradient(whole[i])));
      const Index c = whole[i].c();
      for (std::size_t j = 0; j < all.size(); ++j) {
        const Index channel = static_cast<Index>(j) % c - x[i].first_channel;
        if (channel >= 0 && channel < x[i].c()) {
          got.x[i].push_back(all[j] - x_start[i][j]);
        } else if (all[j] != x_start[i][j]) {
          fail(fmt::format("The gradient of input {} was written outside of its range of channels.", i));
        }
      }
    }
    const std::vector<double> parameters = gradients.to_host();
    std::vector<bool> used(parameters.size());
    for (const ParamSpec& spec : lab_.table.parameters) {
      for (Index j = 0; j < spec.place.size; ++j)
        used[static_cast<std::size_t>(spec.place.offset + j)] = true;
    }
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      if (!used[j] && parameters[j] != parameters_start[j])
        fail("A gradient was written between the parameters.");
      got.parameters.push_back(parameters[j] - parameters_start[j]);
    }
    return got;
  }

  /// Recording must not change the result, and a range of a wider tensor is all that may be written of it.
  void check_values(const Inputs& x, const Var<double>& y, const Buffer<double, Device>& log_prob,
                    const TapeOptions& tape) {
    const std::vector<double> values = joined(y, log_prob, 0);
    if (values.size() != outputs_.size())
      return fail("The output has another size when recording than when evaluating.");
    for (std::size_t i = 0; i < values.size(); ++i) {
      report_.compare(std::abs(values[i] - outputs_[i]) / (1 + std::abs(outputs_[i])), [&] {
        return fmt::format("Output number {} is {} when recording ({}) and {} when evaluating.", i, values[i],
                           tape.name(), outputs_[i]);
      });
    }
    if (y.value.contiguous() || !subject_.writes_ranges) return;
    for (const Var<double>& input : x) {
      if (y.gradient == input.gradient) return;  // what was not written at all
    }
    Tensor<const double> whole = y.value;
    whole.data -= y.first_channel;
    whole.c = whole.stride;
    const std::vector<double> all = values_of(lab_.work.device, whole);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Index channel = static_cast<Index>(i) % whole.c - y.first_channel;
      if ((channel < 0 || channel >= y.c()) && !lab_.poisoned(all[i]))
        return fail("The output was written outside of its range of channels.");
    }
  }

  void fail(const std::string& sentence) {
    report_.compare(std::numeric_limits<double>::infinity(), [&] { return sentence; });
  }

  TestBench<Device>& lab_;
  const Subject<Device>& subject_;
  GradientOptions options_;
  CheckReport report_;
  std::vector<double> parameters_;
  std::vector<std::vector<double>> x_;
  std::vector<double> outputs_, weights_, state_after_;
  bool differentiated_ = false;
  std::vector<std::vector<Wanted>> wanted_x_, wanted_parameters_;
};

template <class Device>
CheckReport check_gradient(TestBench<Device>& bench, const Subject<Device>& subject,
                           const GradientOptions& options) {
  GradientCheck check(bench, subject, options);
  check.differentiate();
  check.compare({});
  check.compare({.first = true});
  check.compare({.ranges = true});
  check.compare({.ranges = true, .first = true});
  for (Index i = 0; i < static_cast<Index>(subject.inputs.size()); ++i) check.compare({.constant = i});
  check.compare({.constant_parameters = true});
  return check.report();
}

}  // namespace detail

/// Compares the gradients of a function with central differences: those of its inputs and of its parameters,
/// for a random linear loss of its output and of what it adds to the log-probability. Inputs are also
/// constants one at a time, and the parameters all at once, which have no place for a gradient then.
///
///   check_gradient({{3, 4, 4}}, [](Builder& b) { Center s; s.build(b); return s; },
///                  [](const auto& ctx, const Center& s, const auto& x, LogProb l) { return s.forward(ctx,
///                  x[0], l); })
///
/// `declare(builder)` declares the parameters and returns what `f(ctx, declared, inputs, log_prob)` needs to
/// use them; f returns its output, or nothing. Gradients start from numbers other than zero, to see that
/// adjoints add, and from nothing; inputs are also given as channel ranges of wider tensors, and as constants
/// one at a time.
template <std::derived_from<kernels::DeviceTag> Device, class Declare, class F>
CheckReport check_gradient(const Device& device, const std::vector<Shape>& inputs, const Declare& declare,
                           const F& f, const GradientOptions& options = {}) {
  TestBench<Device> bench(options.seed, device);
  const auto declared = bench.declare(declare);
  return detail::check_gradient(bench, detail::make_subject<Device>(inputs, f, declared), options);
}

/// The same on the CPU.
template <class Declare, class F>
CheckReport check_gradient(const std::vector<Shape>& inputs, const Declare& declare, const F& f,
                           const GradientOptions& options = {}) {
  return check_gradient(Cpu(1), inputs, declare, f, options);
}

}  // namespace densenf
