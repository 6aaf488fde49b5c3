#pragma once

// densenf with the device Cuda: everything of densenf.hpp, also on a GPU. Needs the CUDA Toolkit, and nvcc
// unless densenf::cuda_compiled is linked.

#include "densenf/core/cuda.cuh"
#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_recorded_pass.cuh"
#include "densenf/densenf.hpp"
#include "densenf/kernels/cuda/all.cuh"
#ifndef DENSENF_USE_CUDA_COMPILED
#include "densenf/bijectors/leaky.cuh"
#endif
