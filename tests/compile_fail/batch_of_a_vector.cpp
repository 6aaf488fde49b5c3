// expect: This is not a batch of images: pass a densenf::Batch (shape, count, values), a BatchView,
// densenf::Images, an Eigen matrix with an image per row, or a four-dimensional xtensor array.
#include "densenf/core/batch.hpp"

densenf::Index count(const std::vector<float>& x) { return densenf::view_batch(x, {2, 1, 1}).count; }
