#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <cmath>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "densenf/kernels/maps.hpp"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

constexpr Sizes cases[] = {{0, {5, 3, 7}, 0}, {1, {1, 1, 1}, 0}, {1, {5, 3, 7}, 2}, {3, {33, 5, 3}, 1}};

/// Numbers from which rounding, overflow and NaN come, put in the place of some of the images' numbers.
template <class T>
void put_edges(Images<T>& x) {
  using Limits = std::numeric_limits<T>;
  const T edges[] = {T(0),
                     T(1),
                     T(-0.5),
                     T(1.5),
                     Limits::min(),
                     T(1) - Limits::epsilon() / 2,
                     Limits::max(),
                     -Limits::max(),
                     T(17.5),
                     Limits::infinity(),
                     -Limits::infinity(),
                     Limits::quiet_NaN(),
                     Limits::denorm_min()};
  for (std::size_t i = 0; i < x.numbers.size(); ++i) {
    if (i % 3 == 0) x.numbers[i] = edges[i / 3 % std::size(edges)];
  }
  x.copies.assign(x.numbers);
}

/// The same where sums over images are compared, which one number would spoil: only some images have any.
template <class T>
void put_outside(Images<T>& x) {
  for (T& v : x.numbers) v = T(0.5) + T(0.1) * (v > T(4) ? T(4) : v < T(-4) ? T(-4) : v);
  if (x.here.n > 1) x.here(x.here.h * x.here.w, 0) = T(-2);
  if (x.here.n > 2) x.here(2 * x.here.h * x.here.w, 0) = T(1);
  x.copies.assign(x.numbers);
}

}  // namespace

TEST_CASE_TEMPLATE("elementwise on a GPU: what lies in (0, 1), and what does not", T, float, double) {
  for (const auto& [n, shape, gap] : cases) {
    CAPTURE(n);
    CAPTURE(shape.c);
    Images<T> x(n, shape, gap, 1), y(n, shape, 0, 2), again(n, shape, gap + 1, 3);
    auto log_prob = normal_numbers<double>(n, 4);
    auto gpu_log_prob = on_gpu(log_prob);
    const auto same = [&] {
      CHECK(apart(y) <= tolerance<T>);
      CHECK(apart(log_prob, gpu_log_prob) <= tolerance<T>);
    };
    kernels::sigmoid_forward<T>(cpu, x.here, y.here, log_prob.data());
    kernels::sigmoid_forward<T>(gpu(), x.there, y.there, gpu_log_prob.data());
    same();
    put_edges(x);
    kernels::sigmoid_forward<T>(cpu, x.here, y.here, log_prob.data());
    kernels::sigmoid_forward<T>(gpu(), x.there, y.there, gpu_log_prob.data());
    same();
    kernels::sigmoid_inverse<T>(cpu, x.here, again.here);
    kernels::sigmoid_inverse<T>(gpu(), x.there, again.there);
    CHECK(apart(again) <= tolerance<T>);

    Images<T> z(n, shape, gap, 6);
    put_outside(z);
    log_prob = normal_numbers<double>(n, 4);
    gpu_log_prob.assign(log_prob);
    kernels::logit_forward<T>(cpu, z.here, y.here, log_prob.data());
    kernels::logit_forward<T>(gpu(), z.there, y.there, gpu_log_prob.data());
    same();
    if (n == 3) {
      CHECK(std::isfinite(log_prob[0]));
      CHECK(log_prob[1] == -std::numeric_limits<double>::infinity());
      CHECK(log_prob[2] == -std::numeric_limits<double>::infinity());
    }
    const auto dlog_prob = normal_numbers<double>(n, 5);
    const auto gpu_dlog_prob = on_gpu(dlog_prob);
    kernels::logit_backward<T>(cpu, z.here, y.here, dlog_prob.data(), again.here);
    kernels::logit_backward<T>(gpu(), z.there, y.there, gpu_dlog_prob.data(), again.there);
    CHECK(apart(again) <= tolerance<T>);
    put_edges(z);
    kernels::logit_forward<T>(cpu, z.here, y.here, log_prob.data());
    kernels::logit_forward<T>(gpu(), z.there, y.there, gpu_log_prob.data());
    same();
  }
}

TEST_CASE_TEMPLATE("elementwise on a GPU: gray levels and noise", T, float, double) {
  for (const auto& [n, shape, gap] : cases) {
    CAPTURE(n);
    CAPTURE(shape.c);
    Images<T> x(n, shape, gap, 1), u(n, shape, 0, 2), y(n, shape, gap + 1, 3), du(n, shape, 2, 4);
    for (std::size_t i = 0; i < x.numbers.size(); ++i)
      x.numbers[i] = static_cast<T>(i % 2 == 0 ? 255 : i % 256);
    for (std::size_t i = 0; i < u.numbers.size(); ++i) {
      u.numbers[i] = i % 3 == 0   ? static_cast<T>(0.99999994F)
                     : i % 3 == 1 ? std::numeric_limits<T>::min()
                                  : T(0.3);
    }
    x.copies.assign(x.numbers);
    u.copies.assign(u.numbers);
    auto log_prob = normal_numbers<double>(n, 5);
    auto gpu_log_prob = on_gpu(log_prob);
    kernels::dequantized_logit_forward<T>(cpu, x.here, u.here, 256, y.here, log_prob.data());
    kernels::dequantized_logit_forward<T>(gpu(), x.there, u.there, 256, y.there, gpu_log_prob.data());
    CHECK(apart(y) <= tolerance<T>);
    CHECK(apart(log_prob, gpu_log_prob) <= tolerance<T>);
    const auto dlog_prob = normal_numbers<double>(n, 6);
    const auto gpu_dlog_prob = on_gpu(dlog_prob);
    kernels::dequantized_logit_backward<T>(cpu, x.here, u.here, 256, y.here, dlog_prob.data(), du.here);
    kernels::dequantized_logit_backward<T>(gpu(), x.there, u.there, 256, y.there, gpu_dlog_prob.data(),
                                           du.there);
    CHECK(apart(du) <= tolerance<T>);

    if (n > 0) u.numbers[0] = std::numeric_limits<T>::quiet_NaN();  // of a network that diverges
    u.copies.assign(u.numbers);
    kernels::dequantize<T>(cpu, x.here, u.here, 256, y.here);
    kernels::dequantize<T>(gpu(), x.there, u.there, 256, y.there);
    CHECK(apart(y) <= tolerance<T>);
    if (n > 0) CHECK(std::isnan(y.here(0, 0)));
    for (Index p = 0; p < x.here.pixels(); ++p) {
      for (Index c = 0; c < shape.c; ++c) {
        if (p + c == 0) continue;
        CHECK(y.here(p, c) > 0);
        CHECK(y.here(p, c) < 1);
      }
    }
  }
}

TEST_CASE_TEMPLATE("elementwise on a GPU: functions, products and sums", T, float, double) {
  for (const auto& [n, shape, gap] : cases) {
    for (const auto write : {kernels::Write::assign, kernels::Write::accumulate}) {
      CAPTURE(n);
      CAPTURE(shape.c);
      Images<T> x(n, shape, gap, 1), y(n, shape, 0, 2), z(n, shape, gap + 1, 3);
      put_edges(x);
      const auto same = [&](const auto& f) {
        kernels::map_forward<T>(cpu, f, x.here, z.here);
        kernels::map_forward<T>(gpu(), f, x.there, z.there);
        CHECK(apart(z) <= tolerance<T>);
        kernels::map_backward<T>(cpu, f, x.here, y.here, z.here, write);
        kernels::map_backward<T>(gpu(), f, x.there, y.there, z.there, write);
        CHECK(apart(z) <= tolerance<T>);
      };
      same(kernels::maps::Tanh());
      same(kernels::maps::Softplus());
      same(kernels::maps::Sigmoid());
      kernels::multiply_numbers<T>(cpu, x.here, y.here, z.here, write);
      kernels::multiply_numbers<T>(gpu(), x.there, y.there, z.there, write);
      CHECK(apart(z) <= tolerance<T>);
    }
  }
}
