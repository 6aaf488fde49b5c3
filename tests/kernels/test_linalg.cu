#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

constexpr Index sizes[] = {1, 2, 3, 12, 33, 62, 154};
constexpr Index image_counts[] = {0, 1, 700};

/// Factors of which only the strict triangles may be read, and what is added to in the backward pass.
template <class T>
struct Factors {
  explicit Factors(Index c)
      : lower(normal_numbers<T>(c * c, 1, 0.1)),
        upper(normal_numbers<T>(c * c, 2, 0.1)),
        log_s(normal_numbers<T>(c, 3, 0.1)) {
    for (Index in = 0; in < c; ++in) {
      for (Index out = 0; out <= in; ++out)
        lower[static_cast<std::size_t>(in * c + out)] = std::numeric_limits<T>::quiet_NaN();
      for (Index out = in; out < c; ++out)
        upper[static_cast<std::size_t>(in * c + out)] = std::numeric_limits<T>::quiet_NaN();
    }
  }

  std::vector<T> lower, upper, log_s;
};

}  // namespace

TEST_CASE_TEMPLATE("linalg on a GPU: a matrix is composed of its factors", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    Factors<T> f(c);
    std::vector<T> w(static_cast<std::size_t>(c * c));
    auto lower = on_gpu(f.lower), upper = on_gpu(f.upper), log_s = on_gpu(f.log_s), gpu_w = on_gpu(w);
    kernels::lu_compose<T>(cpu, f.lower.data(), f.upper.data(), f.log_s.data(), nullptr, c, w.data(),
                           OwnScratch(cpu, kernels::lu_compose_scratch_bytes<T>(cpu, c)));
    kernels::lu_compose<T>(gpu(), lower.data(), upper.data(), log_s.data(), nullptr, c, gpu_w.data(),
                           OwnScratch(gpu(), kernels::lu_compose_scratch_bytes<T>(gpu(), c)));
    CHECK(apart(w, gpu_w) <= tolerance<T> / 2);
  }
}

TEST_CASE_TEMPLATE("linalg on a GPU: the adjoint of the composition", T, float, double) {
  for (const Index c : sizes) {
    CAPTURE(c);
    Factors<T> f(c);
    const auto dw = normal_numbers<T>(c * c, 4);
    auto dlower = normal_numbers<T>(c * c, 6), dupper = normal_numbers<T>(c * c, 7),
         dlog_s = normal_numbers<T>(c, 8);
    auto lower = on_gpu(f.lower), upper = on_gpu(f.upper), log_s = on_gpu(f.log_s),
         gpu_dlower = on_gpu(dlower), gpu_dupper = on_gpu(dupper), gpu_dlog_s = on_gpu(dlog_s),
         gpu_dw = on_gpu(dw);
    kernels::lu_backward<T>(cpu, f.lower.data(), f.upper.data(), f.log_s.data(), nullptr, dw.data(), c,
                            dlower.data(), dupper.data(), dlog_s.data(),
                            OwnScratch(cpu, kernels::lu_backward_scratch_bytes<T>(cpu, c)));
    kernels::lu_backward<T>(gpu(), lower.data(), upper.data(), log_s.data(), nullptr, gpu_dw.data(), c,
                            gpu_dlower.data(), gpu_dupper.data(), gpu_dlog_s.data(),
                            OwnScratch(gpu(), kernels::lu_backward_scratch_bytes<T>(gpu(), c)));
    CHECK(apart(dlower, gpu_dlower) <= tolerance<T> / 2);
    CHECK(apart(dupper, gpu_dupper) <= tolerance<T> / 2);
    CHECK(apart(dlog_s, gpu_dlog_s) <= tolerance<T> / 2);
  }
}

TEST_CASE_TEMPLATE("linalg on a GPU: the adjoint of a log-determinant", T, float, double) {
  for (const Index c : sizes) {
    for (const Index n : image_counts) {
      CAPTURE(c);
      CAPTURE(n);
      const auto inverse = normal_numbers<T>(c * c, 1);
      const auto dlog_prob = normal_numbers<double>(n, 2, 1, 0.5);
      auto dw = normal_numbers<T>(c * c, 3);
      auto gpu_inverse = on_gpu(inverse), gpu_dw = on_gpu(dw);
      auto gpu_dlog_prob = on_gpu(dlog_prob);
      kernels::log_abs_det_backward<T>(cpu, inverse.data(), c, 0.5, dlog_prob.data(), n, dw.data());
      kernels::log_abs_det_backward<T>(gpu(), gpu_inverse.data(), c, 0.5, gpu_dlog_prob.data(), n,
                                       gpu_dw.data());
      CHECK(apart(dw, gpu_dw) <= tolerance<T> / 2);
    }
  }
}

TEST_CASE_TEMPLATE("linalg on a GPU: terms and sums are added to each number", T, float, double) {
  for (const Index n : image_counts) {
    for (const Index c : sizes) {
      CAPTURE(n);
      CAPTURE(c);
      const auto log_s = normal_numbers<T>(c, 1);
      auto values = normal_numbers<double>(n + 3, 2);
      auto gpu_log_s = on_gpu(log_s);
      auto gpu_values = on_gpu(values);
      const std::vector<double> term = {0.75};
      auto gpu_term = on_gpu(term);
      kernels::add_sum_to_each<T>(cpu, -64, log_s.data(), c, n, values.data());
      kernels::add_sum_to_each<T>(gpu(), -64, gpu_log_s.data(), c, n, gpu_values.data());
      CHECK(apart(values, gpu_values) <= tolerance<double> / 2);
      std::vector<T> dlog_s = log_s;
      kernels::add_sum_to_each_backward<T>(cpu, -64, values.data(), n, c, dlog_s.data());
      kernels::add_sum_to_each_backward<T>(gpu(), -64, gpu_values.data(), n, c, gpu_log_s.data());
      CHECK(apart(dlog_s, gpu_log_s) <= tolerance<T> / 2);
      kernels::add_to_each(cpu, 1.5, n, values.data());
      kernels::add_to_each(gpu(), 1.5, n, gpu_values.data());
      CHECK(apart(values, gpu_values) <= tolerance<double> / 2);
      kernels::add_to_each(cpu, 3.0, term.data(), n, values.data());
      kernels::add_to_each(gpu(), 3.0, gpu_term.data(), n, gpu_values.data());
      CHECK(apart(values, gpu_values) <= tolerance<double> / 2);
    }
  }
}
