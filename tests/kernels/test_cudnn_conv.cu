#include <doctest/doctest.h>

#include <utility>

#include "conv_trial.cuh"
#ifdef DENSENF_WITH_CUDNN
#include <cudnn.h>
#endif

using namespace conv_trial;

namespace {

/// As a coupling network has it: a packed input, channels of a wider buffer as the output.
const Case usual_case{2, 4, 4, 20, 12, 0, 4, 3};

/// All three kernels of a case.
template <class T>
void run_all(Trial<T>& trial) {
  trial.forward(true, Activation::relu);
  trial.backward_data();
  trial.backward_weights(true);
}

}  // namespace

TEST_CASE("cuDNN is not asked where it is not wanted, and not for 1x1 convolutions") {
  Case narrow = usual_case;
  narrow.kernel = 1;
  const std::pair<Cuda, Case> each[] = {{device(Precision::full, false), usual_case},
                                        {device(Precision::full), narrow}};
  for (const auto& [cuda, s] : each) {
    Trial<float>(cuda, s).check_all(exactly, usual<float>);
    CHECK(cuda.cudnn_use().done == 0);
    CHECK(cuda.cudnn_use().left == 0);
  }
}

#ifdef DENSENF_WITH_CUDNN

TEST_CASE("every 3x3 convolution is cuDNN's or left to our own kernels: a GPU's library knows") {
  for (const Precision precision : {Precision::full, Precision::tf32, Precision::bf16}) {
    const Cuda cuda = device(precision);
    Trial<float>(cuda, usual_case)
        .check_all(exactly, precision == Precision::full   ? usual<float>
                            : precision == Precision::tf32 ? 1.0 / 512
                                                           : 1.0 / 64);
    CHECK(cuda.cudnn_use().done + cuda.cudnn_use().left == calls_of_check_all);
  }
}

TEST_CASE("3x3 convolutions by cuDNN have at least the precision of the device") {
  // Twice the error of rounded factors: the library may cut digits off.
  const Cuda cuda = device(Precision::tf32);
  for (const Case& s : all_cases()) {
    if (s.kernel != 3) continue;
    INFO(name(s));
    Trial<float>(cuda, s).check_all(exactly, 1.0 / 512);
  }
  Trial<double>(cuda, usual_case).check_all(exactly, usual<double>);
}

#endif

#ifdef DENSENF_CUDA_ON_HOST

namespace {

/// What a test changed about the library is as before when the test ends.
struct LibraryAsBefore {
  ~LibraryAsBefore() {
    cuda_on_host::convolution_plans = cuda_on_host::convolution_calls = CUDNN_STATUS_SUCCESS;
    cuda_on_host::convolution_workspace = 1024;
    cuda_on_host::convolutions_of_doubles = false;
  }
};

}  // namespace

TEST_CASE("cuDNN does what it has, in float and in tf32, which serves for bf16 too") {
  for (const auto& [precision, round] : {std::pair<Precision, Round>{Precision::full, exactly},
                                         std::pair<Precision, Round>{Precision::tf32, to_tf32},
                                         std::pair<Precision, Round>{Precision::bf16, to_tf32}}) {
    const Cuda cuda = device(precision);
    Index calls = 0;
    for (const Case& s : all_cases()) {
      if (s.kernel != 3) continue;
      INFO(name(s));
      Trial<float>(cuda, s).check_all(round, usual<float>);
      Trial<float>(cuda, s, 1).check_all(round, usual<float>);
      if (s.n > 0 && s.in > 0 && s.out > 0) calls += 2 * calls_of_check_all;
    }
    CHECK(calls > 0);
    CHECK(cuda.cudnn_use().done == calls);
    CHECK(cuda.cudnn_use().left == 0);
  }
}

TEST_CASE("convolutions of doubles are cuDNN's if it has them") {
  const LibraryAsBefore as_before;
  for (const bool there : {false, true}) {
    cuda_on_host::convolutions_of_doubles = there;
    const Cuda cuda = device(Precision::tf32);
    Trial<double>(cuda, usual_case).check_all(exactly, usual<double>);
    CHECK(cuda.cudnn_use().done == (there ? calls_of_check_all : 0));
    CHECK(cuda.cudnn_use().left == (there ? 0 : calls_of_check_all));
  }
}

TEST_CASE("3x3 convolutions that cuDNN does not have are computed all the same") {
  const LibraryAsBefore as_before;
  // It may say so when it is asked for the workspace, only when it shall begin, or by what it needs.
  const auto refuse = [](int way) {
    cuda_on_host::convolution_plans = way == 0 ? CUDNN_STATUS_NOT_SUPPORTED_LAYOUT : CUDNN_STATUS_SUCCESS;
    cuda_on_host::convolution_calls = way == 1 ? CUDNN_STATUS_NOT_SUPPORTED : CUDNN_STATUS_SUCCESS;
    // Copies of weights count too, so that this is more than the limit leaves.
    cuda_on_host::convolution_workspace =
        way == 2 ? static_cast<std::size_t>(kernels::detail::scratch_limit) : 1024;
  };
  for (const int way : {0, 1, 2}) {
    refuse(way);
    const Cuda cuda = device(Precision::tf32);
    for (int time = 0; time < 2; ++time) Trial<float>(cuda, usual_case).check_all(to_tf32, usual<float>);
    CHECK(cuda.cudnn_use().done == 0);
    CHECK(cuda.cudnn_use().left == 2 * calls_of_check_all);
  }
}

TEST_CASE("a workspace may fill what the limit of scratch memory leaves") {
  const LibraryAsBefore as_before;
  const Case s{1, 4, 4, 4, 16, 0, 0, 3};  // weights of 9 * 4 * 16 floats: 9 pieces of 256 bytes
  cuda_on_host::convolution_workspace = static_cast<std::size_t>(kernels::detail::scratch_limit) - 9 * 256;
  const Cuda cuda = device();
  Trial<float>(cuda, s).check_all(exactly, usual<float>);
  CHECK(cuda.cudnn_use().done == calls_of_check_all);
}

TEST_CASE("cuDNN is asked once for each problem, and nothing is allocated") {
  const Cuda cuda = device();
  Trial<float> first(cuda, usual_case), other(cuda, {2, 4, 4, 20, 13, 0, 4, 3});
  const auto run = [&] {
    run_all(first);
    run_all(other);
  };
  const int before = cuda_on_host::convolution_queries;
  run();
  CHECK(cuda_on_host::convolution_queries == before + 6);
  const std::size_t allocations = cuda_on_host::allocations;
  run();
  CHECK(cuda_on_host::convolution_queries == before + 6);
  CHECK(cuda_on_host::allocations == allocations);
}

TEST_CASE("what is wrong with cuDNN is an error, in a sentence that says what can be done") {
  const LibraryAsBefore as_before;
  cuda_on_host::convolution_calls = CUDNN_STATUS_INTERNAL_ERROR;
  Trial<float> trial(device(), usual_case);
  CHECK_THROWS_WITH_AS(trial.forward(true, Activation::relu),
                       "cuDNN failed while computing a convolution: CUDNN_STATUS_INTERNAL_ERROR. "
                       "CudaOptions::cudnn = false does without it.",
                       densenf::DeviceError);
  cuda_on_host::convolution_calls = CUDNN_STATUS_SUCCESS;
  cuda_on_host::convolution_plans = CUDNN_STATUS_BAD_PARAM;
  CHECK_THROWS_AS(trial.backward_data(), densenf::DeviceError);
}

#endif
