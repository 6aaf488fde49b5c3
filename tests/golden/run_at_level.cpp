// run_at_level <v2|v3|v4> <program>: runs a program that was compiled for this level of x86-64; where the
// processor does not have its instructions, says so and exits with 77, which ctest lists as skipped.

#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace {

bool processor_has(std::string_view level) {
  const bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return level == "v2" ? v2 : level == "v3" ? v3 : v4;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view level = argc > 1 ? argv[1] : "";
  if (argc < 3 || (level != "v2" && level != "v3" && level != "v4")) {
    std::fputs("run_at_level takes a level, v2, v3 or v4, and a program.\n", stderr);
    return 1;
  }
  if (!processor_has(level)) {
    std::printf("skipped: this processor does not have the instructions of x86-64-%s\n", argv[1]);
    return 77;
  }
  execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 1;
}
