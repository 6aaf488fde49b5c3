#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "../coding_error.hpp"
#include "../test_device.hpp"
#include "densenf/io/weights.hpp"

// Compares a flow with a golden file: the numbers of the PyTorch peer in double precision. What must match is
// stated once, in Tolerance; float runs are held to the float tolerances.
namespace golden {

using namespace densenf;

template <class T>
struct Tolerance;
template <>
struct Tolerance<double> {
  static constexpr bool exact = true;
};
template <>
struct Tolerance<float> {
  static constexpr bool exact = false;
};

inline double largest(const std::vector<double>& v) {
  double m = 0;
  for (double x : v) m = std::max(m, std::abs(x));
  return m;
}

/// The largest difference as a fraction of what is allowed. double: 1e-9 max(1, |want|) per value; float:
/// `relative` (2e-5) of the tensor's largest magnitude.
template <class T>
double worst_difference(const std::vector<double>& got, const std::vector<double>& want,
                        double relative = 2e-5) {
  if (got.size() != want.size()) return INFINITY;
  const double scale = largest(want);
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double allowed = Tolerance<T>::exact ? 1e-9 * std::max(1.0, std::abs(want[i])) : relative * scale;
    if (got[i] == want[i]) continue;
    worst = std::max(worst, std::isfinite(got[i]) ? std::abs(got[i] - want[i]) / allowed : INFINITY);
  }
  return worst;
}

template <class T>
void check_values(const std::string& what, const std::vector<double>& got, const std::vector<double>& want,
                  double relative = 2e-5) {
  INFO(what);
  REQUIRE(got.size() == want.size());
  const double worst = worst_difference<T>(got, want, relative);
  INFO("largest difference as a fraction of the allowed one: ", worst);
  CHECK(worst <= 1);
}

/// Adamax's formula with PyTorch's settings, for one parameter, in double precision.
struct AdamaxByHand {
  double mean = 0, largest_gradient = 0;

  /// How far step t, counted from 1, moves the parameter down.
  double move(double gradient, double lr, int t) {
    mean = 0.9 * mean + 0.1 * gradient;
    largest_gradient = std::max(0.999 * largest_gradient, std::abs(gradient) + 1e-8);
    return lr / (1 - std::pow(0.9, t)) * mean / largest_gradient;
  }
};

inline std::uint64_t fnv1a(const std::string& text) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return h;
}

/// Value i of the tensor `name` before its rule: in [-1, 1).
inline double hashed(std::uint64_t name, Index i) {
  std::uint64_t z = name + (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return std::ldexp(static_cast<double>(z >> 11), -52) - 1;
}

template <class T>
std::vector<T> hashed_buffer(const std::vector<ParamSpec>& specs, Index size) {
  std::vector<T> buffer(static_cast<std::size_t>(size));
  for (const ParamSpec& spec : specs) {
    const std::string& name = spec.name;
    const std::uint64_t key = fnv1a(name);
    const auto& shape = spec.shape;
    const auto fill = [&](const auto& rule) {
      for (Index i = 0; i < spec.place.size; ++i) {
        buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
            static_cast<T>(rule(i, hashed(key, i)));
      }
    };
    if (name.ends_with("initialized")) {
      fill([](Index, double) { return 1.0; });
    } else if (name.ends_with("running_var") || name.ends_with("mix_conv.0.weight")) {
      fill([](Index, double v) { return 1 + 0.25 * v; });
    } else if (shape.size() == 2) {
      const double root = std::sqrt(static_cast<double>(shape[0]));
      fill([&](Index i, double v) { return (i / shape[1] == i % shape[1] ? 1.0 : 0.0) + 0.1 * v / root; });
    } else if (shape.size() == 4 && shape[0] > 1) {
      const bool last = name.ends_with("transform.2.weight") || name.ends_with("transformation.2.weight");
      const double bound =
          std::sqrt(3.0 / static_cast<double>(spec.place.size / shape[0])) * (last ? 0.1 : 1.0);
      fill([&](Index, double v) { return v * bound; });
    } else {
      fill([](Index, double v) { return 0.05 * v; });
    }
  }
  return buffer;
}

template <class FlowType>
void hash_weights(FlowType& flow) {
  using T = typename FlowType::Scalar;
  flow.set_parameters(hashed_buffer<T>(flow.table().parameters, flow.table().parameters_size));
  flow.set_state(hashed_buffer<T>(flow.table().state, flow.table().state_size));
}

/// A golden file and a flow over it.
template <class Model, class T>
class Case {
public:
  explicit Case(const std::string& name, test::Device device = test::Device())
      : file(std::string(DENSENF_SOURCE_DIR) + "/tests/golden/data/" + name + ".safetensors"),
        images(batch<std::uint8_t>("input/x")),
        flow(images.shape, std::move(device)) {
    if (file.metadata().at("weights") == "stored") {
      load_weights(flow, file.path(), "param/");
    } else {
      hash_weights(flow);
    }
    parameters_ = flow.parameters().to_host();
    state_ = flow.state().to_host();
  }

  void check_evaluation() {
    ReplayedNoise<T, test::Device> noise(draws("eval"));
    const Latents<T> latents = flow.encode(images, noise);
    check_values<T>("eval/log_prob", latents.log_prob, file.template read<double>("eval/log_prob"), 2e-6);
    check_values<T>("eval/z", widened(latents.base.values), file.template read<double>("eval/z"));
  }

  /// A device whose products are less precise: only how many bits it takes must be about right.
  void check_bits(double relative) {
    const std::vector<double> want = file.template read<double>("eval/log_prob");
    ReplayedNoise<T, test::Device> noise(draws("eval"));
    const double got = flow.bits_per_dim_of(flow.encode(images, noise).log_prob);
    CHECK(got == doctest::Approx(flow.bits_per_dim_of(want)).epsilon(relative));
    reset();
    ReplayedNoise<T, test::Device> train_noise(draws("train"));
    const double loss = flow.loss_and_gradient(images, train_noise);
    CHECK(loss == doctest::Approx(file.template read<double>("train/bits_per_dim").at(0)).epsilon(relative));
  }

  void check_sampling() {
    ReplayedNoise<T, test::Device> noise(draws("sample"));
    Batch<T> got = flow.sample_continuous(images.count, noise);
    for (T& v : got.values) v /= static_cast<T>(Model::levels);
    check_values<T>("sample/continuous", widened(got.values),
                    file.template read<double>("sample/continuous"));
  }

  /// Compares loss, gradients and state of a training pass with the file; returns the gradients.
  std::vector<T> check_gradients(MemoryPolicy policy) {
    reset();
    ReplayedNoise<T, test::Device> noise(draws("train"));
    const double loss = flow.loss_and_gradient(images, noise, policy);
    check_values<T>("train/bits_per_dim", {loss}, file.template read<double>("train/bits_per_dim"), 2e-6);
    compare_gradients();
    const std::vector<T> state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().state) {
      if (!file.contains("train/buffer/" + spec.name)) continue;
      check_values<T>(spec.name, tensor(state, spec),
                      file.template read<double>("train/buffer/" + spec.name));
    }
    return flow.gradients().to_host();
  }

  /// check_gradients with each policy; in double precision each tensor's gradients differ from those of
  /// `store` by at most 1e-9 of its largest magnitude.
  void check_policies() {
    const std::vector<T> stored = check_gradients(MemoryPolicy::store);
    for (const MemoryPolicy policy : {MemoryPolicy::recompute, MemoryPolicy::reverse}) {
      const std::vector<T> others = check_gradients(policy);
      if (Tolerance<T>::exact) check_same_gradients(stored, others);
    }
  }

  static constexpr double learning_rate = 1e-3;
  using Moments = Buffer<T, test::Device>;

  /// Step s, counted from 0, of those that the golden file was made with.
  static void adamax_step(Flow<Model, T, test::Device>& flow, Moments& moments, int s) {
    step_with(Adamax{}, learning_rate, flow, moments, s + 1);
  }

  /// A step of an optimizer with the gradients that the flow has.
  static void step_with(const Optimizer& optimizer, double lr, Flow<Model, T, test::Device>& flow,
                        Moments& moments, Index t) {
    flow.weights().change([&](auto& parameters, auto&) {
      optimizer_step(optimizer, flow.device(), parameters.span(), flow.gradients().span(), moments.span(), lr,
                     1.0, t);
    });
  }

  /// Three Adamax steps, the first of which starts every ActNorm from its data.
  void check_steps() {
    const std::string wrong = wrong_step(&adamax_step);
    CHECK_MESSAGE(wrong.empty(), wrong);
  }

  /// What is wrong first in three steps that `take_step` takes as adamax_step does; empty when nothing is.
  ///
  /// Adamax divides by the size of the gradient. A float run therefore parts from the golden file's: where a
  /// gradient is about as small as its own rounding error, the parameter may go the whole way in the other
  /// direction, after which all gradients are those of another place. How far apart they end depends on the
  /// processor, so each step is judged from where the run itself stands:
  ///   - loss, gradients and state, beside those of double precision from the same parameters, state and
  ///     draws, may be off by what is allowed of losses, gradients and states everywhere in this file;
  ///   - the parameters must be what the formula makes of the run's own gradients, to its rounding errors.
  /// A run in double precision must come out where the golden file does.
  template <class TakeStep>
  std::string wrong_step(const TakeStep& take_step) {
    reset();
    std::vector<T> state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().state) {
      if (spec.name.ends_with("initialized")) state[static_cast<std::size_t>(spec.place.offset)] = T(0);
    }
    flow.set_state(state);
    Moments moments(flow.device(), Adamax::moments * flow.parameters().size());
    std::vector<AdamaxByHand> by_hand(static_cast<std::size_t>(flow.parameters().size()));
    for (int s = 0; s < 3; ++s) {
      const std::string tag = "steps/" + std::to_string(s);
      Flow<Model, double, test::Device> twin(flow.shape(), flow.device());
      twin.set_parameters(widened(flow.parameters().to_host()));
      twin.set_state(widened(flow.state().to_host()));
      const double loss = pass(flow, tag), twin_loss = Tolerance<T>::exact ? loss : pass(twin, tag);
      std::string wrong;
      const auto compare = [&](const std::string& what, const std::vector<double>& got,
                               const std::vector<double>& want, double relative) {
        const double worst = worst_difference<T>(got, want, relative);
        if (!(worst <= 1)) wrong += fmt::format("{}: {} is off by {} of the allowed.\n", tag, what, worst);
      };
      if (Tolerance<T>::exact || s == 0) {
        compare("the golden file's loss", {loss}, file.template read<double>(tag + "/bits_per_dim"), 2e-6);
      }
      const std::vector<T> before = flow.parameters().to_host(), gradients = flow.gradients().to_host();
      if (!Tolerance<T>::exact) {
        compare("the loss", {loss}, {twin_loss}, 2e-6);
        const std::vector<double> twin_parameters = twin.parameters().to_host(),
                                  twin_state = twin.state().to_host();
        state = flow.state().to_host();
        for (const ParamSpec& spec : flow.table().parameters) {  // of which ActNorm's have started
          compare(spec.name, tensor(before, spec), tensor(twin_parameters, spec), 2e-5);
        }
        for (const ParamSpec& spec : flow.table().state) {
          compare(spec.name, tensor(state, spec), tensor(twin_state, spec), 2e-5);
        }
        wrong += wrong_gradients(gradients, twin.gradients().to_host());
      }
      take_step(flow, moments, s);
      wrong += wrong_update(before, gradients, flow.parameters().to_host(), by_hand, s + 1);
      if (!wrong.empty()) return fmt::format("Step {}: {}", s + 1, wrong);
    }
    return Tolerance<T>::exact ? wrong_end() : "";
  }

  template <class U>
  Batch<U> batch(const std::string& name) const {
    const auto& s = file.info(name).shape;
    return {{s.at(1), s.at(2), s.at(3)}, s.at(0), file.template read<U>(name)};
  }

  SafetensorsFile file;
  Batch<std::uint8_t> images;
  Flow<Model, T, test::Device> flow;

private:
  void reset() {
    flow.set_parameters(parameters_);
    flow.set_state(state_);
    if (flow.gradients().size() > 0) flow.gradients().assign(std::vector<T>(parameters_.size()));
  }

  std::vector<Batch<T>> draws(const std::string& tag) const {
    std::vector<Batch<T>> all;
    for (int i = 0;; ++i) {
      const std::string name = fmt::format("{}/noise/{:03d}", tag, i);
      if (!file.contains(name)) return all;
      all.push_back(batch<T>(name));
    }
  }

  void check_same_gradients(const std::vector<T>& first, const std::vector<T>& second) const {
    double top = 0;
    for (T v : first) top = std::max(top, static_cast<double>(std::abs(v)));
    double worst = 0;
    for (const ParamSpec& spec : flow.table().parameters) {
      const auto x = tensor(first, spec), y = tensor(second, spec);
      const double scale = std::max(largest(x), 1e-6 * top);
      for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x[i] - y[i]) / scale);
    }
    INFO("largest relative difference: ", worst);
    CHECK(worst <= 1e-9);
  }

  static std::vector<double> widened(const std::vector<T>& v) { return {v.begin(), v.end()}; }

  template <class U>
  static std::vector<double> tensor(const std::vector<U>& buffer, const ParamSpec& spec) {
    std::vector<double> values(static_cast<std::size_t>(spec.place.size));
    for (Index i = 0; i < spec.place.size; ++i) {
      values[static_cast<std::size_t>(i)] =
          static_cast<double>(buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))]);
    }
    return values;
  }

  /// The loss of a training pass over the images and draws of `tag`. The draws are those of type T for a
  /// model in double precision too.
  template <class U>
  double pass(Flow<Model, U, test::Device>& model, const std::string& tag) const {
    std::vector<Batch<U>> all;
    for (const Batch<T>& b : draws(tag))
      all.push_back({b.shape, b.count, {b.values.begin(), b.values.end()}});
    ReplayedNoise<U, test::Device> noise(all), same_noise(std::move(all));
    const Batch<std::uint8_t> x = batch<std::uint8_t>(tag + "/x");
    CHECK(model.initialize(x, same_noise) == (tag == "steps/0"));
    return model.loss_and_gradient(x, noise);
  }

  /// Whether a step went from `before` to `after` as Adamax's formula says for these gradients.
  ///
  /// With h half an epsilon, so the largest relative error of an operation: the mean of gradients of at most
  /// G, which starts at 0, is off by at most 1.8 h G in step 3, its bias correction 0.271 makes that 6.4 h;
  /// the largest gradient is off by 5 h, factor, product and quotient by 3 h: all of that less than 16 h of
  /// the learning rate, since the move is not longer. The difference from the old parameter adds h of the new
  /// one. As much again is for the formula, which is in double precision itself.
  std::string wrong_update(const std::vector<T>& before, const std::vector<T>& gradients,
                           const std::vector<T>& after, std::vector<AdamaxByHand>& by_hand, int t) const {
    constexpr double epsilon = std::numeric_limits<T>::epsilon();
    for (const ParamSpec& spec : flow.table().parameters) {
      for (Index k = 0; k < spec.place.size; ++k) {
        const auto i = static_cast<std::size_t>(spec.place.offset + k);
        const double move = by_hand[i].move(static_cast<double>(gradients[i]), learning_rate, t);
        const double want = static_cast<double>(before[i]) - move, got = static_cast<double>(after[i]);
        const double allowed = epsilon * (std::abs(want) + 16 * learning_rate);
        if (!(std::abs(got - want) <= allowed)) {
          return fmt::format("{}: a parameter came to {} and not to {}.\n", spec.name, got, want);
        }
      }
    }
    return "";
  }

  /// What of the parameters and the state is not where the golden file's steps end.
  std::string wrong_end() const {
    const std::vector<T> parameters = flow.parameters().to_host(), state = flow.state().to_host();
    std::string wrong;
    const auto compare = [&](const ParamSpec& spec, const std::vector<T>& buffer) {
      const double worst =
          worst_difference<T>(tensor(buffer, spec), file.template read<double>("steps/param/" + spec.name));
      if (!(worst <= 1))
        wrong += fmt::format("After the steps {} is off by {} of the allowed.\n", spec.name, worst);
    };
    for (const ParamSpec& spec : flow.table().parameters) compare(spec, parameters);
    for (const ParamSpec& spec : flow.table().state) compare(spec, state);
    return wrong;
  }

  /// The largest difference of a tensor's gradients, relative to their largest magnitude. A gradient that is
  /// zero in exact arithmetic is compared with `top`, the largest of all.
  static double gradient_error(const std::vector<double>& got, const std::vector<double>& want, double top) {
    const double size = largest(want), scale = size < 1e-10 * top ? top : size;
    double error = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double difference = std::abs(got[i] - want[i]) / scale;
      error = std::isfinite(difference) ? std::max(error, difference) : INFINITY;
    }
    return error;
  }
  static constexpr double allowed_gradient_error = Tolerance<T>::exact ? 1e-7 : 2e-3,
                          allowed_median_error = Tolerance<T>::exact ? 1e-7 : 2e-5;
  static double median(std::vector<double> errors) {
    const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
    std::nth_element(errors.begin(), middle, errors.end());
    return *middle;
  }

  std::string wrong_gradients(const std::vector<T>& got, const std::vector<double>& want) const {
    const double top = largest(want);
    std::vector<double> errors;
    std::string wrong;
    for (const ParamSpec& spec : flow.table().parameters) {
      errors.push_back(gradient_error(tensor(got, spec), tensor(want, spec), top));
      if (!(errors.back() <= allowed_gradient_error)) {
        wrong += fmt::format("The gradient of {} has the relative error {}.\n", spec.name, errors.back());
      }
    }
    const double middle = median(errors);
    if (!(middle <= allowed_median_error))
      wrong += fmt::format("The gradients' median error is {}.\n", middle);
    return wrong;
  }

  void compare_gradients() {
    const std::vector<T> gradients = flow.gradients().to_host();
    std::vector<double> errors;
    double top = 0;
    for (const ParamSpec& spec : flow.table().parameters) {
      top = std::max(top, largest(file.template read<double>("train/grad/" + spec.name)));
    }
    for (const ParamSpec& spec : flow.table().parameters) {
      const std::vector<double> want = file.template read<double>("train/grad/" + spec.name);
      std::vector<double> got = tensor(gradients, spec);
      if (want.size() == 1 && got.size() != 1) {  // a norm
        double squares = 0;
        for (double g : got) squares += g * g;
        got = {std::sqrt(squares)};
      } else if (file.metadata().at("weights") == "hashed") {
        got = {std::abs(got[0])};
      }
      const double error = gradient_error(got, want, top);
      CHECK_MESSAGE(error <= allowed_gradient_error, spec.name, " relative error ", error);
      errors.push_back(error);
    }
    const double middle = median(errors);
    INFO("median relative error: ", middle);
    CHECK(middle <= allowed_median_error);
  }

  std::vector<T> parameters_, state_;
};

}  // namespace golden
