#include <densenf/densenf.hpp>
#include <densenf/io/png.hpp>
#include <densenf/io/weights.hpp>

using namespace densenf;

int main() try {
  Flow<DenseFlow_74_10> flow({3, 32, 32}, Cpu(/*threads=*/2));
  fmt::print("{} parameters\n", flow.table().parameter_count());
  load_weights(flow, "denseflow.safetensors");
  save_png("samples.png", flow.sample(16, {.seed = 1}).values, flow.shape());
} catch (const Error& e) {
  fmt::print("{}\n", e.what());
}
