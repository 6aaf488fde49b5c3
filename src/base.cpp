// What programs that link densenf::compiled share whatever their kernels' level: the threads, the types of
// what is thrown, and whitening.

#include "densenf/core/error.hpp"
#include "densenf/core/thread_pool_members.hpp"
#include "densenf/kernels/whitening_matrix_members.hpp"

namespace densenf {

Error::~Error() = default;
ShapeError::~ShapeError() = default;
ArgumentError::~ArgumentError() = default;
FileError::~FileError() = default;
OutOfMemoryError::~OutOfMemoryError() = default;
DeviceError::~DeviceError() = default;
NonFiniteError::~NonFiniteError() = default;

}  // namespace densenf
