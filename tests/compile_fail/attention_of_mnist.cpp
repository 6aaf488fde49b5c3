// expect: Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them.
#include "densenf/densenf.hpp"

using namespace densenf;

// 14x14 at the first scale, where attention can be, and 7x7 at the second, where not.
using Block = CrossUnit<2, 4, Unit<2, GlowModule<IntraUnit<8>>>>;
void build() { Flow<Compose<Dequantize<>, Center, Squeeze, Block, Transition, Block>> flow({1, 28, 28}); }
