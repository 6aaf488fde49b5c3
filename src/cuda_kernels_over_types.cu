// Made by scripts/make_compiled from the headers in include/densenf/kernels/cuda: change those instead.
#include "densenf/kernels/autoregressive_maps.hpp"
#include "densenf/kernels/cuda/affine.cuh"
#include "densenf/kernels/cuda/functions.cuh"
#include "densenf/kernels/cuda/nchw.cuh"
#include "densenf/kernels/cuda/normalize_where.cuh"
#include "densenf/kernels/maps.hpp"

namespace densenf::kernels {

template void affine_forward<float, AffineMap<Tanh2>, Everywhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                  Everywhere where, Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2>, Everywhere>(const Cuda& cuda, AffineMap<Sigmoid2>,
                                                                     Everywhere where, Tensor<const float> x,
                                                                     Tensor<const float> raw, AffineLayout at,
                                                                     Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<NoScale>, Everywhere>(const Cuda& cuda, AffineMap<NoScale>,
                                                                    Everywhere where, Tensor<const float> x,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftClip>, Everywhere>(const Cuda& cuda, AffineMap<SoftClip>,
                                                                     Everywhere where, Tensor<const float> x,
                                                                     Tensor<const float> raw, AffineLayout at,
                                                                     Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                         Tensor<const float> x, Tensor<const float> raw,
                                                         AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, GateMap, CheckerboardWhere>(const Cuda& cuda, GateMap,
                                                                CheckerboardWhere where,
                                                                Tensor<const float> x,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<float> z, double* log_prob);
template void affine_forward<double, AffineMap<Tanh2>, Everywhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<NoScale>, Everywhere>(const Cuda& cuda, AffineMap<NoScale>,
                                                                     Everywhere where, Tensor<const double> x,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> z,
                                                                     double* log_prob);
template void affine_forward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftClip>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                          Tensor<const double> x, Tensor<const double> raw,
                                                          AffineLayout at, Tensor<double> z,
                                                          double* log_prob);
template void affine_forward<double, GateMap, CheckerboardWhere>(const Cuda& cuda, GateMap,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const double> x,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_forward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<double> z, double* log_prob);
template void affine_inverse<float, AffineMap<Tanh2>, Everywhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                  Everywhere where, Tensor<const float> z,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<float> x);
template void affine_inverse<float, AffineMap<Tanh2>, CheckerboardWhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                         CheckerboardWhere where,
                                                                         Tensor<const float> z,
                                                                         Tensor<const float> raw,
                                                                         AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2>, Everywhere>(const Cuda& cuda, AffineMap<Sigmoid2>,
                                                                     Everywhere where, Tensor<const float> z,
                                                                     Tensor<const float> raw, AffineLayout at,
                                                                     Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<NoScale>, Everywhere>(const Cuda& cuda, AffineMap<NoScale>,
                                                                    Everywhere where, Tensor<const float> z,
                                                                    Tensor<const float> raw, AffineLayout at,
                                                                    Tensor<float> x);
template void affine_inverse<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftClip>, Everywhere>(const Cuda& cuda, AffineMap<SoftClip>,
                                                                     Everywhere where, Tensor<const float> z,
                                                                     Tensor<const float> raw, AffineLayout at,
                                                                     Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                         Tensor<const float> z, Tensor<const float> raw,
                                                         AffineLayout at, Tensor<float> x);
template void affine_inverse<float, GateMap, CheckerboardWhere>(const Cuda& cuda, GateMap,
                                                                CheckerboardWhere where,
                                                                Tensor<const float> z,
                                                                Tensor<const float> raw, AffineLayout at,
                                                                Tensor<float> x);
template void affine_inverse<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> z,
    Tensor<const float> raw, AffineLayout at, Tensor<float> x);
template void affine_inverse<double, AffineMap<Tanh2>, Everywhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                   Everywhere where, Tensor<const double> z,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<double> x);
template void affine_inverse<double, AffineMap<Tanh2>, CheckerboardWhere>(const Cuda& cuda, AffineMap<Tanh2>,
                                                                          CheckerboardWhere where,
                                                                          Tensor<const double> z,
                                                                          Tensor<const double> raw,
                                                                          AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2>, Everywhere>(const Cuda& cuda, AffineMap<Sigmoid2>,
                                                                      Everywhere where,
                                                                      Tensor<const double> z,
                                                                      Tensor<const double> raw,
                                                                      AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<NoScale>, Everywhere>(const Cuda& cuda, AffineMap<NoScale>,
                                                                     Everywhere where, Tensor<const double> z,
                                                                     Tensor<const double> raw,
                                                                     AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftClip>, Everywhere>(const Cuda& cuda, AffineMap<SoftClip>,
                                                                      Everywhere where,
                                                                      Tensor<const double> z,
                                                                      Tensor<const double> raw,
                                                                      AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                          Tensor<const double> z, Tensor<const double> raw,
                                                          AffineLayout at, Tensor<double> x);
template void affine_inverse<double, GateMap, CheckerboardWhere>(const Cuda& cuda, GateMap,
                                                                 CheckerboardWhere where,
                                                                 Tensor<const double> z,
                                                                 Tensor<const double> raw, AffineLayout at,
                                                                 Tensor<double> x);
template void affine_inverse<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_inverse<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> z,
    Tensor<const double> raw, AffineLayout at, Tensor<double> x);
template void affine_backward<float, AffineMap<Tanh2>, Everywhere>(
    const Cuda& cuda, AffineMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<NoScale>, Everywhere>(
    const Cuda& cuda, AffineMap<NoScale>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftClip>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftClip>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                          Tensor<const float> x, Tensor<const float> raw,
                                                          AffineLayout at, Tensor<const float> dz,
                                                          const double* dlog_prob, Tensor<float> dx,
                                                          Write write_dx, Tensor<float> draw,
                                                          Write write_draw);
template void affine_backward<float, GateMap, CheckerboardWhere>(
    const Cuda& cuda, GateMap, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dz, const double* dlog_prob, Tensor<float> dx, Write write_dx,
    Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dz, const double* dlog_prob,
    Tensor<float> dx, Write write_dx, Tensor<float> draw, Write write_draw);
template void affine_backward<double, AffineMap<Tanh2>, Everywhere>(
    const Cuda& cuda, AffineMap<Tanh2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<NoScale>, Everywhere>(
    const Cuda& cuda, AffineMap<NoScale>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                           Tensor<const double> x, Tensor<const double> raw,
                                                           AffineLayout at, Tensor<const double> dz,
                                                           const double* dlog_prob, Tensor<double> dx,
                                                           Write write_dx, Tensor<double> draw,
                                                           Write write_draw);
template void affine_backward<double, GateMap, CheckerboardWhere>(
    const Cuda& cuda, GateMap, CheckerboardWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dz, const double* dlog_prob, Tensor<double> dx, Write write_dx,
    Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dz, const double* dlog_prob,
    Tensor<double> dx, Write write_dx, Tensor<double> draw, Write write_draw);
template void affine_inverse_backward<float, AffineMap<Tanh2>, Everywhere>(
    const Cuda& cuda, AffineMap<Tanh2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<NoScale>, Everywhere>(
    const Cuda& cuda, AffineMap<NoScale>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftClip>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftClip>, Everywhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, GateMap, Everywhere>(const Cuda& cuda, GateMap, Everywhere where,
                                                                  Tensor<const float> x,
                                                                  Tensor<const float> raw, AffineLayout at,
                                                                  Tensor<const float> dx, Tensor<float> dz,
                                                                  Tensor<float> draw);
template void affine_inverse_backward<float, GateMap, CheckerboardWhere>(
    const Cuda& cuda, GateMap, CheckerboardWhere where, Tensor<const float> x, Tensor<const float> raw,
    AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<float, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const float> x,
    Tensor<const float> raw, AffineLayout at, Tensor<const float> dx, Tensor<float> dz, Tensor<float> draw);
template void affine_inverse_backward<double, AffineMap<Tanh2>, Everywhere>(
    const Cuda& cuda, AffineMap<Tanh2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<NoScale>, Everywhere>(
    const Cuda& cuda, AffineMap<NoScale>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<AsGiven, true>, Everywhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<AsGiven, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<AsGiven, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftClip>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftClip>, Everywhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftClip>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftClip>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusScale>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusScale>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, Everywhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<DoubledSigmoid, true>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<DoubledSigmoid, true>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<SoftplusAboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<SoftplusAboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, Everywhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere>(
    const Cuda& cuda, AffineMap<Sigmoid2AboveFloor>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, GateMap, Everywhere>(const Cuda& cuda, GateMap,
                                                                   Everywhere where, Tensor<const double> x,
                                                                   Tensor<const double> raw, AffineLayout at,
                                                                   Tensor<const double> dx, Tensor<double> dz,
                                                                   Tensor<double> draw);
template void affine_inverse_backward<double, GateMap, CheckerboardWhere>(
    const Cuda& cuda, GateMap, CheckerboardWhere where, Tensor<const double> x, Tensor<const double> raw,
    AffineLayout at, Tensor<const double> dx, Tensor<double> dz, Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<AsGiven>, Everywhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<AsGiven>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<AsGiven>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<Tanh2>, Everywhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<Tanh2>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<Tanh2>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<NoScale>, Everywhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, Everywhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void affine_inverse_backward<double, StandardizingMap<NoScale>, CheckerboardWhere>(
    const Cuda& cuda, StandardizingMap<NoScale>, CheckerboardWhere where, Tensor<const double> x,
    Tensor<const double> raw, AffineLayout at, Tensor<const double> dx, Tensor<double> dz,
    Tensor<double> draw);
template void hide<float, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const float> x,
                                      Tensor<float> y, Write write);
template void hide<float, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where, Tensor<const float> x,
                                             Tensor<float> y, Write write);
template void hide<double, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const double> x,
                                       Tensor<double> y, Write write);
template void hide<double, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                              Tensor<const double> x, Tensor<double> y, Write write);
template void map_forward<float, maps::Exp>(const Cuda& cuda, const maps::Exp& f, Tensor<const float> x,
                                            Tensor<float> y);
template void map_forward<float, maps::ExpOf>(const Cuda& cuda, const maps::ExpOf& f, Tensor<const float> x,
                                              Tensor<float> y);
template void map_forward<float, maps::ReluOf>(const Cuda& cuda, const maps::ReluOf& f, Tensor<const float> x,
                                               Tensor<float> y);
template void map_forward<float, maps::ReluOfSlope>(const Cuda& cuda, const maps::ReluOfSlope& f,
                                                    Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::LogisticLogDensity>(const Cuda& cuda,
                                                           const maps::LogisticLogDensity& f,
                                                           Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Log>(const Cuda& cuda, const maps::Log& f, Tensor<const float> x,
                                            Tensor<float> y);
template void map_forward<float, maps::TanhSlope>(const Cuda& cuda, const maps::TanhSlope& f,
                                                  Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Tanh>(const Cuda& cuda, const maps::Tanh& f, Tensor<const float> x,
                                             Tensor<float> y);
template void map_forward<float, maps::Sigmoid>(const Cuda& cuda, const maps::Sigmoid& f,
                                                Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::SigmoidSlope>(const Cuda& cuda, const maps::SigmoidSlope& f,
                                                     Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Softplus>(const Cuda& cuda, const maps::Softplus& f,
                                                 Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Step>(const Cuda& cuda, const maps::Step& f, Tensor<const float> x,
                                             Tensor<float> y);
template void map_forward<float, maps::EluSlope>(const Cuda& cuda, const maps::EluSlope& f,
                                                 Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Relu>(const Cuda& cuda, const maps::Relu& f, Tensor<const float> x,
                                             Tensor<float> y);
template void map_forward<float, maps::GeluTanh>(const Cuda& cuda, const maps::GeluTanh& f,
                                                 Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::GeluTanhSlope>(const Cuda& cuda, const maps::GeluTanhSlope& f,
                                                      Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Gelu>(const Cuda& cuda, const maps::Gelu& f, Tensor<const float> x,
                                             Tensor<float> y);
template void map_forward<float, maps::GeluSlope>(const Cuda& cuda, const maps::GeluSlope& f,
                                                  Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Abs>(const Cuda& cuda, const maps::Abs& f, Tensor<const float> x,
                                            Tensor<float> y);
template void map_forward<float, maps::LogScaleOfMore>(const Cuda& cuda, const maps::LogScaleOfMore& f,
                                                       Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::LogScaleOfAtLeast>(const Cuda& cuda, const maps::LogScaleOfAtLeast& f,
                                                          Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Sign>(const Cuda& cuda, const maps::Sign& f, Tensor<const float> x,
                                             Tensor<float> y);
template void map_forward<float, maps::SignAbove0>(const Cuda& cuda, const maps::SignAbove0& f,
                                                   Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::SignOfUniform>(const Cuda& cuda, const maps::SignOfUniform& f,
                                                      Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::Choice>(const Cuda& cuda, const maps::Choice& f, Tensor<const float> x,
                                               Tensor<float> y);
template void map_forward<float, maps::HalfNormalLogDensity>(const Cuda& cuda,
                                                             const maps::HalfNormalLogDensity& f,
                                                             Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::UniformLogDensity>(const Cuda& cuda, const maps::UniformLogDensity& f,
                                                          Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                        Tensor<const float> x, Tensor<float> y);
template void map_forward<float, maps::KeptWithProbability>(const Cuda& cuda,
                                                            const maps::KeptWithProbability& f,
                                                            Tensor<const float> x, Tensor<float> y);
template void map_forward<double, maps::Exp>(const Cuda& cuda, const maps::Exp& f, Tensor<const double> x,
                                             Tensor<double> y);
template void map_forward<double, maps::ExpOf>(const Cuda& cuda, const maps::ExpOf& f, Tensor<const double> x,
                                               Tensor<double> y);
template void map_forward<double, maps::ReluOf>(const Cuda& cuda, const maps::ReluOf& f,
                                                Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::ReluOfSlope>(const Cuda& cuda, const maps::ReluOfSlope& f,
                                                     Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::LogisticLogDensity>(const Cuda& cuda,
                                                            const maps::LogisticLogDensity& f,
                                                            Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Log>(const Cuda& cuda, const maps::Log& f, Tensor<const double> x,
                                             Tensor<double> y);
template void map_forward<double, maps::TanhSlope>(const Cuda& cuda, const maps::TanhSlope& f,
                                                   Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Tanh>(const Cuda& cuda, const maps::Tanh& f, Tensor<const double> x,
                                              Tensor<double> y);
template void map_forward<double, maps::Sigmoid>(const Cuda& cuda, const maps::Sigmoid& f,
                                                 Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::SigmoidSlope>(const Cuda& cuda, const maps::SigmoidSlope& f,
                                                      Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Softplus>(const Cuda& cuda, const maps::Softplus& f,
                                                  Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Step>(const Cuda& cuda, const maps::Step& f, Tensor<const double> x,
                                              Tensor<double> y);
template void map_forward<double, maps::EluSlope>(const Cuda& cuda, const maps::EluSlope& f,
                                                  Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Relu>(const Cuda& cuda, const maps::Relu& f, Tensor<const double> x,
                                              Tensor<double> y);
template void map_forward<double, maps::GeluTanh>(const Cuda& cuda, const maps::GeluTanh& f,
                                                  Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::GeluTanhSlope>(const Cuda& cuda, const maps::GeluTanhSlope& f,
                                                       Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Gelu>(const Cuda& cuda, const maps::Gelu& f, Tensor<const double> x,
                                              Tensor<double> y);
template void map_forward<double, maps::GeluSlope>(const Cuda& cuda, const maps::GeluSlope& f,
                                                   Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Abs>(const Cuda& cuda, const maps::Abs& f, Tensor<const double> x,
                                             Tensor<double> y);
template void map_forward<double, maps::LogScaleOfMore>(const Cuda& cuda, const maps::LogScaleOfMore& f,
                                                        Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::LogScaleOfAtLeast>(const Cuda& cuda, const maps::LogScaleOfAtLeast& f,
                                                           Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Sign>(const Cuda& cuda, const maps::Sign& f, Tensor<const double> x,
                                              Tensor<double> y);
template void map_forward<double, maps::SignAbove0>(const Cuda& cuda, const maps::SignAbove0& f,
                                                    Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::SignOfUniform>(const Cuda& cuda, const maps::SignOfUniform& f,
                                                       Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::Choice>(const Cuda& cuda, const maps::Choice& f,
                                                Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::HalfNormalLogDensity>(const Cuda& cuda,
                                                              const maps::HalfNormalLogDensity& f,
                                                              Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::UniformLogDensity>(const Cuda& cuda, const maps::UniformLogDensity& f,
                                                           Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                         Tensor<const double> x, Tensor<double> y);
template void map_forward<double, maps::KeptWithProbability>(const Cuda& cuda,
                                                             const maps::KeptWithProbability& f,
                                                             Tensor<const double> x, Tensor<double> y);
template void map_backward<float, maps::Exp>(const Cuda& cuda, const maps::Exp& f, Tensor<const float> x,
                                             Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::ExpOf>(const Cuda& cuda, const maps::ExpOf& f, Tensor<const float> x,
                                               Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::ReluOf>(const Cuda& cuda, const maps::ReluOf& f,
                                                Tensor<const float> x, Tensor<const float> dy,
                                                Tensor<float> dx, Write write);
template void map_backward<float, maps::ReluOfSlope>(const Cuda& cuda, const maps::ReluOfSlope& f,
                                                     Tensor<const float> x, Tensor<const float> dy,
                                                     Tensor<float> dx, Write write);
template void map_backward<float, maps::LogisticLogDensity>(const Cuda& cuda,
                                                            const maps::LogisticLogDensity& f,
                                                            Tensor<const float> x, Tensor<const float> dy,
                                                            Tensor<float> dx, Write write);
template void map_backward<float, maps::Log>(const Cuda& cuda, const maps::Log& f, Tensor<const float> x,
                                             Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::TanhSlope>(const Cuda& cuda, const maps::TanhSlope& f,
                                                   Tensor<const float> x, Tensor<const float> dy,
                                                   Tensor<float> dx, Write write);
template void map_backward<float, maps::Tanh>(const Cuda& cuda, const maps::Tanh& f, Tensor<const float> x,
                                              Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::Sigmoid>(const Cuda& cuda, const maps::Sigmoid& f,
                                                 Tensor<const float> x, Tensor<const float> dy,
                                                 Tensor<float> dx, Write write);
template void map_backward<float, maps::SigmoidSlope>(const Cuda& cuda, const maps::SigmoidSlope& f,
                                                      Tensor<const float> x, Tensor<const float> dy,
                                                      Tensor<float> dx, Write write);
template void map_backward<float, maps::Softplus>(const Cuda& cuda, const maps::Softplus& f,
                                                  Tensor<const float> x, Tensor<const float> dy,
                                                  Tensor<float> dx, Write write);
template void map_backward<float, maps::Step>(const Cuda& cuda, const maps::Step& f, Tensor<const float> x,
                                              Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::EluSlope>(const Cuda& cuda, const maps::EluSlope& f,
                                                  Tensor<const float> x, Tensor<const float> dy,
                                                  Tensor<float> dx, Write write);
template void map_backward<float, maps::Relu>(const Cuda& cuda, const maps::Relu& f, Tensor<const float> x,
                                              Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::GeluTanh>(const Cuda& cuda, const maps::GeluTanh& f,
                                                  Tensor<const float> x, Tensor<const float> dy,
                                                  Tensor<float> dx, Write write);
template void map_backward<float, maps::GeluTanhSlope>(const Cuda& cuda, const maps::GeluTanhSlope& f,
                                                       Tensor<const float> x, Tensor<const float> dy,
                                                       Tensor<float> dx, Write write);
template void map_backward<float, maps::Gelu>(const Cuda& cuda, const maps::Gelu& f, Tensor<const float> x,
                                              Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::GeluSlope>(const Cuda& cuda, const maps::GeluSlope& f,
                                                   Tensor<const float> x, Tensor<const float> dy,
                                                   Tensor<float> dx, Write write);
template void map_backward<float, maps::Abs>(const Cuda& cuda, const maps::Abs& f, Tensor<const float> x,
                                             Tensor<const float> dy, Tensor<float> dx, Write write);
template void map_backward<float, maps::HalfNormalLogDensity>(const Cuda& cuda,
                                                              const maps::HalfNormalLogDensity& f,
                                                              Tensor<const float> x, Tensor<const float> dy,
                                                              Tensor<float> dx, Write write);
template void map_backward<float, maps::UniformLogDensity>(const Cuda& cuda, const maps::UniformLogDensity& f,
                                                           Tensor<const float> x, Tensor<const float> dy,
                                                           Tensor<float> dx, Write write);
template void map_backward<float, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                         Tensor<const float> x, Tensor<const float> dy,
                                                         Tensor<float> dx, Write write);
template void map_backward<double, maps::Exp>(const Cuda& cuda, const maps::Exp& f, Tensor<const double> x,
                                              Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::ExpOf>(const Cuda& cuda, const maps::ExpOf& f,
                                                Tensor<const double> x, Tensor<const double> dy,
                                                Tensor<double> dx, Write write);
template void map_backward<double, maps::ReluOf>(const Cuda& cuda, const maps::ReluOf& f,
                                                 Tensor<const double> x, Tensor<const double> dy,
                                                 Tensor<double> dx, Write write);
template void map_backward<double, maps::ReluOfSlope>(const Cuda& cuda, const maps::ReluOfSlope& f,
                                                      Tensor<const double> x, Tensor<const double> dy,
                                                      Tensor<double> dx, Write write);
template void map_backward<double, maps::LogisticLogDensity>(const Cuda& cuda,
                                                             const maps::LogisticLogDensity& f,
                                                             Tensor<const double> x, Tensor<const double> dy,
                                                             Tensor<double> dx, Write write);
template void map_backward<double, maps::Log>(const Cuda& cuda, const maps::Log& f, Tensor<const double> x,
                                              Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::TanhSlope>(const Cuda& cuda, const maps::TanhSlope& f,
                                                    Tensor<const double> x, Tensor<const double> dy,
                                                    Tensor<double> dx, Write write);
template void map_backward<double, maps::Tanh>(const Cuda& cuda, const maps::Tanh& f, Tensor<const double> x,
                                               Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::Sigmoid>(const Cuda& cuda, const maps::Sigmoid& f,
                                                  Tensor<const double> x, Tensor<const double> dy,
                                                  Tensor<double> dx, Write write);
template void map_backward<double, maps::SigmoidSlope>(const Cuda& cuda, const maps::SigmoidSlope& f,
                                                       Tensor<const double> x, Tensor<const double> dy,
                                                       Tensor<double> dx, Write write);
template void map_backward<double, maps::Softplus>(const Cuda& cuda, const maps::Softplus& f,
                                                   Tensor<const double> x, Tensor<const double> dy,
                                                   Tensor<double> dx, Write write);
template void map_backward<double, maps::Step>(const Cuda& cuda, const maps::Step& f, Tensor<const double> x,
                                               Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::EluSlope>(const Cuda& cuda, const maps::EluSlope& f,
                                                   Tensor<const double> x, Tensor<const double> dy,
                                                   Tensor<double> dx, Write write);
template void map_backward<double, maps::Relu>(const Cuda& cuda, const maps::Relu& f, Tensor<const double> x,
                                               Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::GeluTanh>(const Cuda& cuda, const maps::GeluTanh& f,
                                                   Tensor<const double> x, Tensor<const double> dy,
                                                   Tensor<double> dx, Write write);
template void map_backward<double, maps::GeluTanhSlope>(const Cuda& cuda, const maps::GeluTanhSlope& f,
                                                        Tensor<const double> x, Tensor<const double> dy,
                                                        Tensor<double> dx, Write write);
template void map_backward<double, maps::Gelu>(const Cuda& cuda, const maps::Gelu& f, Tensor<const double> x,
                                               Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::GeluSlope>(const Cuda& cuda, const maps::GeluSlope& f,
                                                    Tensor<const double> x, Tensor<const double> dy,
                                                    Tensor<double> dx, Write write);
template void map_backward<double, maps::Abs>(const Cuda& cuda, const maps::Abs& f, Tensor<const double> x,
                                              Tensor<const double> dy, Tensor<double> dx, Write write);
template void map_backward<double, maps::HalfNormalLogDensity>(const Cuda& cuda,
                                                               const maps::HalfNormalLogDensity& f,
                                                               Tensor<const double> x,
                                                               Tensor<const double> dy, Tensor<double> dx,
                                                               Write write);
template void map_backward<double, maps::UniformLogDensity>(const Cuda& cuda,
                                                            const maps::UniformLogDensity& f,
                                                            Tensor<const double> x, Tensor<const double> dy,
                                                            Tensor<double> dx, Write write);
template void map_backward<double, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                          Tensor<const double> x, Tensor<const double> dy,
                                                          Tensor<double> dx, Write write);
template void map_forward<float, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                        Tensor<const float> x, Tensor<float> y,
                                                        double* log_prob);
template void map_forward<double, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                         Tensor<const double> x, Tensor<double> y,
                                                         double* log_prob);
template void map_backward<float, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                         Tensor<const float> x, Tensor<const float> dy,
                                                         const double* dlog_prob, Tensor<float> dx,
                                                         Write write);
template void map_backward<double, maps::SoftplusInverse>(const Cuda& cuda, const maps::SoftplusInverse& f,
                                                          Tensor<const double> x, Tensor<const double> dy,
                                                          const double* dlog_prob, Tensor<double> dx,
                                                          Write write);
template void from_strided<float, float>(const Cuda& cuda, const float* x, Index image_stride,
                                         Index value_stride, Tensor<float> y);
template void from_strided<float, double>(const Cuda& cuda, const float* x, Index image_stride,
                                          Index value_stride, Tensor<double> y);
template void from_strided<double, float>(const Cuda& cuda, const double* x, Index image_stride,
                                          Index value_stride, Tensor<float> y);
template void from_strided<double, double>(const Cuda& cuda, const double* x, Index image_stride,
                                           Index value_stride, Tensor<double> y);
template void from_strided<unsigned char, float>(const Cuda& cuda, const unsigned char* x, Index image_stride,
                                                 Index value_stride, Tensor<float> y);
template void from_strided<unsigned char, double>(const Cuda& cuda, const unsigned char* x,
                                                  Index image_stride, Index value_stride, Tensor<double> y);
template void from_strided<short, float>(const Cuda& cuda, const short* x, Index image_stride,
                                         Index value_stride, Tensor<float> y);
template void from_strided<short, double>(const Cuda& cuda, const short* x, Index image_stride,
                                          Index value_stride, Tensor<double> y);
template void from_strided<unsigned short, float>(const Cuda& cuda, const unsigned short* x,
                                                  Index image_stride, Index value_stride, Tensor<float> y);
template void from_strided<unsigned short, double>(const Cuda& cuda, const unsigned short* x,
                                                   Index image_stride, Index value_stride, Tensor<double> y);
template void from_strided<int, float>(const Cuda& cuda, const int* x, Index image_stride, Index value_stride,
                                       Tensor<float> y);
template void from_strided<int, double>(const Cuda& cuda, const int* x, Index image_stride,
                                        Index value_stride, Tensor<double> y);
template void from_strided<unsigned, float>(const Cuda& cuda, const unsigned* x, Index image_stride,
                                            Index value_stride, Tensor<float> y);
template void from_strided<unsigned, double>(const Cuda& cuda, const unsigned* x, Index image_stride,
                                             Index value_stride, Tensor<double> y);
template void from_strided<long, float>(const Cuda& cuda, const long* x, Index image_stride,
                                        Index value_stride, Tensor<float> y);
template void from_strided<long, double>(const Cuda& cuda, const long* x, Index image_stride,
                                         Index value_stride, Tensor<double> y);
template void from_strided<unsigned long, float>(const Cuda& cuda, const unsigned long* x, Index image_stride,
                                                 Index value_stride, Tensor<float> y);
template void from_strided<unsigned long, double>(const Cuda& cuda, const unsigned long* x,
                                                  Index image_stride, Index value_stride, Tensor<double> y);
template void from_strided<long long, float>(const Cuda& cuda, const long long* x, Index image_stride,
                                             Index value_stride, Tensor<float> y);
template void from_strided<long long, double>(const Cuda& cuda, const long long* x, Index image_stride,
                                              Index value_stride, Tensor<double> y);
template void from_strided<unsigned long long, float>(const Cuda& cuda, const unsigned long long* x,
                                                      Index image_stride, Index value_stride,
                                                      Tensor<float> y);
template void from_strided<unsigned long long, double>(const Cuda& cuda, const unsigned long long* x,
                                                       Index image_stride, Index value_stride,
                                                       Tensor<double> y);
template void from_nchw<float, float>(const Cuda& cuda, const float* x, Tensor<float> y);
template void from_nchw<float, double>(const Cuda& cuda, const float* x, Tensor<double> y);
template void from_nchw<double, float>(const Cuda& cuda, const double* x, Tensor<float> y);
template void from_nchw<double, double>(const Cuda& cuda, const double* x, Tensor<double> y);
template void from_nchw<unsigned char, float>(const Cuda& cuda, const unsigned char* x, Tensor<float> y);
template void from_nchw<unsigned char, double>(const Cuda& cuda, const unsigned char* x, Tensor<double> y);
template void from_nchw<short, float>(const Cuda& cuda, const short* x, Tensor<float> y);
template void from_nchw<short, double>(const Cuda& cuda, const short* x, Tensor<double> y);
template void from_nchw<unsigned short, float>(const Cuda& cuda, const unsigned short* x, Tensor<float> y);
template void from_nchw<unsigned short, double>(const Cuda& cuda, const unsigned short* x, Tensor<double> y);
template void from_nchw<int, float>(const Cuda& cuda, const int* x, Tensor<float> y);
template void from_nchw<int, double>(const Cuda& cuda, const int* x, Tensor<double> y);
template void from_nchw<unsigned, float>(const Cuda& cuda, const unsigned* x, Tensor<float> y);
template void from_nchw<unsigned, double>(const Cuda& cuda, const unsigned* x, Tensor<double> y);
template void from_nchw<long, float>(const Cuda& cuda, const long* x, Tensor<float> y);
template void from_nchw<long, double>(const Cuda& cuda, const long* x, Tensor<double> y);
template void from_nchw<unsigned long, float>(const Cuda& cuda, const unsigned long* x, Tensor<float> y);
template void from_nchw<unsigned long, double>(const Cuda& cuda, const unsigned long* x, Tensor<double> y);
template void from_nchw<long long, float>(const Cuda& cuda, const long long* x, Tensor<float> y);
template void from_nchw<long long, double>(const Cuda& cuda, const long long* x, Tensor<double> y);
template void from_nchw<unsigned long long, float>(const Cuda& cuda, const unsigned long long* x,
                                                   Tensor<float> y);
template void from_nchw<unsigned long long, double>(const Cuda& cuda, const unsigned long long* x,
                                                    Tensor<double> y);
template void to_nchw<float, float>(const Cuda& cuda, Tensor<const float> x, float* y);
template void to_nchw<float, double>(const Cuda& cuda, Tensor<const float> x, double* y);
template void to_nchw<float, unsigned char>(const Cuda& cuda, Tensor<const float> x, unsigned char* y);
template void to_nchw<float, short>(const Cuda& cuda, Tensor<const float> x, short* y);
template void to_nchw<float, unsigned short>(const Cuda& cuda, Tensor<const float> x, unsigned short* y);
template void to_nchw<float, int>(const Cuda& cuda, Tensor<const float> x, int* y);
template void to_nchw<float, unsigned>(const Cuda& cuda, Tensor<const float> x, unsigned* y);
template void to_nchw<float, long>(const Cuda& cuda, Tensor<const float> x, long* y);
template void to_nchw<float, unsigned long>(const Cuda& cuda, Tensor<const float> x, unsigned long* y);
template void to_nchw<float, long long>(const Cuda& cuda, Tensor<const float> x, long long* y);
template void to_nchw<float, unsigned long long>(const Cuda& cuda, Tensor<const float> x,
                                                 unsigned long long* y);
template void to_nchw<double, float>(const Cuda& cuda, Tensor<const double> x, float* y);
template void to_nchw<double, double>(const Cuda& cuda, Tensor<const double> x, double* y);
template void to_nchw<double, unsigned char>(const Cuda& cuda, Tensor<const double> x, unsigned char* y);
template void to_nchw<double, short>(const Cuda& cuda, Tensor<const double> x, short* y);
template void to_nchw<double, unsigned short>(const Cuda& cuda, Tensor<const double> x, unsigned short* y);
template void to_nchw<double, int>(const Cuda& cuda, Tensor<const double> x, int* y);
template void to_nchw<double, unsigned>(const Cuda& cuda, Tensor<const double> x, unsigned* y);
template void to_nchw<double, long>(const Cuda& cuda, Tensor<const double> x, long* y);
template void to_nchw<double, unsigned long>(const Cuda& cuda, Tensor<const double> x, unsigned long* y);
template void to_nchw<double, long long>(const Cuda& cuda, Tensor<const double> x, long long* y);
template void to_nchw<double, unsigned long long>(const Cuda& cuda, Tensor<const double> x,
                                                  unsigned long long* y);
template Index statistics_where_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index statistics_where_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void statistics_where<float, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const float> x,
                                                  float* mean, float* variance, Scratch scratch);
template void statistics_where<float, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                         Tensor<const float> x, float* mean, float* variance,
                                                         Scratch scratch);
template void statistics_where<double, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const double> x,
                                                   double* mean, double* variance, Scratch scratch);
template void statistics_where<double, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                          Tensor<const double> x, double* mean,
                                                          double* variance, Scratch scratch);
template void normalize_where<float, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const float> x,
                                                 const float* mean, const float* variance, float eps,
                                                 Index per_image, Tensor<float> y, double* log_prob);
template void normalize_where<float, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                        Tensor<const float> x, const float* mean,
                                                        const float* variance, float eps, Index per_image,
                                                        Tensor<float> y, double* log_prob);
template void normalize_where<double, Everywhere>(const Cuda& cuda, Everywhere where, Tensor<const double> x,
                                                  const double* mean, const double* variance, double eps,
                                                  Index per_image, Tensor<double> y, double* log_prob);
template void normalize_where<double, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                         Tensor<const double> x, const double* mean,
                                                         const double* variance, double eps, Index per_image,
                                                         Tensor<double> y, double* log_prob);
template void normalize_where_inverse<float, Everywhere>(const Cuda& cuda, Everywhere where,
                                                         Tensor<const float> y, const float* mean,
                                                         const float* variance, float eps, Tensor<float> x);
template void normalize_where_inverse<float, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                                Tensor<const float> y, const float* mean,
                                                                const float* variance, float eps,
                                                                Tensor<float> x);
template void normalize_where_inverse<double, Everywhere>(const Cuda& cuda, Everywhere where,
                                                          Tensor<const double> y, const double* mean,
                                                          const double* variance, double eps,
                                                          Tensor<double> x);
template void normalize_where_inverse<double, CheckerboardWhere>(const Cuda& cuda, CheckerboardWhere where,
                                                                 Tensor<const double> y, const double* mean,
                                                                 const double* variance, double eps,
                                                                 Tensor<double> x);
template Index normalize_where_backward_scratch_bytes<float>(const Cuda& cuda, Tensor<const float> x);
template Index normalize_where_backward_scratch_bytes<double>(const Cuda& cuda, Tensor<const double> x);
template void normalize_where_backward<float, Everywhere>(const Cuda& cuda, Everywhere where,
                                                          Tensor<const float> x, const float* mean,
                                                          const float* variance, float eps, Index per_image,
                                                          bool from_batch, Tensor<const float> dy,
                                                          const double* dlog_prob, Tensor<float> dx,
                                                          Write write, Scratch scratch);
template void normalize_where_backward<float, CheckerboardWhere>(
    const Cuda& cuda, CheckerboardWhere where, Tensor<const float> x, const float* mean,
    const float* variance, float eps, Index per_image, bool from_batch, Tensor<const float> dy,
    const double* dlog_prob, Tensor<float> dx, Write write, Scratch scratch);
template void normalize_where_backward<double, Everywhere>(const Cuda& cuda, Everywhere where,
                                                           Tensor<const double> x, const double* mean,
                                                           const double* variance, double eps,
                                                           Index per_image, bool from_batch,
                                                           Tensor<const double> dy, const double* dlog_prob,
                                                           Tensor<double> dx, Write write, Scratch scratch);
template void normalize_where_backward<double, CheckerboardWhere>(
    const Cuda& cuda, CheckerboardWhere where, Tensor<const double> x, const double* mean,
    const double* variance, double eps, Index per_image, bool from_batch, Tensor<const double> dy,
    const double* dlog_prob, Tensor<double> dx, Write write, Scratch scratch);

}  // namespace densenf::kernels
