#pragma once

#include "densenf/kernels/channel_order.hpp"
#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/write.hpp"

namespace densenf::kernels {

/// Channel i of y = or += channel order(i) of x, at each pixel.
template <class T, class Order>
void reorder_channels(const Cpu& cpu, Order order, Tensor<const T> x, Tensor<T> y,
                      Write write = Write::assign) {
  for_each_pixel(cpu, x.pixels(), x.c, [&](Index p) {
    const T* const from = x.pixel(p);
    T* const to = y.pixel(p);
    for (Index i = 0; i < x.c; ++i) detail::put(write, to[i], from[order(i)]);
  });
}

}  // namespace densenf::kernels
