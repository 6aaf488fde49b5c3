// expect: The parity of a Checkerboard is 0 or 1.
#include "densenf/densenf.hpp"

using Piece = densenf::Coupling<densenf::Checkerboard<2>, densenf::Additive, densenf::nn::ResidualDense<4>>;
constexpr densenf::Shape shape = Piece::output_shape({1, 2, 2});
