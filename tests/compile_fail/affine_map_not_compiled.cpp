// expect: densenf::compiled has no kernels for this affine map: include densenf/kernels/cpu/affine.hpp
// flags: -DDENSENF_USE_COMPILED
#include "densenf/densenf.hpp"
#include "densenf/nn/perceptron.hpp"

/// exp(l) = 1 + s s
struct OneAndSquare {
  static constexpr bool scales = true;
  template <class T, class X>
  static constexpr densenf::kernels::LogScale<X> of(const X& s) {
    using std::log;
    const X scale = T(1) + s * s;
    return {log(scale), T(2) * s / scale, scale};
  }
};
struct Own : densenf::AffineTransform<densenf::kernels::AffineMap<OneAndSquare>> {};

double log_prob(
    densenf::Flow<densenf::Coupling<densenf::ChannelHalves, Own, densenf::nn::Perceptron<8>>>& flow,
    const densenf::Batch<float>& images) {
  return flow.log_prob(images)[0];
}
