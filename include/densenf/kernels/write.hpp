#pragma once

namespace densenf::kernels {

/// Whether a kernel overwrites its output or adds to it.
enum class Write { assign, accumulate };

}  // namespace densenf::kernels
