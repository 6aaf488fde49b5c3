#pragma once

#include <algorithm>
#include <exception>
#include <iostream>
#include <vector>

#include <fmt/format.h>

#include "../machine.hpp"
#include "../noise_images.hpp"
#include "../program.hpp"
#include "densenf/densenf.hpp"
#include "densenf/flow/describe.hpp"

// A published configuration as a program:
//
//   published_glow BATCH [THREADS]
//
// trains on images of noise, and prints in one line, between tabs: parameters; operations of products for
// one image forward, as they are defined and as the CPU computes them; seconds of the ELBO and of a training
// step, each the median of three; the operations a second of a product of two large matrices, measured in
// turns with them. scripts/zoo rates runs them all.
namespace published {

using namespace densenf;

template <class Model>
int rate(const Shape& shape, int argc, char** argv) try {
  if (argc < 2 || argc > 3) throw ArgumentError("use: {} BATCH [THREADS]", argv[0]);
  const Cpu cpu(argc > 2 ? bench::positive_number<int>(argv[2]) : 0);
  Flow<Model> flow(shape, cpu, 1);
  const auto images = bench::noise_images(shape, bench::positive_number(argv[1]));
  Trainer trainer(flow, {.schedule = {.lr = 1e-6}});
  trainer.step(images);
  trainer.step(images);
  flow.elbo(images, {.batch = images.count});
  bench::MatrixProduct product(cpu);
  product.run();
  std::vector<double> steps, densities, products;
  for (int round = 0; round < 3; ++round) {
    products.push_back(bench::seconds([&] { product.run(); }));
    densities.push_back(bench::seconds([&] { flow.elbo(images, {.batch = images.count}); }));
    products.push_back(bench::seconds([&] { product.run(); }));
    steps.push_back(bench::seconds([&] { trainer.step(images); }));
  }
  const auto median = [](std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  constexpr double size = bench::MatrixProduct::size;
  const OperationCount operations = describe_pieces(flow).operations;
  std::cout << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", flow.parameters().size(), operations.defined,
                           operations.on_cpu, median(densities), median(steps),
                           2 * size * size * size / median(products));
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}

}  // namespace published
