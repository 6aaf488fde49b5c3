// ctest-labels: bijectors gradients
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "../source_scan.hpp"
#include "list.hpp"

using namespace densenf;

TEST_CASE("bijectors: every bijector's inverse, log-determinant, gradients and memory policies agree") {
  bijector_list::for_each_bijector([]<class B>(bijector_list::Of<B>, const bijector_list::Case& c) {
    const CheckReport report = check_bijector<B>(c.shape, c.options);
    CHECK_MESSAGE(report.passed(), c.name, " at ", to_string(c.shape), ": ", report.sentence, " ",
                  report.worst, " times the error allowed");
  });
}

TEST_CASE("bijectors: no bijector is left out of the list") {
  std::set<std::string> listed;
  bijector_list::for_each_bijector(
      [&]<class B>(bijector_list::Of<B>, const bijector_list::Case& c) { listed.insert(c.name); });
  const std::set<std::string> declared = scan::derived_from("Bijector", "bijectors");
  CHECK(declared.size() > 12);
  for (const std::string& name : declared) {
    CHECK_MESSAGE(listed.contains(name), name,
                  " is a bijector in include/densenf/bijectors but not in tests/bijectors/list.hpp");
  }
  for (const std::string& name : listed) {
    CHECK_MESSAGE(declared.contains(name), name,
                  " is in tests/bijectors/list.hpp but not in include/densenf/bijectors");
  }
}
