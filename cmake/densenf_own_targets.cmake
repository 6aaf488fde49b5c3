# What tests, examples and benchmarks are compiled with. None of it reaches densenf::densenf.
include(CheckCXXCompilerFlag)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(DENSENF_CCACHE ccache)
  mark_as_advanced(DENSENF_CCACHE)
  foreach(language CXX CUDA)
    if(DENSENF_CCACHE AND NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
      # Without these words it leaves alone what is compiled with precompiled headers, as tests are.
      set(CMAKE_${language}_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${DENSENF_CCACHE})
    endif()
  endforeach()
endif()

include(densenf_cuda)

set(densenf_host_flags -Wall -Wextra -Wconversion -Wshadow -Werror)
# g++ collects garbage from 128 MB on. A test of a flow needs six times that at its end, and is made a twelfth faster when
# it is left alone until then.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  list(APPEND densenf_host_flags --param=ggc-min-heapsize=1000000)
endif()
if(DENSENF_NATIVE)
  check_cxx_compiler_flag(-march=native DENSENF_HAS_MARCH_NATIVE)
  if(NOT DENSENF_HAS_MARCH_NATIVE)
    message(FATAL_ERROR "The compiler does not know -march=native here; set DENSENF_NATIVE=OFF.")
  endif()
  list(APPEND densenf_host_flags -march=native)
  # The AVX-512 intrinsics of g++ 12 initialize variables with themselves, to say that any value will do.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    list(APPEND densenf_host_flags -Wno-init-self)
  endif()
endif()

# CMake 3.25 does not know that nvcc has C++20, so it is asked for as a flag. Warnings 20012 and 20014 are
# about functions of Eigen, 1675 about pragmas for g++.
set(densenf_cuda_flags -std=c++20 --Werror=all-warnings --diag-suppress=20012,20014,1675
  -Xcompiler=-Wall,-Wextra)

set(densenf_link_flags "")
if(DENSENF_SANITIZE)
  foreach(name ${DENSENF_SANITIZE})
    if(NOT name MATCHES "^(address|undefined|thread)$")
      message(FATAL_ERROR "DENSENF_SANITIZE takes address;undefined or thread, not '${DENSENF_SANITIZE}'.")
    endif()
  endforeach()
  list(JOIN DENSENF_SANITIZE "," names)
  # Reports need lines, frames and every assertion.
  set(densenf_sanitize_flags -fsanitize=${names} -fno-sanitize-recover=all -fno-omit-frame-pointer -g -UNDEBUG)
  list(APPEND densenf_host_flags ${densenf_sanitize_flags})
  set(densenf_link_flags -fsanitize=${names})
  if(DENSENF_NATIVE)
    list(APPEND densenf_sanitize_flags -march=native)  # of densenf::compiled, which then is for this machine, too
  endif()
endif()

# densenf_own_target(<target> [<optimization>]) with the optimization of a Release build, such as -O2.
function(densenf_own_target target)
  set(optimization "$<$<CONFIG:Release>:${ARGN}>")
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${optimization};${densenf_host_flags}> $<$<COMPILE_LANGUAGE:CUDA>:${densenf_cuda_flags}>)
  target_link_options(${target} PRIVATE ${densenf_link_flags})
endfunction()
