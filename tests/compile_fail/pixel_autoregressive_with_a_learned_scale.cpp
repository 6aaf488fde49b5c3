// expect: The transform of a PixelAutoregressive has no parameters of its own.
#include "densenf/densenf.hpp"
#include "densenf/models/tarflow.hpp"

using namespace densenf;

using Block = PixelAutoregressive<PixelOrder::forwards, AffineLearnedTanh<1>, nn::CausalTransformer<8, 4, 1>>;

void make() { Flow<WithBase<Compose<Block>, StandardNormal>> flow({3, 2, 2}); }
