// Kernels over numbers alone, over maps and over where they work, in a library with one level.

#include <cmath>
#include <cstddef>
#include <densenf/densenf.hpp>
#include <densenf/models/real_nvp.hpp>

int main() {
  using namespace densenf;
  Flow<RealNvpDigits> flow({1, 8, 8}, Cpu(1));
  Batch<std::uint8_t> images{{1, 8, 8}, 3, {}};
  for (int i = 0; i < 3 * 64; ++i) images.values.push_back(static_cast<std::uint8_t>(i * 7 % 32));
  Trainer<Flow<RealNvpDigits>> trainer(flow, {});
  const double loss = trainer.step(images);
  const double bits = flow.bits_per_dim(images);
  fmt::print("loss {:.3f}, log p {:.3f} bits/dim\n", loss, -bits);
  const auto back = flow.decode(flow.encode(images));
  for (std::size_t i = 0; i < back.values.size(); ++i) {
    if (std::abs(back.values[i] - static_cast<float>(images.values[i])) > 0.01F) return 1;
  }
  return 0;
}
