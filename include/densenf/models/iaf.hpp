#pragma once

#include "densenf/models/maf.hpp"

// Inverse autoregressive flows (IAF, NeurIPS 2016) over images, as vectors like those of MAF: a sample is one
// pass, a density goes number by number. Layers are counted from the latent, so the first piece of a flow has
// the highest number.
namespace densenf {

/// A layer of IAF.
template <class Transform, class Network>
using IafLayer = InverseAutoregressive<Transform, Named<"made", Network>>;

/// Four layers for 3x32x32 images.
using IafCifar10 = WithBase<Compose<LogitVectors<8, std::ratio<1, 20>>,                                  //
                                    Named<"layers.3", IafLayer<Gate, nn::Made<1024>>>, ReverseChannels,  //
                                    Named<"layers.2", IafLayer<Gate, nn::Made<1024>>>, ReverseChannels,  //
                                    Named<"layers.1", IafLayer<Gate, nn::Made<1024>>>, ReverseChannels,  //
                                    Named<"layers.0", IafLayer<Gate, nn::Made<1024>>>>,
                            StandardNormal>;

}  // namespace densenf
