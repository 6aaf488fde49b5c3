#include "trainer_run.hpp"

namespace trainer_run {

template <class T>
Trained trained_on_cpu(const TrainOptions& options, int steps, Index evaluate_after) {
  return trained<T>(Cpu(1), options, steps, evaluate_after);
}
template Trained trained_on_cpu<float>(const TrainOptions&, int, Index);
template Trained trained_on_cpu<double>(const TrainOptions&, int, Index);

template <class T>
Evaluated evaluated_on_cpu(const Batch<std::uint8_t>& images) {
  Small<T, Cpu> flow(small::digits, Cpu(1));
  small::scramble(flow, 0.1);
  PhiloxNoise<T, Cpu> noise(1, Stream::sampling, 0);
  return {flow.elbo(images), device_run::widened(flow.encode(images).base.values),
          device_run::widened(flow.sample_continuous(5, noise).values)};
}
template Evaluated evaluated_on_cpu<float>(const Batch<std::uint8_t>&);
template Evaluated evaluated_on_cpu<double>(const Batch<std::uint8_t>&);

}  // namespace trainer_run
