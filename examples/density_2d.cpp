// Learns the density of two moons of points: what there is to see is in density_2d.hpp.

#include "density_2d.hpp"

#include <numbers>

#include "program.hpp"

// Two interleaved half circles, blurred. A batch is a function of its number alone.
densenf::Batch<float> example::two_moons(Index count, std::uint64_t step) {
  Batch<float> points{{2, 1, 1}, count, std::vector<float>(static_cast<std::size_t>(2 * count))};
  PhiloxNoise<float, Cpu> noise(/*seed=*/1, Stream::data, step);
  std::vector<float> random(static_cast<std::size_t>(3 * count));
  noise.normal(Cpu(1), make_tensor(random.data(), count, {3, 1, 1}));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const double angle =
        std::numbers::pi * 0.5 * std::erfc(-random[3 * i] / std::numbers::sqrt2);  // uniform in (0, pi)
    const bool upper = i % 2 == 0;
    points.values[2 * i] =
        static_cast<float>(upper ? std::cos(angle) - 0.5 : 0.5 - std::cos(angle)) + 0.08F * random[3 * i + 1];
    points.values[2 * i + 1] = static_cast<float>(upper ? std::sin(angle) - 0.25 : 0.25 - std::sin(angle)) +
                               0.08F * random[3 * i + 2];
  }
  return points;
}

int main(int argc, char** argv) {
  CLI::App app("Learns the density of points in the plane and draws it.");
  std::string folder = ".", device = "cpu";
  app.option_defaults()->always_capture_default();
  app.add_option("folder", folder, "Where to put density_2d.png")->check(CLI::ExistingDirectory);
  example::add_device(app, device);
  return example::run_program(app, argc, argv, [&] {
    if (device == "cpu")
      example::learn_density(densenf::Cpu(), folder);
    else if constexpr (example::built_with_cuda)
      example::learn_density_on_gpu(folder);
    else
      throw example::built_without_cuda();
    return 0;
  });
}
