// headers-only
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "densenf/kernels/cpu/conv_panel.hpp"

using namespace densenf;
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
  }
}

TEST_CASE("nothing is asked for where nothing is known to come") {
  const WeightsAhead<float> none;
  CHECK(none.lines(0, 1).at == nullptr);
}
