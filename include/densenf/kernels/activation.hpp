#pragma once

namespace densenf::kernels {

/// What is applied to a convolution's result, element by element.
enum class Activation { none, relu };

}  // namespace densenf::kernels
