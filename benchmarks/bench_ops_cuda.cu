// headers-only: its clock has kernels of its own.
// The kernels of a GPU one by one, as one training step of DenseFlow-74-10 calls them: how often, at which
// sizes, and how long each takes.
//
//     bench_ops_cuda [float|tf32|bf16] [batch] [store|recompute|reverse] [74-10|nano] [size of the product]
//     [cudnn|own]
//
// Writes lines whose fields are separated by tabs; seconds, operations and bytes are those of one call:
//     cudnn <calls> <calls>                          3x3 convolutions that cuDNN did, and that it left to us
//     product <seconds> <operations>                 of two large matrices by cuBLASLt, in that precision
//     copy <seconds> <bytes>                         within the GPU; the bytes read and written
//     call <kernel> <size> <calls> <seconds> <operations> <bytes>
// A call is repeated on the same memory, which the GPU's cache may hold if it is small.

#include "cases.hpp"
#include "gpu_options.cuh"
#include "profiled_kernels.cuh"

namespace {

using namespace densenf;

/// A training step as Stepper has it.
template <class Model>
void run_step(const bench::Profiled& device, Index batch, MemoryPolicy policy) {
  Flow<Model, float, bench::Profiled> flow({3, 32, 32}, device);
  const auto images = bench::noise_images({3, 32, 32}, batch);
  PhiloxNoise<float, bench::Profiled> noise(0, Stream::training, 0);
  flow.initialize(images);
  flow.loss_and_gradient(images, noise, policy);  // finds its memory
  TrainingPass<typename Flow<Model, float, bench::Profiled>::SessionType> pass(flow);
  pass.stage(images);
  Buffer<double, Cuda> loss(device, 1);
  device.start();
  pass.differentiate(noise, {policy}, flow.gradients().data(), loss.data());

  const auto rule = Adamax{}.rule<float>(1e-4, 1, 1);
  const Index n = flow.parameters().size();
  Buffer<float, Cuda> moments(device, 2 * n);
  Buffer<double, Cuda> squared_norm(device, 1);
  Buffer<std::byte, Cuda> rule_there(device, sizeof rule);
  rule_there.assign(std::as_bytes(std::span(&rule, 1)));
  const float* const gradients = flow.gradients().data();
  kernels::squared_norm(device, gradients, n, squared_norm.data(),
                        pass.scratch().lend(kernels::squared_norm_scratch_bytes(device, gradients, n)));
  flow.weights().take_step([&](auto& parameters, auto&) {
    kernels::optimizer_pass(device, reinterpret_cast<const decltype(rule)*>(rule_there.data()),
                            kernels::StepFacts{loss.data(), squared_norm.data(), 0}, parameters.data(),
                            flow.gradients().data(), moments.data(), n);
  });
  device.synchronize();
}

}  // namespace

int main(int argc, char** argv) try {
  const auto argument = [&](int i, const char* otherwise) {
    return std::string(i < argc ? argv[i] : otherwise);
  };
  const Cuda cuda = bench::make_gpu(argument(1, "float"), argument(6, "cudnn"));
  const Index batch = std::stol(argument(2, "64")), size = std::stol(argument(5, "8192"));
  const MemoryPolicy policy = make_memory_policy(argument(3, "store"));
  const std::string model = argument(4, "74-10");
  const bench::Profiled device(cuda);
  if (batch < 1 || size < 1) throw ArgumentError("The batch and the size of the product must be at least 1.");

  fmt::print("product\t{}\t{}\n", bench::seconds_of_product(cuda, size),
             2 * std::pow(static_cast<double>(size), 3));
  const Index bytes = 16 * size * size;
  fmt::print("copy\t{}\t{}\n", bench::seconds_of_copy(cuda, bytes), 2 * bytes);
  std::fflush(stdout);
  if (model == "nano") {
    run_step<DenseFlowNano>(device, batch, policy);
  } else if (model == "74-10") {
    run_step<DenseFlow_74_10>(device, batch, policy);
  } else {
    throw ArgumentError("There is no model '{}': choose 74-10 or nano.", model);
  }
  fmt::print("cudnn\t{}\t{}\n", cuda.cudnn_use().done, cuda.cudnn_use().left);
  for (const auto& [kernel, calls] : device.profile()) {
    fmt::print("call\t{}\t{}\t{}\t{}\t{}\t{}\n", kernel.first, kernel.second, calls.count, calls.seconds,
               calls.operations, calls.bytes);
  }
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
