// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// Compiled once for each level of vector instructions.
#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/kernels/cpu/affine.hpp"
#include "densenf/kernels/cpu/normalize_where.hpp"

namespace densenf::kernels {

template void affine_forward<float, AffineMap<Tanh2>, SomeWhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                 SomeWhere where, Tensor<const float> x,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2>, SomeWhere>(const Cpu& cpu, AffineMap<Sigmoid2>,
                                                                    SomeWhere where, Tensor<const float> x,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<NoScale>, SomeWhere>(const Cpu& cpu, AffineMap<NoScale>,
                                                                   SomeWhere where, Tensor<const float> x,
                                                                   Tensor<const float> raw, AffineLayout at,
                                                                   Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftClip>, SomeWhere>(const Cpu& cpu, AffineMap<SoftClip>,
                                                                    SomeWhere where, Tensor<const float> x,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                        Tensor<const float> x, Tensor<const float> raw,
                                                        AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<double, AffineMap<Tanh2>, SomeWhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                  SomeWhere where, Tensor<const double> x,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2>, SomeWhere>(const Cpu& cpu, AffineMap<Sigmoid2>,
                                                                     SomeWhere where, Tensor<const double> x,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> z,
                                                                     double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<NoScale>, SomeWhere>(const Cpu& cpu, AffineMap<NoScale>,
                                                                    SomeWhere where, Tensor<const double> x,
                                                                    Tensor<const double> raw, AffineLayout at,
                                                                    Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftClip>, SomeWhere>(const Cpu& cpu, AffineMap<SoftClip>,
                                                                     SomeWhere where, Tensor<const double> x,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> z,
                                                                     double* log_prob);
template void affine_forward<double, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                         Tensor<const double> x, Tensor<const double> raw,
                                                         AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_inverse<float, AffineMap<Tanh2>, SomeWhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                 SomeWhere where, Tensor<const float> z,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2>, SomeWhere>(const Cpu& cpu, AffineMap<Sigmoid2>,
                                                                    SomeWhere where, Tensor<const float> z,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<NoScale>, SomeWhere>(const Cpu& cpu, AffineMap<NoScale>,
                                                                   SomeWhere where, Tensor<const float> z,
                                                                   Tensor<const float> raw, AffineLayout at,
                                                                   Tensor<float> x);
template void affine_inverse<float, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftClip>, SomeWhere>(const Cpu& cpu, AffineMap<SoftClip>,
                                                                    SomeWhere where, Tensor<const float> z,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                        Tensor<const float> z, Tensor<const float> raw,
                                                        AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<double, AffineMap<Tanh2>, SomeWhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                  SomeWhere where, Tensor<const double> z,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2>, SomeWhere>(const Cpu& cpu, AffineMap<Sigmoid2>,
                                                                     SomeWhere where, Tensor<const double> z,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<NoScale>, SomeWhere>(const Cpu& cpu, AffineMap<NoScale>,
                                                                    SomeWhere where, Tensor<const double> z,
                                                                    Tensor<const double> raw, AffineLayout at,
                                                                    Tensor<double> x);
template void affine_inverse<double, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftClip>, SomeWhere>(const Cpu& cpu, AffineMap<SoftClip>,
                                                                     SomeWhere where, Tensor<const double> z,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                         Tensor<const double> z, Tensor<const double> raw,
                                                         AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_backward<float, AffineMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<NoScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftClip>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                         Tensor<const float> x, Tensor<const float> raw,
                                                         AffineLayout at, Tensor<const float> dz,
                                                         const double* dlog_prob, Tensor<float> dx,
                                                         Write write_dx, Tensor<float> draw,
                                                         Write write_draw);
template void affine_backward<float, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<double, AffineMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<NoScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftClip>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                          Tensor<const double> x, Tensor<const double> raw,
                                                          AffineLayout at, Tensor<const double> dz,
                                                          const double* dlog_prob, Tensor<double> dx,
                                                          Write write_dx, Tensor<double> draw,
                                                          Write write_draw);
template void affine_backward<double, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_inverse_backward<float, AffineMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<NoScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftClip>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                                 Tensor<const float> x,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<const float> dx, Tensor<float> dz,
                                                                 Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<double, AffineMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<NoScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<NoScale>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<AsGiven, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftClip>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, SomeWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusScale>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, SomeWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, SomeWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, GateMap, SomeWhere>(const Cpu& cpu, GateMap, SomeWhere where,
                                                                  Tensor<const double> x,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<const double> dx, Tensor<double> dz,
                                                                  Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<AsGiven>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<Tanh2>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<NoScale>, SomeWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, SomeWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void hide<float, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const float> x, Tensor<float> y,
                                     Write write);
template void hide<double, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const double> x,
                                      Tensor<double> y, Write write);
template void statistics_where<float, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const float> x,
                                                 float* mean, float* variance, Scratch);
template void statistics_where<double, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const double> x,
                                                  double* mean, double* variance, Scratch);
template void normalize_where<float, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const float> x,
                                                const float* mean, const float* variance, float eps,
                                                Index per_image, Tensor<float> y, double* log_prob);
template void normalize_where<double, SomeWhere>(const Cpu& cpu, SomeWhere where, Tensor<const double> x,
                                                 const double* mean, const double* variance, double eps,
                                                 Index per_image, Tensor<double> y, double* log_prob);
template void normalize_where_inverse<float, SomeWhere>(const Cpu& cpu, SomeWhere where,
                                                        Tensor<const float> y, const float* mean,
                                                        const float* variance, float eps, Tensor<float> x);
template void normalize_where_inverse<double, SomeWhere>(const Cpu& cpu, SomeWhere where,
                                                         Tensor<const double> y, const double* mean,
                                                         const double* variance, double eps,
                                                         Tensor<double> x);
template void normalize_where_backward<float, SomeWhere>(const Cpu& cpu, SomeWhere where,
                                                         Tensor<const float> x, const float* mean,
                                                         const float* variance, float eps, Index per_image,
                                                         bool from_batch, Tensor<const float> dy,
                                                         const double* dlog_prob, Tensor<float> dx,
                                                         Write write, Scratch scratch);
template void normalize_where_backward<double, SomeWhere>(const Cpu& cpu, SomeWhere where,
                                                          Tensor<const double> x, const double* mean,
                                                          const double* variance, double eps, Index per_image,
                                                          bool from_batch, Tensor<const double> dy,
                                                          const double* dlog_prob, Tensor<double> dx,
                                                          Write write, Scratch scratch);

}  // namespace densenf::kernels
