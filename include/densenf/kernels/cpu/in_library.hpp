// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
#pragma once

// What densenf::compiled has of the templates over types. A program that includes their definitions, for
// types of its own, does not instantiate these.
#if defined(DENSENF_USE_COMPILED) && !defined(DENSENF_DEFINE_KERNELS)
#include "densenf/kernels/cpu/declared.hpp"

namespace densenf::kernels {

// affine.hpp
extern template void affine_forward<float, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, GateMap, Everywhere>(const Cpu& cpu, GateMap, Everywhere where,
                                                                Tensor<const float> x,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> z, double* log_prob);
extern template void affine_forward<float, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, GateMap, Everywhere>(const Cpu& cpu, GateMap, Everywhere where,
                                                                 Tensor<const double> x,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> z, double* log_prob);
extern template void affine_forward<double, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_forward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
extern template void affine_inverse<float, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                         Everywhere where,
                                                                         Tensor<const float> z,
                                                                         Tensor<const float> raw,
                                                                         AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<NoScale>, Everywhere>(const Cpu& cpu, AffineMap<NoScale>,
                                                                           Everywhere where,
                                                                           Tensor<const float> z,
                                                                           Tensor<const float> raw,
                                                                           AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, GateMap, Everywhere>(const Cpu& cpu, GateMap, Everywhere where,
                                                                Tensor<const float> z,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> x);
extern template void affine_inverse<float, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap,
                                                                       CheckerboardWhere where,
                                                                       Tensor<const float> z,
                                                                       Tensor<const float> raw,
                                                                       AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> z, Tensor<const float> raw,
    AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
extern template void affine_inverse<double, AffineMap<Tanh2>, Everywhere>(const Cpu& cpu, AffineMap<Tanh2>,
                                                                          Everywhere where,
                                                                          Tensor<const double> z,
                                                                          Tensor<const double> raw,
                                                                          AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> z, Tensor<const double> raw,
    AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const double> z, Tensor<const double> raw,
    AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const double> z, Tensor<const double> raw,
    AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, GateMap, Everywhere>(const Cpu& cpu, GateMap, Everywhere where,
                                                                 Tensor<const double> z,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> x);
extern template void affine_inverse<double, GateMap, CheckerboardWhere>(const Cpu& cpu, GateMap,
                                                                        CheckerboardWhere where,
                                                                        Tensor<const double> z,
                                                                        Tensor<const double> raw,
                                                                        AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_inverse<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
extern template void affine_backward<float, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, GateMap, Everywhere>(
    const Cpu& cpu, GateMap, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, GateMap, Everywhere>(
    const Cpu& cpu, GateMap, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
extern template void affine_inverse_backward<float, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, GateMap, Everywhere>(
    const Cpu& cpu, GateMap, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void affine_inverse_backward<double, AffineMap<Tanh2>, Everywhere>(
    const Cpu& cpu, AffineMap<Tanh2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<NoScale>, Everywhere>(
    const Cpu& cpu, AffineMap<NoScale>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cpu& cpu, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, GateMap, Everywhere>(
    const Cpu& cpu, GateMap, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, GateMap, CheckerboardWhere>(
    const Cpu& cpu, GateMap, CheckerboardWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void affine_inverse_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cpu& cpu, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
extern template void hide<float, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const float> x,
                                             Tensor<float> y, Write write);
extern template void hide<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                    Tensor<const float> x, Tensor<float> y, Write write);
extern template void hide<double, Everywhere>(const Cpu& cpu, Everywhere where, Tensor<const double> x,
                                              Tensor<double> y, Write write);
extern template void hide<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                     Tensor<const double> x, Tensor<double> y, Write write);

// normalize_where.hpp
extern template Index statistics_where_scratch_bytes<float>(const Cpu&, Tensor<const float>);
extern template Index statistics_where_scratch_bytes<double>(const Cpu&, Tensor<const double>);
extern template void statistics_where<float, Everywhere>(const Cpu& cpu, Everywhere where,
                                                         Tensor<const float> x, float* mean, float* variance,
                                                         Scratch);
extern template void statistics_where<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                                Tensor<const float> x, float* mean,
                                                                float* variance, Scratch);
extern template void statistics_where<double, Everywhere>(const Cpu& cpu, Everywhere where,
                                                          Tensor<const double> x, double* mean,
                                                          double* variance, Scratch);
extern template void statistics_where<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                                 Tensor<const double> x, double* mean,
                                                                 double* variance, Scratch);
extern template void normalize_where<float, Everywhere>(const Cpu& cpu, Everywhere where,
                                                        Tensor<const float> x, const float* mean,
                                                        const float* variance, float eps, Index per_image,
                                                        Tensor<float> y, double* log_prob);
extern template void normalize_where<float, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                               Tensor<const float> x, const float* mean,
                                                               const float* variance, float eps,
                                                               Index per_image, Tensor<float> y,
                                                               double* log_prob);
extern template void normalize_where<double, Everywhere>(const Cpu& cpu, Everywhere where,
                                                         Tensor<const double> x, const double* mean,
                                                         const double* variance, double eps, Index per_image,
                                                         Tensor<double> y, double* log_prob);
extern template void normalize_where<double, CheckerboardWhere>(const Cpu& cpu, CheckerboardWhere where,
                                                                Tensor<const double> x, const double* mean,
                                                                const double* variance, double eps,
                                                                Index per_image, Tensor<double> y,
                                                                double* log_prob);
extern template void normalize_where_inverse<float, Everywhere>(const Cpu& cpu, Everywhere where,
                                                                Tensor<const float> y, const float* mean,
                                                                const float* variance, float eps,
                                                                Tensor<float> x);
extern template void normalize_where_inverse<float, CheckerboardWhere>(
    const Cpu& cpu, CheckerboardWhere where, Tensor<const float> y, const float* mean, const float* variance,
    float eps, Tensor<float> x);
extern template void normalize_where_inverse<double, Everywhere>(const Cpu& cpu, Everywhere where,
                                                                 Tensor<const double> y, const double* mean,
                                                                 const double* variance, double eps,
                                                                 Tensor<double> x);
extern template void normalize_where_inverse<double, CheckerboardWhere>(
    const Cpu& cpu, CheckerboardWhere where, Tensor<const double> y, const double* mean,
    const double* variance, double eps, Tensor<double> x);
extern template Index normalize_where_backward_scratch_bytes<float>(const Cpu&, Tensor<const float> x);
extern template Index normalize_where_backward_scratch_bytes<double>(const Cpu&, Tensor<const double> x);
extern template void normalize_where_backward<float, Everywhere>(
    const Cpu& cpu, Everywhere where, Tensor<const float> x, const float* mean, const float* variance,
    float eps, Index per_image, bool from_batch, Tensor<const float> dy, const double* dlog_prob,
    Tensor<float> dx, Write write, Scratch scratch);
extern template void normalize_where_backward<float, CheckerboardWhere>(
    const Cpu& cpu, CheckerboardWhere where, Tensor<const float> x, const float* mean, const float* variance,
    float eps, Index per_image, bool from_batch, Tensor<const float> dy, const double* dlog_prob,
    Tensor<float> dx, Write write, Scratch scratch);
extern template void normalize_where_backward<double, Everywhere>(
    const Cpu& cpu, Everywhere where, Tensor<const double> x, const double* mean, const double* variance,
    double eps, Index per_image, bool from_batch, Tensor<const double> dy, const double* dlog_prob,
    Tensor<double> dx, Write write, Scratch scratch);
extern template void normalize_where_backward<double, CheckerboardWhere>(
    const Cpu& cpu, CheckerboardWhere where, Tensor<const double> x, const double* mean,
    const double* variance, double eps, Index per_image, bool from_batch, Tensor<const double> dy,
    const double* dlog_prob, Tensor<double> dx, Write write, Scratch scratch);

// spline.hpp
extern template void spline_forward<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                          Everywhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<float> z,
                                                          double* log_prob);
extern template void spline_forward<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> x,
                                                                 Tensor<const float> raw, Tensor<float> z,
                                                                 double* log_prob);
extern template void spline_forward<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                          Everywhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<float> z,
                                                          double* log_prob);
extern template void spline_forward<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> x,
                                                                 Tensor<const float> raw, Tensor<float> z,
                                                                 double* log_prob);
extern template void spline_forward<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                          Everywhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<float> z,
                                                          double* log_prob);
extern template void spline_forward<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> x,
                                                                 Tensor<const float> raw, Tensor<float> z,
                                                                 double* log_prob);
extern template void spline_forward<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                          Everywhere where, Tensor<const float> x,
                                                          Tensor<const float> raw, Tensor<float> z,
                                                          double* log_prob);
extern template void spline_forward<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> x,
                                                                 Tensor<const float> raw, Tensor<float> z,
                                                                 double* log_prob);
extern template void spline_forward<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                           Everywhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<double> z,
                                                           double* log_prob);
extern template void spline_forward<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> x,
                                                                  Tensor<const double> raw, Tensor<double> z,
                                                                  double* log_prob);
extern template void spline_forward<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                           Everywhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<double> z,
                                                           double* log_prob);
extern template void spline_forward<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> x,
                                                                  Tensor<const double> raw, Tensor<double> z,
                                                                  double* log_prob);
extern template void spline_forward<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                           Everywhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<double> z,
                                                           double* log_prob);
extern template void spline_forward<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> x,
                                                                  Tensor<const double> raw, Tensor<double> z,
                                                                  double* log_prob);
extern template void spline_forward<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                           Everywhere where, Tensor<const double> x,
                                                           Tensor<const double> raw, Tensor<double> z,
                                                           double* log_prob);
extern template void spline_forward<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> x,
                                                                  Tensor<const double> raw, Tensor<double> z,
                                                                  double* log_prob);
extern template void spline_inverse<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                          Everywhere where, Tensor<const float> z,
                                                          Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> z,
                                                                 Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                          Everywhere where, Tensor<const float> z,
                                                          Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> z,
                                                                 Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                          Everywhere where, Tensor<const float> z,
                                                          Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> z,
                                                                 Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                          Everywhere where, Tensor<const float> z,
                                                          Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<float, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const float> z,
                                                                 Tensor<const float> raw, Tensor<float> x);
extern template void spline_inverse<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                           Everywhere where, Tensor<const double> z,
                                                           Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 2, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> z,
                                                                  Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                           Everywhere where, Tensor<const double> z,
                                                           Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 3, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> z,
                                                                  Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                           Everywhere where, Tensor<const double> z,
                                                           Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 4, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> z,
                                                                  Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                           Everywhere where, Tensor<const double> z,
                                                           Tensor<const double> raw, Tensor<double> x);
extern template void spline_inverse<double, 8, CheckerboardWhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                                  CheckerboardWhere where,
                                                                  Tensor<const double> z,
                                                                  Tensor<const double> raw, Tensor<double> x);
extern template void spline_backward<float, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                           Everywhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dz,
                                                           const double* dlog_prob, Tensor<float> dx,
                                                           Write write_dx, Tensor<float> draw,
                                                           Write write_draw);
extern template void spline_backward<float, 2, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
    Write write_dx, Tensor<float> draw, Write write_draw);
extern template void spline_backward<float, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                           Everywhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dz,
                                                           const double* dlog_prob, Tensor<float> dx,
                                                           Write write_dx, Tensor<float> draw,
                                                           Write write_draw);
extern template void spline_backward<float, 3, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
    Write write_dx, Tensor<float> draw, Write write_draw);
extern template void spline_backward<float, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                           Everywhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dz,
                                                           const double* dlog_prob, Tensor<float> dx,
                                                           Write write_dx, Tensor<float> draw,
                                                           Write write_draw);
extern template void spline_backward<float, 4, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
    Write write_dx, Tensor<float> draw, Write write_draw);
extern template void spline_backward<float, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                           Everywhere where, Tensor<const float> x,
                                                           Tensor<const float> raw, Tensor<const float> dz,
                                                           const double* dlog_prob, Tensor<float> dx,
                                                           Write write_dx, Tensor<float> draw,
                                                           Write write_draw);
extern template void spline_backward<float, 8, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx,
    Write write_dx, Tensor<float> draw, Write write_draw);
extern template void spline_backward<double, 2, Everywhere>(const Cpu& cpu, RationalQuadratic<2> spline,
                                                            Everywhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dz,
                                                            const double* dlog_prob, Tensor<double> dx,
                                                            Write write_dx, Tensor<double> draw,
                                                            Write write_draw);
extern template void spline_backward<double, 2, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
    Write write_dx, Tensor<double> draw, Write write_draw);
extern template void spline_backward<double, 3, Everywhere>(const Cpu& cpu, RationalQuadratic<3> spline,
                                                            Everywhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dz,
                                                            const double* dlog_prob, Tensor<double> dx,
                                                            Write write_dx, Tensor<double> draw,
                                                            Write write_draw);
extern template void spline_backward<double, 3, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
    Write write_dx, Tensor<double> draw, Write write_draw);
extern template void spline_backward<double, 4, Everywhere>(const Cpu& cpu, RationalQuadratic<4> spline,
                                                            Everywhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dz,
                                                            const double* dlog_prob, Tensor<double> dx,
                                                            Write write_dx, Tensor<double> draw,
                                                            Write write_draw);
extern template void spline_backward<double, 4, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
    Write write_dx, Tensor<double> draw, Write write_draw);
extern template void spline_backward<double, 8, Everywhere>(const Cpu& cpu, RationalQuadratic<8> spline,
                                                            Everywhere where, Tensor<const double> x,
                                                            Tensor<const double> raw, Tensor<const double> dz,
                                                            const double* dlog_prob, Tensor<double> dx,
                                                            Write write_dx, Tensor<double> draw,
                                                            Write write_draw);
extern template void spline_backward<double, 8, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx,
    Write write_dx, Tensor<double> draw, Write write_draw);
extern template void spline_inverse_backward<float, 2, Everywhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 2, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 3, Everywhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 3, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 4, Everywhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 4, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 8, Everywhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<float, 8, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
extern template void spline_inverse_backward<double, 2, Everywhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 2, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<2> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 3, Everywhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 3, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<3> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 4, Everywhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 4, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<4> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 8, Everywhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
extern template void spline_inverse_backward<double, 8, CheckerboardWhere>(
    const Cpu& cpu, RationalQuadratic<8> spline, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);

}  // namespace densenf::kernels
#endif
