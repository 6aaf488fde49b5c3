// What `train_digits --device cuda` runs.

#include "training_program.cuh"

namespace example {
template int train_on_gpu<densenf::DenseFlowDigits, densenf::NoCondition>(const Settings&,
                                                                          const densenf::Images&,
                                                                          const densenf::Images&,
                                                                          const densenf::Augmentation&);
}  // namespace example
