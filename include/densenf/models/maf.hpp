#pragma once

#include <ratio>

#include "densenf/bijectors/affine_batch_norm.hpp"
#include "densenf/bijectors/autoregressive.hpp"
#include "densenf/bijectors/compose.hpp"
#include "densenf/bijectors/dequantize.hpp"
#include "densenf/bijectors/elementwise.hpp"
#include "densenf/bijectors/logit_transform.hpp"
#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/reshape.hpp"
#include "densenf/distributions/base_of.hpp"

// Masked autoregressive flows (MAF, NeurIPS 2017) over images: dequantized images y, brought to alpha + (1 -
// 2 alpha) y and through a logit, are vectors of their numbers. The numbers are reversed between layers.
namespace densenf {

/// From gray levels to vectors of real numbers; `Alpha` is a std::ratio.
template <int Bits, class Alpha>
using LogitVectors = Named<"", Compose<Dequantize<Bits, UniformNoise>, AwayFromEnds<Alpha>, Logit, Flatten>>;

/// A layer of MAF without its batch norm.
template <class Transform, class Network>
using MafLayer = MaskedAutoregressive<Transform, Named<"made", Network>>;

/// Ten layers for 3x32x32 images. The widths of the published model are not known.
using MafCifar10 = WithBase<
    Compose<LogitVectors<8, std::ratio<1, 20>>,  //
            Named<"layers.0", MafLayer<Standardizing, nn::Made<1024>>>, Named<"norms.0", AffineBatchNorm>,
            ReverseChannels, Named<"layers.1", MafLayer<Standardizing, nn::Made<1024>>>,
            Named<"norms.1", AffineBatchNorm>, ReverseChannels,
            Named<"layers.2", MafLayer<Standardizing, nn::Made<1024>>>, Named<"norms.2", AffineBatchNorm>,
            ReverseChannels, Named<"layers.3", MafLayer<Standardizing, nn::Made<1024>>>,
            Named<"norms.3", AffineBatchNorm>, ReverseChannels,
            Named<"layers.4", MafLayer<Standardizing, nn::Made<1024>>>, Named<"norms.4", AffineBatchNorm>,
            ReverseChannels, Named<"layers.5", MafLayer<Standardizing, nn::Made<1024>>>,
            Named<"norms.5", AffineBatchNorm>, ReverseChannels,
            Named<"layers.6", MafLayer<Standardizing, nn::Made<1024>>>, Named<"norms.6", AffineBatchNorm>,
            ReverseChannels, Named<"layers.7", MafLayer<Standardizing, nn::Made<1024>>>,
            Named<"norms.7", AffineBatchNorm>, ReverseChannels,
            Named<"layers.8", MafLayer<Standardizing, nn::Made<1024>>>, Named<"norms.8", AffineBatchNorm>,
            ReverseChannels, Named<"layers.9", MafLayer<Standardizing, nn::Made<1024>>>,
            Named<"norms.9", AffineBatchNorm>>,
    StandardNormal>;

}  // namespace densenf
