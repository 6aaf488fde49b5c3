// expect: The parity of a ColumnSplit is 0 or 1.
#include "densenf/densenf.hpp"

using Piece = densenf::Coupling<densenf::ColumnSplit<2>, densenf::Additive, densenf::nn::ResidualDense<4>>;
constexpr densenf::Shape shape = Piece::output_shape({1, 2, 2});
