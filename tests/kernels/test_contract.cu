#include <doctest/doctest.h>

#include "densenf/densenf.cuh"
#include "densenf/kernels/contract.hpp"

using namespace densenf;

// The compiler has checked it when the file compiles.
static_assert(kernels::require_device<Cuda>());

TEST_CASE("contract: a GPU has all kernels") { CHECK(kernels::Device<Cuda>); }
