#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "densenf/core/error.hpp"

namespace densenf {

/// With which products a device may multiply matrices of floats. Sums are always floats, and so are what a
/// flow carries from piece to piece and its log-determinants. Models in double are not affected.
enum class Precision {
  full,  ///< float: 24 significant bits
  tf32,  ///< factors rounded to 11 significant bits
  bf16,  ///< factors rounded to 8 significant bits, or to more where that is faster
};

/// The precision of that name ("float", "tf32", "bf16"). Throws ArgumentError for any other name.
inline Precision make_precision(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Precision>, 3> all{
      {{"float", Precision::full}, {"tf32", Precision::tf32}, {"bf16", Precision::bf16}}};
  for (const auto& [known, precision] : all) {
    if (known == name) return precision;
  }
  throw ArgumentError("There is no precision '{}': choose one of float, tf32, bf16.", name);
}

}  // namespace densenf
