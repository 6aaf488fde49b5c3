// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/kernels/cpu/spline.hpp"

namespace densenf::kernels {

template void spline_forward<float, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                  SomeWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void spline_forward<float, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                  SomeWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void spline_forward<float, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                  SomeWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void spline_forward<float, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                  SomeWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<float> z, double* log_prob);
template void spline_forward<double, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                   SomeWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<double> z,
                                                   double* log_prob);
template void spline_forward<double, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                   SomeWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<double> z,
                                                   double* log_prob);
template void spline_forward<double, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                   SomeWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<double> z,
                                                   double* log_prob);
template void spline_forward<double, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                   SomeWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<double> z,
                                                   double* log_prob);
template void spline_inverse<float, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                  SomeWhere where, Tensor<const float> z,
                                                  Tensor<const float> raw, Tensor<float> x);
template void spline_inverse<float, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                  SomeWhere where, Tensor<const float> z,
                                                  Tensor<const float> raw, Tensor<float> x);
template void spline_inverse<float, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                  SomeWhere where, Tensor<const float> z,
                                                  Tensor<const float> raw, Tensor<float> x);
template void spline_inverse<float, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                  SomeWhere where, Tensor<const float> z,
                                                  Tensor<const float> raw, Tensor<float> x);
template void spline_inverse<double, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                   SomeWhere where, Tensor<const double> z,
                                                   Tensor<const double> raw, Tensor<double> x);
template void spline_inverse<double, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                   SomeWhere where, Tensor<const double> z,
                                                   Tensor<const double> raw, Tensor<double> x);
template void spline_inverse<double, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                   SomeWhere where, Tensor<const double> z,
                                                   Tensor<const double> raw, Tensor<double> x);
template void spline_inverse<double, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                   SomeWhere where, Tensor<const double> z,
                                                   Tensor<const double> raw, Tensor<double> x);
template void spline_backward<float, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                   SomeWhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dz,
                                                   const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                   Tensor<float> draw, Write write_draw);
template void spline_backward<float, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                   SomeWhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dz,
                                                   const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                   Tensor<float> draw, Write write_draw);
template void spline_backward<float, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                   SomeWhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dz,
                                                   const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                   Tensor<float> draw, Write write_draw);
template void spline_backward<float, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                   SomeWhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dz,
                                                   const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                   Tensor<float> draw, Write write_draw);
template void spline_backward<double, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                    SomeWhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dz,
                                                    const double* dlog_prob, Tensor<double> dx,
                                                    Write write_dx, Tensor<double> draw, Write write_draw);
template void spline_backward<double, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                    SomeWhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dz,
                                                    const double* dlog_prob, Tensor<double> dx,
                                                    Write write_dx, Tensor<double> draw, Write write_draw);
template void spline_backward<double, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                    SomeWhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dz,
                                                    const double* dlog_prob, Tensor<double> dx,
                                                    Write write_dx, Tensor<double> draw, Write write_draw);
template void spline_backward<double, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                    SomeWhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dz,
                                                    const double* dlog_prob, Tensor<double> dx,
                                                    Write write_dx, Tensor<double> draw, Write write_draw);
template void spline_inverse_backward<float, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                           SomeWhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dx,
                                                           Tensor<float> dz, Tensor<float> draw);
template void spline_inverse_backward<float, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                           SomeWhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dx,
                                                           Tensor<float> dz, Tensor<float> draw);
template void spline_inverse_backward<float, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                           SomeWhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dx,
                                                           Tensor<float> dz, Tensor<float> draw);
template void spline_inverse_backward<float, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                           SomeWhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dx,
                                                           Tensor<float> dz, Tensor<float> draw);
template void spline_inverse_backward<double, 2, SomeWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                            SomeWhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dx,
                                                            Tensor<double> dz, Tensor<double> draw);
template void spline_inverse_backward<double, 3, SomeWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                            SomeWhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dx,
                                                            Tensor<double> dz, Tensor<double> draw);
template void spline_inverse_backward<double, 4, SomeWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                            SomeWhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dx,
                                                            Tensor<double> dz, Tensor<double> draw);
template void spline_inverse_backward<double, 8, SomeWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                            SomeWhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dx,
                                                            Tensor<double> dz, Tensor<double> draw);

}  // namespace densenf::kernels
