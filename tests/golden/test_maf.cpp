// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/iaf.hpp"
#include "densenf/models/maf.hpp"
#include "zoo.hpp"

using namespace densenf;
using golden::ZooCase;

namespace {

using Alpha = std::ratio<1, 20>;
using Tiny = WithBase<
    Compose<LogitVectors<5, Alpha>,  //
            Named<"layers.0", MafLayer<Standardizing, nn::Made<20>>>, Named<"norms.0", AffineBatchNorm>,
            ReverseChannels, Named<"layers.1", MafLayer<Standardizing, nn::Made<20>>>,
            Named<"norms.1", AffineBatchNorm>, ReverseChannels,
            Named<"layers.2", MafLayer<Standardizing, nn::Made<20>>>, Named<"norms.2", AffineBatchNorm>>,
    StandardNormal>;

using Made25 = Named<"made", nn::Made<25, 1, true>>;
using TinyResidual = WithBase<
    Compose<LogitVectors<5, Alpha>, Named<"layers.0", MaskedAutoregressive<AutoregressiveSoftplus, Made25>>,
            ReverseChannels, Named<"layers.1", MaskedAutoregressive<AutoregressiveSoftplus, Made25>>>,
    StandardNormal>;

using TinyIaf = WithBase<Compose<LogitVectors<5, Alpha>, Named<"layers.1", IafLayer<Gate, nn::Made<20>>>,
                                 ReverseChannels, Named<"layers.0", IafLayer<Gate, nn::Made<20>>>>,
                         StandardNormal>;

}  // namespace

TEST_CASE_TEMPLATE("maf: values, samples, gradients and starts of the golden file", T, double, float) {
  ZooCase<Tiny, T> c("maf_tiny");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
  c.check_start();
}

TEST_CASE_TEMPLATE("maf with residual networks: the golden file", T, double, float) {
  ZooCase<TinyResidual, T> c("maf_tiny_residual");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
}

TEST_CASE_TEMPLATE("iaf: the golden file", T, double, float) {
  ZooCase<TinyIaf, T> c("iaf_tiny");
  c.check_evaluation();
  c.check_sampling(32);
  c.check_training();
}
