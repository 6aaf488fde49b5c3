// expect: Attention needs a multiple of 4 pixels: pad the images, say to 32x32, or crop them.
#include "densenf/densenf.hpp"

using namespace densenf;

// Squeezed to 3x3.
void build() { Flow<Compose<Squeeze, Unit<1, GlowModule<IntraUnit<8>>>>> flow({3, 6, 6}); }
