#pragma once

#include "densenf/models/residual_flow.hpp"

// "Invertible DenseNets with Concatenated LipSwish" (Perugachi-Diaz, Tomczak and Bhulai, NeurIPS 2021): a
// Residual Flow whose networks are dense, with concatenations that are learned.
namespace densenf {

template <class C, int Depth, int Growth, int TailWidth, int TailDepth, int TailGrowth, nn::NormBound bound,
          int Blocks0, int Blocks1, int Tail>
using IDenseNet2 = residual_flow::Model2<
    C, nn::BoundedDenseNetwork<Depth, Growth, 3, bound>, nn::BoundedDenseNetwork<Depth, Growth, 3, bound>,
    nn::BoundedDenseNetwork<TailDepth, TailGrowth, 1, bound, TailWidth>, Blocks0, Blocks1, Tail>;
template <class C, int Depth, int Growth, int TailWidth, int TailDepth, int TailGrowth, nn::NormBound bound,
          int Blocks0, int Blocks1, int Blocks2, int Tail>
using IDenseNet3 = residual_flow::Model3<
    C, nn::BoundedDenseNetwork<Depth, Growth, 3, bound>, nn::BoundedDenseNetwork<Depth, Growth, 3, bound>,
    nn::BoundedDenseNetwork<TailDepth, TailGrowth, 1, bound, TailWidth>, Blocks0, Blocks1, Blocks2, Tail>;

/// The published models for CIFAR-10 (3x32x32; 24,894,586 numbers, 24,894,690 as the authors count: see
/// ResidualFlowCifar10) and ImageNet 32x32.
using IDenseNetCifar10 =
    IDenseNet3<residual_flow::Config<8>, 3, 172, 64, 3, 32, nn::NormBound{}, 16, 16, 16, 4>;
using IDenseNetImageNet32 =
    IDenseNet3<residual_flow::Config<8>, 3, 172, 64, 3, 32, nn::NormBound{}, 32, 32, 32, 4>;

/// A small one, for 8x8 digits of 5 bits.
using IDenseNetDigits = IDenseNet2<residual_flow::Config<5>, 2, 32, 64, 2, 32, nn::NormBound{}, 1, 2, 1>;

}  // namespace densenf
