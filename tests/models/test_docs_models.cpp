// What docs/models.md says.
#include <doctest/doctest.h>

#include <string>

#include "../source_scan.hpp"
#include "densenf/bijectors/standardize.hpp"
#include "densenf/models/tabular.hpp"
#include "parameter_count.hpp"

using namespace densenf;
using densenf_test::parameters_of;

TEST_CASE("docs: types of models are quoted as their headers have them") {
  std::string models;
  scan::headers("models", [&](const std::string& text) { models += text; });
  const std::string page = scan::text_of("docs/models.md"), begin = "```cpp\n";
  int count = 0;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at + 1), ++count) {
    const std::size_t first = at + begin.size();
    const std::string type = page.substr(first, page.find("```", first) - first);
    CHECK_MESSAGE(models.find(type) != std::string::npos, "no header has the type\n", type);
  }
  CHECK(count > 20);
}

TEST_CASE("docs: a model for tables may stand behind Standardize") {
  using Standardized = WithBase<Compose<Standardize, TabularMaf<>>, StandardNormal>;
  CHECK(parameters_of<Standardized>({5, 1, 1}) == parameters_of<TabularMaf<>>({5, 1, 1}));
}
