// expect: A tape node is dropped without being destroyed: capture only views, numbers and pointers.
#include <vector>

#include "densenf/autodiff/context.hpp"

void record(const densenf::Context<float, densenf::Cpu, true>& ctx, const std::vector<float>& kept) {
  ctx.record([kept](auto&) {});
}
