// headers-only
// While a test forbids it, Eigen asserts that nothing is allocated: here also in builds without assertions.
#include <stdexcept>
#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(condition) \
  if (!(condition)) throw std::logic_error(#condition)

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/kernels/cpu/normalization.hpp"
#include "densenf/kernels/cpu/probability.hpp"
#include "scratch.hpp"
#include "strided.hpp"

using namespace densenf;
using strided::ramp, strided::Strided;

TEST_CASE_TEMPLATE("pixels: the kernels of a training step allocate nothing", T, float, double) {
  const Cpu cpu(1);
  const Index n = 2, e = 24, c = 3 * e;
  const Shape shape{c, 8, 8};
  Strided<T> x(n, shape, 0), dx(n, shape, 0), y(n, shape, 0), dy(n, shape, 5), half(n, {c / 2, 8, 8}, 0),
      third(n, {e, 8, 8}, 0);
  std::vector<T> a = ramp<T>(c), variance(static_cast<std::size_t>(c), T(1)), da = a, db = a;
  std::vector<double> log_prob(2, 1);
  const auto in = as_const(x.view), out = as_const(y.view), dout = as_const(dy.view);
  const T* p = a.data();
  const T* v = variance.data();
  testing::OwnScratch scratch(cpu, std::max(kernels::nystrom_backward_scratch_bytes<T>(cpu, third.view),
                                            kernels::batch_norm_backward_scratch_bytes<T>(cpu, x.view)));

  Eigen::internal::set_is_malloc_allowed(false);
  CHECK_THROWS(Eigen::ArrayXd(3));
  kernels::channel_statistics(cpu, in, da.data(), db.data(), scratch);
  kernels::batch_norm_forward(cpu, in, p, v, T(1e-5), p, p, kernels::Activation::relu, y.view);
  kernels::batch_norm_backward(cpu, in, p, v, T(1e-5), p, true, dout, dx.view, kernels::Write::assign,
                               da.data(), db.data(), scratch);
  kernels::actnorm_forward(cpu, in, p, p, y.view, log_prob.data());
  kernels::actnorm_backward(cpu, out, p, dout, log_prob.data(), dx.view, kernels::Write::assign, da.data(),
                            db.data(), scratch);
  kernels::affine_forward(cpu, as_const(half.view), in, kernels::AffineLayout::interleaved(), half.view,
                          log_prob.data());
  kernels::affine_backward(cpu, as_const(half.view), in, kernels::AffineLayout::interleaved(),
                           as_const(half.view), log_prob.data(), half.view, kernels::Write::accumulate,
                           dx.view, kernels::Write::assign);
  kernels::gate_forward(cpu, in, third.view);
  kernels::gate_backward(cpu, in, as_const(third.view), dx.view, kernels::Write::assign);
  kernels::nystrom_forward(cpu, in, y.numbers.data(), third.view, scratch);
  kernels::nystrom_backward(cpu, static_cast<const T*>(y.numbers.data()), as_const(third.view), dx.view,
                            kernels::Write::assign, scratch);
  kernels::normal_log_prob(cpu, in, p, p, 1, log_prob.data());
  kernels::normal_log_prob_backward_parameters(cpu, in, p, p, 1, log_prob.data(), da.data(), db.data(),
                                               scratch);
  kernels::normal_from_noise(cpu, in, p, p, T(1), y.view);
  kernels::normal_from_noise_backward(cpu, in, p, dout, da.data(), db.data(), scratch);
  Eigen::internal::set_is_malloc_allowed(true);
}
