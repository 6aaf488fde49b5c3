#include <doctest/doctest.h>

#include <utility>

#include "conv_trial.cuh"

using namespace conv_trial;

TEST_CASE("3x3 convolutions without cuDNN round factors as the precision says") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision, false);
    for (const Case& s : all_cases()) {
      if (s.kernel != 3) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(round, usual<float>);
      Trial<float>(cuda, s, 1).check_all(round, usual<float>);
    }
    // Doubles are not rounded.
    Trial<double>(cuda, cases[5]).check_all(exactly, usual<double>);
  }
}

TEST_CASE("1x1 convolutions have at least the precision of the device") {
  // Twice the error of rounded factors: the library may cut digits off.
  for (const auto& [precision, tolerance] :
       {std::pair{Precision::tf32, 1.0 / 512}, std::pair{Precision::bf16, 1.0 / 64}}) {
    const Cuda cuda = device(precision);
    for (const Case& s : all_cases()) {
      if (s.kernel != 1) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(exactly, tolerance);
    }
    Trial<double>(cuda, cases[4]).check_all(exactly, usual<double>);
  }
}

TEST_CASE("a 1x1 convolution whose bias is not aligned does without cuBLASLt") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::full, exactly},
                                         std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision);
    Trial<float>(cuda, {3, 5, 7, 130, 132, 2, 4, 1}, 1)
        .check_forward(true, Activation::relu, round, usual<float>);
  }
}

#ifdef DENSENF_CUDA_ON_HOST
TEST_CASE("1x1 convolutions that cuBLASLt refuses are computed all the same") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::full, exactly},
                                         std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_bf16}}) {
    const Cuda cuda = device(precision);
    cuda_on_host::matmul_alignment = 512;
    for (const Case& s : all_cases()) {
      if (s.kernel != 1) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(round, usual<float>);
      Trial<double>(cuda, s).check_all(exactly, usual<double>);
    }
    cuda_on_host::matmul_alignment = 1;
  }
}
#endif
