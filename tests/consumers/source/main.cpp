#include <cstdio>
#include <densenf/densenf.hpp>

// Includes the library as well: two translation units that hold all of it must link.
void print_from_other(const densenf::Shape& shape);

int main() {
  const densenf::Cpu cpu(1);
  const densenf::Shape shape{3, 32, 32};
  std::printf("%s from main\n", densenf::to_string(shape).c_str());
  std::fflush(stdout);
  print_from_other(shape);
  return cpu.threads() == 1 ? 0 : 1;
}
