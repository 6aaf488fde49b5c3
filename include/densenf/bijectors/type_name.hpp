#pragma once

#include <string>
#include <string_view>

namespace densenf::detail {

template <class T>
constexpr std::string_view signature() {
  return __PRETTY_FUNCTION__;
}

/// The name of a class without namespaces and template arguments, as the compiler knows it.
template <class T>
constexpr std::string_view short_type_name() {
  std::string_view name = signature<T>();
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of("<;]"));
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// What a class calls itself, or its short name.
template <class T>
std::string type_name_of() {
  if constexpr (requires { T::type_name(); })
    return T::type_name();
  else
    return std::string(short_type_name<T>());
}

}  // namespace densenf::detail
