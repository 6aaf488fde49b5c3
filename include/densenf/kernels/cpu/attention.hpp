#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/kernels/write.hpp"

// Nystrom attention as the published checkpoints have it: four landmarks, softmax over the row axis, and
// the (3E, H, W) memory of an image read as an (HW, 3E) matrix.
namespace densenf::kernels {

namespace nystrom {

template <class T>
using Square = Eigen::Matrix<T, landmarks, landmarks>;
template <class T>
using Wide = Eigen::Map<Eigen::Matrix<T, landmarks, Eigen::Dynamic, Eigen::RowMajor>>;  // (4, HW) or (4, E)
template <class T>
using Tall = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, landmarks>>;  // (HW, 4)
template <class T>
using Rows =
    Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::OuterStride<>>;
template <class T>
using ConstRows = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0,
                             Eigen::OuterStride<>>;

/// Softmax of every column, in place: the published "axis -2".
template <class M>
void softmax_columns(M& a) {
  for (Index j = 0; j < a.cols(); ++j) {
    auto column = a.col(j);
    column.array() = (column.array() - column.maxCoeff()).exp();
    column /= column.sum();
  }
}

/// The same for four rows, whose columns are done side by side.
template <class T>
void softmax_columns(Wide<T>& a) {
  for_each_packet(
      a.cols(),
      [](auto w, auto x, auto y, auto z) {
        const Lanes<T> most = w.max(x).max(y.max(z));
        w = (w - most).exp();
        x = (x - most).exp();
        y = (y - most).exp();
        z = (z - most).exp();
        const Lanes<T> scale = T(1) / (w + x + y + z);
        w *= scale;
        x *= scale;
        y *= scale;
        z *= scale;
      },
      &a(0, 0), &a(1, 0), &a(2, 0), &a(3, 0));
}

/// da = adjoint of softmax_columns; `s` is its output, `ds` the gradient, overwritten.
template <class M, class D>
void softmax_columns_backward(const M& s, D& ds) {
  for (Index j = 0; j < s.cols(); ++j) {
    const auto dot = s.col(j).dot(ds.col(j));
    ds.col(j).array() = s.col(j).array() * (ds.col(j).array() - dot);
  }
}

/// The iterated pseudo-inverse of a positive 4x4 matrix, with what its adjoint needs.
template <class T>
struct PseudoInverse {
  static constexpr std::size_t steps = pseudo_inverse_steps;
  std::array<Square<T>, steps + 1> v;
  T column_max, row_max;
  Index column_at, row_at;

  explicit PseudoInverse(const Square<T>& k) {
    column_max = k.cwiseAbs().colwise().sum().maxCoeff(&column_at);
    row_max = k.cwiseAbs().rowwise().sum().maxCoeff(&row_at);
    v[0] = k.transpose() / (column_max * row_max);
    for (std::size_t i = 0; i < steps; ++i) {
      const Square<T> kv = k * v[i];
      const Square<T> eye = Square<T>::Identity();
      v[i + 1] = T(0.25) * v[i] * (T(13) * eye - kv * (T(15) * eye - kv * (T(7) * eye - kv)));
    }
  }
  const Square<T>& value() const { return v[steps]; }

  /// d loss / d k, given d loss / d value.
  Square<T> backward(const Square<T>& k, Square<T> dv) const {
    Square<T> dk = Square<T>::Zero();
    for (std::size_t i = steps; i-- > 0;) {
      const Square<T> eye = Square<T>::Identity();
      const Square<T> kv = k * v[i], a = T(7) * eye - kv, b = T(15) * eye - kv * a, c = T(13) * eye - kv * b;
      const Square<T> dc = T(0.25) * v[i].transpose() * dv;
      const Square<T> db = -kv.transpose() * dc;
      const Square<T> da = -kv.transpose() * db;
      const Square<T> dkv = -(dc * b.transpose() + db * a.transpose() + da);
      dk += dkv * v[i].transpose();
      dv = (T(0.25) * dv * c.transpose() + k.transpose() * dkv).eval();
    }
    const T scale = T(1) / (column_max * row_max);
    dk += scale * dv.transpose();
    const T dscale = (dv.transpose().cwiseProduct(k)).sum();
    dk.row(row_at).array() -= dscale * scale / row_max;
    dk.col(column_at).array() -= dscale * scale / column_max;
    return dk;
  }
};

/// Hands out pieces of memory as matrices.
template <class T>
struct Pieces {
  T* next;
  T* take(Index count) { return std::exchange(next, next + count); }
  Wide<T> wide(Index columns) { return {take(landmarks * columns), landmarks, columns}; }
  Tall<T> tall(Index rows) { return {take(landmarks * rows), rows, landmarks}; }
};

/// The attention of one image: maps into its memory, and the matrices of the forward pass.
template <class T>
struct Image {
  Index hw, e;
  ConstRows<T> q, k, v;    // (HW, E) each, rows 3E apart
  Wide<T> q_mean, k_mean;  // (4, E)
  Tall<T> k1;              // (HW, 4)
  Square<T> k2;
  Wide<T> k3;        // (4, HW)
  Wide<T> k3v, mix;  // (4, E)
  PseudoInverse<T> inverse;

  Image(const T* memory, Index pixels, Index embed, Pieces<T>& pieces)
      : hw(pixels),
        e(embed),
        q(memory, hw, e, Eigen::OuterStride<>(3 * e)),
        k(memory + e, hw, e, Eigen::OuterStride<>(3 * e)),
        v(memory + 2 * e, hw, e, Eigen::OuterStride<>(3 * e)),
        q_mean(run_means(q, pieces.wide(e))),
        k_mean(run_means(k, pieces.wide(e))),
        k1(pieces.tall(hw)),
        k2(softmaxed(q_mean * k_mean.transpose())),
        k3(pieces.wide(hw)),
        k3v(pieces.wide(e)),
        mix(pieces.wide(e)),
        inverse(k2) {
    k1.noalias() = q * k_mean.transpose();
    softmax_columns(k1);
    k3.noalias() = q_mean * k.transpose();
    softmax_columns(k3);
    k3v.noalias() = k3 * v;
    mix.noalias() = inverse.value() * k3v;
  }

  T run_scale() const { return T(1) / (static_cast<T>(hw / landmarks) * std::sqrt(static_cast<T>(hw))); }

  Wide<T> run_means(const ConstRows<T>& m, Wide<T> means) const {
    const Index run = hw / landmarks;
    for (Index l = 0; l < landmarks; ++l)
      means.row(l) = m.middleRows(l * run, run).colwise().sum() * run_scale();
    return means;
  }
  static Square<T> softmaxed(Square<T> m) {
    softmax_columns(m);
    return m;
  }
};

/// to (columns, rows) = the transpose of from (rows, columns).
template <class T>
void transpose(const T* from, Index from_stride, Index rows, Index columns, T* to, Index to_stride) {
  constexpr Index square = simd::square<T>;
  for (Index r = 0; r < rows; r += square) {
    for (Index c = 0; c < columns; c += square) {
      const T* corner = from + r * from_stride + c;
      T* to_corner = to + c * to_stride + r;
      if (r + square <= rows && c + square <= columns) {
        simd::transpose_square(corner, from_stride, to_corner, to_stride);
        continue;
      }
      for (Index i = 0; i < std::min(square, rows - r); ++i) {
        for (Index j = 0; j < std::min(square, columns - c); ++j)
          to_corner[j * to_stride + i] = corner[i * from_stride + j];
      }
    }
  }
}

/// Numbers that an Image takes, and with it attention and its adjoint.
inline Index image_numbers(Index hw, Index e) { return landmarks * (2 * hw + 4 * e); }
inline Index forward_numbers(Index hw, Index e) { return e * hw + image_numbers(hw, e); }
inline Index backward_numbers(Index hw, Index e) {
  return 7 * e * hw + image_numbers(hw, e) + landmarks * (2 * hw + 4 * e);
}

}  // namespace nystrom

template <class T>
Index nystrom_forward_scratch_bytes(const Cpu&, Tensor<const T> qkv) {
  return Scratch::bytes_for<T>(qkv.n * nystrom::forward_numbers(qkv.h * qkv.w, qkv.c / 3));
}

/// qkv (N, H, W, 3E) -> out (N, H, W, E). `memory` receives each image's qkv in C,H,W order (N 3E HW numbers)
/// and is what the adjoint needs. H W must be a multiple of 4.
template <class T>
void nystrom_forward(const Cpu& cpu, Tensor<const T> qkv, T* memory, Tensor<T> out, Scratch scratch) {
  const Index hw = qkv.h * qkv.w, e = out.c, of_each = nystrom::forward_numbers(hw, e);
  T* const room = scratch.take<T>(qkv.n * of_each);
  cpu.parallel_for(qkv.n, [&](Index n) {
    T* image_memory = memory + n * 3 * e * hw;
    nystrom::transpose(qkv.pixel(n * hw), qkv.stride, hw, 3 * e, image_memory, hw);
    nystrom::Pieces<T> place{room + n * of_each};
    nystrom::Rows<T> result(place.take(hw * e), hw, e, Eigen::OuterStride<>(e));
    const nystrom::Image<T> image(image_memory, hw, e, place);
    result = image.v;
    result.noalias() += image.k1 * image.mix;
    nystrom::transpose(static_cast<const T*>(result.data()), hw, e, hw, out.pixel(n * hw), out.stride);
  });
}

template <class T>
Index nystrom_backward_scratch_bytes(const Cpu&, Tensor<const T> dout) {
  return Scratch::bytes_for<T>(dout.n * nystrom::backward_numbers(dout.h * dout.w, dout.c));
}

/// dqkv = or += adjoint of nystrom_forward.
template <class T>
void nystrom_backward(const Cpu& cpu, const T* memory, Tensor<const T> dout, Tensor<T> dqkv, Write write,
                      Scratch scratch) {
  const Index hw = dqkv.h * dqkv.w, e = dout.c, run = hw / nystrom::landmarks;
  const Index of_each = nystrom::backward_numbers(hw, e);
  T* const room = scratch.take<T>(dqkv.n * of_each);
  cpu.parallel_for(dqkv.n, [&](Index n) {
    using nystrom::Square, nystrom::Tall, nystrom::Wide;
    nystrom::Pieces<T> place{room + n * of_each};
    const nystrom::Image<T> image(memory + n * 3 * e * hw, hw, e, place);
    nystrom::Rows<T> d(place.take(hw * e), hw, e, Eigen::OuterStride<>(e));
    nystrom::transpose(dout.pixel(n * hw), dout.stride, hw, e, d.data(), hw);
    T* dmemory = place.take(3 * e * hw);
    nystrom::Rows<T> dq(dmemory, hw, e, Eigen::OuterStride<>(3 * e));
    nystrom::Rows<T> dk(dmemory + e, hw, e, Eigen::OuterStride<>(3 * e));
    nystrom::Rows<T> dv(dmemory + 2 * e, hw, e, Eigen::OuterStride<>(3 * e));
    Tall<T> dk1 = place.tall(hw);
    Wide<T> dk3 = place.wide(hw);
    Wide<T> dmix = place.wide(e), dk3v = place.wide(e), dq_mean = place.wide(e), dk_mean = place.wide(e);

    // out = k1 (inverse (k3 v)) + v
    dk1.noalias() = d * image.mix.transpose();
    dmix.noalias() = image.k1.transpose() * d;
    const Square<T> dinverse = dmix * image.k3v.transpose();
    dk3v.noalias() = image.inverse.value().transpose() * dmix;
    dk3.noalias() = dk3v * image.v.transpose();
    Square<T> dk2 = image.inverse.backward(image.k2, dinverse);
    nystrom::softmax_columns_backward(image.k1, dk1);
    nystrom::softmax_columns_backward(image.k2, dk2);
    nystrom::softmax_columns_backward(image.k3, dk3);

    dq_mean.noalias() = dk3 * image.k;
    dq_mean.noalias() += dk2 * image.k_mean;
    dk_mean.noalias() = dk1.transpose() * image.q;
    dk_mean.noalias() += dk2.transpose() * image.q_mean;
    dq.noalias() = dk1 * image.k_mean;
    dk.noalias() = dk3.transpose() * image.q_mean;
    dv = d;
    dv.noalias() += image.k3.transpose() * dk3v;
    dq_mean *= image.run_scale();
    dk_mean *= image.run_scale();
    for (Index l = 0; l < nystrom::landmarks; ++l) {
      dq.middleRows(l * run, run).rowwise() += dq_mean.row(l);
      dk.middleRows(l * run, run).rowwise() += dk_mean.row(l);
    }
    T* by_pixel = place.take(3 * e * hw);
    nystrom::transpose(static_cast<const T*>(dmemory), hw, 3 * e, hw, by_pixel, 3 * e);
    for (Index p = 0; p < hw; ++p)
      detail::put(write, row(dqkv, n * hw + p), vector(by_pixel + p * 3 * e, 3 * e));
  });
}

}  // namespace densenf::kernels
