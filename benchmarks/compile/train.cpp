// What scripts/check_compile compiles: a program that trains DenseFlow-74-10, or a model whose units have
// MODULES_FACTOR times as many modules; or another MODEL.

#include "densenf/densenf.hpp"

using namespace densenf;

#ifdef MODEL
using Model = MODEL;
#else
#ifndef MODULES_FACTOR
#define MODULES_FACTOR 1
#endif

template <int Modules>
using Block = Unit<MODULES_FACTOR * Modules, GlowModule<IntraUnit<48>>>;
using Model = Compose<Dequantize<>, Center, Squeeze, CrossUnit<6, 10, Block<5>>, Transition,
                      CrossUnit<4, 10, Block<6>>, Transition, CrossUnit<1, 10, Block<20>>>;
#endif

int main() {
  Flow<Model> flow({3, 32, 32});
  Trainer<Flow<Model>> trainer(flow, {});
  const Batch<std::uint8_t> images{{3, 32, 32}, 4, std::vector<std::uint8_t>(4 * 3072)};
  return trainer.step(images) > 0 ? 0 : 1;
}
