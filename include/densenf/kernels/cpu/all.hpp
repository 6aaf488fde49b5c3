#pragma once

// What kernels/contract.hpp asks of a device, for the CPU: defined here, or, with densenf::compiled, declared
// here and defined in the library. Functions given as objects are always here; affine maps and splines of the
// program's own need affine.hpp or spline.hpp beside the library.

#include "densenf/kernels/cpu/functions.hpp"
#include "densenf/kernels/cpu/nchw.hpp"

#ifndef DENSENF_USE_COMPILED
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/bounded.hpp"
#include "densenf/kernels/cpu/channel_affine.hpp"
#include "densenf/kernels/cpu/conv.hpp"
#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/kernels/cpu/elu.hpp"
#include "densenf/kernels/cpu/gelu.hpp"
#include "densenf/kernels/cpu/inverse.hpp"
#include "densenf/kernels/cpu/layer_norm.hpp"
#include "densenf/kernels/cpu/layout.hpp"
#include "densenf/kernels/cpu/linalg.hpp"
#include "densenf/kernels/cpu/lip_swish.hpp"
#include "densenf/kernels/cpu/map.hpp"
#include "densenf/kernels/cpu/masked.hpp"
#include "densenf/kernels/cpu/matrices.hpp"
#include "densenf/kernels/cpu/mixture.hpp"
#include "densenf/kernels/cpu/normal_mixture.hpp"
#include "densenf/kernels/cpu/normalization.hpp"
#include "densenf/kernels/cpu/normalize_where.hpp"
#include "densenf/kernels/cpu/optimizer.hpp"
#include "densenf/kernels/cpu/position.hpp"
#include "densenf/kernels/cpu/probability.hpp"
#include "densenf/kernels/cpu/random.hpp"
#include "densenf/kernels/cpu/rearrange.hpp"
#include "densenf/kernels/cpu/softmax_attention.hpp"
#include "densenf/kernels/cpu/softplus.hpp"
#include "densenf/kernels/cpu/spline.hpp"
#include "densenf/kernels/cpu/surjections.hpp"
#include "densenf/kernels/cpu/unfold.hpp"
#include "densenf/kernels/cpu/units.hpp"
#include "densenf/kernels/cpu/weights.hpp"
#else
#include "densenf/kernels/cpu/declared.hpp"
#endif
