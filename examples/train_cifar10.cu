// What `train_cifar10 --device cuda` runs.

#include "training_program.cuh"

namespace example {
template int train_on_gpu<densenf::DenseFlow_74_10, densenf::NoCondition>(const Settings&,
                                                                          const densenf::Images&,
                                                                          const densenf::Images&,
                                                                          const densenf::Augmentation&);
template int train_on_gpu<densenf::DenseFlowNano, densenf::NoCondition>(const Settings&,
                                                                        const densenf::Images&,
                                                                        const densenf::Images&,
                                                                        const densenf::Augmentation&);
}  // namespace example
