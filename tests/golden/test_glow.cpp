// ctest-labels: golden
// also-on: gpu host
#include "densenf/models/glow.hpp"

#include "zoo.hpp"

using namespace densenf;

namespace {

using Tiny = Glow2<5, 2, GlowStep<6>>;
using AdditiveLuTiny = Glow2<4, 2, GlowStep<5, Additive, PluConv1x1>>;

/// All that the file says of a model.
template <class Model, class T>
void check(const std::string& name) {
  golden::ZooCase<Model, T> file(name);
  file.check_evaluation();
  file.check_sampling();
  file.check_training();
  file.check_start();
}

/// An image comes back, whatever it is: to rounding of numbers up to 2^bits.
template <class Model, class T>
void check_round_trip(const std::string& name) {
  golden::ZooCase<Model, T> file(name);
  const double error = coding_error(file.flow, file.images("input/x"));
  CHECK(error < (sizeof(T) == 8 ? 1e-9 : 1e-2));
}

}  // namespace

TEST_CASE_TEMPLATE("golden: Glow", T, double, float) {
  check<Tiny, T>("glow_tiny");
  check_round_trip<Tiny, T>("glow_tiny");
}

TEST_CASE_TEMPLATE("golden: Glow, additive and with triangular factors", T, double, float) {
  check<AdditiveLuTiny, T>("glow_additive_lu_tiny");
  check_round_trip<AdditiveLuTiny, T>("glow_additive_lu_tiny");
}
