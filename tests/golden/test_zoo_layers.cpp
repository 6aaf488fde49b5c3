// ctest-labels: golden
// also-on: host
#include <cmath>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

#include "densenf/bijectors/abs.hpp"
#include "densenf/bijectors/augment.hpp"
#include "densenf/bijectors/max_pool.hpp"
#include "densenf/bijectors/sort.hpp"
#include "densenf/densenf.hpp"
#include "densenf/models/survae.hpp"
#include "zoo.hpp"

using namespace densenf;
using namespace golden;

namespace {

/// The surjections of layers_tiny.safetensors, each on its own.
template <class T>
class Layers {
public:
  Layers() : file(std::string(DENSENF_SOURCE_DIR) + "/tests/golden/data/zoo/layers_tiny.safetensors") {}

  template <class Piece>
  void check(const std::string& name) const {
    INFO(name);
    const Batch<T> x = batch(name + "/x");
    Flow<WithBase<Compose<Named<"", Piece>>, StandardNormal>, T, test::Device> flow(x.shape, test::Device());
    std::vector<T> parameters(static_cast<std::size_t>(flow.table().parameters_size));
    for (const ParamSpec& spec : flow.table().parameters) {
      const auto values = file.template read<double>("param/" + name + "/" + spec.name);
      REQUIRE(static_cast<Index>(values.size()) == spec.place.size);
      for (Index i = 0; i < spec.place.size; ++i)
        parameters[static_cast<std::size_t>(spec.place.offset + spec.buffer_index(i))] =
            static_cast<T>(values[static_cast<std::size_t>(i)]);
    }
    flow.set_parameters(parameters);

    ZooNoise<T> noise(draws(name + "/forward"));
    const Latents<T> latents = flow.encode(x, noise);
    CHECK(noise.all_used());
    const Batch<T> z = batch(name + "/z");
    REQUIRE(latents.base.shape == z.shape);
    check_values<T>(name + "/z", widened(latents.base.values), widened(z.values));
    // What the piece contributes, and the density of the base.
    std::vector<double> want = file.template read<double>(name + "/ldj");
    for (Index n = 0; n < z.count; ++n) {
      for (Index i = 0; i < z.shape.size(); ++i) {
        const auto v = static_cast<double>(z.values[static_cast<std::size_t>(n * z.shape.size() + i)]);
        want[static_cast<std::size_t>(n)] -= 0.5 * (v * v + std::log(2 * std::numbers::pi));
      }
    }
    check_values<T>(name + "/ldj", latents.log_prob, want, 2e-6);

    ZooNoise<T> back_noise(draws(name + "/inverse"));
    const Pass<T, test::Device> pass{.weights = flow.weights().view(), .noise = &back_noise};
    flow.workspace().begin(pass);
    const Context<T, test::Device, false> ctx(pass, flow.workspace());
    const Var<T> there{ctx.tensor(z.count, z.shape)};
    from_nchw(ctx.device(), z.values.data(), there.value);
    const Tensor<T> back = flow.model().invert(ctx, there).value;
    CHECK(back_noise.all_used());
    Batch<T> got{back.shape(), back.n, std::vector<T>(static_cast<std::size_t>(back.size()))};
    to_nchw(ctx.device(), as_const(back), got.values.data());
    flow.workspace().end();
    check_values<T>(name + "/inverse", widened(got.values), widened(batch(name + "/inverse").values));
    // The same images come back where the choices are kept.
    const Batch<T> again = flow.decode(latents);
    check_values<T>(name + " decoded", widened(again.values), widened(x.values));
  }

private:
  SafetensorsFile file;

  static std::vector<double> widened(const std::vector<T>& v) { return {v.begin(), v.end()}; }

  /// Images, or sets of points (N, points, coordinates), which here are pixels with as many channels.
  Batch<T> batch(const std::string& name) const {
    const auto& s = file.info(name).shape;
    const auto values = file.template read<T>(name);
    if (s.size() == 4) return {{s[1], s[2], s[3]}, s[0], values};
    Batch<T> points{{s.at(2), s.at(1), 1}, s.at(0), std::vector<T>(values.size())};
    for (Index n = 0; n < s[0]; ++n) {
      for (Index p = 0; p < s[1]; ++p) {
        for (Index c = 0; c < s[2]; ++c)
          points.values[static_cast<std::size_t>((n * s[2] + c) * s[1] + p)] =
              values[static_cast<std::size_t>((n * s[1] + p) * s[2] + c)];
      }
    }
    return points;
  }

  std::vector<typename ZooNoise<T>::Draw> draws(const std::string& tag) const {
    const std::vector<std::string> kinds = draw_kinds(file.metadata().at("noise")).at(tag);
    std::vector<typename ZooNoise<T>::Draw> all;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const std::string name = fmt::format("{}/noise/{:03d}", tag, i);
      std::string kind = kinds[i];
      std::vector<double> values = file.template read<double>(name);
      if (kind == "permutations") {
        values = numbers_in_order(values, file.info(name).shape.at(1));
        kind = "uniform";
      }
      all.push_back({kind, file.info(name).shape.at(0), values});
    }
    return all;
  }

  /// Uniform numbers of which number p[i] is the i-th smallest.
  static std::vector<double> numbers_in_order(const std::vector<double>& p, Index length) {
    std::vector<double> u(p.size());
    for (std::size_t k = 0; k < p.size(); ++k) {
      const std::size_t i = k % static_cast<std::size_t>(length), first = k - i;
      u[first + static_cast<std::size_t>(p[k])] =
          (static_cast<double>(i) + 0.5) / static_cast<double>(length);
    }
    return u;
  }
};

/// A 1x1 convolution, whose parameters are weight and bias.
struct OneConv {
  nn::Conv conv;
  void declare(Builder& b, Index in, Index out) { conv.declare(b, "", in, out, 1); }
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x) const {
    return conv.forward(ctx, x);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("zoo: the surjections of layers_tiny", T, double, float) {
  const Layers<T> layers;
  layers.template check<MaxPool<>>("max_pool");
  layers.template check<SurVaeSlice>("slice");
  layers.template check<Abs<>>("abs");
  layers.template check<Abs<Named<"", OneConv>>>("abs_learned");
  layers.template check<Sort<0>>("sort");
  layers.template check<StochasticPermutation>("permutation");
  layers.template check<Augment<3>>("augment");
}
