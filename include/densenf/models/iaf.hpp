#pragma once

#include "densenf/models/maf.hpp"

// Inverse autoregressive flows (IAF, NeurIPS 2016) over images, as vectors like those of MAF: a sample is one
// pass, a density goes number by number. Layers are counted from the latent, so the first piece of a flow has
// the highest number.
namespace densenf {

/// A layer of IAF, named "layers.0.made", say.
template <Name layer, class Transform, class Network>
using IafLayer = Named<layer, InverseAutoregressive<Transform, Named<"made", Network>>>;

/// Four layers for 3x32x32 images.
using IafCifar10 = WithBase<Compose<LogitVectors<8, std::ratio<1, 20>>,                           //
                                    IafLayer<"layers.3", Gate, nn::Made<1024>>, ReverseChannels,  //
                                    IafLayer<"layers.2", Gate, nn::Made<1024>>, ReverseChannels,  //
                                    IafLayer<"layers.1", Gate, nn::Made<1024>>, ReverseChannels,  //
                                    IafLayer<"layers.0", Gate, nn::Made<1024>>>,
                            StandardNormal>;

}  // namespace densenf
