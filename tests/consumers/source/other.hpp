#pragma once

#include <densenf/densenf.hpp>

namespace other {

/// A few points, as a batch.
densenf::Batch<float> points(const densenf::Shape& shape);

}  // namespace other
