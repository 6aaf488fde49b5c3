// What `train_digits_by_class --device cuda` runs.

#include "train_digits_by_class.hpp"

#include "training_program.cuh"

namespace example {
template int train_on_gpu<DigitsByClass, Classes>(const Settings&, const densenf::Images&,
                                                  const densenf::Images&, const densenf::Augmentation&);
}  // namespace example
