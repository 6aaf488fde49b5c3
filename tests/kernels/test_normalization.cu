#include "densenf/kernels/cuda/all.cuh"

#include <doctest/doctest.h>

#include <limits>
#include <utility>
#include <vector>

#include "densenf/kernels/cpu/all.hpp"
#include "gpu.cuh"

using namespace densenf;
using namespace densenf::testing;

namespace {

constexpr Sizes cases[] = {{1, {1, 1, 2}, 0}, {1, {5, 3, 7}, 2}, {3, {33, 5, 3}, 1}, {13, {70, 16, 16}, 0}};
constexpr Sizes with_none[] = {
    {0, {5, 3, 7}, 0}, {1, {1, 1, 2}, 0}, {1, {5, 3, 7}, 2}, {13, {70, 16, 16}, 3}};

/// Numbers per channel, in both places.
template <class T>
struct Channels {
  Channels(Index c, unsigned seed, double scale = 1, double mean = 0)
      : here(normal_numbers<T>(c, seed, scale, mean)), there(on_gpu(here)) {}
  double apart() const { return testing::apart(here, there); }
  std::vector<T> here;
  Buffer<T, Cuda> there;
};

template <class T>
void statistics_on_gpu(const Images<T>& x, Channels<T>& mean, Channels<T>& variance) {
  kernels::channel_statistics(
      gpu(), as_const(x.there), mean.there.data(), variance.there.data(),
      OwnScratch(gpu(), kernels::channel_statistics_scratch_bytes<T>(gpu(), x.there)));
}

}  // namespace

TEST_CASE_TEMPLATE("normalization on a GPU: statistics of channels", T, float, double) {
  for (const auto& [n, shape, gap] : cases) {
    CAPTURE(shape.c);
    Images<T> x(n, shape, gap, 1, 2, 5);
    Channels<T> mean(shape.c, 2), variance(shape.c, 3);
    kernels::channel_statistics(cpu, as_const(x.here), mean.here.data(), variance.here.data(),
                                OwnScratch(cpu, kernels::channel_statistics_scratch_bytes<T>(cpu, x.here)));
    statistics_on_gpu(x, mean, variance);
    CHECK(mean.apart() <= tolerance<T>);
    CHECK(variance.apart() <= tolerance<T>);
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: the variance around a large mean keeps its digits", T, float,
                   double) {
  const Index n = 5;
  const Shape shape{3, 9, 9};
  Images<T> x(n, shape, 0, 1, 1, 1000);
  Channels<T> mean(shape.c, 2), variance(shape.c, 3);
  statistics_on_gpu(x, mean, variance);
  for (Index c = 0; c < shape.c; ++c) {
    double exact_mean = 0, exact = 0;
    for (Index p = 0; p < x.here.pixels(); ++p) exact_mean += static_cast<double>(x.here(p, c));
    exact_mean /= static_cast<double>(x.here.pixels());
    for (Index p = 0; p < x.here.pixels(); ++p)
      exact += std::pow(static_cast<double>(x.here(p, c)) - exact_mean, 2);
    exact /= static_cast<double>(x.here.pixels());
    // Deviations are rounded as the mean is.
    const double got = static_cast<double>(variance.there.to_host()[static_cast<std::size_t>(c)]);
    CHECK(std::abs(got - exact) <= 1000 * static_cast<double>(std::numeric_limits<T>::epsilon()));
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: ActNorm starts once", T, float, double) {
  for (const auto& [n, shape, gap] : cases) {
    CAPTURE(shape.c);
    Images<T> x(n, shape, gap, 1, 2, 3), other(n, shape, gap, 7, 5, 1);
    Channels<T> shift(shape.c, 2), log_scale(shape.c, 3);
    std::vector<T> started = {0};
    auto gpu_started = on_gpu(started);
    const auto start = [&](const Images<T>& images) {
      kernels::actnorm_start(gpu(), as_const(images.there), shift.there.data(), log_scale.there.data(),
                             gpu_started.data());
    };
    kernels::actnorm_start(cpu, as_const(x.here), shift.here.data(), log_scale.here.data(), started.data());
    start(x);
    CHECK(shift.apart() <= tolerance<T>);
    CHECK(log_scale.apart() <= tolerance<T>);
    CHECK(gpu_started.to_host() == std::vector<T>{1});

    const std::vector<T> first_shift = shift.there.to_host(), first_scale = log_scale.there.to_host();
    start(other);
    CHECK(shift.there.to_host() == first_shift);
    CHECK(log_scale.there.to_host() == first_scale);
    CHECK(gpu_started.to_host() == std::vector<T>{1});
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: ActNorm and its inverse", T, float, double) {
  for (const auto& [n, shape, gap] : with_none) {
    CAPTURE(n);
    CAPTURE(shape.c);
    Images<T> x(n, shape, gap, 1), z(n, shape, 0, 2), again(n, shape, gap + 1, 3);
    Channels<T> shift(shape.c, 4), log_scale(shape.c, 5, 0.5);
    auto log_prob = normal_numbers<double>(n, 6);
    auto gpu_log_prob = on_gpu(log_prob);
    kernels::actnorm_forward<T>(cpu, x.here, shift.here.data(), log_scale.here.data(), z.here,
                                log_prob.data());
    kernels::actnorm_forward<T>(gpu(), x.there, shift.there.data(), log_scale.there.data(), z.there,
                                gpu_log_prob.data());
    CHECK(apart(z) <= tolerance<T>);
    CHECK(apart(log_prob, gpu_log_prob) <= tolerance<double>);
    kernels::actnorm_inverse<T>(cpu, z.here, shift.here.data(), log_scale.here.data(), again.here);
    kernels::actnorm_inverse<T>(gpu(), z.there, shift.there.data(), log_scale.there.data(), again.there);
    CHECK(apart(again) <= tolerance<T>);
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: ActNorm's adjoint", T, float, double) {
  for (const auto& [n, shape, gap] : with_none) {
    for (const auto& [data, write] :
         {std::pair{false, kernels::Write::assign}, std::pair{false, kernels::Write::accumulate},
          std::pair{true, kernels::Write::accumulate}}) {
      CAPTURE(n);
      CAPTURE(shape.c);
      Images<T> z(n, shape, gap, 1), dz(n, shape, 0, 2), dx(n, shape, gap + 2, 3);
      Channels<T> log_scale(shape.c, 4, 0.5), dshift(shape.c, 5), dlog_scale(shape.c, 6);
      const auto dlog_prob = normal_numbers<double>(n, 7, 1, 0.5);
      auto gpu_dlog_prob = on_gpu(dlog_prob);
      if (data) dx.here.data = dx.there.data = nullptr;
      kernels::actnorm_backward<T>(cpu, z.here, log_scale.here.data(), dz.here, dlog_prob.data(), dx.here,
                                   write, dshift.here.data(), dlog_scale.here.data(),
                                   OwnScratch(cpu, kernels::actnorm_backward_scratch_bytes<T>(cpu, z.here)));
      kernels::actnorm_backward<T>(
          gpu(), z.there, log_scale.there.data(), dz.there, gpu_dlog_prob.data(), dx.there, write,
          dshift.there.data(), dlog_scale.there.data(),
          OwnScratch(gpu(), kernels::actnorm_backward_scratch_bytes<T>(gpu(), z.there)));
      CHECK(apart(dx) <= tolerance<T>);
      CHECK(dshift.apart() <= tolerance<T>);
      CHECK(dlog_scale.apart() <= tolerance<T>);
    }
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: batch normalization", T, float, double) {
  for (const auto& [n, shape, gap] : with_none) {
    for (const auto activation : {kernels::Activation::none, kernels::Activation::relu}) {
      CAPTURE(n);
      CAPTURE(shape.c);
      Images<T> x(n, shape, gap, 1), y(n, shape, gap + 1, 2);
      if (n > 1) {
        x.numbers[7] = std::numeric_limits<T>::quiet_NaN();
        x.copies.assign(x.numbers);
      }
      Channels<T> mean(shape.c, 3), variance(shape.c, 4, 0.1, 2), weight(shape.c, 5), bias(shape.c, 6);
      kernels::batch_norm_forward<T>(cpu, x.here, mean.here.data(), variance.here.data(), T(1e-5),
                                     weight.here.data(), bias.here.data(), activation, y.here);
      kernels::batch_norm_forward<T>(gpu(), x.there, mean.there.data(), variance.there.data(), T(1e-5),
                                     weight.there.data(), bias.there.data(), activation, y.there);
      CHECK(apart(y) <= tolerance<T>);
    }
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: running statistics", T, float, double) {
  for (const Index c : {1, 70, 300}) {
    Channels<T> mean(c, 1), variance(c, 2), running_mean(c, 3), running_variance(c, 4), next_mean(c, 5),
        next_variance(c, 6);
    kernels::batch_norm_update<T>(cpu, c, 12, T(0.1), mean.here.data(), variance.here.data(),
                                  running_mean.here.data(), running_variance.here.data(),
                                  next_mean.here.data(), next_variance.here.data());
    kernels::batch_norm_update<T>(gpu(), c, 12, T(0.1), mean.there.data(), variance.there.data(),
                                  running_mean.there.data(), running_variance.there.data(),
                                  next_mean.there.data(), next_variance.there.data());
    CHECK(next_mean.apart() <= tolerance<T>);
    CHECK(next_variance.apart() <= tolerance<T>);
  }
}

TEST_CASE_TEMPLATE("normalization on a GPU: batch normalization's adjoint", T, float, double) {
  for (const auto& [n, shape, gap] : with_none) {
    for (const auto& [from_batch, write] :
         {std::pair{false, kernels::Write::assign}, std::pair{false, kernels::Write::accumulate},
          std::pair{true, kernels::Write::assign}, std::pair{true, kernels::Write::accumulate}}) {
      const bool batch = from_batch;
      CAPTURE(batch);
      CAPTURE(n);
      CAPTURE(shape.c);
      Images<T> x(n, shape, gap, 1), dy(n, shape, 0, 2), dx(n, shape, gap + 1, 3);
      Channels<T> mean(shape.c, 4), variance(shape.c, 5, 0.1, 2), weight(shape.c, 6), dweight(shape.c, 7),
          dbias(shape.c, 8);
      kernels::batch_norm_backward<T>(
          cpu, x.here, mean.here.data(), variance.here.data(), T(1e-5), weight.here.data(), from_batch,
          dy.here, dx.here, write, dweight.here.data(), dbias.here.data(),
          OwnScratch(cpu, kernels::batch_norm_backward_scratch_bytes<T>(cpu, x.here)));
      kernels::batch_norm_backward<T>(
          gpu(), x.there, mean.there.data(), variance.there.data(), T(1e-5), weight.there.data(), from_batch,
          dy.there, dx.there, write, dweight.there.data(), dbias.there.data(),
          OwnScratch(gpu(), kernels::batch_norm_backward_scratch_bytes<T>(gpu(), x.there)));
      CHECK(apart(dx) <= tolerance<T>);
      CHECK(dweight.apart() <= tolerance<T>);
      CHECK(dbias.apart() <= tolerance<T>);
    }
  }
}
