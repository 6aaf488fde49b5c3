#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace densenf::detail {

/// A stored value as a T, or nothing where T cannot hold it: floating point is rounded to T but never
/// overflows, integers become floating point only where that is exact, and integers only from integers.
template <class T, class Stored>
std::optional<T> converted(Stored value) {
  if constexpr (std::is_same_v<Stored, Eigen::half> || std::is_same_v<Stored, Eigen::bfloat16>) {
    return converted<T>(static_cast<float>(value));
  } else if constexpr (std::is_floating_point_v<Stored>) {
    if constexpr (std::is_floating_point_v<T>) {
      const T result = static_cast<T>(value);
      if (std::isfinite(result) == std::isfinite(value)) return result;
    }
    return std::nullopt;
  } else if constexpr (std::is_floating_point_v<T>) {
    constexpr std::int64_t limit = std::int64_t{1} << std::numeric_limits<T>::digits;
    if (std::cmp_greater(value, limit) || std::cmp_less(value, -limit)) return std::nullopt;
    return static_cast<T>(value);
  } else {
    if (!std::in_range<T>(value)) return std::nullopt;
    return static_cast<T>(value);
  }
}

}  // namespace densenf::detail
