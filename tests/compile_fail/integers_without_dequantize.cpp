// expect: This flow has a density over real numbers, and integers have none: make Dequantize its first piece
#include "densenf/densenf.hpp"
int main() {
  densenf::Flow<densenf::ActNorm> flow({3, 8, 8});
  densenf::Trainer<decltype(flow)> trainer(flow, {});
  trainer.step(densenf::Batch<unsigned char>{{3, 8, 8}, 1, {}});
}
