#pragma once

#include <exception>
#include <set>
#include <string>

#include "densenf/app/progress.hpp"

namespace densenf::app {

/// Does what a run can do without. That a kind of thing failed is said once on stderr, and not each time.
class Attempts {
public:
  /// Calls f; false if it threw, which is then the failure that a sentence begins with.
  template <class F>
  bool operator()(const char* failure, const F& f) {
    try {
      f();
      return true;
    } catch (const std::exception& e) {
      if (told_.insert(failure).second)
        write_text(stderr, fmt::format("{}, while the run goes on: {}\n", failure, e.what()));
      return false;
    }
  }

private:
  std::set<std::string> told_;
};

}  // namespace densenf::app
