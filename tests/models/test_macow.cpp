#include "densenf/models/macow.hpp"

#include <doctest/doctest.h>

#include "densenf/densenf.hpp"
#include "densenf/flow/noise.hpp"
#include "round_trip.hpp"

using namespace densenf;

namespace {

using Style = MaCowStyle<AffineShiftsSigmoid2, 2, 3, 1, 2>;
/// All that a MaCow consists of, small.
using SmallMaCow =
    WithBase<Compose<Named<"", Dequantize<8, MaCowNoise<Style, 8, 1, 1, 4, 5, 1, 3>>>, MaCowScale,  //
                     Named<"flow.levels.0.steps.0", Unit<1, MaCowStep<Style, 6>>>, BlockSqueeze,    //
                     Named<"flow.levels.1.steps.0", Unit<1, MaCowStep<Style, 8>>>,                  //
                     MaCowPrior<"flow.levels.1.priors.0", 4, 8>,                                    //
                     Named<"flow.levels.1.steps.1", Unit<1, MaCowStep<Style, 8>>>>,
             StandardNormal>;

}  // namespace

TEST_CASE(
    "MaCow: images 32 rows high come back in float, from a model that has started and one that has trained") {
  densenf_test::check_round_trips<SmallMaCow>({3, 32, 8});
}

TEST_CASE("MaCow: to draw an image takes about as many operations as to look at one") {
  Flow<SmallMaCow, float> flow({3, 32, 8}, Cpu(1));
  PhiloxNoise<float, Cpu> noise(1, Stream::sampling, 0);
  const auto operations = [&](const auto& run) {
    OperationCount count;
    const Pass<float, Cpu> pass{.weights = flow.weights().view(), .noise = &noise, .operations = &count};
    auto& work = flow.workspace();
    work.begin(pass);
    const Context<float, Cpu, false> ctx(pass, work);
    run(ctx);
    work.end();
    return count.defined;
  };
  const double forth = operations([&](const auto& ctx) {
    const Var<float> x{ctx.tensor(2, flow.shape())};
    fill_zero(ctx.device(), x.value);
    double log_prob[2] = {0, 0};
    flow.model().apply(ctx, x, {log_prob, nullptr});
  });
  const double back = operations([&](const auto& ctx) {
    const Var<float> z{ctx.tensor(2, flow.model().output())};
    fill_zero(ctx.device(), z.value);
    flow.model().invert(ctx, z);
  });
  CHECK(forth > 0);
  CHECK(back > 0);
  CHECK(back <= 4 * forth);
  // Without the noise that only the way forth draws, it is the same number of lines.
  CHECK(back > 0.1 * forth);
}
