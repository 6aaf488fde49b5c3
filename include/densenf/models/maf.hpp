#pragma once

#include <ratio>

#include "densenf/bijectors/affine_batch_norm.hpp"
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/distributions/base_of.hpp"

// Masked autoregressive flows (MAF, NeurIPS 2017) over images: dequantized images y, brought to alpha + (1 -
// 2 alpha) y and through a logit, are vectors of their numbers. The numbers are reversed between layers.
namespace densenf {

/// From gray levels to vectors of real numbers; `Alpha` is a std::ratio.
template <int Bits, class Alpha>
using LogitVectors =
    Named<"",
          Compose<Dequantize<Bits, UniformNoise>,
                  ScalarAffine<std::ratio_subtract<std::ratio<1>, std::ratio_multiply<std::ratio<2>, Alpha>>,
                               Alpha>,
                  Logit, Flatten>>;

/// A layer of MAF: layer number `layer` is named "layers.0.made", say, and its batch norm "norms.0".
template <Name layer, Name norm, class Transform, class Network>
using MafLayer = Named<"", Compose<Named<layer, MaskedAutoregressive<Transform, Named<"made", Network>>>,
                                   Named<norm, AffineBatchNorm>>>;

/// Ten layers for 3x32x32 images. The widths of the published model are not known.
using MafCifar10 =
    WithBase<Compose<LogitVectors<8, std::ratio<1, 20>>,  //
                     MafLayer<"layers.0", "norms.0", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.1", "norms.1", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.2", "norms.2", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.3", "norms.3", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.4", "norms.4", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.5", "norms.5", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.6", "norms.6", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.7", "norms.7", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.8", "norms.8", Standardizing, nn::Made<1024>>, ReverseChannels,
                     MafLayer<"layers.9", "norms.9", Standardizing, nn::Made<1024>>>,
             StandardNormal>;

}  // namespace densenf
