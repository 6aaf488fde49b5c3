#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

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

/// double: 1e-9 max(1, |want|) per value; float: `relative` (2e-5) of the tensor's largest magnitude.
template <class T>
void check_values(const std::string& what, const std::vector<double>& got, const std::vector<double>& want,
                  double relative = 2e-5) {
  INFO(what);
  REQUIRE(got.size() == want.size());
  const double scale = largest(want);
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double allowed = Tolerance<T>::exact ? 1e-9 * std::max(1.0, std::abs(want[i])) : relative * scale;
    worst = std::max(worst, std::isfinite(got[i]) ? std::abs(got[i] - want[i]) / allowed : INFINITY);
  }
  INFO("largest difference as a fraction of the allowed one: ", worst);
  CHECK(worst <= 1);
}

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
  flow.parameters().assign(hashed_buffer<T>(flow.table().parameters, flow.table().parameters_size));
  flow.state().assign(hashed_buffer<T>(flow.table().state, flow.table().state_size));
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
    const double loss = flow.differentiate(images, train_noise);
    CHECK(loss == doctest::Approx(file.template read<double>("train/bits_per_dim").at(0)).epsilon(relative));
  }

  void check_sampling() {
    ReplayedNoise<T, test::Device> noise(draws("sample"));
    Batch<T> got = flow.sample_continuous(images.count, noise);
    for (T& v : got.values) v /= static_cast<T>(Model::levels);
    check_values<T>("sample/continuous", widened(got.values),
                    file.template read<double>("sample/continuous"));
  }

  void check_gradients(MemoryPolicy policy) {
    reset();
    ReplayedNoise<T, test::Device> noise(draws("train"));
    const double loss = flow.differentiate(images, noise, policy);
    check_values<T>("train/bits_per_dim", {loss}, file.template read<double>("train/bits_per_dim"), 2e-6);
    compare_gradients();
    const std::vector<T> state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().state) {
      if (!file.contains("train/buffer/" + spec.name)) continue;
      check_values<T>(spec.name, tensor(state, spec),
                      file.template read<double>("train/buffer/" + spec.name));
    }
  }

  /// The gradients of two policies differ by at most 1e-9 of each tensor's largest magnitude (double).
  void check_same_gradients(MemoryPolicy a, MemoryPolicy b) {
    const std::vector<T> first = gradients(a), second = gradients(b);
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

  /// Three Adamax steps, the first of which starts every ActNorm from its data.
  void check_steps() {
    reset();
    std::vector<T> state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().state) {
      if (spec.name.ends_with("initialized")) state[static_cast<std::size_t>(spec.place.offset)] = T(0);
    }
    flow.state().assign(state);
    Buffer<T, test::Device> moments(flow.device(), Adamax::moments * flow.parameters().size());
    for (int s = 0; s < 3; ++s) {
      const std::string tag = "steps/" + std::to_string(s);
      const Batch<std::uint8_t> x = batch<std::uint8_t>(tag + "/x");
      ReplayedNoise<T, test::Device> noise(draws(tag)), same_noise(draws(tag));
      CHECK(flow.initialize(x, same_noise) == (s == 0));
      const double loss = flow.differentiate(x, noise);
      check_values<T>(tag, {loss}, file.template read<double>(tag + "/bits_per_dim"), 2e-5);
      optimizer_step(Adamax{}, flow.device(), flow.parameters().span(), flow.gradients().span(),
                     moments.span(), 1e-3, 1.0, s + 1);
    }
    const std::vector<T> parameters = flow.parameters().to_host();
    state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().parameters) {
      std::vector<double> got = tensor(parameters, spec),
                          want = file.template read<double>("steps/param/" + spec.name);
      // Adamax divides by the size of the gradient: where that is zero in exact arithmetic (a bias straight
      // into BatchNorm), a float run moves by the learning rate in the direction of its rounding errors.
      const std::vector<double> gradient = file.template read<double>("train/grad/" + spec.name);
      for (std::size_t i = 0; i < got.size(); ++i) {
        if (!Tolerance<T>::exact && std::abs(gradient[i]) < 1e-12) got[i] = want[i];
      }
      check_values<T>(spec.name, got, want);
    }
    for (const ParamSpec& spec : flow.table().state) {
      const std::vector<double> got = tensor(state, spec),
                                want = file.template read<double>("steps/param/" + spec.name);
      if (!Tolerance<T>::exact && spec.name.ends_with("running_mean")) {
        // A running mean follows those biases, which changes nothing in what BatchNorm computes.
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - want[i]) <= 3 * 1e-3);
      } else {
        check_values<T>(spec.name, got, want);
      }
    }
  }

  /// The largest error of decode(encode(x)), in grey levels.
  double coding_error() {
    const Batch<T> back = flow.decode(flow.encode(images));
    double worst = 0;
    for (std::size_t i = 0; i < back.values.size(); ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(back.values[i]) - images.values[i]));
    }
    return worst;
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
    flow.parameters().assign(parameters_);
    flow.state().assign(state_);
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

  std::vector<T> gradients(MemoryPolicy policy) {
    reset();
    ReplayedNoise<T, test::Device> noise(draws("train"));
    flow.differentiate(images, noise, policy);
    return flow.gradients().to_host();
  }

  static std::vector<double> widened(const std::vector<T>& v) { return {v.begin(), v.end()}; }

  static std::vector<double> tensor(const std::vector<T>& buffer, const ParamSpec& spec) {
    std::vector<double> values(static_cast<std::size_t>(spec.place.size));
    for (Index i = 0; i < spec.place.size; ++i) {
      values[static_cast<std::size_t>(i)] =
          static_cast<double>(buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))]);
    }
    return values;
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
      // A gradient that is zero in exact arithmetic is compared with the largest of the file.
      const double size = largest(want), scale = size < 1e-10 * top ? top : size;
      double error = 0;
      for (std::size_t i = 0; i < got.size(); ++i)
        error = std::max(error, std::abs(got[i] - want[i]) / scale);
      const bool fits = std::isfinite(error) && error <= (Tolerance<T>::exact ? 1e-7 : 2e-3);
      CHECK_MESSAGE(fits, spec.name, " relative error ", error);
      errors.push_back(error);
    }
    std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                     errors.end());
    const double median = errors[errors.size() / 2];
    INFO("median relative error: ", median);
    CHECK(median <= (Tolerance<T>::exact ? 1e-7 : 2e-5));
  }

  std::vector<T> parameters_, state_;
};

}  // namespace golden
