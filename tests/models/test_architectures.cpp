// The architectures that scripts/compare_architectures trains: they can be compared because they are of one
// size.
#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>

#include "../../benchmarks/architectures/list.hpp"
#include "../../benchmarks/architectures/neighbors.hpp"
#include "../source_scan.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using namespace architectures;

namespace {

template <class Entry, class Data>
void require_budget() {
  if constexpr (Entry::template has<Data>) {
    const Index parameters =
        densenf_test::parameters_of<typename Entry::template ModelFor<Data>>(Data::shape);
    CHECK_MESSAGE(10 * std::abs(parameters - Data::budget) <= Data::budget, Entry::name, " has ", parameters,
                  " parameters for ", Data::name, ", and the budget is ", Data::budget, " to a tenth");
  }
}

template <class... Entries>
std::set<std::string> check_entries(std::tuple<Entries...>*) {
  (require_budget<Entries, Digits>(), ...);
  (require_budget<Entries, Cifar10>(), ...);
  return {std::string(Entries::name)...};
}

}  // namespace

TEST_CASE("architectures: every model has as many parameters as the others of its data set, to a tenth") {
  const std::set<std::string> names = check_entries(static_cast<All*>(nullptr));
  CHECK(names.size() == std::tuple_size_v<All>);  // no two have the same name
}

TEST_CASE("architectures: each header of a model of images is in the list") {
  const std::string list = scan::text_of("benchmarks/architectures/small_models.hpp");
  const std::set<std::string> others{"declared.hpp", "tabular.hpp"};
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(DENSENF_SOURCE_DIR) + "/include/densenf/models")) {
    const std::string name = entry.path().filename().string();
    if (!others.contains(name))
      CHECK_MESSAGE(list.find("densenf/models/" + name) != std::string::npos, name, " is not compared");
  }
}

TEST_CASE("architectures: the names are found, and one that there is not is none of them") {
  using List =
      std::tuple<Architecture<"a", "A", Likelihood::exact, int, None<Cifar10>>,
                 Architecture<"b", "B", Likelihood::bound, int, int, Recipe<std::ratio<1, 2>, true>>>;
  using A = Find<"a", List>::type;
  using B = Find<"b", List>::type;
  CHECK(A::title == "A");
  CHECK(A::has<Digits>);
  CHECK_FALSE(A::has<Cifar10>);
  CHECK(A::RecipeType::lr == 1e-3);
  CHECK(B::has<Cifar10>);
  CHECK(B::RecipeType::lr == 0.5);
  CHECK(B::RecipeType::start_from_all);
}

TEST_CASE(
    "architectures: neighbors are correlated in a ramp, in alternating pixels the other way, not in noise") {
  const auto of = [](const auto& f) {
    Batch<std::uint8_t> images{{1, 64, 64}, 2, {}};
    for (Index i = 0; i < 2 * 64 * 64; ++i)
      images.values.push_back(static_cast<std::uint8_t>(f(i % 64, i / 64 % 64)));
    return correlation_of_neighbors(images);
  };
  CHECK(of([](Index x, Index y) { return x + y; }) > 0.99);
  CHECK(of([](Index x, Index y) { return 255 * ((x + y) % 2); }) == doctest::Approx(-1).epsilon(1e-3));
  CHECK(of([](Index, Index) { return 7; }) == 0);
  std::uint32_t state = 1;
  // 16,000 pairs: the correlation of independent numbers is within 0.04 but for five deviations.
  CHECK(std::abs(of([&](Index, Index) { return (state = state * 1664525 + 1013904223) >> 24; })) < 0.04);
}
