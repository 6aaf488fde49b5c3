#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "densenf/core/scratch.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/multiply.hpp"
#include "densenf/kernels/cpu/pixels.hpp"
#include "densenf/kernels/nystrom.hpp"
#include "densenf/kernels/write.hpp"

// Nystrom attention as the published checkpoints have it: four landmarks, softmax over the row axis, and
// the (3E, H, W) memory of an image read as an (HW, 3E) matrix.
namespace densenf::kernels {

namespace nystrom {

template <class T>
using Square = Eigen::Matrix<T, landmarks, landmarks>;

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

// Four rows, which are next to each other in memory, are given by a pointer and their length: means and what
// is made of them are (4, E), weights of pixels (4, HW). Their products with matrices (HW, E) are those of
// kernels/cpu/multiply.hpp.

/// to (4, E) = weights (4, HW) m (HW, E)
template <class T>
void weigh_rows(const T* weights, Block<const T> m, Index hw, Index e, T* to) {
  multiply<T>({weights, hw}, m, landmarks, hw, e, Into::replace, {to, e});
}

/// to (HW, E) = or += the transpose of weights (4, HW) times four (4, E)
template <class T>
void spread_rows(const T* weights, const T* four, Index hw, Index e, Into into, Block<T> to) {
  multiply_transposed<T>({weights, hw}, {four, e}, hw, landmarks, e, into, to);
}

/// to (4, HW) = four (4, E) times the transpose of m (HW, E), with E HW numbers of room.
template <class T>
void dot_rows(const T* four, Block<const T> m, Index hw, Index e, T* room, T* to) {
  constexpr Index block = 48;  // pixels whose transposed rows stay in the nearest cache
  for (Index p = 0; p < hw; p += block) {
    const Index some = std::min(block, hw - p);
    transpose(m.row(p), m.stride, some, e, room, some);
    multiply<T>({four, e}, {room, some}, landmarks, e, some, Into::replace, {to + p, hw});
  }
}

/// a (4, E) times the transpose of b (4, E), with 4 E numbers of room. (Squares are stored by columns.)
template <class T>
Square<T> square_of(const T* a, const T* b, Index e, T* room) {
  Square<T> result;
  dot_rows(b, {a, e}, landmarks, e, room, result.data());
  return result;
}

/// to (4, E) = or += square times four (4, E)
template <class T>
void mix_rows(const Square<T>& square, const T* four, Index e, Into into, T* to) {
  multiply_transposed<T>({square.data(), landmarks}, {four, e}, landmarks, landmarks, e, into, {to, e});
}

/// The same with the square's transpose.
template <class T>
void mix_rows_transposed(const Square<T>& square, const T* four, Index e, Into into, T* to) {
  multiply<T>({square.data(), landmarks}, {four, e}, landmarks, landmarks, e, into, {to, e});
}

/// Softmax of each of four contiguous columns, in place: the published "axis -2".
template <class T>
void softmax_columns(T* four, Index rows) {
  for (Index j = 0; j < landmarks; ++j) {
    auto column = mutable_vector(four + j * rows, rows);
    column = (column - column.maxCoeff()).exp();
    column *= T(1) / column.sum();
  }
}

/// The same for four contiguous rows, whose columns are done side by side.
template <class T>
void softmax_of_rows(T* four, Index columns) {
  for_each_packet(
      columns,
      [](auto w, auto x, auto y, auto z) {
        const auto most = max(max(w, x), max(y, z));
        w = exp(w - most);
        x = exp(x - most);
        y = exp(y - most);
        z = exp(z - most);
        const auto scale = T(1) / (w + x + y + z);
        w *= scale;
        x *= scale;
        y *= scale;
        z *= scale;
      },
      four, four + columns, four + 2 * columns, four + 3 * columns);
}

/// ds = adjoint of softmax_columns; `s` is its output, `ds` the gradient, overwritten.
template <class T>
void softmax_columns_backward(const T* s, T* ds, Index rows) {
  for (Index j = 0; j < landmarks; ++j) {
    const auto column = vector(s + j * rows, rows);
    auto dcolumn = mutable_vector(ds + j * rows, rows);
    dcolumn = column * (dcolumn - (column * dcolumn).sum());
  }
}

/// The same of softmax_of_rows.
template <class T>
void softmax_of_rows_backward(const T* s, T* ds, Index columns) {
  for_each_packet(
      columns,
      [](auto w, auto x, auto y, auto z, auto dw, auto dx, auto dy, auto dz) {
        const auto dot = w * dw + x * dx + y * dy + z * dz;
        dw = w * (dw - dot);
        dx = x * (dx - dot);
        dy = y * (dy - dot);
        dz = z * (dz - dot);
      },
      s, s + columns, s + 2 * columns, s + 3 * columns, ds, ds + columns, ds + 2 * columns, ds + 3 * columns);
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
      const Square<T> kv = product(k, v[i]);
      const Square<T> a = minus(7, kv), b = minus(15, product(kv, a)), c = minus(13, product(kv, b));
      v[i + 1] = T(0.25) * product(v[i], c);
    }
  }
  const Square<T>& value() const { return v[steps]; }

  /// d loss / d k, given d loss / d value.
  Square<T> backward(const Square<T>& k, Square<T> dv) const {
    const Square<T> k_transposed = k.transpose();
    Square<T> dk = Square<T>::Zero();
    for (std::size_t i = steps; i-- > 0;) {
      const Square<T> kv = product(k, v[i]);
      const Square<T> a = minus(7, kv), b = minus(15, product(kv, a)), c = minus(13, product(kv, b));
      const Square<T> v_transposed = v[i].transpose(), kv_transposed = kv.transpose();
      const Square<T> dc = T(0.25) * product(v_transposed, dv);
      const Square<T> db = -product(kv_transposed, dc);
      const Square<T> da = -product(kv_transposed, db);
      const Square<T> dkv = -product(dc, b.transpose()) - product(db, a.transpose()) - da;
      dk += product(dkv, v_transposed);
      dv = T(0.25) * product(dv, c.transpose()) + product(k_transposed, dkv);
    }
    const T scale = T(1) / (column_max * row_max);
    dk += scale * dv.transpose();
    const T dscale = (dv.transpose().cwiseProduct(k)).sum();
    dk.row(row_at).array() -= dscale * scale / row_max;
    dk.col(column_at).array() -= dscale * scale / column_max;
    return dk;
  }

private:
  /// One function for all products, which the compiler need not put together from each term again.
  static Square<T> product(const Square<T>& a, const Square<T>& b) { return a.lazyProduct(b); }
  /// A multiple of the identity minus a square.
  static Square<T> minus(int multiple, const Square<T>& a) {
    Square<T> result = -a;
    result.diagonal().array() += static_cast<T>(multiple);
    return result;
  }
};

/// Hands out pieces of memory.
template <class T>
struct Pieces {
  T* next;
  T* take(Index count) { return std::exchange(next, next + count); }
};

/// The attention of one image: parts of its memory, and the matrices of the forward pass.
template <class T>
struct Image {
  Index hw, e;
  Block<const T> q, k, v;  // (HW, E) each, rows 3E apart
  T *q_mean, *k_mean;      // (4, E)
  T *k1, *k3;              // (4, HW); the first is the transpose of what attention is published with
  T *k3v, *mix;            // (4, E)
  Square<T> k2;
  PseudoInverse<T> inverse;

  /// `room`: E HW numbers that are used until it is made.
  Image(const T* memory, Index pixels, Index embed, Pieces<T>& pieces, T* room)
      : hw(pixels),
        e(embed),
        q{memory, 3 * e},
        k{memory + e, 3 * e},
        v{memory + 2 * e, 3 * e},
        q_mean(run_means(q, pieces.take(landmarks * e))),
        k_mean(run_means(k, pieces.take(landmarks * e))),
        k1(pieces.take(landmarks * hw)),
        k3(pieces.take(landmarks * hw)),
        k3v(pieces.take(landmarks * e)),
        mix(pieces.take(landmarks * e)),
        k2(softmaxed(square_of<T>(q_mean, k_mean, e, room))),
        inverse(k2) {
    dot_rows<T>(k_mean, q, hw, e, room, k1);
    softmax_columns(k1, hw);
    dot_rows<T>(q_mean, k, hw, e, room, k3);
    softmax_of_rows(k3, hw);
    weigh_rows<T>(k3, v, hw, e, k3v);
    mix_rows<T>(inverse.value(), k3v, e, Into::replace, mix);
  }

  T run_scale() const { return T(1) / (static_cast<T>(hw / landmarks) * std::sqrt(static_cast<T>(hw))); }

  /// The mean of each quarter of the rows.
  T* run_means(Block<const T> m, T* means) const {
    const Index run = hw / landmarks;
    for (Index l = 0; l < landmarks; ++l) {
      T* const mean = means + l * e;
      std::fill_n(mean, e, T(0));
      for (Index p = l * run; p < (l + 1) * run; ++p)
        for_each_packet(
            e, [](auto sum, auto x) { sum += x; }, mean, m.row(p));
      for_each_packet(
          e, [scale = run_scale()](auto sum) { sum *= scale; }, mean);
    }
    return means;
  }
  static Square<T> softmaxed(Square<T> m) {
    softmax_columns(m.data(), landmarks);
    return m;
  }
};

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
    const Block<T> result{place.take(hw * e), e};
    const nystrom::Image<T> image(image_memory, hw, e, place, result.data);
    for (Index p = 0; p < hw; ++p) std::copy_n(image.v.row(p), e, result.row(p));
    nystrom::spread_rows<T>(image.k1, image.mix, hw, e, Into::add, result);
    nystrom::transpose(static_cast<const T*>(result.data), hw, e, hw, out.pixel(n * hw), out.stride);
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
  T* const all = scratch.take<T>(dqkv.n * of_each);
  cpu.parallel_for(dqkv.n, [&](Index n) {
    using nystrom::landmarks, nystrom::Square;
    nystrom::Pieces<T> place{all + n * of_each};
    T* const dmemory = place.take(3 * e * hw);
    T* const room = dmemory;  // until the gradients of q, k and v are written
    const nystrom::Image<T> image(memory + n * 3 * e * hw, hw, e, place, room);
    T* const d_rows = place.take(hw * e);
    const Block<const T> d{d_rows, e};
    nystrom::transpose(dout.pixel(n * hw), dout.stride, hw, e, d_rows, hw);
    const Block<T> dq{dmemory, 3 * e}, dk{dmemory + e, 3 * e}, dv{dmemory + 2 * e, 3 * e};
    T* const dk1 = place.take(landmarks * hw);
    T* const dk3 = place.take(landmarks * hw);
    T* const dmix = place.take(landmarks * e);
    T* const dk3v = place.take(landmarks * e);
    T* const dq_mean = place.take(landmarks * e);
    T* const dk_mean = place.take(landmarks * e);

    // out = k1 (inverse (k3 v)) + v
    nystrom::dot_rows<T>(image.mix, d, hw, e, room, dk1);
    nystrom::weigh_rows<T>(image.k1, d, hw, e, dmix);
    const Square<T> dinverse = nystrom::square_of<T>(dmix, image.k3v, e, room);
    nystrom::mix_rows_transposed<T>(image.inverse.value(), dmix, e, Into::replace, dk3v);
    nystrom::dot_rows<T>(dk3v, image.v, hw, e, room, dk3);
    Square<T> dk2 = image.inverse.backward(image.k2, dinverse);
    nystrom::softmax_columns_backward<T>(image.k1, dk1, hw);
    nystrom::softmax_columns_backward<T>(image.k2.data(), dk2.data(), landmarks);
    nystrom::softmax_of_rows_backward<T>(image.k3, dk3, hw);

    nystrom::weigh_rows<T>(dk3, image.k, hw, e, dq_mean);
    nystrom::mix_rows<T>(dk2, image.k_mean, e, Into::add, dq_mean);
    nystrom::weigh_rows<T>(dk1, image.q, hw, e, dk_mean);
    nystrom::mix_rows_transposed<T>(dk2, image.q_mean, e, Into::add, dk_mean);
    nystrom::spread_rows<T>(dk1, image.k_mean, hw, e, Into::replace, dq);
    nystrom::spread_rows<T>(dk3, image.q_mean, hw, e, Into::replace, dk);
    for (Index p = 0; p < hw; ++p) std::copy_n(d.row(p), e, dv.row(p));
    nystrom::spread_rows<T>(image.k3, dk3v, hw, e, Into::add, dv);
    for (Index p = 0; p < hw; ++p) {
      const T *const q_mean = dq_mean + p / run * e, *const k_mean = dk_mean + p / run * e;
      for_each_packet(
          e,
          [scale = image.run_scale()](auto to_q, auto to_k, auto of_q, auto of_k) {
            to_q += scale * of_q;
            to_k += scale * of_k;
          },
          dq.row(p), dk.row(p), q_mean, k_mean);
    }
    T* const by_pixel = place.take(3 * e * hw);
    nystrom::transpose(static_cast<const T*>(dmemory), hw, 3 * e, hw, by_pixel, 3 * e);
    for (Index p = 0; p < hw; ++p) put_numbers<T>(write, 3 * e, by_pixel + p * 3 * e, dqkv.pixel(n * hw + p));
  });
}

}  // namespace densenf::kernels
