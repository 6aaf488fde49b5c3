# densenf::compiled: the CPU's kernels, its threads and what else need not be compiled by each of its users. On
# x86-64 the kernels are there for three levels of vector instructions, and a program chooses when it runs.
include(CheckCXXCompilerFlag)

set(densenf_levels "")
if(DENSENF_CPU_LEVELS AND NOT DENSENF_SANITIZE AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_OBJCOPY
   AND CMAKE_NM AND CMAKE_OBJDUMP)
  check_cxx_compiler_flag(-march=x86-64-v4 DENSENF_HAS_X86_64_LEVELS)
  execute_process(COMMAND ${CMAKE_LINKER} --help OUTPUT_VARIABLE linker_options ERROR_QUIET)
  if(DENSENF_HAS_X86_64_LEVELS AND linker_options MATCHES "--force-group-allocation")
    set(densenf_levels v2 v3 v4)
  endif()
endif()

add_library(densenf_compiled src/base.cpp src/kernels_over_types.cpp src/levels.cpp src/models.cpp src/ops.cpp src/random.cpp)
add_library(densenf::compiled ALIAS densenf_compiled)
set_target_properties(densenf_compiled PROPERTIES EXPORT_NAME compiled POSITION_INDEPENDENT_CODE ON
  OUTPUT_NAME densenf CXX_EXTENSIONS OFF)
target_link_libraries(densenf_compiled PUBLIC densenf)
target_compile_definitions(densenf_compiled PUBLIC DENSENF_USE_COMPILED PRIVATE DENSENF_DEFINE_KERNELS)
if(TARGET densenf_io)
  target_sources(densenf_compiled PRIVATE src/io.cpp)
  target_compile_definitions(densenf_compiled PUBLIC DENSENF_USE_COMPILED_IO)
  # Their headers alone: what is in io.cpp calls none of their functions, and a program without files links neither.
  target_include_directories(densenf_compiled SYSTEM PRIVATE
    $<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>
    $<TARGET_PROPERTY:ZLIB::ZLIB,INTERFACE_INCLUDE_DIRECTORIES>)
endif()
# Fast also in a project that is built without optimization. A sanitizer has to see all of a program.
set(densenf_library_flags -O3)
if(DENSENF_SANITIZE)
  set(densenf_library_flags -O1 ${densenf_sanitize_flags})
endif()
target_compile_options(densenf_compiled PRIVATE ${densenf_library_flags})

# densenf_kernel_level(<name of its table> <flags>...)
#
# Compiles the kernels and adds them to densenf_compiled. Of their objects, which become one, only the table leaves: the
# inline functions, Eigen's and the standard library's included, would otherwise be taken for those of other files,
# which run on every processor. So the groups of sections, in which a linker looks for the same functions of other
# files, are dissolved, and the other symbols are made local.
function(densenf_kernel_level table)
  set(target ${table}_object)
  add_library(${target} OBJECT src/kernel_level.cpp src/kernels_affine.cpp src/kernels_attention.cpp
    src/kernels_conv.cpp src/kernels_functions.cpp src/kernels_others.cpp src/kernels_spline.cpp)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
    INTERPROCEDURAL_OPTIMIZATION OFF)
  target_link_libraries(${target} PRIVATE densenf)
  target_compile_definitions(${target} PRIVATE DENSENF_USE_COMPILED DENSENF_DEFINE_KERNELS NDEBUG
    DENSENF_LEVEL_TABLE=${table})
  target_compile_options(${target} PRIVATE ${densenf_library_flags} ${ARGN})
  # Affine maps and splines are written in packets throughout, of which -O3 makes nothing more.
  if(NOT DENSENF_SANITIZE)
    set_source_files_properties(src/kernels_affine.cpp src/kernels_spline.cpp PROPERTIES COMPILE_OPTIONS -O2)
  endif()
  if(NOT densenf_levels)
    target_sources(densenf_compiled PRIVATE $<TARGET_OBJECTS:${target}>)
    return()
  endif()
  target_compile_options(${target} PRIVATE -fno-lto $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${table}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o ${object} $<TARGET_OBJECTS:${target}>
    COMMAND ${CMAKE_OBJCOPY} --keep-global-symbol=${table} ${object}
    COMMAND ${CMAKE_COMMAND} -D OBJECT=${object} -D TABLE=${table} -D NM=${CMAKE_NM} -D OBJDUMP=${CMAKE_OBJDUMP}
      -P ${PROJECT_SOURCE_DIR}/cmake/densenf_check_level.cmake
    DEPENDS $<TARGET_OBJECTS:${target}> VERBATIM COMMAND_EXPAND_LISTS
    COMMENT "The kernels of ${table}, with their symbols to themselves")
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  target_sources(densenf_compiled PRIVATE ${object})
endfunction()

if(densenf_levels)
  # Programs call the functions in kernels.cpp. With one level they call the kernels themselves, which have the same names.
  target_sources(densenf_compiled PRIVATE src/kernels.cpp)
  target_compile_definitions(densenf_compiled PRIVATE DENSENF_X86_64_LEVELS)
  foreach(level ${densenf_levels})
    densenf_kernel_level(densenf_kernels_${level} -march=x86-64-${level})
  endforeach()
else()
  message(STATUS "densenf: densenf::compiled has kernels for the instructions of the compiler's flags alone.")
  densenf_kernel_level(densenf_kernels)
endif()

if(DENSENF_INSTALL)
  install(TARGETS densenf_compiled EXPORT densenf_compiled)
  install(EXPORT densenf_compiled FILE densenf_compiled.cmake NAMESPACE densenf::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/densenf)
endif()
