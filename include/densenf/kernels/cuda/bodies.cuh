#pragma once

// Included by the headers that define kernels for GPUs. Programs that link densenf::cuda_compiled get the
// kernels of all of them as declarations, from all.cuh.
#if defined(DENSENF_USE_CUDA_COMPILED) && !defined(DENSENF_DEFINE_CUDA_KERNELS)
#error \
    "With densenf::cuda_compiled include densenf/kernels/cuda/all.cuh: this header's kernels are in the library."
#endif
