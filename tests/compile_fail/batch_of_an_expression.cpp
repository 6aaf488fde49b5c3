// expect: This expression of Eigen's has no memory to read images from: pass a matrix, a Map, a Ref, a block
// of rows, or what .eval() of the expression returns.
#include <Eigen/Core>

#include "densenf/core/batch.hpp"

densenf::Index count(const Eigen::MatrixXf& x) {
  return densenf::view_batch(2 * x.topRows(5), {2, 1, 1}).count;
}
