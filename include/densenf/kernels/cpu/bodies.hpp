#pragma once

// Included by the headers that define kernels. Programs that link densenf::compiled get the kernels of all of
// them as declarations, from all.hpp.
#if defined(DENSENF_USE_COMPILED) && !defined(DENSENF_DEFINE_KERNELS)
#error "With densenf::compiled include densenf/kernels/cpu/all.hpp: this header's kernels are in the library."
#endif
