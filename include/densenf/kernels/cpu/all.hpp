#pragma once

#include "densenf/kernels/cpu/attention.hpp"
#include "densenf/kernels/cpu/conv.hpp"
#include "densenf/kernels/cpu/coupling.hpp"
#include "densenf/kernels/cpu/elementwise.hpp"
#include "densenf/kernels/cpu/inverse.hpp"
#include "densenf/kernels/cpu/layout.hpp"
#include "densenf/kernels/cpu/linalg.hpp"
#include "densenf/kernels/cpu/map.hpp"
#include "densenf/kernels/cpu/normalization.hpp"
#include "densenf/kernels/cpu/optimizer.hpp"
#include "densenf/kernels/cpu/probability.hpp"
#include "densenf/kernels/cpu/random.hpp"

// All kernels of the device Cpu.
