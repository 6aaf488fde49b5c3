#pragma once

#include "densenf/kernels/clamp_index.hpp"

// An image's numbers in an order that a model keeps as numbers, written once for every device.
namespace densenf::kernels {

/// What an order lists: channels, which every pixel has in this order; or pixels, whose halves by the order
/// become halves of the channels. A pixel that is then twice as large as its place is cut in two, which lie
/// at places that follow one another.
enum class OrderOf { channels, pixels };

/// Where numbers come from that are put into such an order. Of pixels, their number and the channels are
/// even.
template <class T>
struct ImageOrder {
  OrderOf parts;
  const T* order;
  Index pixels, channels;  ///< of an image

  struct Place {
    Index pixel, channel;
  };

  /// Where the number comes from that gets to this channel of a batch's pixel.
  constexpr Place from(Index pixel, Index channel) const {
    if (parts == OrderOf::channels) return {pixel, clamp_index(order[channel], channels)};
    const Index half = channels / 2, in_image = pixel % pixels;
    const Index listed = channel / half * (pixels / 2) + in_image / 2;
    return {pixel - in_image + clamp_index(order[listed], pixels), in_image % 2 * half + channel % half};
  }
};

}  // namespace densenf::kernels
