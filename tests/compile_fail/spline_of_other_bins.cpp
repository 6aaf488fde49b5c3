// expect: densenf::compiled has splines of 2, 3, 4 and 8 bins: include densenf/kernels/cpu/spline.hpp
// flags: -DDENSENF_USE_COMPILED
#include "densenf/bijectors/spline.hpp"
#include "densenf/densenf.hpp"

double log_prob(densenf::Flow<densenf::ChannelSpline<5>>& flow, const densenf::Batch<float>& images) {
  return flow.log_prob(images)[0];
}
