// The programs and tables of docs/bijectors.md.
// ctest-labels: bijectors gradients
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "../source_scan.hpp"
#include "densenf/check/check_bijector.hpp"
#include "given_scale.hpp"
#include "skew.hpp"
#include "tanh_scale.hpp"

using namespace densenf;

namespace {

template <class Piece>
void check(const Shape& shape, const BijectorOptions& options = {}) {
  const CheckReport report = check_bijector<Piece>(shape, options);
  CHECK_MESSAGE(report.passed(), Piece::type_name(), " at ", to_string(shape), ": ", report.sentence);
}

void check_quoted(const std::string& file) {
  const std::string program = scan::text_of("tests/bijectors/" + file);
  CHECK(program.size() > 500);
  CHECK_MESSAGE(scan::text_of("docs/bijectors.md").find("```cpp\n" + program + "```\n") != std::string::npos,
                "docs/bijectors.md does not quote tests/bijectors/", file, " as it is");
}

}  // namespace

TEST_CASE("docs: the coupling rule is right, also where a coupling or an autoregressive flow looks on") {
  check<SkewCoupling>({5, 1, 3});
  check<Coupling<LastOf<3>, Skew, nn::Mlp<4, 2>, 2>>({4, 2, 1}, {.context = 2});
  check<Unit<2, Compose<SkewCoupling, SwitchHalves>>>({3, 2, 1});
  check<MaskedAutoregressive<Skew, nn::Made<5>>>({4, 1, 2});
  check_quoted("skew.hpp");
}

TEST_CASE("docs: the autoregressive transform is right in both directions") {
  check<FastDensity>({5, 1, 1});
  check<FastDensity>({3, 1, 2});
  check<FastSampling>({5, 1, 1});
  check<Unit<2, Compose<FastSampling, SwitchHalves>>>({3, 2, 1});
  check_quoted("tanh_scale.hpp");
}

TEST_CASE("docs: the conditional piece is right") {
  check<GivenScale<2>>({3, 2, 2}, {.context = 2});
  check<Unit<2, Compose<GivenScale<1>, SwitchHalves>>>({5, 1, 3}, {.context = 1});
  GivenOneNumber flow({2, 1, 1}, Cpu(1));
  flow.set_parameters(std::vector<float>(static_cast<std::size_t>(flow.parameters().size()), 0.5F));
  const Batch<float> x{{2, 1, 1}, 1, {1, 2}};
  CHECK(flow.log_prob({x, Batch<float>{{1, 1, 1}, 1, {0}}}) !=
        flow.log_prob({x, Batch<float>{{1, 1, 1}, 1, {1}}}));
  check_quoted("given_scale.hpp");
}

TEST_CASE("docs: every piece, network and distribution stands in the tables") {
  const std::string page = scan::text_of("docs/bijectors.md");
  for (const std::string& name : scan::derived_from("Bijector", "bijectors")) {
    // SqueezeBy<order> and UnsqueezeBy<order> have a name for each order.
    CHECK_MESSAGE(page.find("`" + name) != std::string::npos, name, " is not in docs/bijectors.md");
  }
  for (const std::string& folder :
       {std::string("nn"), std::string("distributions"), std::string("bijectors")}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(DENSENF_SOURCE_DIR) +
                                                                 "/include/densenf/" + folder)) {
      if (entry.path().extension() != ".hpp") continue;
      const std::string header = folder + "/" + entry.path().filename().string();
      CHECK_MESSAGE(page.find("(../include/densenf/" + header + ")") != std::string::npos, header,
                    " is not in docs/bijectors.md");
    }
  }
}
