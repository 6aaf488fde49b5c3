#pragma once

namespace densenf::kernels {

/// Base of every device, so that an unqualified call with a device as its argument finds the kernels.
struct DeviceTag {};

}  // namespace densenf::kernels
