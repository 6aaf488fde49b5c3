// headers-only
#include <doctest/doctest.h>

#include <Eigen/Core>
#include <limits>
#include <vector>

#include "densenf/kernels/cpu/multiply.hpp"

using densenf::Index;
namespace kernels = densenf::kernels;

namespace {

template <class T>
using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Small whole numbers, of which products are exact.
template <class T>
Rows<T> whole_numbers(Index rows, Index columns, Index seed) {
  return Rows<T>::NullaryExpr(
      rows, columns, [=](Index i, Index j) { return static_cast<T>((seed + 7 * i + 5 * j) % 9 - 4); });
}

}  // namespace

TEST_CASE_TEMPLATE("multiply: replaces or adds to a block of a larger matrix, and writes nothing else", T,
                   float, double) {
  for (const Index rows : {0, 1, 4, 5, 7, 14}) {
    for (const Index inner : {1, 3, 16}) {
      for (const Index columns : {0, 1, 7, 16, 33, 70}) {
        CAPTURE(rows);
        CAPTURE(inner);
        CAPTURE(columns);
        const Rows<T> a = whole_numbers<T>(rows, inner + 2, 1), b = whole_numbers<T>(inner, columns + 3, 2);
        const Rows<T> before = whole_numbers<T>(rows, columns + 5, 3);
        const Rows<T> product = a.middleCols(1, inner) * b.middleCols(2, columns);
        for (const kernels::Into into : {kernels::Into::replace, kernels::Into::add}) {
          Rows<T> want = before, got = before;
          if (into == kernels::Into::replace) {
            want.middleCols(3, columns) = product;
            got.middleCols(3, columns).setConstant(std::numeric_limits<T>::quiet_NaN());
          } else {
            want.middleCols(3, columns) += product;
          }
          kernels::multiply<T>({a.data() + 1, inner + 2}, {b.data() + 2, columns + 3}, rows, inner, columns,
                               into, {got.data() + 3, columns + 5});
          CHECK(got == want);

          const Rows<T> transposed = a.transpose();  // its first row is not used
          got = before;
          kernels::multiply_transposed<T>({transposed.data() + rows, rows}, {b.data() + 2, columns + 3}, rows,
                                          inner, columns, into, {got.data() + 3, columns + 5});
          CHECK(got == want);
        }
      }
    }
  }
}
