// timed_cases.cpp on a GPU: the argument is the precision (float, tf32 or bf16), a second one, nano, takes
// the small model instead of 74-10, a third one, own, does without cuDNN. The time of a case ends when the
// GPU has done it. scripts/check_gpu alternates this program with benchmarks/peers/timed_cases.py.

#include "gpu_options.cuh"
#include "timed_cases.hpp"

namespace {

template <class Model>
void answer(const densenf::Cuda& device) {
  bench::DenseFlowCases<densenf::Cuda, Model> cases(device);
  bench::answer_cases(
      cases, [](const std::string&) { return false; }, [&] { device.synchronize(); });
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string precision = argc > 1 ? argv[1] : "float", model = argc > 2 ? argv[2] : "74-10";
  const densenf::Cuda device = bench::make_gpu(precision, argc > 3 ? argv[3] : "cudnn");
  if (model == "nano") {
    answer<densenf::DenseFlowNano>(device);
  } else if (model == "74-10") {
    answer<densenf::DenseFlow_74_10>(device);
  } else {
    throw densenf::ArgumentError("There is no model '{}': choose 74-10 or nano.", model);
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
