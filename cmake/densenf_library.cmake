# The targets that users link: densenf::densenf, and with the libraries they need densenf::io, densenf::app,
# densenf::xtensor and densenf::cuda, with cuDNN where it is. They carry include folders, libraries and the language level, never a warning or
# optimization flag.
include(GNUInstallDirs)

densenf_find_core()
densenf_require_found("densenf")

add_library(densenf INTERFACE)
add_library(densenf::densenf ALIAS densenf)
target_compile_features(densenf INTERFACE cxx_std_20)
target_include_directories(densenf INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(densenf INTERFACE Eigen3::Eigen fmt::fmt Random123::Random123 Threads::Threads)
# std::array may be used on the device only with this flag of nvcc for constexpr functions.
set(densenf_nvcc_needs --expt-relaxed-constexpr)
target_compile_options(densenf INTERFACE "$<$<COMPILE_LANGUAGE:CUDA>:${densenf_nvcc_needs}>")
set(densenf_components "")

# Adds densenf::<name>, which links what densenf_find_<name> finds, as the option DENSENF_<NAME> says.
macro(densenf_component name)
  string(TOUPPER DENSENF_${name} option)
  if(NOT ${option} MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "${option} must be AUTO, ON or OFF, not '${${option}}'.")
  endif()
  if(NOT ${option} STREQUAL OFF)
    cmake_language(CALL densenf_find_${name})
    if(${option} STREQUAL ON)
      densenf_require_found("${option}=ON")
    endif()
    if(densenf_missing)
      list(JOIN densenf_missing " " sentences)
      message(STATUS "densenf: without densenf::${name}. ${sentences}")
      set(densenf_missing "")  # those who look for other libraries later do not need these
    else()
      add_library(densenf_${name} INTERFACE)
      add_library(densenf::${name} ALIAS densenf_${name})
      set_target_properties(densenf_${name} PROPERTIES EXPORT_NAME ${name})
      target_link_libraries(densenf_${name} INTERFACE densenf ${ARGN})
      list(APPEND densenf_components ${name})
    endif()
  endif()
endmacro()

densenf_component(io ZLIB::ZLIB PNG::PNG nlohmann_json::nlohmann_json)
if(TARGET densenf_io)
  densenf_component(app densenf_io Stb::Stb)
elseif(DENSENF_APP STREQUAL ON)
  message(FATAL_ERROR "DENSENF_APP=ON needs densenf::io: set DENSENF_IO=ON to see what is missing for it.")
endif()
densenf_component(xtensor xtensor xtl)
densenf_component(cuda CUDA::cudart_static CUDA::cublasLt)
if(TARGET densenf_cuda)
  # Kernels are written as lambdas.
  target_compile_options(densenf_cuda INTERFACE "$<$<COMPILE_LANGUAGE:CUDA>:--extended-lambda>")
  # What densenf::cuda links besides, where it is.
  densenf_component(cudnn cuDNN::cuDNN)
  if(TARGET densenf_cudnn)
    target_compile_definitions(densenf_cudnn INTERFACE DENSENF_WITH_CUDNN)
    target_link_libraries(densenf_cuda INTERFACE densenf_cudnn)
  endif()
elseif(DENSENF_CUDNN STREQUAL ON)
  message(FATAL_ERROR "DENSENF_CUDNN=ON needs densenf::cuda: set DENSENF_CUDA=ON to see what is missing for it.")
endif()

if(DENSENF_INSTALL)
  include(CMakePackageConfigHelpers)
  set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/densenf)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(TARGETS densenf EXPORT densenf)
  install(EXPORT densenf FILE densenf_core.cmake NAMESPACE densenf:: DESTINATION ${folder})
  # A file for each component: it must be read only when the libraries it names have been found.
  foreach(name ${densenf_components})
    install(TARGETS densenf_${name} EXPORT densenf_${name})
    install(EXPORT densenf_${name} FILE densenf_${name}.cmake NAMESPACE densenf:: DESTINATION ${folder})
  endforeach()
  set(any_processor ARCH_INDEPENDENT)
  if(DENSENF_COMPILED)
    set(any_processor "")
  endif()
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/densenfConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ${any_processor})
  install(FILES ${PROJECT_BINARY_DIR}/densenfConfigVersion.cmake DESTINATION ${folder})
  install(FILES cmake/densenfConfig.cmake cmake/densenf_dependencies.cmake
    cmake/FindcuDNN.cmake cmake/FindRandom123.cmake cmake/FindStb.cmake DESTINATION ${folder})
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
