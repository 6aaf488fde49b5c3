#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "densenf/kernels/cpu/conv.hpp"

using namespace densenf;
using kernels::NextConv;
using kernels::detail::WeightsAhead;

namespace {

/// The cache line of a number, counted from the one that holds `base`.
template <class T>
Index line_of(const T* base, const T* at) {
  const auto line = [](const T* p) { return reinterpret_cast<std::uintptr_t>(p) / 64; };
  return static_cast<Index>(line(at) - line(base));
}

}  // namespace

TEST_CASE_TEMPLATE("all lines of the weights ahead are asked for, if there are steps enough", T, float,
                   double) {
  struct Case {
    Index taps, rows, row, columns;
  };
  // Rows next to each other, with gaps, and where they begin in the middle of a line.
  for (const Case& s : {Case{9, 30, 64, 64}, Case{1, 112, 176, 48}, Case{1, 50, 154, 48}, Case{4, 7, 23, 5},
                        Case{1, 1, 64, 64}, Case{2, 5, 64, 32}}) {
    const std::vector<T> memory(static_cast<std::size_t>(s.taps * s.rows * s.row + 64));
    const T* const base = memory.data();
    const Index tap = s.rows * s.row;
    const WeightsAhead<T> ahead{base, s.taps, tap, s.rows, s.row, s.columns};
    std::set<Index> wanted;
    for (Index t = 0; t < s.taps; ++t)
      for (Index r = 0; r < s.rows; ++r)
        for (Index c = 0; c < s.columns; ++c) wanted.insert(line_of(base, base + t * tap + r * s.row + c));
    const Index steps = 64, width = std::max(s.rows, tap * static_cast<Index>(sizeof(T)) / 64 + 1);
    std::set<Index> asked;
    for (Index i = 0; i < steps; ++i) {
      const auto lines = ahead.lines(i, steps);
      for (Index k = 0; lines.at != nullptr && k < width; ++k)
        asked.insert(line_of(base, lines.at + k * lines.step));
    }
    CAPTURE(s.taps);
    CAPTURE(s.columns);
    CHECK(std::includes(asked.begin(), asked.end(), wanted.begin(), wanted.end()));

    std::set<Index> rows;
    for (Index i = 0; i < steps; ++i) {
      const auto lines = ahead.rows_of(i, steps);
      for (Index k = 0; k <= s.rows / steps; ++k) rows.insert((lines.at + k * lines.step - base) / s.row);
    }
    for (Index r = 0; r < s.rows; ++r) CHECK(rows.count(r) == 1);
  }
}

TEST_CASE("nothing is asked for where nothing is known to come") {
  const WeightsAhead<float> none;
  CHECK(none.lines(0, 1).at == nullptr);
  const float weight[1] = {};
  const Tensor<const float> x = make_tensor(weight, 1, Shape{1, 1, 1});
  for (const NextConv<float>& next : {NextConv<float>{}, NextConv<float>{weight, 1, 1, 0}}) {
    for (int worker = 0; worker < 2; ++worker)
      CHECK(kernels::detail::first_weights(Cpu(2), next, x, worker).at == nullptr);
  }
  // One panel of one pixel: the only task is done by one of two threads.
  int busy = 0;
  for (int worker = 0; worker < 2; ++worker)
    busy += kernels::detail::first_weights(Cpu(2), NextConv<float>{weight, 1, 1, 1}, x, worker).at != nullptr;
  CHECK(busy == 1);
}

TEST_CASE("what each thread needs first lies among the next convolution's weights") {
  for (const int kernel : {1, 3})
    for (const Index in : {Index{1}, Index{48}, Index{112}, Index{600}})
      for (const Index out : {Index{1}, Index{64}, Index{308}})
        for (const Index side : {Index{1}, Index{4}, Index{6}, Index{8}, Index{16}})
          for (const int threads : {1, 2, 3, 8}) {
            const Index size = kernel * kernel * in * out;
            const std::vector<float> weight(static_cast<std::size_t>(size));
            const Tensor<const float> x =
                make_tensor(static_cast<const float*>(nullptr), 1, Shape{7, side, side});
            std::set<const float*> places;
            for (int worker = 0; worker < threads; ++worker) {
              const auto ahead = kernels::detail::first_weights(
                  Cpu(threads), NextConv<float>{weight.data(), kernel, in, out}, x, worker);
              CAPTURE(kernel);
              CAPTURE(in);
              CAPTURE(out);
              CAPTURE(side);
              CAPTURE(threads);
              if (ahead.at == nullptr) continue;
              CHECK(ahead.at >= weight.data());
              CHECK(ahead.taps * ahead.rows * ahead.columns > 0);
              CHECK(ahead.at - weight.data() + (ahead.taps - 1) * ahead.tap + (ahead.rows - 1) * ahead.row +
                        ahead.columns <=
                    size);
              places.insert(ahead.at);
            }
            CHECK(!places.empty());
            // Two threads that share a single image each take weights of their own.
            if (threads == 2 && side == 16 && in >= 112 && out >= 64) CHECK(places.size() == 2);
          }
}
