#pragma once

#include "densenf/data/images.hpp"
#include "densenf/densenf.hpp"

// A DenseFlow that trains in milliseconds.
namespace small {

using namespace densenf;

using Module = GlowModule<IntraUnit<8, 1, 4>>;
using Model = Compose<Dequantize<4, VariationalNoise<1, 4, 4, 1, 4, 4>>, Center, Squeeze,
                      CrossUnit<2, 2, Unit<1, Module>>, Transition, CrossUnit<1, 2, Unit<1, Module>>>;

inline Images images(Index count = 24) {
  Images all{{1, 8, 8}, count, 16, {}};
  for (Index i = 0; i < count * 64; ++i)
    all.values.push_back(static_cast<std::uint8_t>((i * i + 3 * i / 64) % 16));
  return all;
}

}  // namespace small
