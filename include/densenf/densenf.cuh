#pragma once

// densenf with the device Cuda: everything of densenf.hpp, also on a card. Needs nvcc and the CUDA Toolkit.

#include "densenf/bijectors/leaky.cuh"
#include "densenf/core/cuda.cuh"
#include "densenf/core/cuda_buffer.cuh"
#include "densenf/core/cuda_recorded_pass.cuh"
#include "densenf/densenf.hpp"
#include "densenf/kernels/cuda/attention.cuh"
#include "densenf/kernels/cuda/channel_order.cuh"
#include "densenf/kernels/cuda/conv.cuh"
#include "densenf/kernels/cuda/coupling.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/inverse.cuh"
#include "densenf/kernels/cuda/layout.cuh"
#include "densenf/kernels/cuda/linalg.cuh"
#include "densenf/kernels/cuda/map.cuh"
#include "densenf/kernels/cuda/normalization.cuh"
#include "densenf/kernels/cuda/normalize_where.cuh"
#include "densenf/kernels/cuda/optimizer.cuh"
#include "densenf/kernels/cuda/probability.cuh"
#include "densenf/kernels/cuda/random.cuh"
#include "densenf/kernels/cuda/weights.cuh"
