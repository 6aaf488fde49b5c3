// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
#include "densenf/kernels/cpu/declared.hpp"
#include "levels.hpp"

namespace densenf::kernels {

// affine.hpp
template <>
void affine_forward<float, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                         Everywhere where, Tensor<const float> x,
                                                         Tensor<const float> raw, AffineLayout at,
                                                         Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_0(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Tanh2>, CheckerboardWhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                CheckerboardWhere where,
                                                                Tensor<const float> x,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_0(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                          Everywhere where, Tensor<const double> x,
                                                          Tensor<const double> raw, AffineLayout at,
                                                          Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_0(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Tanh2>, CheckerboardWhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const double> x,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_0(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2>, Everywhere>(const Cpu& cpu, AffineMap<Sigmoid2> unused_1,
                                                            Everywhere where, Tensor<const float> x,
                                                            Tensor<const float> raw, AffineLayout at,
                                                            Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_1(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_1(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2>, Everywhere>(const Cpu& cpu, AffineMap<Sigmoid2> unused_1,
                                                             Everywhere where, Tensor<const double> x,
                                                             Tensor<const double> raw, AffineLayout at,
                                                             Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_1(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_1(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2, true>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<Sigmoid2, true> unused_1,
                                                                  Everywhere where, Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_2(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_2(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2, true>, Everywhere>(const Cpu& cpu,
                                                                   AffineMap<Sigmoid2, true> unused_1,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_2(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_2(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                           Everywhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, AffineLayout at,
                                                           Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_3(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<NoScale>, CheckerboardWhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_3(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                            Everywhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, AffineLayout at,
                                                            Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_3(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_3(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<AsGiven, true>, Everywhere>(const Cpu& cpu,
                                                                 AffineMap<AsGiven, true> unused_1,
                                                                 Everywhere where, Tensor<const float> x,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_4(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_4(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<AsGiven, true>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<AsGiven, true> unused_1,
                                                                  Everywhere where, Tensor<const double> x,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_4(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_4(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftClip>, Everywhere>(const Cpu& cpu, AffineMap<SoftClip> unused_1,
                                                            Everywhere where, Tensor<const float> x,
                                                            Tensor<const float> raw, AffineLayout at,
                                                            Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_5(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_5(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftClip>, Everywhere>(const Cpu& cpu, AffineMap<SoftClip> unused_1,
                                                             Everywhere where, Tensor<const double> x,
                                                             Tensor<const double> raw, AffineLayout at,
                                                             Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_5(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_5(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftplusScale>, Everywhere>(const Cpu& cpu,
                                                                 AffineMap<SoftplusScale> unused_1,
                                                                 Everywhere where, Tensor<const float> x,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_6(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_6(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftplusScale>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<SoftplusScale> unused_1,
                                                                  Everywhere where, Tensor<const double> x,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_6(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_6(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_7(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_7(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_7(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_7(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_8(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_8(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_8(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_8(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_9(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_9(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_9(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_9(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                Tensor<const float> x, Tensor<const float> raw,
                                                AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_10(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                       CheckerboardWhere where, Tensor<const float> x,
                                                       Tensor<const float> raw, AffineLayout at,
                                                       Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_10(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                 Tensor<const double> x, Tensor<const double> raw,
                                                 AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_10(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                        CheckerboardWhere where, Tensor<const double> x,
                                                        Tensor<const double> raw, AffineLayout at,
                                                        Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_10(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<AsGiven>, Everywhere>(const Cpu& cpu,
                                                                  StandardizingMap<AsGiven> unused_1,
                                                                  Everywhere where, Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_11(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_11(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<AsGiven>, Everywhere>(const Cpu& cpu,
                                                                   StandardizingMap<AsGiven> unused_1,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_11(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_11(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<Tanh2>, Everywhere>(const Cpu& cpu,
                                                                StandardizingMap<Tanh2> unused_1,
                                                                Everywhere where, Tensor<const float> x,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_12(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_12(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<Tanh2>, Everywhere>(const Cpu& cpu,
                                                                 StandardizingMap<Tanh2> unused_1,
                                                                 Everywhere where, Tensor<const double> x,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_12(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_12(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<NoScale>, Everywhere>(const Cpu& cpu,
                                                                  StandardizingMap<NoScale> unused_1,
                                                                  Everywhere where, Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_13(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().affine_forward_over_13(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<NoScale>, Everywhere>(const Cpu& cpu,
                                                                   StandardizingMap<NoScale> unused_1,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_13(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_forward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob) {
  return kernels_for<double>().affine_forward_over_13(cpu, unused_1, where, x, raw, at, z, log_prob);
}
template <>
void affine_inverse<float, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                         Everywhere where, Tensor<const float> z,
                                                         Tensor<const float> raw, AffineLayout at,
                                                         Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_0(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Tanh2>, CheckerboardWhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                CheckerboardWhere where,
                                                                Tensor<const float> z,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_0(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                          Everywhere where, Tensor<const double> z,
                                                          Tensor<const double> raw, AffineLayout at,
                                                          Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_0(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Tanh2>, CheckerboardWhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const double> z,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_0(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2>, Everywhere>(const Cpu& cpu, AffineMap<Sigmoid2> unused_1,
                                                            Everywhere where, Tensor<const float> z,
                                                            Tensor<const float> raw, AffineLayout at,
                                                            Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_1(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_1(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2>, Everywhere>(const Cpu& cpu, AffineMap<Sigmoid2> unused_1,
                                                             Everywhere where, Tensor<const double> z,
                                                             Tensor<const double> raw, AffineLayout at,
                                                             Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_1(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_1(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2, true>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<Sigmoid2, true> unused_1,
                                                                  Everywhere where, Tensor<const float> z,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_2(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_2(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2, true>, Everywhere>(const Cpu& cpu,
                                                                   AffineMap<Sigmoid2, true> unused_1,
                                                                   Everywhere where, Tensor<const double> z,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_2(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_2(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                           Everywhere where, Tensor<const float> z,
                                                           Tensor<const float> raw, AffineLayout at,
                                                           Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_3(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<NoScale>, CheckerboardWhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const float> z,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_3(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                            Everywhere where, Tensor<const double> z,
                                                            Tensor<const double> raw, AffineLayout at,
                                                            Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_3(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_3(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<AsGiven, true>, Everywhere>(const Cpu& cpu,
                                                                 AffineMap<AsGiven, true> unused_1,
                                                                 Everywhere where, Tensor<const float> z,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_4(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_4(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<AsGiven, true>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<AsGiven, true> unused_1,
                                                                  Everywhere where, Tensor<const double> z,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_4(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_4(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftClip>, Everywhere>(const Cpu& cpu, AffineMap<SoftClip> unused_1,
                                                            Everywhere where, Tensor<const float> z,
                                                            Tensor<const float> raw, AffineLayout at,
                                                            Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_5(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_5(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftClip>, Everywhere>(const Cpu& cpu, AffineMap<SoftClip> unused_1,
                                                             Everywhere where, Tensor<const double> z,
                                                             Tensor<const double> raw, AffineLayout at,
                                                             Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_5(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_5(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftplusScale>, Everywhere>(const Cpu& cpu,
                                                                 AffineMap<SoftplusScale> unused_1,
                                                                 Everywhere where, Tensor<const float> z,
                                                                 Tensor<const float> raw, AffineLayout at,
                                                                 Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_6(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_6(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftplusScale>, Everywhere>(const Cpu& cpu,
                                                                  AffineMap<SoftplusScale> unused_1,
                                                                  Everywhere where, Tensor<const double> z,
                                                                  Tensor<const double> raw, AffineLayout at,
                                                                  Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_6(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_6(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_7(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_7(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_7(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_7(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftplusAboveFloor>, Everywhere>(const Cpu& cpu,
                                                                      AffineMap<SoftplusAboveFloor> unused_1,
                                                                      Everywhere where, Tensor<const float> z,
                                                                      Tensor<const float> raw,
                                                                      AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_8(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_8(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_8(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_8(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(const Cpu& cpu,
                                                                      AffineMap<Sigmoid2AboveFloor> unused_1,
                                                                      Everywhere where, Tensor<const float> z,
                                                                      Tensor<const float> raw,
                                                                      AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_9(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_9(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_9(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_9(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                Tensor<const float> z, Tensor<const float> raw,
                                                AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_10(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                       CheckerboardWhere where, Tensor<const float> z,
                                                       Tensor<const float> raw, AffineLayout at,
                                                       Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_10(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                 Tensor<const double> z, Tensor<const double> raw,
                                                 AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_10(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                        CheckerboardWhere where, Tensor<const double> z,
                                                        Tensor<const double> raw, AffineLayout at,
                                                        Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_10(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<AsGiven>, Everywhere>(const Cpu& cpu,
                                                                  StandardizingMap<AsGiven> unused_1,
                                                                  Everywhere where, Tensor<const float> z,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_11(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_11(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<AsGiven>, Everywhere>(const Cpu& cpu,
                                                                   StandardizingMap<AsGiven> unused_1,
                                                                   Everywhere where, Tensor<const double> z,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_11(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_11(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<Tanh2>, Everywhere>(const Cpu& cpu,
                                                                StandardizingMap<Tanh2> unused_1,
                                                                Everywhere where, Tensor<const float> z,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_12(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_12(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<Tanh2>, Everywhere>(const Cpu& cpu,
                                                                 StandardizingMap<Tanh2> unused_1,
                                                                 Everywhere where, Tensor<const double> z,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_12(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_12(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<NoScale>, Everywhere>(const Cpu& cpu,
                                                                  StandardizingMap<NoScale> unused_1,
                                                                  Everywhere where, Tensor<const float> z,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_13(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x) {
  return kernels_for<float>().affine_inverse_over_13(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<NoScale>, Everywhere>(const Cpu& cpu,
                                                                   StandardizingMap<NoScale> unused_1,
                                                                   Everywhere where, Tensor<const double> z,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_13(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_inverse<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x) {
  return kernels_for<double>().affine_inverse_over_13(cpu, unused_1, where, z, raw, at, x);
}
template <>
void affine_backward<float, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                          Everywhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, AffineLayout at,
                                                          Tensor<const float> dz, const double* dlog_prob,
                                                          Tensor<float> dx, Write write_dx,
                                                          Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_0(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_0(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                           Everywhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, AffineLayout at,
                                                           Tensor<const double> dz, const double* dlog_prob,
                                                           Tensor<double> dx, Write write_dx,
                                                           Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_0(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_0(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2>, Everywhere>(const Cpu& cpu, AffineMap<Sigmoid2> unused_1,
                                                             Everywhere where, Tensor<const float> x,
                                                             Tensor<const float> raw, AffineLayout at,
                                                             Tensor<const float> dz, const double* dlog_prob,
                                                             Tensor<float> dx, Write write_dx,
                                                             Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_1(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_1(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_1(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_1(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_2(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_2(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_2(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_2(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                            Everywhere where, Tensor<const float> x,
                                                            Tensor<const float> raw, AffineLayout at,
                                                            Tensor<const float> dz, const double* dlog_prob,
                                                            Tensor<float> dx, Write write_dx,
                                                            Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_3(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_3(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale> unused_1,
                                                             Everywhere where, Tensor<const double> x,
                                                             Tensor<const double> raw, AffineLayout at,
                                                             Tensor<const double> dz, const double* dlog_prob,
                                                             Tensor<double> dx, Write write_dx,
                                                             Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_3(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_3(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_4(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_4(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_4(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_4(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftClip>, Everywhere>(const Cpu& cpu, AffineMap<SoftClip> unused_1,
                                                             Everywhere where, Tensor<const float> x,
                                                             Tensor<const float> raw, AffineLayout at,
                                                             Tensor<const float> dz, const double* dlog_prob,
                                                             Tensor<float> dx, Write write_dx,
                                                             Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_5(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_5(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_5(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_5(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_6(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_6(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_6(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_6(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_7(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_7(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_7(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_7(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_8(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_8(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_8(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_8(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_9(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_9(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                     write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_9(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_9(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                 Tensor<const float> x, Tensor<const float> raw,
                                                 AffineLayout at, Tensor<const float> dz,
                                                 const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                 Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_10(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                        CheckerboardWhere where, Tensor<const float> x,
                                                        Tensor<const float> raw, AffineLayout at,
                                                        Tensor<const float> dz, const double* dlog_prob,
                                                        Tensor<float> dx, Write write_dx, Tensor<float> draw,
                                                        Write write_draw) {
  return kernels_for<float>().affine_backward_over_10(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                  Tensor<const double> x, Tensor<const double> raw,
                                                  AffineLayout at, Tensor<const double> dz,
                                                  const double* dlog_prob, Tensor<double> dx, Write write_dx,
                                                  Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_10(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<double, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                         CheckerboardWhere where, Tensor<const double> x,
                                                         Tensor<const double> raw, AffineLayout at,
                                                         Tensor<const double> dz, const double* dlog_prob,
                                                         Tensor<double> dx, Write write_dx,
                                                         Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_10(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_11(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_11(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_11(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_11(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_12(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_12(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_12(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_12(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_13(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().affine_backward_over_13(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                      write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_13(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().affine_backward_over_13(cpu, unused_1, where, x, raw, at, dz, dlog_prob, dx,
                                                       write_dx, draw, write_draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                  Everywhere where, Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<const float> dx, Tensor<float> dz,
                                                                  Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_0(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_0(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2> unused_1,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<const double> dx, Tensor<double> dz,
                                                                   Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_0(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_0(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_1(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_1(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_1(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_1(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_2(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_2(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_2(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_2(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_3(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_3(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<NoScale>, Everywhere>(const Cpu& cpu,
                                                                     AffineMap<NoScale> unused_1,
                                                                     Everywhere where, Tensor<const double> x,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<const double> dx,
                                                                     Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_3(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_3(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_4(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_4(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_4(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_4(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_5(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_5(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_5(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_5(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_6(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_6(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_6(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_6(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_7(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_7(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_7(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_7(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_8(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_8(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_8(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_8(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_9(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_9(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_9(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_9(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                         Tensor<const float> x, Tensor<const float> raw,
                                                         AffineLayout at, Tensor<const float> dx,
                                                         Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_10(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap unused_1, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_10(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, GateMap, Everywhere>(const Cpu& cpu, GateMap unused_1, Everywhere where,
                                                          Tensor<const double> x, Tensor<const double> raw,
                                                          AffineLayout at, Tensor<const double> dx,
                                                          Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_10(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<double, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap unused_1,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const double> x,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<const double> dx, Tensor<double> dz,
                                                                 Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_10(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_11(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_11(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_11(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_11(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_12(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_12(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_12(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_12(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_13(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().affine_inverse_backward_over_13(cpu, unused_1, where, x, raw, at, dx, dz, draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_13(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void affine_inverse_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale> unused_1, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw) {
  return kernels_for<double>().affine_inverse_backward_over_13(cpu, unused_1, where, x, raw, at, dx, dz,
                                                               draw);
}
template <>
void hide<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> x, Tensor<float> y,
                             Write write) {
  return kernels_for<float>().hide_over_0(cpu, where, x, y, write);
}
template <>
void hide<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where, Tensor<const float> x,
                                    Tensor<float> y, Write write) {
  return kernels_for<float>().hide_over_0(cpu, where, x, y, write);
}
template <>
void hide<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> x, Tensor<double> y,
                              Write write) {
  return kernels_for<double>().hide_over_0(cpu, where, x, y, write);
}
template <>
void hide<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where, Tensor<const double> x,
                                     Tensor<double> y, Write write) {
  return kernels_for<double>().hide_over_0(cpu, where, x, y, write);
}

// normalize_where.hpp
template <>
void statistics_where<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> x, float* mean,
                                         float* variance, Scratch unused_5) {
  return kernels_for<float>().statistics_where_over_0(cpu, where, x, mean, variance, unused_5);
}
template <>
void statistics_where<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                Tensor<const float> x, float* mean, float* variance,
                                                Scratch unused_5) {
  return kernels_for<float>().statistics_where_over_0(cpu, where, x, mean, variance, unused_5);
}
template <>
void statistics_where<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> x,
                                          double* mean, double* variance, Scratch unused_5) {
  return kernels_for<double>().statistics_where_over_0(cpu, where, x, mean, variance, unused_5);
}
template <>
void statistics_where<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                 Tensor<const double> x, double* mean, double* variance,
                                                 Scratch unused_5) {
  return kernels_for<double>().statistics_where_over_0(cpu, where, x, mean, variance, unused_5);
}
template <>
void normalize_where<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> x,
                                        const float* mean, const float* variance, float eps, Index per_image,
                                        Tensor<float> y, double* log_prob) {
  return kernels_for<float>().normalize_where_over_0(cpu, where, x, mean, variance, eps, per_image, y,
                                                     log_prob);
}
template <>
void normalize_where<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where, Tensor<const float> x,
                                               const float* mean, const float* variance, float eps,
                                               Index per_image, Tensor<float> y, double* log_prob) {
  return kernels_for<float>().normalize_where_over_0(cpu, where, x, mean, variance, eps, per_image, y,
                                                     log_prob);
}
template <>
void normalize_where<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> x,
                                         const double* mean, const double* variance, double eps,
                                         Index per_image, Tensor<double> y, double* log_prob) {
  return kernels_for<double>().normalize_where_over_0(cpu, where, x, mean, variance, eps, per_image, y,
                                                      log_prob);
}
template <>
void normalize_where<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                Tensor<const double> x, const double* mean,
                                                const double* variance, double eps, Index per_image,
                                                Tensor<double> y, double* log_prob) {
  return kernels_for<double>().normalize_where_over_0(cpu, where, x, mean, variance, eps, per_image, y,
                                                      log_prob);
}
template <>
void normalize_where_inverse<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> y,
                                                const float* mean, const float* variance, float eps,
                                                Tensor<float> x) {
  return kernels_for<float>().normalize_where_inverse_over_0(cpu, where, y, mean, variance, eps, x);
}
template <>
void normalize_where_inverse<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                       Tensor<const float> y, const float* mean,
                                                       const float* variance, float eps, Tensor<float> x) {
  return kernels_for<float>().normalize_where_inverse_over_0(cpu, where, y, mean, variance, eps, x);
}
template <>
void normalize_where_inverse<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> y,
                                                 const double* mean, const double* variance, double eps,
                                                 Tensor<double> x) {
  return kernels_for<double>().normalize_where_inverse_over_0(cpu, where, y, mean, variance, eps, x);
}
template <>
void normalize_where_inverse<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                        Tensor<const double> y, const double* mean,
                                                        const double* variance, double eps,
                                                        Tensor<double> x) {
  return kernels_for<double>().normalize_where_inverse_over_0(cpu, where, y, mean, variance, eps, x);
}
template <>
void normalize_where_backward<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> x,
                                                 const float* mean, const float* variance, float eps,
                                                 Index per_image, bool from_batch, Tensor<const float> dy,
                                                 const double* dlog_prob, Tensor<float> dx, Write write,
                                                 Scratch scratch) {
  return kernels_for<float>().normalize_where_backward_over_0(cpu, where, x, mean, variance, eps, per_image,
                                                              from_batch, dy, dlog_prob, dx, write, scratch);
}
template <>
void normalize_where_backward<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                        Tensor<const float> x, const float* mean,
                                                        const float* variance, float eps, Index per_image,
                                                        bool from_batch, Tensor<const float> dy,
                                                        const double* dlog_prob, Tensor<float> dx,
                                                        Write write, Scratch scratch) {
  return kernels_for<float>().normalize_where_backward_over_0(cpu, where, x, mean, variance, eps, per_image,
                                                              from_batch, dy, dlog_prob, dx, write, scratch);
}
template <>
void normalize_where_backward<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> x,
                                                  const double* mean, const double* variance, double eps,
                                                  Index per_image, bool from_batch, Tensor<const double> dy,
                                                  const double* dlog_prob, Tensor<double> dx, Write write,
                                                  Scratch scratch) {
  return kernels_for<double>().normalize_where_backward_over_0(cpu, where, x, mean, variance, eps, per_image,
                                                               from_batch, dy, dlog_prob, dx, write, scratch);
}
template <>
void normalize_where_backward<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                         Tensor<const double> x, const double* mean,
                                                         const double* variance, double eps, Index per_image,
                                                         bool from_batch, Tensor<const double> dy,
                                                         const double* dlog_prob, Tensor<double> dx,
                                                         Write write, Scratch scratch) {
  return kernels_for<double>().normalize_where_backward_over_0(cpu, where, x, mean, variance, eps, per_image,
                                                               from_batch, dy, dlog_prob, dx, write, scratch);
}

// spline.hpp
template <>
void spline_forward<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                          Tensor<const float> x, Tensor<const float> raw, Tensor<float> z,
                                          double* log_prob) {
  return kernels_for<float>().spline_forward_over_0(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                 CheckerboardWhere where, Tensor<const float> x,
                                                 Tensor<const float> raw, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().spline_forward_over_0(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                           Tensor<const double> x, Tensor<const double> raw, Tensor<double> z,
                                           double* log_prob) {
  return kernels_for<double>().spline_forward_over_0(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                  CheckerboardWhere where, Tensor<const double> x,
                                                  Tensor<const double> raw, Tensor<double> z,
                                                  double* log_prob) {
  return kernels_for<double>().spline_forward_over_0(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                          Tensor<const float> x, Tensor<const float> raw, Tensor<float> z,
                                          double* log_prob) {
  return kernels_for<float>().spline_forward_over_1(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                 CheckerboardWhere where, Tensor<const float> x,
                                                 Tensor<const float> raw, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().spline_forward_over_1(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                           Tensor<const double> x, Tensor<const double> raw, Tensor<double> z,
                                           double* log_prob) {
  return kernels_for<double>().spline_forward_over_1(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                  CheckerboardWhere where, Tensor<const double> x,
                                                  Tensor<const double> raw, Tensor<double> z,
                                                  double* log_prob) {
  return kernels_for<double>().spline_forward_over_1(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                          Tensor<const float> x, Tensor<const float> raw, Tensor<float> z,
                                          double* log_prob) {
  return kernels_for<float>().spline_forward_over_2(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                 CheckerboardWhere where, Tensor<const float> x,
                                                 Tensor<const float> raw, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().spline_forward_over_2(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                           Tensor<const double> x, Tensor<const double> raw, Tensor<double> z,
                                           double* log_prob) {
  return kernels_for<double>().spline_forward_over_2(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                  CheckerboardWhere where, Tensor<const double> x,
                                                  Tensor<const double> raw, Tensor<double> z,
                                                  double* log_prob) {
  return kernels_for<double>().spline_forward_over_2(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                          Tensor<const float> x, Tensor<const float> raw, Tensor<float> z,
                                          double* log_prob) {
  return kernels_for<float>().spline_forward_over_3(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                 CheckerboardWhere where, Tensor<const float> x,
                                                 Tensor<const float> raw, Tensor<float> z, double* log_prob) {
  return kernels_for<float>().spline_forward_over_3(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                           Tensor<const double> x, Tensor<const double> raw, Tensor<double> z,
                                           double* log_prob) {
  return kernels_for<double>().spline_forward_over_3(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_forward<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                  CheckerboardWhere where, Tensor<const double> x,
                                                  Tensor<const double> raw, Tensor<double> z,
                                                  double* log_prob) {
  return kernels_for<double>().spline_forward_over_3(cpu, spline, where, x, raw, z, log_prob);
}
template <>
void spline_inverse<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                          Tensor<const float> z, Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_0(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                 CheckerboardWhere where, Tensor<const float> z,
                                                 Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_0(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                           Tensor<const double> z, Tensor<const double> raw,
                                           Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_0(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                  CheckerboardWhere where, Tensor<const double> z,
                                                  Tensor<const double> raw, Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_0(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                          Tensor<const float> z, Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_1(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                 CheckerboardWhere where, Tensor<const float> z,
                                                 Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_1(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                           Tensor<const double> z, Tensor<const double> raw,
                                           Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_1(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                  CheckerboardWhere where, Tensor<const double> z,
                                                  Tensor<const double> raw, Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_1(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                          Tensor<const float> z, Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_2(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                 CheckerboardWhere where, Tensor<const float> z,
                                                 Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_2(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                           Tensor<const double> z, Tensor<const double> raw,
                                           Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_2(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                  CheckerboardWhere where, Tensor<const double> z,
                                                  Tensor<const double> raw, Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_2(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                          Tensor<const float> z, Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_3(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                 CheckerboardWhere where, Tensor<const float> z,
                                                 Tensor<const float> raw, Tensor<float> x) {
  return kernels_for<float>().spline_inverse_over_3(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                           Tensor<const double> z, Tensor<const double> raw,
                                           Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_3(cpu, spline, where, z, raw, x);
}
template <>
void spline_inverse<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                  CheckerboardWhere where, Tensor<const double> z,
                                                  Tensor<const double> raw, Tensor<double> x) {
  return kernels_for<double>().spline_inverse_over_3(cpu, spline, where, z, raw, x);
}
template <>
void spline_backward<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                           Tensor<const float> x, Tensor<const float> raw,
                                           Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                           Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_0(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                  CheckerboardWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<const float> dz,
                                                  const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                  Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_0(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where,
                                            Tensor<const double> x, Tensor<const double> raw,
                                            Tensor<const double> dz, const double* dlog_prob,
                                            Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                            Write write_draw) {
  return kernels_for<double>().spline_backward_over_0(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                   CheckerboardWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<const double> dz,
                                                   const double* dlog_prob, Tensor<double> dx, Write write_dx,
                                                   Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().spline_backward_over_0(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                           Tensor<const float> x, Tensor<const float> raw,
                                           Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                           Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_1(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                  CheckerboardWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<const float> dz,
                                                  const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                  Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_1(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where,
                                            Tensor<const double> x, Tensor<const double> raw,
                                            Tensor<const double> dz, const double* dlog_prob,
                                            Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                            Write write_draw) {
  return kernels_for<double>().spline_backward_over_1(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                   CheckerboardWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<const double> dz,
                                                   const double* dlog_prob, Tensor<double> dx, Write write_dx,
                                                   Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().spline_backward_over_1(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                           Tensor<const float> x, Tensor<const float> raw,
                                           Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                           Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_2(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                  CheckerboardWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<const float> dz,
                                                  const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                  Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_2(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where,
                                            Tensor<const double> x, Tensor<const double> raw,
                                            Tensor<const double> dz, const double* dlog_prob,
                                            Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                            Write write_draw) {
  return kernels_for<double>().spline_backward_over_2(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                   CheckerboardWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<const double> dz,
                                                   const double* dlog_prob, Tensor<double> dx, Write write_dx,
                                                   Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().spline_backward_over_2(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                           Tensor<const float> x, Tensor<const float> raw,
                                           Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
                                           Write write_dx, Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_3(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                  CheckerboardWhere where, Tensor<const float> x,
                                                  Tensor<const float> raw, Tensor<const float> dz,
                                                  const double* dlog_prob, Tensor<float> dx, Write write_dx,
                                                  Tensor<float> draw, Write write_draw) {
  return kernels_for<float>().spline_backward_over_3(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                     draw, write_draw);
}
template <>
void spline_backward<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where,
                                            Tensor<const double> x, Tensor<const double> raw,
                                            Tensor<const double> dz, const double* dlog_prob,
                                            Tensor<double> dx, Write write_dx, Tensor<double> draw,
                                            Write write_draw) {
  return kernels_for<double>().spline_backward_over_3(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_backward<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                   CheckerboardWhere where, Tensor<const double> x,
                                                   Tensor<const double> raw, Tensor<const double> dz,
                                                   const double* dlog_prob, Tensor<double> dx, Write write_dx,
                                                   Tensor<double> draw, Write write_draw) {
  return kernels_for<double>().spline_backward_over_3(cpu, spline, where, x, raw, dz, dlog_prob, dx, write_dx,
                                                      draw, write_draw);
}
template <>
void spline_inverse_backward<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                   Everywhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dx,
                                                   Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_0(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                          CheckerboardWhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<const float> dx,
                                                          Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_0(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                    Everywhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dx,
                                                    Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_0(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                           CheckerboardWhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<const double> dx,
                                                           Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_0(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                   Everywhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dx,
                                                   Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_1(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                          CheckerboardWhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<const float> dx,
                                                          Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_1(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                    Everywhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dx,
                                                    Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_1(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                           CheckerboardWhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<const double> dx,
                                                           Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_1(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                   Everywhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dx,
                                                   Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_2(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                          CheckerboardWhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<const float> dx,
                                                          Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_2(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                    Everywhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dx,
                                                    Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_2(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                           CheckerboardWhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<const double> dx,
                                                           Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_2(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                   Everywhere where, Tensor<const float> x,
                                                   Tensor<const float> raw, Tensor<const float> dx,
                                                   Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_3(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                          CheckerboardWhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<const float> dx,
                                                          Tensor<float> dz, Tensor<float> draw) {
  return kernels_for<float>().spline_inverse_backward_over_3(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                    Everywhere where, Tensor<const double> x,
                                                    Tensor<const double> raw, Tensor<const double> dx,
                                                    Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_3(cpu, spline, where, x, raw, dx, dz, draw);
}
template <>
void spline_inverse_backward<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                           CheckerboardWhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<const double> dx,
                                                           Tensor<double> dz, Tensor<double> draw) {
  return kernels_for<double>().spline_inverse_backward_over_3(cpu, spline, where, x, raw, dx, dz, draw);
}

}  // namespace densenf::kernels
