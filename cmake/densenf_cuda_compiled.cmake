# densenf::cuda_compiled: the GPU's kernels for float and double, compiled once by nvcc, with all of densenf::compiled.
# Programs that link it, and have no kernels of their own, need no nvcc.
if(NOT DENSENF_CUDA_COMPILED MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "DENSENF_CUDA_COMPILED must be AUTO, ON or OFF, not '${DENSENF_CUDA_COMPILED}'.")
endif()
if(DENSENF_CUDA_COMPILED STREQUAL OFF OR (DENSENF_CUDA_COMPILED STREQUAL AUTO AND NOT PROJECT_IS_TOP_LEVEL))
  return()
endif()
include(densenf_cuda)
if(NOT TARGET densenf_compiled OR NOT densenf_cuda)
  if(DENSENF_CUDA_COMPILED STREQUAL ON)
    message(FATAL_ERROR "DENSENF_CUDA_COMPILED=ON needs densenf::compiled and nvcc: set DENSENF_COMPILED=ON and DENSENF_CUDA=ON.")
  endif()
  return()
endif()

add_library(densenf_cuda_compiled src/cuda_kernels_conv.cu src/cuda_kernels_others.cu src/cuda_kernels_over_types.cu
  src/cuda_kernels_spline.cu)
add_library(densenf::cuda_compiled ALIAS densenf_cuda_compiled)
set_target_properties(densenf_cuda_compiled PROPERTIES EXPORT_NAME cuda_compiled POSITION_INDEPENDENT_CODE ON
  OUTPUT_NAME densenf_cuda)
target_link_libraries(densenf_cuda_compiled PUBLIC densenf_compiled densenf_cuda)
target_compile_definitions(densenf_cuda_compiled PUBLIC DENSENF_USE_CUDA_COMPILED PRIVATE DENSENF_DEFINE_CUDA_KERNELS)
# CMake 3.25 does not know that nvcc has C++20. Fast also in a project that is built without optimization.
target_compile_options(densenf_cuda_compiled PRIVATE -std=c++20 -O3)

if(DENSENF_INSTALL)
  install(TARGETS densenf_cuda_compiled EXPORT densenf_cuda_compiled)
  install(EXPORT densenf_cuda_compiled FILE densenf_cuda_compiled.cmake NAMESPACE densenf::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/densenf)
endif()
