// ctest-labels: bijectors gradients
// own-kernels: bijectors/own_kernels.cu
#include "agreement_run.hpp"
#include "densenf/densenf.cuh"

using namespace densenf;

// The bijectors are checked by themselves, on the CPU and on a GPU (test_bijectors.cpp), in double; here all
// of a GPU's values, gradients and state with the CPU's, in float too, also where the host stands in for it.
TEST_CASE_TEMPLATE("bijectors: every bijector does on the GPU what it does on the CPU", T, double, float) {
  const Cuda cuda;
  const double tolerance = std::is_same_v<T, double> ? 1e-11 : 2e-4;
  for (const Phase phase : {Phase::evaluation, Phase::training}) {
    const std::vector<device_run::Outcome> want = bijector_list::outcomes_on_cpu(phase);
    std::size_t next = 0;
    bijector_list::for_each_bijector([&]<class B>(bijector_list::Of<B>, const bijector_list::Case& test) {
      for (const MemoryPolicy policy :
           {MemoryPolicy::store, MemoryPolicy::recompute, MemoryPolicy::reverse}) {
        const auto got = bijector_list::run<B, T>(cuda, test, phase, policy);
        device_run::check_same(
            fmt::format("{} at {}, {}, memory policy {}", test.name, to_string(test.shape),
                        phase == Phase::training ? "training" : "evaluation", static_cast<int>(policy)),
            got, want.at(next), tolerance);
      }
      ++next;
    });
    CHECK(next == want.size());
  }
}
