// ctest-labels: bijectors gradients
// also-on: gpu
// own-kernels: bijectors/own_kernels.cu
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "../source_scan.hpp"
#include "../test_device.hpp"
#include "list.hpp"

using namespace densenf;

TEST_CASE("bijectors: every bijector's inverse, log-determinant, gradients and memory policies agree") {
  const test::Device device = test::device_for_small_work();
  bijector_list::for_each_bijector([&]<class B>(bijector_list::Of<B>, const bijector_list::Case& c) {
    // There the differences are for the pieces; test_agreement.cu has the whole model too.
    if (test::device_is_slow && c.whole_model) return;
    BijectorOptions options = c.options;
    if (test::device_is_slow) options.most = 1;
    const CheckReport report = check_bijector<B>(device, c.shape, options);
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
