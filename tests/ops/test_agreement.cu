// ctest-labels: gradients
// own-kernels: ops/own_kernels.cu
#include "agreement_reference.hpp"
#include "densenf/densenf.cuh"
#include "list.hpp"

using namespace densenf;

// The gradients of the list are compared with differences, on the CPU and on a GPU (test_ops.cpp), in
// double; here all of a GPU's values, gradients and state with the CPU's, in float too.
TEST_CASE_TEMPLATE("ops: every operation does on the GPU what it does on the CPU", T, double, float) {
  const Cuda cuda;
  const double tolerance = std::is_same_v<T, double> ? 1e-11 : 2e-4;
  for (const Index c : {1, 3, 7}) {
    for (const Index n : {0, 1, 3}) {
      for (const Phase phase : {Phase::evaluation, Phase::training}) {
        const std::vector<device_run::Outcome> want = op_list::outcomes_on_cpu(c, n, phase);
        std::size_t next = 0;
        op_list::for_each_op(c, [&](const op_list::Op& op, const auto& declare, const auto& f) {
          const auto got =
              device_run::run<T>(cuda, op.inputs, n, op.low, op.high, phase, MemoryPolicy::store, declare, f);
          device_run::check_same(fmt::format("{}, {} channels, batch {}", op.name, c, n), got,
                                 want.at(next++), tolerance);
        });
        CHECK(next == want.size());
      }
    }
  }
}
