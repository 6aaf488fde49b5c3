# Configures, builds and runs the project NAME of this folder in FOLDER, as its author would, with the compiler
# COMPILER, behind LAUNCHER if there is one, and, where the project asks for it, the flag OPTIMIZATION.
function(step)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    list(JOIN ARGV " " command)
    message("${output}")
    message(FATAL_ERROR "This command failed with ${failed}:\n  ${command}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
if(NAME MATCHES "^(find_package|compiled|cuda_compiled)$")
  step(${CMAKE_COMMAND} --install ${DENSENF_BUILD} --prefix ${FOLDER}/stage)
endif()
# So, because it may be a list, which an argument is not.
set(ENV{CMAKE_CXX_COMPILER_LAUNCHER} "${LAUNCHER}")
set(ENV{CMAKE_CUDA_COMPILER_LAUNCHER} "${LAUNCHER}")
# Debug is the quickest to compile, but a quarter of its time goes into what only debuggers read.
step(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/${NAME} -B ${FOLDER}/build -G ${GENERATOR}
  -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS_DEBUG= -D CMAKE_CUDA_FLAGS_DEBUG=
  -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_PREFIX_PATH=${FOLDER}/stage
  -D DENSENF=${DENSENF} -D OPTIMIZATION=${OPTIMIZATION})
step(${CMAKE_COMMAND} --build ${FOLDER}/build)
if(NAME STREQUAL warnings)
  step(${FOLDER}/build/pieces)
endif()
step(${FOLDER}/build/consumer)
message(STATUS "${output}")
if(NOT output MATCHES "loss [0-9.]+, log p -[0-9.]+ bits/dim")
  message(FATAL_ERROR "The program was expected to train, evaluate and code a few points.")
endif()
