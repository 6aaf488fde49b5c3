#pragma once

#include <set>
#include <utility>

#include "draw_kinds.hpp"
#include "golden.hpp"

// Compares a flow with a golden file of the zoo, tests/golden/data/zoo/<name>.safetensors: parameters under
// the names of the file, then values, samples, gradients and starts. What must match is that of golden.hpp.
namespace golden {

/// Recorded draws of any kind, as this library draws them. Kept-or-dropped masks, signs, places and
/// permutations come from uniform numbers: a number in the middle of those that mean the recorded value. A
/// draw may have another shape than it was recorded with if it is of as many numbers, which then are in the
/// order of channels, rows and columns.
template <class T>
class ZooNoise : public NoiseSource<T, test::Device> {
public:
  struct Draw {
    std::string kind;
    Index count;
    std::vector<double> values;
  };
  explicit ZooNoise(std::vector<Draw> draws) : draws_(std::move(draws)) {}

  void normal(const test::Device& device, Tensor<T> out) override { give(device, next_++, out, true); }
  void uniform(const test::Device& device, Tensor<T> out) override { give(device, next_++, out, false); }
  void uniform_again(const test::Device& device, Index number, Index first, Tensor<T> out) override {
    REQUIRE(first == 0);
    give(device, repeated_.find(number, next_), out, false);
  }
  void normal_again(const test::Device& device, Index number, Index first, Tensor<T> out) override {
    REQUIRE(first == 0);
    give(device, repeated_.find(number, next_), out, true);
  }
  Index count_again(const test::Device&, Index number, const CountLaw& law) override {
    const std::size_t i = repeated_.find(number, next_);
    REQUIRE(i < draws_.size());
    CHECK(draws_[i].kind == (law.kind == CountLaw::Kind::poisson ? "poisson" : "geometric"));
    return static_cast<Index>(draws_[i].values.at(0));
  }
  bool all_used() const { return next_ == draws_.size(); }

private:
  void give(const test::Device& device, std::size_t i, Tensor<T> out, bool normal) {
    REQUIRE_MESSAGE(i < draws_.size(), "the model asks for more than ", draws_.size(), " draws");
    const Draw& draw = draws_[i];
    INFO("draw number ", i + 1, ", recorded as ", draw.kind);
    REQUIRE((draw.kind == "normal") == normal);
    REQUIRE(draw.count == out.n);
    REQUIRE(static_cast<Index>(draw.values.size()) == out.size());
    std::vector<T> values;
    for (const double v : draw.values) values.push_back(static_cast<T>(as_uniform(draw.kind, v)));
    from_nchw(device, values.data(), out);
  }

  static double as_uniform(const std::string& kind, double v) {
    if (kind == "bernoulli") return v > 0.5 ? 0.001 : 0.999;  // kept where u < keep; the plus sign likewise
    if (kind == "signs") return v > 0 ? 0.25 : 0.75;
    if (kind == "integers") return (v + 0.5) / 4;  // places in a 2x2 cell
    return v;
  }

  std::vector<Draw> draws_;
  std::size_t next_ = 0;
  RepeatedDraws repeated_;
};

/// A golden file of the zoo and a flow over it. A flow with a condition is given the labels that the file
/// has.
template <class Model, class T, class Base = BaseOf<Model>, class Condition = NoCondition>
class ZooCase {
public:
  using FlowType = Flow<Model, T, test::Device, Base, Condition>;

  /// A tensor of the model that is a part of one of the file's: from number `first` of it on.
  struct Part {
    std::string name, whole;
    Index first;
  };

  explicit ZooCase(const std::string& name, test::Device device = test::Device(),
                   std::vector<Part> parts = {})
      : file(std::string(DENSENF_SOURCE_DIR) + "/tests/golden/data/zoo/" + name + ".safetensors"),
        kinds_(kinds_of_draws()),
        parts_(std::move(parts)),
        flow(shape_of("input/x"), std::move(device)) {
    std::set<std::string> missing, known;
    parameters_ = gather(flow.table().parameters, flow.table().parameters_size, "param/", missing, known);
    state_ = gather(flow.table().state, flow.table().state_size, "param/", missing, known);
    for (const std::string& n : file.names()) {
      bool in_parts = false;
      for (const Part& part : parts_) in_parts = in_parts || n == "param/" + part.whole;
      if (n.starts_with("param/") && !known.contains(n) && !in_parts)
        missing.insert(n + ", which the model has not");
    }
    std::string list;
    for (const std::string& n : missing) list += "\n  " + n;
    REQUIRE_MESSAGE(missing.empty(), "names that differ from the file's:", list);
    reset();
  }

  /// log_prob, z, which the file has by this name, and what left the flow on the way. `dequantized`: whether
  /// the first to leave is the noise of a dequantization, which the files do not list.
  void check_evaluation(bool dequantized = true, const std::string& name_of_z = "eval/z") {
    ZooNoise<T> noise(draws("eval"));
    const Latents<T> latents = encode(noise);
    CHECK(noise.all_used());
    check_values<T>("eval/log_prob", latents.log_prob, file.template read<double>("eval/log_prob"), 2e-6);
    const std::vector<double> want = file.template read<double>(name_of_z);
    std::vector<double> z(latents.base.values.begin(), latents.base.values.end());
    const std::size_t first = dequantized ? 1 : 0;
    if (z.size() != want.size()) z = side_by_side(latents, first);
    check_values<T>(name_of_z, z, want);
    for (std::size_t i = 0;; ++i) {
      const std::string name = fmt::format("eval/factored/{:03d}", i);
      if (!file.contains(name)) break;
      REQUIRE(first + i < latents.factored.size());
      const auto& left = latents.factored[first + i].values;
      check_values<T>(name, {left.begin(), left.end()}, file.template read<double>(name));
    }
  }

  /// Log-densities that the file has by this name, from the noise of its evaluation; or, of a model that
  /// draws none beside that of its dequantization, from that alone.
  void check_log_prob(const std::string& name, double relative, bool dequantization_alone = false) {
    auto all = draws("eval");
    if (dequantization_alone) all.resize(1);
    ZooNoise<T> noise(std::move(all));
    const Latents<T> latents = encode(noise);
    CHECK(noise.all_used());
    check_values<T>(name, latents.log_prob, file.template read<double>(name), relative);
  }

  /// Draws before they are rounded; the file has them divided by `unit`, less `shift`.
  void check_sampling(double unit = 1, double shift = 0) {
    ZooNoise<T> noise(draws("sample"));
    const Batch<T> got = [&] {
      if constexpr (FlowType::conditional)
        return flow.sample_continuous(count("input/x"), labels("sample/y"), noise);
      else
        return flow.sample_continuous(count("input/x"), noise);
    }();
    CHECK(noise.all_used());
    check_samples("sample/continuous", got, unit, shift);
  }
  void check_samples(const std::string& name, const Batch<T>& got, double unit, double shift) const {
    std::vector<double> values;
    for (const T v : got.values) values.push_back(static_cast<double>(v) / unit - shift);
    check_values<T>(name, values, file.template read<double>(name));
  }

  /// Of classes, -1 where they are not known.
  std::vector<int> labels(const std::string& name) const {
    std::vector<int> all;
    for (const auto label : file.template read<std::int64_t>(name)) all.push_back(static_cast<int>(label));
    return all;
  }

  /// The same where parts of the image leave on the way, of these sizes, the first to leave first and the
  /// base's last: the file has one draw for all, while this library draws the base first, and what left last
  /// next.
  void check_sampling_in_parts(const std::vector<Index>& sizes, double unit = 1) {
    const auto whole = draws("sample").at(0);
    Index all = 0;
    for (const Index size : sizes) all += size;
    REQUIRE(static_cast<Index>(whole.values.size()) == all * whole.count);
    std::vector<typename ZooNoise<T>::Draw> parts;
    Index end = all;
    for (std::size_t i = sizes.size(); i-- > 0;) {
      end -= sizes[i];
      parts.push_back({"normal", whole.count, {}});
      for (Index n = 0; n < whole.count; ++n) {
        const auto from = whole.values.begin() + n * all + end;
        parts.back().values.insert(parts.back().values.end(), from, from + sizes[i]);
      }
    }
    ZooNoise<T> noise(std::move(parts));
    std::vector<double> values;
    for (const T v : flow.sample_continuous(whole.count, noise).values)
      values.push_back(static_cast<double>(v) / unit);
    CHECK(noise.all_used());
    check_values<T>("sample/continuous", values, file.template read<double>("sample/continuous"));
  }

  /// Loss, gradients and buffers of a training pass, by each policy.
  void check_training() {
    check_gradients(MemoryPolicy::store);
    check_gradients(MemoryPolicy::recompute);
    check_gradients(MemoryPolicy::reverse);
  }

  /// The file's loss `called` so, and its gradients, are multiplied by `unit` to be bits per dimension.
  void check_gradients(MemoryPolicy policy, const std::string& called = "train/bits_per_dim", double unit = 1,
                       const std::string& gradient_of = "train/grad/") {
    INFO("policy ", static_cast<int>(policy));
    reset();
    ZooNoise<T> noise(draws("train"));
    const double loss = differentiate(noise, policy);
    check_values<T>(called, {loss / unit}, file.template read<double>(called), 2e-6);
    const std::vector<T> gradients = flow.gradients().to_host();
    double top = 0;
    for (const ParamSpec& spec : flow.table().parameters)
      top = std::max(top, largest(stored(gradient_of, spec)));
    for (const ParamSpec& spec : flow.table().parameters) {
      const auto want = stored(gradient_of, spec);
      auto got = values_of(gradients, spec);
      for (double& g : got) g /= unit;
      // A gradient that is zero in exact arithmetic is compared with the largest of all. float: rounding of
      // the tensor's own gradient, and of what is added up in all others.
      const double size = largest(want), scale = Tolerance<T>::exact ? (size < 1e-10 * top ? top : size)
                                                                     : std::max(size, 1e-3 * top);
      double error = 0;
      for (std::size_t i = 0; i < got.size(); ++i) {
        const double difference = std::abs(got[i] - want[i]) / scale;
        error = std::isfinite(difference) ? std::max(error, difference) : INFINITY;
      }
      CHECK_MESSAGE(error <= (Tolerance<T>::exact ? 1e-7 : 2e-3), spec.name, " relative error ", error);
    }
    const std::vector<T> state = flow.state().to_host();
    for (const ParamSpec& spec : flow.table().state) {
      if (!file.contains("train/buffer/" + spec.name)) continue;
      check_values<T>(spec.name, values_of(state, spec),
                      file.template read<double>("train/buffer/" + spec.name));
    }
  }

  /// Three steps from the file's parameters, with gradients that are shortened to the length `clip`: the
  /// losses and lengths before each, and the parameters afterwards. In double precision, because float parts
  /// from it where a gradient is as small as its rounding error and the step is as long as elsewhere.
  void check_steps(const Optimizer& optimizer, double lr,
                   double clip = std::numeric_limits<double>::infinity()) {
    static_assert(Tolerance<T>::exact);
    reset();
    Buffer<T, test::Device> moments(flow.device(), moment_count(optimizer) * flow.parameters().size());
    for (int s = 0; s < 3; ++s) {
      const std::string tag = fmt::format("steps/{}", s);
      const auto compare = [&](const std::string& name, double got) {
        check_values<T>(tag + name, {got}, file.template read<double>(tag + name));
      };
      ZooNoise<T> noise({{"uniform", count(tag + "/x"), file.template read<double>(tag + "/noise/000")}});
      compare("/bits_per_dim", differentiate(noise, MemoryPolicy::store, tag));
      double squares = 0;
      for (const T g : flow.gradients().to_host()) squares += g * g;
      const double length = std::sqrt(squares);
      if (std::isfinite(clip)) compare("/grad_norm", length);
      flow.weights().change([&](auto& parameters, auto&) {
        optimizer_step(optimizer, flow.device(), parameters.span(), flow.gradients().span(), moments.span(),
                       lr, std::min(1.0, clip / length), s + 1);
      });
    }
    const std::vector<T> parameters = flow.parameters().to_host();
    for (const ParamSpec& spec : flow.table().parameters)
      check_values<T>(spec.name, values_of(parameters, spec), stored("steps/param/", spec));
  }

  /// The start from data: parameters and buffers that it changes. Running statistics, which some peers move
  /// at the start and again at the first step, are moved by steps alone here, and not compared. `behind`:
  /// draws behind those of the file, whose model ends its start with the last piece that has one.
  void check_start(const std::vector<typename ZooNoise<T>::Draw>& behind = {}) {
    reset();
    std::vector<T> state = state_;
    for (const DataStart& start : flow.table().data_starts)
      state[static_cast<std::size_t>(start.flag.offset)] = T(0);
    flow.set_state(state);
    auto all = draws("start");
    all.insert(all.end(), behind.begin(), behind.end());
    ZooNoise<T> noise(std::move(all));
    const Batch<std::uint8_t> x = images("start/x");
    CHECK(flow.initialize(x, noise));
    CHECK(noise.all_used());
    const std::vector<T> parameters = flow.parameters().to_host();
    state = flow.state().to_host();
    std::set<std::string> known;
    const auto compare = [&](const std::vector<ParamSpec>& specs, const std::vector<T>& buffer) {
      for (const ParamSpec& spec : specs) {
        known.insert("start/param/" + spec.name);
        if (!file.contains("start/param/" + spec.name) || spec.name.find("running_") != std::string::npos)
          continue;
        const auto want = file.template read<double>("start/param/" + spec.name);
        // What is zero, but for the 1e-6 that is added to deviations, is compared with the deviation that a
        // start gives: 1. A log-scale errs by what its scale errs as a part of itself, however near to 1 that
        // is.
        const double size = largest(want);
        const bool logarithm = spec.name.ends_with("log_scale");
        const double least = logarithm ? 1e-5 : size < 1e-5 ? 1e-4 : 0;
        const double relative = size > 0 ? std::max(1e-4, least / size) : 1e-4;
        check_values<T>(spec.name, values_of(buffer, spec), want, relative);
      }
    };
    compare(flow.table().parameters, parameters);
    compare(flow.table().state, state);
    for (const std::string& n : file.names()) {
      if (n.starts_with("start/param/")) CHECK_MESSAGE(known.contains(n), n);
    }
    reset();
  }

  Batch<std::uint8_t> images(const std::string& name) const {
    return {shape_of(name), count(name), file.template read<std::uint8_t>(name)};
  }

  void reset() {
    flow.set_parameters(parameters_);
    flow.set_state(state_);
    if (flow.gradients().size() > 0) flow.gradients().assign(std::vector<T>(parameters_.size()));
  }

  std::vector<typename ZooNoise<T>::Draw> draws(const std::string& tag) const {
    std::vector<typename ZooNoise<T>::Draw> all;
    if (!kinds_.contains(tag)) return all;
    const std::vector<std::string>& kinds = kinds_.at(tag);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const std::string name = fmt::format("{}/noise/{:03d}", tag, i);
      all.push_back({kinds[i], file.info(name).shape.at(0), file.template read<double>(name)});
    }
    return all;
  }

  template <class U>
  static std::vector<double> values_of(const std::vector<U>& buffer, const ParamSpec& spec) {
    std::vector<double> values(static_cast<std::size_t>(spec.place.size));
    for (Index i = 0; i < spec.place.size; ++i) {
      values[static_cast<std::size_t>(i)] =
          static_cast<double>(buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))]);
    }
    return values;
  }

  SafetensorsFile file;

private:
  DrawKinds kinds_;
  std::vector<Part> parts_;

public:
  FlowType flow;

private:
  /// A file that does not say it has a uniform draw for a dequantization and a normal one for the base.
  DrawKinds kinds_of_draws() const {
    if (file.metadata().contains("noise")) return draw_kinds(file.metadata().at("noise"));
    return {{"eval", {"uniform"}}, {"train", {"uniform"}}, {"sample", {"normal"}}};
  }
  Latents<T> encode(NoiseSource<T, test::Device>& noise) {
    if constexpr (FlowType::conditional) {
      return flow.encode({images("input/x"), labels("input/y")}, noise);
    } else if constexpr (FlowType::levels > 0) {
      return flow.encode(images("input/x"), noise);
    } else {
      return flow.encode(Batch<T>{shape_of("input/x"), count("input/x"), file.template read<T>("input/x")},
                         noise);
    }
  }
  double differentiate(NoiseSource<T, test::Device>& noise, MemoryPolicy policy,
                       const std::string& tag = "input") {
    const std::string x = tag + "/x";
    if constexpr (FlowType::conditional) {
      return flow.loss_and_gradient({images(x), labels(tag + "/y")}, noise, policy);
    } else if constexpr (FlowType::levels > 0) {
      return flow.loss_and_gradient(images(x), noise, policy);
    } else {
      return flow.loss_and_gradient(Batch<T>{shape_of(x), count(x), file.template read<T>(x)}, noise, policy);
    }
  }

  const Part* find_part(const std::string& name) const {
    for (const Part& part : parts_) {
      if (part.name == name) return &part;
    }
    return nullptr;
  }
  /// The numbers that the file has for a tensor of the model.
  std::vector<double> stored(const std::string& prefix, const ParamSpec& spec) const {
    const Part* const part = find_part(spec.name);
    if (part == nullptr) return file.template read<double>(prefix + spec.name);
    const std::vector<double> whole = file.template read<double>(prefix + part->whole);
    REQUIRE(part->first + spec.place.size <= static_cast<Index>(whole.size()));
    const auto from = whole.begin() + part->first;
    return {from, from + spec.place.size};
  }

  Index count(const std::string& name) const { return file.info(name).shape.at(0); }
  Shape shape_of(const std::string& name) const {
    const auto& s = file.info(name).shape;
    return s.size() == 4 ? Shape{s[1], s[2], s[3]} : Shape{s.at(1), 1, 1};
  }

  /// Each image's parts that left from number `first` on, and what arrived at the base, one after the other.
  static std::vector<double> side_by_side(const Latents<T>& latents, std::size_t first) {
    std::vector<double> all;
    for (Index n = 0; n < latents.base.count; ++n) {
      const auto add = [&](const Batch<T>& part) {
        const Index size = part.shape.size();
        for (Index i = n * size; i < (n + 1) * size; ++i)
          all.push_back(static_cast<double>(part.values[static_cast<std::size_t>(i)]));
      };
      for (std::size_t i = first; i < latents.factored.size(); ++i) add(latents.factored[i]);
      add(latents.base);
    }
    return all;
  }

  /// The numbers of the file for one buffer. Flags of starts, which the files do not have, are set.
  std::vector<T> gather(const std::vector<ParamSpec>& specs, Index size, const std::string& prefix,
                        std::set<std::string>& missing, std::set<std::string>& known) const {
    std::vector<T> buffer(static_cast<std::size_t>(size));
    for (const ParamSpec& spec : specs) {
      const std::string name = prefix + spec.name;
      known.insert(name);
      if (!file.contains(name) && find_part(spec.name) == nullptr) {
        bool flag = false;
        for (const DataStart& start : flow.table().data_starts) flag = flag || start.flag == spec.place;
        if (flag && &specs == &flow.table().state)
          buffer[static_cast<std::size_t>(spec.place.offset)] = T(1);
        else
          missing.insert(name + ", which the file has not");
        continue;
      }
      const std::vector<double> values = stored(prefix, spec);
      if (static_cast<Index>(values.size()) != spec.place.size) {
        missing.insert(
            fmt::format("{}, of {} numbers where the file has {}", name, spec.place.size, values.size()));
        continue;
      }
      for (Index i = 0; i < spec.place.size; ++i)
        buffer[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
            static_cast<T>(values[static_cast<std::size_t>(i)]);
    }
    return buffer;
  }

  std::vector<T> parameters_, state_;
};

}  // namespace golden
