#pragma once

#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/cuda/bodies.cuh"
#include "densenf/kernels/cuda/launch.cuh"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/write.hpp"

// Weights of masked networks, [in][out], and the products of such networks for some of a layer's units.
namespace densenf::kernels {

/// The weight with inputs and outputs ordered by degree, and 0 where the mask keeps nothing: each output then
/// has its first inputs, and those before it no more.
template <class T>
void order_weight(const Cuda& cuda, DegreeMask mask, Tensor<const T> w, Tensor<T> ordered) {
  for_each_number(cuda, "ordering a masked weight", w.pixels(), w.c, [=] __device__(Index in, Index out) {
    ordered(mask.from.place(in), mask.to.place(out)) = mask.keeps(in, out) ? w(in, out) : T(0);
  });
}

/// dw = or += adjoint of order_weight. Looks at nothing where the mask keeps nothing.
template <class T>
void order_weight_backward(const Cuda& cuda, DegreeMask mask, Tensor<const T> dordered, Tensor<T> dw,
                           Write write) {
  for_each_number(cuda, "a masked weight's gradient", dw.pixels(), dw.c, [=] __device__(Index in, Index out) {
    const bool kept = mask.keeps(in, out);
    detail::put(write, dw(in, out), kept ? dordered(mask.from.place(in), mask.to.place(out)) : T(0));
  });
}

/// The weight transposed and with both sides ordered by degree: a pixel for each output, of which the
/// channels are its inputs. What a mask keeps is then the first inputs of each output.
template <class T>
void sort_weight(const Cuda& cuda, Degrees in, Degrees out, Tensor<const T> w, Tensor<T> sorted) {
  for_each_number(cuda, "ordering a weight", w.pixels(), w.c,
                  [=] __device__(Index i, Index o) { sorted(out.place(o), in.place(i)) = w(i, o); });
}

/// dw += adjoint of sort_weight
template <class T>
void sort_weight_backward(const Cuda& cuda, Degrees in, Degrees out, Tensor<const T> dsorted, Tensor<T> dw) {
  for_each_number(cuda, "an ordered weight's gradient", dw.pixels(), dw.c,
                  [=] __device__(Index i, Index o) { dw(i, o) += dsorted(out.place(o), in.place(i)); });
}

/// y(p, k) = act(bias[k] + the sum of w(k, i) x(p, i)): outputs whose weights have a pixel each, of which the
/// first x.c channels count.
template <class T>
void partial_products(const Cuda& cuda, Tensor<const T> x, Tensor<const T> w, const T* bias,
                      Activation activation, Tensor<T> y) {
  for_each_number(cuda, "some of a layer's units", y.pixels(), y.c, [=] __device__(Index p, Index k) {
    T sum = bias[k];
    for (Index i = 0; i < x.c; ++i) sum += x(p, i) * w(k, i);
    y(p, k) = activation == Activation::relu && sum < T(0) ? T(0) : sum;
  });
}

/// dx +=, dw +=, dbias += adjoint of partial_products, of which dy is changed; dx.data may be null, and so
/// may dw.data and dbias together.
template <class T>
void partial_products_backward(const Cuda& cuda, Tensor<const T> x, Tensor<const T> w, Tensor<const T> y,
                               Activation activation, Tensor<T> dy, Tensor<T> dx, Tensor<T> dw, T* dbias) {
  if (activation == Activation::relu) {
    for_each_number(cuda, "the adjoint of some units' relu", y.pixels(), y.c,
                    [=] __device__(Index p, Index k) {
                      if (!(y(p, k) > T(0))) dy(p, k) = T(0);
                    });
  }
  if (dx.data != nullptr) {
    for_each_number(cuda, "the adjoint of some units", dx.pixels(), x.c, [=] __device__(Index p, Index i) {
      T sum = T(0);
      for (Index k = 0; k < y.c; ++k) sum += dy(p, k) * w(k, i);
      dx(p, i) += sum;
    });
  }
  if (dw.data == nullptr) return;
  const Index pixels = y.pixels();
  for_each_number(cuda, "some units' weights' gradient", y.c, x.c + 1, [=] __device__(Index k, Index i) {
    double sum = 0;
    for (Index p = 0; p < pixels; ++p)
      sum += static_cast<double>(dy(p, k)) * (i < x.c ? static_cast<double>(x(p, i)) : 1.0);
    T& to = i < x.c ? dw(k, i) : dbias[k];
    to += static_cast<T>(sum);
  });
}

}  // namespace densenf::kernels
