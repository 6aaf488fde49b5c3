#pragma once

#include <ratio>

#include "densenf/bijectors/augment.hpp"
#include "densenf/bijectors/hierarchical_coupling.hpp"
#include "densenf/bijectors/scale_shift_norm.hpp"
#include "densenf/models/survae.hpp"
#include "densenf/nn/bottom_up.hpp"
#include "densenf/nn/top_down.hpp"

// "Augmented normalizing flows: bridging the gap between generative flows and latent variable models" (Huang,
// Dinh and Courville, 2020, arXiv 2002.07101), hierarchical: latents of several resolutions are drawn, and
// steps of an encoder and a decoder change the image and them together. The networks and sizes are this
// library's own: those of the paper's models of images are not known.
namespace densenf {

/// Latents of `Channels` channels, each of half the height and width of the one before, enter as N(0, I).
template <int... Channels>
using AnfLatents = Compose<Compose<Squeeze, Augment<Channels>>...>;

/// z_l = m + s e_l, with m and s from x and z_1 ... z_(l-1).
template <class Levels, int Width, int Blocks>
using AnfEncoder = HierarchicalCoupling<Levels, AffineScalesTanh2, nn::BottomUp<Width, Blocks>, Sees::after>;

/// (z_l - m) / s, with m and s from z_(l+1) ... z_L as the encoder made them; likewise the image, as z_0.
template <class Levels, int Width, int Blocks>
using AnfDecoder =
    HierarchicalCoupling<Levels, StandardizingScalesTanh2, nn::TopDown<Width, Blocks>, Sees::before>;

template <class Levels, int Width, int Blocks>
using AnfStep = Compose<Named<"encoders.*", AnfEncoder<Levels, Width, Blocks>>,
                        Named<"decoders.*", AnfDecoder<Levels, Width, Blocks>>>;

/// `Steps` steps over the image and `Latents`, with networks of `Blocks` residual blocks at each level.
template <int Bits, class Noise, int Steps, int Width, int Blocks, int... Latents>
using Anf = WithBase<
    Compose<Named<"", Dequantize<Bits, Noise>>, Center, Named<"norm", ScaleShiftNorm>, AnfLatents<Latents...>,
            Named<"", Unit<Steps, AnfStep<LatentLevels<Latents...>, Width, Blocks>>>>,
    StandardNormal>;

/// For 3x32x32 images. Its sizes are this library's own and not the paper's.
using AnfCifar10 = Anf<8, SurVaeNoise<4, "convs.4", SurVaeNetwork<>, 32, 64, 4, 16>, 4, 96, 4, 16, 32, 64>;

/// For 8x8 digits of 5 bits.
using AnfDigits = Anf<5, SurVaeNoise<1, "convs.1", SurVaeNetwork<16, 1, 8>, 8, 16, 1, 8>, 2, 24, 1, 4, 8>;

}  // namespace densenf
