#pragma once

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>

#include "densenf/kernels/cpu/pixels.hpp"

// Nystrom attention as the published checkpoints have it: four landmarks, softmax over the row axis, and
// the (3E, H, W) memory of an image read as an (HW, 3E) matrix.
namespace densenf::kernels {

namespace nystrom {

inline constexpr Index landmarks = 4;

template <class T>
using Square = Eigen::Matrix<T, landmarks, landmarks>;
template <class T>
using Wide = Eigen::Matrix<T, landmarks, Eigen::Dynamic, Eigen::RowMajor>;  // (4, HW) or (4, E)
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
  static constexpr std::size_t steps = 6;
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

/// The attention of one image: maps into its memory, and the matrices of the forward pass.
template <class T>
struct Image {
  Index hw, e;
  ConstRows<T> q, k, v;                            // (HW, E) each, rows 3E apart
  Wide<T> q_mean, k_mean;                          // (4, E)
  Eigen::Matrix<T, Eigen::Dynamic, landmarks> k1;  // (HW, 4)
  Square<T> k2;
  Wide<T> k3;  // (4, HW)
  PseudoInverse<T> inverse;
  Wide<T> k3v, mix;  // (4, E)

  Image(const T* memory, Index pixels, Index embed)
      : hw(pixels),
        e(embed),
        q(memory, hw, e, Eigen::OuterStride<>(3 * e)),
        k(memory + e, hw, e, Eigen::OuterStride<>(3 * e)),
        v(memory + 2 * e, hw, e, Eigen::OuterStride<>(3 * e)),
        q_mean(run_means(q)),
        k_mean(run_means(k)),
        k1(q * k_mean.transpose()),
        k2(softmaxed(q_mean * k_mean.transpose())),
        k3(q_mean * k.transpose()),
        inverse(k2) {
    softmax_columns(k1);
    softmax_columns(k3);
    k3v = k3 * v;
    mix = inverse.value() * k3v;
  }

  T run_scale() const { return T(1) / (static_cast<T>(hw / landmarks) * std::sqrt(static_cast<T>(hw))); }

  Wide<T> run_means(const ConstRows<T>& m) const {
    const Index run = hw / landmarks;
    Wide<T> means(landmarks, e);
    for (Index l = 0; l < landmarks; ++l)
      means.row(l) = m.middleRows(l * run, run).colwise().sum() * run_scale();
    return means;
  }
  static Square<T> softmaxed(Square<T> m) {
    softmax_columns(m);
    return m;
  }
};

/// memory (C, HW) row-major from channels-last pixels, or back.
template <class T>
auto pixels_of(const Tensor<T>& x, Index n) {
  using Matrix = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Mapped = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;
  return Eigen::Map<Mapped, 0, Eigen::OuterStride<>>(x.data + n * x.h * x.w * x.stride, x.h * x.w, x.c,
                                                     Eigen::OuterStride<>(x.stride));
}

}  // namespace nystrom

/// qkv (N, H, W, 3E) -> out (N, H, W, E). `memory` receives each image's qkv in C,H,W order (N 3E HW numbers)
/// and is what the adjoint needs; `scratch` holds N E HW numbers. H W must be a multiple of 4.
template <class T>
void nystrom_forward(const Cpu& cpu, Tensor<const T> qkv, T* memory, T* scratch, Tensor<T> out) {
  const Index hw = qkv.h * qkv.w, e = out.c;
  cpu.parallel_for(qkv.n, [&](Index n) {
    T* image_memory = memory + n * 3 * e * hw;
    nystrom::Rows<T>(image_memory, 3 * e, hw, Eigen::OuterStride<>(hw)) =
        nystrom::pixels_of(qkv, n).transpose();
    const nystrom::Image<T> image(image_memory, hw, e);
    nystrom::Rows<T> result(scratch + n * e * hw, hw, e, Eigen::OuterStride<>(e));
    result = image.v;
    result.noalias() += image.k1 * image.mix;
    nystrom::pixels_of(out, n) =
        nystrom::ConstRows<T>(result.data(), e, hw, Eigen::OuterStride<>(hw)).transpose();
  });
}

/// dqkv += adjoint of nystrom_forward. scratch: N 4E HW numbers.
template <class T>
void nystrom_backward(const Cpu& cpu, const T* memory, Tensor<const T> dout, T* scratch, Tensor<T> dqkv) {
  const Index hw = dqkv.h * dqkv.w, e = dout.c, run = hw / nystrom::landmarks;
  cpu.parallel_for(dqkv.n, [&](Index n) {
    using Wide = nystrom::Wide<T>;
    const nystrom::Image<T> image(memory + n * 3 * e * hw, hw, e);
    T* place = scratch + n * 4 * e * hw;
    nystrom::Rows<T>(place, e, hw, Eigen::OuterStride<>(hw)) = nystrom::pixels_of(dout, n).transpose();
    const nystrom::ConstRows<T> d(place, hw, e, Eigen::OuterStride<>(e));
    T* dmemory = place + e * hw;
    nystrom::Rows<T> dq(dmemory, hw, e, Eigen::OuterStride<>(3 * e));
    nystrom::Rows<T> dk(dmemory + e, hw, e, Eigen::OuterStride<>(3 * e));
    nystrom::Rows<T> dv(dmemory + 2 * e, hw, e, Eigen::OuterStride<>(3 * e));

    // out = k1 (inverse (k3 v)) + v
    Eigen::Matrix<T, Eigen::Dynamic, nystrom::landmarks> dk1 = d * image.mix.transpose();
    const Wide dmix = image.k1.transpose() * d;
    const nystrom::Square<T> dinverse = dmix * image.k3v.transpose();
    const Wide dk3v = image.inverse.value().transpose() * dmix;
    Wide dk3 = dk3v * image.v.transpose();
    nystrom::Square<T> dk2 = image.inverse.backward(image.k2, dinverse);
    nystrom::softmax_columns_backward(image.k1, dk1);
    nystrom::softmax_columns_backward(image.k2, dk2);
    nystrom::softmax_columns_backward(image.k3, dk3);

    const Wide dq_mean = (dk3 * image.k + dk2 * image.k_mean) * image.run_scale();
    const Wide dk_mean = (dk1.transpose() * image.q + dk2.transpose() * image.q_mean) * image.run_scale();
    dq.noalias() = dk1 * image.k_mean;
    dk.noalias() = dk3.transpose() * image.q_mean;
    dv = d;
    dv.noalias() += image.k3.transpose() * dk3v;
    for (Index l = 0; l < nystrom::landmarks; ++l) {
      dq.middleRows(l * run, run).rowwise() += dq_mean.row(l);
      dk.middleRows(l * run, run).rowwise() += dk_mean.row(l);
    }
    nystrom::pixels_of(dqkv, n) +=
        nystrom::ConstRows<T>(dmemory, 3 * e, hw, Eigen::OuterStride<>(hw)).transpose();
  });
}

}  // namespace densenf::kernels
