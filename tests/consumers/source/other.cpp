#include <cstdio>
#include <densenf/densenf.hpp>

void print_from_other(const densenf::Shape& shape) {
  const densenf::Cpu cpu(1);
  cpu.parallel_for(1, [&](densenf::Index) { std::printf("%s from other\n", densenf::to_string(shape).c_str()); });
}
