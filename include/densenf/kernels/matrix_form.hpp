#pragma once

namespace densenf::kernels {

/// Which product of two matrices: a b, a b' or a' b, where ' is the transpose.
enum class MatrixForm { plain, second_transposed, first_transposed };

}  // namespace densenf::kernels
