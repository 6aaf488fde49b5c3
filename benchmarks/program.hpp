#pragma once

#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>

#include "densenf/core/error.hpp"
#include "densenf/core/shape.hpp"

// What the programs among the benchmarks need of their arguments and of the clock.
namespace bench {

/// An argument that is a number of at least 1, which `Number` holds; else throws densenf::ArgumentError.
template <class Number = densenf::Index>
Number positive_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1)
    throw densenf::ArgumentError("'{}' is not a positive number.", text);
  return value;
}

/// How many seconds f() takes.
template <class F>
double seconds(const F& f) {
  const auto begun = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace bench
