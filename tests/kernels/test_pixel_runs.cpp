// headers-only
#include "densenf/kernels/cpu/pixel_runs.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/probability.hpp"
#include "strided.hpp"

using namespace densenf;
using strided::Strided;

namespace {

constexpr auto layout = kernels::AffineLayout::interleaved();

/// What f(images, log_prob) adds for each of x's images when they come together, beside what it adds for
/// each alone. Sums of doubles: those of a few floats are exact in double, however they are grouped.
template <class F>
void check_that_company_changes_nothing(const Shape& shape, const F& f) {
  constexpr Index count = 67;
  const Strided<double> x(count, shape, 0), raw(count, {2 * shape.c, shape.h, shape.w}, 0);
  for (const int threads : {1, 2}) {
    std::vector<double> together(count), alone(count);
    f(Cpu(threads), as_const(x.view), as_const(raw.view), together.data());
    Index others = 0;
    for (Index n = 0; n < count; ++n) {
      const auto at = static_cast<std::size_t>(n);
      f(Cpu(threads), as_const(x.view.images(n, 1)), as_const(raw.view.images(n, 1)), alone.data() + n);
      others += together[at] != alone[at];
    }
    CHECK_MESSAGE(others == 0, shape.c, " channels, ", shape.h, " rows, ", threads, " threads");
  }
}

}  // namespace

TEST_CASE("pixel runs: an image's sum has the same bits in any batch and for any number of threads") {
  for (const Shape& shape : {Shape{3, 2, 2}, Shape{1, 1, 1}, Shape{7, 1, 3}, Shape{2, 5, 3}, Shape{5, 4, 6},
                             Shape{70, 1, 2}, Shape{21, 1, 1}}) {
    const auto affine = [&](auto where) {
      return [=](const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw, double* log_prob) {
        std::vector<double> z(static_cast<std::size_t>(x.size()));
        kernels::affine_forward(cpu, kernels::AffineMap<kernels::Tanh2>(), where, x, raw, layout,
                                make_tensor(z.data(), x.n, x.shape()), log_prob);
      };
    };
    check_that_company_changes_nothing(shape, affine(kernels::Everywhere()));
    check_that_company_changes_nothing(shape, affine(kernels::CheckerboardWhere{shape.h, shape.w, 0}));
    check_that_company_changes_nothing(shape, affine(kernels::CheckerboardWhere{shape.h, shape.w, 1}));
    check_that_company_changes_nothing(
        shape, [](const Cpu& cpu, Tensor<const double> x, Tensor<const double> raw, double* log_prob) {
          kernels::normal_log_prob(cpu, x, raw, layout, 0.7, log_prob);
        });
  }
}

TEST_CASE("pixel runs: each pixel is in one run, and a run has whole images or pixels of one") {
  for (const Index channels : {1, 3, 21, 64, 70, 130}) {
    for (const Index per_image : {1, 4, 15, 100}) {
      const Index pixels = 7 * per_image;
      for (const Index first : {Index(0), per_image, per_image + per_image / 2}) {
        std::vector<Index> visits(static_cast<std::size_t>(pixels * channels), 0);
        kernels::detail::for_each_run<float>(
            kernels::Everywhere(), per_image, first, pixels, channels,
            [&](const kernels::detail::PixelRun& run) {
              const Index last = run.pixel + run.pixels - 1;
              CHECK(run.numbers() <= kernels::detail::RunNumbers<float>::most);
              if (run.pixel / per_image != last / per_image) CHECK((last + 1) % per_image == 0);
              for (Index p = run.pixel; p <= last; ++p)
                for (Index c = run.first; c < run.first + run.count; ++c)
                  ++visits[static_cast<std::size_t>(p * channels + c)];
            },
            [](Index) { FAIL("no pixel is left out"); });
        Index wrong = 0;
        for (Index i = 0; i < pixels * channels; ++i)
          wrong += visits[static_cast<std::size_t>(i)] != (i >= first * channels ? 1 : 0);
        CHECK(wrong == 0);
      }
    }
  }
}
