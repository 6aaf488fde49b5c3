#pragma once

#include "densenf/kernels/channel_order.hpp"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels {

/// Channel i of y = or += channel order(i) of x, at each pixel.
template <class T, class Order>
void reorder_channels(const Cuda& cuda, Order order, Tensor<const T> x, Tensor<T> y,
                      Write write = Write::assign) {
  for_each_number(cuda, "reordering channels", x.pixels(), x.c,
                  [=] __device__(Index p, Index i) { detail::put(write, y(p, i), x(p, order(i))); });
}

}  // namespace densenf::kernels
