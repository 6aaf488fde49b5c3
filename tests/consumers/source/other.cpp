#include "other.hpp"

namespace other {

densenf::Batch<float> points(const densenf::Shape& shape) {
  densenf::Batch<float> batch{shape, 8, std::vector<float>(static_cast<std::size_t>(8 * shape.size()))};
  densenf::PhiloxNoise<float, densenf::Cpu> noise(1, densenf::Stream::data, 0);
  noise.normal(densenf::Cpu(1), densenf::make_tensor(batch.values.data(), batch.count, shape));
  return batch;
}

}  // namespace other
