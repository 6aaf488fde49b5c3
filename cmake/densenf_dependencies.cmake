# How densenf finds the libraries it uses, in the build tree and, installed beside densenfConfig.cmake,
# in the projects of its users.
include_guard()

# densenf_dependency(<package> TARGET <target> [VERSION <least>] DEBIAN <package>
#                    [RELEASE <version> SHA256 <hash> HEADERS <folder> CONTAINS <file> DEFINES <name>...])
#
# Makes <target> available, in this order: what the parent project brought; the source that
# DENSENF_<PACKAGE>_SOURCE names (a folder, or an archive of RELEASE, whose hash must then be SHA256);
# an installed package. Otherwise appends one sentence to densenf_missing in the caller's scope.
# Only a library that works from its headers alone can come from a source: it has CONTAINS, a header that
# must be there, in the folder HEADERS of the source, and DEFINES, what users of the headers must define.
function(densenf_dependency package)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TARGET;VERSION;DEBIAN;RELEASE;SHA256;HEADERS;CONTAINS" "DEFINES")
  if(TARGET ${arg_TARGET})
    return()
  endif()

  string(TOUPPER DENSENF_${package}_SOURCE variable)
  if(arg_CONTAINS)
    set(${variable} "" CACHE STRING "A folder or archive of ${package} ${arg_RELEASE} to use instead of an installed one")
    mark_as_advanced(${variable})
  endif()

  if(arg_CONTAINS AND ${variable})
    if(NOT "${${variable}}" MATCHES "^[a-z]+://" AND NOT EXISTS "${${variable}}")
      message(FATAL_ERROR "${variable} is '${${variable}}', which does not exist; give the full path of a folder "
        "or an archive.")
    elseif(IS_DIRECTORY "${${variable}}")
      set(folder "${${variable}}")
    elseif(arg_SHA256)
      include(FetchContent)
      string(TOLOWER densenf_${package} content)
      # There is no project in SOURCE_SUBDIR, so the archive is unpacked and not configured.
      FetchContent_Declare(${content} URL "${${variable}}" URL_HASH SHA256=${arg_SHA256}
        DOWNLOAD_EXTRACT_TIMESTAMP ON SOURCE_SUBDIR not-configured)
      FetchContent_MakeAvailable(${content})
      set(folder "${${content}_SOURCE_DIR}")
    else()
      message(FATAL_ERROR "${variable} must be a folder, since ${package} has no releases whose hash could be "
        "checked; it is '${${variable}}'.")
    endif()
    cmake_path(APPEND folder ${arg_HEADERS} OUTPUT_VARIABLE headers)
    if(NOT EXISTS "${headers}/${arg_CONTAINS}")
      message(FATAL_ERROR "${variable} is '${${variable}}' and should hold ${package} ${arg_RELEASE}, but there is no "
        "${headers}/${arg_CONTAINS}.")
    endif()
    add_library(${arg_TARGET} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${arg_TARGET} INTERFACE ${headers})
    target_compile_definitions(${arg_TARGET} INTERFACE ${arg_DEFINES})
    message(STATUS "densenf: ${package} from ${${variable}}")
    return()
  endif()

  # The targets must be visible wherever densenf::densenf is linked, not only in this folder.
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
  find_package(${package} ${arg_VERSION} QUIET)
  if(TARGET ${arg_TARGET})
    return()
  endif()
  set(sentence "${package} ${arg_VERSION} was not found: install it (Debian: ${arg_DEBIAN})")
  if(arg_SHA256)
    string(APPEND sentence " or set ${variable} to a folder or .tar.gz archive of release ${arg_RELEASE}")
  elseif(arg_CONTAINS)
    string(APPEND sentence " or set ${variable} to a folder that holds ${arg_CONTAINS}")
  endif()
  string(REGEX REPLACE " +" " " sentence "${sentence}.")
  set(densenf_missing ${densenf_missing} ${sentence} PARENT_SCOPE)
endfunction()

# Each of these leaves in densenf_missing one sentence for each library that is not there.
# Macros, so that densenf_missing arrives where they are called.
macro(densenf_find_core)
  set(densenf_missing "")
  densenf_dependency(Threads TARGET Threads::Threads DEBIAN libc6-dev)
  densenf_dependency(Eigen3 TARGET Eigen3::Eigen VERSION 3.4 DEBIAN libeigen3-dev
    RELEASE 3.4.0 SHA256 8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
    CONTAINS Eigen/Core)
  densenf_dependency(fmt TARGET fmt::fmt VERSION 9 DEBIAN libfmt-dev
    RELEASE 9.1.0 SHA256 5dea48d1fcddc3ec571ce2058e13910a0d4a6bab4cc09a809d8b1dd1c88ae6f2
    HEADERS include CONTAINS fmt/format.h DEFINES FMT_HEADER_ONLY)
  densenf_dependency(Random123 TARGET Random123::Random123 DEBIAN librandom123-dev
    RELEASE 1.14.0 SHA256 effafd8656b18030b2a5b995cd3650c51a7c45052e6e1c21e48b9fa7a59d926e
    HEADERS include CONTAINS Random123/philox.h)
endmacro()

macro(densenf_find_io)
  set(densenf_missing "")
  densenf_dependency(ZLIB TARGET ZLIB::ZLIB DEBIAN zlib1g-dev)
  densenf_dependency(PNG TARGET PNG::PNG DEBIAN libpng-dev)
  densenf_dependency(nlohmann_json TARGET nlohmann_json::nlohmann_json VERSION 3 DEBIAN nlohmann-json3-dev
    RELEASE 3.11.2 SHA256 d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273
    HEADERS include CONTAINS nlohmann/json.hpp)
endmacro()

macro(densenf_find_app)
  densenf_find_io()
  densenf_dependency(Stb TARGET Stb::Stb DEBIAN libstb-dev CONTAINS stb/stb_easy_font.h)
endmacro()

macro(densenf_find_images)
  densenf_find_io()
  densenf_dependency(JPEG TARGET JPEG::JPEG DEBIAN libjpeg-dev)
  densenf_dependency(WebP TARGET WebP::webp DEBIAN libwebp-dev)
  densenf_dependency(libzip TARGET libzip::zip DEBIAN libzip-dev)
endmacro()

macro(densenf_find_xtensor)
  set(densenf_missing "")
  densenf_dependency(xtl TARGET xtl VERSION 0.7 DEBIAN libxtensor-dev
    RELEASE 0.7.2 SHA256 95c221bdc6eaba592878090916383e5b9390a076828552256693d5d97f78357c
    HEADERS include CONTAINS xtl/xsequence.hpp)
  densenf_dependency(xtensor TARGET xtensor VERSION 0.24 DEBIAN libxtensor-dev
    RELEASE 0.24.3 SHA256 3acde856b9fb8cf4e2a7b66726da541275d40ab9b002e618ad985ab97f08ca4f
    HEADERS include CONTAINS xtensor/xarray.hpp)
endmacro()

macro(densenf_find_cuda)
  set(densenf_missing "")
  densenf_dependency(CUDAToolkit TARGET CUDA::cublasLt VERSION 12.4 DEBIAN nvidia-cuda-toolkit)
endmacro()

macro(densenf_find_cudnn)
  set(densenf_missing "")
  densenf_dependency(cuDNN TARGET cuDNN::cuDNN VERSION 9 DEBIAN "cudnn9-cuda-13, from NVIDIA's repository")
endmacro()

# For the program examples/fid alone.
macro(densenf_find_fid)
  set(densenf_missing "")
  densenf_dependency(OpenCVDnn TARGET OpenCVDnn::dnn DEBIAN libopencv-dnn-dev)
  densenf_dependency(Protobuf TARGET protobuf::protoc VERSION 3.12 DEBIAN "libprotobuf-dev protobuf-compiler")
endmacro()

# Stops when one of the libraries of the last densenf_find_... is missing; `wish` says what wanted them.
function(densenf_require_found wish)
  if(densenf_missing)
    list(JOIN densenf_missing "\n  " sentences)
    message(FATAL_ERROR "${wish} needs libraries that were not found.\n  ${sentences}")
  endif()
endfunction()
