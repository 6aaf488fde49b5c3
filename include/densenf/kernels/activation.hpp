#pragma once

namespace densenf::kernels {

/// What is applied to a convolution's result, element by element: max(x, 0), or x above 0 and exp(x) - 1 below.
enum class Activation { none, relu, elu };

}  // namespace densenf::kernels
