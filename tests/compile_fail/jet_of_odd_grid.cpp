// expect: Halves of the pixels need an even height, width and number of channels.
#include "densenf/models/jet.hpp"

// Patches of 4x4 pixels make 5x8 of them.
constexpr densenf::Shape shape = densenf::JetImageNet64::output_shape({3, 20, 32});
