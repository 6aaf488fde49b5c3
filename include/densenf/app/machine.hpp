#pragma once

#include <sys/utsname.h>
#include <unistd.h>

#include <Eigen/src/Core/util/Macros.h>  // its version alone: Eigen/Core takes a second to parse
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "densenf/core/version.hpp"
#include "densenf/io/file.hpp"

// Where and with what a run was made, as text for people.
namespace densenf::app {

inline std::string compiler_version() {
#if defined(__clang__)
  return __VERSION__;
#else
  return "g++ " __VERSION__;
#endif
}

inline std::string eigen_version() {
  return fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
}

/// The name of this computer in its network; "unknown" where it has none.
inline std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "unknown";
}

/// Processor, number of threads that it runs at once, and system.
inline std::string machine_description() {
  struct utsname system {};
  const bool known = ::uname(&system) == 0;
  std::string processor = known ? system.machine : "unknown processor";
  std::ifstream facts("/proc/cpuinfo");  // where there is none, the architecture says enough
  for (std::string line; std::getline(facts, line);) {
    const std::size_t colon = line.find(": ");
    if (!line.starts_with("model name") || colon == std::string::npos) continue;
    processor = line.substr(colon + 2);
    break;
  }
  return fmt::format("{}, {} hardware threads, {}", processor, std::thread::hardware_concurrency(),
                     known ? fmt::format("{} {}", system.sysname, system.release) : "unknown system");
}

/// A time in seconds since 1970, such as "2026-11-29 14:05:09 +0100".
inline std::string format_time(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  struct tm local {};
  char text[64];
  if (::localtime_r(&time, &local) == nullptr) return "unknown";
  return std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &local) > 0 ? text : "unknown";
}

}  // namespace densenf::app
