#include "densenf/models/denseflow.hpp"
#include "densenf/models/glow.hpp"
#include "densenf/models/iaf.hpp"
#include "densenf/models/jet.hpp"
#include "densenf/models/maf.hpp"
#include "densenf/models/nice.hpp"
#include "densenf/models/real_nvp.hpp"
#include "densenf/models/rq_nsf.hpp"
#include "densenf/models/survae.hpp"
#include "densenf/models/tarflow.hpp"
#include "round_trip.hpp"

// Models of every kind but mixtures (test_round_trips_mixtures.cpp) and MaCow (test_macow.cpp), small.

using namespace densenf;
using densenf_test::check_round_trips;

namespace {

using Module = GlowModule<nn::IntraUnit<8, 1, 4>>;
using SmallDenseFlow =
    Compose<Dequantize<8, VariationalNoise<1, 8, 8, 1, 4, 4>>, Center, Squeeze,
            CrossUnit<2, 2, Unit<1, Module>>, Transition, CrossUnit<1, 2, Unit<1, Module>>>;
using SmallNice =
    Nice<8, StandardNormal, Named<"couplings.nets.0", NiceCodeStep<16>>,
         Named<"couplings.nets.1", NiceCodeStep<16>>, Named<"couplings.nets.2", NiceCodeStep<16>>>;
using SmallRealNvp =
    RealNvp<8, Named<"scales.0", RealNvpScale<4, 1>>, Named<"scales.1", RealNvpLastScale<8, 1>>>;
using Network = SurVaeNetwork<8, 2, 4>;
using Noise = SurVaeNoise<2, "convs.2", Network, 4, 6, 2, 3>;
using SmallMaf = WithBase<
    Compose<LogitVectors<8, std::ratio<1, 20>>,  //
            Named<"layers.0", MafLayer<Standardizing, nn::Made<20>>>, Named<"norms.0", AffineBatchNorm>,
            ReverseChannels, Named<"layers.1", MafLayer<Standardizing, nn::Made<20>>>,
            Named<"norms.1", AffineBatchNorm>>,
    StandardNormal>;
using SmallIaf =
    WithBase<Compose<LogitVectors<8, std::ratio<1, 20>>, Named<"layers.1", IafLayer<Gate, nn::Made<20>>>,
                     ReverseChannels, Named<"layers.0", IafLayer<Gate, nn::Made<20>>>>,
             StandardNormal>;

constexpr Shape shape{3, 32, 8};
constexpr Shape narrow{1, 32, 2};  ///< where numbers are found one by one

}  // namespace

TEST_CASE("round trips: DenseFlow") { check_round_trips<SmallDenseFlow>(shape); }
TEST_CASE("round trips: NICE") { check_round_trips<SmallNice>(shape); }
TEST_CASE("round trips: Real NVP") { check_round_trips<SmallRealNvp>({1, 32, 4}); }
TEST_CASE("round trips: Glow") { check_round_trips<Glow2<8, 2, GlowStep<8>>>(shape); }
TEST_CASE("round trips: SurVAE, slicing and max pooling") {
  check_round_trips<SurVae<SurVaeSlice, 8, 2, Network, Noise>>(shape);
  check_round_trips<SurVae<MaxPool<>, 8, 2, Network, Noise>>(shape);
}
TEST_CASE("round trips: RQ-NSF (C)") {
  check_round_trips<RqNsf2<8, 2, rq_nsf::Config<6, 4, std::ratio<1, 5>, 1>>>(shape);
}
TEST_CASE("round trips: Jet") {
  check_round_trips<jet::Model<8, jet::Patches4, jet::Cycle<1, nn::Transformer<16, 2, 1>>>>(shape);
}
TEST_CASE("round trips: TarFlow") {
  check_round_trips<tarflow::Model<tarflow::Dequantized<8>, 4, 4, nn::CausalTransformer<16, 8, 1>>>(shape);
}
TEST_CASE("round trips: MAF") { check_round_trips<SmallMaf>(narrow); }
TEST_CASE("round trips: IAF") { check_round_trips<SmallIaf>(narrow); }
