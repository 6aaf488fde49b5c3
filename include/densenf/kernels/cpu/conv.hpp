#pragma once

#include <algorithm>

#include "densenf/core/cpu.hpp"
#include "densenf/core/scratch.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/kernels/activation.hpp"
#include "densenf/kernels/conv_check.hpp"
#include "densenf/kernels/cpu/bodies.hpp"
#include "densenf/kernels/cpu/conv_blocks.hpp"
#include "densenf/kernels/cpu/loops.hpp"
#include "densenf/kernels/cpu/winograd.hpp"
#include "densenf/kernels/degrees.hpp"
#include "densenf/kernels/write.hpp"

// Convolutions of one or three by three pixels, stride 1, zero padding, channels last.
//
// Weights are [kernel * kernel][in][out], tap = ky * kernel + kx, a cross-correlation: output pixel (y, x)
// meets input pixel (y + ky - 1, x + kx - 1). No kernel allocates. Each result is the sum of its terms in
// an order that depends on channels and kernel only: the same to the bit for any number of threads, and
// for an output pixel, for any batch around its image.
namespace densenf::kernels {

namespace detail {

/// Returns f<side>() with the side of Winograd's tiles for this convolution, 0 for the direct algorithm.
template <class T, class F>
auto with_algorithm(const Tensor<T>& x, int kernel, const F& f) {
  switch (kernel == 3 ? winograd::tile_side(x.h, x.w) : 0) {
    case 4:
      return f.template operator()<4>();
    case 2:
      return f.template operator()<2>();
    default:
      return f.template operator()<0>();
  }
}

/// How a convolution of x into `columns` columns is cut into tasks.
template <int side, class T, class X>
auto cut_for(const Cpu& cpu, const Tensor<X>& x, Index columns, int kernel, bool ordered = false) {
  if constexpr (side == 0) {
    return PixelBlocks<T>(cpu, x.pixels(), columns, x.c * kernel * kernel, ordered);
  } else {
    return winograd::Cut<side, T>(cpu, winograd::Grid<side>(x).count(), columns, x.c);
  }
}

/// Runs a convolution task by task. `panel(i)` gives its panels.
template <class T, class Panel>
void conv_panels(const Cpu& cpu, const PixelBlocks<T>& cut, const Panel& panel, T*) {
  cpu.parallel_for_workers(cut.tasks(), [&](Index task, int worker) {
    ConvPanel<T> here = panel(cut.panel(task));
    // The next panel at the same pixels. (With few pixels, tasks are neighbors in a panel.)
    const Index after = task + cut.blocks();
    if (here.prefetch_early && cut.by_panels() && after < cpu.first_of_share(worker + 1, cut.tasks())) {
      const ConvPanel<T> p = panel(cut.panel(after));
      here.next = weights_of(Depths(p.kernel, p.x.c)[0], p.weight, p.x.c, p.weight_stride, p.y.c);
    }
    conv_block(here, cut, cut.block(task));
  });
}

template <int side, class T, class Panel>
void conv_panels(const Cpu& cpu, const winograd::Cut<side, T>& cut, const Panel& panel, T* scratch) {
  const ConvPanel<T> any = panel(0);
  const winograd::Grid<side> grid(any.x);
  const Index per_slot = winograd::Blocking<side, T>::conv_scratch(any.x.c, any.y.c);
  const auto on_block = [&](const ConvPanel<T>& here, Index block, Index slot, const auto& f) {
    f(winograd::ConvBlock<side, T>{here, grid, cut.first_tile(block), cut.first_tile(block + 1),
                                   scratch + slot * per_slot});
  };
  // A group's task has a place of its own, which outlives it. Where the layer before was cut by columns, a
  // thread mostly meets the channels that it has computed itself.
  cpu.parallel_for_workers(cut.tasks(), [&](Index task, int worker) {
    on_block(panel(cut.panel(task)), cut.block(task), cut.by_groups() ? task : worker,
             [&](const auto& b) { cut.by_groups() ? b.compute_group(cut.group(task), true) : b.compute(); });
  });
  if (!cut.by_groups()) return;
  const Index grain = (grid.count() + cpu.threads() - 1) / cpu.threads();
  cpu.parallel_ranges(grid.count(), grain, [&](Index first, Index last) {
    for (Index piece = 0; piece < cut.pieces(); ++piece) {
      const Index block = cut.block(piece);
      const ConvPanel<T> here = panel(cut.panel(piece));
      on_block(here, block, cut.pieces() + piece, [&](const auto& b) {
        for (Index tile = std::max(first, cut.first_tile(block));
             tile < std::min(last, cut.first_tile(block + 1)); ++tile)
          b.add_part(tile);
      });
    }
  });
}

/// How the gradient of weights is cut into tasks: by taps (direct algorithm only), panels of columns and
/// blocks of rows.
class WeightTasks {
public:
  WeightTasks(int side, int kernel, Index rows, Index panels)
      : taps_(side == 0 ? kernel * kernel : 1), panels_(panels), rows_(rows) {
    block_ = side == 0 ? 24 : side == 2 ? 48 : 24;
    // Whole tiles of rows.
    constexpr Index rows_at_once = tiles::max_rows;
    while (block_ > rows_at_once && count() < 16)
      block_ = (block_ / 2 + rows_at_once - 1) / rows_at_once * rows_at_once;
  }
  Index count() const { return taps_ * panels_ * blocks(); }
  Index first_row(Index task) const { return task % blocks() * block_; }
  Index last_row(Index task) const { return std::min(first_row(task) + block_, rows_); }
  /// From both ends in turn: where later panels have more work, each half of the tasks has half of it.
  Index panel(Index task) const {
    const Index turn = task / blocks() % panels_;
    return turn % 2 == 0 ? turn / 2 : panels_ - 1 - turn / 2;
  }
  int tap(Index task) const { return static_cast<int>(task / blocks() / panels_); }

private:
  Index blocks() const { return (rows_ + block_ - 1) / block_; }
  Index taps_, panels_, rows_, block_;
};

/// Numbers that a convolution of x to `out` channels works in: for each thread, or for each task where groups
/// of channels are tasks.
template <class T, class X>
Index panels_numbers(const Cpu& cpu, const Tensor<X>& x, int kernel, Index out) {
  return with_algorithm(x, kernel, [&]<int side>() -> Index {
    if constexpr (side == 0)
      return 0;
    else
      return cpu.threads() * winograd::Blocking<side, T>::conv_scratch(x.c, out);
  });
}

/// Parts of the pixels which have gradients of the weights of their own, that are added up in the end: a core
/// then meets the pixels that it has just computed itself. Where the weights are few; by sizes alone, so that
/// the order of additions is the same for any number of threads. The first part's is dweight itself.
template <class T>
Index weight_sums(const Tensor<T>& x, int kernel, Index out) {
  constexpr Index most_weights = 16384, pixels = 128, most = 2;
  if (kernel != 1 || x.c * out > most_weights) return 1;
  return std::clamp<Index>(x.pixels() / pixels, 1, most);
}

/// The same for the gradient of its weights.
template <class T>
Index weights_numbers(const Cpu& cpu, const Tensor<const T>& x, int kernel, Index out) {
  return with_algorithm(x, kernel, [&]<int side>() -> Index {
    if constexpr (side == 0)
      return (weight_sums(x, kernel, out) - 1) * (x.c + 1) * out;
    else
      return cpu.threads() * winograd::Blocking<side, T>::weights_scratch(x.c, out);
  });
}

}  // namespace detail

template <class T>
Index conv_forward_scratch_bytes(const Cpu& cpu, Tensor<const T> x, const T*, const T*, int kernel,
                                 Activation, Tensor<T> y) {
  return Scratch::bytes_for<T>(detail::panels_numbers<T>(cpu, x, kernel, y.c));
}

/// y = activation(conv(x, weight) + bias). `bias` may be null. x and y may be different channels of one
/// buffer. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_forward(const Cpu& cpu, Tensor<const T> x, const T* weight, const T* bias, int kernel,
                  Activation activation, Tensor<T> y, Scratch scratch, Connections connections = {}) {
  detail::check_conv(x, y, kernel);
  if (y.size() == 0) return;
  T* const room = scratch.take<T>(detail::panels_numbers<T>(cpu, x, kernel, y.c));
  detail::with_algorithm(x, kernel, [&]<int side>() {
    const auto cut = detail::cut_for<side, T>(cpu, x, y.c, kernel, connections.ordered);
    const tiles::Panels<T> panels = cut.panels();
    const bool few = y.pixels() <= detail::few_pixels && !connections.ordered;
    const auto panel = [&](Index i) {
      const Index column = panels.first(i), width = panels.width(i);
      return detail::ConvPanel<T>{.x = x.channels(0, connections.inputs(column + width - 1, x.c)),
                                  .y = y.channels(column, width),
                                  .vectors = panels.vectors(i),
                                  .last = panels.last(i),
                                  .kernel = kernel,
                                  .weight = weight + column,
                                  .weight_stride = y.c,
                                  .bias = bias != nullptr ? bias + column : nullptr,
                                  .activation = activation,
                                  .write = Write::assign,
                                  .prefetch_early = few};
    };
    detail::conv_panels(cpu, cut, panel, room);
  });
}

template <class T>
Index conv_backward_data_scratch_bytes(const Cpu& cpu, Tensor<const T> dy, const T*, int kernel,
                                       Tensor<T> dx) {
  return Scratch::bytes_for<T>(detail::transposed_size<T>(kernel, dx.c, dy.c)) +
         Scratch::bytes_for<T>(detail::panels_numbers<T>(cpu, dy, kernel, dx.c));
}

/// dx = or += the gradient of conv's input, given dy, that of its output. Throws ArgumentError or ShapeError
/// when kernel or extents do not fit.
template <class T>
void conv_backward_data(const Cpu& cpu, Tensor<const T> dy, const T* weight, int kernel, Tensor<T> dx,
                        Write write, Scratch scratch, Connections connections = {}) {
  detail::check_conv(dx, dy, kernel);
  if (dx.size() == 0) return;
  T* const transposed = scratch.take<T>(detail::transposed_size<T>(kernel, dx.c, dy.c));
  T* const room = scratch.take<T>(detail::panels_numbers<T>(cpu, dy, kernel, dx.c));
  detail::with_algorithm(dx, kernel, [&]<int side>() {
    const auto cut = detail::cut_for<side, T>(cpu, dy, dx.c, kernel, connections.ordered);
    const tiles::Panels<T> panels = cut.panels();
    detail::transpose_weights(cpu, weight, kernel, panels, dy.c, transposed);
    const Index rows = dy.c * kernel * kernel;
    const auto panel = [&](Index i) {
      const Index column = panels.first(i), first = connections.first_output(column);
      const Index stride = panels.vectors(i) * simd::lanes<T>;
      return detail::ConvPanel<T>{.x = dy.channels(first, dy.c - first),
                                  .y = dx.channels(column, panels.width(i)),
                                  .vectors = panels.vectors(i),
                                  .last = panels.last(i),
                                  .kernel = kernel,
                                  .weight = transposed + column * rows + first * stride,
                                  .weight_stride = stride,
                                  .bias = nullptr,
                                  .activation = Activation::none,
                                  .write = write};
    };
    detail::conv_panels(cpu, cut, panel, room);
  });
}

namespace detail {
/// Images whose gradients of weights are summed at one time: each task reads all of their pixels, which
/// should not come from memory every time.
template <class T>
Index images_of_a_sum(const Tensor<T>& x) {
  constexpr Index pixels = 4096;
  return std::max<Index>(1, pixels / std::max<Index>(1, x.h * x.w));
}

/// One of these parts, and where its gradients go.
template <class T>
struct WeightSum {
  bool apart;  ///< has memory of its own, which holds nothing yet
  Tensor<const T> x, dy;
  T *dweight, *dbias;
};

template <class T>
WeightSum<T> weight_sum(const Tensor<const T>& x, const Tensor<const T>& dy, Index part, Index parts,
                        T* dweight, T* dbias, T* scratch) {
  if (parts == 1) return {false, x, dy, dweight, dbias};
  const Index first = x.pixels() * part / parts, count = x.pixels() * (part + 1) / parts - first;
  const auto of = [&](const Tensor<const T>& t) {
    return Tensor<const T>{t.pixel(first), 1, count, 1, t.c, t.stride};
  };
  if (part == 0) return {false, of(x), of(dy), dweight, dbias};
  T* const own = scratch + (part - 1) * (x.c + 1) * dy.c;
  return {true, of(x), of(dy), own, own + x.c * dy.c};
}

/// dweight += and dbias, which may be null, += the sums of the other parts.
template <class T>
void add_sums(const Cpu& cpu, Index parts, Index weights, Index out, const T* sums, T* dweight, T* dbias) {
  const auto add = [&](const T* from, Index count, T* to) {
    cpu.parallel_ranges(count, task_size / parts, [&](Index first, Index last) {
      for (Index part = 0; part + 1 < parts; ++part) {
        const T* const sum = from + part * (weights + out);
        for (Index i = first; i < last; ++i) to[i] += sum[i];
      }
    });
  };
  add(sums, weights, dweight);
  if (dbias != nullptr) add(sums + weights, out, dbias);
}

template <class T>
void add_weight_gradients(const Cpu& cpu, const Tensor<const T>& x, const Tensor<const T>& dy, int kernel,
                          T* dweight, T* dbias, T* scratch, const Connections& connections) {
  with_algorithm(x, kernel, [&]<int side>() {
    const tiles::Panels<T> panels(
        dy.c, side == 0 ? widest_panel<T>(dy.c, connections.ordered) : winograd::widest_panel<T>);
    const Index bias_tasks = dbias != nullptr ? panels.count() : 0;
    const WeightTasks tasks(side, kernel, x.c, panels.count());
    const Index sums = weight_sums(x, kernel, dy.c), each = bias_tasks + tasks.count();
    cpu.parallel_for_workers(sums * each, [&](Index task, int worker) {
      const WeightSum<T> sum = weight_sum(x, dy, task / each, sums, dweight, dbias, scratch);
      task %= each;
      if (task < bias_tasks) {
        if (sum.apart) std::fill_n(sum.dbias + panels.first(task), panels.width(task), T{0});
        bias_block<T>(sum.dy, panels, task, sum.dbias);
        return;
      }
      task -= bias_tasks;
      const Index first = tasks.first_row(task), last = tasks.last_row(task), panel = tasks.panel(task);
      const Index column = panels.first(panel), width = panels.width(panel);
      if constexpr (side == 0) {
        const Index inputs = connections.inputs(column + width - 1, x.c);
        for (Index row = first; sum.apart && row < last; ++row)
          std::fill_n(sum.dweight + row * dy.c + column, width, T{0});
        weights_block<T>(sum.x, sum.dy, kernel, tasks.tap(task), first, std::min(last, inputs), panels, panel,
                         sum.dweight);
      } else {
        const Index per_worker = winograd::Blocking<side, T>::weights_scratch(x.c, dy.c);
        winograd::weights_block<side, T>(x.channels(first, last - first), dy.channels(column, width),
                                         panels.vectors(panel), dy.c, x.c * dy.c,
                                         dweight + first * dy.c + column, scratch + worker * per_worker);
      }
    });
    if (sums > 1) add_sums(cpu, sums, x.c * dy.c, dy.c, scratch, dweight, dbias);
  });
}
}  // namespace detail

template <class T>
Index conv_backward_weights_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel,
                                          T*, T*) {
  return Scratch::bytes_for<T>(detail::weights_numbers<T>(cpu, x, kernel, dy.c));
}

/// dweight += and dbias += the gradients of conv's weights and bias, given its input x and dy, the gradient
/// of its output. `dbias` may be null. Throws ArgumentError or ShapeError when kernel or extents do not fit.
template <class T>
void conv_backward_weights(const Cpu& cpu, Tensor<const T> x, Tensor<const T> dy, int kernel, T* dweight,
                           T* dbias, Scratch scratch, Connections connections = {}) {
  detail::check_conv(x, dy, kernel);
  if (dy.size() == 0) return;
  T* const room = scratch.take<T>(detail::weights_numbers<T>(cpu, x, kernel, dy.c));
  const Index at_once = detail::images_of_a_sum(x);
  for (Index first = 0; first < x.n; first += at_once) {
    const Index images = std::min(at_once, x.n - first);
    detail::add_weight_gradients<T>(cpu, x.images(first, images), dy.images(first, images), kernel, dweight,
                                    dbias, room, connections);
  }
}

/// dy = 0 where relu's output y is not positive. Throws ShapeError when the shapes differ.
template <class T>
void relu_backward(const Cpu& cpu, Tensor<const T> y, Tensor<T> dy) {
  detail::check_relu(y, dy);
  const Index grain = std::max<Index>(1, task_size / std::max<Index>(1, y.c));
  cpu.parallel_ranges(y.pixels(), grain, [&](Index first, Index last) {
    for (Index p = first; p < last; ++p) {
      const T* from = y.pixel(p);
      T* to = dy.pixel(p);
      Index c = 0;
      for (; c + simd::lanes<T> <= y.c; c += simd::lanes<T>) {
        simd::store(to + c, simd::keep_where_positive<T>(simd::load(to + c), simd::load(from + c)));
      }
      for (; c < y.c; ++c) to[c] = from[c] > T{0} ? to[c] : T{0};
    }
  });
}

template <class T>
Index conv_backward_parameters_scratch_bytes(const Cpu& cpu, Tensor<const T> x, Tensor<T> dy, int kernel,
                                             T* dweight, T* dbias) {
  return conv_backward_weights_scratch_bytes(cpu, x, as_const(dy), kernel, dweight, dbias);
}

/// The adjoint of conv_forward but for x: that of its activation, from its output y, so that dy becomes the
/// gradient of the sum; then conv_backward_weights.
template <class T>
void conv_backward_parameters(const Cpu& cpu, Tensor<const T> x, Tensor<const T> y, Activation activation,
                              Tensor<T> dy, int kernel, T* dweight, T* dbias, Scratch scratch,
                              Connections connections = {}) {
  if (activation == Activation::relu) relu_backward(cpu, y, dy);
  if (activation == Activation::elu) elu_backward(cpu, y, as_const(dy), dy, Write::assign);
  conv_backward_weights(cpu, x, as_const(dy), kernel, dweight, dbias, scratch, connections);
}

}  // namespace densenf::kernels
