// Says how many bytes of activations a training step takes when a unit's modules double: the unit of
// DenseFlow-74-10's last scale, 20 modules, and one of 40, at batch 16. One line per memory policy: its name,
// bytes with 20, bytes with 40. scripts/compare_pytorch puts them into its table.

#include <iostream>

#include "densenf/densenf.hpp"

namespace {

using namespace densenf;

template <int Modules>
std::size_t activation_bytes(MemoryPolicy policy) {
  constexpr Index batch = 16;
  const Shape shape{308, 4, 4};
  Flow<Unit<Modules, GlowModule<IntraUnit<48>>>> flow(shape);
  Batch<float> images{shape, batch, std::vector<float>(static_cast<std::size_t>(batch * shape.size()))};
  const Cpu device;
  kernels::fill_normal(device, NoiseKey{}, 0, make_tensor(images.values.data(), batch, shape));
  PhiloxNoise<float, Cpu> noise(0, Stream::training, 0);
  flow.loss_and_gradient(images, noise, policy);  // memory comes in pieces the first time
  flow.reset_peak();
  flow.loss_and_gradient(images, noise, policy);
  return flow.peak_bytes();
}

void report(const char* name, MemoryPolicy policy) {
  std::cout << name << ' ' << activation_bytes<20>(policy) << ' ' << activation_bytes<40>(policy)
            << std::endl;
}

}  // namespace

int main() try {
  report("store", MemoryPolicy::store);
  report("recompute", MemoryPolicy::recompute);
  report("reverse", MemoryPolicy::reverse);
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
