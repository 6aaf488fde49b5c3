// ctest-labels: golden
// also-on: gpu host
#include "densenf/bijectors/adaptive_continuous.hpp"
#include "densenf/models/ffjord.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

template <int Steps, Trace trace>
using Tiny =
    Ffjord2<5, std::ratio<1, 20>, 1, ContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 6, 6>, Steps, trace>>;
template <int Steps, Trace trace>
using TinySquash = Ffjord2<5, std::ratio<1, 1000000>, 2,
                           ContinuousFlow<nn::TimeNetwork<nn::TimeGatedConv, 4, 3>, Steps, trace>>;

template <int Digits, Trace trace>
using TinyAdaptive =
    Ffjord2<5, std::ratio<1, 20>, 1,
            AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeConcatConv, 6, 6>, Digits, trace>>;
template <int Digits, Trace trace>
using TinySquashAdaptive =
    Ffjord2<5, std::ratio<1, 1000000>, 2,
            AdaptiveContinuousFlow<nn::TimeNetwork<nn::TimeGatedConv, 4, 3>, Digits, trace>>;

/// Log-densities with other steps or traces; exact traces draw nothing.
template <class Model>
void check_log_prob(const char* name, bool with_probes, const char* wanted, double relative) {
  golden::ZooCase<Model, double>(name).check_log_prob(wanted, relative, !with_probes);
}

}  // namespace

TEST_CASE_TEMPLATE("golden: FFJORD", T, double, float) {
  golden::ZooCase<Tiny<4, Trace::signs>, T> file("ffjord_tiny");
  file.check_evaluation();
  file.check_sampling_in_parts({96, 96}, 32);
  file.check_gradients(MemoryPolicy::store);
  file.check_gradients(MemoryPolicy::recompute);
}

TEST_CASE_TEMPLATE("golden: FFJORD with gates of time", T, double, float) {
  golden::ZooCase<TinySquash<2, Trace::normal>, T> file("ffjord_tiny_squash");
  file.check_evaluation();
  file.check_sampling_in_parts({8, 8}, 32);
  file.check_gradients(MemoryPolicy::store);
  file.check_gradients(MemoryPolicy::recompute);
}

TEST_CASE("golden: FFJORD with exact traces, and with steps as fine as rounding") {
  check_log_prob<TinySquash<2, Trace::exact>>("ffjord_tiny_squash", false, "eval/exact_log_prob", 1e-9);
  if (test::device_is_slow) return;
  check_log_prob<TinyAdaptive<10, Trace::signs>>("ffjord_tiny", true, "eval/dopri5_log_prob", 1e-8);
  check_log_prob<TinySquashAdaptive<10, Trace::normal>>("ffjord_tiny_squash", true, "eval/dopri5_log_prob",
                                                        1e-8);
  check_log_prob<Tiny<4, Trace::exact>>("ffjord_tiny", false, "eval/exact_log_prob", 1e-9);
  check_log_prob<Tiny<128, Trace::signs>>("ffjord_tiny", true, "eval/dopri5_log_prob", 1e-8);
  check_log_prob<TinySquash<128, Trace::normal>>("ffjord_tiny_squash", true, "eval/dopri5_log_prob", 1e-8);
}
