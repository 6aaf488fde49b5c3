#include <doctest/doctest.h>

#include <string>

#include "densenf/kernels/contract.hpp"
#include "densenf/kernels/cpu/all.hpp"

using namespace densenf;
using namespace densenf::kernels;

namespace {

/// A device with memory and no kernel.
struct Empty : DeviceTag {
  void* allocate(std::size_t, const char* = "") const { return nullptr; }
  void deallocate(void*, std::size_t) const noexcept {}
  std::string describe() const { return "nothing"; }
};
[[maybe_unused]] void synchronize(const Empty&) {}

/// A kernel with a parameter of another type is not the one that is asked for.
struct Sided : Empty {};
[[maybe_unused]] void affine_forward(const Sided&, Tensor<const float>, Tensor<const float>, Tensor<float>,
                                     AffineLayout, double*) {}

}  // namespace

// The compiler has checked all of this when the file compiles.
static_assert(require_device<Cpu>());
static_assert(Device<Cpu>);
static_assert(!Device<Empty>);
static_assert(HasMemory<Empty> && !HasMemory<int>);
static_assert(!HasNumbers<Empty, float> && !HasConvolutions<Empty, double>);
static_assert(!HasCouplings<Sided, float>);

TEST_CASE("contract: the CPU has all kernels, and a device without them is not taken for one") {
  CHECK(Device<Cpu>);
  CHECK_FALSE(Device<Empty>);
}
