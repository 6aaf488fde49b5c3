#pragma once

#include <string>

#include "densenf/core/error.hpp"

namespace test {

/// What f() throws, in its words.
template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const densenf::Error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace test
