#pragma once

namespace densenf::kernels::detail {

/// Whether v takes the place of the largest so far: ties leave the first one, a NaN stays.
template <class T>
constexpr bool is_larger(T v, T largest) {
  return !(v <= largest) && largest == largest;
}

/// The place of the largest of four numbers, the first one of several.
template <class T>
constexpr int place_of_largest(const T* cell) {
  int place = 0;
  for (int k = 1; k < 4; ++k) {
    if (is_larger(cell[k], cell[place])) place = k;
  }
  return place;
}

/// The place among four of number j of the three others than the one at `place`.
constexpr int other_place(int j, int place) { return j + (j >= place ? 1 : 0); }

}  // namespace densenf::kernels::detail
