#pragma once

namespace densenf {

/// The version of densenf, as CMake's project has it from here.
inline constexpr const char* library_version = "0.1.0";

}  // namespace densenf
