// ctest-labels: bijectors gradients
// also-on: gpu host
// own-kernels: bijectors/squash.cu
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "../source_scan.hpp"
#include "../test_device.hpp"
#include "densenf/check/check_bijector.hpp"
#include "square.hpp"
#include "squash.hpp"

using namespace densenf;
using scan::text_of;

TEST_CASE("operations: the documentation's bijector made of operations is right") {
  for (const Shape& shape : {Shape{3, 2, 2}, Shape{1, 1, 5}, Shape{5, 3, 1}}) {
    const CheckReport report =
        check_bijector<Squash>(test::device_for_small_work(), shape, {.low = -20, .high = 20, .most = 6});
    CHECK_MESSAGE(report.passed(), report.sentence);
  }
  const std::string example = text_of("tests/bijectors/squash.hpp");
  CHECK(example.size() > 1000);
  CHECK_MESSAGE(text_of("docs/bijectors.md").find("```cpp\n" + example + "```\n") != std::string::npos,
                "docs/bijectors.md does not quote tests/bijectors/squash.hpp as it is");
}

TEST_CASE("operations: the documentation's surjection is right") {
  const CheckReport report =
      check_bijector<Square>(test::device_for_small_work(), {3, 2, 2}, {.low = 0.2, .most = 6});
  CHECK_MESSAGE(report.passed(), report.sentence);
  CHECK_MESSAGE(check_bijector<Square>(test::device_for_small_work(), {1, 3, 1}, {.high = -0.2}).passed(),
                "where x is negative");
  CHECK_MESSAGE(
      text_of("docs/bijectors.md").find("```cpp\n" + text_of("tests/bijectors/square.hpp") + "```\n") !=
          std::string::npos,
      "docs/bijectors.md does not quote tests/bijectors/square.hpp as it is");
}

TEST_CASE("operations: the documentation's table has all of them, and no others") {
  const std::string page = text_of("docs/bijectors.md");
  const auto begin = page.find("| operation |"), end = page.find("\n\n", begin);
  REQUIRE(begin != std::string::npos);
  const std::string table = page.substr(begin, end - begin);
  const auto declared = scan::functions_of_a_context("ops");
  CHECK(declared.size() > 30);
  for (const std::string& name : declared) {
    if (name.starts_with("require_")) continue;  // a look at sizes
    CHECK_MESSAGE(table.find("`" + name + "(") != std::string::npos, name, " is not in the table");
  }
  // What stands before a bracket behind a backtick is a name.
  for (std::size_t at = table.find('`'); at != std::string::npos; at = table.find('`', at + 1)) {
    const auto bracket = table.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1);
    if (bracket == at + 1 || table[bracket] != '(') continue;
    const std::string name = table.substr(at + 1, bracket - at - 1);
    CHECK_MESSAGE(declared.contains(name), name, " is in the table, but not in include/densenf/ops");
  }
}

#ifndef DENSENF_TEST_CUDA
TEST_CASE("operations: a function for the CPU may be made of lambdas") {
  const auto cubic = ops::elementwise(
      [](auto x) { return x + x * x * x; }, [](auto x) { return 1 + 3 * x * x; },
      [](auto x) { return std::log1p(3 * x * x); }, [](auto x) { return 6 * x / (1 + 3 * x * x); });
  const auto check = [](const auto& f) {
    const CheckReport report = check_gradient({{3, 2, 5}}, no_parameters, f);
    CHECK_MESSAGE(report.passed(), report.sentence);
  };
  check([&](const auto& ctx, std::nullptr_t, const auto& x, LogProb l) {
    return ops::map(ctx, x[0], cubic, l);
  });
  const auto square =
      ops::elementwise([](auto x) { return x * x; }, [factor = 2.0](double x) { return factor * x; });
  check([&](const auto& ctx, std::nullptr_t, const auto& x, LogProb) { return ops::map(ctx, x[0], square); });
}
#endif
