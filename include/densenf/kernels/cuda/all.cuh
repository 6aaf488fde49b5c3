#pragma once

// What kernels/contract.hpp asks of a device, for cards: defined here, or, with densenf::cuda_compiled,
// declared here and defined in the library. Kernels over types of a program's own are here for nvcc; another
// compiler gets the declarations of all of them, and the library has those over densenf's types.

#include "densenf/kernels/cuda/fetch.cuh"
#if defined(__CUDACC__) || !defined(DENSENF_USE_CUDA_COMPILED)
#include "densenf/kernels/cuda/affine.cuh"
#include "densenf/kernels/cuda/functions.cuh"
#include "densenf/kernels/cuda/nchw.cuh"
#endif

#ifndef DENSENF_USE_CUDA_COMPILED
#include "densenf/kernels/cuda/attention.cuh"
#include "densenf/kernels/cuda/conv.cuh"
#include "densenf/kernels/cuda/coupling.cuh"
#include "densenf/kernels/cuda/elementwise.cuh"
#include "densenf/kernels/cuda/inverse.cuh"
#include "densenf/kernels/cuda/layout.cuh"
#include "densenf/kernels/cuda/linalg.cuh"
#include "densenf/kernels/cuda/map.cuh"
#include "densenf/kernels/cuda/normalization.cuh"
#include "densenf/kernels/cuda/optimizer.cuh"
#include "densenf/kernels/cuda/probability.cuh"
#include "densenf/kernels/cuda/random.cuh"
#else
#include "densenf/kernels/cuda/declared.cuh"
#endif
