#include "levels.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include "densenf/core/cpu_level.hpp"
#include "densenf/core/error.hpp"

#ifdef DENSENF_X86_64_LEVELS
#include <cpuid.h>
#endif

// The tables of kernel_level.cpp, compiled once for each level. This file is not compiled for any of them: it
// must run on every processor.
extern "C" {
#ifdef DENSENF_X86_64_LEVELS
extern const densenf::kernels::KernelTable densenf_kernels_v2, densenf_kernels_v3, densenf_kernels_v4;
#else
extern const densenf::kernels::KernelTable densenf_kernels;
#endif
}

namespace densenf {

namespace {
constexpr const char* variable = "DENSENF_CPU_LEVEL";

#ifdef DENSENF_X86_64_LEVELS
struct Level {
  std::string_view name;  // to users of the variable it is what follows the last hyphen
  const kernels::KernelTable* kernels;
  bool here;  // whether the processor has it
};

/// What compilers use at level v3 and __builtin_cpu_supports does not know in all of them.
bool has_f16c_movbe_lzcnt() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned movbe = 1u << 22, f16c = 1u << 29, lzcnt = 1u << 5;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & movbe) == 0 || (c & f16c) == 0) return false;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (c & lzcnt) != 0;
}

std::string_view choose() {
  // These also ask whether the system keeps the wide registers of its processes.
  const bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && has_f16c_movbe_lzcnt();
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  const Level levels[] = {{"x86-64-v2", &densenf_kernels_v2, v2},
                          {"x86-64-v3", &densenf_kernels_v3, v3},
                          {"x86-64-v4", &densenf_kernels_v4, v4}};
  if (!v2) throw DeviceError("densenf::compiled needs a processor with the instructions of x86-64-v2.");
  const char* const value = std::getenv(variable);
  const std::string_view wish = value != nullptr ? value : "";
  const Level* found = nullptr;
  for (const Level& level : levels) {
    const bool named = level.name.substr(level.name.rfind('-') + 1) == wish;
    if (named && !level.here) {
      throw DeviceError(
          "{} is {}, but this processor does not have the instructions of {}: name a lower level.", variable,
          wish, level.name);
    }
    if (named || (wish.empty() && level.here)) found = &level;
  }
  if (found == nullptr) {
    throw ArgumentError("{} must be v2, v3 or v4, or not be set, and is '{}'.", variable, wish);
  }
  kernels::chosen_kernels = found->kernels;
  return found->name;
}
#else
std::string_view choose() {
  const char* const value = std::getenv(variable);
  if (value != nullptr && *value != '\0') {
    throw ArgumentError(
        "{} is '{}', but this densenf::compiled was built for one level of instructions alone: do not set "
        "it.",
        variable, value);
  }
  return "instructions as compiled";
}
#endif
}  // namespace

std::string_view detail::cpu_level() {
  static const std::string_view chosen = choose();
  return chosen;
}

namespace kernels {
#ifdef DENSENF_X86_64_LEVELS
constinit const KernelTable* chosen_kernels = &densenf_kernels_v2;
#else
constinit const KernelTable* chosen_kernels = &densenf_kernels;
#endif
}  // namespace kernels

}  // namespace densenf
