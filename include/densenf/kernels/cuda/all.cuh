#pragma once

// What kernels/contract.hpp asks of a device, for GPUs: defined here, or, with densenf::cuda_compiled,
// declared here and defined in the library. Kernels over types of a program's own are here for nvcc; another
// compiler gets the declarations of all of them, and the library has those over densenf's types.

#include "densenf/kernels/cuda/fetch.cuh"
#if defined(__CUDACC__) || !defined(DENSENF_USE_CUDA_COMPILED)
#include "densenf/kernels/cuda/affine.cuh"
#include "densenf/kernels/cuda/functions.cuh"
#include "densenf/kernels/cuda/nchw.cuh"
#include "densenf/kernels/cuda/normalize_where.cuh"
#include "densenf/kernels/cuda/spline.cuh"
#endif

#ifndef DENSENF_USE_CUDA_COMPILED
#include "densenf/kernels/cuda/attention.cuh"
#include "densenf/kernels/cuda/bounded.cuh"
#include "densenf/kernels/cuda/channel_affine.cuh"
#include "densenf/kernels/cuda/conv.cuh"
#include "densenf/kernels/cuda/coupling.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/elu.cuh"
#include "densenf/kernels/cuda/gelu.cuh"
#include "densenf/kernels/cuda/inverse.cuh"
#include "densenf/kernels/cuda/layer_norm.cuh"
#include "densenf/kernels/cuda/layout.cuh"
#include "densenf/kernels/cuda/linalg.cuh"
#include "densenf/kernels/cuda/lip_swish.cuh"
#include "densenf/kernels/cuda/map.cuh"
#include "densenf/kernels/cuda/masked.cuh"
#include "densenf/kernels/cuda/matrices.cuh"
#include "densenf/kernels/cuda/mixture.cuh"
#include "densenf/kernels/cuda/normal_mixture.cuh"
#include "densenf/kernels/cuda/normalization.cuh"
#include "densenf/kernels/cuda/optimizer.cuh"
#include "densenf/kernels/cuda/position.cuh"
#include "densenf/kernels/cuda/probability.cuh"
#include "densenf/kernels/cuda/random.cuh"
#include "densenf/kernels/cuda/rearrange.cuh"
#include "densenf/kernels/cuda/softmax_attention.cuh"
#include "densenf/kernels/cuda/softplus.cuh"
#include "densenf/kernels/cuda/surjections.cuh"
#include "densenf/kernels/cuda/unfold.cuh"
#include "densenf/kernels/cuda/units.cuh"
#include "densenf/kernels/cuda/weights.cuh"
#else
#include "densenf/kernels/cuda/declared.cuh"
#endif
